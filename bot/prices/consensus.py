"""How the answers of several sources become one price, or none.

A median with a bounded distance from it, never a mean: one broken venue must not move the figure.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from statistics import median

from bot.prices.quote import Basis, PriceQuote, VenueQuote

QUORUM = 3
AGREEMENT = Decimal("0.01")
"""Exchanges agree when they lie within one per cent."""

MAX_DISTANCE = Decimal("0.02")
"""Farther from the median nothing counts, however widely the others are spread: with two liars among four venues
the spread itself is the lie. An aggregate confirms a lone exchange within the same distance."""

BEHIND = timedelta(minutes=5)
"""An aggregate that is farther behind the youngest is left out, for a price is as old as its oldest figure."""

_SCALED_DEVIATIONS = 5 * Decimal("1.4826")


def agree(amounts: Sequence[Decimal], *, within: Decimal) -> bool:
    """Return whether the highest amount is at most the part `within` above the lowest."""
    return max(amounts) - min(amounts) <= within * min(amounts)


def combine(*, voters: Sequence[VenueQuote], aggregates: Sequence[VenueQuote]) -> PriceQuote | None:
    """Return the price on which the sources agree, None where nothing may be shown.

    Args:
        voters: quotes of exchanges that trade the pair.
        aggregates: quotes of services that compute their figure from elsewhere; they never vote.
    """
    if not voters:
        return _fallback(aggregates)
    if len(voters) == 1:
        return _single(voters[0], aggregates)
    kept = _near_median(voters)
    if len(kept) < 2 or len(kept) * 2 < len(voters):
        return None
    if len(kept) < QUORUM and not agree([quote.amount for quote in kept], within=AGREEMENT):
        return None
    return _merged(kept, basis=Basis.MEDIAN)


def _near_median(quotes: Sequence[VenueQuote]) -> list[VenueQuote]:
    center = median(quote.amount for quote in quotes)
    deviation = median(abs(quote.amount - center) for quote in quotes)
    limit = min(max(AGREEMENT * center, _SCALED_DEVIATIONS * deviation), MAX_DISTANCE * center)
    return [quote for quote in quotes if abs(quote.amount - center) <= limit]


def _single(quote: VenueQuote, aggregates: Sequence[VenueQuote]) -> PriceQuote | None:
    confirmed = any(abs(other.amount - quote.amount) <= MAX_DISTANCE * quote.amount for other in aggregates)
    return _merged([quote], basis=Basis.SINGLE) if confirmed else None


def _fallback(aggregates: Sequence[VenueQuote]) -> PriceQuote | None:
    if not aggregates:
        return None
    youngest = max(quote.as_of for quote in aggregates)
    aggregates = [quote for quote in aggregates if youngest - quote.as_of <= BEHIND]
    center = median(quote.amount for quote in aggregates)
    kept = [quote for quote in aggregates if abs(quote.amount - center) <= MAX_DISTANCE * center]
    return _merged(kept, basis=Basis.FALLBACK) if len(kept) * 2 > len(aggregates) else None


def _merged(quotes: Sequence[VenueQuote], *, basis: Basis) -> PriceQuote:
    return PriceQuote(
        amount=median(quote.amount for quote in quotes),
        currency=quotes[0].currency,
        as_of=min(quote.as_of for quote in quotes),
        sources=tuple(quote.source for quote in quotes),
        change_24h=_median_of([quote.change_24h for quote in quotes]),
        high_24h=_median_of([quote.high_24h for quote in quotes]),
        low_24h=_median_of([quote.low_24h for quote in quotes]),
        basis=basis,
        attributions=tuple(quote.attribution for quote in quotes if quote.attribution),
    )


def _median_of(figures: Sequence[Decimal | None]) -> Decimal | None:
    known = [figure for figure in figures if figure is not None]
    return median(known) if known else None
