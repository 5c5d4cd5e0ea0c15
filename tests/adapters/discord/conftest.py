"""A bot on the loopback Discord: the adapter as it is shipped, on the real discord.py, with a real assistant."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import discord
import pytest

from bot.adapters.discord.adapter import Discord
from bot.adapters.discord.timing import Timing
from bot.core.assistant import Assistant
from bot.messages import Receipt, Reply, Request
from bot.ops.observe import Metrics
from bot.prices.market import Market
from bot.storage.groups import Group
from bot.storage.store import Store
from faq.matcher import Faq
from tests.fakes import FakeClock
from tests.platforms.discord_connection import NO_INTENTS, Intent
from tests.platforms.discord_people import Person
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_server import DiscordServer
from tests.platforms.discord_world import Channel, Guild

SWIFT = Timing(defer_s=1.5, identify_pause_s=0.0, call_s=5.0, drain_s=2.0)


@dataclass
class Steps:
    """Time for what the bot does unasked: it goes on only when a test says so."""

    clock: FakeClock
    _next: asyncio.Event = field(default_factory=asyncio.Event)
    _resting: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, seconds: float) -> None:
        """Wait for a step."""
        if not self._next.is_set():
            self._resting.set()
        await self._next.wait()
        self._next.clear()

    async def forward(self, seconds: float) -> None:
        """Let time pass, and the bot look once at what is due and do it."""
        self.clock.forward(seconds)
        self._resting.clear()
        self._next.set()
        async with asyncio.timeout(10):
            await self._resting.wait()


@dataclass
class Stand:
    """A bot in the loopback Discord.

    Attributes:
        server: the loopback Discord.
        adapter: what is tested.
        office: what stands behind it.
        guild: a server in which the bot is.
        alice: an ordinary member of it.
        mod: a member who may pin and manage.
    """

    server: DiscordServer
    adapter: Discord
    office: "Office"
    guild: Guild
    alice: Person
    mod: Person

    @property
    def general(self) -> Channel:
        """The channel in which most is said."""
        return self.guild.general

    @property
    def group(self) -> Group:
        """The server as the storage knows it."""
        return Group("discord", str(self.guild.id))

    def counted(self, outcome: str) -> float:
        """How many events ended in some way."""
        labels = {"platform": "discord", "outcome": outcome}
        return self.office.metrics.registry.get_sample_value("btc_safety_bot_events_total", labels) or 0.0


@asynccontextmanager
async def running(adapter: Discord, server: DiscordServer) -> AsyncIterator[None]:
    """The adapter at work, connected."""
    before = server.gateway.identifies
    task = asyncio.create_task(adapter.run())
    try:
        await server.until(lambda: server.gateway.identifies > before, what="a session")
        await server.connected()
        await server.quiet()
        assert adapter.ready
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def no_line_is_left_open() -> Iterator[None]:
    """Fail where a heart goes on beating for a connection that nobody uses any more."""
    yield
    hearts = [thread for thread in threading.enumerate() if isinstance(thread, discord.gateway.KeepAliveHandler)]
    assert [heart for heart in hearts if not heart._stop_ev.is_set()] == []


class Unhurried(Assistant):
    """The real assistant, which waits before each answer while its gate is shut, as for a slow database.

    Attributes:
        gate: shut, no answer is given.
        remark: what it has to say about the next reply that was delivered, if anything.
    """

    gate: asyncio.Event
    remark: Reply | None = None

    async def answer(self, request: Request) -> Reply | None:
        await self.gate.wait()
        return await super().answer(request)

    async def delivered(self, receipt: Receipt) -> Reply | None:
        remark, self.remark = self.remark, None
        return await super().delivered(receipt) or remark


@dataclass(frozen=True, kw_only=True)
class Office:
    """What stands behind the adapter: the real assistant on a real store, whose duties wait for the test."""

    assistant: Unhurried
    store: Store
    metrics: Metrics
    steps: Steps

    def adapter(
        self,
        server: DiscordServer,
        *,
        message_content: bool = False,
        token: str = "",
        timing: Timing = SWIFT,
        allowed: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
    ) -> Discord:
        """An adapter for a loopback Discord."""
        return Discord(
            self.assistant,
            token=token or server.gateway.settings.token,
            swap=self.store.notes.swap,
            metrics=self.metrics,
            api_url=server.api,
            gateway_url=server.gateway_address,
            message_content=message_content,
            timing=timing,
            allowed=allowed,
            clock=clock,
        )


@asynccontextmanager
async def standing(server: DiscordServer, adapter: Discord, office: Office) -> AsyncIterator[Stand]:
    """The adapter at work in a server with a member and a moderator."""
    alice, mod = server.user("Alice"), server.user("Mod")
    guild = server.guild("Bitcoin beginners", members=[alice, mod])
    guild.grants(mod, Permission.PIN_MESSAGES | Permission.MANAGE_GUILD)
    async with running(adapter, server):
        yield Stand(server=server, adapter=adapter, office=office, guild=guild, alice=alice, mod=mod)


@asynccontextmanager
async def serving(granted: Intent = NO_INTENTS) -> AsyncIterator[DiscordServer]:
    """The loopback Discord; nothing against the published specification at the end."""
    async with DiscordServer(granted=granted) as server:
        server.points_library_here()
        yield server
    assert server.violations == []


@pytest.fixture
def office(faq: Faq, store: Store, clock: FakeClock) -> Office:
    return office_of(faq, store, clock)


def office_of(faq: Faq, store: Store, clock: FakeClock, *, market: Market | None = None) -> Office:
    """What stands behind an adapter, with prices perhaps."""
    steps = Steps(clock)
    assistant = Unhurried(faq=faq, store=store, now=clock.now, clock=clock.seconds, pause=steps.pause, market=market)
    assistant.gate = asyncio.Event()
    assistant.gate.set()
    return Office(assistant=assistant, store=store, metrics=Metrics(), steps=steps)


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with serving() as server:
        yield server


@pytest.fixture
async def stand(server: DiscordServer, office: Office) -> AsyncIterator[Stand]:
    """A bot at work."""
    async with standing(server, office.adapter(server), office) as stand:
        yield stand


@pytest.fixture
async def hearing(office: Office) -> AsyncIterator[Stand]:
    """A bot at work that is shown every message."""
    async with (
        serving(Intent.MESSAGE_CONTENT) as server,
        standing(server, office.adapter(server, message_content=True), office) as stand,
    ):
        yield stand
