"""Numbers and units as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prices.amounts import NotAnAmount, UnknownUnit, parse_number, parse_unit

SERVED = {"USD", "EUR", "GBP", "CHF", "JPY", "PLN"}


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("50", ("50",)),
        ("0.1", ("0.1",)),
        ("0,1", ("0.1",)),
        (".5", ("0.5",)),
        ("0.", ("0",)),
        ("1.000,50", ("1000.50",)),
        ("1,000.50", ("1000.50",)),
        ("1'000.50", ("1000.50",)),
        ("1’000", ("1000",)),
        ("1 000,5", ("1000.5",)),
        ("1,000,000", ("1000000",)),
        ("1.000.000", ("1000000",)),
        ("1.000", ("1.000", "1000")),
        ("1,000", ("1.000", "1000")),
        ("12.345", ("12.345", "12345")),
        ("123,456", ("123.456", "123456")),
        ("0.100", ("0.100",)),
        ("0,001", ("0.001",)),
        ("1234.567", ("1234.567",)),
        ("1.0000", ("1.0000",)),
        ("1,00", ("1.00",)),
        ("٥٠", ("50",)),
        ("１２", ("12",)),
        ("0.12345678", ("0.12345678",)),
    ],
)
def test_number_is_read(text: str, readings: tuple[str, ...]) -> None:
    assert parse_number(text) == tuple(Decimal(reading) for reading in readings)


@pytest.mark.parametrize(
    "text", ["", ".", ",", "1.2.3", "1,23,45", "1,000.000.000", "1.000,000,0", "1..2", "9" * 31, "abc", "1e5", "-1"]
)
def test_broken_number_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_number(text)


@given(st.text("0123456789.,' ", max_size=40))
def test_any_row_of_digits_and_marks_is_read_or_refused(text: str) -> None:
    try:
        readings = parse_number(text)
    except NotAnAmount:
        return
    assert 1 <= len(readings) <= 2
    assert all(reading.is_finite() and reading >= 0 for reading in readings)


@given(st.integers(0, 10**12), st.integers(0, 10**8 - 1))
def test_written_number_is_read_back(whole: int, part: int) -> None:
    amount = Decimal(whole) + Decimal(part) / 10**8
    assert parse_number(f"{amount:,.8f}") == (amount,)


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("btc", "BTC"),
        ("XBT", "BTC"),
        ("₿", "BTC"),
        ("Bitcoin", "BTC"),
        ("mBTC", "mBTC"),
        ("sat", "sats"),
        ("Satoshis", "sats"),
        ("$", "USD"),
        ("usd", "USD"),
        ("Dollars", "USD"),
        ("€", "EUR"),
        ("euros", "EUR"),
        ("£", "GBP"),
        ("¥", "JPY"),
        ("zł", "PLN"),
        (" chf ", "CHF"),
    ],
)
def test_unit_is_known(word: str, unit: str) -> None:
    assert parse_unit(word, currencies=SERVED) == unit


@pytest.mark.parametrize("word", ["doge", "SEK", "₹", "", "usdt", "x" * 500])
def test_unit_that_is_not_served_is_named_shortly(word: str) -> None:
    with pytest.raises(UnknownUnit) as refused:
        parse_unit(word, currencies=SERVED)
    assert refused.value.unit == word[:20]
