"""One connection to Discord: its events go to the door and the talk, its sessions are not wasted."""

import asyncio
import functools
import logging
import time
import traceback
from collections.abc import Awaitable, Callable

import discord

from bot.adapters.discord import commands
from bot.adapters.discord.components import dynamic_item
from bot.adapters.discord.door import Door
from bot.adapters.discord.intake import Intake
from bot.adapters.discord.line import Line
from bot.adapters.discord.outcome import GONE
from bot.adapters.discord.post import Post
from bot.adapters.discord.read import PLATFORM, Reader
from bot.adapters.discord.talk import Talk
from bot.adapters.discord.timing import Timing
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed
from bot.messages import Fate, Outcome
from bot.ops.observe import Metrics
from bot.storage.recent import Recent

FEWEST_IDENTIFIES = 50
"""Sessions of the day that are never used up: with the last one Discord resets the token."""

KNOWN = 2_000
"""Interactions that are recognised when Discord tells of them again."""

PINNED = 5_000
"""Own messages of which it is remembered that they are pinned."""

LONGEST_PAUSE_S = 3600.0
"""Seconds between two tries to send the commands, at most."""

LONGEST_WAIT_S = 30.0
"""Seconds that a call waits for a limit; the least that the library takes."""

_log = logging.getLogger(__name__)


class TooManySessions(DeliveryFailed):
    """Too few new sessions are left for today."""


class Client(discord.Client):
    """Connects once; after a fatal error a new one is made.

    Args:
        assistant: what answers.
        swap: keeps the fingerprint of the commands.
        line: watches the calls.
        metrics: counts.
        timing: how long things may take.
        hears_all: messages that do not mention the bot are shown to it.
        allowed: ids of the only servers in which the bot works; empty for all.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        swap: commands.Swap,
        line: Line,
        metrics: Metrics,
        timing: Timing,
        hears_all: bool,
        allowed: frozenset[str],
        clock: Callable[[], float],
    ) -> None:
        # Voice is not used, so the library need not warn that it cannot be.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=hears_all),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT_S,
            heartbeat_timeout=timing.heartbeat_s,
            http_trace=line.trace(),
        )
        self._heard = Intake()
        self._asked = Intake()  # apart from the above: a flood of messages leaves room for commands
        self._known: Recent[int, bool] = Recent(KNOWN)
        self._pinned: Recent[int, bool] = Recent(PINNED)
        self.is_connected = False
        self._online = asyncio.Event()
        self._assistant = assistant
        self._swap = swap
        self._metrics = metrics
        self._timing = timing
        self._hears_all = hears_all
        self._allowed = allowed
        self._clock = clock
        self._post = Post(self, call_s=timing.call_s)
        self._door = Door(
            assistant,
            post=self._post,
            fetch=self.http.get_from_cdn,
            metrics=metrics,
            timing=timing,
            hears_all=hears_all,
        )

    @property
    def busy(self) -> int:
        """How many events are worked on."""
        return len(self._heard) + len(self._asked)

    async def setup_hook(self) -> None:
        """Prepare what needs the bot's own account, before any event comes."""
        if self.user is None:
            raise RuntimeError("the library runs this after the login")
        reader = Reader(self.user, hears_all=self._hears_all)
        self._talk = Talk(
            self._assistant,
            post=self._post,
            reader=reader,
            metrics=self._metrics,
            timing=self._timing,
            clock=self._clock,
        )
        self.add_dynamic_items(dynamic_item(self._pressed))
        self._is_synced = await commands.sync(self, self._assistant, swap=self._swap)

    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """Pause between sessions, and begin no further one when few are left.

        Raises:
            TooManySessions: few are left.
        """
        if initial:
            return  # looked at before the connection was opened
        await asyncio.sleep(self._timing.identify_pause_s)
        await self.check_sessions()

    async def check_sessions(self) -> None:
        """Make sure that enough new sessions are left for today.

        Raises:
            TooManySessions: few are left.
        """
        _, _, limit = await self.http.get_bot_gateway()
        if limit["remaining"] < FEWEST_IDENTIFIES:
            hours = limit["reset_after"] / 3_600_000
            raise TooManySessions(f"only {limit['remaining']} new sessions are left for the next {hours:.1f} hours")

    async def settle_commands(self) -> None:
        """Send the commands until Discord has them: the process that had begun to may have ended, or a call failed."""
        await self._online.wait()
        pause_s = self._timing.claim_s
        while not self._is_synced:
            await asyncio.sleep(pause_s)
            self._is_synced = await commands.sync(self, self._assistant, swap=self._swap, takes_over=True)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def do_duties(self) -> None:
        """Do what is due without anybody asking, one after another, until cancelled."""
        await self._online.wait()
        async for due in self._assistant.due(PLATFORM):
            ended = await _ended(functools.partial(self._talk.do, due))
            self._metrics.events.labels(PLATFORM, ended).inc()

    async def drain(self) -> None:
        """Take no more events, and wait for those that are worked on."""
        try:
            async with asyncio.timeout(self._timing.drain_s):
                await asyncio.gather(self._heard.close(), self._asked.close())
        except TimeoutError:
            _log.warning("%s events were not finished", self.busy)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take a command, a form, or typing; components are taken by the dynamic item."""
        if interaction.type is not discord.InteractionType.component:
            await self._interact(interaction, self._door.take)

    async def on_message(self, message: discord.Message) -> None:
        """Take a message, after those that came before it in its channel."""
        if not self._serves(message.guild.id if message.guild else None):
            return

        channel = message.channel.id

        async def hear() -> Outcome | None:
            async with self._heard.turn(channel, wait_s=self._timing.wait_s) as is_in_time:
                return await self._talk.hear(message) if is_in_time else GONE

        await self._work(hear, lane=channel)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A server has added the bot."""
        serves = self._serves(guild.id)
        await self._work(lambda: self._talk.joined(guild) if serves else self._talk.leave(guild))

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there when a session begins; it may have added the bot while that was away."""
        if not self._serves(guild.id):
            await self._work(lambda: self._talk.leave(guild))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """A server has thrown the bot out."""
        await self._work(lambda: self._talk.left(guild))

    async def on_raw_message_delete(self, told: discord.RawMessageDeleteEvent) -> None:
        """Somebody has deleted a message."""
        await self._work(lambda: self._talk.gone([told.message_id], guild=told.guild_id, channel=told.channel_id))

    async def on_raw_bulk_message_delete(self, told: discord.RawBulkMessageDeleteEvent) -> None:
        """Somebody has deleted many messages."""
        await self._work(lambda: self._talk.gone(told.message_ids, guild=told.guild_id, channel=told.channel_id))

    async def on_raw_message_edit(self, told: discord.RawMessageUpdateEvent) -> None:
        """Somebody has changed a message. One of the bot that was pinned and is no longer, is forgotten as a pin.

        An edit that comes late may tell of a time before the pin, so what was not pinned before says nothing.
        """
        message = told.message
        if self.user is None or message.author.id != self.user.id:
            return
        if message.pinned:
            self._pinned.put(message.id, True)
        elif self._pinned.get(message.id):
            self._pinned.forget(message.id)
            await self._work(lambda: self._talk.gone([message.id], guild=told.guild_id, channel=told.channel_id))

    async def on_connect(self) -> None:
        """A session has begun, with a list of all servers: what became of them meanwhile is told nowhere else."""
        self.is_connected = True
        self._online.set()
        with self._heard.place() as has_room:
            if has_room:
                await self._assistant.has_only(PLATFORM, {str(guild.id) for guild in self.guilds})

    async def on_resumed(self) -> None:
        """A session goes on."""
        self.is_connected = True

    async def on_disconnect(self) -> None:
        """The line is down; the library connects again."""
        self.is_connected = False

    async def on_socket_event_type(self, _event: str) -> None:
        """Discord has said something."""
        self._metrics.last_event.labels(PLATFORM).set_to_current_time()

    async def _pressed(self, interaction: discord.Interaction, action: str) -> None:
        await self._interact(interaction, lambda pressed: self._door.press(pressed, action))

    async def _interact(
        self, interaction: discord.Interaction, act: Callable[[discord.Interaction], Awaitable[Outcome | None]]
    ) -> None:
        """Work on an interaction, but not again if it is told of again."""
        if self._known.get(interaction.id):
            return
        self._known.put(interaction.id, True)
        serve = act if self._serves(interaction.guild_id) else self._door.refuse
        await self._work(lambda: serve(interaction), intake=self._asked)

    def _serves(self, guild: int | None) -> bool:
        """Whether the operator lets the bot work in a server; direct messages are in none."""
        return guild is None or not self._allowed or str(guild) in self._allowed

    async def _work(
        self, act: Callable[[], Awaitable[Outcome | None]], *, intake: Intake | None = None, lane: int | None = None
    ) -> None:
        """Work on an event if there is room, and count how that ended."""
        intake = self._heard if intake is None else intake
        with intake.place(lane=lane) as has_room:
            self._metrics.waiting.labels(PLATFORM).set(self.busy)
            began = time.perf_counter()
            ended = await _ended(act) if has_room else "shed"
        self._metrics.events.labels(PLATFORM, ended).inc()
        self._metrics.answer_seconds.labels(PLATFORM).observe(time.perf_counter() - began)


async def _ended(act: Callable[[], Awaitable[Outcome | None]]) -> str:
    try:
        outcome = await act()
    except Exception as error:  # noqa: BLE001 - the defect of one must end neither the connection nor the others
        trace = "".join(traceback.format_tb(error.__traceback__))
        _log.error("an event or duty failed: %s\n%s", type(error).__name__, trace)
        return "failed"
    match outcome.fate if outcome else Fate.DONE:
        case Fate.UNKNOWN:
            return "unknown"
        case Fate.GONE:
            return "stale"
        case _:
            return "handled"
