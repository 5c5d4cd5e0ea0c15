"""One price from many exchanges: agreement, age, and what happens while sources are away."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.errors import PriceUnavailable
from bot.prices.quote import Basis
from bot.prices.sources.catalogue import NAMES
from bot.prices.ticker import Ticker
from tests.fakes import FakeClock
from tests.prices.conftest import Desk, settled
from tests.prices.exchange_server import ExchangeServer
from tests.prices.faults import stall, status
from tests.prices.payloads import Json

VOTERS = ("coinbase", "kraken", "bitstamp", "bitfinex", "gemini")


async def test_five_exchanges_give_their_median(desk: Desk, exchanges: ExchangeServer, clock: FakeClock) -> None:
    exchanges.factors = {"gemini": Decimal("1.004"), "kraken": Decimal("0.997"), "coinbase": Decimal("1.002")}
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    quote = await ticker.quote("USD")
    assert quote.amount == Decimal(81_420)
    assert quote.sources == ("Coinbase", "Kraken", "Bitstamp", "Bitfinex", "Gemini")
    assert (quote.currency, quote.basis, quote.old) == ("USD", Basis.MEDIAN, False)
    assert clock.now() - quote.as_of < timedelta(seconds=1)


async def test_change_is_the_median_of_the_venues_own_figures(desk: Desk) -> None:
    """Kraken's `o` is the price at midnight, and would say eleven per cent here."""
    ticker = await desk.ticker()
    await ticker.quote("EUR")
    await settled()
    quote = await ticker.quote("EUR")
    assert quote.change_24h == pytest.approx(Decimal("0.69"), abs=Decimal("0.0001"))
    assert quote.high_24h is not None
    assert quote.low_24h is not None
    assert quote.low_24h < quote.amount < quote.high_24h


async def test_three_that_agree_are_not_held_up_by_the_others(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.answers = {"gemini": stall, "bitfinex": stall}
    quote = await (await desk.ticker()).quote("USD")
    assert quote.sources == ("Coinbase", "Kraken", "Bitstamp")


async def test_two_that_agree_suffice_when_time_is_up(desk: Desk, exchanges: ExchangeServer, clock: FakeClock) -> None:
    exchanges.answers = dict.fromkeys(("gemini", "bitfinex", "coinbase"), stall)
    sources = desk.sources(enabled=VOTERS).prices
    ticker = Ticker(sources=sources, now=clock.now, clock=clock.seconds, limit_s=0.2)
    assert (await ticker.quote("USD")).sources == ("Kraken", "Bitstamp")


async def test_two_colluding_outliers_that_come_first_are_outvoted(desk: Desk, exchanges: ExchangeServer) -> None:
    liars_have_spoken = asyncio.Event()
    exchanges.factors = {"coinbase": Decimal("1.5"), "kraken": Decimal("1.5")}

    async def lie(request: web.Request) -> web.StreamResponse:
        if exchanges.requests["kraken"] and exchanges.requests["coinbase"] == 2:
            liars_have_spoken.set()
        return await exchanges.answer(request)

    async def late(request: web.Request) -> web.StreamResponse:
        await liars_have_spoken.wait()
        return await exchanges.answer(request)

    exchanges.answers = {"coinbase": lie, "kraken": lie, "bitstamp": late, "bitfinex": late, "gemini": late}
    quote = await (await desk.ticker()).quote("USD")
    assert quote.amount == Decimal(81_420)
    assert quote.sources == ("Bitstamp", "Bitfinex", "Gemini")


async def test_two_liars_among_four_leave_no_price(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.factors = {"coinbase": Decimal("1.5"), "kraken": Decimal("1.5")}
    exchanges.answers = {"gemini": status(500)}
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker()).quote("USD")


async def test_two_exchanges_are_believed_only_within_one_per_cent(desk: Desk, exchanges: ExchangeServer) -> None:
    ticker = await desk.ticker(enabled=("kraken", "bitstamp"))
    assert (await ticker.quote("USD")).sources == ("Kraken", "Bitstamp")
    exchanges.factors = {"kraken": Decimal("1.02")}
    with pytest.raises(PriceUnavailable):
        await ticker.quote("EUR")


async def test_lone_exchange_is_shown_once_an_aggregate_confirms_it(desk: Desk) -> None:
    quote = await (await desk.ticker()).quote("CHF")
    assert (quote.amount, quote.sources, quote.basis) == (Decimal(66_930), ("Kraken",), Basis.SINGLE)


@pytest.mark.parametrize("factor", ["1.03", "0.97"])
async def test_lone_exchange_is_withheld_when_the_aggregates_say_otherwise(
    desk: Desk, exchanges: ExchangeServer, factor: str
) -> None:
    exchanges.factors = {"kraken": Decimal(factor)}
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker()).quote("CHF")


async def test_lone_exchange_is_withheld_without_any_aggregate(desk: Desk) -> None:
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker(enabled=VOTERS)).quote("CHF")


async def test_currency_without_an_exchange_comes_from_aggregates_which_say_so(desk: Desk) -> None:
    quote = await (await desk.ticker()).quote("PLN")
    assert quote.sources == ("Coinbase spot rates", "CoinGecko")
    assert quote.basis is Basis.FALLBACK
    assert [attribution.text for attribution in quote.attributions] == ["Price data by CoinGecko"]


async def test_aggregates_step_in_when_every_exchange_fails(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.answers = dict.fromkeys(VOTERS, status(503))
    quote = await (await desk.ticker()).quote("USD")
    assert quote.basis is Basis.FALLBACK
    assert quote.amount == Decimal(81_420)


async def test_older_figures_of_aggregates_do_not_take_the_place_of_what_exchanges_said(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    ticker = await desk.ticker()
    before = await ticker.quote("USD")
    exchanges.answers = dict.fromkeys((*VOTERS, "coinbase_v2", "coingecko"), status(503))
    clock.forward(31)  # mempool.space speaks of two minutes ago
    await ticker.quote("USD")
    await settled()
    after = await ticker.quote("USD")
    assert (after.basis, after.as_of) == (Basis.MEDIAN, before.as_of)


async def test_absurd_figures_of_the_day_are_left_out(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.rewrites["coinbase"] = lambda document: _of_day(document, open="0.01", high="9999999999", low="0.001")
    exchanges.answers = dict.fromkeys((*set(VOTERS) - {"coinbase", "gemini"},), status(503))
    quote = await (await desk.ticker()).quote("USD")
    assert "Coinbase" in quote.sources
    assert quote.change_24h is None
    assert (quote.high_24h, quote.low_24h) == (Decimal("82234.20"), Decimal("80605.80"))


async def test_aggregates_that_disagree_leave_no_price(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.factors = {"coingecko": Decimal("1.06")}
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker()).quote("PLN")


async def test_aggregates_are_left_in_peace_while_exchanges_agree(desk: Desk, exchanges: ExchangeServer) -> None:
    await (await desk.ticker()).quote("USD")
    await settled()
    assert not exchanges.requests["mempool"] + exchanges.requests["coingecko"] + exchanges.requests["coinbase_v2"]


async def test_token_metrics_is_asked_only_with_the_operators_key(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.answers = {name: status(503) for name in NAMES if name != "token_metrics"}
    with pytest.raises(PriceUnavailable):
        await (await desk.ticker()).quote("USD")
    assert not exchanges.requests["token_metrics"]
    ticker = await desk.ticker(enabled=NAMES, keys={"token_metrics": SecretStr("tm-secret")})
    assert (await ticker.quote("USD")).sources == ("Token Metrics",)
    assert exchanges.headers["token_metrics"]["x-api-key"] == "tm-secret"


async def test_thousand_questions_cause_one_round_of_requests(desk: Desk, exchanges: ExchangeServer) -> None:
    ticker = await desk.ticker()
    quotes = await asyncio.gather(*(ticker.quote("USD") for _ in range(1000)))
    await settled()
    assert len({quote.amount for quote in quotes}) == 1
    assert {name: exchanges.requests[name] for name in VOTERS} == dict.fromkeys(VOTERS, 1) | {"coinbase": 2}


async def test_fresh_price_is_shown_without_asking_again(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    clock.forward(29)
    await ticker.quote("USD")
    await settled()
    assert exchanges.requests["kraken"] == 1


async def test_price_of_some_minutes_is_shown_at_once_and_refreshed_behind(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    exchanges.prices["USD"] = Decimal(81_500)
    clock.forward(240)
    assert (await ticker.quote("USD")).amount == Decimal(81_420)
    await settled()
    assert (await ticker.quote("USD")).amount == Decimal(81_500)


async def test_price_older_than_five_minutes_is_asked_for_before_it_is_shown(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    exchanges.prices["USD"] = Decimal(81_500)
    clock.forward(301)
    assert (await ticker.quote("USD")).amount == Decimal(81_500)


async def test_price_is_marked_as_old_and_then_not_shown_while_all_sources_are_down(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    ticker = await desk.ticker()
    taken = clock.now()
    await ticker.quote("USD")
    await settled()
    exchanges.everyone(status(503))
    clock.forward(200)
    assert not (await ticker.quote("USD")).old
    clock.forward(200)
    assert (await ticker.quote("USD")).old
    clock.forward(300)
    with pytest.raises(PriceUnavailable):
        await ticker.quote("USD")
    known = ticker.last_known("USD")
    assert known is not None
    assert known.as_of == taken


async def test_price_comes_back_after_sources_were_down_at_the_start(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.everyone(status(503))
    ticker = await desk.ticker()
    for _ in range(4):
        with pytest.raises(PriceUnavailable):
            await ticker.quote("USD")
        clock.forward(6)
    assert ticker.last_known("USD") is None
    exchanges.answers = {}
    clock.forward(12)
    assert (await ticker.quote("USD")).amount == Decimal(81_420)


async def test_failed_round_is_not_repeated_at_once(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.everyone(status(503))
    ticker = await desk.ticker()
    for _ in range(5):
        with pytest.raises(PriceUnavailable):
            await ticker.quote("USD")
    assert exchanges.requests["kraken"] == 1


async def test_snippet_does_not_wait_for_sources_that_stall(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.everyone(stall)
    ticker = await desk.ticker()
    with pytest.raises(PriceUnavailable):
        await ticker.quote_within("USD", seconds=0.01)
    await settled()
    exchanges.answers = {}
    clock.forward(6)
    assert (await ticker.quote_within("USD", seconds=5)).amount == Decimal(81_420)
    await settled()
    exchanges.everyone(stall)
    clock.forward(400)
    assert (await ticker.quote_within("USD", seconds=0.01)).old


async def test_jump_is_believed_when_a_second_round_confirms_it(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    exchanges.prices["USD"] = Decimal(60_000)
    for _ in range(2):
        clock.forward(31)
        assert (await ticker.quote("USD")).amount == Decimal(81_420)
        await settled()
    assert (await ticker.quote("USD")).amount == Decimal(60_000)


async def test_jump_that_goes_back_is_never_shown(desk: Desk, exchanges: ExchangeServer, clock: FakeClock) -> None:
    ticker = await desk.ticker()
    shown = set()
    for price in (81_420, 8_142, 81_420, 95_000, 81_430):
        exchanges.prices["USD"] = Decimal(price)
        clock.forward(31)
        shown.add((await ticker.quote("USD")).amount)
        await settled()
        shown.add((await ticker.quote("USD")).amount)
    assert shown == {Decimal(81_420), Decimal(81_430)}


def _of_day(document: Json, **figures: str) -> Json:
    """Return a document of Coinbase with other figures of the day; its ticker has none."""
    return {**document, **figures} if isinstance(document, dict) and "low" in document else document


async def test_wall_clock_that_jumps_neither_ages_nor_refreshes_a_price(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    for seconds in (86_400, -172_800):
        _jump(clock, seconds)
        quote = await ticker.quote("USD")
        assert not quote.old
    assert exchanges.requests["kraken"] == 1


async def test_after_a_clock_jump_the_exchanges_without_a_clock_still_give_a_price(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    true_moment = clock.now()
    exchanges.now = lambda: true_moment
    ticker = await desk.ticker()
    _jump(clock, 86_400)
    quote = await ticker.quote("USD")
    assert quote.sources == ("Kraken", "Bitfinex", "Gemini")


@pytest.mark.parametrize("name", ["kraken", "bitfinex", "gemini"])
async def test_source_that_stands_still_for_an_hour_is_left_out(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock, name: str
) -> None:
    """The frozen value lies within one per cent, so no outlier test would notice."""
    ticker = await desk.ticker()
    path, query = {
        "kraken": ("/0/public/Ticker", {"pair": "XBTUSD"}),
        "bitfinex": ("/v2/tickers", {"symbols": "tBTCUSD"}),
        "gemini": ("/v2/ticker/btcusd", {}),
    }[name]
    frozen = exchanges.document(name, path, query)
    exchanges.rewrites = {name: lambda _: frozen}
    for _ in range(4):
        await ticker.quote("USD")
        await settled()
        exchanges.prices["USD"] += 100
        clock.forward(900)
    quote = await ticker.quote("USD")
    await settled()
    assert name.capitalize() not in quote.sources
    assert len((await ticker.quote("USD")).sources) == 4


@pytest.mark.parametrize("name", ["coinbase", "bitstamp", "mempool", "coingecko"])
async def test_source_whose_own_moment_is_old_or_ahead_is_left_out(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock, name: str
) -> None:
    for off in (timedelta(hours=-1), timedelta(minutes=5)):
        moment = clock.now() + off
        exchanges.now = lambda: moment  # noqa: B023 - it is asked before the loop goes on
        with pytest.raises(PriceUnavailable):
            await (await desk.ticker(enabled=(name,))).quote("USD")


async def test_currencies_asked_for_lately_are_refreshed_unasked(
    desk: Desk, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    desk.warm_every_s = 0.01
    ticker = await desk.ticker()
    await ticker.quote("USD")
    await settled()
    asked_again = asyncio.Event()

    async def notice(request: web.Request) -> web.StreamResponse:
        asked_again.set()
        return await exchanges.answer(request)

    exchanges.answers["kraken"] = notice
    clock.forward(60)
    async with asyncio.timeout(5):
        await asked_again.wait()


async def test_leaving_ends_everything_that_runs_behind(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.everyone(stall)
    ticker = await desk.ticker()
    with pytest.raises(PriceUnavailable):
        await ticker.quote_within("USD", seconds=0.01)
    await ticker.__aexit__(None, None, None)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("prices:")]


async def test_cancelled_question_leaves_the_round_to_the_others(desk: Desk, exchanges: ExchangeServer) -> None:
    ticker = await desk.ticker()
    impatient = asyncio.create_task(ticker.quote("USD"))
    patient = asyncio.create_task(ticker.quote("USD"))
    await asyncio.wait({impatient, patient}, timeout=0)
    impatient.cancel()
    assert (await patient).amount == Decimal(81_420)


async def test_currency_that_nobody_serves_is_refused(desk: Desk) -> None:
    ticker = await desk.ticker()
    with pytest.raises(PriceUnavailable):
        await ticker.quote("XXX")
    assert "XXX" not in ticker.currencies()
    assert set(ticker.currencies()[:3]) == {"USD", "EUR", "GBP"}


def _jump(clock: FakeClock, seconds: float) -> None:
    """Set the wall clock; the monotonic one goes on."""
    clock.moment += timedelta(seconds=seconds)
    clock._start += timedelta(seconds=seconds)
