"""Coinbase's consumer prices: nearly every fiat. Source: docs.cdp.coinbase.com, Coinbase App prices, spot."""

from datetime import datetime
from functools import partial

from bot.prices.failures import BadReply
from bot.prices.fetch import Feed
from bot.prices.quote import VenueQuote
from bot.prices.sources.source import Figure, Reply

_CURRENCIES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD ISK
JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR
MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SOS SRD SZL
THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XOF XPF ZAR ZMW
"""


class _Spot(Reply):
    amount: Figure
    base: str
    currency: str


class _Envelope(Reply):
    data: _Spot


class CoinbaseV2:
    """Quotes of Coinbase's consumer prices; buy and sell prices hold its fee and are never asked for."""

    address = "https://api.coinbase.com"
    title = "Coinbase spot rates"
    votes = False
    currencies = frozenset(_CURRENCIES.split())

    def __init__(self, *, feed: Feed) -> None:
        self._feed = feed

    async def quote(self, currency: str) -> VenueQuote:
        """Return the quote; Coinbase states no moment."""
        return await self._feed.read(f"/v2/prices/BTC-{currency}/spot", parse=partial(read_spot, currency))


def read_spot(currency: str, payload: object, received: datetime) -> VenueQuote:
    """Return the quote in a reply of /v2/prices/<pair>/spot."""
    spot = _Envelope.model_validate(payload).data
    if (spot.base, spot.currency) != ("BTC", currency):
        raise BadReply("not the pair that was asked for")
    return VenueQuote(
        source=CoinbaseV2.title,
        currency=currency,
        amount=spot.amount,
        as_of=received,
        own_time=False,
        raw=str(spot.amount),
    )
