"""One configuration from defaults, files and environment; secrets are never shown."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.errors import SetupError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_later_file_overlays_an_earlier_one_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[defaults]\ncurrency = "EUR"\ncooldown_s = 5\n')
    (tmp_path / "mine.toml").write_text('[defaults]\ncurrency = "CHF"\n')
    config = load(tmp_path / "mine.toml", environment={})
    assert (config.defaults.currency, config.defaults.cooldown_s) == ("CHF", 5)


def test_the_environment_comes_last(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[defaults]\ncooldown_s = 5\n")
    assert load(environment={"BTC_SAFETY_BOT_DEFAULTS__COOLDOWN_S": "7"}).defaults.cooldown_s == 7


def test_secrets_come_from_the_environment_and_are_never_shown() -> None:
    config = load(environment={"TELEGRAM_TOKEN": "12345:very-secret"})
    assert config.secrets.telegram_token.get_secret_value() == "12345:very-secret"
    assert "very-secret" not in repr(config) + str(config)


def test_a_variable_cannot_set_a_secret_by_another_name() -> None:
    with pytest.raises(SetupError, match="names no key"):
        load(environment={"BTC_SAFETY_BOT_SECRETS__TELEGRAM_TOKEN": "x"})


def test_an_error_never_shows_the_value() -> None:
    with pytest.raises(SetupError) as caught:
        load(environment={"BTC_SAFETY_BOT_DEFAULTS__CURRENCY": "token-by-mistake"})
    assert "token-by-mistake" not in str(caught.value)


def test_a_file_that_is_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        load(tmp_path, environment={})


def test_a_table_that_is_no_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("bot = 3\n")
    with pytest.raises(SetupError, match=r"mine\.toml"):
        load(tmp_path / "mine.toml", environment={})


def test_without_any_file_the_defaults_apply(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bot.config._BESIDE_PACKAGE", tmp_path / "none.toml")
    assert load(environment={}) == Config()


@pytest.mark.parametrize("path", ["~nosuchuser/x", ":memory:", "a\0b"])
def test_a_path_at_which_no_database_can_lie_is_refused_in_one_sentence(path: str) -> None:
    with pytest.raises(SetupError, match=r"^the environment: the key 'storage\.path' is not right: [^;]+; name a file"):
        load(environment={"BTC_SAFETY_BOT_STORAGE__PATH": path})


@pytest.mark.parametrize("key", ["e", "fifteen bytes.."])
def test_a_hash_key_that_is_too_short_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(SetupError) as caught:
        load(environment={"HASH_KEY": key})
    assert str(caught.value) == "the environment: HASH_KEY is not right: it has fewer than 16 bytes; write a longer one"


@pytest.mark.parametrize("key", ["", "sixteen bytes..."])
def test_a_hash_key_is_long_enough_or_left_out(key: str) -> None:
    assert load(environment={"HASH_KEY": key}).secrets.hash_key.get_secret_value() == key


def test_a_variable_overrides_lists_and_tables_too() -> None:
    config = load(
        environment={
            "BTC_SAFETY_BOT_ACCESS__GROUPS": "[-1, 2]",
            "BTC_SAFETY_BOT_PRICES__SOURCES": ' ["kraken", "gemini"]',
            "BTC_SAFETY_BOT_PRICES__ADDRESSES": '{mempool = "http://127.0.0.1:8999"}',
            "BTC_SAFETY_BOT_BOT__CONTACT": "[a link](https://example.org)",
            "BTC_SAFETY_BOT_WEB__HOST": "[::1]",
        }
    )
    assert config.access.groups == (-1, 2)
    assert config.prices.sources == ("kraken", "gemini")
    assert config.prices.addresses == {"mempool": "http://127.0.0.1:8999"}
    assert (config.bot.contact, config.web.host) == ("[a link](https://example.org)", "[::1]")


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("ACCESS__GROUPS", "-1", "write a list such as"),
        ("PRICES__SOURCES", "[kraken]", "write a list such as"),
        ("PRICES__ADDRESSES", "mempool", "write a table such as"),
    ],
)
def test_a_list_or_table_written_wrongly_is_met_with_what_to_write(name: str, value: str, advice: str) -> None:
    with pytest.raises(SetupError, match=f"^the environment: the key '[a-z.]+' is not right: {advice}"):
        load(environment={f"BTC_SAFETY_BOT_{name}": value})


def test_a_table_written_as_a_value_is_met_with_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("storage = 3\n")
    with pytest.raises(SetupError, match=r"the key 'storage' is not right: write a table \[storage\]$"):
        load(tmp_path / "mine.toml", environment={})


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[defaults]\ncurrency = "CHF"\n', encoding="utf-8-sig")
    assert load(tmp_path / "mine.toml", environment={}).defaults.currency == "CHF"
