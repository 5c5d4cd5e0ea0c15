"""What somebody wants converted: "0,1btc in €", "1k usd", "$50", "how many sats is 1.000,50 eur?".

Nothing is guessed: where a number can be read in two ways, both readings are returned.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from bot.prices.amounts import (
    BITCOIN_UNITS,
    MOST_BTC,
    SATS,
    NotAnAmount,
    PartOfASat,
    folded,
    parse_number,
    parse_unit,
)

LONGEST_TEXT = 200

POWERS = {
    **dict.fromkeys(("k", "thousand", "tsd"), 3),
    **dict.fromkeys(("m", "mio", "mn", "million", "millions"), 6),
    **dict.fromkeys(("bn", "billion", "billions"), 9),
}
"""Words behind a number, by the power of ten that they stand for."""

_FILLER_WORDS = """
a an and are as at buy can convert current currently do does equal equals for get give gives how i in into is
many much now of on one per please price right s tell the there to today value what what's whats worth would you me my
"""
FILLERS = frozenset(_FILLER_WORDS.split())
"""Words that may stand around an amount and its units."""

_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:[ ]\d{3})+(?:[.,]\d+)?(?!\d)|[.,]?\d[\d.,']*)"
    r"|(?P<sign>(?:us|[car])?[$€£¥₹₩₺₴₦₱₫]|m?₿)"
    r"|(?P<word>[^\W\d_$€£¥₹₩₺₴₦₱₫₿]+(?:'s)?)"
    r"|(?P<arrow>[-=]*[>→])"
    r"|(?P<wrong>-(?=[ ]?[.,]?\d)|[^\s\w?!=:;()/\"“”„«»…,.'-])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What is to be converted.

    Attributes:
        readings: one amount, or two where the number can be read in two ways; positive.
        source: the unit of the amount: BTC, mBTC, sats or an ISO 4217 code.
        target: the unit that is wanted, "" if the text does not say.
    """

    readings: tuple[Decimal, ...]
    source: str
    target: str


def parse_conversion(text: str, *, currencies: Collection[str]) -> Conversion:
    """Return what the text wants converted; a missing amount is one.

    Args:
        text: as somebody typed it.
        currencies: the ISO 4217 codes that are served.

    Raises:
        NotAnAmount: no unit or more than two, more than one number, or a number that is negative, zero or broken.
        PartOfASat: so little bitcoin that there is no such piece.
        UnknownUnit: a word is neither a unit nor one that may stand in such a question.
    """
    if len(text) > LONGEST_TEXT:
        raise NotAnAmount("too long")
    tokens = _tokens(folded(text), currencies)
    units = [token.unit for token in tokens if token.unit]
    numbers = [index for index, token in enumerate(tokens) if token.readings]
    if not units or len({*units}) > 2 or len(numbers) > 1:
        raise NotAnAmount("not one amount and one or two units")
    if not numbers and len(units) == 1 and units[0] not in BITCOIN_UNITS:
        raise NotAnAmount("no number")
    source = _beside(tokens, numbers[0]) if numbers else _unnumbered(tokens, units)
    readings = _readings(tokens, numbers[0], source) if numbers else (Decimal(1),)
    if not all(readings):
        raise NotAnAmount("zero")
    return Conversion(readings=readings, source=source, target=next((unit for unit in units if unit != source), ""))


def converted(amount: Decimal, *, source: str, target: str, price: Decimal) -> Decimal:
    """Return the amount in another unit: BTC to 8 and mBTC to 5 digits, sats whole, fiat unrounded.

    Args:
        amount: in `source`.
        source: BTC, mBTC, sats or an ISO 4217 code.
        target: the same; at most one of both is a currency.
        price: of 1 BTC in that currency; any positive number where none is involved.

    Raises:
        NotAnAmount: the amount is worth more than all bitcoin that will ever be.
    """
    bitcoin = amount * BITCOIN_UNITS[source] if source in BITCOIN_UNITS else amount / price
    if bitcoin > MOST_BTC:
        raise NotAnAmount("more than 21 million BTC")
    if target not in BITCOIN_UNITS:
        return bitcoin * price
    sats = (bitcoin / BITCOIN_UNITS[SATS]).to_integral_value(ROUND_HALF_EVEN)
    return sats * BITCOIN_UNITS[SATS] / BITCOIN_UNITS[target]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    word: str
    readings: tuple[Decimal, ...] = ()
    unit: str = ""
    sign: bool = False
    power: int = 0


def _tokens(text: str, currencies: Collection[str]) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        if match["arrow"]:
            continue
        if match["wrong"]:
            raise NotAnAmount("a sign that has no place here")
        if match["number"]:
            tokens.append(_Token(word=word, readings=parse_number(word)))
        elif word in POWERS and tokens and tokens[-1].readings:
            tokens.append(_Token(word=word, power=POWERS[word]))
        elif word in FILLERS:
            tokens.append(_Token(word=word))
        else:
            tokens.append(_Token(word=word, unit=parse_unit(word, currencies=currencies), sign=bool(match["sign"])))
    return tokens


def _beside(tokens: list[_Token], number: int) -> str:
    """Return the unit of the number: a sign before it, else what follows, else what stands before."""
    before = tokens[number - 1] if number else _Token(word="")
    behind = next((token for token in tokens[number + 1 :] if not token.power), _Token(word=""))
    unit = (before.sign and before.unit) or behind.unit or before.unit
    if not unit:
        raise NotAnAmount("a number without a unit")
    return unit


def _unnumbered(tokens: list[_Token], units: list[str]) -> str:
    """Return what there is one of: "usd in sats", but "how many sats is a dollar" and "sats per dollar"."""
    turned = any(token.word in {"many", "per"} for token in tokens)
    return units[-1] if turned else units[0]


def _readings(tokens: list[_Token], number: int, source: str) -> tuple[Decimal, ...]:
    power = sum(token.power for token in tokens)
    readings = tuple(reading.scaleb(power) for reading in tokens[number].readings)
    if source not in BITCOIN_UNITS:
        return readings
    piece = BITCOIN_UNITS[SATS] / BITCOIN_UNITS[source]
    # What is more than all bitcoin is refused later, and too large for a remainder.
    most = MOST_BTC / BITCOIN_UNITS[source]
    whole = tuple(reading for reading in readings if reading > most or not reading % piece)
    if not whole:
        raise PartOfASat("a part of a sat")
    return whole
