"""A source that fails is left alone, and tried again later, once."""

import asyncio
from datetime import datetime
from functools import partial

import pytest
from aiohttp import web

from bot.prices.breaker import Breaker
from bot.prices.failures import BadReply, SourceDown
from bot.prices.fetch import Feed
from tests.fakes import FakeClock
from tests.prices import faults
from tests.prices.conftest import Desk
from tests.prices.exchange_server import Answer, ExchangeServer


@pytest.fixture
def feed(desk: Desk, exchanges: ExchangeServer, clock: FakeClock) -> Feed:
    """The line to one service, whose pauses are not spread."""
    return Feed(
        session=desk.session,
        address=f"{exchanges.root}/gemini",
        breaker=Breaker(clock=clock.seconds, spread=lambda: 1.0),
        now=clock.now,
        total_s=5.0,
    )


async def test_three_failures_open_it_for_five_seconds_doubling_to_five_minutes(
    feed: Feed, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.answers["gemini"] = faults.status(503)
    for _ in range(3):
        await _fails(feed)
    assert exchanges.requests["gemini"] == 3
    for asked, pause_s in enumerate((5, 10, 20, 40, 80, 160, 300, 300), start=3):
        clock.forward(pause_s - 1)
        await _fails(feed)
        assert exchanges.requests["gemini"] == asked, f"it was asked within {pause_s} seconds"
        clock.forward(1)
        await _fails(feed)
        assert exchanges.requests["gemini"] == asked + 1


async def test_a_wish_to_be_asked_again_at_once_does_not_keep_it_shut(
    feed: Feed, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.answers["gemini"] = faults.status(503, Retry_After="0")
    for _ in range(3):
        await _fails(feed)
    clock.forward(4)
    await _fails(feed)
    assert exchanges.requests["gemini"] == 3
    del exchanges.answers["gemini"]
    clock.forward(16)
    await _read(feed)


async def test_good_answer_closes_it_and_forgets_the_failures(
    feed: Feed, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    for _ in range(2):
        exchanges.answers["gemini"] = faults.status(503)
        for _ in range(2):
            await _fails(feed)
        del exchanges.answers["gemini"]
        await _read(feed)
    assert exchanges.requests["gemini"] == 6


@pytest.mark.parametrize("code", [401, 402, 403, 418, 451])
async def test_hard_refusal_opens_it_for_an_hour_at_once(
    feed: Feed, exchanges: ExchangeServer, clock: FakeClock, code: int
) -> None:
    exchanges.answers["gemini"] = faults.status(code, Retry_After="7")
    await _rests_for(feed, exchanges, clock, seconds=3600)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (faults.status(429), 60),
        (faults.status(429, Retry_After="7"), 7),
        (faults.status(429, Retry_After="Sun, 22 Nov 2026 14:06:30 GMT"), 90),
        (faults.status(429, Retry_After="soon"), 60),
        (faults.status(429, Retry_After="999999999"), 86_400),
        (faults.status(503, Retry_After="120"), 120),
        (faults.status(429, Retry_After="0"), 5),
        (faults.status(429, Retry_After="Sun, 22 Nov 2020 14:06:30 GMT"), 5),
    ],
)
async def test_wish_to_be_left_alone_is_obeyed_at_once(
    feed: Feed, exchanges: ExchangeServer, clock: FakeClock, answer: Answer, seconds: int
) -> None:
    exchanges.answers["gemini"] = answer
    await _rests_for(feed, exchanges, clock, seconds=seconds)


async def test_rate_limit_of_kraken_in_a_200_is_obeyed(desk: Desk, exchanges: ExchangeServer, clock: FakeClock) -> None:
    exchanges.answers["kraken"] = faults.says({"error": ["EAPI:Rate limit exceeded"]})
    [kraken] = desk.sources(enabled=("kraken",)).prices
    for _ in range(3):
        with pytest.raises(SourceDown):
            await kraken.quote("USD")
    assert exchanges.requests["kraken"] == 1
    del exchanges.answers["kraken"]
    clock.forward(60)
    await kraken.quote("USD")


async def test_rate_limit_of_bitstamp_in_a_200_is_obeyed(desk: Desk, exchanges: ExchangeServer) -> None:
    exchanges.answers["bitstamp"] = faults.says({"status": "error", "reason": "slow down", "code": "400.002"})
    [bitstamp] = desk.sources(enabled=("bitstamp",)).prices
    for _ in range(3):
        with pytest.raises(SourceDown):
            await bitstamp.quote("USD")
    assert exchanges.requests["bitstamp"] == 1


async def test_only_one_probe_goes_out_when_the_pause_is_over(
    feed: Feed, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.answers["gemini"] = faults.status(403)
    await _fails(feed)
    del exchanges.answers["gemini"]
    clock.forward(3600)
    outcomes = await asyncio.gather(*(_read(feed) for _ in range(20)), return_exceptions=True)
    assert exchanges.requests["gemini"] == 2
    assert sum(isinstance(outcome, SourceDown) for outcome in outcomes) == 19
    await _read(feed)


async def test_cancelled_probe_lets_the_next_one_through(
    feed: Feed, exchanges: ExchangeServer, clock: FakeClock
) -> None:
    exchanges.answers["gemini"] = faults.status(403)
    await _fails(feed)
    clock.forward(3600)
    arrived = asyncio.Event()

    async def arrive(request: web.Request) -> web.StreamResponse:
        arrived.set()
        return await faults.stall(request)

    exchanges.answers["gemini"] = arrive
    probe = asyncio.create_task(_read(feed))
    await arrived.wait()
    probe.cancel()
    await asyncio.wait({probe})
    del exchanges.answers["gemini"]
    await _read(feed)


async def test_bad_pair_does_not_open_it(feed: Feed, exchanges: ExchangeServer) -> None:
    exchanges.answers["gemini"] = faults.status(404)
    for _ in range(5):
        with pytest.raises(BadReply):
            await _read(feed)
    assert exchanges.requests["gemini"] == 5


async def test_pauses_are_spread_by_a_fifth(clock: FakeClock) -> None:
    for factor, closed_after in ((0.8, 4.0), (1.2, 6.0)):
        breaker = Breaker(clock=clock.seconds, spread=partial(float, factor))
        for _ in range(3):
            _break(breaker)
        clock.forward(closed_after - 0.1)
        with pytest.raises(SourceDown, match="left alone"), breaker.attempt():
            pass
        clock.forward(0.2)
        with breaker.attempt():
            pass


async def _rests_for(feed: Feed, exchanges: ExchangeServer, clock: FakeClock, *, seconds: int) -> None:
    await _fails(feed)
    clock.forward(seconds - 1)
    await _fails(feed)
    assert exchanges.requests["gemini"] == 1
    del exchanges.answers["gemini"]
    clock.forward(1)
    await _read(feed)


async def _fails(feed: Feed) -> None:
    with pytest.raises(SourceDown):
        await _read(feed)


async def _read(feed: Feed) -> object:
    return await feed.read("/v2/ticker/btcusd", parse=_as_it_is)


def _as_it_is(payload: object, received: datetime) -> object:
    return payload


def _break(breaker: Breaker) -> None:
    with pytest.raises(SourceDown), breaker.attempt():
        raise SourceDown("down")
