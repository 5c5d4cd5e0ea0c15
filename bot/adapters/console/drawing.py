"""A chart drawn in characters."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def drawn(series: Sequence[tuple[datetime, Decimal]], *, width: int = 64, height: int = 10) -> str:
    """Return the series as columns of blocks, with its highest and lowest value and its first and last moment.

    Args:
        series: (moment, aware UTC; value), oldest first; at least one.
        width: columns of the drawing; each shows the last value of its stretch of time.
        height: lines of the drawing.
    """
    values = [value for _, value in series]
    low, high = min(values), max(values)
    span = (high - low) or Decimal(1)
    columns = min(width, len(values))
    shown = [values[(column + 1) * len(values) // columns - 1] for column in range(columns)]
    # The lowest value still shows an eighth, so that a gap in the drawing never looks like a price of nothing.
    levels = [1 + int((value - low) / span * (height * 8 - 1)) for value in shown]
    labels = {height - 1: f"{high:,.0f}", 0: f"{low:,.0f}"}
    margin = max(map(len, labels.values()))
    lines = [
        f"{labels.get(line, ''):>{margin}} ┤" + "".join(_EIGHTHS[min(8, max(0, level - line * 8))] for level in levels)
        for line in reversed(range(height))
    ]
    first, last = (f"{moment:%d %b %H:%M}" for moment, _ in (series[0], series[-1]))
    lines.append(" " * (margin + 2) + first + last.rjust(max(columns - len(first), len(last) + 1)))
    return "\n".join(lines)
