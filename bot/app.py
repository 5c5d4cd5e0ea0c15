"""Builds everything, runs it, closes it."""

import asyncio
import functools
import gc
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from aiohttp import ClientSession, DummyCookieJar
from aiohttp.web import RouteDef
from rich.console import Console as Screen

from bot.adapters.console import Console, Scene
from bot.config import Config
from bot.core.assistant import Assistant
from bot.core.turn import Rules
from bot.errors import SetupError
from bot.ops.observe import Metrics
from bot.ops.serving import serve
from bot.ops.supervisor import Adapter
from bot.prices.market import Market, open_market
from bot.storage.own_entries import Limits
from bot.storage.settings import GroupSettings, Speak
from bot.storage.store import Store
from faq.library import CorpusError
from faq.linear import ModelError
from faq.matcher import Faq


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Assistant]:
    """Yield the assistant that `config` describes, with what groups chose and wrote.

    Raises:
        SetupError: the corpus is not fit to be shown, or the database is not this bot's.
    """
    async with _stored(config, database(config), defaults=_defaults(config)) as store, market(config) as prices:
        yield _assistant(config, store, prices, wait_s=config.overheard.wait_s)


@asynccontextmanager
async def forgetful(config: Config) -> AsyncIterator[Assistant]:
    """Yield an assistant that keeps nothing, and speaks up at once where it overhears a question that it is sure of.

    Raises:
        SetupError: the corpus is not fit to be shown, or there is no folder for temporary files.
    """
    defaults = replace(_defaults(config), speak=Speak.SURE)
    try:
        temporary = tempfile.TemporaryDirectory()
    except OSError as error:
        raise SetupError(
            f"no temporary file can be written ({error.strerror}); set TMPDIR to a folder where one can"
        ) from None
    with temporary as folder:
        path = Path(folder) / "bot.sqlite3"
        async with _stored(config, path, defaults=defaults) as store, market(config) as prices:
            yield _assistant(config, store, prices, wait_s=0)


@asynccontextmanager
async def market(config: Config) -> AsyncIterator[Market]:
    """Yield live prices over one HTTP session that keeps no cookies.

    Raises:
        SetupError: a source is unknown, or has no key and needs one; or none has prices in the default currency.
    """
    keys = {"coingecko": config.secrets.coingecko_key, "token_metrics": config.secrets.token_metrics_key}
    async with (
        ClientSession(cookie_jar=DummyCookieJar()) as session,
        open_market(
            session=session,
            now=_now,
            clock=_awake_or_not(),
            enabled=config.prices.sources,
            addresses=config.prices.addresses,
            keys={name: key for name, key in keys.items() if key.get_secret_value()},
        ) as opened_market,
    ):
        served = opened_market.ticker.currencies()
        if served and config.defaults.currency not in served:
            raise SetupError(
                f"config: [defaults] no price source serves the currency {config.defaults.currency};"
                " choose another one, such as USD"
            )
        yield opened_market


def database(config: Config) -> Path:
    """Return the path of the database file."""
    folder = platformdirs.user_state_path("btc-safety-bot", appauthor=False)
    return Path(config.storage.path).expanduser() if config.storage.path else folder / "bot.sqlite3"


async def backup(config: Config, target: Path) -> None:
    """Copy the database to a new file, while the bot may be running.

    Raises:
        SetupError: there is no database yet, or the copy cannot be written.
    """
    path = database(config)
    if not await asyncio.to_thread(path.is_file):
        raise SetupError(f"{path}: there is no database yet, so there is nothing to copy")
    async with _stored(config, path, defaults=_defaults(config)) as store:
        await store.backup(target)


def corpus() -> Faq:
    """Return the curated answers.

    Raises:
        SetupError: a content file is missing or broken.
    """
    try:
        return Faq.load()
    except (CorpusError, ModelError) as error:
        raise SetupError(str(error)) from None


async def check(config: Config) -> None:
    """Find what is only known where the configuration is used; nothing is requested or stored.

    Raises:
        SetupError: a price source is unknown, or has no key and needs one; or none serves the default currency.
    """
    async with market(config):
        pass


def has_token(config: Config) -> bool:
    """Return whether there is a platform to serve."""
    secrets = config.secrets
    return bool(secrets.telegram_token.get_secret_value() or secrets.discord_token.get_secret_value())


async def run(config: Config) -> None:
    """Serve every platform that has a token; without one, chat in the terminal.

    Raises:
        SetupError: there is neither a token nor anybody to chat with, or no platform is left that could be served.
    """
    if has_token(config):
        await _serve(config)
        return
    if sys.stdin.isatty():
        await chat(config, scene=Scene())
        return
    first = sys.stdin.readline()
    if not first:
        raise SetupError("there is nobody to talk to: set TELEGRAM_TOKEN or DISCORD_TOKEN, or run it in a terminal")
    await chat(config, scene=Scene(), lines=itertools.chain([first], sys.stdin))


async def chat(config: Config, *, scene: Scene, lines: Iterable[str] | None = None) -> None:
    """Chat in the terminal; `lines` are what is said instead of what is typed at a prompt."""
    screen = Screen(highlight=False)
    async with opened(config) as assistant:
        await Console(assistant=assistant, scene=scene, screen=screen, lines=lines).run()


async def _serve(config: Config) -> None:
    metrics = Metrics()

    def failed(platform: str) -> None:
        metrics.events.labels(platform, "failed").inc()

    async with _stored(config, database(config), defaults=_defaults(config)) as store, market(config) as prices:
        assistant = _assistant(config, store, prices, wait_s=config.overheard.wait_s, failed=failed)
        adapters: list[Adapter] = []
        routes: list[RouteDef] = []
        if token := config.secrets.telegram_token.get_secret_value():
            telegram, webhook = _telegram(config, token, assistant, metrics)
            adapters.append(telegram)
            routes += webhook
        if token := config.secrets.discord_token.get_secret_value():
            adapters.append(_discord(config, token, assistant, store, metrics))
        host = config.web.host if config.web.enabled else ""
        # What was built once need not be searched for garbage again and again: that would hold up everybody's answers.
        gc.collect()
        gc.freeze()
        await serve(adapters, metrics=metrics, host=host, port=config.web.port, routes=routes)


def _telegram(config: Config, token: str, assistant: Assistant, metrics: Metrics) -> tuple[Adapter, list[RouteDef]]:
    """Return the adapter and the routes that it needs."""
    from bot.adapters.telegram.adapter import Options, TelegramAdapter  # noqa: PLC0415 - 50 MB only where it is used

    table = config.telegram
    options = Options(
        api_url=table.api_url,
        poll_timeout_s=table.poll_timeout_s,
        max_age_s=table.max_age_s,
        guest=table.guest,
        webhook_url=table.webhook_url,
        take_over=table.take_over,
        groups=frozenset(map(str, config.access.groups)),
    )
    adapter = TelegramAdapter(assistant, token=token, options=options, metrics=metrics)
    return adapter, adapter.routes()


def _discord(config: Config, token: str, assistant: Assistant, store: Store, metrics: Metrics) -> Adapter:
    from bot.adapters.discord.adapter import Discord  # noqa: PLC0415 - as above

    return Discord(
        assistant,
        token=token,
        swap=store.notes.swap,
        metrics=metrics,
        api_url=config.discord.api_url,
        gateway_url=config.discord.gateway_url,
        message_content=config.discord.message_content,
        allowed=frozenset(map(str, config.access.groups)),
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _assistant(
    config: Config,
    store: Store,
    prices: Market,
    *,
    wait_s: float,
    failed: Callable[[str], None] | None = None,
) -> Assistant:
    return Assistant(
        faq=corpus(),
        store=store,
        market=prices,
        now=_now,
        clock=time.monotonic,
        rules=Rules(
            max_pins=config.pins.most,
            refresh_s=config.pins.refresh_s,
            wait_s=wait_s,
            an_hour=config.overheard.an_hour,
            grace_days=config.storage.grace_days,
        ),
        contact=config.bot.contact,
        failed=failed,
    )


@asynccontextmanager
async def _stored(config: Config, path: Path, *, defaults: GroupSettings) -> AsyncIterator[Store]:
    """Yield the store, tended meanwhile."""
    async with Store.opened(
        path,
        key=config.secrets.hash_key.get_secret_value().encode(),
        defaults=defaults,
        limits=Limits(entries=config.entries.most, aliases=config.entries.most_wordings),
        grace_days=config.storage.grace_days,
        max_bytes=config.storage.max_megabytes * 1024**2,
    ) as store:
        tending = asyncio.create_task(store.tend())
        try:
            yield store
        finally:
            tending.cancel()
            await asyncio.wait([tending])


def _defaults(config: Config) -> GroupSettings:
    return GroupSettings(
        speak=Speak(config.defaults.speak),
        currency=config.defaults.currency,
        cooldown_s=config.defaults.cooldown_s,
    )


def _awake_or_not() -> Callable[[], float]:
    """Return a clock of seconds that only grow, also while the machine sleeps: a price grows old then too."""
    return functools.partial(time.clock_gettime, time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic
