"""Finds a wallet's secret words and keys in a text, before anything else reads it.

A text is read in several ways (as it stands, by number, column by column, every second word, …), for people write
their words down in many ways. Each reading is searched for a run of list words whose checksum holds.
"""

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from mnemonic import Mnemonic

from bot.core import keys

READ_AT_MOST = 8_000
"""Characters that are read of a text after its empty stretches are squeezed; of a longer one its start and end."""

WARNINGS_A_MINUTE = 3
"""Warnings to one person in a group; then what they write is deleted in silence."""

LENGTHS = frozenset((12, 15, 18, 21, 24))
"""Words of a mnemonic. Source: BIP39."""

_REPAIRED = {"сно\ufffd\ufffdа": "снова"}
"""Words that mnemonic 0.21 ships broken."""

_SHORTEST, _LONGEST = 12, 24
_FEWEST = 36
"""Characters of the shortest secret in Latin letters: twelve words of three letters, glued to one another."""
_PLENTY = 8
"""Known words from which a text is worth a closer look; the rest of twelve may be glued to one another."""
_GLUED = 30
"""Letters of a token that may hold twelve words on its own: nobody writes such words in prose."""
_LETTERS_AT_MOST = 11
"""Of a list word, Korean syllables being counted by their parts."""
_GLUABLE = 6
"""Letters of a token that may be two words: the shortest have three."""
_BEGINNING = 3
"""Letters by which it is told that no word begins here."""
_GAPS = 24
"""Gaps between the letters of twelve words of three letters: fewer make no mnemonic out of single letters."""
_OPEN_WINDOWS = 96
"""Windows kept open at once, so that a text of nothing but fillers is read in bounded time."""

_COUNTING = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty twentyone twentytwo twentythree twentyfour first second third fourth fifth sixth
seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
twentieth twentyfirst twentysecond twentythird twentyfourth st nd rd th"""
_JOINING = "and then next word words number no nr num plus finally last lastly comma y e et und ve li td tr nbsp"
_FILLERS = frozenset(f"{_COUNTING} {_JOINING}".split())
"""Words that people put between theirs. Some are list words too, and are then read both ways."""
_FILLERS_IN_A_ROW = 6
_UNITS = frozenset({"one", "two", "three", "four", "first", "second", "third", "fourth"})

_LETTERS = r"[^\W\d_\u3400-\u9fff]"
_TOKEN = re.compile(rf"{_LETTERS}+|[\u3400-\u9fff][\u3400-\u9fff]?")
_LABEL = re.compile(r"\b(?:[a-z]|[ivx]{1,5})[.):\]]")
_NUMBERED = re.compile(rf"(?<!\d)(\d{{1,2}})[\W_]{{0,6}}({_LETTERS}+|[\u3400-\u9fff])")
_SPACED = re.compile(rf"(?<!{_LETTERS})({_LETTERS})[ ._-](?={_LETTERS}(?!{_LETTERS}))")
_EMPTY = re.compile(r"[\W_]{4,}")
_ESCAPED_BREAK = re.compile(r"\\[nrt]")

_HAN = re.compile(r"(?<![\u3400-\u9fff,;!?。、])[\u3400-\u9fff]{12,24}(?![\u3400-\u9fff])")
_HAN_HEADING = re.compile("(?:助记词|助記詞|助记詞|种子|種子|密语|密語|短语|短語|私钥|私鑰)(?:就是|是|为|為)?")

_DRAWN = 2.4

Windows = dict[tuple[int, int], None]
"""Runs of words that may go on: how many words, and the number that their places in the list make. Ordered."""
Accept = Callable[[int, int], bool]
"""Tells of a run's count and number whether it is a mnemonic."""


class Guard:
    """Tells whether a text gives away what opens a wallet. Loads the word lists of all official languages."""

    def __init__(self) -> None:
        self._lists: dict[str, Mapping[str, int]] = {}
        self._characters: list[Mapping[str, int]] = []
        self._languages: dict[str, tuple[str, ...]] = {}
        numbers = tuple(range(2048))  # one object for each, not one for each word
        groups: dict[tuple[str, ...], tuple[str, ...]] = {}
        for language in Mnemonic.list_languages():
            words = (_folded(_REPAIRED.get(word, word)) for word in Mnemonic(language).wordlist)
            index = dict(zip(words, numbers, strict=True))
            if language == "english":  # the only one whose words people engrave by their first four letters
                index |= {word[:4]: number for word, number in index.items()}
            if language.startswith("chinese"):
                self._characters.append(index)
            self._lists[language] = index
            for word in index:
                names = (*self._languages.get(word, ()), language)
                self._languages[word] = groups.setdefault(names, names)
        self._beginnings = frozenset(word[:_BEGINNING] for word in self._languages)

    def catches(self, text: str, *, addressed: bool) -> bool:
        """Return whether the text holds a mnemonic with a valid checksum or a private key.

        Args:
            text: what a person wrote, of any length.
            addressed: whether it was meant for the bot. Twelve list words in a row are then enough: a person who asks
                for help may have mistyped one.
        """
        if len(text) < _FEWEST and text.isascii():
            return False
        text = _visible(_within_bounds(text))
        if keys.holds_key(text):
            return True
        folded = _folded(text)
        if keys.holds_hex_key(folded) or self._holds_unspaced_chinese(folded):
            return True
        joined = _SPACED.sub(r"\1", folded)
        if len(folded) - len(joined) >= _GAPS and self._holds_mnemonic(joined, addressed=addressed):
            return True
        return self._holds_mnemonic(folded, addressed=addressed)

    def _holds_mnemonic(self, folded: str, *, addressed: bool) -> bool:
        tokens = _TOKEN.findall(_LABEL.sub(" ", folded))
        known = sum(token in self._languages for token in tokens)
        if known < _PLENTY and all(len(token) < _GLUED for token in tokens):
            return False
        counts = Counter(name for token in tokens for name in self._languages_in(token))
        likeliest = [(self._lists[name], count) for name, count in counts.most_common() if count >= _PLENTY]
        accept = _is_dozen if addressed else _is_valid
        if any(_holds_run(tokens, index, accept=accept) for index, _ in likeliest):
            return True
        return _holds_run_otherwise(folded, [index for index, count in likeliest if count >= _SHORTEST])

    def _languages_in(self, token: str) -> Iterable[str]:
        """Yield the languages of a word, or of every word inside a token that is too long for one."""
        if len(token) < _GLUED:
            yield from self._languages.get(token, ())
            return
        for start in range(len(token) - _BEGINNING + 1):
            if token[start : start + _BEGINNING] in self._beginnings:
                for end in range(start + _BEGINNING, min(start + _LETTERS_AT_MOST, len(token)) + 1):
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
                    and _is_valid(len(run), _value(numbers))
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


def _within_bounds(text: str) -> str:
    text = _ESCAPED_BREAK.sub("\n", text)
    if len(text) <= READ_AT_MOST:
        return text
    text = _EMPTY.sub("\n", text)
    if len(text) <= READ_AT_MOST:
        return text
    return f"{text[: READ_AT_MOST // 2]}\n{text[-READ_AT_MOST // 2 :]}"


def _holds_run_otherwise(folded: str, lists: Sequence[Mapping[str, int]]) -> bool:
    """Return whether the words make a mnemonic by their numbers, by columns, or every second to fifth of them."""
    if not lists:
        return False
    unlabelled = _LABEL.sub(" ", folded)
    for index in lists:
        readings = (*_by_number(folded, index), *_columns(unlabelled, index))
        if any(_holds_run(reading, index, accept=_is_likely) for reading in readings):
            return True
    return any(
        sum(word in index for word in reading) >= _SHORTEST and _holds_run(reading, index, accept=_is_likely)
        for reading in _every_few(unlabelled)
        for index in lists
    )


def _by_number(folded: str, index: Mapping[str, int]) -> Iterator[Sequence[str]]:
    """Yield the words in the order of the numbers before them."""
    numbered = [(int(number), word) for number, word in _NUMBERED.findall(folded) if word in index]
    for pairs in (numbered, reversed(numbered)):  # a number that stands elsewhere too is right in one of both
        words = dict(pairs)
        if len(words) >= _SHORTEST:
            yield [words.get(number, "") for number in range(100)]


def _every_few(unlabelled: str) -> Iterator[Sequence[str]]:
    """Yield every second to fifth word, where the same stands before each ("first word is …, second word is …")."""
    tokens = _TOKEN.findall(unlabelled)
    following = [*tokens[1:], ""]
    steady = [word for word, after in zip(tokens, following, strict=True) if word != "twenty" or after not in _UNITS]
    for step in range(2, 6):
        for start in range(step):
            places = range(start, len(steady), step)
            if len(places) >= _SHORTEST:
                yield [steady[place] if _is_labelled(steady, place=place, step=step) else "" for place in places]


def _is_labelled(tokens: Sequence[str], *, place: int, step: int) -> bool:
    """Return whether what stands before a word stands before the previous or the next one too."""
    before = tokens[max(0, place - step + 1) : place]
    around = {*tokens[max(0, place - 2 * step + 1) : max(0, place - step)], *tokens[place + 1 : place + step]}
    return all(token in _FILLERS or token in around for token in before)


def _columns(folded: str, index: Mapping[str, int]) -> Iterator[Sequence[str]]:
    """Yield the words of each table read down its columns; its last row may be shorter."""
    rows: list[list[str]] = []
    for line in [*folded.splitlines(), ""]:
        words = [token for token in _TOKEN.findall(line) if token in index or token not in _FILLERS]
        row = words if all(word in index for word in words) else []
        if rows and len(row) != len(rows[0]):
            if len(row) < len(rows[0]):
                rows.append(row)
            yield [row[column] for column in range(len(rows[0])) for row in rows if column < len(row)]
            rows = []
        if len(row) > 1:
            rows.append(row)


def _holds_run(tokens: Sequence[str], index: Mapping[str, int], *, accept: Accept) -> bool:
    """Return whether words of the list follow one another, fillers aside, and make a mnemonic."""
    return any(
        _holds_window(stretch, index, accept=accept)
        for stretch in _stretches(tokens, index)
        if not _is_chatter(stretch, index)
    )


def _is_chatter(stretch: Sequence[str], index: Mapping[str, int]) -> bool:
    """Return whether a stretch has but one word, over and over."""
    different = {*stretch}
    return len(different & index.keys()) < 2 and all(len(token) < _GLUABLE or token in index for token in different)


def _stretches(tokens: Sequence[str], index: Mapping[str, int]) -> Iterator[Sequence[str]]:
    """Yield the parts with enough known words and no word between that is surely another: prose has hardly any."""
    stretch: list[str] = []
    known = 0
    for token in (*tokens, ""):
        if token in index:
            known += 1
        elif len(token) < _GLUABLE and token not in _FILLERS:
            if known >= _PLENTY:
                yield stretch
            stretch, known = [], 0
            continue
        elif len(token) >= _GLUED:
            known += _PLENTY
        stretch.append(token)


def _holds_window(tokens: Sequence[str], index: Mapping[str, int], *, accept: Accept) -> bool:
    windows: Windows = {}
    fillers = 0
    for token in tokens:
        fillers = fillers + 1 if token in _FILLERS else 0
        number = index.get(token)
        if number is not None:
            ended = grown = _grown(windows, number)
        elif fillers:
            continue
        else:
            ended, grown = _through(token, windows, index)
        if any(count in LENGTHS and accept(count, value) for count, value in ended):
            return True
        # Those without the filler come first: they are kept when there are too many.
        skipped = windows if 0 < fillers <= _FILLERS_IN_A_ROW else {}
        windows = dict(islice((skipped | grown).items(), _OPEN_WINDOWS))
    return False


def _grown(windows: Windows, number: int) -> Windows:
    """Return the windows with one word more, and the one that begins with it."""
    grown = {(count + 1, value << 11 | number): None for count, value in windows if count < _LONGEST}
    grown[1, number] = None
    return grown


def _through(token: str, windows: Windows, index: Mapping[str, int]) -> tuple[Windows, Windows]:
    """Return the windows that end inside a token of glued words, and those that end with it."""
    at: dict[int, Windows] = {0: windows}
    inside: Windows = {}
    for start in range(len(token) - 2):
        before = at.pop(start, {})
        for end in range(start + 3, min(start + _LETTERS_AT_MOST, len(token)) + 1):
            number = index.get(token[start:end])
            if number is not None:
                grown = _grown(before, number)
                at.setdefault(end, {}).update(grown)
                inside.update(grown)
    return inside, at.get(len(token), {})


def _is_dozen(count: int, value: int) -> bool:
    return (count == _SHORTEST and _is_varied(count, value)) or _is_valid(count, value)


def _is_likely(count: int, value: int) -> bool:
    return _is_valid(count, value) and _is_varied(count, value)


def _is_varied(count: int, value: int) -> bool:
    """Return whether two thirds of the words differ, as they do in all but one of a billion mnemonics."""
    return len({value >> 11 * place & 2047 for place in range(count)}) * 3 >= count * 2


def _is_valid(count: int, value: int) -> bool:
    """Return whether the checksum holds. One word over and over is chatter, no wallet. Source: BIP39."""
    if value == (value & 2047) * (((1 << 11 * count) - 1) // 2047):
        return False
    bits = count // 3
    entropy = (value >> bits).to_bytes(count * 4 // 3, "big")
    return hashlib.sha256(entropy).digest()[0] >> 8 - bits == value & (1 << bits) - 1


def _value(numbers: Sequence[int]) -> int:
    value = 0
    for number in numbers:
        value = value << 11 | number
    return value


def _looks_drawn(numbers: Sequence[int]) -> bool:
    # The mean is 1 for words drawn by lot (above the bound once in ten thousand twelves), and about 3 in prose.
    return sum(math.log(2048 / (number + 0.5)) for number in numbers) <= _DRAWN * len(numbers)
