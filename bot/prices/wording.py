"""Amounts, changes and moments as they are written in a language. Babel knows no bitcoin, so that is done here."""

import re
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision

from bot.prices.amounts import BTC, MBTC, SATS

WHOLE_FROM = 1000
"""Prices of one bitcoin from this amount on are written without the hundredths, which nobody reads."""

_DECIMALS = {BTC: 8, MBTC: 5, SATS: 0}
_SIGNIFICANT = 3
_HUNDREDTHS = re.compile(r"\.0+")


def amount_text(amount: Decimal, unit: str, *, language: str) -> str:
    """Return an amount with its unit: BTC to 8 digits with zeros cut, sats whole, fiat as its country writes it.

    Fiat amounts under the smallest coin keep three significant digits, so that one sat is not worth nothing.

    Args:
        amount: in `unit`.
        unit: BTC, mBTC, sats or an ISO 4217 code.
        language: a BCP 47 tag; English where it is unknown.
    """
    locale = _locale(language)
    if unit in _DECIMALS:
        rounded = _rounded(amount, _DECIMALS[unit])
        name = "sat" if unit == SATS and rounded == 1 else unit
        return f"{format_decimal(rounded, format='#,##0.########', locale=locale)} {name}"
    digits = get_currency_precision(unit)
    if 0 < amount < Decimal(1).scaleb(-digits):
        fine = _rounded(amount, _SIGNIFICANT - 1 - amount.adjusted())
        return format_currency(fine, unit, locale=locale, decimal_quantization=False)
    return format_currency(_rounded(amount, digits), unit, locale=locale)


def price_text(amount: Decimal, currency: str, *, language: str) -> str:
    """Return the price of one bitcoin, in whole units from `WHOLE_FROM` on ("$81,420")."""
    locale = _locale(language)
    if amount < WHOLE_FROM:
        return amount_text(amount, currency, language=language)
    pattern = _HUNDREDTHS.sub("", locale.currency_formats["standard"].pattern)
    return format_currency(_rounded(amount, 0), currency, format=pattern, locale=locale, currency_digits=False)


def change_text(percent: Decimal, *, language: str) -> str:
    """Return a change with an arrow ("▲ 0.7 %"), or "± 0.0 %" where it rounds to nothing."""
    rounded = _rounded(percent, 1)
    arrow = "▲" if rounded > 0 else "▼" if rounded < 0 else "±"
    return f"{arrow} {format_decimal(abs(rounded), format='#,##0.0', locale=_locale(language))} %"


def moment_text(moment: datetime, *, language: str, year: bool = False) -> str:
    """Return a moment (aware UTC) as "22 Nov 14:05 UTC"; a message is read hours later, so an age would lie."""
    form = "d MMM y HH:mm" if year else "d MMM HH:mm"
    return f"{format_datetime(moment, form, locale=_locale(language))} UTC"


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def _rounded(amount: Decimal, digits: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
