"""Writes as hurried people do, to measure how much that harms."""

import random
import re

_KEYS = {
    "a": "sqz",
    "e": "wrd",
    "i": "uok",
    "o": "ipl",
    "u": "yij",
    "n": "bm",
    "s": "adw",
    "t": "ry",
    "r": "et",
    "l": "k",
}
_TYPO_LENGTH = 5
_PARTS = re.compile(r"([A-Za-z0-9]+)")


def with_typos(text: str, *, chance: random.Random) -> str:
    """Return `text` with one slip in every word of five letters or more.

    A slip is a letter left out, doubled, exchanged with the next, or a neighbouring key.
    """
    return _PARTS.sub(lambda match: _slipped(match[0], chance), text)


def _slipped(word: str, chance: random.Random) -> str:
    if len(word) < _TYPO_LENGTH or not word.isalpha():
        return word
    at = chance.randrange(len(word) - 1)
    letter = word[at]
    slip = chance.randrange(4)
    if slip == 0:
        return word[:at] + word[at + 1 :]
    if slip == 1:
        return word[:at] + letter + word[at:]
    if slip == 2:
        return word[:at] + word[at + 1] + letter + word[at + 2 :]
    return word[:at] + chance.choice(_KEYS.get(letter.lower(), "aeiou")) + word[at + 1 :]
