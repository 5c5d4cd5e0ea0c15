"""Finds the entries that answer a question and says how sure it is."""

import enum
import heapq
from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from faq import library
from faq.entry import Entry
from faq.library import Library, Theme, comparable
from faq.linear import Linear
from faq.mixture import TELLING_WORDS, Mixture, Opinion, texts_of
from faq.words import MAX_CHARACTERS

WORDED = 0.98
"""The least score of an entry of which the text is a wording, letter by letter."""


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
        off_topic: how much the question looks like one that no entry answers, 0 to 1; the same for all its matches.
    """

    id: str
    score: float
    off_topic: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The scores from which something is said.

    Attributes:
        answer: outright, when addressed.
        suggest: as one of up to three suggestions, when addressed.
        off_topic: outright, when nobody asked the bot: the question looks off topic by no more than this.
    """

    answer: float = 0.6
    suggest: float = 0.25
    off_topic: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a text found what it found.

    Attributes:
        matches: what `search` returns.
        decision: what the best score allows when addressed.
        verbatim: the text is the best entry's question or one of its wordings, which is all that it takes.
        wording: the best entry's question or wording that holds most of what spoke for the entry, "" without one.
        shared: how much of what spoke for the entry stands in that wording too, 0 to 1.
        words: the features of the text that count most for the best entry (or, below 0, against it), strongest first.
        corrected: the words that were read otherwise than written, as (written, read).
        parts: what each part of the matcher says, by name: the best entry's share that was learned ("learned"), its
            likeness to own wordings ("own"), the share of lines that no entry answers ("off topic"), the share of
            known words ("known").
    """

    matches: tuple[Match, ...]
    decision: Decision
    verbatim: bool
    wording: str
    shared: float
    words: tuple[tuple[str, float], ...]
    corrected: tuple[tuple[str, str], ...]
    parts: Mapping[str, float]


class Faq:
    """The curated answers and the way to them.

    Args:
        content: what was read by `library.load`.
        model: what was learned about its entries; without it they are found by their words alone.
        thresholds: the scores from which something is said; without them the learned ones.
        mixture: what finds the entries, if it is there already.
        worded: the entries by their wordings in comparable form, if they are there already.
    """

    def __init__(
        self,
        content: Library,
        *,
        model: Linear | None = None,
        thresholds: Thresholds | None = None,
        mixture: Mixture | None = None,
        worded: MutableMapping[str, str] | None = None,
    ) -> None:
        self._library = content
        self._mixture = mixture or Mixture.of(content, model=model)
        self._thresholds = thresholds or _learned_thresholds(model)
        self._worded = _worded(content.entries.values()) if worded is None else worded

    @classmethod
    def load(cls, language: str = "en") -> "Faq":
        """Return the FAQ of a language.

        Raises:
            CorpusError: the content is not fit to be shown.
            ModelError: the learned file is missing or broken.
        """
        return cls(library.load(language), model=Linear.load(language))

    def plus(
        self,
        entries: Iterable[Entry] = (),
        *,
        wordings: Mapping[str, Iterable[str]] | None = None,
        overrides: Iterable[Entry] = (),
    ) -> "Faq":
        """Return an FAQ that knows more; this one stays as it is, and what was learned is shared.

        Args:
            entries: own entries, found by their questions and wordings; their ids are new.
            wordings: further wordings of entries of this FAQ, by id; unknown ids are left out.
            overrides: entries that are shown instead of those with the same id, and found as those are.
        """
        own = {entry.id: entry for entry in entries}
        shown = {**self.entries, **own, **{entry.id: entry for entry in overrides if entry.id in self.entries}}
        texts = {entry.id: texts_of(entry) for entry in own.values()}
        for topic, further in (wordings or {}).items():
            if topic in shown:
                texts[topic] = (*texts.get(topic, ()), *further)
        content = replace(self._library, entries=MappingProxyType(shown), themes=_themes(self.themes, own.values()))
        worded = ChainMap(_worded(own.values()), self._worded)
        return Faq(content, thresholds=self._thresholds, mixture=self._mixture.plus(texts), worded=worded)

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
        """Return the entries that fit best, best first, each with a score of 0 to 1; () for a text without words."""
        return _matches(self._mixture.opinion(text), limit=limit, worded=self._entry_worded(text))

    def decide(self, matches: tuple[Match, ...], *, addressed: bool = True) -> Decision:
        """Return what the best score allows: overheard, it is an answer or nothing."""
        if not matches or matches[0].score < self._thresholds.suggest:
            return Decision.NONE
        is_sure = matches[0].score >= self._thresholds.answer
        if addressed:
            return Decision.ANSWER if is_sure else Decision.SUGGEST
        is_on_topic = matches[0].off_topic <= self._thresholds.off_topic
        return Decision.ANSWER if is_sure and is_on_topic else Decision.NONE

    def explain(self, text: str) -> Explanation:
        """Return why a text finds what it finds."""
        opinion, worded = self._mixture.opinion(text), self._entry_worded(text)
        matches = _matches(opinion, limit=5, worded=worded)
        best = self.entries[matches[0].id] if matches else None
        wording, shared = self._mixture.nearest(text, best) if best else ("", 0.0)
        return Explanation(
            matches=matches,
            decision=self.decide(matches),
            verbatim=best is not None and best.id == worded,
            wording=wording,
            shared=shared,
            words=self._mixture.telling(text, topic=best.id) if best else (),
            corrected=opinion.corrected if opinion else (),
            parts=opinion.parts(best.id) if opinion and best else {},
        )

    def _entry_worded(self, text: str) -> str:
        """Return the entry of which a text is a wording, "" for none."""
        return self._worded.get(comparable(text[:MAX_CHARACTERS]), "")


def _matches(opinion: Opinion | None, *, limit: int, worded: str = "") -> tuple[Match, ...]:
    """Return the best matches; `worded` is the entry that asks the very same, "" for none."""
    if opinion is None or not opinion.shares:
        return ()
    ranked = heapq.nsmallest(limit, opinion.shares.items(), key=lambda item: (item[0] != worded, -item[1], item[0]))
    most = max(opinion.shares.values())
    off_topic = 0.0 if worded else opinion.off_topic
    return tuple(
        Match(
            id=topic,
            score=max(opinion.chance, WORDED) if topic == worded else opinion.chance * share / most,
            off_topic=off_topic,
        )
        for topic, share in ranked
        if share > 0
    )


def _worded(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the entry of each wording that says enough to be meant, by the wording in comparable form."""
    worded = {}
    for entry in entries:
        worded.update(
            dict.fromkeys((w for w in map(comparable, entry.wordings) if w.count(" ") >= TELLING_WORDS - 1), entry.id)
        )
        worded[comparable(entry.question)] = entry.id
    return worded


def _learned_thresholds(model: Linear | None) -> Thresholds:
    if model is None:
        return Thresholds()
    learned = model.calibration
    return Thresholds(answer=learned.answer, suggest=learned.suggest, off_topic=learned.off_topic)


def _themes(shared: tuple[Theme, ...], own: Iterable[Entry]) -> tuple[Theme, ...]:
    names = {theme.name: list(theme.entries) for theme in shared}
    for entry in own:
        names.setdefault(entry.theme, []).append(entry.id)
    return tuple(Theme(name=name, entries=tuple(ids)) for name, ids in names.items())
