"""Prices, conversions and charts, through the real assistant, against loopback services."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from aiohttp import ClientSession, web

from bot.core.assistant import Assistant
from bot.core.price_questions import PriceQuestion, price_question
from bot.prices.chart import VENUE_S
from bot.prices.market import Market, open_market
from bot.richtext import text_of
from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.store import Store
from faq.entry import Flag
from faq.matcher import Faq
from tests.conftest import Ask, labels
from tests.core.conftest import Chatter
from tests.fakes import FakeClock
from tests.prices.conftest import settled
from tests.prices.exchange_server import ExchangeServer, exchange_server
from tests.prices.faults import stall, status

VOTERS = ("coinbase", "kraken", "bitstamp", "bitfinex", "gemini")


@pytest.fixture
async def exchanges(clock: FakeClock) -> AsyncIterator[ExchangeServer]:
    """All price services, in good health."""
    async with exchange_server(now=clock.now) as server:
        yield server


@pytest.fixture
async def market(exchanges: ExchangeServer, clock: FakeClock) -> AsyncIterator[Market]:
    """A real market on them; USD has been asked for before."""
    async with (
        ClientSession() as session,
        open_market(session=session, now=clock.now, clock=clock.seconds, addresses=exchanges.addresses()) as opened,
    ):
        await opened.ticker.quote("USD")
        await settled()
        yield opened


@pytest.fixture
def assistant(faq: Faq, store: Store, clock: FakeClock, market: Market) -> Assistant:
    """The real assistant, with prices."""
    return Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds, pause=clock.sleep, market=market)


@pytest.fixture
def solo(assistant: Assistant) -> Chatter:
    """Somebody in a private chat."""
    return Chatter(assistant, name="solo", group="")


async def test_price_is_said_with_its_change_its_sources_and_its_moment(ask: Ask) -> None:
    said = await ask("/price")
    assert "1 BTC = $81,420 (▲ 0.7 % in 24 h) · median of 5 exchanges · 22 Nov 14:05 UTC" in said
    assert "24 hours: low $80,606, high $82,234." in said
    assert "Exchanges: Coinbase, Kraken, Bitstamp, Bitfinex, Gemini." in said
    assert "not financial advice" in said


@pytest.mark.parametrize("typed", ["eur", "EUR", "in euros", "€", "btc eur"])
async def test_price_is_said_in_the_currency_asked_for(ask: Ask, typed: str) -> None:
    assert "1 BTC = €70,840" in await ask(f"/price {typed}")


async def test_moment_of_a_price_can_be_shown_in_the_readers_own_time(solo: Chatter, clock: FakeClock) -> None:
    reply = await solo.gets("/price")
    assert [span.time for span in reply.text if span.time] == [clock.now()]


async def test_price_is_refreshed_by_a_button(solo: Chatter, exchanges: ExchangeServer, clock: FakeClock) -> None:
    reply = await solo.gets("/price")
    assert labels(reply) == ["Refresh", "24h", "7d", "30d", "1y"]
    exchanges.prices["USD"] = Decimal(81_500)
    clock.forward(310)
    fresh = await solo.presses(reply, "Refresh")
    assert "$81,500" in text_of(fresh.text)
    assert fresh.replaces


async def test_price_of_a_lone_exchange_and_of_aggregates_say_so(ask: Ask) -> None:
    assert "CHF66,930 · single source: Kraken · " in await ask("/price chf")
    said = await ask("/price pln")
    assert "no exchange, but Coinbase spot rates, CoinGecko" in said
    assert said.count("Price data by CoinGecko") == 1


async def test_attribution_is_a_link(solo: Chatter) -> None:
    reply = await solo.gets("/price pln")
    assert [span.url for span in reply.text if span.url] == ["https://www.coingecko.com"]


async def test_unknown_currency_is_told_what_is_served(solo: Chatter) -> None:
    for command in ("/price doge", "/convert 5 doge eur"):
        reply = await solo.gets(command)
        assert "“doge”" in text_of(reply.text)
        assert "EUR, GBP, USD" in text_of(reply.text)
        assert "other currencies" in text_of(reply.text)
        assert reply.private


async def test_no_price_is_said_while_the_sources_are_down_but_when_it_was_last_known(
    ask: Ask, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.everyone(status(503))
    assert "not available" in await ask("/price eur")
    clock.forward(400)
    assert "Last known price, not live · 1 BTC = $81,420" in await ask("/price")
    clock.forward(400)
    said = await ask("/price")
    assert "not available" in said
    assert "The last known price was $81,420, on 22 Nov 2026 14:05 UTC." in said
    assert "not available" in await ask("/convert 1 btc eur")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("0.1 btc eur", "0.1 BTC = €7,084.00"),
        ("0,1btc in €", "0.1 BTC = €7,084.00"),
        ("0.1 btc", "0.1 BTC = $8,142.00"),
        ("50 usd sats", "$50.00 = 61,410 sats"),
        ("$50", "$50.00 = 0.0006141 BTC = 61,410 sats"),
        ("1k usd", "$1,000.00 = 0.01228199 BTC = 1,228,199 sats"),
        ("50 usd mbtc", "$50.00 = 0.6141 mBTC"),
        ("1 btc sats", "1 BTC = 100,000,000 sats"),
        ("1 sat", "1 sat = $0.000814"),
        ("0.0001 usd", "$0.0001 = less than 1 sat"),
    ],
)
async def test_amount_is_converted(ask: Ask, typed: str, line: str) -> None:
    assert line in (await ask(f"/convert {typed}")).splitlines()


async def test_both_readings_of_an_ambiguous_number_are_shown(ask: Ask) -> None:
    said = await ask("/convert 1.000 btc eur")
    assert "two ways" in said
    assert "1 BTC = €70,840.00" in said
    assert "1,000 BTC = €70,840,000.00" in said


async def test_conversion_names_the_price_that_it_rests_on_and_warns(ask: Ask) -> None:
    said = await ask("/convert 50 usd sats")
    assert "1 BTC = $81,420 (▲ 0.7 % in 24 h) · median of 5 exchanges" in said
    assert "common scam" in said
    assert "common scam" not in await ask("/convert 1 btc sats")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Which amount?"),
        ("-5 usd", "Which amount?"),
        ("1.2.3 btc", "Which amount?"),
        ("50 usd eur", "not from one currency to another"),
        ("21000001 btc", "the 21,000,000 BTC that will ever be"),
        ("99999999999999999999 usd", "the 21,000,000 BTC that will ever be"),
        ("1.5 sats", "Nothing is smaller than 1 sat"),
        ("0.000000001 btc usd", "Nothing is smaller than 1 sat"),
        ("0.000001 mbtc", "Nothing is smaller than 1 sat"),
    ],
)
async def test_amount_that_cannot_be_converted_is_refused_with_a_way_out(
    solo: Chatter, typed: str, sentence: str
) -> None:
    reply = await solo.gets(f"/convert {typed}")
    assert sentence in text_of(reply.text)
    assert reply.private


async def test_of_two_readings_the_impossible_one_is_left_out(ask: Ask) -> None:
    said = await ask("/convert 22.000k btc usd")
    assert "22,000 BTC" in said
    assert "two ways" not in said


async def test_chart_has_a_picture_its_facts_in_words_and_the_series(solo: Chatter, clock: FakeClock) -> None:
    reply = await solo.gets("/chart 7d eur")
    assert reply.image
    assert reply.image.png.startswith(b"\x89PNG")
    assert reply.image.series[-1] == (clock.now(), Decimal(70_840))
    for said in (text_of(reply.text), reply.image.alt):
        assert "7 days" in said
        assert "€69,643" in said
        assert "€70,840" in said
        assert "▲ 1.7 %" in said
        assert "Kraken" in said
    assert labels(reply) == ["24h", "7d", "30d", "1y"]


@pytest.mark.parametrize(
    ("typed", "reach"),
    [("", "24 hours"), ("month", "30 days"), ("eur 1Y", "1 year"), ("7 days", "7 days"), ("12 months eur", "1 year")],
)
async def test_range_may_stand_anywhere_or_be_left_out(console: Chatter, typed: str, reach: str) -> None:
    reply = await console.gets(f"/chart {typed}")
    assert reach in text_of(reply.text)


async def test_terminal_gets_the_series_without_a_picture(console: Chatter) -> None:
    reply = await console.gets("/chart")
    assert reply.image
    assert not reply.image.png
    assert reply.image.series
    assert reply.image.alt


async def test_chart_in_a_currency_without_candles_is_refused(console: Chatter) -> None:
    for word in ("pln", "5y"):
        reply = await console.gets(f"/chart {word}")
        assert f"no charts in “{word}”. I have them for 24h, 7d, 30d and 1y in EUR, GBP, USD" in text_of(reply.text)


async def test_chart_that_no_venue_gives_is_an_apology(console: Chatter, exchanges: ExchangeServer) -> None:
    exchanges.everyone(status(503))
    reply = await console.gets("/chart")
    assert "Please try again later" in text_of(reply.text)
    assert not reply.image


async def test_group_gets_one_chart_a_minute_and_a_person_three(assistant: Assistant, clock: FakeClock) -> None:
    bob = Chatter(assistant, name="bob", platform="console")
    carol = Chatter(assistant, name="carol", platform="console")
    assert (await bob.gets("/chart")).image
    refused = await carol.gets("/chart")
    assert refused.private
    assert not refused.image
    clock.forward(61)
    assert (await carol.gets("/chart")).image
    alone = Chatter(assistant, name="dave", group="", platform="console")
    given = [bool((await alone.gets("/chart")).image) for _ in range(4)]
    assert given == [True, True, True, False]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("btc price?", "1 BTC = $81,420"),
        ("how much is a bitcoin in euros?", "1 BTC = €70,840"),
        ("how much is 50 usd in sats", "$50.00 = 61,410 sats"),
        ("0,1btc in €", "0.1 BTC = €7,084.00"),
        ("hey, what's btc at?", "1 BTC = $81,420"),
        ("what is bitcoin trading at right now", "1 BTC = $81,420"),
        ("BTCEUR", "1 BTC = €70,840"),
        ("bitcoin price in swiss francs", "1 BTC = CHF66,930"),
        ("show me the btc chart for 7 days in eur", "BTC/EUR, 7 days"),
    ],
)
async def test_plain_question_is_answered_by_the_command(ask: Ask, question: str, answer: str) -> None:
    assert answer in await ask(question)


@pytest.mark.parametrize(
    "question",
    [
        "all in btc",
        "try btc",
        "top btc price",
        "is bitcoin mad?",
        "what is bitcoin trading?",
        "why is the price so high?",
        "how is the bitcoin price determined?",
        "how much btc should i own",
        "how much is safe to keep on an exchange?",
        "is bitcoin worth it",
        "I sent $500 in btc to a stranger",
    ],
)
async def test_question_that_only_sounds_like_one_about_a_price_is_left_to_the_answers(
    market: Market, question: str
) -> None:
    assert price_question(question, currencies=market.ticker.currencies()) is None


async def test_currency_that_is_also_a_word_counts_in_capitals(market: Market) -> None:
    found = price_question("BTC price in TRY", currencies=market.ticker.currencies())
    assert found == PriceQuestion(command="price", argument="TRY")


async def test_plain_question_that_is_overheard_is_left_alone(bob: Chatter) -> None:
    assert await bob.says("btc price?", addressed=False) is None


async def test_group_says_where_prices_are_answered(bob: Chatter, mod: Chatter) -> None:
    assert not (await bob.gets("/price")).private
    assert not (await bob.gets("btc price?")).private
    await mod.gets("/settings price_commands private")
    assert (await bob.gets("/price")).private
    assert (await bob.gets("btc price?")).private
    await mod.gets("/settings price_commands off")
    refused = await bob.gets("/price")
    assert "switched off in this group" in text_of(refused.text)
    assert not text_of((await bob.gets("btc price?")).text).startswith("1 BTC")


async def test_group_has_its_own_currency(bob: Chatter, mod: Chatter) -> None:
    await mod.gets("/settings currency EUR")
    assert "€70,840" in text_of((await bob.gets("/price")).text)
    assert "€7,084.00" in text_of((await bob.gets("/convert 0.1 btc")).text)


async def test_answers_that_want_a_price_carry_one(faq: Faq, ask: Ask) -> None:
    topics = [topic for topic, entry in faq.entries.items() if Flag.PRICE in entry.flags]
    assert topics
    for topic in topics:
        assert (await ask(f"/show {topic}")).endswith(
            "1 BTC = $81,420 (▲ 0.7 % in 24 h) · median of 5 exchanges · 22 Nov 14:05 UTC"
        )
    assert "1 BTC" not in await ask("/show seed-phrase")


async def test_answer_comes_without_a_price_when_every_source_fails(
    ask: Ask, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.everyone(status(503))
    clock.forward(700)
    said = await ask("/show volatility")
    assert said
    assert "1 BTC" not in said


async def test_pinned_answer_carries_its_price_and_says_that_it_may_be_out_of_date(
    mod: Chatter, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    said = text_of((await mod.gets("/pin volatility")).text)
    assert "As of 22 Nov 2026 14:05 UTC. A price here may be out of date." in said
    assert said.endswith("1 BTC = $81,420 (▲ 0.7 % in 24 h) · median of 5 exchanges · 22 Nov 14:05 UTC")
    exchanges.everyone(status(503))
    clock.forward(700)
    assert "1 BTC" not in text_of((await mod.gets("/pin volatility")).text)


async def test_doctor_names_the_price_sources_that_are_down(
    mod: Chatter, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    assert "All is well" in text_of((await mod.gets("/doctor")).text)
    clock.forward(400)
    exchanges.answers = {"kraken": status(503), "gemini": status(403)}
    said = text_of((await mod.gets("/doctor")).text)
    assert "These price sources do not answer: Kraken, Gemini." in said
    await settled()
    clock.forward(700)
    exchanges.everyone(status(503))
    said = text_of((await mod.gets("/doctor")).text)
    assert "No live price can be had" in said
    assert "Coinbase, Kraken, Bitstamp, Bitfinex, Gemini, mempool.space" in said
    await settled()
    clock.forward(7200)
    exchanges.answers.clear()
    await mod.gets("/price")
    await settled()
    assert "All is well" in text_of((await mod.gets("/doctor")).text)


async def test_a_currency_without_prices_is_refused_and_named_by_doctor(mod: Chatter, store: Store) -> None:
    assert "no prices in “ZZZ”" in text_of((await mod.gets("/settings currency zzz")).text)
    group, deed = Group(mod.platform, mod.group), Deed(author="mod", what="settings currency ZZZ")
    await store.groups.change(group, key="currency", value="ZZZ", deed=deed)
    assert "I have no prices in ZZZ" in text_of((await mod.gets("/doctor")).text)


async def test_doctor_is_silent_on_prices_where_a_group_wants_none(
    mod: Chatter, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.everyone(status(503))
    clock.forward(700)
    await mod.gets("/settings price_commands off")
    assert "price" in text_of((await mod.gets("/doctor")).text)
    await mod.gets("/settings price_snippets off")
    assert "All is well" in text_of((await mod.gets("/doctor")).text)


async def test_group_may_have_answers_without_prices(bob: Chatter, mod: Chatter) -> None:
    await mod.gets("/settings price_snippets off")
    assert "1 BTC" not in text_of((await bob.gets("/show volatility")).text)


async def test_bot_without_prices_says_so_and_answers_the_rest(faq: Faq, store: Store, clock: FakeClock) -> None:
    bare = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds, pause=clock.sleep)
    solo = Chatter(bare, name="solo", group="")
    for command in ("/price", "/convert 1 btc", "/chart"):
        assert "I show no prices" in text_of((await solo.gets(command)).text)
    assert "1 BTC" not in text_of((await solo.gets("/show volatility")).text)
    assert (await solo.gets("btc price?")).text


@pytest.fixture
def console(assistant: Assistant) -> Chatter:
    """Somebody at the terminal."""
    return Chatter(assistant, name="you", group="", platform="console")


async def test_a_chart_that_fails_or_is_refused_does_not_count(bob: Chatter, exchanges: ExchangeServer) -> None:
    exchanges.everyone(status(503))
    failed = [text_of((await bob.gets("/chart 24h eur")).text) for _ in range(4)]
    assert len({*failed}) == 1
    assert "wait" not in failed[0].casefold()


@pytest.mark.parametrize("question", ["/chart 7d", "show me the btc chart for 7 days"])
async def test_a_chart_has_the_time_of_charts_however_it_is_asked_for(
    console: Chatter, exchanges: ExchangeServer, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """The first venue stalls for all the time that it is given: more than a question has, less than a chart."""
    loop = asyncio.get_running_loop()
    began, skipped = loop.time, list[float]()
    monkeypatch.setattr(loop, "time", lambda: began() + sum(skipped))

    async def stalls(request: web.Request) -> web.StreamResponse:
        exchanges.answers.clear()
        skipped.append(VENUE_S)
        return await stall(request)

    exchanges.everyone(stalls)
    reply = await console.gets(question)
    assert reply.image
    assert skipped
