"""What the command line prints: decisions, explanations, measures, replies as text."""

import json
import time
from collections.abc import Iterable, Iterator

from rich.console import Console as Screen
from rich.table import Table

from bot.core.guard import Guard
from bot.messages import Reply
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
    if found.wording:
        screen.print(f"nearest wording ({found.likeness:.2f}): {found.wording}", markup=False)
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
