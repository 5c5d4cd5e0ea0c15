"""Fetches updates by long polling, and never stops doing so unnoticed."""

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError
from telegram.request import BaseRequest

from bot.adapters.telegram.transport import TooFast
from bot.errors import DeliveryFailed

BATCH = 100
GRACE_S = 5.0
"""Seconds beyond the poll's own that an answer may take."""

_LONGEST_PAUSE_S = 30.0
_REMINDER_S = 60.0
_log = logging.getLogger(__name__)

RawUpdate = Mapping[str, object]


class Polling:
    """Asks Telegram for updates.

    Args:
        bot: whose updates.
        request: carries the calls.
        timeout_s: how long a poll waits for something to happen, at most 50 seconds.
        allowed: kinds of updates.
        clock: seconds that only grow.
        pause: waits some seconds.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        request: BaseRequest,
        timeout_s: int,
        allowed: tuple[str, ...],
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._request = request
        self._timeout_s = timeout_s
        self._allowed = allowed
        self._clock = clock
        self._pause = pause
        self._patience_s = 3 * (timeout_s + GRACE_S)
        self._finished = clock()
        self._conflict = False
        self._reminded = float("-inf")
        self._failures = 0

    @property
    def ready(self) -> bool:
        """Whether the last poll finished lately, and nobody else polls."""
        return not self._conflict and self._failures == 0 and self._clock() - self._finished < self._patience_s

    async def updates(self, offset: int) -> dict[int, RawUpdate]:
        """Return the next updates from `offset` on by their ids, once there are some or the poll's time is over.

        Raises:
            InvalidToken: the token is refused.
            DeliveryFailed: no poll has finished for so long that the connections should be made anew.
        """
        self._finished = self._clock()  # who did not ask meanwhile, for lack of room, has not been kept waiting
        while True:
            try:
                async with asyncio.timeout(self._timeout_s + 2 * GRACE_S):
                    batch = await self.fetch(offset, timeout_s=self._timeout_s)
            except InvalidToken:
                raise
            except Conflict as error:
                await self._wait_for_other(error)
            except TooFast as error:
                await self._pause(error.seconds)
            except (TelegramError, TimeoutError) as error:
                await self._recover(error)
            else:
                self._finished, self._failures, self._conflict = self._clock(), 0, False
                return batch

    async def fetch(self, offset: int, *, timeout_s: int, limit: int = BATCH) -> dict[int, RawUpdate]:
        """Return what one call of getUpdates answers.

        Raises:
            TelegramError: it failed.
        """
        asked = {"offset": offset, "limit": limit, "timeout": timeout_s, "allowed_updates": json.dumps(self._allowed)}
        # Not `Bot.get_updates`: that raises for the whole batch if a single update cannot be read.
        url = f"{self._bot.base_url}/getUpdates?{urlencode(asked)}"
        found: object = await self._request.post(url, read_timeout=timeout_s + GRACE_S)
        if not isinstance(found, list):
            raise NetworkError("the answer is no list of updates")
        return {number_of(raw): raw for raw in found}

    async def _wait_for_other(self, error: Conflict) -> None:
        """Give way to whoever else polls, and say so once a minute.

        Raises:
            Conflict: a webhook is set, which ends polling for good.
        """
        if "webhook" in str(error):
            raise error
        self._conflict, self._finished = True, self._clock()
        if self._clock() - self._reminded >= _REMINDER_S:
            self._reminded = self._clock()
            _log.error("somebody else polls with the same token; stop the other one")
        await self._back_off()

    async def _recover(self, error: TelegramError | TimeoutError) -> None:
        silent_s = self._clock() - self._finished
        if silent_s > self._patience_s:
            raise DeliveryFailed(f"no poll has finished for {silent_s:.0f} s") from None
        _log.info("a poll failed and is repeated: %s", type(error).__name__)
        await self._back_off()

    async def _back_off(self) -> None:
        """Wait longer each time; the first time not at all, for a kept connection may just have been closed."""
        self._failures += 1
        if self._failures > 1:
            pause_s = min(_LONGEST_PAUSE_S, 1.5 ** (self._failures - 1))
            await self._pause(pause_s * (0.5 + random.random() / 2))  # noqa: S311 - jitter is no secret


def number_of(raw: object) -> int:
    """Return an update's id.

    Raises:
        NetworkError: this is no update.
    """
    number = raw.get("update_id") if isinstance(raw, dict) else None
    if not isinstance(number, int):
        raise NetworkError("an update without an id")
    return number
