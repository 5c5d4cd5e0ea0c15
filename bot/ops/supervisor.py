"""Keeps an adapter running, or parks it and says so."""

import asyncio
import logging
import random
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.errors import SetupError
from bot.ops.observe import Metrics

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
HEALTHY_S = 600.0
"""Seconds of running after which the next pause is short again."""

REMINDER_S = 3600.0

_log = logging.getLogger(__name__)


class Adapter(Protocol):
    """Serves a platform."""

    @property
    def name(self) -> str:
        """The platform: "telegram", "discord"."""

    @property
    def ready(self) -> bool:
        """Whether the platform is served at this moment."""

    async def run(self) -> None:
        """Connect and serve until cancelled, then leave cleanly.

        Raises:
            SetupError: what no retry mends: a refused token, somebody else's webhook.
            Exception: anything else; it is started again after a pause.
        """


class Supervisor:
    """Runs one adapter until cancelled, whatever happens to it.

    Args:
        adapter: what is run.
        metrics: where restarts are counted.
        clock: seconds that only grow.
        pause: waits some seconds.
        chance: a number from 0 to 1.

    Attributes:
        adapter: what is run.
        parked: set once no retry can help.
        reason: why it is parked, one sentence.
    """

    def __init__(
        self,
        adapter: Adapter,
        *,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.adapter = adapter
        self.parked = asyncio.Event()
        self.reason = ""
        self._metrics = metrics
        self._clock = clock
        self._pause = pause
        self._chance = chance

    @property
    def state(self) -> str:
        """Return "ready", "connecting" or "parked"."""
        if self.parked.is_set():
            return "parked"
        return "ready" if self.adapter.ready else "connecting"

    async def run(self) -> None:
        """Start the adapter again after each end, with growing pauses; park it on what no retry mends."""
        pause_s = FIRST_PAUSE_S
        while not self.parked.is_set():
            began = self._clock()
            await self._run_once()
            if self.parked.is_set():
                break
            if self._clock() - began >= HEALTHY_S:
                pause_s = FIRST_PAUSE_S
            # Jitter, so that many bots do not come back at the same moment after an outage.
            await self._pause(pause_s * (0.5 + self._chance() / 2))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            self._metrics.restarts.labels(self.adapter.name).inc()
        while True:
            _log.error("%s is not served: %s", self.adapter.name, self.reason)
            await self._pause(REMINDER_S)

    async def _run_once(self) -> None:
        name = self.adapter.name
        try:
            await self.adapter.run()
            _log.error("%s ended by itself and is started again", name)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one adapter's defect must not end the others
            if mend := _setup_error(error):
                self.reason = str(mend)
                self.parked.set()
                return
            trace = "".join(traceback.format_exception(error))
            _log.error("%s failed and is started again: %s\n%s", name, type(error).__name__, trace)


def _setup_error(error: Exception) -> SetupError | None:
    """Return the first error that only the operator can mend, in a group of errors too."""
    if isinstance(error, SetupError):
        return error
    if isinstance(error, ExceptionGroup):
        return next((found for inner in error.exceptions if (found := _setup_error(inner))), None)
    return None
