"""Finds a wallet's secret words and keys in a text, before anything else reads it.

Letters are made plain here; how words are read and told from prose is in `mnemonics`, and keys are in `keys`.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mnemonic import Mnemonic

from bot.core import keys
from bot.core.mnemonics import (
    GLUED,
    LENGTHS,
    LETTER,
    LETTERS_AT_MOST,
    PLENTY,
    SHORTEST,
    holds_run,
    holds_run_otherwise,
    holds_run_with_slips,
    is_dozen,
    is_valid,
    value_of,
    words_of,
)
from faq.words import fold

READ_AT_MOST = 8_000
"""Characters that are read of a text after its empty stretches are squeezed; of a longer one its start and end."""

WARNINGS_A_MINUTE = 3
"""Warnings to one person in a group; then what they write is deleted in silence."""

_REPAIRED = {"сно\ufffd\ufffdа": "снова"}
"""Words that mnemonic 0.21 ships broken."""

_FEWEST = 36
"""Characters of the shortest secret in Latin letters: twelve words of three letters, glued to one another."""
_BEGINNING = 3
"""Letters by which it is told that no word begins here."""
_GAPS = 24
"""Gaps between the letters of twelve words of three letters: fewer make no mnemonic out of single letters."""
_SPACED = re.compile(rf"(?<!{LETTER})({LETTER})[ ._-](?={LETTER}(?!{LETTER}))")
_MIXED = re.compile(rf"(?<!{LETTER})(?:[a-z]+[^\x00-\x7f]|[^\x00-\x7f]+[a-z]){LETTER}*")
_EMPTY = re.compile(r"[\W_]{4,}")
_ESCAPED_BREAK = re.compile(r"\\[nrt]")

_HAN = re.compile(r"(?<![\u3400-\u9fff,;!?。、])[\u3400-\u9fff]{12,24}(?![\u3400-\u9fff])")
_HAN_HEADING = re.compile("(?:助记词|助記詞|助记詞|种子|種子|密语|密語|短语|短語|私钥|私鑰)(?:就是|是|为|為)?")

_DRAWN = 2.4


class Guard:
    """Tells whether a text gives away what opens a wallet. Loads the word lists of all official languages."""

    def __init__(self) -> None:
        self._lists: dict[str, Mapping[str, int]] = {}
        self._whole: dict[str, Sequence[str]] = {}
        self._characters: list[Mapping[str, int]] = []
        self._languages: dict[str, tuple[str, ...]] = {}
        numbers = tuple(range(2048))  # one object for each, not one for each word
        groups: dict[tuple[str, ...], tuple[str, ...]] = {}
        for language in Mnemonic.list_languages():
            words = [_folded(_REPAIRED.get(word, word)) for word in Mnemonic(language).wordlist]
            index = dict(zip(words, numbers, strict=True))
            if language == "english":  # the only one whose words people engrave by their first four letters
                index |= {word[:4]: number for word, number in index.items()}
            if language.startswith("chinese"):
                self._characters.append(index)
            else:
                self._whole[language] = words
            self._lists[language] = index
            for word in index:
                names = (*self._languages.get(word, ()), language)
                self._languages[word] = groups.setdefault(names, names)
        self._beginnings = frozenset(word[:_BEGINNING] for word in self._languages)

    def catches(self, text: str, *, addressed: bool) -> bool:
        """Return whether the text holds a mnemonic with a valid checksum or a private key.

        Args:
            text: what a person wrote, of any length.
            addressed: whether it was meant for the bot. Twelve list words in a row are then enough, or a few less where
                hardly any is a word of everyday prose: a person who asks for help may have mistyped or lost one.
        """
        if len(text) < _FEWEST and text.isascii():
            return False
        text = _visible(_within_bounds(text))
        if keys.holds_key(text):
            return True
        folded = _in_latin(_folded(text))
        if keys.holds_hex_key(folded) or self._holds_unspaced_chinese(folded):
            return True
        joined = _SPACED.sub(r"\1", folded)
        if len(folded) - len(joined) >= _GAPS and self._holds_mnemonic(joined, addressed=addressed):
            return True
        return self._holds_mnemonic(folded, addressed=addressed)

    def may_be_part(self, text: str) -> bool:
        """Return whether a text is nothing but words of the lists: perhaps a line of a mnemonic that comes in parts."""
        tokens = words_of(_in_latin(_folded(_within_bounds(text))), known=self._languages)
        return bool(tokens) and all(token in self._languages for token in tokens)

    def _holds_mnemonic(self, folded: str, *, addressed: bool) -> bool:
        tokens = words_of(folded, known=self._languages)
        known = sum(token in self._languages for token in tokens)
        if known < PLENTY and all(len(token) < GLUED for token in tokens):
            return False
        counts = Counter(name for token in tokens for name in self._languages_in(token))
        likeliest = [name for name, count in counts.most_common() if count >= PLENTY]
        accept = is_dozen if addressed else is_valid
        if any(holds_run(tokens, self._lists[name], accept=accept) for name in likeliest):
            return True
        if addressed and any(
            holds_run_with_slips(tokens, self._lists[name], whole=self._whole[name])
            for name in likeliest
            if name in self._whole
        ):
            return True
        return holds_run_otherwise(folded, [self._lists[name] for name in likeliest if counts[name] >= SHORTEST])

    def _languages_in(self, token: str) -> Iterable[str]:
        """Yield the languages of a word, or of every word inside a token that is too long for one."""
        if len(token) < GLUED:
            yield from self._languages.get(token, ())
            return
        for start in range(len(token) - _BEGINNING + 1):
            if token[start : start + _BEGINNING] in self._beginnings:
                for end in range(start + _BEGINNING, min(start + LETTERS_AT_MOST, len(token)) + 1):
                    yield from self._languages.get(token[start:end], ())

    def _holds_unspaced_chinese(self, folded: str) -> bool:
        # Nearly every character of Chinese prose is a list word, so a whole run must have the length of a mnemonic and
        # look drawn by lot: the lists are sorted by how common a character is.
        if folded.isascii():
            return False
        for run in _HAN.findall(_HAN_HEADING.sub(" ", folded)):
            for index in self._characters:
                numbers = [index[character] for character in run if character in index]
                if (
                    len(numbers) == len(run) in LENGTHS
                    and _looks_drawn(numbers)
                    and is_valid(len(run), value_of(numbers))
                ):
                    return True
        return False


def _visible(text: str) -> str:
    """Return the text without accents, width and invisible characters."""
    if text.isascii():
        return text
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if character.isascii() or unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )


def _folded(text: str) -> str:
    return _visible(text).casefold().replace("ı", "i")


def _in_latin(folded: str) -> str:
    """Return the text with the look-alikes of other alphabets made Latin in words that have Latin letters too."""
    return folded if folded.isascii() else _MIXED.sub(_latin_word, folded)


def _latin_word(match: re.Match[str]) -> str:
    latin = fold(match[0])
    return latin if latin.isascii() and latin.isalpha() else match[0]


def _within_bounds(text: str) -> str:
    text = _ESCAPED_BREAK.sub("\n", text)
    if len(text) <= READ_AT_MOST:
        return text
    text = _EMPTY.sub("\n", text)
    if len(text) <= READ_AT_MOST:
        return text
    return f"{text[: READ_AT_MOST // 2]}\n{text[-READ_AT_MOST // 2 :]}"


def _looks_drawn(numbers: Sequence[int]) -> bool:
    # The mean is 1 for words drawn by lot (above the bound once in ten thousand twelves), and about 3 in prose.
    return sum(math.log(2048 / (number + 0.5)) for number in numbers) <= _DRAWN * len(numbers)
