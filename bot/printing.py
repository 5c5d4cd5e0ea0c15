"""What the command line prints: decisions, explanations, measures, replies as text."""

import json
import time
from collections.abc import Iterable, Iterator
from decimal import Decimal

from rich.console import Console as Screen
from rich.table import Table

from bot.core.guard import Guard
from bot.messages import Reply
from bot.prices.chart import Facts
from bot.prices.quote import PriceQuote
from bot.prices.wording import change_text, moment_text, price_text
from bot.richtext import text_of
from faq.evaluation import Report
from faq.matcher import Explanation, Faq

_MEASURES = (
    ("top-1", "top1"),
    ("top-3", "top3"),
    ("precision", "precision"),
    ("coverage", "coverage"),
    ("helped", "helped"),
    ("overheard, false (chat, crypto)", "overheard_false"),
    ("overheard, false (bitcoin)", "overheard_false_bitcoin"),
    ("overheard, right", "overheard_right"),
    ("quiet", "quiet"),
)


def decisions(questions: Iterable[str], *, faq: Faq, guard: Guard, addressed: bool) -> Iterator[str]:
    """Yield one JSON object a question; of what the guard catches nothing is echoed."""
    for question in questions:
        if guard.catches(question, addressed=addressed):
            row: dict[str, object] = {"question": "", "decision": "none", "matches": [], "ms": 0.0, "guard": True}
        else:
            start = time.perf_counter()
            matches = faq.search(question)
            elapsed_s = time.perf_counter() - start
            row = {
                "question": question,
                "decision": faq.decide(matches, addressed=addressed).value,
                "matches": [{"id": match.id, "score": round(match.score, 4)} for match in matches],
                "ms": round(elapsed_s * 1000, 3),
            }
        yield json.dumps(row, ensure_ascii=False)


def reply_text(reply: Reply) -> str:
    """Return a reply as plain text, its buttons as a list."""
    buttons = [f"  - {button.label}" for row in reply.buttons for button in row]
    return "\n".join(filter(None, [reply.title, text_of(reply.text), *buttons]))


def explanation(found: Explanation, *, screen: Screen) -> None:
    """Print why a text found what it found."""
    screen.print(f"decision: {found.decision.value}")
    for match in found.matches:
        screen.print(f"  {match.score:.3f}  {match.id}")
    if found.verbatim:
        screen.print(f"the text is a wording of {found.matches[0].id}, so nothing else counts")
    if found.wording:
        screen.print(f"nearest wording, sharing {found.shared:.0%} of what spoke for it: {found.wording}", markup=False)
    for written, read in found.corrected:
        screen.print(f"read as: {written} -> {read}", markup=False)
    for name, weight in found.words:
        screen.print(f"  {weight:+.2f}  {name}", markup=False)
    for part, value in found.parts.items():
        screen.print(f"{part}: {value:.3f}")


def report(measured: Report, *, screen: Screen) -> None:
    """Print the measures, the reliability of scores and the topics that fare worst."""
    figures = Table("measure", "value", title="Measures")
    for name, attribute in _MEASURES:
        figures.add_row(name, str(getattr(measured, attribute)))
    figures.add_row("AUROC", f"{measured.auroc:.3f}")
    figures.add_row("ms a question, p50 / p99", f"{measured.p50_ms:.3f} / {measured.p99_ms:.3f}")
    reliability = Table("scores", "mean score", "right", title="Reliability: an honest score is about the share right")
    for row in measured.reliability:
        reliability.add_row(f"{row.low:.1f} to {row.high:.1f}", f"{row.mean_score:.3f}", str(row.right))
    worst = Table("topic", "top-1", "mistaken for", title="Topics with most questions missed")
    for topic in measured.worst:
        worst.add_row(topic.topic, str(topic.top1), ", ".join(topic.mistaken_for))
    screen.print(figures, reliability, worst)


def quote_json(quote: PriceQuote) -> str:
    """Return a price as one JSON object; amounts are texts, so that no digit is lost."""
    row = {
        "amount": str(quote.amount),
        "currency": quote.currency,
        "change_24h": _text(quote.change_24h),
        "high_24h": _text(quote.high_24h),
        "low_24h": _text(quote.low_24h),
        "as_of": quote.as_of.isoformat(),
        "sources": quote.sources,
    }
    return json.dumps(row)


def quote_text(quote: PriceQuote) -> str:
    """Return a price as one line."""
    change = f" ({change_text(quote.change_24h, language='en')} in 24 h)" if quote.change_24h is not None else ""
    cost = price_text(quote.amount, quote.currency, language="en")
    parts = [f"1 BTC = {cost}{change}", ", ".join(quote.sources), moment_text(quote.as_of, language="en")]
    thanks = [f"{attribution.text} ({attribution.url})" for attribution in quote.attributions]
    return " · ".join([*(["out of date"] if quote.old else []), *parts, *thanks])


def chart_text(facts: Facts) -> str:
    """Return what a chart says as one line."""
    first, last = (price_text(amount, facts.currency, language="en") for amount in (facts.first, facts.last))
    change = change_text(facts.change, language="en")
    moment = moment_text(facts.as_of, language="en")
    return f"1 BTC, {facts.reach.value}: {first} to {last} ({change}) · {facts.source} · {moment}"


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
