"""Text -> the features that the matcher weighs: words with their neighbours, kinds of things, pieces of words."""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from faq.words import fold, stem

PIECE_SIZES = (3, 4, 5)
"""How many characters the pieces of a word have; its edges count as one each."""

MAX_WORDS = 150
"""What stands behind this many words is not looked at as part of the whole; the last sentences are, by themselves."""

NEGATIONS = frozenset({"not", "no", "never", "without", "nobody", "none", "neither", "nothing"})
"""What turns round the words after it."""

NEGATED = 3
"""How many words after a negation it turns round."""

_TURNS = frozenset({"but", "and", "so", "because", "if", "$"})
_REMEMBERED = 8_192
"""How many words keep their pieces at hand."""

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|[₿$€£]")
_PART = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a text is made of; each feature with how often it occurs.

    Attributes:
        words: in order, folded, abbreviations written out.
        phrases: stems, pairs of neighbours, kinds ("<exchange>") and what a negation turns round ("not ~ lose").
        pieces: the beginnings, middles and endings of words, marked by "#".
    """

    words: tuple[str, ...]
    phrases: Mapping[str, int]
    pieces: Mapping[str, int]


class Reader:
    """Reads texts into features.

    Args:
        kinds: names by kind ("exchange": "binance", "cash app", ...).
        synonyms: what is read instead of a word.
    """

    def __init__(self, *, kinds: Mapping[str, tuple[str, ...]], synonyms: Mapping[str, str]) -> None:
        self._names = {tuple(_PART.findall(name)): f"<{kind}>" for kind, names in kinds.items() for name in names}
        self._first = {name[0] for name in self._names if name}
        self._longest = max((len(name) for name in self._names), default=0)
        self._synonyms = {word.replace("'", ""): tuple(other.split()) for word, other in synonyms.items()}

    def words(self, text: str) -> list[str]:
        """Return the words of a text in order, folded, abbreviations written out; at most `MAX_WORDS`."""
        found: list[str] = []
        for match in _WORD.finditer(fold(text)):
            word = match[0].replace("'", "")
            found.extend(self._synonyms.get(word, (word,)))
            if len(found) >= MAX_WORDS:
                break
        return found[:MAX_WORDS]

    def features(self, words: list[str]) -> Features:
        """Return the features of words that `words` returned."""
        alone: list[str] = []
        line = ["^"]
        for part, kind in self._named(words):
            stems = [stem(word) for word in part]
            alone.extend(stems)
            if not kind:
                line.extend(stems)
                continue
            line.append(kind)
            alone.append(kind)
            if len(part) > 1:
                alone.append("_".join(part))
        line.append("$")
        pairs = [f"{left} {right}" for left, right in itertools.pairwise(line)]
        return Features(
            words=tuple(words),
            phrases=Counter(alone + pairs + _negated(line)),
            pieces=Counter(piece for word in words for piece in pieces(word)),
        )

    def _named(self, words: list[str]) -> Iterator[tuple[list[str], str]]:
        """Part the words into names with their kind and single words without."""
        place = 0
        while place < len(words):
            size = self._name_at(words, place)
            part = words[place : place + max(size, 1)]
            yield part, self._names[tuple(part)] if size else ""
            place += len(part)

    def _name_at(self, words: list[str], place: int) -> int:
        if words[place] not in self._first:
            return 0
        sizes = range(min(self._longest, len(words) - place), 0, -1)
        return next((size for size in sizes if tuple(words[place : place + size]) in self._names), 0)


def _negated(line: list[str]) -> list[str]:
    """Return what the negations of a line turn round; a pair of neighbours tells only the next word."""
    found: list[str] = []
    for at, word in enumerate(line):
        if word in NEGATIONS:
            scope = itertools.takewhile(lambda other: other not in _TURNS, line[at + 1 : at + 1 + NEGATED])
            found.extend(f"not ~ {other}" for other in scope)
    return found


@functools.lru_cache(maxsize=_REMEMBERED)
def pieces(word: str) -> tuple[str, ...]:
    """Return every run of `PIECE_SIZES` characters of a word, its edges included."""
    edged = f" {word} "
    return tuple("#" + edged[at : at + size] for size in PIECE_SIZES for at in range(len(edged) - size + 1))
