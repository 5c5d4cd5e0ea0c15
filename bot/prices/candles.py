"""Candles of one venue over one range, tidied so that every venue's look alike."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.prices.failures import BadReply
from bot.prices.quote import plausible


class Range(enum.Enum):
    """How far back a chart reaches."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"
    YEAR = "1y"

    @property
    def span(self) -> timedelta:
        """The length of the range."""
        return _SPANS[self]

    @property
    def keep_s(self) -> float:
        """How many seconds candles of this range stay good enough to show."""
        return _KEEP_S[self]


_SPANS = {
    Range.DAY: timedelta(days=1),
    Range.WEEK: timedelta(days=7),
    Range.MONTH: timedelta(days=30),
    Range.YEAR: timedelta(days=365),
}
_KEEP_S = {Range.DAY: 60.0, Range.WEEK: 300.0, Range.MONTH: 900.0, Range.YEAR: 3600.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """What one stretch of time traded at.

    Attributes:
        opened: when the stretch begins, aware UTC.
        open: first price in the venue's currency.
        high: highest price.
        low: lowest price.
        close: last price; of the running candle, the latest.
    """

    opened: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Candles:
    """Candles of one length.

    Attributes:
        rows: the candles; tidied ones stand oldest first, and the last of them is still running.
        step: the length of each.
    """

    rows: tuple[Candle, ...]
    step: timedelta


def tidy(candles: Candles, *, reach: Range, currency: str, now: datetime) -> Candles:
    """Return the candles of the range in order, without the broken and the doubled ones.

    Raises:
        BadReply: the rows end too long ago, start too late or leave out more than half of the range.
    """
    start, step = now - reach.span, candles.step
    good = {
        row.opened: row
        for row in candles.rows
        if start - step < row.opened <= now and _sound(row) and plausible(row.close, currency)
    }
    ordered = tuple(good[opened] for opened in sorted(good))
    if not ordered or now - ordered[-1].opened > 3 * step:
        raise BadReply("the candles end too long ago")
    if ordered[0].opened - start > reach.span / 10:
        raise BadReply("the candles start too late")
    if len(ordered) * step < reach.span / 2:
        raise BadReply("too few candles")
    return Candles(rows=ordered, step=step)


def _sound(row: Candle) -> bool:
    """Return whether the four prices of a candle can be: none has ever doubled or halved within one."""
    lower, upper = min(row.open, row.close), max(row.open, row.close)
    return 0 < lower / 2 <= row.low <= lower and upper <= row.high <= upper * 2
