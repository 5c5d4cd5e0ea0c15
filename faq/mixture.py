"""Joins what was learned with what own wordings say into one share for each entry."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.entry import Entry, kinships
from faq.features import Reader
from faq.library import Library
from faq.linear import Linear, measures
from faq.nearest import Index
from faq.spelling import Spelling
from faq.words import MAX_CHARACTERS, stem

Masses = NDArray[np.float32]

STEEP, EVEN, LEAST = 16.0, 0.5, 0.2
"""Own wordings: how fast likeness becomes mass, where it equals all that was learned, below what it counts nothing."""

TELLING_WORDS = 4
"""A sentence of fewer words is not looked at by itself."""

SENTENCES = 20
"""At most so many sentences are looked at by themselves: the first ones and the last, where people ask."""

WHOLE = 0.5
"""Share of the text as a whole beside its most telling sentence."""

_SENTENCE_END = re.compile(r"[.!?;\n]+(?=\s|$)|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the mixture says about a text.

    Attributes:
        shares: of each entry in the text, by id; with that of no entry they add up to 1.
        own: the part of these shares that comes from likeness to own wordings.
        off_topic: the share of no entry.
        known: the share of words that were met while learning.
        chance: how likely it is that the entry with the largest share helps, 0 to 1.
        corrected: the words that were read otherwise than written.
    """

    shares: Mapping[str, float]
    own: Mapping[str, float]
    off_topic: float
    known: float
    chance: float
    corrected: tuple[tuple[str, str], ...]

    def parts(self, topic: str) -> Mapping[str, float]:
        """Return what each part of the matcher says about an entry, by the part's name."""
        own = self.own.get(topic, 0.0)
        learned = self.shares.get(topic, 0.0) - own
        return {"learned": learned, "own": own, "off topic": self.off_topic, "known": self.known}


class Mixture:
    """The parts of the matcher and how they are joined.

    Args:
        learned: what is the same for every group.
        wordings: the words of each wording that nothing was learned from, by entry.
    """

    def __init__(self, learned: "Learned", *, wordings: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._learned = learned
        self._wordings = wordings
        self._index = Index(wordings, rarity=learned.rarity)
        self._own_spelling = Spelling(word for texts in wordings.values() for words in texts for word in words)

    @classmethod
    def of(cls, content: Library, *, model: Linear | None) -> "Mixture":
        """Return a mixture of what was learned and the words of all entries that nothing was learned about."""
        reader = Reader(kinds=content.kinds, synonyms=content.synonyms)
        learned = Learned(content.entries, reader=reader, model=model)
        unknown = {entry.id: texts_of(entry) for entry in content.entries.values() if entry.id not in learned.ids}
        return cls(learned, wordings=learned.words_by_entry(unknown))

    def plus(self, wordings: Mapping[str, Sequence[str]]) -> "Mixture":
        """Return a mixture that knows further wordings, by entry, and shares all else with this one."""
        further = self._learned.words_by_entry(wordings)
        joined = {topic: [*self._wordings.get(topic, ()), *bags] for topic, bags in further.items()}
        return Mixture(self._learned, wordings={**self._wordings, **joined})

    def opinion(self, text: str) -> Opinion | None:
        """Return what the mixture says about a text; None if there is nothing to read in it."""
        words, corrected = self._read(text)
        if sum(map(len, words)) < 2:
            return None
        learned, known = self._masses(words)
        sentences = self._sentences(text)
        if len(sentences) > 1:
            parts = [self._masses(sentence)[0] for sentence in sentences]
            learned = WHOLE * learned + (1 - WHOLE) * max(parts, key=lambda part: part.max(initial=0.0))
        own = self._own(words, sentences)
        shares = dict(zip(self._learned.ids, learned.tolist(), strict=True))
        off = 1 - sum(shares.values())
        for topic, mass in own.items():
            shares[topic] = shares.get(topic, 0.0) + mass
        total = 1 + sum(own.values())
        shares = {topic: share / total for topic, share in shares.items()}
        return Opinion(
            shares=shares,
            own={topic: mass / total for topic, mass in own.items()},
            off_topic=off / total,
            known=known,
            chance=self._chance(shares, off=off / total),
            corrected=corrected,
        )

    def telling(self, text: str, *, topic: str, count: int = 8) -> tuple[tuple[str, float], ...]:
        """Return the features of a text that count most for or against an entry, strongest first."""
        worth = self._worth(text, topic=topic)
        ranked = sorted(worth.items(), key=lambda item: (-abs(item[1]), item[0]))
        return tuple(ranked[:count])

    def nearest(self, text: str, entry: Entry) -> tuple[str, float]:
        """Return the wording of an entry that holds most of what speaks for it in a text, and how much, 0 to 1."""
        worth = {name: value for name, value in self._worth(text, topic=entry.id).items() if value > 0}
        total = sum(worth.values())
        if not total:
            return "", 0.0
        held = {}
        for wording in texts_of(entry):
            features = self._learned.reader.features(self._learned.reader.words(wording))
            held[wording] = sum(worth.get(name, 0.0) for name in (*features.phrases, *features.pieces))
        # Of wordings that hold as much, the shortest is nearest.
        best = max(held, key=lambda wording: (held[wording], -len(wording)))
        return best, held[best] / total

    def _worth(self, text: str, *, topic: str) -> dict[str, float]:
        """Return how much each feature of a text counts for an entry."""
        words, _ = self._read(text)
        worth = self._learned.contributions(words, topic=topic)
        own = {stem(word) for wording in self._wordings.get(topic, ()) for word in wording}
        worth.update({root: self._index.weight(root) for root in map(stem, words) if root in own})
        return worth

    def _read(self, text: str) -> tuple[list[str], tuple[tuple[str, str], ...]]:
        written = self._learned.reader.words(text)
        words = [self._meant(word) for word in written]
        return words, tuple((old, new) for old, new in zip(written, words, strict=True) if old != new)

    def _meant(self, word: str) -> str:
        root = stem(word)
        if self._index.knows(root) or self._learned.knows(root):
            return word
        meant = self._own_spelling.meant(word)
        return self._learned.spelling.meant(word) if meant == word else meant

    def _masses(self, words: list[str]) -> tuple[Masses, float]:
        """Return the shares of the learned entries and the share of known words."""
        if not self._learned.ids:
            known = [self._index.knows(stem(word)) for word in words]
            return np.zeros(0, np.float32), sum(known) / len(known)
        return self._learned.masses(words)

    def _sentences(self, text: str) -> list[list[str]]:
        parts = [part for part in _SENTENCE_END.split(text[:MAX_CHARACTERS]) if part.strip()]
        if len(parts) < 2:
            return []
        if len(parts) > SENTENCES:
            parts = parts[: SENTENCES // 2] + parts[-SENTENCES // 2 :]
        read = [self._read(part)[0] for part in parts]
        return [words for words in read if len(words) >= TELLING_WORDS]

    def _own(self, words: list[str], sentences: list[list[str]]) -> dict[str, float]:
        if not self._index.ids:
            return {}
        best: dict[str, float] = {}
        for part in (words, *sentences):
            for topic, likeness in self._index.find(part, least=LEAST).items():
                best[topic] = max(best.get(topic, 0.0), likeness)
        return {topic: math.exp(STEEP * (likeness - EVEN)) for topic, likeness in best.items()}

    def _chance(self, shares: Mapping[str, float], *, off: float) -> float:
        if self._learned.model is None or not self._learned.ids or not shares:
            return max(shares.values(), default=0.0)
        best = max(shares, key=shares.__getitem__)
        kin = self._learned.kin.get(best, frozenset())
        return self._learned.model.calibration.chance(measures(shares, best=best, kin=kin, off=off))


class Learned:
    """What was learned, for those entries that are there; the same for every group.

    Args:
        entries: by id.
        reader: of texts.
        model: what was learned.
    """

    def __init__(self, entries: Mapping[str, Entry], *, reader: Reader, model: Linear | None) -> None:
        self.model = model
        self.reader = reader
        classes = model.classes if model else ()
        self._columns = np.array([number for number, name in enumerate(classes) if name in entries], np.int64)
        self.ids = tuple(name for name in classes if name in entries)
        self.kin = kinships(entries)
        self.spelling = Spelling(model.words if model else ())

    def masses(self, words: list[str]) -> tuple[Masses, float]:
        """Return the shares of the entries `ids`, and the share of known words."""
        if self.model is None:
            return np.zeros(0, np.float32), 0.0
        evidence = self.model.evidence(self.reader.features(words))
        return self.model.masses(evidence)[self._columns], evidence.known

    def knows(self, word: str) -> bool:
        """Tell whether a stem was met while learning."""
        return self.model is not None and self.model.knows(word)

    def rarity(self, word: str) -> float | None:
        """Return how rare a stem was while learning; None if it is unknown."""
        return self.model.rarity(word) if self.model else None

    def contributions(self, words: list[str], *, topic: str) -> dict[str, float]:
        """Return what each known feature of words adds for an entry."""
        if self.model is None or topic not in self.ids:
            return {}
        return self.model.contributions(self.model.evidence(self.reader.features(words)), topic=topic)

    def words_by_entry(self, texts: Mapping[str, Iterable[str]]) -> dict[str, list[list[str]]]:
        """Return the words of each text, by entry; without texts that hold none."""
        read = {topic: [self.reader.words(text) for text in own] for topic, own in texts.items()}
        kept = {topic: [words for words in bags if words] for topic, bags in read.items()}
        return {topic: bags for topic, bags in kept.items() if bags}


def texts_of(entry: Entry) -> tuple[str, ...]:
    """Return all that an entry is found by."""
    return (entry.question, *entry.wordings)
