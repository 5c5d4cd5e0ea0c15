"""What is being worked on: bounded, so that a flood is turned away instead of filling the memory."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from weakref import WeakValueDictionary

CAPACITY = 500
"""Events that are worked on at most; then new ones are turned away."""

IN_LANE = 50
"""Events of one channel at most. Discord takes about one message a second there, so more would wait for minutes."""


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
        self._in_lane: Counter[Hashable] = Counter()
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        """Return how many events are worked on."""
        return self._count

    @contextmanager
    def place(self, *, lane: Hashable = None) -> Iterator[bool]:
        """Yield whether there is room for one more event, which is worked on inside.

        Args:
            lane: what it happens in, if that can be loud; it gets a part of the room.
        """
        is_full = self._count >= self._capacity or (lane is not None and self._in_lane[lane] >= IN_LANE)
        if self._is_closed or is_full:
            yield False
            return
        self._count += 1
        self._in_lane[lane] += 1
        self._idle.clear()
        try:
            yield True
        finally:
            self._count -= 1
            self._in_lane[lane] -= 1
            if not self._in_lane[lane]:
                del self._in_lane[lane]
            if not self._count:
                self._idle.set()

    @asynccontextmanager
    async def turn(self, lane: Hashable, *, wait_s: float) -> AsyncIterator[bool]:
        """Keep what happens in one lane in order; yield whether its turn came within `wait_s` seconds."""
        lock = self._locks.get(lane)
        if lock is None:
            lock = self._locks[lane] = asyncio.Lock()
        is_in_time = await _acquired(lock, wait_s)
        try:
            yield is_in_time
        finally:
            if is_in_time:
                lock.release()

    async def close(self) -> None:
        """Take nothing more, and wait until nothing is left."""
        self._is_closed = True
        await self._idle.wait()


async def _acquired(lock: asyncio.Lock, wait_s: float) -> bool:
    try:
        async with asyncio.timeout(wait_s):
            return await lock.acquire()
    except TimeoutError:
        return False
