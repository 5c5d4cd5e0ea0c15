"""What one venue says a bitcoin costs, and what all of them together say."""

import enum
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from bot.prices.failures import BadReply

MAX_SPREAD = Decimal("0.005")
"""A wider gap between bid and ask (as a part of the bid) makes their middle worth less than the last trade."""

_BANDS = {
    "JPY": (Decimal(100_000), Decimal(1_000_000_000)),
    **dict.fromkeys(("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "SGD"), (Decimal(1_000), Decimal(10_000_000))),
}
_ANY_BAND = (Decimal(100), Decimal(10) ** 13)


class Basis(enum.Enum):
    """What a price rests on."""

    MEDIAN = "median"
    """Two or more exchanges that agree."""
    SINGLE = "single"
    """The only exchange with that pair, confirmed by an aggregate."""
    FALLBACK = "fallback"
    """Aggregates: no exchange answered, or none trades that pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The words that a source asks to be shown beside its data, and where they should link to."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueQuote:
    """What one source says.

    Attributes:
        source: the source's name as people know it ("Kraken").
        currency: ISO 4217 code.
        amount: units of `currency` for 1 BTC.
        as_of: the moment that the figures belong to, aware UTC.
        own_time: the moment is the source's own; otherwise it is the moment of receipt.
        change_24h: per cent over the last 24 hours, None if the source does not say.
        high_24h: highest price of the last 24 hours in `currency`.
        low_24h: lowest price of the last 24 hours in `currency`.
        raw: the figures as they came, for the log and to notice a source that stands still.
        attribution: what the source asks to be shown.
    """

    source: str
    currency: str
    amount: Decimal
    as_of: datetime
    own_time: bool = True
    change_24h: Decimal | None = None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    raw: str = field(default="", repr=False)
    attribution: Attribution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuote:
    """The price on which the sources agree.

    Attributes:
        amount: units of `currency` for 1 BTC.
        currency: ISO 4217 code.
        as_of: the oldest moment that went into it, aware UTC.
        sources: names of the sources whose figures went into it.
        change_24h: per cent over the last 24 hours.
        high_24h: highest price of the last 24 hours in `currency`.
        low_24h: lowest price of the last 24 hours in `currency`.
        basis: what it rests on.
        old: it is between five and ten minutes old and must not be shown as live.
        attributions: what the sources ask to be shown beside it.
    """

    amount: Decimal
    currency: str
    as_of: datetime
    sources: tuple[str, ...]
    change_24h: Decimal | None = None
    high_24h: Decimal | None = None
    low_24h: Decimal | None = None
    basis: Basis = Basis.MEDIAN
    old: bool = False
    attributions: tuple[Attribution, ...] = ()


def fair_price(*, bid: Decimal, ask: Decimal, last: Decimal) -> Decimal:
    """Return the middle of bid and ask, or the last trade where they are more than `MAX_SPREAD` apart.

    Raises:
        BadReply: the bid is above the ask.
    """
    if bid > ask:
        raise BadReply("the bid is above the ask")
    return (bid + ask) / 2 if ask - bid <= bid * MAX_SPREAD else last


def without_absurd_day(quote: VenueQuote) -> VenueQuote:
    """Return the quote, without its figures of the day if one cannot be: no day has tripled or thirded a price."""
    prices = [figure for figure in (quote.high_24h, quote.low_24h) if figure is not None]
    if quote.change_24h is not None:
        prices.append(quote.amount / (1 + quote.change_24h / 100))
    if all(quote.amount <= 3 * price and price <= 3 * quote.amount for price in prices):
        return quote
    return replace(quote, change_24h=None, high_24h=None, low_24h=None)


def plausible(amount: Decimal, currency: str) -> bool:
    """Return whether 1 BTC can cost that much in `currency`; the bands are wide enough for a decade."""
    low, high = _BANDS.get(currency, _ANY_BAND)
    return low <= amount <= high
