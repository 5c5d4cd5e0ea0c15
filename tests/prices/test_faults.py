"""Everything that a price service has been seen to do wrong: it costs that service, never the price."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from aiohttp import web

from bot.errors import PriceUnavailable
from tests.prices import faults
from tests.prices.conftest import Desk, settled
from tests.prices.exchange_server import Answer, ExchangeServer
from tests.prices.payloads import Json

VOTERS = ("coinbase", "kraken", "bitstamp", "bitfinex", "gemini")
TITLES = {"mempool": "mempool.space", "coinbase_v2": "Coinbase spot rates", "coingecko": "CoinGecko"}

ANSWERS: dict[str, Answer] = {
    "stall": faults.stall,
    "slow drip": faults.drip,
    "cut body": faults.cut,
    "10 MB": faults.flood,
    "redirect": faults.redirect,
    "HTML": faults.html,
    "deep nesting": faults.deep,
    "429": faults.status(429),
    "429 with Retry-After": faults.status(429, Retry_After="7"),
    "429 with a date": faults.status(429, Retry_After="Sun, 22 Nov 2026 14:06:00 GMT"),
    "429 with nonsense": faults.status(429, Retry_After="soon"),
    "429 with a date in no calendar": faults.status(429, Retry_After="Wed, 21 Oct 99999999999 07:28:00 GMT"),
    "400": faults.status(400),
    "401": faults.status(401),
    "403": faults.status(403),
    "404": faults.status(404),
    "418": faults.status(418),
    "451": faults.status(451),
    "500": faults.status(500),
    "502": faults.status(502),
    "520": faults.status(520),
    "204": faults.status(204),
    "an error in a 200": faults.says({"error": ["EService:Unavailable"]}),
    "an unknown pair in a 200": faults.says({"error": ["EQuery:Unknown asset pair"]}),
    "an error list in a 200": faults.says(["error", 20060, "maintenance"]),
    "an error object in a 200": faults.says({"result": "error", "reason": "RateLimit", "message": "slow down"}),
    "an error with a status in a 200": faults.says({"status": "error", "reason": "slow down", "code": "400.002"}),
    "a message in a 200": faults.says({"message": "NotFound"}),
    "null": faults.says(None),
    "a number": faults.says(81_420),
    "an empty object": faults.says({}),
    "an empty list": faults.says([]),
}

FIGURES: dict[str, Callable[[faults.Leaf], Json]] = {
    "null": lambda _: None,
    "NaN": lambda _: float("nan"),
    "NaN as a string": lambda _: "NaN",
    "infinity": lambda _: float("inf"),
    "infinity as a string": lambda _: "Infinity",
    "negative": lambda leaf: f"-{leaf}",
    "zero": lambda _: 0,
    "zero as a string": lambda _: "0.00000000",
    "minus one": lambda _: -1,
    "truth": lambda _: True,
    "empty string": lambda _: "",
    "words": lambda _: "n/a",
    "a list": lambda leaf: [leaf],
    "an object": lambda leaf: {"amount": leaf},
    "huge": lambda _: "1e999999",
    "tiny": lambda _: "1e-999999",
    "a moment before all time": lambda _: "0001-01-01T00:00:00+14:00",
    "a moment after all time": lambda _: "9999-12-31T23:59:59-14:00",
    "very many digits": lambda _: "9" * 5000,
    "off by 2 %": faults.times("1.02"),
    "off by 100": faults.times("100"),
    "off by a hundredth": faults.times("0.01"),
}


@pytest.mark.parametrize("name", VOTERS)
@pytest.mark.parametrize("fault", ANSWERS)
async def test_exchange_that_answers_wrongly_is_left_out(
    desk: Desk, exchanges: ExchangeServer, fault: str, name: str
) -> None:
    exchanges.answers = {name: ANSWERS[fault]}
    await _expect_price_without(desk, name)


@pytest.mark.parametrize("name", VOTERS)
@pytest.mark.parametrize("fault", FIGURES)
async def test_exchange_with_spoilt_figures_is_left_out(
    desk: Desk, exchanges: ExchangeServer, fault: str, name: str
) -> None:
    exchanges.rewrites = {name: faults.each_figure(FIGURES[fault])}
    await _expect_price_without(desk, name)


@pytest.mark.parametrize("name", TITLES)
@pytest.mark.parametrize("fault", [*ANSWERS, *FIGURES])
async def test_aggregate_that_fails_is_left_out(desk: Desk, exchanges: ExchangeServer, fault: str, name: str) -> None:
    exchanges.answers = dict.fromkeys(VOTERS, faults.status(503))
    if fault in ANSWERS:
        exchanges.answers[name] = ANSWERS[fault]
    else:
        exchanges.rewrites = {name: faults.each_figure(FIGURES[fault])}
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    quote = await ticker.quote("USD")
    if fault == "off by 2 %":
        # Aggregates compute at different moments: two per cent apart they still confirm one another.
        assert quote.amount == Decimal(81_420)
        return
    assert set(quote.sources) == {*TITLES.values()} - {TITLES[name]}
    assert quote.amount == Decimal(81_420)


@pytest.mark.parametrize("name", [*VOTERS, *TITLES])
async def test_strings_for_numbers_and_numbers_for_strings_are_understood(
    desk: Desk, exchanges: ExchangeServer, name: str
) -> None:
    if name in TITLES:
        exchanges.answers = dict.fromkeys(VOTERS, faults.status(503))
    exchanges.rewrites = {name: faults.each_figure(faults.swapped)}
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    quote = await ticker.quote("USD")
    assert TITLES.get(name, name.capitalize()) in quote.sources


@pytest.mark.parametrize("name", VOTERS)
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://no-such-host.invalid", "http://[::1]:1", "nonsense:"]
)
async def test_exchange_that_cannot_be_reached_is_left_out(desk: Desk, name: str, address: str) -> None:
    ticker = await desk.ticker(addresses={name: address})
    await ticker.quote("USD")
    await settled()
    assert name.capitalize() not in (await ticker.quote("USD")).sources


@pytest.mark.parametrize("fault", ANSWERS)
async def test_no_price_is_shown_when_all_sources_answer_wrongly(
    desk: Desk, exchanges: ExchangeServer, fault: str
) -> None:
    exchanges.everyone(ANSWERS[fault])
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker()).quote("USD")


@pytest.mark.parametrize("fault", [fault for fault in FIGURES if not fault.startswith("off")])
async def test_no_price_is_shown_when_all_figures_are_spoilt(desk: Desk, exchanges: ExchangeServer, fault: str) -> None:
    exchanges.rewrites = dict.fromkeys([*VOTERS, *TITLES], faults.each_figure(FIGURES[fault]))
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker()).quote("USD")


async def test_missing_field_costs_the_exchange_its_vote(desk: Desk, exchanges: ExchangeServer) -> None:
    """Whichever field of a ticker is gone, the price is either right or another's."""
    for name, path in {"bitstamp": "/api/v2/ticker/btcusd/", "gemini": "/v2/ticker/btcusd"}.items():
        whole = exchanges.document(name, path, {})
        assert isinstance(whole, dict)
        for missing in ("bid", "ask", "last" if name == "bitstamp" else "close"):
            part: Json = {key: value for key, value in whole.items() if key != missing}
            exchanges.answers = {name: faults.says(part)}
            ticker = await desk.ticker()
            await ticker.quote("USD")
            await settled()
            assert name.capitalize() not in (await ticker.quote("USD")).sources


async def test_redirect_is_not_followed(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.answers = {"kraken": faults.redirect}
    await (await desk.ticker()).quote("USD")
    await settled()
    assert not exchanges.requests["elsewhere"]


async def test_own_name_is_told_to_every_service(desk: Desk, exchanges: ExchangeServer) -> None:
    await (await desk.ticker()).quote("USD")
    assert exchanges.headers["kraken"]["User-Agent"].startswith("btc-safety-bot")


async def test_right_answer_in_ten_megabytes_is_not_read(desk: Desk, exchanges: ExchangeServer) -> None:
    async def pad(request: web.Request) -> web.StreamResponse:
        document = exchanges.document("gemini", "/v2/ticker/btcusd", {})
        return web.Response(text=json.dumps(document) + " " * 10_000_000)

    exchanges.answers = {"gemini": pad}
    await _expect_price_without(desk, "gemini")


async def test_no_price_is_shown_when_all_exchanges_agree_on_an_absurd_one(
    desk: Desk, exchanges: ExchangeServer
) -> None:
    exchanges.prices["USD"] = Decimal(814)
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker()).quote("USD")


async def test_numbers_are_read_exactly(desk: Desk, exchanges: ExchangeServer) -> None:
    digits = "81420.12345678901234567"

    async def answer(request: web.Request) -> web.StreamResponse:
        row = f'["tBTCUSD",{digits},1,{digits},1,1,0.01,{digits},1,81500,81300]'
        return web.Response(text=f"[{row}]")

    exchanges.answers = {"bitfinex": answer}
    [source] = desk.sources(enabled=("bitfinex",)).prices
    assert (await source.quote("USD")).amount == Decimal(digits)


async def _expect_price_without(desk: Desk, name: str) -> None:
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    quote = await ticker.quote("USD")
    assert {title.lower() for title in quote.sources} == {*VOTERS} - {name}
    assert quote.amount == Decimal(81_420)
