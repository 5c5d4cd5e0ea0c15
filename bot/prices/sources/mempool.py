"""mempool.space: an aggregate of five exchanges in seven currencies. Source: mempool.space/docs/api, prices."""

from datetime import datetime
from functools import partial

from pydantic import TypeAdapter

from bot.prices.failures import BadReply
from bot.prices.fetch import Feed
from bot.prices.quote import VenueQuote
from bot.prices.sources.source import Figure, Moment

_DOCUMENT = TypeAdapter(dict[str, object])
_FIGURE: TypeAdapter[Figure] = TypeAdapter(Figure)
_MOMENT: TypeAdapter[Moment] = TypeAdapter(Moment)


class Mempool:
    """Quotes of mempool.space or of one's own mempool server."""

    address = "https://mempool.space"
    title = "mempool.space"
    votes = False
    currencies = frozenset({"USD", "EUR", "GBP", "CAD", "CHF", "AUD", "JPY"})

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote in whole units."""
        return await self._feed.read("/api/v1/prices", parse=partial(read_prices, currency))


def read_prices(currency: str, payload: object, _received: datetime) -> VenueQuote:
    """Return the quote in a reply of /api/v1/prices, in which -1 says that a currency is not known."""
    document = _DOCUMENT.validate_python(payload)
    if currency not in document:
        raise BadReply(f"no {currency}")
    amount = _FIGURE.validate_python(document[currency])
    moment = _MOMENT.validate_python(document.get("time"))
    return VenueQuote(source=Mempool.title, currency=currency, amount=amount, as_of=moment, raw=str(amount))
