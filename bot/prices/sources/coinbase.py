"""Coinbase Exchange: three fiat pairs, 24 h figures, candles. Source: docs.cdp.coinbase.com, Exchange REST API."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from pydantic import TypeAdapter, ValidationError

from bot.prices.candles import Candle, Candles, Range
from bot.prices.failures import SourceFault
from bot.prices.fetch import Feed
from bot.prices.quote import VenueQuote, fair_price
from bot.prices.sources.source import Figure, Moment, Percentage, Reply

_STEPS = {
    Range.DAY: timedelta(minutes=15),
    Range.WEEK: timedelta(hours=1),
    Range.MONTH: timedelta(hours=6),
    Range.YEAR: timedelta(days=1),
}
_ROWS_A_CALL = 300
_STATS_GRACE_S = 1.0
"""How long a price waits for the 24 h figures, which come by a call of their own."""


class _Ticker(Reply):
    bid: Figure
    ask: Figure
    price: Figure
    time: Moment


class _Stats(Reply):
    """The rolling 24 hours: `open` is the price 24 hours ago."""

    open: Figure
    high: Figure
    low: Figure
    last: Figure


_CHANGE: TypeAdapter[Decimal] = TypeAdapter(Percentage)
_ROWS = TypeAdapter(list[tuple[Moment, Figure, Figure, Figure, Figure, object]])


class Coinbase:
    """Quotes and candles of Coinbase Exchange."""

    address = "https://api.exchange.coinbase.com"
    title = "Coinbase"
    votes = True
    currencies = frozenset({"USD", "EUR", "GBP"})

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote; without its 24 h figures where only those are missing or late."""
        stats = asyncio.create_task(self._stats(currency))
        try:
            quote = await self._feed.read(f"/products/BTC-{currency}/ticker", parse=partial(read_ticker, currency))
            await asyncio.wait({stats}, timeout=_STATS_GRACE_S)
            return with_stats(quote, stats.result() if stats.done() else None)
        finally:
            stats.cancel()

    async def candles(self, currency: str, *, reach: Range) -> Candles:
        """Return the candles of the range, in as many calls of 300 rows as it takes."""
        now, step = self._feed.now(), _STEPS[reach]
        window = step * (_ROWS_A_CALL - 1)
        start = now - reach.span
        rows: tuple[Candle, ...] = ()
        while start < now:
            rows += await self._feed.read(
                f"/products/BTC-{currency}/candles",
                params={
                    "granularity": str(step // timedelta(seconds=1)),
                    "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                    "end": f"{min(start + window, now):%Y-%m-%dT%H:%M:%SZ}",
                },
                parse=read_rows,
            )
            start += window
        return Candles(rows=rows, step=step)

    async def _stats(self, currency: str) -> _Stats | None:
        try:
            return await self._feed.read(f"/products/BTC-{currency}/stats", parse=read_stats)
        except SourceFault:
            return None


def read_ticker(currency: str, payload: object, _received: datetime) -> VenueQuote:
    """Return the quote in a reply of /products/<pair>/ticker."""
    ticker = _Ticker.model_validate(payload)
    return VenueQuote(
        source=Coinbase.title,
        currency=currency,
        amount=fair_price(bid=ticker.bid, ask=ticker.ask, last=ticker.price),
        as_of=ticker.time,
        raw=f"bid {ticker.bid} ask {ticker.ask} last {ticker.price}",
    )


def read_stats(payload: object, _received: datetime) -> _Stats:
    """Return the 24 h figures in a reply of /products/<pair>/stats."""
    return _Stats.model_validate(payload)


def read_rows(payload: object, _received: datetime) -> tuple[Candle, ...]:
    """Return the rows of a reply of /products/<pair>/candles: time, low, high, open, close, volume."""
    return tuple(
        Candle(opened=row[0], low=row[1], high=row[2], open=row[3], close=row[4])
        for row in _ROWS.validate_python(payload)
    )


def with_stats(quote: VenueQuote, stats: _Stats | None) -> VenueQuote:
    """Return the quote with the 24 h figures, if they can be."""
    if stats is None:
        return quote
    try:
        change = _CHANGE.validate_python((stats.last / stats.open - 1) * 100)
    except (ArithmeticError, ValidationError):
        return quote
    return replace(quote, change_24h=change, high_24h=stats.high, low_24h=stats.low)
