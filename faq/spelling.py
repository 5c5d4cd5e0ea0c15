"""Finds the word that was meant."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 4
"""Shorter words are left alone: one slip makes another word of them."""


class Spelling:
    """The words that may be meant.

    Args:
        words: most likely ones first.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._rank: dict[str, int] = {}
        self._alike: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in words:
            if len(word) < SHORTEST or not word.isalpha() or word in self._rank:
                continue
            self._rank[word] = len(self._rank)
            self._alike[word[0], len(word)].append(word)
            self._alike["-" + word[-1], len(word)].append(word)

    def meant(self, word: str) -> str:
        """Return the likeliest word that one slip makes `word` of; `word` itself if there is none.

        A slip is a letter left out, added, exchanged, or two letters in each other's place.
        """
        if len(word) < SHORTEST or not word.isalpha():
            return word
        found: set[str] = set()
        for size in (len(word) - 1, len(word), len(word) + 1):
            for edge in (word[0], "-" + word[-1]):
                alike = self._alike.get((edge, size))
                if alike:
                    found.update(
                        match
                        for match, _, _ in process.extract(word, alike, scorer=OSA.distance, score_cutoff=1, limit=5)
                    )
        return min(found, key=self._rank.__getitem__, default=word)
