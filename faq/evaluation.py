"""Measures how often the matcher is right, on a file of real questions."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from faq.linear import OFFTOPIC
from faq.matcher import Decision, Faq, Match
from faq.typos import with_typos

BINS = 10
WORST = 10
SUGGESTED = 3
TYPO_SEED = 2026


class QuestionsError(Exception):
    """The file of questions is missing or broken; the message names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with the counts that it is made of."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.hits}/{self.of})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Questions with like scores: if scores are honest, `mean_score` is about `right`.

    Attributes:
        low: least score.
        high: largest score.
        mean_score: of the questions.
        right: share that the best entry helps.
    """

    low: float
    high: float
    mean_score: float
    right: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicResult:
    """How one topic fares.

    Attributes:
        topic: its id.
        top1: share of its questions whose best entry helps.
        mistaken_for: the entries that stood first instead, most frequent first.
    """

    topic: str
    top1: Share
    mistaken_for: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every measure, as the README describes them.

    Attributes:
        top1: in-scope questions whose best entry helps.
        top3: in-scope questions with a helping entry among the best three.
        precision: right ones of all outright answers, addressed.
        coverage: in-scope questions answered outright and rightly, addressed.
        helped: in-scope questions whose answer or suggestions help, addressed.
        overheard_false: lines on other things that get an answer, overheard.
        overheard_false_bitcoin: lines on Bitcoin without an entry that get an answer, overheard.
        overheard_right: in-scope questions answered outright and rightly, overheard.
        quiet: lines on other things that get nothing, addressed.
        auroc: how well the best score parts in-scope questions from the rest, 0 to 1.
        p50_ms: milliseconds for a question, median.
        p99_ms: the same, 99th percentile.
        reliability: scores against what was right, for all questions.
        worst: the topics with most questions missed.
    """

    top1: Share
    top3: Share
    precision: Share
    coverage: Share
    helped: Share
    overheard_false: Share
    overheard_false_bitcoin: Share
    overheard_right: Share
    quiet: Share
    auroc: float
    p50_ms: float
    p99_ms: float
    reliability: tuple[Bin, ...]
    worst: tuple[TopicResult, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the measures as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and what should be found.

    Attributes:
        text: as somebody asked it.
        topic: the entry that answers it best, or the kind of thing that no entry answers, such as "oos-chat".
        accepted: every topic that helps, `topic` among them.
    """

    text: str
    topic: str
    accepted: frozenset[str]

    @property
    def inside(self) -> bool:
        """An entry answers it."""
        return not self.topic.startswith(OFFTOPIC)

    @property
    def other(self) -> bool:
        """It is not about Bitcoin."""
        return self.topic in {f"{OFFTOPIC}chat", f"{OFFTOPIC}crypto"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    question: Question
    found: tuple[Match, ...]
    addressed: Decision
    overheard: Decision
    milliseconds: float

    @property
    def score(self) -> float:
        return self.found[0].score if self.found else 0.0

    @property
    def right(self) -> bool:
        return self.helps_within(1)

    @property
    def helped(self) -> bool:
        if self.addressed is Decision.ANSWER:
            return self.right
        return self.addressed is Decision.SUGGEST and self.helps_within(SUGGESTED)

    def helps_within(self, count: int) -> bool:
        return any(match.id in self.question.accepted for match in self.found[:count])


def evaluate(
    faq: Faq, path: Path, *, typos: bool = False, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Return every measure of an FAQ on the questions of a file.

    Args:
        faq: what is measured.
        path: JSON Lines, each with "q", "topic" and, if other entries help as well, "accept".
        typos: write every word of five letters or more with one slip; always the same slips.
        progress: told how many questions of how many are done.

    Raises:
        QuestionsError: the file is missing or broken.
    """
    questions = read_questions(path)
    chance = random.Random(TYPO_SEED)  # noqa: S311 - the same slips every time
    outcomes = []
    for number, question in enumerate(questions, start=1):
        text = with_typos(question.text, chance=chance) if typos else question.text
        outcomes.append(_outcome(faq, question, text))
        if progress:
            progress(number, len(questions))
    return _report(outcomes)


def read_questions(path: Path) -> list[Question]:
    """Return the questions of a file of JSON Lines.

    Raises:
        QuestionsError: the file is missing or broken.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise QuestionsError(f"{path}: not readable ({error.strerror}); name a JSON Lines file") from None
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{path}: not readable ({error}); name a JSON Lines file") from None
    questions = [_question(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not questions:
        raise QuestionsError(f"{path}: holds no question")
    return questions


def _question(line: str, place: str) -> Question:
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        raise QuestionsError(f"{place}: not valid JSON ({error.msg})") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("q"), str) or not isinstance(raw.get("topic"), str):
        raise QuestionsError(f'{place}: should be an object with the texts "q" and "topic"')
    accept = raw.get("accept", [])
    if not isinstance(accept, list) or not all(isinstance(topic, str) for topic in accept):
        raise QuestionsError(f'{place}: "accept" should be a list of ids')
    return Question(text=raw["q"], topic=raw["topic"], accepted=frozenset({raw["topic"], *accept}))


def _outcome(faq: Faq, question: Question, text: str) -> _Outcome:
    started = time.perf_counter()
    found = faq.search(text)
    milliseconds = (time.perf_counter() - started) * 1000
    return _Outcome(
        question=question,
        found=found,
        addressed=faq.decide(found),
        overheard=faq.decide(found, addressed=False),
        milliseconds=milliseconds,
    )


def _report(outcomes: Sequence[_Outcome]) -> Report:
    inside = [each for each in outcomes if each.question.inside]
    other = [each for each in outcomes if each.question.other]
    bitcoin = [each for each in outcomes if each.question.topic == f"{OFFTOPIC}bitcoin"]
    # An outright answer to a line that no entry answers counts neither way if the line accepts that entry.
    answered = [
        each for each in outcomes if each.addressed is Decision.ANSWER and (each.question.inside or not each.right)
    ]
    p50, p99 = np.percentile([each.milliseconds for each in outcomes], [50, 99])
    return Report(
        top1=_share(each.right for each in inside),
        top3=_share(each.helps_within(SUGGESTED) for each in inside),
        precision=_share(each.right for each in answered),
        coverage=_share(each.addressed is Decision.ANSWER and each.right for each in inside),
        helped=_share(each.helped for each in inside),
        overheard_false=_share(each.overheard is Decision.ANSWER for each in other),
        overheard_false_bitcoin=_share(each.overheard is Decision.ANSWER and not each.right for each in bitcoin),
        overheard_right=_share(each.overheard is Decision.ANSWER and each.right for each in inside),
        quiet=_share(each.addressed is Decision.NONE for each in other),
        auroc=_auroc([each.score for each in inside], [each.score for each in outcomes if not each.question.inside]),
        p50_ms=float(p50),
        p99_ms=float(p99),
        reliability=_reliability(outcomes),
        worst=_worst(inside),
    )


def _share(hits: Iterable[bool]) -> Share:
    counted = list(hits)
    return Share(hits=sum(counted), of=len(counted))


def _auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    if not inside or not outside:
        return 0.0
    high, low = np.array(inside)[:, None], np.array(outside)[None]
    return float(np.mean((high > low) + 0.5 * (high == low)))


def _reliability(outcomes: Sequence[_Outcome]) -> tuple[Bin, ...]:
    bins = []
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        within = [each for each in outcomes if low <= each.score < high or (number == BINS - 1 and each.score == 1)]
        if within:
            mean = sum(each.score for each in within) / len(within)
            bins.append(Bin(low=low, high=high, mean_score=mean, right=_share(each.right for each in within)))
    return tuple(bins)


def _worst(inside: Sequence[_Outcome]) -> tuple[TopicResult, ...]:
    topics: dict[str, list[_Outcome]] = {}
    for each in inside:
        topics.setdefault(each.question.topic, []).append(each)
    results = [_topic_result(topic, own) for topic, own in topics.items()]
    results.sort(key=lambda result: (result.top1.hits - result.top1.of, result.topic))
    return tuple(results[:WORST])


def _topic_result(topic: str, outcomes: Sequence[_Outcome]) -> TopicResult:
    mistaken = Counter(each.found[0].id for each in outcomes if each.found and not each.right)
    names = tuple(name for name, _ in mistaken.most_common(3))
    return TopicResult(topic=topic, top1=_share(each.right for each in outcomes), mistaken_for=names)
