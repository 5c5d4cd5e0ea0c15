"""Kraken: seven fiat pairs and candles for every range. Source: docs.kraken.com, REST v0 market data."""

from datetime import datetime, timedelta
from functools import partial

from pydantic import Field, TypeAdapter

from bot.prices.candles import Candle, Candles, Range
from bot.prices.failures import BadReply, SourceDown
from bot.prices.fetch import RATE_LIMIT_PAUSE_S, Feed
from bot.prices.quote import VenueQuote, fair_price
from bot.prices.sources.source import Figure, Moment, Reply, Volume

_STEPS = {
    Range.DAY: timedelta(minutes=15),
    Range.WEEK: timedelta(hours=1),
    Range.MONTH: timedelta(hours=4),
    Range.YEAR: timedelta(days=1),
}
_RATE_LIMITS = ("EAPI:Rate limit", "EGeneral:Too many requests", "EGeneral:Temporary lockout")
_BAD_QUESTIONS = ("EQuery:", "EGeneral:Invalid arguments")


class _Envelope(Reply):
    error: list[str]
    result: dict[str, object] = Field(default_factory=dict)


class _Pair(Reply):
    """Arrays of [today, last 24 hours], but for the offers and the last trade."""

    ask: tuple[Figure, object, object] = Field(alias="a")
    bid: tuple[Figure, object, object] = Field(alias="b")
    last: tuple[Figure, object] = Field(alias="c")
    volume: tuple[Volume, Volume] = Field(alias="v")
    low: tuple[Figure, Figure] = Field(alias="l")
    high: tuple[Figure, Figure] = Field(alias="h")


_ROWS = TypeAdapter(list[tuple[Moment, Figure, Figure, Figure, Figure, object, object, object]])


class Kraken:
    """Quotes and candles of Kraken."""

    address = "https://api.kraken.com"
    title = "Kraken"
    votes = True
    currencies = frozenset({"USD", "EUR", "GBP", "CAD", "CHF", "AUD", "JPY"})

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote; Kraken states no moment and no 24 h change: its `o` is the price at midnight."""
        return await self._feed.read(
            "/0/public/Ticker", params={"pair": f"XBT{currency}"}, parse=partial(read_ticker, currency)
        )

    async def candles(self, currency: str, *, reach: Range) -> Candles:
        """Return the candles of the range."""
        step = _STEPS[reach]
        since = int((self._feed.now() - reach.span - step).timestamp())
        rows = await self._feed.read(
            "/0/public/OHLC",
            params={"pair": f"XBT{currency}", "interval": str(step // timedelta(minutes=1)), "since": str(since)},
            parse=read_rows,
        )
        return Candles(rows=rows, step=step)


def read_ticker(currency: str, payload: object, received: datetime) -> VenueQuote:
    """Return the quote in a reply of /0/public/Ticker."""
    pair = _Pair.model_validate(_only_pair(payload))
    bid, ask, last = pair.bid[0], pair.ask[0], pair.last[0]
    return VenueQuote(
        source=Kraken.title,
        currency=currency,
        amount=fair_price(bid=bid, ask=ask, last=last),
        as_of=received,
        own_time=False,
        high_24h=pair.high[1],
        low_24h=pair.low[1],
        raw=f"bid {bid} ask {ask} last {last} volume {pair.volume[1]}",
    )


def read_rows(payload: object, _received: datetime) -> tuple[Candle, ...]:
    """Return the rows in a reply of /0/public/OHLC: time, open, high, low, close, and what is not needed."""
    return tuple(
        Candle(opened=row[0], open=row[1], high=row[2], low=row[3], close=row[4])
        for row in _ROWS.validate_python(_only_pair(payload))
    )


def _only_pair(payload: object) -> object:
    """Return what stands under the pair's key, which is not the name that was asked for (XBTUSD: XXBTZUSD)."""
    envelope = _Envelope.model_validate(payload)
    for error in envelope.error:
        if error.startswith(_RATE_LIMITS):
            raise SourceDown(error, pause_s=RATE_LIMIT_PAUSE_S)
        if error.startswith(_BAD_QUESTIONS):
            raise BadReply(error)
        if error.startswith("E"):
            raise SourceDown(error)
    pairs = [value for key, value in envelope.result.items() if key != "last"]
    if len(pairs) != 1:
        raise BadReply(f"{len(pairs)} pairs instead of one")
    return pairs[0]
