"""Whether one source's answer may be shown or counted at all."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.prices.failures import BadReply
from bot.prices.quote import VenueQuote, plausible

MAX_AHEAD = timedelta(minutes=1)
"""How far a source's clock may run ahead of ours."""

VOTER_MAX_AGE = timedelta(minutes=5)
AGGREGATE_MAX_AGE = timedelta(minutes=10)
"""An aggregate recomputes at fixed minutes: mempool.space was seen eight minutes old in good health."""


class Examiner:
    """Looks at each answer; remembers the last figures of sources that state no moment of their own.

    Args:
        now: the moment, aware UTC.
        clock: monotonic seconds.
    """

    def __init__(self, *, now: Callable[[], datetime], clock: Callable[[], float]) -> None:
        self._now = now
        self._clock = clock
        self._first_seen: dict[tuple[str, str], tuple[str, float]] = {}

    def examine(self, quote: VenueQuote, *, votes: bool) -> None:
        """Let an answer pass that may be shown or counted.

        Raises:
            BadReply: the amount is outside the currency's band, the moment is too old or in the future, or the
                same figures have come for too long.
        """
        max_age = VOTER_MAX_AGE if votes else AGGREGATE_MAX_AGE
        if not plausible(quote.amount, quote.currency):
            raise BadReply("an implausible amount")
        if self._now() - quote.as_of > max_age:
            raise BadReply(f"figures of {quote.as_of:%Y-%m-%d %H:%M:%S} UTC")
        if quote.as_of - self._now() > MAX_AHEAD:
            raise BadReply("a moment in the future")
        if not quote.own_time and self._unchanged_for(quote) > max_age.total_seconds():
            raise BadReply("the same figures for too long")

    def _unchanged_for(self, quote: VenueQuote) -> float:
        """Return how many seconds ago these very figures were first seen; a living market never repeats its volume."""
        key, at = (quote.source, quote.currency), self._clock()
        raw, since = self._first_seen.get(key, ("", at))
        if raw != quote.raw:
            self._first_seen[key] = (quote.raw, at)
            return 0.0
        return at - since
