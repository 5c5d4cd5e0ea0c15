"""Waiting for the loopback Discord's world to change, without sleeping."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Signal:
    """Wakes those who wait for something to become true.

    Args:
        patience: seconds after which a wait fails the test.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._waiting: set[asyncio.Event] = set()

    def changed(self) -> None:
        """Something changed: whoever waits looks again."""
        for event in self._waiting:
            event.set()

    async def until(self, find: Callable[[], Found | None], *, what: str) -> Found:
        """What `find` finds, as soon as it is neither None nor False.

        Raises:
            AssertionError: it was not found in time.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(self._patience):
                while not (found := find()):
                    await event.wait()
                    event.clear()
                return found
        except TimeoutError:
            raise AssertionError(f"waited {self._patience} s for {what}") from None
        finally:
            self._waiting.discard(event)
