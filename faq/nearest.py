"""Finds entries that nothing was learned about, by the telling words they share with a question."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from faq.words import stem

UNKNOWN = 10.0
"""How rare a word counts that was never met while learning."""

COMMON = 4.5
"""Words that are less rare than this ("what", "where", "bitcoin") tell nothing."""

MANY = 1_000
"""From this many wordings on, their own words tell what is rare."""

COVER = 0.5
"""Share of the evidence that is all wordings of an entry together; the rest is the nearest wording."""

CAUTION = 2.5
"""Added to what a question tells in all, so that one weak word alone does not fill it."""

BEGINNING = 0.4
"""What the beginning of a word counts beside the word: "donation" and "donate" share theirs."""

_LONG = 5


class Index:
    """Wordings by their words.

    Args:
        wordings: the words of each wording, by entry; no wording is empty.
        rarity: of a stem or a piece in general, None if it is unknown.
    """

    def __init__(
        self, wordings: Mapping[str, Sequence[Sequence[str]]], *, rarity: Callable[[str], float | None]
    ) -> None:
        self.ids = tuple(wordings)
        self._rarity = rarity
        self._exact = {tuple(words): topic for topic, texts in wordings.items() for words in texts}
        bags = [_keys(words) for texts in wordings.values() for words in texts]
        counts = Counter(key for bag in bags for key in bag)
        self._number = {key: number for number, key in enumerate(counts)}
        self._weights = np.array([self._weight(key, seen, len(bags)) for key, seen in counts.items()], np.float32)
        sizes = [len(texts) for texts in wordings.values()]
        self._starts = np.cumsum([0, *sizes[:-1]]) if sizes else np.zeros(0, np.int64)
        numbered = [[self._number[key] for key in bag] for bag in bags]
        joined = [
            list({number for bag in numbered[start : start + size] for number in bag})
            for start, size in zip(self._starts.tolist(), sizes, strict=True)
        ]
        self._near = _Postings(numbered, keys=len(counts))
        self._cover = _Postings(joined, keys=len(counts))
        self._totals = np.array([self._weights[bag].sum() for bag in numbered], np.float32)

    def knows(self, word: str) -> bool:
        """Tell whether a stem stands in a wording."""
        return word in self._number

    def weight(self, word: str) -> float:
        """Return how telling a stem is; 0 if it stands in no wording."""
        number = self._number.get(word)
        return 0.0 if number is None else float(self._weights[number])

    def find(self, words: Sequence[str], *, least: float) -> dict[str, float]:
        """Return the entries whose likeness to the question, 0 to 1, is at least `least`."""
        asked = _keys(words)
        numbers = np.array([self._number[key] for key in asked if key in self._number], np.int64)
        if not len(numbers):
            return {}
        weights = self._weights[numbers]
        foreign = sum(self._weight(key, 0, 0) for key in asked if key not in self._number)
        total = float(weights.sum()) + foreign + CAUTION
        near = 2 * self._near.sums(numbers, weights) / (self._totals + total)
        likeness = (1 - COVER) * np.maximum.reduceat(near, self._starts)
        likeness += COVER * self._cover.sums(numbers, weights) / total
        found = {self.ids[place]: float(likeness[place]) for place in np.flatnonzero(likeness >= least)}
        same = self._exact.get(tuple(words))
        return {**found, same: 1.0} if same else found

    def _weight(self, key: str, seen: int, wordings: int) -> float:
        general = self._rarity(key)
        rarity = UNKNOWN if general is None else general
        if wordings >= MANY:
            rarity = min(rarity, 1 + math.log((1 + wordings) / (1 + seen)))
        return max(rarity - COMMON, 0.0) * (BEGINNING if key.startswith("#") else 1.0)


class _Postings:
    """For each key the texts that hold it."""

    def __init__(self, bags: Sequence[Sequence[int]], *, keys: int) -> None:
        sizes = np.array([len(bag) for bag in bags], np.int64)
        numbers = np.fromiter((number for bag in bags for number in bag), np.int64, count=int(sizes.sum()))
        order = np.argsort(numbers, kind="stable")
        self._texts = np.repeat(np.arange(len(bags)), sizes)[order]
        self._starts = np.searchsorted(numbers[order], np.arange(keys + 1)).tolist()
        self._count = len(bags)

    def sums(self, numbers: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return for each text the weights of the given keys that it holds, added up."""
        found = [self._texts[self._starts[number] : self._starts[number + 1]] for number in numbers.tolist()]
        spread = np.repeat(weights, [len(texts) for texts in found])
        return np.bincount(np.concatenate(found), weights=spread, minlength=self._count).astype(np.float64)


def _keys(words: Sequence[str]) -> frozenset[str]:
    """Return the stems of words and the beginnings of long ones, named as the pieces of `faq.features` are."""
    keys = {stem(word) for word in words}
    keys.update("# " + word[:4] for word in words if len(word) >= _LONG)
    return frozenset(keys)
