"""Finds a wallet's secret words in a text whose letters are plain: a run of list words whose checksum holds.

A text is read in several ways (as it stands, by number, column by column, every second word, …), for people write
their words down in many ways.
"""

import hashlib
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import groupby, islice, pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

LENGTHS = frozenset((12, 15, 18, 21, 24))
"""Words of a mnemonic. Source: BIP39."""

PLENTY = 8
"""Known words from which a text is worth a closer look; the rest of twelve may be glued to one another."""
GLUED = 30
"""Letters of a token that may hold twelve words on its own: nobody writes such words in prose."""
LETTERS_AT_MOST = 11
"""Of a list word, Korean syllables being counted by their parts."""
SHORTEST, _LONGEST = 12, 24
_GLUABLE = 6
"""Letters of a token that may be two words: the shortest have three."""
_OPEN_WINDOWS = 96
"""Windows kept open at once, so that a text of nothing but fillers is read in bounded time."""

_COUNTING = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty twentyone twentytwo twentythree twentyfour first second third fourth fifth sixth
seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
twentieth twentyfirst twentysecond twentythird twentyfourth st nd rd th"""
_JOINING = "and then next word words number no nr num plus finally last lastly comma y e et und ve li td tr nbsp"
_FILLERS = frozenset(f"{_COUNTING} {_JOINING} column part section half group page side other".split())
"""Words that people put between theirs. Some are list words too, and are then read both ways."""
_FILLERS_IN_A_ROW = 6
_PART_NAMES = """row rows line lines col cols column columns part parts section sections half halves group groups block
page side other others rest remaining remainder last following"""
_PARTS = frozenset(_PART_NAMES.split())
"""Words that name a group of words: "row 1: …, row 2: …", "… and the other six are …"."""
_AROUND_PARTS = "the is are was were of my these those i in on have has a more as follows here"
_NAMING_AT_MOST = 10
_NAMING = frozenset(_AROUND_PARTS.split()) | _PARTS | _FILLERS
_UNITS = frozenset({"one", "two", "three", "four", "first", "second", "third", "fourth"})

LETTER = r"[^\W\d_\u3400-\u9fff]"
_TOKEN = re.compile(rf"{LETTER}+|[\u3400-\u9fff][\u3400-\u9fff]?")
_LABEL = re.compile(r"\b(?:[a-z]|[ivx]{1,5})[.):\]]")
_NUMBERED = re.compile(rf"(?<!\d)(\d{{1,2}})[\W_]{{0,6}}({LETTER}+|[\u3400-\u9fff])")

_COMMON = """able about account address again all also another any around away because become before better between
both bring call can card cash code coin come company day deposit device during early either else enough every exchange
fee find first found front give gold good great happy have hear help here hold home hope into just keep key kind know
large later learn leave left like little long love make man market matter mean mind more most move much must name near
need network never new next nice night nothing now number obtain off offer often old once one only open order other
over own payment people phone phrase place please point possible power price private problem put quick ready real
reason right risk safe same say second security seed sell sense share simple since small someone sorry start state
still such sure take talk tell term that then there they thing this three time today together token tomorrow top total
trust try turn two type under until update use used very wait want way what when where will word work world worry
worth wrong year you"""
_EVERYDAY = frozenset(_COMMON.split())
"""List words that sentences, and those about money most, are full of; words drawn by lot hold one in ten of them."""
_EVERYDAY_AT_MOST = 0.3
_DIFFERENT = 9 / 10
_FEWEST = SHORTEST - 1
"""Words that are enough, for one may be left out, where nothing else is written or a wallet is named."""
_WALLET = frozenset({"wallet", "wallets", "seed", "seedphrase", "phrase", "mnemonic", "words", "recovery", "backup"})
_SLIPS_AND_WORDS = ((0, _FEWEST), (1, SHORTEST), (2, SHORTEST))
"""How many of so many words in a row may be no list words."""
_SLIPPED, _SLIPPED_AT_END = 2, 5
"""Letters of the shortest word that may hold a slip, and of one where the sentence around may end."""
_GROUP = 4
"""Words of a group that a sentence may part from the next one."""
_APART = range(2, 13)
"""Words of that sentence; a single word between others is one of their kind, as in lists of things."""

Windows = dict[tuple[int, int], None]
"""Runs of words that may go on: how many words, and the number that their places in the list make. Ordered."""
Accept = Callable[[int, int], bool]
"""Tells of a run's count and number whether it is a mnemonic."""


def words_of(folded: str, *, known: Container[str]) -> list[str]:
    """Return the words of a text without the letters, numerals and names that label one word or a group of them.

    Args:
        folded: a text in lower case without accents.
        known: the words of all lists, which stay whatever else they may mean.
    """
    tokens = _TOKEN.findall(_LABEL.sub(" ", folded))
    if _PARTS.isdisjoint(tokens):
        return tokens
    words: list[str] = []
    for is_naming, group in groupby(tokens, key=_NAMING.__contains__):
        phrase = list(group)
        names_part = is_naming and len(phrase) <= _NAMING_AT_MOST and not _PARTS.isdisjoint(phrase)
        words.extend(word for word in phrase if not names_part or word in known)
    return words


def holds_run_otherwise(folded: str, lists: Sequence[Mapping[str, int]]) -> bool:
    """Return whether the words make a mnemonic by their numbers, by columns, or every second to fifth of them."""
    if not lists:
        return False
    unlabelled = _LABEL.sub(" ", folded)
    for index in lists:
        readings = (*_by_number(folded, index), *_columns(unlabelled, index))
        if any(holds_run(reading, index, accept=_is_likely) for reading in readings):
            return True
    return any(
        sum(word in index for word in reading) >= SHORTEST and holds_run(reading, index, accept=_is_likely)
        for reading in _every_few(unlabelled)
        for index in lists
    )


def _by_number(folded: str, index: Mapping[str, int]) -> Iterator[Sequence[str]]:
    """Yield the words in the order of the numbers before them."""
    numbered = [(int(number), word) for number, word in _NUMBERED.findall(folded) if word in index]
    for pairs in (numbered, reversed(numbered)):  # a number that stands elsewhere too is right in one of both
        words = dict(pairs)
        if len(words) >= SHORTEST:
            yield [words.get(number, "") for number in range(100)]


def _every_few(unlabelled: str) -> Iterator[Sequence[str]]:
    """Yield every second to fifth word, where the same stands before each ("first word is …, second word is …")."""
    tokens = _TOKEN.findall(unlabelled)
    following = [*tokens[1:], ""]
    steady = [word for word, after in zip(tokens, following, strict=True) if word != "twenty" or after not in _UNITS]
    for step in range(2, 6):
        for start in range(step):
            places = range(start, len(steady), step)
            if len(places) >= SHORTEST:
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


def holds_run(tokens: Sequence[str], index: Mapping[str, int], *, accept: Accept) -> bool:
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
            if known >= PLENTY:
                yield stretch
            stretch, known = [], 0
            continue
        elif len(token) >= GLUED:
            known += PLENTY
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
        for end in range(start + 3, min(start + LETTERS_AT_MOST, len(token)) + 1):
            number = index.get(token[start:end])
            if number is not None:
                grown = _grown(before, number)
                at.setdefault(end, {}).update(grown)
                inside.update(grown)
    return inside, at.get(len(token), {})


def holds_run_with_slips(tokens: Sequence[str], index: Mapping[str, int], *, whole: Sequence[str]) -> bool:
    """Return whether words look like a mnemonic with a word misspelt or left out, or with a sentence between its parts.

    Args:
        tokens: the words of the text.
        index: the words of a list, and how they may be shortened.
        whole: the words of the list in full.
    """
    words = [token for token in tokens if token in index or token not in _FILLERS]
    others = [-1, *(place for place, word in enumerate(words) if word not in index), len(words)]
    enough = SHORTEST if _WALLET.isdisjoint(tokens) else _FEWEST
    for slips, least in _SLIPS_AND_WORDS:
        for before, after in zip(others, others[slips + 1 :], strict=False):
            if after - before - 1 < least:
                continue
            is_all = after - before - 1 == len(words)
            run = words if is_all else _without_everyday_ends(words[before + 1 : after], index)
            if len(run) < (_FEWEST if is_all else enough) or not _is_drawn(run):
                continue
            if all(_is_slip(word, index, whole=whole) for word in run if word not in index):
                return True
    return _holds_groups(words, others, index, enough=enough)


def _holds_groups(words: list[str], others: Sequence[int], index: Mapping[str, int], *, enough: int) -> bool:
    """Return whether groups of list words that stand near one another make enough of them."""
    held: list[str] = []
    ended = 0
    for before, after in pairwise(others):
        group = _without_everyday_ends(words[before + 1 : after], index)
        if len(group) < _GROUP:
            continue
        held = [*held[-_LONGEST:], *group] if before + 1 - ended in _APART else group
        ended = after
        if len(held) >= enough and _is_drawn(held):
            return True
    return False


def _without_everyday_ends(run: list[str], index: Mapping[str, int]) -> list[str]:
    """Return the run without what the sentence around it may have begun or ended with."""
    places = [
        place
        for place, word in enumerate(run)
        if word not in _EVERYDAY and (word in index or len(word) >= _SLIPPED_AT_END)
    ]
    return run[places[0] : places[-1] + 1] if places else []


def _is_drawn(run: Sequence[str]) -> bool:
    """Return whether hardly a word comes twice, and few are such as sentences are full of."""
    everyday = sum(word in _EVERYDAY for word in run)
    return len({*run}) >= len(run) * _DIFFERENT and everyday <= len(run) * _EVERYDAY_AT_MOST


def _is_slip(word: str, index: Mapping[str, int], *, whole: Sequence[str]) -> bool:
    """Return whether a word is one edit from a list word, and not its plural, as in lists of things."""
    if len(word) < _SLIPPED or (word.endswith("s") and word[:-1] in index):
        return False
    return process.extractOne(word, whole, scorer=OSA.distance, score_cutoff=1) is not None


def is_dozen(count: int, value: int) -> bool:
    """Return whether there are twelve different words, or the checksum holds."""
    return (count == SHORTEST and _is_varied(count, value)) or is_valid(count, value)


def _is_likely(count: int, value: int) -> bool:
    return is_valid(count, value) and _is_varied(count, value)


def _is_varied(count: int, value: int) -> bool:
    """Return whether two thirds of the words differ, as they do in all but one of a billion mnemonics."""
    return len({value >> 11 * place & 2047 for place in range(count)}) * 3 >= count * 2


def is_valid(count: int, value: int) -> bool:
    """Return whether the checksum holds. One word over and over is chatter, no wallet. Source: BIP39."""
    if value == (value & 2047) * (((1 << 11 * count) - 1) // 2047):
        return False
    bits = count // 3
    entropy = (value >> bits).to_bytes(count * 4 // 3, "big")
    return hashlib.sha256(entropy).digest()[0] >> 8 - bits == value & (1 << bits) - 1


def value_of(numbers: Sequence[int]) -> int:
    """Return the number that the words' places in their list make."""
    value = 0
    for number in numbers:
        value = value << 11 | number
    return value
