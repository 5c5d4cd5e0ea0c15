"""Amounts, prices, changes and moments as a language writes them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.prices.wording import amount_text, change_text, moment_text, price_text

MOMENT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "unit", "language", "text"),
    [
        ("0.10000000", "BTC", "en", "0.1 BTC"),
        ("0.00000001", "BTC", "en", "0.00000001 BTC"),
        ("0.12345678", "BTC", "de", "0,12345678 BTC"),
        ("21000000", "BTC", "en", "21,000,000 BTC"),
        ("61410", "sats", "en", "61,410 sats"),
        ("1", "sats", "en", "1 sat"),
        ("61410", "sats", "de", "61.410 sats"),
        ("0.61410", "mBTC", "en", "0.6141 mBTC"),
        ("8142", "USD", "en", "$8,142.00"),
        ("73285.456", "EUR", "de", "73.285,46\xa0€"),
        ("12778306.4", "JPY", "en", "¥12,778,306"),
        ("99.9994", "KWD", "en", "KWD99.999"),
        ("0.0008142", "USD", "en", "$0.000814"),
        ("50", "USD", "no such language", "$50.00"),
        ("50", "USD", "", "$50.00"),
    ],
)
def test_amount(amount: str, unit: str, language: str, text: str) -> None:
    assert amount_text(Decimal(amount), unit, language=language) == text


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        ("81420.445", "USD", "en", "$81,420"),
        ("70842.5", "EUR", "de", "70.842\xa0€"),
        ("12778306.5", "JPY", "ja", "￥12,778,306"),
        ("999.5", "USD", "en", "$999.50"),
    ],
)
def test_price_of_one_bitcoin(amount: str, currency: str, language: str, text: str) -> None:
    assert price_text(Decimal(amount), currency, language=language) == text


@pytest.mark.parametrize(
    ("percent", "text"),
    [("0.69", "▲ 0.7 %"), ("-5.84", "▼ 5.8 %"), ("0.04", "± 0.0 %"), ("-0.04", "± 0.0 %"), ("1234", "▲ 1,234.0 %")],
)
def test_change(percent: str, text: str) -> None:
    assert change_text(Decimal(percent), language="en") == text


def test_moment_is_stated_in_utc() -> None:
    assert moment_text(MOMENT, language="en") == "22 Nov 14:05 UTC"
    assert moment_text(MOMENT, language="en", year=True) == "22 Nov 2026 14:05 UTC"
