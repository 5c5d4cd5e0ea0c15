"""Finds the entries that answer a question and says how sure it is."""

import enum
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from faq import library
from faq.entry import Entry
from faq.library import Library, Theme
from faq.words import fold, words


class Decision(enum.Enum):
    """What the score allows."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry that may answer the question.

    Attributes:
        id: of the entry.
        score: how likely it is that the entry helps, 0 to 1.
    """

    id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The scores from which something is said.

    Attributes:
        answer: outright, when addressed.
        suggest: as one of up to three suggestions, when addressed.
        overheard: outright, when nobody asked the bot.
    """

    answer: float = 0.55
    suggest: float = 0.25
    overheard: float = 0.75


class Faq:
    """The curated answers and the way to them.

    Args:
        content: what was read by `library.load`.
        thresholds: the scores from which something is said.
    """

    def __init__(self, content: Library, *, thresholds: Thresholds | None = None) -> None:
        self._library = content
        self._thresholds = thresholds or Thresholds()
        self._wordings = [(fold(text), entry.id) for entry in content.entries.values() for text in _texts(entry)]
        self._bags = [frozenset(words(text)) for text, _ in self._wordings]
        self._weights = _inverse_frequencies(self._bags)
        self._postings: dict[str, list[int]] = defaultdict(list)
        for number, bag in enumerate(self._bags):
            for word in bag:
                self._postings[word].append(number)
        self._totals = [sum(self._weights[word] for word in bag) for bag in self._bags]
        self._vocabulary = list(self._weights)

    @classmethod
    def load(cls, language: str = "en") -> "Faq":
        """Return the FAQ of a language.

        Raises:
            CorpusError: the content is not fit to be shown.
        """
        return cls(library.load(language))

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The entries by id, in reading order."""
        return self._library.entries

    @property
    def themes(self) -> tuple[Theme, ...]:
        """The themes in reading order."""
        return self._library.themes

    def get(self, topic: str) -> Entry | None:
        """Return the entry with this id."""
        return self.entries.get(topic)

    def search(self, text: str, *, limit: int = 5) -> tuple[Match, ...]:
        """Return the entries that fit best, best first, each with a score of 0 to 1."""
        bag = {self._corrected(word) for word in words(text)}
        asked = sum(self._weights.get(word, 0.0) for word in bag)
        if not asked:
            return ()
        shared: dict[int, float] = defaultdict(float)
        for word in bag:
            for number in self._postings.get(word, ()):
                shared[number] += self._weights[word]
        best: dict[str, float] = defaultdict(float)
        for number, weight in shared.items():
            topic = self._wordings[number][1]
            best[topic] = max(best[topic], weight / (asked + self._totals[number] - weight))
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return tuple(Match(id=topic, score=score) for topic, score in ranked)

    def decide(self, matches: tuple[Match, ...], *, addressed: bool = True) -> Decision:
        """Return what the best score allows: overheard, it is an answer or nothing."""
        top = matches[0].score if matches else 0.0
        if not addressed:
            return Decision.ANSWER if top >= self._thresholds.overheard else Decision.NONE
        if top >= self._thresholds.answer:
            return Decision.ANSWER
        return Decision.SUGGEST if top >= self._thresholds.suggest else Decision.NONE

    def _corrected(self, word: str) -> str:
        if word in self._weights or len(word) < 4:
            return word
        found = process.extractOne(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=80)
        return found[0] if found else word


def _texts(entry: Entry) -> Iterable[str]:
    yield entry.question
    yield from entry.wordings


def _inverse_frequencies(bags: list[frozenset[str]]) -> dict[str, float]:
    counts: dict[str, int] = defaultdict(int)
    for bag in bags:
        for word in bag:
            counts[word] += 1
    return {word: math.log(1 + len(bags) / count) for word, count in counts.items()}
