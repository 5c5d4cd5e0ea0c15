"""How quotes become one price, or none."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prices.consensus import combine
from bot.prices.quote import Basis, VenueQuote, fair_price
from bot.prices.sources.bitfinex import read_tickers
from bot.prices.sources.bitstamp import read_ticker as read_bitstamp
from bot.prices.sources.coinbase import read_stats, with_stats
from bot.prices.sources.coinbase import read_ticker as read_coinbase
from bot.prices.sources.kraken import read_ticker as read_kraken
from bot.prices.sources.mempool import read_prices

MOMENT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amounts", "price", "count"),
    [
        ((100, 100, 100, 100, 100), 100, 5),
        ((100, Decimal("100.4"), Decimal("99.7"), 100, 100), 100, 5),
        ((100, 102, 100, 100, 100), 100, 4),
        ((100, 10_000, 100, 100, 100), 100, 4),
        ((150, 150, 100, 100, 100), 100, 3),
        ((100, 100, 150), 100, 2),
        ((100, Decimal("100.9")), Decimal("100.45"), 2),
        # A wide but honest field is kept: the spread itself widens the limit, up to two per cent.
        ((100, Decimal("100.9"), Decimal("101.5"), Decimal("98.9")), Decimal("100.45"), 4),
    ],
)
def test_median_of_those_that_agree(amounts: Sequence[Decimal], price: Decimal, count: int) -> None:
    quote = combine(voters=_quotes(amounts), aggregates=())
    assert quote is not None
    assert (quote.amount, len(quote.sources), quote.basis) == (price, count, Basis.MEDIAN)


@pytest.mark.parametrize(
    "amounts",
    [
        (100, 102),
        (100, 150),
        (100, 110, 120),
        (100, 100, 200, 200),
        (100, 120, 140, 160, 180),
        (90, 100, Decimal("100.5"), 110, 120),
        (100,),
        (),
    ],
)
def test_no_price_where_too_few_agree(amounts: Sequence[Decimal]) -> None:
    assert combine(voters=_quotes(amounts), aggregates=()) is None


@pytest.mark.parametrize(
    ("aggregates", "price"),
    [((100,), 100), ((100, 101), Decimal("100.5")), ((100, 101, 200), 100), ((100, 110), None), ((1, 100, 200), None)],
)
def test_aggregates_alone(aggregates: Sequence[Decimal], price: Decimal | None) -> None:
    quote = combine(voters=(), aggregates=_quotes(aggregates))
    assert (quote is None) == (price is None)
    if quote is None or price is None:
        return
    assert quote.basis is Basis.FALLBACK
    assert abs(quote.amount - price) <= 1


def test_an_aggregate_far_behind_another_does_not_make_the_price_old() -> None:
    behind, young = _quotes([Decimal(100), Decimal(100)])
    late = replace(behind, as_of=young.as_of - timedelta(minutes=8))
    quote = combine(voters=(), aggregates=[late, young])
    assert quote is not None
    assert (quote.sources, quote.as_of) == ((young.source,), young.as_of)


def test_moment_is_the_oldest_that_went_in() -> None:
    older = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
    first, *others = _quotes([Decimal(100)] * 3)
    quote = combine(
        voters=[VenueQuote(source=first.source, currency="USD", amount=first.amount, as_of=older), *others],
        aggregates=(),
    )
    assert quote is not None
    assert quote.as_of == older


@given(
    honest=st.lists(st.decimals(99, 101, places=2), min_size=3, max_size=3),
    lies=st.lists(st.decimals("0.01", 10**9, places=2), max_size=2),
)
def test_two_liars_of_five_never_move_the_price_out_of_the_honest_range(
    honest: list[Decimal], lies: list[Decimal]
) -> None:
    quote = combine(voters=_quotes([*honest, *lies]), aggregates=())
    if quote is not None:
        assert min(honest) <= quote.amount <= max(honest)


@given(st.lists(st.decimals(1, 10**6, places=2), min_size=1, max_size=6))
def test_order_of_the_answers_does_not_matter(amounts: list[Decimal]) -> None:
    forward = combine(voters=_quotes(amounts), aggregates=())
    backward = combine(voters=_quotes(amounts[::-1]), aggregates=())
    assert (forward and forward.amount) == (backward and backward.amount)


def test_middle_of_the_offers_counts_unless_they_are_far_apart() -> None:
    near = fair_price(bid=Decimal(100), ask=Decimal("100.4"), last=Decimal(90))
    far = fair_price(bid=Decimal(100), ask=Decimal("100.6"), last=Decimal(100))
    assert (near, far) == (Decimal("100.2"), Decimal(100))


def test_real_quotes_of_one_moment_in_2026(samples: Path) -> None:
    documents = json.loads((samples / "multi-2026-09-19-btcusd.json").read_text())
    coinbase = with_stats(
        read_coinbase("USD", documents["coinbase"], MOMENT), read_stats(documents["coinbase_stats"], MOMENT)
    )
    voters = [
        coinbase,
        read_kraken("USD", documents["kraken"], MOMENT),
        read_bitstamp("USD", documents["bitstamp"], MOMENT),
    ]
    quote = combine(voters=voters, aggregates=[read_prices("USD", documents["mempool"], MOMENT)])
    assert quote is not None
    assert quote.amount == Decimal("81423.445")
    assert quote.sources == ("Coinbase", "Kraken", "Bitstamp")
    assert quote.change_24h is not None
    assert Decimal("0.61") < quote.change_24h < Decimal("0.71")


def test_real_quotes_of_one_moment_in_2020(samples: Path) -> None:
    documents = json.loads((samples / "multi-2020-09-01-btcusd.json").read_text())
    voters = [
        read_coinbase("USD", documents["coinbase"], MOMENT),
        read_kraken("USD", documents["kraken"], MOMENT),
        read_bitstamp("USD", documents["bitstamp"], MOMENT),
        read_tickers("USD", documents["bitfinex_v2"], MOMENT),
    ]
    quote = combine(voters=voters, aggregates=())
    assert quote is not None
    assert quote.amount == median(voter.amount for voter in voters)
    assert len(quote.sources) == 4


def test_real_quotes_of_the_usdt_pair_tell_only_about_the_combining(samples: Path) -> None:
    documents = json.loads((samples / "multi-2024-03-13-btcusdt.json").read_text())
    offers = {
        "coinbase": [documents["coinbase"][key] for key in ("bid", "ask", "price")],
        "bitstamp": [documents["bitstamp"][key] for key in ("bid", "ask", "last")],
        "kraken": [documents["kraken"]["result"]["XBTUSDT"][key][0] for key in "bac"],
        "bitfinex": [documents["bitfinex_v1"][key] for key in ("bid", "ask", "last_price")],
        "gemini": [documents["gemini_v1"][key] for key in ("bid", "ask", "last")],
    }
    amounts = [fair_price(bid=Decimal(bid), ask=Decimal(ask), last=Decimal(last)) for bid, ask, last in offers.values()]
    quote = combine(voters=_quotes(amounts), aggregates=())
    assert quote is not None
    assert quote.amount == sorted(amounts)[2]
    assert len(quote.sources) == 5
    assert max(amounts) - min(amounts) < Decimal("0.001") * quote.amount


def _quotes(amounts: Sequence[Decimal]) -> list[VenueQuote]:
    return [
        VenueQuote(source=f"venue {index}", currency="USD", amount=Decimal(amount), as_of=MOMENT)
        for index, amount in enumerate(amounts)
    ]
