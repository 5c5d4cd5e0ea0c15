"""Token Metrics: a price in USD for whoever has a key. Source: developers.tokenmetrics.com, v2 price."""

from datetime import datetime
from functools import partial

from bot.prices.failures import BadReply
from bot.prices.fetch import Feed
from bot.prices.quote import VenueQuote
from bot.prices.sources.source import Figure, Reply

KEY_HEADER = "x-api-key"
_BITCOIN = 3375


class _Token(Reply):
    TOKEN_ID: int
    TOKEN_SYMBOL: str
    CURRENT_PRICE: Figure


class _Envelope(Reply):
    success: bool
    data: list[_Token]


class TokenMetrics:
    """Quotes of Token Metrics; each question is paid for by the operator's plan."""

    address = "https://api.tokenmetrics.com/v2"
    title = "Token Metrics"
    votes = False
    currencies = frozenset({"USD"})

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote; Token Metrics states no moment."""
        return await self._feed.read("/price", params={"token_id": str(_BITCOIN)}, parse=partial(read_price, currency))


def read_price(currency: str, payload: object, received: datetime) -> VenueQuote:
    """Return the quote in a reply of /price."""
    envelope = _Envelope.model_validate(payload)
    tokens = [token for token in envelope.data if (token.TOKEN_ID, token.TOKEN_SYMBOL) == (_BITCOIN, "BTC")]
    if not envelope.success or len(tokens) != 1:
        raise BadReply("no price of bitcoin")
    amount = tokens[0].CURRENT_PRICE
    return VenueQuote(
        source=TokenMetrics.title, currency=currency, amount=amount, as_of=received, own_time=False, raw=str(amount)
    )
