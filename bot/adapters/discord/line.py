"""Every request that the library makes passes here: it is counted, and none is made while Discord bans this address."""

import logging
import time
from collections.abc import Callable
from types import SimpleNamespace

import aiohttp

from bot.errors import DeliveryFailed
from bot.ops.observe import Metrics

_log = logging.getLogger(__name__)


class Banned(DeliveryFailed):
    """Discord bans this address for a while.

    Args:
        seconds: after which it can be tried again.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Discord has banned this address; no calls for {seconds:.0f} s")
        self.seconds = seconds


class Line:
    """Watches the calls of all sessions, one after another.

    Args:
        metrics: where calls are counted.
        ban_s: seconds without calls after a ban was seen.
        clock: seconds that only grow.
    """

    def __init__(self, metrics: Metrics, *, ban_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._counter = metrics.calls
        self._ban_s = ban_s
        self._clock = clock
        self._until = 0.0

    @property
    def closed_s(self) -> float:
        """Seconds for which no call is made."""
        return max(0.0, self._until - self._clock())

    def trace(self) -> aiohttp.TraceConfig:
        """Return what the library's HTTP session reports to."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._begin)
        trace.on_request_end.append(self._end)
        trace.on_request_exception.append(self._break)
        return trace

    async def _begin(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, _told: aiohttp.TraceRequestStartParams
    ) -> None:
        if closed_s := self.closed_s:
            raise Banned(closed_s)

    async def _end(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, told: aiohttp.TraceRequestEndParams
    ) -> None:
        status = told.response.status
        # A ban is answered by the gatekeeper in front of Discord, which alone leaves the header out.
        if status == 429 and "Via" not in told.response.headers:
            self._until = self._clock() + self._ban_s
            _log.error("Discord has banned this address for too many invalid calls; none for %.0f s", self._ban_s)
        self._count("done" if status < 400 else "waited" if status == 429 else "refused" if status < 500 else "unknown")

    async def _break(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, _told: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._count("unknown")

    def _count(self, result: str) -> None:
        self._counter.labels("discord", result).inc()
