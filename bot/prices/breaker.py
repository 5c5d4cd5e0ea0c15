"""A circuit breaker: a source that fails is left alone for a while, then tried once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.prices.failures import BadReply, SourceDown

FAILURES_TO_OPEN = 3
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0


class Breaker:
    """The breaker of one source.

    Args:
        clock: monotonic seconds.
        spread: a factor of 0.8 to 1.2 for each pause, so that many bots do not come back in step.
    """

    def __init__(self, *, clock: Callable[[], float], spread: Callable[[], float]) -> None:
        self._clock = clock
        self._spread = spread
        self._failures = 0
        self._pause_s = 0.0
        self._open_until: float | None = None
        self._probing = False

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Run one request: its end, good or bad, is remembered; a cancelled one counts as never made.

        Raises:
            SourceDown: the breaker is open, or the request failed.
        """
        probe = self._admit()
        try:
            yield
        except SourceDown as fault:
            self._failed(fault.pause_s)
            raise
        except BadReply:
            self._succeeded()
            raise
        else:
            self._succeeded()
        finally:
            if probe:
                self._probing = False

    def _admit(self) -> bool:
        if self._open_until is None:
            return False
        if self._probing or self._clock() < self._open_until:
            raise SourceDown("left alone after failures")
        self._probing = True
        return True

    def _succeeded(self) -> None:
        self._failures = 0
        self._pause_s = 0.0
        self._open_until = None

    def _failed(self, wanted_s: float | None) -> None:
        self._failures += 1
        already_open = self._open_until is not None and self._clock() < self._open_until
        if wanted_s is None and (already_open or self._failures < FAILURES_TO_OPEN):
            return
        self._pause_s = min(max(FIRST_PAUSE_S, self._pause_s * 2), LONGEST_PAUSE_S)
        # What the source asks for is a minimum: only our own pauses are spread to both sides.
        own_s = self._pause_s * self._spread() if self._failures >= FAILURES_TO_OPEN else 0.0
        pause_s = own_s if wanted_s is None else max(wanted_s, own_s)
        self._open_until = max(self._open_until or 0.0, self._clock() + pause_s)
