"""Candles of one venue become a chart."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.errors import PriceUnavailable
from bot.prices.candles import Candle, Candles, Range, tidy
from bot.prices.failures import BadReply, ChartUnavailable
from tests.fakes import FakeClock
from tests.prices import faults
from tests.prices.conftest import Desk
from tests.prices.exchange_server import Answer, ExchangeServer

VENUES = ("kraken", "coinbase", "bitstamp", "bitfinex")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("name", VENUES)
@pytest.mark.parametrize("reach", Range)
async def test_every_venue_gives_every_range(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock, reach: Range, name: str
) -> None:
    exchanges.answers = {other: faults.status(503) for other in VENUES if other != name}
    charts = await desk.charts(await desk.easel())
    chart = await charts.chart(reach, "EUR", picture=False)
    facts = chart.facts
    assert (facts.source, facts.currency, facts.reach) == (name.capitalize(), "EUR", reach)
    assert facts.last == exchanges.prices["EUR"]
    assert facts.first < facts.last
    assert facts.low < facts.first
    assert facts.high > facts.last
    assert facts.as_of == clock.now()
    assert abs(clock.now() - reach.span - facts.started) <= timedelta(days=1)
    moments = [moment for moment, _ in chart.series]
    assert moments == sorted(moments)
    assert chart.series[0] == (facts.started, facts.first)
    assert chart.series[-1] == (facts.as_of, facts.last)
    assert chart.png == b""


async def test_picture_is_drawn_once_and_kept_with_the_candles(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    charts = await desk.charts(await desk.easel())
    first, second = await asyncio.gather(charts.chart(Range.WEEK, "USD"), charts.chart(Range.WEEK, "USD"))
    assert first is second
    assert first.png.startswith(PNG)
    clock.forward(299)
    assert (await charts.chart(Range.WEEK, "USD")).png is first.png
    assert exchanges.requests["kraken"] == 1
    clock.forward(2)
    await charts.chart(Range.WEEK, "USD")
    assert exchanges.requests["kraken"] == 2


@pytest.mark.parametrize(
    "fault",
    [
        faults.stall,
        faults.status(429),
        faults.html,
        faults.cut,
        faults.flood,
        faults.says({"error": ["EService:Busy"]}),
    ],
)
async def test_next_venue_is_asked_when_one_fails(desk: Desk, exchanges: ExchangeServer, fault: Answer) -> None:
    exchanges.answers["kraken"] = fault
    charts = await desk.charts(await desk.easel(), venue_s=0.3)
    assert (await charts.chart(Range.DAY, "USD", picture=False)).facts.source == "Coinbase"


async def test_venue_whose_candles_end_too_long_ago_is_passed_over(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    frozen = exchanges.document("kraken", "/0/public/OHLC", {"pair": "XBTUSD", "interval": "15"})
    exchanges.rewrites["kraken"] = lambda _: frozen
    clock.forward(3600)
    charts = await desk.charts(await desk.easel())
    assert (await charts.chart(Range.DAY, "USD", picture=False)).facts.source == "Coinbase"


async def test_venue_far_from_the_live_price_is_passed_over(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.factors = {"kraken": Decimal(2)}
    charts = await desk.charts(await desk.easel(), live=Decimal(81_420))
    assert (await charts.chart(Range.DAY, "USD", picture=False)).facts.source == "Coinbase"


async def test_no_chart_when_every_venue_fails(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.everyone(faults.status(500))
    charts = await desk.charts(await desk.easel())
    with pytest.raises(PriceUnavailable):
        await charts.chart(Range.DAY, "USD")


async def test_currency_without_candles_is_refused(desk: Desk) -> None:
    charts = await desk.charts(await desk.easel())
    assert charts.currencies()[:3] == ("EUR", "GBP", "USD")
    assert "PLN" not in charts.currencies()
    with pytest.raises(ChartUnavailable):
        await charts.chart(Range.DAY, "PLN")


async def test_series_is_there_even_when_nothing_can_be_drawn(desk: Desk) -> None:
    charts = await desk.charts(await desk.easel(command=("/no/such/program",)))
    with pytest.raises(ChartUnavailable):
        await charts.chart(Range.DAY, "USD")
    assert (await charts.chart(Range.DAY, "USD", picture=False)).series


def test_broken_doubled_and_foreign_rows_are_left_out(clock: FakeClock) -> None:
    step = timedelta(minutes=15)
    good = [_candle(clock, age=age) for age in range(96)]
    upside_down = Candle(opened=good[5].opened + timedelta(seconds=1), open=Decimal(81_000), high=Decimal(80_000),
                         low=Decimal(79_000), close=Decimal(81_000))  # fmt: skip
    absurd = Candle(opened=good[6].opened + timedelta(seconds=1), open=Decimal(1), high=Decimal(1), low=Decimal(1),
                    close=Decimal(1))  # fmt: skip
    spike = replace(good[7], opened=good[7].opened + timedelta(seconds=1), high=Decimal(99_999_999))
    dip = replace(good[8], opened=good[8].opened + timedelta(seconds=1), low=Decimal(2))
    old, ahead = _candle(clock, age=200), _candle(clock, age=-2)
    rows = (*good[::-1], upside_down, absurd, spike, dip, old, ahead, good[3])
    tidied = tidy(Candles(rows=rows, step=step), reach=Range.DAY, currency="USD", now=clock.now())
    assert tidied.rows == tuple(good[::-1])


@pytest.mark.parametrize("ages", [range(4, 96), range(80), range(0, 96, 3), ()])
def test_candles_with_a_missing_end_start_or_middle_are_refused(clock: FakeClock, ages: range) -> None:
    rows = tuple(_candle(clock, age=age) for age in ages)
    with pytest.raises(BadReply):
        tidy(Candles(rows=rows, step=timedelta(minutes=15)), reach=Range.DAY, currency="USD", now=clock.now())


def _candle(clock: FakeClock, *, age: int) -> Candle:
    price = Decimal(81_000)
    opened = clock.now() - age * timedelta(minutes=15) - timedelta(minutes=5)
    return Candle(opened=opened, open=price, high=price + 10, low=price - 10, close=price)
