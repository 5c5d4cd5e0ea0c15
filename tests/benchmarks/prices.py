"""Prints how fast prices and charts are, against loopback services: `python -m tests.benchmarks.prices`."""

import asyncio
import json
import resource
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import ClientSession

from bot.errors import PriceUnavailable
from bot.prices.candles import Range
from bot.prices.chart import Charts
from bot.prices.easel import Easel
from bot.prices.sources.catalogue import Sources, open_sources
from bot.prices.ticker import Ticker
from tests.prices.exchange_server import ExchangeServer, exchange_server
from tests.prices.faults import stall

QUESTIONS = 20_000
CROWD = 1_000
SERVE = "serve"


async def main() -> None:
    """Measure and print everything."""
    async with exchange_server(now=_now) as exchanges, ClientSession() as session:
        sources = open_sources(session=session, now=_now, clock=time.monotonic, addresses=exchanges.addresses())
        await _measure_cache(sources)
        await _measure_crowd(sources, exchanges)
        await _measure_stall(session, exchanges)
        async with _apart() as addresses:
            await _measure_charts(open_sources(session=session, now=_now, clock=time.monotonic, addresses=addresses))


async def _measure_cache(sources: Sources) -> None:
    async with Ticker(sources=sources.prices, now=_now, clock=time.monotonic) as ticker:
        start = time.perf_counter()
        await ticker.quote("USD")
        _say(f"cold quote, loopback services: {(time.perf_counter() - start) * 1000:.1f} ms")
        times = []
        for _ in range(QUESTIONS):
            start = time.perf_counter()
            await ticker.quote("USD")
            times.append(time.perf_counter() - start)
        _say(f"from the cache, {QUESTIONS} questions: {_spread(times)}")


async def _measure_crowd(sources: Sources, exchanges: ExchangeServer) -> None:
    exchanges.requests.clear()
    async with Ticker(sources=sources.prices, now=_now, clock=time.monotonic) as ticker:
        start = time.perf_counter()
        await asyncio.gather(*(ticker.quote("EUR") for _ in range(CROWD)))
        _say(f"{CROWD} questions at once on a cold cache: {(time.perf_counter() - start) * 1000:.0f} ms in all")
        await asyncio.sleep(0.2)
    _say(f"requests that they caused: { ({name: count for name, count in exchanges.requests.items() if count}) }")


async def _measure_charts(sources: Sources) -> None:
    memory = _megabytes()
    async with (
        Easel() as easel,
        Charts(sources=sources.candles, easel=easel, now=_now, clock=time.monotonic, live=lambda _: None) as charts,
        _longest_stall() as stalls,
    ):
        start = time.perf_counter()
        chart = await charts.chart(Range.DAY, "USD")
        _say(f"first chart, process started: {time.perf_counter() - start:.2f} s, {len(chart.png) // 1024} KiB")
        times = []
        for currency in ("EUR", "GBP", "CHF"):
            for reach in (Range.DAY, Range.MONTH, Range.YEAR):
                start = time.perf_counter()
                await charts.chart(reach, currency)
                times.append(time.perf_counter() - start)
        _say(f"chart with candles fetched, process warm: {_spread(times)}")
    _say(f"longest stall of the event loop meanwhile: {max(stalls) * 1000:.1f} ms")
    _say(f"memory of the bot's process grew by {_megabytes() - memory:.1f} MB")
    _say(f"matplotlib is loaded in the bot's process: {'matplotlib' in sys.modules}")


async def _measure_stall(session: ClientSession, exchanges: ExchangeServer) -> None:
    exchanges.everyone(stall)
    sources = open_sources(session=session, now=_now, clock=time.monotonic, addresses=exchanges.addresses())
    async with Ticker(sources=sources.prices, now=_now, clock=time.monotonic) as ticker:
        for wait, ask in (("snippet", ticker.quote_within("USD", seconds=0.8)), ("command", ticker.quote("USD"))):
            start = time.perf_counter()
            try:
                await ask
            except PriceUnavailable:
                _say(f"{wait} while every source stalls: {time.perf_counter() - start:.2f} s")


@asynccontextmanager
async def _apart() -> AsyncIterator[dict[str, str]]:
    """Run the services in a process of their own, so that their work does not count; yield their addresses."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.prices", SERVE, stdin=PIPE, stdout=PIPE
    )
    try:
        line = await process.stdout.readline() if process.stdout else b"{}"
        yield json.loads(line)
    finally:
        process.kill()
        await process.wait()


async def _serve() -> None:
    async with exchange_server(now=_now) as exchanges:
        _say(json.dumps(exchanges.addresses()))
        sys.stdout.flush()
        await asyncio.Event().wait()


@asynccontextmanager
async def _longest_stall() -> AsyncIterator[list[float]]:
    """Collect how late the event loop wakes a task that sleeps for a millisecond."""
    stalls = [0.0]

    async def watch() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            stalls.append(time.perf_counter() - start - 0.001)

    task = asyncio.create_task(watch())
    try:
        yield stalls
    finally:
        task.cancel()


def _spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    figures = {"median": statistics.median(ordered), "p99": p99, "longest": ordered[-1]}
    return ", ".join(f"{name} {figure * 1000:.3f} ms" for name, figure in figures.items())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    asyncio.run(_serve() if SERVE in sys.argv else main())
