"""Which sources there are, what they are asked, and what the operator decides."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from babel.numbers import list_currencies
from pydantic import SecretStr

from bot.errors import SetupError
from bot.prices.failures import BadReply, SourceFault
from bot.prices.sources.catalogue import DEFAULT_NAMES, NAMES
from bot.prices.sources.token_metrics import read_price
from tests.prices import faults
from tests.prices.conftest import Desk
from tests.prices.exchange_server import ExchangeServer

RECEIVED = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


async def test_every_source_answers_for_each_of_its_pairs(desk: Desk, exchanges: ExchangeServer) -> None:
    sources = desk.sources(enabled=NAMES, keys={"token_metrics": SecretStr("key")})
    assert len(sources.prices) == 9
    for source in sources.prices:
        for currency in source.currencies & {*exchanges.prices}:
            quote = await source.quote(currency)
            assert quote.amount == pytest.approx(exchanges.prices[currency], abs=1)
            assert (quote.currency, quote.source) == (currency, source.title)


async def test_source_that_is_switched_off_is_not_there(desk: Desk) -> None:
    assert [source.title for source in desk.sources(enabled=("gemini", "kraken")).prices] == ["Kraken", "Gemini"]
    assert [source.title for source in desk.sources(enabled=("gemini", "kraken")).candles] == ["Kraken"]
    assert "token_metrics" not in DEFAULT_NAMES


async def test_candles_are_tried_at_kraken_first(desk: Desk) -> None:
    assert [source.title for source in desk.sources().candles] == ["Kraken", "Coinbase", "Bitstamp", "Bitfinex"]


async def test_wrong_setup_is_told_in_a_sentence(desk: Desk) -> None:
    with pytest.raises(SetupError, match="'krakn'"):
        desk.sources(enabled=("krakn",))
    with pytest.raises(SetupError, match="'binance'"):
        desk.sources(addresses={"binance": "https://example.org"})
    with pytest.raises(SetupError, match="needs a key"):
        desk.sources(enabled=("token_metrics",))


async def test_key_goes_into_the_header_and_nowhere_else(
    desk: Desk, exchanges: ExchangeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    [source] = desk.sources(enabled=("coingecko",), keys={"coingecko": SecretStr("cg-secret")}).prices
    await source.quote("EUR")
    assert exchanges.headers["coingecko"]["x-cg-demo-api-key"] == "cg-secret"
    exchanges.answers["coingecko"] = faults.cut
    with pytest.raises(SourceFault) as failure:
        await source.quote("EUR")
    assert failure.value.__cause__ is None
    assert "cg-secret" not in f"{failure.value!r} {source!r} {caplog.text}"


async def test_currencies_are_iso_4217_codes(desk: Desk) -> None:
    known = list_currencies()
    for source in desk.sources().prices:
        assert source.currencies <= known


async def test_coinbase_gives_the_price_even_without_its_24_hour_figures(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.rewrites["coinbase"] = lambda document: (
        {} if isinstance(document, dict) and "open" in document else document
    )
    [source] = desk.sources(enabled=("coinbase",)).prices
    quote = await source.quote("USD")
    assert (quote.amount, quote.change_24h) == (Decimal(81_420), None)


async def test_high_and_low_of_kraken_are_those_of_24_hours(desk: Desk) -> None:
    """The first figure of each pair is since midnight."""
    [source] = desk.sources(enabled=("kraken",)).prices
    quote = await source.quote("USD")
    assert (quote.high_24h, quote.low_24h) == (Decimal("82234.2"), Decimal("80605.8"))


async def test_bid_above_the_ask_is_refused(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.answers["kraken"] = faults.says(
        {
            "error": [],
            "result": {
                "XXBTZUSD": {
                    "a": ["81400.0", "1", "1"],
                    "b": ["81402.0", "1", "1"],
                    "c": ["81401.0", "1"],
                    "v": ["1", "1"],
                    "l": ["81000.0", "81000.0"],
                    "h": ["82000.0", "82000.0"],
                }
            },
        }
    )
    [source] = desk.sources(enabled=("kraken",)).prices
    with pytest.raises(BadReply, match="above"):
        await source.quote("USD")


async def test_currency_that_mempool_does_not_know_is_refused(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.prices["CHF"] = Decimal(-1)
    [source] = desk.sources(enabled=("mempool",)).prices
    with pytest.raises(BadReply):
        await source.quote("CHF")
    assert (await source.quote("EUR")).amount == Decimal(70_840)


def test_token_of_another_id_is_not_bitcoin() -> None:
    token = {"TOKEN_ID": 3306, "TOKEN_NAME": "Ether", "TOKEN_SYMBOL": "ETH", "CURRENT_PRICE": 4000}
    with pytest.raises(BadReply):
        read_price("USD", {"success": True, "data": [token]}, RECEIVED)
    bitcoin = token | {"TOKEN_ID": 3375, "TOKEN_SYMBOL": "BTC"}
    with pytest.raises(BadReply):
        read_price("USD", {"success": False, "data": [bitcoin]}, RECEIVED)
