"""Sources, a ticker and charts that talk to loopback services."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar
from pydantic import SecretStr

from bot.prices.chart import Charts
from bot.prices.easel import Easel
from bot.prices.sources.catalogue import DEFAULT_NAMES, Sources, open_sources
from bot.prices.ticker import Ticker
from tests.fakes import FakeClock
from tests.prices.exchange_server import ExchangeServer, exchange_server


@dataclass
class Desk:
    """Opens what a test wants to talk to; time limits are short, so that a stall costs little.

    Attributes:
        warm_every_s: how often tickers refresh unasked.
    """

    exchanges: ExchangeServer
    clock: FakeClock
    session: ClientSession
    stack: AsyncExitStack
    warm_every_s: float = 60.0

    def sources(
        self,
        *,
        enabled: Collection[str] = DEFAULT_NAMES,
        addresses: Mapping[str, str] | None = None,
        keys: Mapping[str, SecretStr] | None = None,
    ) -> Sources:
        return open_sources(
            session=self.session,
            now=self.clock.now,
            clock=self.clock.seconds,
            enabled=enabled,
            addresses=self.exchanges.addresses() | dict(addresses or {}),
            keys=keys,
            connect_s=0.4,
            total_s=0.4,
        )

    async def ticker(
        self,
        *,
        enabled: Collection[str] = DEFAULT_NAMES,
        addresses: Mapping[str, str] | None = None,
        keys: Mapping[str, SecretStr] | None = None,
    ) -> Ticker:
        sources = self.sources(enabled=enabled, addresses=addresses, keys=keys)
        ticker = Ticker(
            sources=sources.prices,
            now=self.clock.now,
            clock=self.clock.seconds,
            need_s=0.5,
            limit_s=1.5,
            warm_every_s=self.warm_every_s,
        )
        return await self.stack.enter_async_context(ticker)

    async def easel(self, *, command: Sequence[str] = (), idle_s: float = 60.0, draw_s: float = 20.0) -> Easel:
        return await self.stack.enter_async_context(
            Easel(command=command, idle_s=idle_s, start_s=draw_s, draw_s=draw_s)
        )

    async def charts(self, easel: Easel, *, venue_s: float = 2.0, live: Decimal | None = None) -> Charts:
        charts = Charts(
            sources=self.sources().candles,
            easel=easel,
            now=self.clock.now,
            clock=self.clock.seconds,
            live=lambda _: live,
            venue_s=venue_s,
        )
        return await self.stack.enter_async_context(charts)


@pytest.fixture
async def exchanges(clock: FakeClock) -> AsyncIterator[ExchangeServer]:
    """All services, in good health."""
    async with exchange_server(now=clock.now) as server:
        yield server


@pytest.fixture
async def desk(exchanges: ExchangeServer, clock: FakeClock) -> AsyncIterator[Desk]:
    """Opens tickers and charts on the loopback services, and closes them."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(cookie_jar=DummyCookieJar()))
        yield Desk(exchanges=exchanges, clock=clock, session=session, stack=stack)


@pytest.fixture
def samples() -> Path:
    """The folder of real payloads, which is not part of this repository."""
    folder = Path(__file__).parents[2] / "../shared/knowledge/price-samples"
    if not folder.is_dir():
        pytest.skip("the folder of real payloads is absent")
    return folder


async def settled() -> None:
    """Wait until the rounds that run behind have ended."""
    rounds = [task for task in asyncio.all_tasks() if task.get_name().startswith("prices: ask for")]
    await asyncio.gather(*rounds, return_exceptions=True)
