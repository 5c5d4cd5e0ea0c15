"""Tells English from other languages, with nothing but lists of function words."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

import stop_words

from faq.words import fold

_NOT_LATIN_SHARE = 0.5
_PUNCTUATION = "¿¡.,;:!?\"'()[]"


class English:
    """Knows English well enough to notice what is not.

    Args:
        texts: plenty of English on the subject; no word that stands in it twice counts as foreign.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in fold(text).split())
        known = {word for word, count in counts.items() if count > 1}
        self._english = known.intersection(_function_words("english"))
        names = (name for name in stop_words.AVAILABLE_LANGUAGES if name != "english")
        foreign = (word for name in names for word in _function_words(name))
        self._foreign = frozenset(word for word in foreign if len(word) > 1 and word not in known)

    def is_foreign(self, text: str) -> bool:
        """Return whether `text` is surely not English: another script, or another language's function words."""
        if _is_other_script(text):
            return True
        said = [word.strip(_PUNCTUATION) for word in fold(text).split()]
        foreign = sum(word in self._foreign for word in said)
        english = sum(word in self._english for word in said)
        return foreign > english and (foreign >= 2 or english == 0)


def _function_words(language: str) -> Iterable[str]:
    return map(fold, stop_words.get_stop_words(language, cache=False))


def _is_other_script(text: str) -> bool:
    if text.isascii():
        return False
    letters = [character for character in text if character.isalpha()]
    strange = sum(not unicodedata.name(character, "").startswith("LATIN") for character in letters)
    return strange > _NOT_LATIN_SHARE * len(letters)
