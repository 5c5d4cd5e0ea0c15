"""The drawing process costs at most one chart, never the bot."""

import asyncio
import io
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from bot.prices.drawing import BACKGROUND, INK, Job, draw
from bot.prices.failures import ChartUnavailable
from tests.prices.conftest import Desk

END = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
ECHO_ENVIRONMENT = """
import os, sys, struct
for line in sys.stdin.buffer:
    answer = repr(sorted(os.environ)).encode()
    sys.stdout.buffer.write(b"P" + struct.pack(">I", len(answer)) + answer)
    sys.stdout.buffer.flush()
"""


@pytest.mark.parametrize("days", [1, 7, 30, 365])
@pytest.mark.parametrize("amount", [81_420.5, 12_778_306.0, 150.25])
def test_picture_brings_its_own_background_and_fits_a_phone(days: int, amount: float) -> None:
    picture = Image.open(io.BytesIO(draw(_job(days=days, amount=amount)))).convert("RGB")
    assert picture.size == (1000, 600)
    corners = {picture.getpixel((x, y)) for x in (0, 999) for y in (0, 599)}
    assert corners == {_rgb(BACKGROUND)}
    assert _contrast(_rgb(BACKGROUND), _rgb(INK)) > 7
    right_edge = {picture.getpixel((995, y)) for y in range(600)}
    assert right_edge == {_rgb(BACKGROUND)}, "a label is cut"


def test_flat_prices_are_drawn() -> None:
    job = _job(days=1, amount=81_420)
    job["values"] = [81_420.0] * len(job["values"])
    assert draw(job)


async def test_one_process_draws_many_charts(desk: Desk) -> None:
    easel = await desk.easel()
    pictures = await asyncio.gather(*(easel.draw(_line(days=days)) for days in (1, 7, 30)))
    assert len({*pictures}) == 3
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert easel.running


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(1)",
        "import sys; sys.stdin.readline()",
        "import sys; sys.stdin.readline(); print('P')",
        "import sys; sys.stdin.readline(); print('hello, this is no answer at all')",
        "import sys, os; sys.stdin.readline(); os.abort()",
        "import sys; sys.stdin.readline(); sys.stdout.buffer.write(b'P\\xff\\xff\\xff\\xff'); sys.stdout.flush()",
    ],
)
async def test_process_that_dies_costs_one_chart(desk: Desk, program: str) -> None:
    easel = await desk.easel(command=_python(program))
    for _ in range(2):
        with pytest.raises(ChartUnavailable):
            await easel.draw(_line(days=1))
        assert not easel.running


async def test_process_that_hangs_costs_one_chart(desk: Desk) -> None:
    easel = await desk.easel(command=_python("import time; time.sleep(3600)"), draw_s=0.3)
    with pytest.raises(ChartUnavailable, match="TimeoutError"):
        await easel.draw(_line(days=1))
    assert not easel.running


async def test_process_that_cannot_start_costs_one_chart(desk: Desk) -> None:
    easel = await desk.easel(command=("/no/such/program",))
    with pytest.raises(ChartUnavailable):
        await easel.draw(_line(days=1))


async def test_refused_job_leaves_the_process_alive(desk: Desk) -> None:
    easel = await desk.easel()
    for nonsense in ("{}", "not json", json.dumps(_job(days=1, amount=1) | {"times": []})):
        with pytest.raises(ChartUnavailable, match="refused"):
            await easel.draw(nonsense)
    assert easel.running
    assert await easel.draw(_line(days=1))


async def test_new_process_is_started_after_one_was_killed(desk: Desk) -> None:
    easel = await desk.easel()
    await easel.draw(_line(days=1))
    process = easel._process
    assert process is not None
    process.kill()
    await process.wait()
    assert not easel.running
    assert await easel.draw(_line(days=7))


async def test_cancelled_wait_does_not_leave_an_answer_for_the_next(desk: Desk) -> None:
    easel = await desk.easel()
    await easel.draw(_line(days=1))
    waiting = asyncio.create_task(easel.draw(_line(days=7)))
    await asyncio.wait({waiting}, timeout=0)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert await easel.draw(_line(days=30)) == draw(json.loads(_line(days=30)))


async def test_idle_process_is_ended(desk: Desk) -> None:
    easel = await desk.easel(idle_s=0.0)
    await easel.draw(_line(days=1))
    ending = easel._ending
    assert ending is not None
    await ending
    assert not easel.running


async def test_process_gets_no_token(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:secret")
    easel = await desk.easel(command=_python(ECHO_ENVIRONMENT))
    environment = (await easel.draw(_line(days=1))).decode()
    assert "PATH" in environment
    assert "TELEGRAM_TOKEN" not in environment
    assert "TELEGRAM_TOKEN" in os.environ


def _python(program: str) -> Sequence[str]:
    return (sys.executable, "-c", program)


def _line(*, days: int) -> str:
    return json.dumps(_job(days=days, amount=81_420))


def _job(*, days: int, amount: float) -> Job:
    moments = [END - timedelta(days=days) * part / 100 for part in range(100, -1, -1)]
    return Job(
        title=f"BTC/EUR  {days}d",
        change="+1.8 %",
        ends=f"{amount:,.0f} → {amount:,.0f} EUR",
        rising=days % 2 == 0,
        footer="Kraken · 2026-11-22 14:05 UTC",
        currency="EUR",
        times=[moment.timestamp() for moment in moments],
        values=[amount * (1 + (index * index % 37) / 1000) for index in range(101)],
    )


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(color[1:])
    return red, green, blue


def _contrast(dark: tuple[int, int, int], light: tuple[int, int, int]) -> float:
    return (_luminance(light) + 0.05) / (_luminance(dark) + 0.05)


def _luminance(color: tuple[int, int, int]) -> float:
    """Return the relative luminance. Source: WCAG 2.2."""
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
