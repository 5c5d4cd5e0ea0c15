"""The program of the drawing process: charts come in as JSON lines, PNGs go out.

It is run as a file, alone: it imports nothing of the bot, so it starts fast, holds no secret and can crash freely.
Each answer is one byte (b"P" a picture, b"E" an error), four bytes of length, and that many bytes.
"""

import io
import json
import math
import os
import struct
import sys
from datetime import UTC, datetime
from typing import BinaryIO, TypedDict

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

WIDTH_INCHES, HEIGHT_INCHES, DOTS_PER_INCH = 10.0, 6.0, 100
BACKGROUND, INK, FAINT, GRID = "#141a24", "#eef2f7", "#a9b4c2", "#2c3646"
RISING, FALLING = "#4cc38a", "#ff8f6b"
_DAY = 24 * 3600


class Job(TypedDict):
    """What to draw; every text is ready to be shown and holds Latin letters and digits only."""

    title: str
    change: str
    ends: str
    rising: bool
    footer: str
    currency: str
    times: list[float]
    values: list[float]


def draw(job: Job) -> bytes:
    """Return a PNG of 1000 x 600 dots, readable on any background since it brings its own."""
    figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DOTS_PER_INCH, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    # The labels of the price axis stand on the right and need room by their length.
    width = 0.92 - 0.016 * len(f"{max(job['values']):,.0f}")
    axes = figure.add_axes((0.03, 0.16, width, 0.61), facecolor=BACKGROUND)
    color = RISING if job["rising"] else FALLING
    times = job["times"]
    axes.plot(times, job["values"], color=color, linewidth=2.6, solid_joinstyle="round")
    low, high = min(job["values"]), max(job["values"])
    margin = (high - low) * 0.08 or high * 0.01
    axes.fill_between(times, job["values"], low - margin, color=color, alpha=0.13, linewidth=0)
    axes.set_ylim(low - margin, high + margin)
    axes.set_xlim(times[0], times[-1])
    axes.plot(times[-1:], job["values"][-1:], marker="o", markersize=9, color=color, clip_on=False)
    _dress(axes)
    figure.text(0.03, 0.92, job["title"], color=INK, fontsize=26, weight="bold", va="center")
    figure.text(0.03, 0.83, job["ends"], color=FAINT, fontsize=18, va="center")
    figure.text(0.97, 0.83, job["currency"], color=FAINT, fontsize=18, va="center", ha="right")
    figure.text(0.97, 0.92, job["change"], color=color, fontsize=26, weight="bold", va="center", ha="right")
    figure.text(0.03, 0.045, job["footer"], color=FAINT, fontsize=18, va="center")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", facecolor=BACKGROUND)
    return picture.getvalue()


def _dress(axes: Axes) -> None:
    marks = _ticks(*axes.get_xlim())
    axes.set_xticks(list(marks), list(marks.values()))
    axes.yaxis.tick_right()
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.tick_params(colors=FAINT, labelsize=18, length=0, pad=8)
    axes.grid(visible=True, color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _ticks(start: float, end: float) -> dict[float, str]:
    """Return the marks of the time axis: six-hourly, every second day, weekly, or every third month, in UTC."""
    span = end - start
    if span > 60 * _DAY:
        months = (datetime(year, month, 1, tzinfo=UTC) for year in _years(start, end) for month in (1, 4, 7, 10))
        moments = [month for month in months if start <= month.timestamp() <= end]
        return {moment.timestamp(): f"{moment:%b %Y}" for moment in moments}
    step = _DAY // 4 if span < 2 * _DAY else 2 * _DAY if span < 14 * _DAY else 7 * _DAY
    marks = range(math.ceil(start / step) * step, math.floor(end) + 1, step)
    form = "%H:%M" if step < _DAY else "%d %b"
    return {float(mark): datetime.fromtimestamp(mark, tz=UTC).strftime(form) for mark in marks}


def _years(start: float, end: float) -> range:
    return range(datetime.fromtimestamp(start, tz=UTC).year, datetime.fromtimestamp(end, tz=UTC).year + 1)


def serve(jobs: BinaryIO, pictures: BinaryIO) -> None:
    """Draw what comes in, line by line, until the input ends."""
    for line in jobs:
        try:
            kind, answer = b"P", draw(json.loads(line))
        except (ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, OSError) as error:
            kind, answer = b"E", f"{type(error).__name__}: {error}".encode()
        pictures.write(kind + struct.pack(">I", len(answer)) + answer)
        pictures.flush()


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)  # A chart may wait; answers go first.
    serve(sys.stdin.buffer, sys.stdout.buffer)
