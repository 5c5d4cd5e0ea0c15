"""Serves Discord: one client after another, until cancelled."""

import asyncio
import time
from collections.abc import Callable

import aiohttp
import discord
import yarl

from bot.adapters.discord.client import Client
from bot.adapters.discord.commands import Swap
from bot.adapters.discord.line import Line
from bot.adapters.discord.read import PLATFORM
from bot.adapters.discord.timing import Timing
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed, SetupError
from bot.ops.observe import Metrics

_PORTAL = "Discord's developer portal"
_TOKEN = f"Discord does not accept DISCORD_TOKEN; copy it anew from {_PORTAL} (Bot, Reset Token)"
_INTENT = (
    f"config: [discord] message_content needs the Message Content intent; allow it in {_PORTAL} (Bot), or set it to"
    " false"
)
_FATAL = {
    4004: _TOKEN,
    4010: "Discord refuses the connection: the shard is not valid; update the bot",
    4011: "Discord refuses the connection: the bot is in too many servers for one connection",
    4012: "Discord refuses the connection: its version is no longer served; update the bot",
    4013: "Discord refuses the connection: the intents are not valid; update the bot",
    4014: _INTENT,
}
"""Why the gateway hangs up for good. Source: Discord developer documentation, Gateway Close Event Codes."""


class Unreachable(DeliveryFailed):
    """Discord's gateway does not answer."""


class Discord:
    """Serves Discord.

    Args:
        assistant: what answers.
        token: of the bot's account.
        swap: keeps a text under a key and returns the one before, in one step; holds the commands' fingerprint.
        metrics: counts.
        api_url: another address of the HTTP API, "" for Discord's own.
        gateway_url: another address of the gateway, "" for Discord's own.
        message_content: hear messages that do not mention the bot; Discord must have granted that intent.
        allowed: ids of the only servers in which the bot works; empty for all.
        timing: how long things may take.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        token: str,
        swap: Swap,
        metrics: Metrics,
        api_url: str = "",
        gateway_url: str = "",
        message_content: bool = False,
        allowed: frozenset[str] = frozenset(),
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._assistant = assistant
        self._token = token
        self._swap = swap
        self._metrics = metrics
        self._api_url = api_url
        self._gateway_url = gateway_url
        self._hears_all = message_content
        self._allowed = allowed
        self._timing = timing or Timing()
        self._clock = clock
        self._line = Line(metrics, ban_s=self._timing.ban_s, clock=clock)
        self._client: Client | None = None

    @property
    def name(self) -> str:
        """The platform."""
        return PLATFORM

    @property
    def ready(self) -> bool:
        """Whether Discord is served at this moment."""
        return self._client is not None and self._client.is_connected

    @property
    def busy(self) -> int:
        """How many events are worked on."""
        return self._client.busy if self._client else 0

    async def run(self) -> None:
        """Connect and serve until cancelled, then finish what was begun.

        Raises:
            SetupError: the token or an intent is refused.
            DeliveryFailed: Discord does not answer, or too few sessions are left; it can be tried again later.
        """
        await asyncio.sleep(self._line.closed_s)
        self._point()
        client = Client(
            self._assistant,
            swap=self._swap,
            line=self._line,
            metrics=self._metrics,
            timing=self._timing,
            hears_all=self._hears_all,
            allowed=self._allowed,
            clock=self._clock,
        )
        async with client:
            self._client = client
            try:
                async with asyncio.TaskGroup() as group:
                    beside = [group.create_task(work) for work in (client.do_duties(), client.settle_commands())]
                    await self._serve(client)
                    for task in beside:
                        task.cancel()
            finally:
                await client.drain()
                self._client = None

    def _point(self) -> None:
        """Let the library call other addresses; it has no better place for them."""
        if self._api_url:
            discord.http.Route.BASE = self._api_url.rstrip("/")
        if self._gateway_url:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._gateway_url)

    async def _serve(self, client: Client) -> None:
        """Run the library's connection; its errors become ours, none of which holds the token."""
        try:
            await client.login(self._token)
            await client.check_sessions()
            await client.connect()
        except discord.LoginFailure:
            raise SetupError(_TOKEN) from None
        except discord.PrivilegedIntentsRequired:
            raise SetupError(_INTENT) from None
        except discord.ConnectionClosed as error:
            if error.code in _FATAL:
                raise SetupError(_FATAL[error.code]) from None
            raise Unreachable(f"the gateway hung up with code {error.code}") from None
        except discord.HTTPException as error:
            if error.status == 401:
                raise SetupError(_TOKEN) from None
            raise Unreachable(f"the API answered with status {error.status}") from None
        except (discord.GatewayNotFound, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from None
        except AttributeError:
            if client.ws is not None:
                raise
            # The library looks at a connection that it never had when the first one is refused.
            raise Unreachable("the gateway refused the first connection") from None
