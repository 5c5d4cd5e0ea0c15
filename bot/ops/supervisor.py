"""Keeps an adapter running, or parks it and says so."""

import asyncio
import itertools
import logging
import random
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.errors import DeliveryFailed, SetupError
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
            DeliveryFailed: the platform is out of reach, with the cause; it is tried again after a pause.
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
            failure = await self._run_once()
            if self.parked.is_set():
                break
            if self._clock() - began >= HEALTHY_S:
                pause_s = FIRST_PAUSE_S
            # Jitter, so that many bots do not come back at the same moment after an outage.
            jittered_s = pause_s * (0.5 + self._chance() / 2)
            self._log_end(failure, jittered_s)
            await self._pause(jittered_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            self._metrics.restarts.labels(self.adapter.name).inc()
        while True:
            _log.error("%s is not served: %s", self.adapter.name, self.reason)
            await self._pause(REMINDER_S)

    async def _run_once(self) -> Exception | None:
        """Run the adapter until it ends; return why it failed, or park it."""
        try:
            await self.adapter.run()
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - one adapter's defect must not end the others
            if mend := _setup_error(error):
                self.reason = str(mend)
                self.parked.set()
            return error
        return None

    def _log_end(self, failure: Exception | None, pause_s: float) -> None:
        name = self.adapter.name
        if failure is None:
            _log.error("%s ended by itself and is started again in %.1f s", name, pause_s)
        elif causes := _causes(failure):
            _log.warning("%s cannot be reached (%s); it is tried again in %.1f s", name, ", ".join(causes), pause_s)
        else:
            trace = "".join(traceback.format_exception(failure))
            _log.error("%s failed and is started again in %.1f s: %s\n%s", name, pause_s, type(failure).__name__, trace)


def _causes(error: Exception) -> tuple[str, ...]:
    """Return why the platform is out of reach, each cause once; nothing if anything else is wrong too."""
    if isinstance(error, DeliveryFailed):
        return (str(error) or type(error).__name__,)
    if not isinstance(error, ExceptionGroup):
        return ()
    causes = [_causes(inner) for inner in error.exceptions]
    return tuple(dict.fromkeys(itertools.chain.from_iterable(causes))) if all(causes) else ()


def _setup_error(error: Exception) -> SetupError | None:
    """Return the first error that only the operator can mend, in a group of errors too."""
    if isinstance(error, SetupError):
        return error
    if isinstance(error, ExceptionGroup):
        return next((found for inner in error.exceptions if (found := _setup_error(inner))), None)
    return None
