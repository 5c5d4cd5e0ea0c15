"""config.toml and the environment become one frozen `Config`."""

import os
import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.errors import SetupError

PREFIX = "BTC_SAFETY_BOT_"
"""Begins the variables that override single keys: BTC_SAFETY_BOT_DEFAULTS__CURRENCY."""

HASH_KEY_BYTES = 16
"""The shortest key that keeps hashes of persons from being guessed."""

_FILE = "config.toml"
_ENVIRONMENT = "the environment"
_BESIDE_PACKAGE = Path(__file__).parents[1] / _FILE
_ADVICE = {
    "tuple_type": 'write a list such as ["one", "another"] or [1, 2]',
    "dict_type": 'write a table such as {name = "value"}',
    "model_type": "write a table [{key}]",
}
"""What to write, by pydantic's type of the error."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Bot(_Table):
    """Table `[bot]`."""

    contact: Annotated[str, Field(max_length=200)] = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Defaults(_Table):
    """Table `[defaults]`: how the bot behaves where a group has set nothing."""

    speak: Literal["mention", "sure", "preview", "never"] = "mention"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    cooldown_s: Annotated[int, Field(ge=0, le=86400)] = 600


class Storage(_Table):
    """Table `[storage]`: what is kept on disk."""

    path: str = ""
    grace_days: Annotated[int, Field(ge=0, le=3650)] = 30
    max_megabytes: Annotated[int, Field(ge=1, le=1_000_000)] = 4096

    @field_validator("path")
    @classmethod
    def _check_path(cls, path: str) -> str:
        try:
            Path(path).expanduser()
        except RuntimeError:
            raise PydanticCustomError("no_home", "nobody here has that home folder; name a file") from None
        if "\0" in path or path == ":memory:":
            raise PydanticCustomError("no_file", "no database can be kept there; name a file")
        return path


class Pins(_Table):
    """Table `[pins]`: pinned answers."""

    most: Annotated[int, Field(ge=1, le=50)] = 10
    refresh_s: Annotated[int, Field(ge=60, le=604_800)] = 3600


class Overheard(_Table):
    """Table `[overheard]`: questions that nobody put to the bot, where a group has set `speak` to `sure`."""

    wait_s: Annotated[int, Field(ge=0, le=3600)] = 90
    an_hour: Annotated[int, Field(ge=1, le=60)] = 4


class Entries(_Table):
    """Table `[entries]`: what a group's moderators write themselves."""

    most: Annotated[int, Field(ge=0, le=200)] = 50
    most_wordings: Annotated[int, Field(ge=0, le=1000)] = 200


class Prices(_Table):
    """Table `[prices]`: live prices."""

    sources: tuple[str, ...] = (
        "coinbase",
        "kraken",
        "bitstamp",
        "bitfinex",
        "gemini",
        "mempool",
        "coinbase_v2",
        "coingecko",
    )
    addresses: dict[str, str] = {}


class Access(_Table):
    """Table `[access]`: where the bot works."""

    groups: tuple[int, ...] = ()


class Telegram(_Table):
    """Table `[telegram]`."""

    api_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")] = "https://api.telegram.org"
    poll_timeout_s: Annotated[int, Field(ge=1, le=50)] = 25
    max_age_s: Annotated[int, Field(ge=10, le=86_400)] = 300
    guest: bool = False
    webhook_url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    take_over: bool = False


class Discord(_Table):
    """Table `[discord]`."""

    api_url: Annotated[str, Field(pattern=r"^(https?://[^\s/]+\S*)?$")] = ""
    gateway_url: Annotated[str, Field(pattern=r"^(wss?://[^\s/]+\S*)?$")] = ""
    message_content: bool = False


class Web(_Table):
    """Table `[web]`: health, metrics and webhooks."""

    enabled: bool = True
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8466


class Secrets(_Table):
    """What comes from the environment alone and is never shown."""

    telegram_token: SecretStr = SecretStr("")
    discord_token: SecretStr = SecretStr("")
    coingecko_key: SecretStr = SecretStr("")
    token_metrics_key: SecretStr = SecretStr("")
    hash_key: SecretStr = SecretStr("")

    @field_validator("hash_key")
    @classmethod
    def _check_hash_key(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value().encode()) < HASH_KEY_BYTES:
            text = f"it has fewer than {HASH_KEY_BYTES} bytes; write a longer one"
            raise PydanticCustomError("short_key", "{text}", {"text": text})
        return key

    def values(self) -> list[str]:
        """Return all secrets in plain, to be kept out of the log."""
        return [getattr(self, key).get_secret_value() for key in type(self).model_fields]


class Config(_Table):
    """Everything that an operator can set."""

    bot: Bot = Bot()
    defaults: Defaults = Defaults()
    storage: Storage = Storage()
    pins: Pins = Pins()
    overheard: Overheard = Overheard()
    entries: Entries = Entries()
    prices: Prices = Prices()
    access: Access = Access()
    telegram: Telegram = Telegram()
    discord: Discord = Discord()
    web: Web = Web()
    secrets: Secrets = Secrets()


def load(overlay: Path | None = None, *, environment: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration: built-in values, under config.toml, under `overlay`, under the environment.

    config.toml is the one in the current folder, else the one that stands beside the program; there may be none.

    Args:
        overlay: a further file, which must exist.
        environment: variables with secrets and overrides.

    Raises:
        SetupError: a file is missing or not readable, a key is unknown or of the wrong type, or two do not go together;
            with a sentence for each problem.
    """
    shipped = next((path for path in (Path(_FILE), _BESIDE_PACKAGE) if path.is_file()), None)
    settings: dict[str, dict[str, object]] = {}
    problems: list[str] = []
    layers = [(str(path), partial(_file, path)) for path in (shipped, overlay) if path]
    for where, read in (*layers, (_ENVIRONMENT, partial(_overrides, environment))):
        try:
            found = read()
            _valid(found, where)
        except SetupError as error:
            problems += error.problems
            continue
        for table, values in found.items():
            settings.setdefault(table, {}).update(values)
    if problems:
        raise SetupError(*problems)
    settings["secrets"] = {key: environment.get(key.upper(), "").strip() for key in Secrets.model_fields}
    config = _valid(settings, _ENVIRONMENT)
    if config.telegram.webhook_url and not config.web.enabled:
        raise SetupError("config: [telegram] webhook_url needs the web server; set enabled = true in [web]")
    return config


def _file(path: Path) -> dict[str, dict[str, object]]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SetupError(f"{path}: the file does not exist; check the path behind --config") from None
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: is not valid TOML ({error}); mend that line") from None
    if "secrets" in raw:
        names = ", ".join(key.upper() for key in Secrets.model_fields)
        raise SetupError(f"{path}: secrets do not belong into a file; set {names} in the environment")
    return raw


def _overrides(environment: Mapping[str, str]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    wrong: list[str] = []
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        table, _, key = name.removeprefix(PREFIX).lower().partition("__")
        if table == "secrets" or not key:
            wrong.append(f"{_ENVIRONMENT}: {name} names no key of config.toml; remove it or write {PREFIX}TABLE__KEY")
        found.setdefault(table, {})[key] = _parsed(value)
    if wrong:
        raise SetupError(*wrong)
    return found


def _parsed(value: str) -> object:
    """Return the list or table that a variable holds, or its text as it is."""
    if not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:  # a link or an address may begin so too; if not, its key is told what to write
        return value


def _valid(settings: Mapping[str, object], where: str) -> Config:
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise SetupError(*(_sentence(problem, where) for problem in problems)) from None


def _sentence(problem: ErrorDetails, where: str) -> str:
    table, *names = map(str, problem["loc"])
    key = ".".join((table, *names))
    if problem["type"] == "extra_forbidden":
        return f"{where}: the key '{key}' is unknown; remove it or correct its spelling"
    advice = _ADVICE.get(problem["type"], problem["msg"]).replace("{key}", key)
    named = names[0].upper() if table == "secrets" else f"the key '{key}'"
    return f"{where}: {named} is not right: {advice}"
