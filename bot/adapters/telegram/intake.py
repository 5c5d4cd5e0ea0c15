"""The queue: order within a chat, no chat waits for another, and what is too much is turned away."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from types import TracebackType

from telegram import Update

CAPACITY = 1000
"""Events that wait or are worked on at most; then no more are fetched."""

LANE = 30
"""Events of one chat that wait at most; what comes on top is turned away."""

Handle = Callable[[Update, asyncio.Lock], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class _Lane:
    """What keeps an order of its own.

    Attributes:
        turn: held by the update that is worked on; the others get it in the order in which they came.
        open: updates that wait or are worked on.
    """

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    open: int = 0


class Intake:
    """Hands updates on at once, each with the turn of its lane; lanes run side by side while the intake is entered.

    Args:
        handle: works on an update once it holds the turn, the first thing that it waits for; it raises nothing.
        capacity: updates in all lanes together.
        lane: updates that wait in one lane.
    """

    def __init__(self, handle: Handle, *, capacity: int = CAPACITY, lane: int = LANE) -> None:
        self._handle = handle
        self._capacity, self._lane = capacity, lane
        self._lanes: dict[Hashable, _Lane] = {}
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

    def offer(self, key: Hashable, update: Update) -> bool:
        """Take an update; False if its lane is full."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = _Lane()
        elif lane.open > self._lane:
            return False
        lane.open += 1
        self._open += 1
        self._group.create_task(self._work(key, lane, update))
        return True

    async def room(self) -> None:
        """Wait until more can be fetched."""
        while self.full:
            await self._change()

    async def done(self) -> None:
        """Wait until nothing is left."""
        while self._open:
            await self._change()

    async def _work(self, key: Hashable, lane: _Lane, update: Update) -> None:
        await self._handle(update, lane.turn)
        lane.open -= 1
        self._open -= 1
        if not lane.open:
            del self._lanes[key]
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
