"""Takes down what should not stand for long."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from bot.adapters.telegram.post import Post
from bot.messages import Place


class Sweep:
    """Deletes messages of the bot after a while, the first one first.

    Args:
        post: deletes them.
        after_s: seconds for which they stand.
        clock: seconds that only grow.
        pause: waits some seconds.
    """

    def __init__(
        self,
        post: Post,
        *,
        after_s: float,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._post = post
        self._after_s = after_s
        self._clock = clock
        self._pause = pause
        self._waiting: deque[tuple[float, Place, str]] = deque()
        self._added = asyncio.Event()

    def add(self, place: Place, message: str) -> None:
        """Delete a message after a while."""
        self._waiting.append((self._clock() + self._after_s, place, message))
        self._added.set()

    async def run(self) -> None:
        """Delete what is due, until cancelled."""
        while True:
            if not self._waiting:
                self._added.clear()
                await self._added.wait()
            due_in = self._waiting[0][0] - self._clock()
            if due_in > 0:
                await self._pause(due_in)
            await self._delete_first()

    async def finish(self) -> None:
        """Delete all at once."""
        while self._waiting:
            await self._delete_first()

    async def _delete_first(self) -> None:
        """Delete a message, and only then forget it: the bot may be stopped meanwhile."""
        _, place, message = self._waiting[0]
        await self._post.delete(place, message)
        self._waiting.popleft()
