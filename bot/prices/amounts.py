"""Numbers and units as people type them: "0,1", "1.000,50", "€", "sats", "dollars"."""

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal

BTC, MBTC, SATS = "BTC", "mBTC", "sats"
BITCOIN_UNITS = {BTC: Decimal(1), MBTC: Decimal("0.001"), SATS: Decimal("0.00000001")}
"""How many BTC one of each unit is."""

MOST_BTC = Decimal(21_000_000)
LONGEST_NUMBER = 30

_WORDS = {
    **dict.fromkeys(("btc", "xbt", "bitcoin", "bitcoins", "₿"), BTC),
    **dict.fromkeys(("mbtc", "millibitcoin", "millibitcoins", "m₿"), MBTC),
    **dict.fromkeys(("sat", "sats", "satoshi", "satoshis"), SATS),
    **dict.fromkeys(("$", "us$", "dollar", "dollars", "buck", "bucks"), "USD"),
    **dict.fromkeys(("€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("£", "pound", "pounds", "quid", "sterling"), "GBP"),
    **dict.fromkeys(("¥", "yen"), "JPY"),
    **dict.fromkeys(("franc", "francs", "sfr"), "CHF"),
    **dict.fromkeys(("₹", "rupee", "rupees"), "INR"),
    **dict.fromkeys(("zloty", "złoty", "zł"), "PLN"),
    "c$": "CAD",
    "a$": "AUD",
    "r$": "BRL",
    "₩": "KRW",
    "₺": "TRY",
    "₴": "UAH",
    "₦": "NGN",
    "₱": "PHP",
    "₫": "VND",
}
_SAME_MARKS = str.maketrans({"٫": ".", "٬": "'", "’": "'", "‘": "'", "`": "'", "−": "-", "–": "-"})
_GROUPED = re.compile(r"\d{1,3}([.,' ])\d{3}(\1\d{3})*|\d{1,2}(,\d{2})+,\d{3}")
"""Digits in groups of three, or as in India of two before the last three."""

_COUNTRIES = {
    "us": "usd",
    "american": "usd",
    "canadian": "cad",
    "australian": "aud",
    "new zealand": "nzd",
    "singapore": "sgd",
    "hong kong": "hkd",
    "swiss": "chf",
    "british": "gbp",
    "indian": "inr",
    "japanese": "jpy",
}
_NAMED = re.compile(rf"\b({'|'.join(_COUNTRIES)}) (?:dollar|buck|franc|pound|rupee|yen)s?\b")
_NO_NUMBER = "\N{CURRENCY SIGN}"
"""Stands for a character that is called a number and is no digit, such as a small 2 above the line."""


class NotAnAmount(ValueError):
    """The text holds no amount that can be understood."""


class PartOfASat(NotAnAmount):
    """The amount of bitcoin is finer than its smallest piece."""


class UnknownUnit(ValueError):
    """A word stands where a currency belongs, and is none that is served.

    Attributes:
        unit: the word, 20 characters of it at most.
    """

    def __init__(self, unit: str) -> None:
        super().__init__("not a unit that is served")
        self.unit = unit[:20]


def folded(text: str) -> str:
    """Return the text in small letters, with ASCII digits, plain spaces, the usual marks and "us dollars" as "usd"."""
    if not text.isascii():
        plain = "".join(_NO_NUMBER if unicodedata.category(character) == "No" else character for character in text)
        text = "".join(map(_ascii_digit, unicodedata.normalize("NFKC", plain)))
    return _NAMED.sub(lambda named: _COUNTRIES[named[1]], text.casefold().translate(_SAME_MARKS))


def parse_unit(word: str, *, currencies: Collection[str]) -> str:
    """Return the unit that a word names: BTC, mBTC, sats or an ISO 4217 code.

    Args:
        word: a code, a sign or a name in any case.
        currencies: the ISO 4217 codes that are served.

    Raises:
        UnknownUnit: it is none that is served.
    """
    plain = folded(word).strip().removesuffix("'s")
    unit = _WORDS.get(plain, plain.upper())
    if unit in BITCOIN_UNITS or unit in currencies:
        return unit
    raise UnknownUnit(word.strip())


def parse_number(text: str) -> tuple[Decimal, ...]:
    """Return the one or two ways in which a number can be read, the one with decimals first.

    "1,000.50" and "1.000,50" are plain. "1.000" is one or one thousand. "0.100" and "1234.567" are plain, for nobody
    groups digits like that.

    Raises:
        NotAnAmount: separators stand in impossible places, or there are too many digits.
    """
    number = folded(text).strip().rstrip(".,'")
    if not number or len(number) > LONGEST_NUMBER:
        raise NotAnAmount("no number, or a very long one")
    whole, mark, part = _parted(number)
    if _GROUPED.fullmatch(whole):
        whole = "".join(character for character in whole if character.isdigit())
    if not (whole + part).isdigit():
        raise NotAnAmount("separators in impossible places")
    decimal = Decimal(f"{whole or 0}.{part or 0}") if mark else Decimal(whole)
    if mark and len(part) == 3 and re.fullmatch(r"[1-9]\d{0,2}", whole):
        return (decimal, Decimal(whole + part))
    return (decimal,)


def _parted(number: str) -> tuple[str, str, str]:
    """Return what stands before the decimal mark, the mark, and what stands behind; the mark may be missing."""
    marks = [character for character in number if not character.isdigit()]
    if not marks or marks[-1] not in ".," or marks.count(marks[-1]) > 1:
        return number, "", ""
    return number.rpartition(marks[-1])


def _ascii_digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
