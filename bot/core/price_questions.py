"""Notices plain questions that a price command answers: "btc price?", "how much is 50 usd in sats".

Why a price is what it is belongs to the curated answers, so each word must be one that a plain question has.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.prices.amounts import BITCOIN_UNITS, BTC, NotAnAmount, UnknownUnit, folded, parse_unit
from bot.prices.conversion import LONGEST_TEXT, Conversion, parse_conversion

_PRICE = frozenset({"price", "prices", "quote", "rate", "ticker"})
_WORTH = frozenset({"cost", "costs", "value", "worth"})
"""Words that ask for a price only behind "what" or "how much": "is it worth it" does not."""

_CHART = frozenset({"chart", "charts", "graph"})
_RANGES = frozenset({"24h", "7d", "30d", "1y"})
_AROUND_WORDS = """
1 a an and at can check current currently does exchange for give how in is latest live market me moment much now of on
one please right s show spot tell the this time to today today's todays trading us what what's whats you
"""
_AROUND = frozenset(_AROUND_WORDS.split())
_DEEDS = frozenset({"buy", "can", "convert", "do", "does", "get"})
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?|[$€£¥₹₩₺₴₦₱₫₿]")


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
    words = _WORD.findall(folded(text))
    if not words:
        return None
    return _price_or_chart(words, currencies) or _conversion(text, words, currencies)


def _price_or_chart(words: Sequence[str], currencies: Collection[str]) -> PriceQuestion | None:
    units: list[str] = []
    for word in words:
        if word in _AROUND | _PRICE | _WORTH | _CHART | _RANGES:
            continue
        try:
            units.append(parse_unit(word, currencies=currencies))
        except UnknownUnit:
            return None
    fiat = {unit for unit in units if unit != BTC}
    if len(fiat) > 1 or fiat & {*BITCOIN_UNITS}:
        return None
    argument = " ".join(fiat)
    has_bitcoin = BTC in units
    if _CHART & {*words} and has_bitcoin:
        reach = " ".join(_RANGES & {*words})
        return PriceQuestion(command="chart", argument=f"{reach} {argument}".strip())
    asks = bool(_PRICE & {*words}) if has_bitcoin else "price" in words
    asks_worth = has_bitcoin and (_starts(words, "how", "much") or (words[0].startswith("what") and _WORTH & {*words}))
    is_pair = has_bitcoin and bool(fiat) and units[0] == BTC and len(words) <= 3
    return PriceQuestion(command="price", argument=argument) if asks or asks_worth or is_pair else None


def _conversion(text: str, words: Sequence[str], currencies: Collection[str]) -> PriceQuestion | None:
    counts = words[0] == "convert" or _starts(words, "how", "much") or _starts(words, "how", "many")
    if _DEEDS & {*words} and not counts:
        return None
    try:
        found = parse_conversion(text, currencies=currencies)
    except (NotAnAmount, UnknownUnit):
        return None
    return PriceQuestion(command="convert", argument=text) if _is_asked(found, words) else None


def _is_asked(found: Conversion, words: Sequence[str]) -> bool:
    """Return whether a conversion has a bitcoin side and either both units or words that ask."""
    if found.target:
        return bool({found.source, found.target} & {*BITCOIN_UNITS})
    has_number = any(word[0].isdigit() for word in words)
    return has_number and (words[0] == "convert" or _starts(words, "how", "much") or bool((_PRICE | _WORTH) & {*words}))


def _starts(words: Sequence[str], *start: str) -> bool:
    return tuple(words[: len(start)]) == start
