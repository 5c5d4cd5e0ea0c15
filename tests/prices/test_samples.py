"""Real payloads, where they are at hand, run through the parsers of the endpoints that are called."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.prices.candles import Candle, Candles, Range, tidy
from bot.prices.failures import BadReply, SourceDown, SourceFault
from bot.prices.quote import VenueQuote
from bot.prices.sources import bitfinex, bitstamp, coinbase, coinbase_v2, coingecko, gemini, kraken, mempool

RECEIVED = datetime(2026, 9, 19, 19, 0, tzinfo=UTC)

QUOTES: dict[str, tuple[Callable[[object, datetime], VenueQuote], str]] = {
    "coinbase-ticker": (partial(coinbase.read_ticker, "USD"), "81423.445"),
    "kraken-ticker": (partial(kraken.read_ticker, "USD"), "81416.05"),
    "kraken-ticker-2026-09-03": (partial(kraken.read_ticker, "USD"), "77726.05"),
    "bitstamp-ticker": (partial(bitstamp.read_ticker, "USD"), "81425.155"),
    "bitfinex-tickers-v2": (partial(bitfinex.read_tickers, "USD"), "11712.5"),
    "gemini-ticker-v2": (partial(gemini.read_ticker, "USD"), "9115.865"),
    "mempool-prices": (partial(mempool.read_prices, "CHF"), "66928"),
    "coingecko-simple-price": (partial(coingecko.read_simple_price, "USD"), "76975"),
}

CANDLES: dict[str, tuple[Callable[[object, datetime], tuple[Candle, ...]], int]] = {
    "kraken-ohlc-1d": (kraken.read_rows, 20),
    "kraken-ohlc-1m": (kraken.read_rows, 4),
    "kraken-ohlc-1h-btcusdt": (kraken.read_rows, 6),
    "coinbase-candles-1d": (coinbase.read_rows, 32),
    "coinbase-candles-1m": (coinbase.read_rows, 10),
    "bitstamp-ohlc-1d": (bitstamp.read_rows, 20),
    "bitfinex-candles-1h": (bitfinex.read_rows, 1),
}

ERRORS: dict[str, tuple[Callable[[object, datetime], VenueQuote], type[Exception]]] = {
    "kraken-error-unknown-pair": (partial(kraken.read_ticker, "USD"), BadReply),
    "kraken-error-invalid-arguments": (partial(kraken.read_ticker, "USD"), BadReply),
    "kraken-error-unavailable": (partial(kraken.read_ticker, "USD"), SourceDown),
    "bitfinex-error-limit": (partial(bitfinex.read_tickers, "USD"), BadReply),
    "bitfinex-error-maintenance": (partial(bitfinex.read_tickers, "USD"), SourceDown),
    "bitfinex-error-ratelimit": (partial(bitfinex.read_tickers, "USD"), SourceDown),
    "bitfinex-error-ratelimit-object": (partial(bitfinex.read_tickers, "USD"), SourceDown),
    "coinbase-error-404": (partial(coinbase.read_ticker, "USD"), ValidationError),
    "coinbase-error-429": (partial(coinbase.read_ticker, "USD"), ValidationError),
    "coingecko-error-429": (partial(coingecko.read_simple_price, "USD"), SourceFault),
    "coinbase-v2-spot-eth": (partial(coinbase_v2.read_spot, "USD"), BadReply),
}


@pytest.mark.parametrize("name", QUOTES)
def test_real_quote_is_read(samples: Path, name: str) -> None:
    parse, amount = QUOTES[name]
    quote = parse(_payload(samples, name), RECEIVED)
    assert quote.amount == Decimal(amount)
    assert quote.as_of.utcoffset() == timedelta(0)


@pytest.mark.parametrize("name", CANDLES)
def test_real_candles_are_read(samples: Path, name: str) -> None:
    parse, count = CANDLES[name]
    rows = parse(_payload(samples, name), RECEIVED)
    assert len(rows) == count
    assert all(row.low <= min(row.open, row.close) <= max(row.open, row.close) <= row.high for row in rows)
    assert all(2015 < row.opened.year < 2030 for row in rows)


@pytest.mark.parametrize("name", ERRORS)
def test_real_error_is_no_quote(samples: Path, name: str) -> None:
    parse, error = ERRORS[name]
    with pytest.raises(error):
        parse(_payload(samples, name), RECEIVED)


def test_real_24_hour_figures_are_read(samples: Path) -> None:
    quote = coinbase.read_ticker("USD", _payload(samples, "coinbase-ticker"), RECEIVED)
    stats = coinbase.read_stats(_payload(samples, "coinbase-stats"), RECEIVED)
    change = coinbase.with_stats(quote, stats).change_24h
    assert change is not None
    assert round(change, 2) == Decimal("0.62")
    assert bitstamp.read_ticker("USD", _payload(samples, "bitstamp-ticker"), RECEIVED).change_24h == Decimal("0.71")
    fraction = bitfinex.read_tickers("USD", _payload(samples, "bitfinex-tickers-v2"), RECEIVED).change_24h
    assert fraction == Decimal("-0.09")


def test_real_daily_candles_of_three_venues_tell_the_same(samples: Path) -> None:
    """The column orders differ: a mistaken one would not agree with the others."""
    closes = []
    for name in ("kraken-ohlc-1d", "coinbase-candles-1d", "bitstamp-ohlc-1d"):
        parse, _ = CANDLES[name]
        rows = {row.opened: row for row in parse(_payload(samples, name), RECEIVED)}
        closes.append(rows[datetime(2026, 9, 3, tzinfo=UTC)])
    for field in ("open", "high", "low", "close"):
        figures = [getattr(row, field) for row in closes]
        assert max(figures) / min(figures) < Decimal("1.001")


def test_real_candles_that_are_cut_are_not_taken_for_a_year(samples: Path) -> None:
    rows = kraken.read_rows(_payload(samples, "kraken-ohlc-1d"), RECEIVED)
    with pytest.raises(BadReply):
        tidy(Candles(rows=rows, step=timedelta(days=1)), reach=Range.YEAR, currency="USD", now=RECEIVED)


def _payload(samples: Path, name: str) -> object:
    document: object = json.loads((samples / f"{name}.json").read_text(), parse_float=Decimal)
    return document
