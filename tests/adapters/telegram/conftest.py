"""A bot that is connected to a played Telegram, and a clock that both share."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.adapters.telegram.adapter import Options, TelegramAdapter
from bot.core.assistant import Assistant
from bot.ops.observe import Metrics
from tests.fakes import FakeClock
from tests.platforms.telegram_server import TOKEN, TelegramServer
from tests.platforms.telegram_spec import Specification


class Hours(FakeClock):
    """A clock whose pauses last until it is moved on."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, int, float, asyncio.Event]] = []
        self._numbers = itertools.count()
        self._slept = asyncio.Event()

    def timestamp(self) -> float:
        """Seconds since 1970."""
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        await self.pause(seconds)

    async def pause(self, seconds: float) -> None:
        woken = asyncio.Event()
        sleeper = (self.seconds() + seconds, next(self._numbers), seconds, woken)
        heapq.heappush(self._sleepers, sleeper)
        self._slept.set()
        try:
            await woken.wait()
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)
                heapq.heapify(self._sleepers)

    def forward(self, seconds: float) -> None:
        super().forward(seconds)
        while self._sleepers and self._sleepers[0][0] <= self.seconds():
            heapq.heappop(self._sleepers)[3].set()

    async def slept(self, seconds: float) -> None:
        """Wait until somebody pauses for about `seconds`."""
        async with asyncio.timeout(10):
            while not any(abs(wanted - seconds) <= seconds * 0.51 for _, _, wanted, _ in self._sleepers):
                self._slept.clear()
                await self._slept.wait()


@dataclass
class Stage:
    """A played Telegram and the bot that is connected to it.

    Attributes:
        expected: the bot ends by itself in this test.
    """

    server: TelegramServer
    adapter: TelegramAdapter
    metrics: Metrics
    clock: Hours
    task: "asyncio.Task[None]"
    expected: bool = False

    def count(self, name: str, **labels: str) -> float:
        """Return a counter, 0 if nothing was counted."""
        return self.metrics.registry.get_sample_value(f"btc_safety_bot_{name}", {"platform": "telegram"} | labels) or 0

    def events(self, outcome: str) -> float:
        return self.count("events_total", outcome=outcome)

    async def handled(self) -> None:
        """Wait until everything that Telegram told is worked off."""
        await self.server.quiet(idle=lambda: not self.count("waiting"))

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})


@pytest.fixture
def clock() -> Hours:
    """Stands in for the clock of all fixtures."""
    return Hours()


@pytest.fixture(scope="session")
def specification() -> Specification | None:
    """The published specification where it is present, read once."""
    return Specification.if_present()


@pytest.fixture
async def server(clock: Hours, specification: Specification | None) -> AsyncIterator[TelegramServer]:
    """A played Telegram; at the end, nothing that the bot said to it may have been wrong."""
    async with TelegramServer(specification=specification, clock=clock.timestamp) as played:
        yield played
    assert played.violations == []


@asynccontextmanager
async def connected(
    server: TelegramServer,
    assistant: Assistant,
    clock: Hours,
    options: Options | None = None,
    *,
    menus: bool = True,
) -> AsyncIterator[Stage]:
    """Start the bot by polling and yield when it is there."""
    metrics = Metrics()
    polls, calls = server.delivery.polls, len(server.calls_of("getMyShortDescription"))
    adapter = TelegramAdapter(
        assistant,
        token=TOKEN,
        options=options or Options(api_url=server.url),
        metrics=metrics,
        clock=clock.seconds,
        now=clock.now,
        pause=clock.pause,
    )
    async with staged(server, adapter, metrics, clock) as stage:
        done = stage.task.done
        await server.until(lambda: server.delivery.polls > polls or done())
        await server.until(lambda: not menus or len(server.calls_of("getMyShortDescription")) > calls or done())
        if done():
            stage.task.result()
        yield stage


@asynccontextmanager
async def staged(
    server: TelegramServer, adapter: TelegramAdapter, metrics: Metrics, clock: Hours
) -> AsyncIterator[Stage]:
    """Run the bot meanwhile; it may end by itself only if that is expected."""
    task = asyncio.create_task(adapter.run())
    task.add_done_callback(lambda _: server.world.bell.ring())
    stage = Stage(server, adapter, metrics, clock, task)
    try:
        yield stage
    finally:
        await stage.stop()
    error = None if stage.task.cancelled() else stage.task.exception()
    if error and not stage.expected:
        raise error


@pytest.fixture
async def telegram(server: TelegramServer, assistant: Assistant, clock: Hours) -> AsyncIterator[Stage]:
    """The bot, connected by polling."""
    async with connected(server, assistant, clock) as stage:
        yield stage
