"""The queue: order within a chat, no chat waits for another, and what is too much is turned away."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from types import TracebackType

from telegram import Update

CAPACITY = 1000
"""Events that wait or are worked on at most; then no more are fetched."""

IN_LANE = 30
"""Events of one chat that wait at most; what comes on top is turned away."""

REFUSING = 50
"""Words at once about what is turned away, at most."""

Lane = deque[asyncio.Event]
"""What waits or is worked on in one chat, in order; each is told when it is the first."""


class Turn:
    """A place in a lane, kept from the moment at which the update came; entered when it is the first."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._is_first = asyncio.Event()
        lane.append(self._is_first)
        lane[0].set()

    async def __aenter__(self) -> None:
        await self._is_first.wait()

    async def __aexit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Let the next one go on, also if this one was never entered."""
        if self._is_first in self._lane:
            self._lane.remove(self._is_first)
        if self._lane:
            self._lane[0].set()


Handle = Callable[[Update, Turn], Awaitable[None]]
Refuse = Callable[[Update], Awaitable[None]]


class Intake:
    """Hands updates on at once, each with the turn of its lane; lanes run side by side while the intake is entered.

    Args:
        handle: works on an update once it has entered its turn; it raises nothing.
        refuse: says so where somebody waits for a word about an update that finds no room; it raises nothing.
        capacity: updates in all lanes together.
        in_lane: updates that wait in one lane.
    """

    def __init__(self, handle: Handle, *, refuse: Refuse, capacity: int = CAPACITY, in_lane: int = IN_LANE) -> None:
        self._handle = handle
        self._refuse = refuse
        self._refusing = 0
        self._capacity, self._in_lane = capacity, in_lane
        self._lanes: dict[Hashable, Lane] = {}
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
        lane = self._lanes.setdefault(key, Lane())
        if len(lane) > self._in_lane:
            if self._refusing < REFUSING:
                self._refusing += 1
                self._group.create_task(self._refused(update))
            return False
        self._open += 1
        self._group.create_task(self._work(key, update, Turn(lane)))
        return True

    async def room(self) -> None:
        """Wait until more can be fetched."""
        while self.full:
            await self._change()

    async def done(self) -> None:
        """Wait until nothing is left."""
        while self._open:
            await self._change()

    async def _work(self, key: Hashable, update: Update, turn: Turn) -> None:
        await self._handle(update, turn)
        turn.end()
        self._open -= 1
        if key in self._lanes and not self._lanes[key]:
            del self._lanes[key]
        self._changed.set()

    async def _refused(self, update: Update) -> None:
        try:
            await self._refuse(update)
        finally:
            self._refusing -= 1

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
