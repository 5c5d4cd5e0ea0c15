"""Charts of one venue's prices: the series, the facts, and the picture that shows both."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Self

from bot.prices.candles import Candles, Range, tidy
from bot.prices.easel import Easel
from bot.prices.failures import ChartUnavailable, SourceFault
from bot.prices.sources.source import CandleSource

FAR = Decimal("0.1")
"""A venue whose last candle ends farther from the live price is not drawn."""

VENUE_S = 2.0
"""Seconds for one venue; with four venues and a drawing a chart stays under ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a chart says, for words instead of a picture.

    Attributes:
        currency: ISO 4217 code.
        reach: the range.
        source: the one venue whose prices these are.
        started: the moment of the first price, aware UTC.
        as_of: the moment of the last price, aware UTC.
        first: the first price, in `currency` for 1 BTC.
        last: the last price.
        high: the highest price.
        low: the lowest price.
    """

    currency: str
    reach: Range
    source: str
    started: datetime
    as_of: datetime
    first: Decimal
    last: Decimal
    high: Decimal
    low: Decimal

    @property
    def change(self) -> Decimal:
        """The change from the first to the last price in per cent."""
        return (self.last / self.first - 1) * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart.

    Attributes:
        facts: what it says.
        series: (moment, aware UTC; price in the currency for 1 BTC), oldest first.
        png: the picture, empty where none was wanted.
    """

    facts: Facts
    series: tuple[tuple[datetime, Decimal], ...] = field(repr=False)
    png: bytes = field(default=b"", repr=False)


@dataclass(slots=True, kw_only=True)
class _Kept:
    chart: Chart
    fetched: float


class Charts:
    """Charts for every currency that a venue trades. Enter it with `async with`: leaving ends what runs behind.

    Args:
        sources: the venues in the order in which they are tried.
        easel: where the pictures are drawn.
        now: the moment, aware UTC.
        clock: monotonic seconds.
        live: what 1 BTC costs in a currency as far as that is known, else None; a venue far from it is passed over.
        venue_s: seconds for one venue.
    """

    def __init__(
        self,
        *,
        sources: Sequence[CandleSource],
        easel: Easel,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        live: Callable[[str], Decimal | None],
        venue_s: float = VENUE_S,
    ) -> None:
        self._sources = tuple(sources)
        self._easel = easel
        self._now = now
        self._clock = clock
        self._live = live
        self._venue_s = venue_s
        self._kept: dict[tuple[Range, str], _Kept] = {}
        self._tasks: dict[tuple[Range, str, bool], asyncio.Task[Chart]] = {}
        self._currencies = frozenset[str]().union(*(source.currencies for source in self._sources))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def currencies(self) -> tuple[str, ...]:
        """Return the ISO 4217 codes for which there are charts, those with the most venues first."""
        venues = {code: sum(code in source.currencies for source in self._sources) for code in self._currencies}
        return tuple(sorted(venues, key=lambda code: (-venues[code], code)))

    async def chart(self, reach: Range, currency: str, *, picture: bool = True) -> Chart:
        """Return the chart; many who want the same one cause one request and one drawing.

        Args:
            reach: how far back.
            currency: ISO 4217 code in upper case.
            picture: draw it; without, no process is started and `png` is empty.

        Raises:
            ChartUnavailable: no venue gave good candles, or the picture could not be drawn.
        """
        if currency not in self._currencies:
            raise ChartUnavailable(f"no venue serves {currency!r}")
        key = (reach, currency, picture)
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(self._make(reach, currency, picture=picture), name=f"prices: chart {currency}")
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: tuple[Range, str, bool], task: asyncio.Task[Chart]) -> None:
        self._tasks.pop(key, None)
        if not task.cancelled():
            task.exception()  # Seen, even where everybody who waited has left.

    async def _make(self, reach: Range, currency: str, *, picture: bool) -> Chart:
        kept = self._kept.get((reach, currency))
        if kept is None or self._clock() - kept.fetched > reach.keep_s:
            kept = _Kept(chart=await self._fetched(reach, currency), fetched=self._clock())
            self._kept[reach, currency] = kept
        if picture and not kept.chart.png:
            kept.chart = replace(kept.chart, png=await self._easel.draw(_job(kept.chart)))
        return kept.chart

    async def _fetched(self, reach: Range, currency: str) -> Chart:
        for source in self._sources:
            if currency not in source.currencies:
                continue
            try:
                async with asyncio.timeout(self._venue_s):
                    candles = await source.candles(currency, reach=reach)
                now = self._now()
                tidied = tidy(candles, reach=reach, currency=currency, now=now)
            except (SourceFault, TimeoutError):
                continue
            live = self._live(currency)
            if live is not None and abs(tidied.rows[-1].close - live) > FAR * live:
                continue
            return _chart(tidied, reach=reach, currency=currency, source=source.title, now=now)
        raise ChartUnavailable(f"no venue gave candles for {reach.value} in {currency}")


def _chart(candles: Candles, *, reach: Range, currency: str, source: str, now: datetime) -> Chart:
    rows = candles.rows
    # A candle's close belongs to its end; the running one's to this moment.
    closes = tuple((min(row.opened + candles.step, now), row.close) for row in rows)
    facts = Facts(
        currency=currency,
        reach=reach,
        source=source,
        started=rows[0].opened,
        as_of=closes[-1][0],
        first=rows[0].open,
        last=rows[-1].close,
        high=max(row.high for row in rows),
        low=min(row.low for row in rows),
    )
    return Chart(facts=facts, series=((facts.started, facts.first), *closes))


def _job(chart: Chart) -> str:
    facts = chart.facts
    sign = "+" if facts.change >= 0 else "−"
    return json.dumps(
        {
            "title": f"BTC/{facts.currency}  {facts.reach.value}",
            "change": f"{sign}{abs(facts.change):.1f} %",
            "ends": f"{facts.first:,.0f} → {facts.last:,.0f} {facts.currency}",
            "rising": facts.change >= 0,
            "footer": f"{facts.source} · {facts.as_of:%Y-%m-%d %H:%M} UTC",
            "currency": facts.currency,
            "times": [moment.timestamp() for moment, _ in chart.series],
            "values": [float(value) for _, value in chart.series],
        }
    )
