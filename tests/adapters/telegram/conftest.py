"""A bot that is connected to a played Telegram, and a clock that both share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.adapters.telegram.adapter import Options, TelegramAdapter
from bot.core import assistant as assistant_module
from bot.core.assistant import Assistant
from bot.ops.observe import Metrics
from tests.fakes import FakeClock
from tests.platforms.telegram_chat import PATIENCE_S
from tests.platforms.telegram_server import TOKEN, TelegramServer
from tests.platforms.telegram_spec import Specification
from tests.platforms.telegram_updates import Bell


@dataclass(frozen=True, kw_only=True, eq=False)
class Sleeper:
    """Somebody who pauses.

    Attributes:
        until: when the pause ends, by the clock.
        seconds: how long it lasts.
        at_rest: the assistant pauses, which it does only once all that was due is done.
        woken: ends the pause.
    """

    until: float
    seconds: float
    at_rest: bool
    woken: asyncio.Event


class Hours(FakeClock):
    """A clock whose pauses last until it is moved on."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[Sleeper] = []
        self._bell = Bell()

    def timestamp(self) -> float:
        """Seconds since 1970."""
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        """The assistant's pause until it looks again for what is due."""
        await self._sleep(seconds, at_rest=True)

    async def pause(self, seconds: float) -> None:
        """A pause of the adapter."""
        await self._sleep(seconds, at_rest=False)

    def forward(self, seconds: float) -> None:
        super().forward(seconds)
        for sleeper in sorted(self._sleepers, key=lambda one: one.until):
            if sleeper.until <= self.seconds():
                self._sleepers.remove(sleeper)
                sleeper.woken.set()

    async def passes(self, seconds: float) -> None:
        """Let time pass, and return once what is due by then is done."""
        await self._rest()
        self.forward(seconds)
        await self._rest()

    async def slept(self, seconds: float, *, times: int = 1) -> None:
        """Wait until the adapter pauses in so many places for about `seconds`."""

        def looked() -> bool | None:
            return sum(abs(one.seconds - seconds) <= seconds * 0.51 for one in self._of_adapter()) >= times or None

        await self._bell.until(looked, timeout_s=PATIENCE_S)

    @asynccontextmanager
    async def hurried(self) -> AsyncIterator[None]:
        """Let each pause of the adapter be over as soon as it begins."""
        task = asyncio.create_task(self._hurry())
        try:
            yield
        finally:
            task.cancel()

    async def _hurry(self) -> None:
        while True:
            first = await self._bell.until(lambda: min(self._of_adapter(), key=_until, default=None), timeout_s=None)
            self.forward(max(0.0, first.until - self.seconds()) + 0.001)

    async def _rest(self) -> None:
        await self._bell.until(lambda: any(one.at_rest for one in self._sleepers) or None, timeout_s=PATIENCE_S)

    async def _sleep(self, seconds: float, *, at_rest: bool) -> None:
        until = self.seconds() + seconds
        sleeper = Sleeper(until=until, seconds=seconds, at_rest=at_rest, woken=asyncio.Event())
        self._sleepers.append(sleeper)
        self._bell.ring()
        try:
            await sleeper.woken.wait()
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    def _of_adapter(self) -> list[Sleeper]:
        return [sleeper for sleeper in self._sleepers if not sleeper.at_rest]


def _until(sleeper: Sleeper) -> float:
    return sleeper.until


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


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a starved machine's database answer late: the assistant's limit of time is no matter of these tests."""
    monkeypatch.setattr(assistant_module, "STORE_S", PATIENCE_S)


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
