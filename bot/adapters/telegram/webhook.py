"""Takes updates through the bot's own web server."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.polling import RawUpdate, number_of
from bot.errors import DeliveryFailed, SetupError

PATH = "/telegram"
CONNECTIONS = 40
CHECK_S = 60.0
RETRY_S = 5
"""Seconds after which Telegram tries again while there is no room."""

_SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
_log = logging.getLogger(__name__)


class Webhook:
    """A route for updates.

    Args:
        url: its public address, https.
        token: the bot's; the secret that Telegram has to show is derived from it.
        pause: waits some seconds.

    Attributes:
        take: takes an update and returns False if there is no room; None while the bot is not there.
        reached: Telegram knows the address, and nothing speaks against its reaching it.
    """

    def __init__(self, url: str, *, token: str, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.url = url
        self.take: Callable[[int, RawUpdate], bool] | None = None
        self.reached = False
        self._secret = hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()
        self._pause = pause

    def route(self) -> web.RouteDef:
        """Return the route to hand to the web server."""
        return web.post(PATH, self._receive)

    async def set(self, bot: Bot, calls: Calls, *, allowed: tuple[str, ...]) -> None:
        """Tell Telegram where updates go."""
        await calls.make(
            lambda: bot.set_webhook(
                self.url, secret_token=self._secret, allowed_updates=allowed, max_connections=CONNECTIONS
            ),
            again=True,
        )
        self.reached = True

    async def watch(self, bot: Bot, calls: Calls, *, take_over: bool) -> None:
        """Look each minute whether Telegram still knows the address and reaches it.

        Raises:
            SetupError: somebody set another one, or the token is refused.
            DeliveryFailed: somebody set another one, and connecting anew takes it over.
        """
        while True:
            await self._pause(CHECK_S)
            try:
                info = await calls.make(bot.get_webhook_info, again=True)
            except InvalidToken:
                raise SetupError("Telegram refuses TELEGRAM_TOKEN; copy it anew from @BotFather") from None
            except (TelegramError, DeliveryFailed) as error:
                _log.warning("the webhook could not be checked: %s", error)
                continue
            if info.url != self.url and take_over:
                raise DeliveryFailed("somebody has changed the webhook, which the next connecting takes over")
            if info.url != self.url:
                raise SetupError("Telegram: somebody changed the webhook; end the other bot, or set take_over")
            self.reached = not (info.last_error_message and info.pending_update_count)
            if not self.reached:
                _log.warning("Telegram does not reach the webhook: %s", info.last_error_message)

    async def _receive(self, request: web.Request) -> web.Response:
        """Take an update first and work on it later; without room Telegram keeps it."""
        shown = request.headers.get(_SECRET, "")
        if not hmac.compare_digest(shown.encode(errors="replace"), self._secret.encode()):
            return web.Response(status=403)
        try:
            raw = json.loads(await request.read())
            number = number_of(raw)
        except (ValueError, NetworkError):
            return web.Response(status=400)
        if self.take is None or not self.take(number, raw):
            return web.Response(status=503, headers={"Retry-After": str(RETRY_S)})
        return web.Response()
