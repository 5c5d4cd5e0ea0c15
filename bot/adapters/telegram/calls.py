"""Calls to Telegram with manners: waits that it asks for are kept, and nothing is sent twice that may have arrived."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.adapters.telegram.transport import NotSent, TooFast
from bot.errors import DeliveryFailed
from bot.ops.observe import Metrics

PATIENCE_S = 60.0
"""Seconds after which an answer is too stale to be worth sending."""

SOON_S = 1.0
"""Seconds that a call may take without which an answer is as good."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 8.0
_CHATS_WAITING = 10_000

_log = logging.getLogger(__name__)
T = TypeVar("T")


class TooLate(DeliveryFailed):
    """Telegram asks to wait longer than the answer is worth, or was out of reach for that long.

    Args:
        cause: why, for the log; it names no secret.
        seconds: after which it can be tried again.
    """

    def __init__(self, cause: str, *, seconds: float) -> None:
        super().__init__(cause)
        self.seconds = seconds


class Unknown(DeliveryFailed):
    """Nobody knows whether the call was done."""


class Calls:
    """Makes calls.

    Args:
        metrics: where they are counted.
        clock: seconds that only grow.
        pause: waits some seconds.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._counter = metrics.calls
        self._until: dict[int, float] = {}
        self._all_until = 0.0
        self._told_at = float("-inf")

    async def make(self, call: Callable[[], Awaitable[T]], *, chat: int | None = None, again: bool = False) -> T:
        """Return the result of a call, repeated while it is known to have failed on the way.

        Args:
            call: makes it; called anew for each try.
            chat: where it acts; None for calls that belong to no chat.
            again: doing it twice does no harm, so it is repeated even if nobody knows whether it was done.

        Raises:
            TooLate: it could not be made in time.
            Unknown: nobody knows whether it was done.
            TelegramError: Telegram refuses it.
        """
        deadline = self._clock() + PATIENCE_S
        pause_s = _FIRST_PAUSE_S
        while True:
            await self._wait_turn(chat, deadline)
            try:
                result = await call()
            except TooFast as slow:
                self._hold(chat, slow.seconds)
                continue
            except BadRequest:
                self._count("refused")
                raise
            except NetworkError as error:
                if not (again or isinstance(error, NotSent)):
                    self._count("unknown")
                    raise Unknown(str(error)) from None
                if self._clock() + pause_s > deadline:
                    self._count("late")
                    raise TooLate(
                        f"no call has come through for {PATIENCE_S:.0f} s: {error}", seconds=pause_s
                    ) from None
                self._count("repeated")
                self._tell(error)
                await self._pause(pause_s * (0.5 + random.random() / 2))  # noqa: S311 - jitter is no secret
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            else:
                self._count("done")
                return result

    def _tell(self, error: NetworkError) -> None:
        """Log that Telegram does not answer, once in a while."""
        if self._clock() - self._told_at >= PATIENCE_S:
            self._told_at = self._clock()
            _log.warning("Telegram does not answer (%s); calls are tried again for %.0f s", error, PATIENCE_S)

    async def try_once(self, call: Callable[[], Awaitable[object]], *, chat: int) -> None:
        """Make a call of which nothing is lost if it fails: soon or not at all."""
        if self._turn(chat) > self._clock():
            return
        try:
            async with asyncio.timeout(SOON_S):
                await call()
        except TooFast as slow:
            self._hold(chat, slow.seconds)
        except (TelegramError, TimeoutError) as error:
            _log.debug("a call that may fail did: %s", type(error).__name__)

    @property
    def held(self) -> bool:
        """Whether Telegram wants to be left alone by all chats at this moment."""
        return self._all_until > self._clock()

    async def free(self) -> None:
        """Wait until Telegram may be called again at all."""
        while self.held:
            await self._pause(self._all_until - self._clock())

    async def _wait_turn(self, chat: int | None, deadline: float) -> None:
        """Wait until Telegram may be called again here.

        Raises:
            TooLate: that is after the deadline.
        """
        while (turn := self._turn(chat)) > (now := self._clock()):
            if turn > deadline:
                self._count("late")
                raise TooLate(f"it asks to be left alone for {turn - now:.0f} s", seconds=turn - now)
            await self._pause(turn - now)

    def _turn(self, chat: int | None) -> float:
        """Return the moment of the clock from which Telegram may be called here."""
        return max(self._all_until, self._until.get(chat or 0, 0.0))

    def _hold(self, chat: int | None, seconds: float) -> None:
        """Keep a wait: for one chat, and for all as soon as a second one is told to wait or no chat is meant."""
        now = self._clock()
        self._count("waited")
        self._until = {other: until for other, until in self._until.items() if until > now}
        others = any(other != chat for other in self._until)
        if chat is None or others or len(self._until) >= _CHATS_WAITING:
            self._all_until = max(self._all_until, now + seconds)
            _log.warning("Telegram asks for a pause of %.0f s in all chats", seconds)
        if chat is not None:
            self._until[chat] = now + seconds

    def _count(self, result: str) -> None:
        self._counter.labels("telegram", result).inc()
