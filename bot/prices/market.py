"""Everything about prices that the rest of the bot uses, opened and closed together."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession
from pydantic import SecretStr

from bot.prices.chart import Charts
from bot.prices.easel import Easel
from bot.prices.sources.catalogue import DEFAULT_NAMES, open_sources
from bot.prices.ticker import Ticker


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What a bitcoin costs, and what it has cost."""

    ticker: Ticker
    charts: Charts


@asynccontextmanager
async def open_market(
    *,
    session: ClientSession,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    enabled: Collection[str] = DEFAULT_NAMES,
    addresses: Mapping[str, str] | None = None,
    keys: Mapping[str, SecretStr] | None = None,
) -> AsyncIterator[Market]:
    """Yield the market; no request is made and no process started before somebody asks.

    Args:
        session: the bot's one HTTP session.
        now: the moment, aware UTC.
        clock: monotonic seconds.
        enabled: names of the sources, some of `catalogue.NAMES`.
        addresses: base addresses by name, where another one than the public one is wanted.
        keys: keys by name, for "coingecko" (optional) and "token_metrics".

    Raises:
        SetupError: a name is unknown, or Token Metrics is switched on without a key.
    """
    sources = open_sources(session=session, now=now, clock=clock, enabled=enabled, addresses=addresses, keys=keys)
    async with (
        Ticker(sources=sources.prices, now=now, clock=clock) as ticker,
        Easel() as easel,
        Charts(sources=sources.candles, easel=easel, now=now, clock=clock, live=ticker.live) as charts,
    ):
        yield Market(ticker=ticker, charts=charts)
