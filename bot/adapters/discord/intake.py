"""What is being worked on: bounded, so that a flood is turned away instead of filling the memory."""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

CAPACITY = 500
"""Events that are worked on at most; then new ones are turned away."""


class Intake:
    """Counts events on their way through.

    Args:
        capacity: how many there may be at once.
    """

    def __init__(self, *, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_closed = False
        self._lanes: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        """Return how many events are worked on."""
        return self._count

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Yield whether there is room for one more event, which is worked on inside."""
        if self._is_closed or self._count >= self._capacity:
            yield False
            return
        self._count += 1
        self._idle.clear()
        try:
            yield True
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    def lane(self, key: Hashable) -> asyncio.Lock:
        """Return the lock that keeps what happens in one channel in order."""
        lock = self._lanes.get(key)
        if lock is None:
            lock = self._lanes[key] = asyncio.Lock()
        return lock

    async def close(self) -> None:
        """Take nothing more, and wait until nothing is left."""
        self._is_closed = True
        await self._idle.wait()
