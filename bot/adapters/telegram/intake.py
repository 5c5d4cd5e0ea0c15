"""The queue: order within a chat, no chat waits for another, and what is too much is turned away."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from types import TracebackType

from telegram import Update

CAPACITY = 1000
"""Events that wait or are worked on at most; then no more are fetched."""

LANE = 30
"""Events of one chat that wait at most; what comes on top is turned away."""


class Intake:
    """Hands updates on, one at a time in each lane; lanes run side by side while the intake is entered.

    Args:
        handle: works on an update; it raises nothing.
        capacity: updates in all lanes together.
        lane: updates that wait in one lane.
    """

    def __init__(
        self, handle: Callable[[Update], Awaitable[None]], *, capacity: int = CAPACITY, lane: int = LANE
    ) -> None:
        self._handle = handle
        self._capacity, self._lane = capacity, lane
        self._lanes: dict[Hashable, deque[Update]] = {}
        self._open = 0
        self._changed = asyncio.Event()
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> "Intake":
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._group.__aexit__(kind, error, traceback)

    def __len__(self) -> int:
        """Return how many updates wait or are worked on."""
        return self._open

    @property
    def full(self) -> bool:
        """Whether no more should be fetched."""
        return self._open >= self._capacity

    def offer(self, lane: Hashable, update: Update) -> bool:
        """Take an update; False if its lane is full."""
        waiting = self._lanes.get(lane)
        if waiting is None:
            waiting = self._lanes[lane] = deque()
            self._group.create_task(self._work(lane, waiting))
        elif len(waiting) >= self._lane:
            return False
        waiting.append(update)
        self._open += 1
        return True

    async def room(self) -> None:
        """Wait until more can be fetched."""
        while self.full:
            await self._change()

    async def done(self) -> None:
        """Wait until nothing is left."""
        while self._open:
            await self._change()

    async def _work(self, lane: Hashable, waiting: deque[Update]) -> None:
        while waiting:
            update = waiting.popleft()
            await self._handle(update)
            self._open -= 1
            self._changed.set()
        del self._lanes[lane]

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
