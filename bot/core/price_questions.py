"""Notices plain questions that a price command answers: "btc price?", "how much is 50 usd in sats".

Why a price is what it is belongs to the curated answers, so each word must be one that a plain question has.
"""

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.prices.amounts import BITCOIN_UNITS, BTC, NotAnAmount, UnknownUnit, folded, parse_unit
from bot.prices.candles import Range
from bot.prices.conversion import FILLERS, LONGEST_TEXT, POWERS, Conversion, parse_conversion

_PRICE = frozenset({"price", "prices", "quote", "rate", "ticker"})
_WORTH = frozenset({"cost", "costs", "value", "worth"})
"""Words that ask for a price only behind "what" or "how much": "is it worth it" does not."""

_CHART = frozenset({"chart", "charts", "graph"})
RANGES: Mapping[str, Range] = MappingProxyType(
    {
        **{reach.value: reach for reach in Range},
        **dict.fromkeys(("1d", "day", "today"), Range.DAY),
        **dict.fromkeys(("1w", "week"), Range.WEEK),
        **dict.fromkeys(("1m", "month"), Range.MONTH),
        **dict.fromkeys(("365d", "12m", "year"), Range.YEAR),
    }
)
"""What people call the ranges of charts."""

_ALSO_WORDS = frozenset({"all", "ang", "bam", "bob", "cop", "gel", "mad", "mop", "pen", "ron", "sos", "top", "try"})
"""Codes of currencies that are words as well: nobody who is "all in" asks for the Albanian lek."""

_AROUND_WORDS = """
1 a an and at can check current currently does exchange for give hello hey hi how in is latest live market me moment
much now of on one please right s show spot swiss tell the this time to today today's todays trading us what what's
whats you
"""
_AROUND = frozenset(_AROUND_WORDS.split())
_ONE = frozenset({"1", "a", "an", "one"})
_DEEDS = frozenset({"buy", "can", "convert", "do", "does", "get"})
_KNOWN = _AROUND | _PRICE | _WORTH | _CHART | FILLERS | {*RANGES, *POWERS, "c", "r"}
"""Every word of a question about a price, units aside; C$ and R$ are split into letter and sign."""

_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?|[$€£¥₹₩₺₴₦₱₫₿]")
_PAIR = re.compile(r"\b(btc|xbt)(?=[a-z]{3}\b)")
_STANDS_AT = re.compile(r"\bat\W*\d")
"""What bitcoin stands at is asked or offered, not converted: "is bitcoin at 100k usd"."""

_LONG_RANGE = re.compile(r"\b(\d+) ?(h|d|w|m|y)(?:ours?|ays?|eeks?|onths?|ears?)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuestion:
    """A plain question as the command that answers it.

    Attributes:
        command: "price", "convert" or "chart".
        argument: what stands behind the command.
    """

    command: str
    argument: str


def price_question(text: str, *, currencies: Collection[str]) -> PriceQuestion | None:
    """Return the command that answers a plain question, None if it is no question about a price.

    Args:
        text: what somebody wrote.
        currencies: the ISO 4217 codes that are served.
    """
    if len(text) > LONGEST_TEXT:
        return None
    words = _WORD.findall(with_short_ranges(_PAIR.sub(r"\1 ", folded(text))))
    if not words or any(_is_beside_the_point(word, currencies) for word in words):
        return None
    if any(word.casefold() in _ALSO_WORDS and not word.isupper() for word in _WORD.findall(text)):
        return None
    return _price_or_chart(words, currencies) or _conversion(text, words, currencies)


def with_short_ranges(text: str) -> str:
    """Return a text in small letters with "7 days" written "7d"."""
    return _LONG_RANGE.sub(r"\1\2", text)


def _is_beside_the_point(word: str, currencies: Collection[str]) -> bool:
    """Return whether a word stands in no question about a price; nearly every other question has one early on."""
    if word in _KNOWN or not word.isalpha():
        return False
    try:
        parse_unit(word, currencies=currencies)
    except UnknownUnit:
        return True
    return False


def _price_or_chart(words: Sequence[str], currencies: Collection[str]) -> PriceQuestion | None:
    is_chart = bool(_CHART & {*words})
    units: list[str] = []
    for word in words:
        if word in _AROUND | _PRICE | _WORTH | _CHART or (is_chart and word in RANGES):
            continue
        try:
            units.append(parse_unit(word, currencies=currencies))
        except UnknownUnit:
            return None
    fiat = {unit for unit in units if unit != BTC}
    if len(fiat) > 1 or (_counts_one(words, currencies) and not is_chart) or fiat & {*BITCOIN_UNITS}:
        return None
    argument = " ".join(fiat)
    has_bitcoin = BTC in units
    if is_chart and has_bitcoin:
        reach = next((word for word in words if word in RANGES), "")
        return PriceQuestion(command="chart", argument=f"{reach} {argument}".strip())
    asks = bool(_PRICE & {*words}) if has_bitcoin else "price" in words
    is_worth = any(word.startswith("what") for word in words[:2]) and bool((_WORTH | {"at"}) & {*words})
    asks_worth = has_bitcoin and (_starts(words, "how", "much") or is_worth)
    is_pair = has_bitcoin and bool(fiat) and units[0] == BTC and len(words) <= 3
    return PriceQuestion(command="price", argument=argument) if asks or asks_worth or is_pair else None


def _counts_one(words: Sequence[str], currencies: Collection[str]) -> bool:
    """Return whether one unit of a currency is asked about: "1 usd", "a dollar", "$1"."""
    pairs = itertools.pairwise(words)
    return any(
        (before in _ONE and _is_fiat(after, currencies)) or (after == "1" and _is_fiat(before, currencies))
        for before, after in pairs
    )


def _is_fiat(word: str, currencies: Collection[str]) -> bool:
    try:
        return parse_unit(word, currencies=currencies) not in BITCOIN_UNITS
    except UnknownUnit:
        return False


def _conversion(text: str, words: Sequence[str], currencies: Collection[str]) -> PriceQuestion | None:
    counts = words[0] == "convert" or _starts(words, "how", "much") or _starts(words, "how", "many")
    if _DEEDS & {*words} and not counts:
        return None
    try:
        found = parse_conversion(text, currencies=currencies)
    except (NotAnAmount, UnknownUnit):
        return None
    if _STANDS_AT.search(folded(text)):
        asks = words[0] == "is" and found.source not in BITCOIN_UNITS and found.target == BTC
        return PriceQuestion(command="price", argument=found.source) if asks else None
    return PriceQuestion(command="convert", argument=text) if _is_asked(found, words) else None


def _is_asked(found: Conversion, words: Sequence[str]) -> bool:
    """Return whether a conversion has a bitcoin side and either both units or words that ask."""
    if found.target:
        return bool({found.source, found.target} & {*BITCOIN_UNITS})
    has_number = any(word[0].isdigit() for word in words)
    return has_number and (words[0] == "convert" or _starts(words, "how", "much") or bool((_PRICE | _WORTH) & {*words}))


def _starts(words: Sequence[str], *start: str) -> bool:
    return tuple(words[: len(start)]) == start
