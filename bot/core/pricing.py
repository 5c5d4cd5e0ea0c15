"""What a bitcoin costs, what an amount is worth, what it has cost, and the price under answers that want one."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.core.price_questions import RANGES, price_question, with_short_ranges
from bot.core.price_text import (
    chart_alternative,
    chart_caption,
    conversion_lines,
    price_card,
    price_line,
    price_unavailable,
)
from bot.core.turn import Turn
from bot.errors import PriceUnavailable, Refusal
from bot.messages import Button, Image, Reply, Request
from bot.prices.amounts import BITCOIN_UNITS, BTC, NotAnAmount, PartOfASat, UnknownUnit, folded, parse_unit
from bot.prices.candles import Range
from bot.prices.conversion import parse_conversion
from bot.prices.market import Market
from bot.richtext import join
from bot.storage.settings import PriceCommands
from faq.entry import Flag

SNIPPET_S = 0.8
"""Seconds that an answer waits for its price at most."""

CHARTS_A_GROUP, CHARTS_A_PERSON, CHART_WINDOW_S = 1, 3, 60.0
SERVED_NAMED = 8
"""How many currencies a refusal names; the others are counted."""

_TEXT_ONLY = "console"
"""The platform that draws a chart from its series itself."""

_FILLERS = frozenset({"in", "to", "of", "the", "for"})


async def price(turn: Turn) -> Reply:
    """Say what 1 BTC costs now.

    Raises:
        Refusal: the currency is not served, or prices are switched off.
    """
    market = _market(turn)
    words = folded(turn.request.fields.get("currency") or turn.request.argument).split()
    currency = _currency(turn, words, served=market.ticker.currencies())
    try:
        quote = await market.ticker.quote(currency)
    except PriceUnavailable:
        return Reply(text=price_unavailable(turn, market.ticker.last_known(currency)))
    refresh = Button(label=turn.word("button_refresh"), action=f"price {currency}")
    rows = ((refresh,), _chart_buttons(currency)) if currency in market.charts.currencies() else ((refresh,),)
    return Reply(text=price_card(turn, quote), buttons=rows)


async def convert(turn: Turn) -> Reply:
    """Say what an amount is worth, in both readings where its number has two.

    Raises:
        Refusal: the amount or a unit is not understood, or prices are switched off.
    """
    market = _market(turn)
    served = market.ticker.currencies()
    try:
        wanted = parse_conversion(turn.request.fields.get("amount") or turn.request.argument, currencies=served)
    except UnknownUnit as unknown:
        raise _unserved(turn, unknown.unit, served) from None
    except PartOfASat:
        raise Refusal("convert_part") from None
    except NotAnAmount:
        raise Refusal("convert_what") from None
    if not wanted.target and wanted.source in BITCOIN_UNITS:
        wanted = replace(wanted, target=_currency(turn, (), served=served))
    units = {wanted.source, wanted.target or BTC}
    fiat = units - {*BITCOIN_UNITS}
    if len(fiat) > 1:
        raise Refusal("convert_fiat")
    if not fiat:
        return Reply(text=conversion_lines(turn, wanted, price=Decimal(1)))
    [currency] = fiat
    try:
        quote = await market.ticker.quote(currency)
    except PriceUnavailable:
        return Reply(text=price_unavailable(turn, market.ticker.last_known(currency)))
    return Reply(
        text=join(
            [conversion_lines(turn, wanted, price=quote.amount), price_line(turn, quote), turn.say("convert_scam")]
        )
    )


async def chart(turn: Turn) -> Reply:
    """Show what 1 BTC has cost: a picture, and its facts in words.

    Raises:
        Refusal: a word is neither a range nor a currency with charts, it is too soon, or prices are switched off.
    """
    market = _market(turn)
    fields = turn.request.fields
    typed = " ".join(filter(None, (fields.get("range"), fields.get("currency")))) or turn.request.argument
    words = with_short_ranges(typed.casefold()).split()
    reach = next((RANGES[word] for word in words if word in RANGES), Range.DAY)
    left = [word for word in words if word not in RANGES]
    currency = _currency(turn, left, served=market.charts.currencies(), phrase="chart_unserved")
    _count_chart(turn)
    drawn = None
    try:
        drawn = await market.charts.chart(reach, currency, picture=turn.request.place.platform != _TEXT_ONLY)
    except PriceUnavailable:
        return Reply(text=turn.say("chart_unavailable"))
    finally:
        if drawn is None:  # also when it took too long
            _uncount_chart(turn)
    image = Image(png=drawn.png, alt=chart_alternative(turn, drawn.facts), series=drawn.series)
    return Reply(text=chart_caption(turn, drawn.facts), image=image, buttons=(_chart_buttons(currency),))


def meant(turn: Turn, text: str) -> Request | None:
    """Return the request for the command that answers a plain question about a price; None if it is none.

    None too where prices are off.
    """
    market, off = turn.tools.market, turn.settings.price_commands is PriceCommands.OFF
    if market is None or (off and turn.in_group):
        return None
    question = price_question(text, currencies=market.ticker.currencies())
    return replace(turn.request, command=question.command, argument=question.argument, fields={}) if question else None


async def with_price(turn: Turn, reply: Reply) -> Reply:
    """Return an answer with the present price under it if its entry wants one; as it is if there is none in time."""
    entry, market = turn.shelf.entry(reply.topic), turn.tools.market
    if market is None or entry is None or Flag.PRICE not in entry.flags or not turn.settings.price_snippets:
        return reply
    try:
        quote = await market.ticker.quote_within(turn.settings.currency, seconds=SNIPPET_S)
    except PriceUnavailable:
        return reply
    return replace(reply, text=join([reply.text, price_line(turn, quote)]))


def check_served(turn: Turn, currency: str) -> None:
    """Make sure that there are prices in a currency, where there are any.

    Raises:
        Refusal: it is not served.
    """
    market = turn.tools.market
    if market is not None and (served := market.ticker.currencies()) and currency not in served:
        raise _unserved(turn, currency[:20], served)


def _market(turn: Turn) -> Market:
    market = turn.tools.market
    if market is None or not market.ticker.currencies():
        raise Refusal("prices_none")
    return market


def _currency(turn: Turn, words: Sequence[str], *, served: Sequence[str], phrase: str = "price_unserved") -> str:
    """Return the currency that the words name, the group's own if they name none."""
    found = turn.settings.currency
    for word in words:
        if word.casefold() in _FILLERS:
            continue
        try:
            unit = parse_unit(word, currencies=served)
        except UnknownUnit as unknown:
            raise _unserved(turn, unknown.unit, served, phrase=phrase) from None
        found = found if unit in BITCOIN_UNITS else unit
    if found not in served:
        raise _unserved(turn, found, served, phrase=phrase)
    return found


def _unserved(turn: Turn, unit: str, served: Sequence[str], *, phrase: str = "price_unserved") -> Refusal:
    named = ", ".join(served[:SERVED_NAMED])
    others = len(served) - SERVED_NAMED
    more = turn.word("price_others", count=others) if others > 0 else ""
    return Refusal(phrase, unit=unit, served=f"{named} {more}".strip())


def _count_chart(turn: Turn) -> None:
    counted: list[tuple[str, str, str]] = []
    for key, most in _chart_limits(turn).items():
        if not turn.tools.cooldowns.allows(key, window_s=CHART_WINDOW_S, most=most):
            for earlier in counted:
                turn.tools.cooldowns.take_back(earlier)
            raise Refusal("chart_wait")
        counted.append(key)


def _uncount_chart(turn: Turn) -> None:
    for key in _chart_limits(turn):
        turn.tools.cooldowns.take_back(key)


def _chart_limits(turn: Turn) -> dict[tuple[str, str, str], int]:
    """Return how many charts are drawn in a while, by whom and where they are counted."""
    place = turn.request.place
    limits = {("chart of", place.platform, turn.request.author.id): CHARTS_A_PERSON}
    if turn.in_group:
        limits["chart in", place.platform, place.group] = CHARTS_A_GROUP
    return limits


def _chart_buttons(currency: str) -> tuple[Button, ...]:
    return tuple(Button(label=reach.value, action=f"chart {reach.value} {currency}") for reach in Range)
