"""What somebody wants converted, and what comes of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prices.amounts import NotAnAmount, UnknownUnit
from bot.prices.conversion import converted, parse_conversion

SERVED = {"USD", "EUR", "GBP", "CHF", "JPY", "PLN"}
PRICE = Decimal(81_420)


@pytest.mark.parametrize(
    ("text", "readings", "source", "target"),
    [
        ("0.1 btc eur", "0.1", "BTC", "EUR"),
        ("0,1btc in €", "0.1", "BTC", "EUR"),
        ("1k usd", "1000", "USD", ""),
        ("$50", "50", "USD", ""),
        ("50€", "50", "EUR", ""),
        ("€ 50", "50", "EUR", ""),
        ("€ 50 btc", "50", "EUR", "BTC"),
        ("$1.5m in btc", "1500000", "USD", "BTC"),
        ("50 usd sats", "50", "USD", "sats"),
        ("1.000,50 eur", "1000.50", "EUR", ""),
        ("1.000 btc eur", "1.000 1000", "BTC", "EUR"),
        ("$ 1,000", "1.000 1000", "USD", ""),
        ("1.000k usd", "1000 1000000", "USD", ""),
        ("1,500 sats", "1500", "sats", ""),
        ("1,000 sats", "1.000 1000", "sats", ""),
        ("1 000,50 € in btc", "1000.50", "EUR", "BTC"),
        ("1mbtc", "1", "mBTC", ""),
        ("btc", "1", "BTC", ""),
        ("usd to sats", "1", "USD", "sats"),
        ("how much is 50 usd in sats", "50", "USD", "sats"),
        ("How many sats is 50 USD?", "50", "USD", "sats"),
        ("how many sats in a dollar", "1", "USD", "sats"),
        ("sats per dollar", "1", "USD", "sats"),
        ("what's 0.5 BTC worth in dollars?", "0.5", "BTC", "USD"),
        ("how much is a bitcoin in euros", "1", "BTC", "EUR"),
        ("1 btc = ? usd", "1", "BTC", "USD"),
        ("btc/usd", "1", "BTC", "USD"),
        ("us$ 20", "20", "USD", ""),
        ("٥٠ usd", "50", "USD", ""),
        ("50 usd eur", "50", "USD", "EUR"),
        ("50 us dollars in btc", "50", "USD", "BTC"),
        ("20 Swiss francs", "20", "CHF", ""),
        ("1000000 sats → usd", "1000000", "sats", "USD"),
        ("1000000 sats -> usd", "1000000", "sats", "USD"),
        ("1,00,000 usd", "100000", "USD", ""),
        ("12,34,567.50 usd", "1234567.50", "USD", ""),
        ("100000000000000000000000000000 sats usd", "100000000000000000000000000000", "sats", "USD"),
    ],
)
def test_sloppy_words_are_understood(text: str, readings: str, source: str, target: str) -> None:
    found = parse_conversion(text, currencies=SERVED)
    assert found.readings == tuple(Decimal(reading) for reading in readings.split())
    assert (found.source, found.target) == (source, target)


@pytest.mark.parametrize(
    "text",
    ["", "0.1", "1k", "-5 usd", "0 btc", "0.00 usd", "5 % btc", "1.2.3 btc", "1 btc 2 eur", "1 btc eur chf", "usd",
     "5²btc usd", "½ btc", "1,00,00 usd",
     "btc " * 100, "9" * 40 + " btc"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_conversion(text, currencies=SERVED)


@pytest.mark.parametrize(("text", "unit"), [("5 doge eur", "doge"), ("1e5 btc", "e"), ("hello", "hello")])
def test_unknown_unit_is_named(text: str, unit: str) -> None:
    with pytest.raises(UnknownUnit) as refused:
        parse_conversion(text, currencies=SERVED)
    assert refused.value.unit == unit


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        found = parse_conversion(text, currencies=SERVED)
    except (NotAnAmount, UnknownUnit):
        return
    assert found.readings
    assert all(reading > 0 for reading in found.readings)


@pytest.mark.parametrize(
    ("amount", "source", "target", "result"),
    [
        ("0.1", "BTC", "USD", "8142"),
        ("50", "USD", "sats", "61410"),
        ("50", "USD", "BTC", "0.00061410"),
        ("50", "USD", "mBTC", "0.61410"),
        ("1", "BTC", "sats", "100000000"),
        ("1", "sats", "BTC", "0.00000001"),
        ("1", "mBTC", "USD", "81.42"),
        ("0.12345678", "BTC", "sats", "12345678"),
        ("21000000", "BTC", "sats", "2100000000000000"),
    ],
)
def test_amount_is_converted(amount: str, source: str, target: str, result: str) -> None:
    assert converted(Decimal(amount), source=source, target=target, price=PRICE) == Decimal(result)


@pytest.mark.parametrize(
    ("amount", "source"), [("21000000.00000001", "BTC"), ("2100000000000001", "sats"), ("1709820000001", "USD")]
)
def test_more_than_all_bitcoin_is_refused(amount: str, source: str) -> None:
    with pytest.raises(NotAnAmount):
        converted(Decimal(amount), source=source, target="EUR", price=PRICE)


@given(st.integers(1, 21 * 10**14))
def test_sats_survive_the_way_through_btc_and_back(sats: int) -> None:
    bitcoin = converted(Decimal(sats), source="sats", target="BTC", price=PRICE)
    assert converted(bitcoin, source="BTC", target="sats", price=PRICE) == sats
