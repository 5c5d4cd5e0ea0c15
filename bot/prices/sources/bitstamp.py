"""Bitstamp: three fiat pairs, 24 h figures, candles. Source: bitstamp.net/api, HTTP API v2 public data."""

from datetime import datetime, timedelta
from functools import partial

from bot.prices.candles import Candle, Candles, Range
from bot.prices.failures import BadReply, SourceDown
from bot.prices.fetch import RATE_LIMIT_PAUSE_S, Feed
from bot.prices.quote import VenueQuote, fair_price
from bot.prices.sources.source import Figure, Moment, Percentage, Reply, Volume

_STEPS = {
    Range.DAY: timedelta(minutes=15),
    Range.WEEK: timedelta(hours=1),
    Range.MONTH: timedelta(hours=4),
    Range.YEAR: timedelta(days=1),
}
_RATE_LIMIT_CODE = "400.002"


class _Ticker(Reply):
    timestamp: Moment
    bid: Figure
    ask: Figure
    last: Figure
    high: Figure
    low: Figure
    volume: Volume
    percent_change_24: Percentage | None = None


class _Row(Reply):
    timestamp: Moment
    open: Figure
    high: Figure
    low: Figure
    close: Figure


class _Rows(Reply):
    ohlc: list[_Row]


class _Ohlc(Reply):
    data: _Rows


class Bitstamp:
    """Quotes and candles of Bitstamp."""

    address = "https://www.bitstamp.net"
    title = "Bitstamp"
    votes = True
    currencies = frozenset({"USD", "EUR", "GBP"})

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote with its 24 h figures."""
        return await self._feed.read(f"/api/v2/ticker/btc{currency.lower()}/", parse=partial(read_ticker, currency))

    async def candles(self, currency: str, *, reach: Range) -> Candles:
        """Return the candles of the range."""
        step = _STEPS[reach]
        rows = await self._feed.read(
            f"/api/v2/ohlc/btc{currency.lower()}/",
            params={"step": str(step // timedelta(seconds=1)), "limit": str(reach.span // step + 1)},
            parse=read_rows,
        )
        return Candles(rows=rows, step=step)


def read_ticker(currency: str, payload: object, _received: datetime) -> VenueQuote:
    """Return the quote in a reply of /ticker: `open` is the day's, so the change is taken as stated."""
    _refuse_error(payload)
    ticker = _Ticker.model_validate(payload)
    return VenueQuote(
        source=Bitstamp.title,
        currency=currency,
        amount=fair_price(bid=ticker.bid, ask=ticker.ask, last=ticker.last),
        as_of=ticker.timestamp,
        change_24h=ticker.percent_change_24,
        high_24h=ticker.high,
        low_24h=ticker.low,
        raw=f"bid {ticker.bid} ask {ticker.ask} last {ticker.last} volume {ticker.volume}",
    )


def read_rows(payload: object, _received: datetime) -> tuple[Candle, ...]:
    """Return the rows in a reply of /ohlc."""
    _refuse_error(payload)
    return tuple(
        Candle(opened=row.timestamp, open=row.open, high=row.high, low=row.low, close=row.close)
        for row in _Ohlc.model_validate(payload).data.ohlc
    )


def _refuse_error(payload: object) -> None:
    """Refuse an error, which may come with HTTP 200."""
    if not isinstance(payload, dict) or not ({"error", "reason"} & payload.keys()):
        return
    if payload.get("code") == _RATE_LIMIT_CODE:
        raise SourceDown("rate limit", pause_s=RATE_LIMIT_PAUSE_S)
    raise BadReply("an error instead of figures")
