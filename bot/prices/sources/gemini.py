"""Gemini: four fiat pairs. Source: docs.gemini.com, REST market data, ticker v2."""

from datetime import datetime
from functools import partial

from bot.prices.failures import BadReply
from bot.prices.fetch import Feed
from bot.prices.quote import VenueQuote, fair_price
from bot.prices.sources.source import Figure, Reply


class _Ticker(Reply):
    symbol: str
    bid: Figure
    ask: Figure
    close: Figure
    high: Figure
    low: Figure


class Gemini:
    """Quotes of Gemini."""

    address = "https://api.gemini.com"
    title = "Gemini"
    votes = True
    currencies = frozenset({"USD", "EUR", "GBP", "SGD"})

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote; the last trade of a thin pair may be old, so the middle of the offers is what counts."""
        return await self._feed.read(f"/v2/ticker/btc{currency.lower()}", parse=partial(read_ticker, currency))


def read_ticker(currency: str, payload: object, received: datetime) -> VenueQuote:
    """Return the quote in a reply of /v2/ticker, which states no moment."""
    ticker = _Ticker.model_validate(payload)
    if ticker.symbol.upper() != f"BTC{currency}":
        raise BadReply("not the pair that was asked for")
    return VenueQuote(
        source=Gemini.title,
        currency=currency,
        amount=fair_price(bid=ticker.bid, ask=ticker.ask, last=ticker.close),
        as_of=received,
        own_time=False,
        high_24h=ticker.high,
        low_24h=ticker.low,
        raw=f"bid {ticker.bid} ask {ticker.ask} last {ticker.close}",
    )
