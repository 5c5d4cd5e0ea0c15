"""Bitfinex: three fiat pairs, 24 h figures, candles. Source: docs.bitfinex.com, REST v2 public endpoints."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, TypeAdapter

from bot.prices.candles import Candle, Candles, Range
from bot.prices.failures import BadReply, SourceDown
from bot.prices.fetch import RATE_LIMIT_PAUSE_S, Feed
from bot.prices.quote import VenueQuote, fair_price
from bot.prices.sources.source import Figure, Fraction, Moment, Volume

_FRAMES = {
    Range.DAY: ("15m", timedelta(minutes=15)),
    Range.WEEK: ("1h", timedelta(hours=1)),
    Range.MONTH: ("6h", timedelta(hours=6)),
    Range.YEAR: ("1D", timedelta(days=1)),
}
_BAD_QUESTION = 10020


def _first_eleven(row: object) -> object:
    """Leave out columns that may be added one day."""
    return row[:11] if isinstance(row, list) else row


_TICKERS = TypeAdapter(
    list[
        Annotated[
            # symbol, bid, bid size, ask, ask size, change, change as a fraction, last, volume, high, low
            tuple[str, Figure, object, Figure, object, object, Fraction, Figure, Volume, Figure, Figure],
            BeforeValidator(_first_eleven),
        ]
    ]
)
_ROWS = TypeAdapter(list[tuple[Moment, Figure, Figure, Figure, Figure, object]])


class Bitfinex:
    """Quotes and candles of Bitfinex."""

    address = "https://api-pub.bitfinex.com"
    title = "Bitfinex"
    votes = True
    currencies = frozenset({"USD", "EUR", "GBP"})

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote with its 24 h figures; Bitfinex states no moment."""
        return await self._feed.read(
            "/v2/tickers", params={"symbols": f"tBTC{currency}"}, parse=partial(read_tickers, currency)
        )

    async def candles(self, currency: str, *, reach: Range) -> Candles:
        """Return the candles of the range."""
        frame, step = _FRAMES[reach]
        rows = await self._feed.read(
            f"/v2/candles/trade:{frame}:tBTC{currency}/hist",
            params={"limit": str(reach.span // step + 1)},
            parse=read_rows,
        )
        return Candles(rows=rows, step=step)


def read_tickers(currency: str, payload: object, received: datetime) -> VenueQuote:
    """Return the quote in a reply of /v2/tickers, in which the symbol comes first."""
    _refuse_error(payload)
    rows = [row for row in _TICKERS.validate_python(payload) if row[0] == f"tBTC{currency}"]
    if not rows:
        raise BadReply("not the pair that was asked for")
    _, bid, _, ask, _, _, change, last, volume, high, low = rows[0]
    return VenueQuote(
        source=Bitfinex.title,
        currency=currency,
        amount=fair_price(bid=bid, ask=ask, last=last),
        as_of=received,
        own_time=False,
        change_24h=change * 100,
        high_24h=high,
        low_24h=low,
        raw=f"bid {bid} ask {ask} last {last} volume {volume}",
    )


def read_rows(payload: object, _received: datetime) -> tuple[Candle, ...]:
    """Return the rows in a reply of /v2/candles: time, open, close, high, low, volume."""
    _refuse_error(payload)
    return tuple(
        Candle(opened=row[0], open=row[1], close=row[2], high=row[3], low=row[4])
        for row in _ROWS.validate_python(payload)
    )


def _refuse_error(payload: object) -> None:
    """Refuse `["error", code, text]` and `{"error": text}`."""
    if isinstance(payload, dict) and "error" in payload:
        raise SourceDown("rate limit", pause_s=RATE_LIMIT_PAUSE_S)
    if isinstance(payload, list) and payload[:1] == ["error"]:
        if payload[1:2] == [_BAD_QUESTION]:
            raise BadReply("error 10020: a question that it does not take")
        raise SourceDown("an error instead of figures")
