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
