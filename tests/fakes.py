"""Doubles for the network's far end and the clock."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that moves when told to.

    Attributes:
        moment: the present, aware UTC.
    """

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
        self._start = self.moment

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return (self.moment - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Pass time without waiting."""
        self.forward(seconds)
        await asyncio.sleep(0)

    async def passed(self) -> None:
        """Return after others had their turn."""
        await asyncio.sleep(0)

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
