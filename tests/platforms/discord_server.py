"""A Discord that a bot can talk to on the loopback, over real HTTP and a real gateway.

    async with DiscordServer() as server:
        alice = server.user("Alice")
        guild = server.guild("Bitcoin beginners", members=[alice])
        ...  # a bot connects to server.api and server.gateway_address
        interaction = await alice.uses(guild.general, "ask", question="is bitcoin safe?")
        assert (await interaction.answer()).ephemeral

What a bot sends is held to Discord's limits and, where the published specifications are at hand, to them; what is
wrong with it, or with what the server itself sends, is in `violations`.
"""

import asyncio
import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import discord
import yarl
from aiohttp import web

from tests.platforms.discord_account import AccountRoutes, CommandRoutes
from tests.platforms.discord_commands import Commands
from tests.platforms.discord_connection import NO_INTENTS, Intent, Session
from tests.platforms.discord_faults import Faults
from tests.platforms.discord_gateway import Gateway, GatewaySettings
from tests.platforms.discord_interactions import Interactions
from tests.platforms.discord_json import JsonObject
from tests.platforms.discord_payloads import channel_json, guild_json, role_json, user_json
from tests.platforms.discord_people import Person
from tests.platforms.discord_permissions import EVERYBODY, INVITED, NONE, Permission
from tests.platforms.discord_post import Post
from tests.platforms.discord_rest import PREFIX, Rest
from tests.platforms.discord_routes import ChannelRoutes
from tests.platforms.discord_signal import Signal
from tests.platforms.discord_spec import Specification
from tests.platforms.discord_stage import Record, Stage
from tests.platforms.discord_webhooks import WebhookRoutes
from tests.platforms.discord_world import Channel, ChannelKind, Clock, Guild, Message, User, World

TOKEN = "a-token-for-the-loopback-only"  # noqa: S105 # it opens nothing
HANDLERS = ("discord.py: ", "CommandTree-invoker", "discord-ui-")
"""How discord.py names the tasks in which it runs a bot's handlers."""
TIMERS = ("discord-ui-view-timeout",)


class DiscordServer:
    """The loopback Discord.

    Args:
        granted: privileged intents that the application has.
        now: aware UTC; tests that need time to pass call `passes` instead.
        validate: hold everything to the specifications, if they are there; off for benchmarks.
        busy: tells whether the bot works on something in tasks of its own, for `quiet`.
        patience: seconds that any wait may take before it fails the test.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        granted: Intent = NO_INTENTS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        validate: bool = True,
        busy: Callable[[], bool] = lambda: False,
        patience: float = 10.0,
    ) -> None:
        self.clock = Clock(now)
        self.faults = Faults()
        self.record = Record()
        self.specification = Specification()
        self.api = ""
        self.gateway_address = ""
        self._busy = busy
        self._patience = patience
        self._signal = Signal(patience)
        self._world = World(clock=self.clock)
        self._runner: web.AppRunner | None = None
        self._pointed: tuple[str, yarl.URL] | None = None
        self.bot = User(id=self.clock.new_id(), name="Bitcoin Safety", bot=True)
        self.gateway = Gateway(
            GatewaySettings(token=token, granted=granted),
            signal=self._signal,
            clock=lambda: self.clock.now().timestamp(),
            check=self.specification.event if validate else lambda _: None,
            report=self.record.violations.append,
            ready=self._ready,
            greet=self._greet,
        )
        if not validate:
            self.specification.present = False
        self.stage = self._set()
        self._world.adds_user(self.bot)
        self.operator = self.user("Operator")

    def _set(self) -> Stage:
        post = Post(self._world, bot=self.bot, gateway=self.gateway, signal=self._signal)
        return Stage(
            bot=self.bot,
            world=self._world,
            clock=self.clock,
            signal=self._signal,
            gateway=self.gateway,
            post=post,
            commands=Commands(self.clock, application_id=self.bot.id),
            interactions=Interactions(self.clock, post=post, bot=self.bot, signal=self._signal),
            faults=self.faults,
            specification=self.specification,
            record=self.record,
        )

    async def __aenter__(self) -> Self:
        """Listen on a free port of the loopback."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        app.router.add_get("/gateway/{resumed:(resume/)?}", self.gateway.serve)
        app.router.add_get("/attachments/{file_id}/{name}", self._file)
        account = AccountRoutes(self.stage, gateway_address=lambda: self.gateway_address)
        tables = (account, CommandRoutes(self.stage), ChannelRoutes(self.stage), WebhookRoutes(self.stage))
        routes = {key: route for table in tables for key, route in table.table().items()}
        self._rest = Rest(self.stage, routes, token=lambda: self.gateway.settings.token)
        self._rest.mount(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.api = f"http://127.0.0.1:{port}{PREFIX}"
        self._world.cdn = f"http://127.0.0.1:{port}"
        self.gateway_address = f"ws://127.0.0.1:{port}/gateway/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up on everybody and stop; point discord.py back where it was."""
        if self._pointed:
            discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = self._pointed
        self.gateway.cut()
        if self._runner:
            await self._runner.cleanup()

    def points_library_here(self) -> None:
        """Let discord.py connect here, for as long as the server runs."""
        self._pointed = (discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY)
        discord.http.Route.BASE = self.api
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.gateway_address)

    def user(self, name: str, *, locale: str = "en-US", installed: bool = False) -> Person:
        """Somebody new; `installed`: has the bot as a user app."""
        person = Person(id=self.clock.new_id(), name=name, locale=locale, installed=installed, stage=self.stage)
        self._world.adds_user(person)
        return person

    def guild(
        self,
        name: str,
        *,
        members: Iterable[User] = (),
        bot: Permission | None = INVITED,
        everybody: Permission = EVERYBODY,
        locale: str = "en-US",
    ) -> Guild:
        """A new server with a channel "general"; the bot is in it with some permissions, or with None is not."""
        guild = self._world.adds_guild(name, owner=self.operator, everybody=everybody, locale=locale)
        guild.admits(*members)
        if bot is not None:
            self.invites(guild, bot)
        return guild

    def invites(self, guild: Guild, permissions: Permission = INVITED) -> None:
        """The bot is added to a server."""
        guild.admits(self.bot, permissions=permissions)
        self.gateway.dispatch("GUILD_CREATE", guild_json(guild, bot=self.bot), intent=Intent.GUILDS, guild_id=guild.id)

    def removes(self, guild: Guild) -> None:
        """The bot is thrown out of a server."""
        del guild.members[self.bot.id]
        self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, intent=Intent.GUILDS, guild_id=guild.id)

    def permits(self, guild: Guild, permissions: Permission = NONE, *, without: Permission = NONE) -> None:
        """Give the bot permissions in a server, or take some."""
        guild.revokes(self.bot, without)
        role = guild.grants(self.bot, permissions)
        data: JsonObject = {"guild_id": str(guild.id), "role": role_json(role, position=1)}
        self.gateway.dispatch("GUILD_ROLE_UPDATE", data, intent=Intent.GUILDS, guild_id=guild.id)

    def channel(self, guild: Guild, name: str, *, parent: Channel | None = None) -> Channel:
        """A new text channel, or with a parent a thread in it."""
        channel = guild.adds_channel(name, parent=parent)
        data = {**channel_json(channel), "guild_id": str(guild.id)}
        event = "THREAD_CREATE" if parent else "CHANNEL_CREATE"
        self.gateway.dispatch(event, data, intent=Intent.GUILDS, guild_id=guild.id)
        return channel

    def group_chat(self, *people: User) -> Channel:
        """A private chat of several people without the bot, where only a user app can be used."""
        return self._world.private_chat(*people, kind=ChannelKind.GROUP)

    def passes(self, **time: float) -> None:
        """Let time pass at once: seconds, minutes, hours or days."""
        self.clock.passes(timedelta(**time))

    @property
    def cdn(self) -> str:
        """The address below which files lie."""
        return self._world.cdn

    @property
    def violations(self) -> list[str]:
        """What was against the published specification."""
        return self.record.violations

    async def connected(self) -> None:
        """Wait until a bot is connected and has dealt with all it was sent."""
        await self._signal.until(lambda: bool(self.gateway.connected), what="the bot to connect")
        await self.gateway.heard()

    async def until(self, find: Callable[[], bool], *, what: str) -> None:
        """Wait until something has become true."""
        await self._signal.until(find, what=what)

    async def next_message(self, channel: Channel, *, after: Message) -> Message:
        """Wait for the bot's next message in a channel."""

        def find() -> Message | None:
            later = itertools.takewhile(lambda message: message.id > after.id, reversed(channel.history))
            own = [
                message
                for message in later
                if message.author is self.bot and not message.deleted and not message.audience
            ]
            return own[-1] if own else None

        return await self._signal.until(find, what="a message of the bot")

    async def quiet(self) -> None:
        """Wait until the bot has dealt with everything that happened so far.

        A probe through the gateway comes back after all events before it were read; then no request may be in flight
        and no handler of discord.py running in this loop; and nothing new may have happened meanwhile.

        Raises:
            AssertionError: it did not become quiet in time; names the tasks still running.
        """
        try:
            async with asyncio.timeout(self._patience):
                while await self._stirs():
                    pass
        except TimeoutError:
            raise AssertionError(f"not quiet: {[task.get_name() for task in _handlers()]}") from None

    async def _stirs(self) -> bool:
        """One look at the bot; whether there was anything to see."""
        before = self._progress()
        if self.gateway.sessions:
            await self._signal.until(lambda: bool(self.gateway.connected), what="the bot to connect again")
        if not await self.gateway.heard():
            return True
        if self._rest.in_flight:
            await self._signal.until(lambda: not self._rest.in_flight, what="requests to be answered")
            return True
        tasks = _handlers()
        if tasks:
            await asyncio.wait(tasks)
            return True
        return self._busy() or before != self._progress()

    def _progress(self) -> tuple[int, ...]:
        sent = sum(session.sequence for session in self.gateway.sessions.values())
        return sent, self._rest.handled, self.gateway.identifies, self.gateway.resumes

    async def _file(self, request: web.Request) -> web.Response:
        file = self._world.files.get(int(request.match_info["file_id"]))
        return web.Response(body=file.data, content_type=file.content_type) if file else web.Response(status=404)

    def _ready(self, session: Session) -> JsonObject:
        guilds = [{"id": str(guild.id), "unavailable": True} for guild in self._guilds_of(session)]
        return {
            "v": 10,
            "user": user_json(self.bot),
            "guilds": guilds,
            "session_id": session.id,
            "resume_gateway_url": f"{self.gateway_address}resume/",
            "shard": list(session.shard),
            "application": {"id": str(self.bot.id), "flags": 0, "flags_new": "0"},
        }

    def _greet(self, session: Session) -> list[tuple[str, JsonObject]]:
        if Intent.GUILDS not in session.intents:
            return []
        return [("GUILD_CREATE", guild_json(guild, bot=self.bot)) for guild in self._guilds_of(session)]

    def _guilds_of(self, session: Session) -> list[Guild]:
        guilds = [guild for guild in self._world.guilds.values() if self.bot.id in guild.members]
        return [guild for guild in guilds if session.wants(None, guild.id)]


def _handlers() -> set[asyncio.Task[object]]:
    """The tasks of this loop in which discord.py runs a bot's handlers."""
    return {
        task
        for task in asyncio.all_tasks()
        if task.get_name().startswith(HANDLERS) and not task.get_name().startswith(TIMERS)
    }
