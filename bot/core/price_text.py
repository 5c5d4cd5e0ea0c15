"""How prices, conversions and charts are put into words."""

from decimal import Decimal

from bot.core.turn import Turn
from bot.errors import Refusal
from bot.prices.amounts import BITCOIN_UNITS, BTC, MOST_BTC, SATS, NotAnAmount
from bot.prices.chart import Facts
from bot.prices.conversion import Conversion, converted
from bot.prices.quote import Basis, PriceQuote
from bot.prices.wording import amount_text, change_text, moment_text, price_text
from bot.richtext import RichText, join, link, moment, plain

LANGUAGE = "en"
"""The language of amounts; it follows the bot's own words."""


def price_card(turn: Turn, quote: PriceQuote) -> RichText:
    """Return the price with its range of the day, its sources and what it is not."""
    span: RichText = ()
    if quote.high_24h is not None and quote.low_24h is not None:
        high, low = (_price(amount, quote.currency) for amount in (quote.high_24h, quote.low_24h))
        span = turn.say("price_span", high=high, low=low)
    sources = turn.say("price_sources", sources=", ".join(quote.sources)) if quote.basis is Basis.MEDIAN else ()
    return join([price_line(turn, quote), join([span, sources], "\n"), turn.say("no_advice")])


def price_line(turn: Turn, quote: PriceQuote) -> RichText:
    """Return "1 BTC = $81,420 (▲ 0.7 % in 24 h) · median of 5 exchanges · 22 Nov 14:05 UTC"."""
    cost = _price(quote.amount, quote.currency)
    if quote.change_24h is None:
        stated = turn.say("price_is", price=cost)
    else:
        stated = turn.say("price_is_change", price=cost, change=change_text(quote.change_24h, language=LANGUAGE))
    basis = {
        Basis.MEDIAN: turn.say("price_median", count=len(quote.sources)),
        Basis.SINGLE: turn.say("price_single", source=quote.sources[0]),
        Basis.FALLBACK: turn.say("price_fallback", sources=", ".join(quote.sources)),
    }[quote.basis]
    as_of = moment(moment_text(quote.as_of, language=LANGUAGE), quote.as_of)
    thanks = [link(attribution.text, attribution.url) for attribution in quote.attributions]
    return join([turn.say("price_old") if quote.old else (), stated, basis, as_of, *thanks], " · ")


def price_unavailable(turn: Turn, known: PriceQuote | None) -> RichText:
    """Return that there is no live price, and the last one that was known with its moment."""
    if known is None:
        return turn.say("price_unavailable")
    as_of = moment_text(known.as_of, language=LANGUAGE, year=True)
    last = turn.say("price_last_known", price=_price(known.amount, known.currency), moment=as_of)
    return join([turn.say("price_unavailable"), last], " ")


def conversion_lines(turn: Turn, wanted: Conversion, *, price: Decimal) -> RichText:
    """Return a line for each reading that is not more than all bitcoin.

    Raises:
        Refusal: none is left.
    """
    lines: list[RichText] = []
    for amount in wanted.readings:
        try:
            lines.append(_converted(turn, amount, wanted, price=price))
        except NotAnAmount:
            continue
    if not lines:
        raise Refusal("convert_too_much", most=f"{MOST_BTC:,}")
    return join([turn.say("convert_two") if len(lines) > 1 else (), *lines], "\n")


def chart_caption(turn: Turn, facts: Facts) -> RichText:
    """Return what a chart says, to stand under it."""
    stated = turn.say("chart_caption", **_facts(turn, facts))
    as_of = moment(moment_text(facts.as_of, language=LANGUAGE), facts.as_of)
    return join([stated, plain(facts.source), as_of], " · ")


def chart_alternative(turn: Turn, facts: Facts) -> str:
    """Return what a chart says, for whoever does not see it."""
    started, as_of = (moment_text(when, language=LANGUAGE, year=True) for when in (facts.started, facts.as_of))
    return turn.word("chart_alt", **_facts(turn, facts), started=started, as_of=as_of, source=facts.source)


def _converted(turn: Turn, amount: Decimal, wanted: Conversion, *, price: Decimal) -> RichText:
    # Fiat is worth a piece of a coin: said both ways, since few people read eight digits.
    targets = (BTC, SATS) if wanted.target in {"", BTC} and wanted.source not in BITCOIN_UNITS else (wanted.target,)
    results = [(converted(amount, source=wanted.source, target=target, price=price), target) for target in targets]
    if not results[-1][0]:
        said = turn.word("convert_tiny")
    else:
        said = " = ".join(amount_text(result, unit, language=LANGUAGE) for result, unit in results)
    return turn.say("convert_line", amount=amount_text(amount, wanted.source, language=LANGUAGE), result=said)


def _facts(turn: Turn, facts: Facts) -> dict[str, str]:
    amounts = {"first": facts.first, "last": facts.last, "high": facts.high, "low": facts.low}
    return {
        "currency": facts.currency,
        "reach": turn.word(f"reach_{facts.reach.value}"),
        "change": change_text(facts.change, language=LANGUAGE),
        **{name: _price(amount, facts.currency) for name, amount in amounts.items()},
    }


def _price(amount: Decimal, currency: str) -> str:
    return price_text(amount, currency, language=LANGUAGE)
