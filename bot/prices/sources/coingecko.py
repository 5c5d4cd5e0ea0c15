"""CoinGecko: an aggregate in some 45 fiats, with an optional demo key. Source: docs.coingecko.com, demo API v3.0.1."""

from datetime import datetime
from functools import partial

from pydantic import TypeAdapter

from bot.prices.failures import BadReply
from bot.prices.fetch import Feed
from bot.prices.quote import Attribution, VenueQuote
from bot.prices.sources.source import Figure, Moment, Percentage

KEY_HEADER = "x-cg-demo-api-key"

_CURRENCIES = """
AED ARS AUD BDT BHD BMD BRL CAD CHF CLP CNY CZK DKK EUR GBP GEL HKD HUF IDR ILS INR JPY KRW KWD LKR MMK MXN MYR NGN
NOK NZD PHP PKR PLN RUB SAR SEK SGD THB TRY TWD UAH USD VND ZAR
"""
_DOCUMENT = TypeAdapter(dict[str, dict[str, object]])
_FIGURE: TypeAdapter[Figure] = TypeAdapter(Figure)
_PERCENTAGE: TypeAdapter[Percentage | None] = TypeAdapter(Percentage | None)
_MOMENT: TypeAdapter[Moment] = TypeAdapter(Moment)


class CoinGecko:
    """Quotes of CoinGecko."""

    address = "https://api.coingecko.com/api/v3"
    title = "CoinGecko"
    votes = False
    currencies = frozenset(_CURRENCIES.split())

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote with its 24 h change."""
        return await self._feed.read(
            "/simple/price",
            params={
                "ids": "bitcoin",
                "vs_currencies": currency.lower(),
                "include_24hr_change": "true",
                "include_last_updated_at": "true",
            },
            parse=partial(read_simple_price, currency),
        )


def read_simple_price(currency: str, payload: object, _received: datetime) -> VenueQuote:
    """Return the quote in a reply of /simple/price."""
    figures = _DOCUMENT.validate_python(payload).get("bitcoin", {})
    code = currency.lower()
    if code not in figures:
        raise BadReply(f"no {currency}")
    amount = _FIGURE.validate_python(figures[code])
    return VenueQuote(
        source=CoinGecko.title,
        currency=currency,
        amount=amount,
        as_of=_MOMENT.validate_python(figures.get("last_updated_at")),
        change_24h=_PERCENTAGE.validate_python(figures.get(f"{code}_24h_change")),
        raw=str(amount),
        attribution=Attribution(text="Price data by CoinGecko", url="https://www.coingecko.com"),
    )
