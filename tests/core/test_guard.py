"""Mnemonics that the guard must catch, however they are written."""

import hashlib
import json
import random
import unicodedata
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic

from bot.core.guard import Guard

GUARD = Guard()
LISTS = {language: Mnemonic(language).wordlist for language in sorted(Mnemonic.list_languages())}
LISTS["russian"] = ["снова" if "\ufffd" in word else word for word in Mnemonic("russian").wordlist]
ENGLISH = LISTS["english"]
LENGTHS = (12, 15, 18, 21, 24)
ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth"""

BEFORE = (
    "",
    "help please, is this right:\n",
    "My wallet is empty! I wrote down ",
    "hi all\n\n",
    "seed phrase = ",
    "1 question: ",
)
AFTER = ("", "\nwhat should I do now?", ". Is it safe?", " thanks in advance", "\n\nplease help me", '"')

seeds = st.integers(min_value=0, max_value=2**64)
surroundings = st.tuples(st.sampled_from(BEFORE), st.sampled_from(AFTER))
thorough = settings(max_examples=400, deadline=None, derandomize=True)


def made(language: str, *, length: int, seed: int) -> list[str]:
    """Return the words of a mnemonic made from the seed, so that no real one stands in a test."""
    bits = length * 32 // 3
    entropy = hashlib.sha512(str(seed).encode()).digest()[: bits // 8]
    checksum = hashlib.sha256(entropy).digest()[0] >> 8 - length // 3
    value = int.from_bytes(entropy, "big") << length // 3 | checksum
    return [LISTS[language][value >> 11 * place & 2047] for place in reversed(range(length))]


# How each word may be spelled.


def any_case(word: str) -> str:
    return "".join(letter.upper() if place % 2 else letter.lower() for place, letter in enumerate(word))


def without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if unicodedata.category(letter) != "Mn"))


def full_width(word: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in word)


def holding(invisible: str) -> Callable[[str], str]:
    return lambda word: word[:2] + invisible + word[2:]


SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    str.title,
    any_case,
    without_accents,
    full_width,
    lambda word: unicodedata.normalize("NFC", word),
    lambda word: unicodedata.normalize("NFD", word),
    holding("\u200b"),
    holding("\u00ad"),
    holding("\u2060"),
)

# How the words may be set out.

SEPARATORS = (
    " ",
    "\n",
    ", ",
    ",",
    " - ",
    "-",
    "–",
    "/",
    "_",
    "|",
    " | ",
    ";",
    "\t",
    "  ",
    "\r\n",
    ". ",
    " · ",
    "\u3000",
    '" "',
)
BETWEEN = (
    " and ",
    " then ",
    ", then word ",
    " and then ",
    "\nnext ",
    " next word ",
    "<li>",
    "%20",
    "+",
    "&nbsp;",
    "\\n",
)


def joined(separator: str) -> Callable[[Sequence[str]], str]:
    return separator.join


def numbered(pattern: str, separator: str) -> Callable[[Sequence[str]], str]:
    return lambda words: separator.join(
        pattern.format(number=number, word=word) for number, word in enumerate(words, start=1)
    )


def ordinal(pattern: str) -> Callable[[Sequence[str]], str]:
    def arranged(words: Sequence[str]) -> str:
        return ", ".join(pattern.format(nth=nth, word=word) for nth, word in zip(ORDINALS.split(), words, strict=False))

    return arranged


def lettered(words: Sequence[str]) -> str:
    return "\n".join(f"{'abcdefghijklmnopqrstuvwx'[place]}) {word}" for place, word in enumerate(words))


def in_json(words: Sequence[str]) -> str:
    return json.dumps({"mnemonic": words}, ensure_ascii=False)


def in_two_columns(words: Sequence[str]) -> str:
    half = (len(words) + 1) // 2
    rows = [words[place::half] for place in range(half)]
    return "\n" + "\n".join("   ".join(row) for row in rows) + "\n"


def in_numbered_columns(words: Sequence[str]) -> str:
    half = (len(words) + 1) // 2
    cells = [f"{number}. {word}" for number, word in enumerate(words, start=1)]
    return "\n".join("    ".join(cells[place::half]) for place in range(half))


def in_a_table(words: Sequence[str]) -> str:
    rows = [f"| {number} | {word} |" for number, word in enumerate(words, start=1)]
    return "\n".join(["", "| # | word |", "|---|---|", *rows, ""])


def with_changing_fillers(words: Sequence[str]) -> str:
    between = (" and ", " then ", " ", ", ")
    return "".join(word + between[len(word) * place % 4] for place, word in enumerate(words))


ARRANGEMENTS: tuple[Callable[[Sequence[str]], str], ...] = (
    *(joined(separator) for separator in (*SEPARATORS, *BETWEEN)),
    *(
        numbered(pattern, separator)
        for pattern in (
            "{number}. {word}",
            "{number}) {word}",
            "{number}{word}",
            "#{number} {word}",
            "word {number}: {word}",
            "({number}) {word}",
            "{number} - {word}",
            "{word} ({number})",
            "{number}: **{word}**",
            "w{number}={word}",
            "No {number} {word}",
            "{number}.{word}",
            '"{number}": "{word}"',
            "- {word}",
            "* {word}",
            "> {word}",
        )
        for separator in ("\n", " ", ", ")
    ),
    ordinal("{nth}: {word}"),
    ordinal("the {nth} word is {word}"),
    ordinal("{nth} {word}"),
    lettered,
    in_json,
    in_two_columns,
    in_numbered_columns,
    in_a_table,
    with_changing_fillers,
)


@st.composite
def written_mnemonics(draw: st.DrawFn) -> str:
    """Return a text with a mnemonic in any language, length, spelling and arrangement."""
    language = draw(st.sampled_from(sorted(LISTS)))
    words = made(language, length=draw(st.sampled_from(LENGTHS)), seed=draw(seeds))
    if language == "english" and draw(st.booleans()):
        words = [word[:4] if draw(st.booleans()) else word for word in words]
    spellings = draw(st.lists(st.sampled_from(SPELLINGS), min_size=1, max_size=2))
    for spelled in spellings:
        words = [spelled(word) for word in words]
    before, after = draw(surroundings)
    return before + draw(st.sampled_from(ARRANGEMENTS))(words) + after


@thorough
@given(written_mnemonics())
def test_a_mnemonic_is_caught_however_it_is_written(text: str) -> None:
    assert GUARD.catches(text, addressed=False)


@pytest.mark.parametrize("arranged", ARRANGEMENTS)
@pytest.mark.parametrize("language", sorted(LISTS))
def test_every_arrangement_is_caught_in_every_language(language: str, arranged: Callable[[Sequence[str]], str]) -> None:
    texts = [arranged(made(language, length=length, seed=length)) for length in LENGTHS]
    assert [text for text in texts if not GUARD.catches(text, addressed=False)] == []


@thorough
@given(
    st.sampled_from([language for language in sorted(LISTS) if not language.startswith("chinese")]),
    st.sampled_from(LENGTHS),
    seeds,
    st.sampled_from([str, str.title, str.upper, without_accents]),
    st.sampled_from(["", "my seed is ", "seedphrase", "words:"]),
)
def test_words_glued_together_are_caught(
    language: str, length: int, seed: int, spelled: Callable[[str], str], before: str
) -> None:
    words = [spelled(word) for word in made(language, length=length, seed=seed)]
    assert GUARD.catches(before + "".join(words), addressed=False)


@thorough
@given(st.sampled_from(LENGTHS), seeds, st.integers(min_value=0, max_value=10))
def test_a_forgotten_space_hides_nothing(length: int, seed: int, place: int) -> None:
    words = made("english", length=length, seed=seed)
    words[place : place + 2] = ["".join(words[place : place + 2])]
    assert GUARD.catches(" ".join(words), addressed=False)


@thorough
@given(st.sampled_from(LENGTHS), seeds)
def test_abbreviated_words_glued_in_camel_case_are_caught(length: int, seed: int) -> None:
    words = made("english", length=length, seed=seed)
    assert GUARD.catches("".join(word[:4].title() for word in words), addressed=False)


@thorough
@given(
    st.sampled_from(["chinese_simplified", "chinese_traditional"]),
    st.sampled_from(LENGTHS),
    seeds,
    st.sampled_from(["", "我的助记词是", "助记词：", "help: ", "你好\n"]),
    st.sampled_from(["", "。", "，请帮我", " thanks", "\n谢谢"]),
)
def test_unspaced_chinese_words_are_caught(language: str, length: int, seed: int, before: str, after: str) -> None:
    assert GUARD.catches(before + "".join(made(language, length=length, seed=seed)) + after, addressed=False)


@thorough
@given(st.sampled_from(LENGTHS), seeds, st.sampled_from([" ", "\n", ".", "\u200b", "lorem ipsum "]))
def test_padding_hides_no_mnemonic(length: int, seed: int, padding: str) -> None:
    words = " ".join(made("english", length=length, seed=seed))
    assert GUARD.catches(padding * (30_000 // len(padding)) + words, addressed=False)


@thorough
@given(st.sampled_from(sorted(LISTS)), st.sampled_from(LENGTHS), seeds)
def test_a_broken_checksum_is_caught_only_when_addressed(language: str, length: int, seed: int) -> None:
    words = made(language, length=length, seed=seed)
    words[-1] = LISTS[language][LISTS[language].index(words[-1]) ^ 1]  # the checksum's last bit
    text = " ".join(words[-12:])
    assert GUARD.catches(text, addressed=True)
    if length == 12:
        assert not GUARD.catches(text, addressed=False)


# A word misspelt or left out: only what is meant for the bot is read that generously.

settings_out = pytest.mark.parametrize(
    "arranged",
    [" ".join, ", ".join, "\n".join, numbered("{number}. {word}", " ")],
    ids=["spaces", "commas", "lines", "numbers"],
)
NAMED = ("my seed phrase: ", "My wallet is empty! I wrote down ", "seed = ", "are these recovery words right?\n")
SLIPS = ("left out", "doubled", "exchanged", "swapped")
ONE_IN_THIRTY = 10
"""Of three hundred, what is let through: random words that read like a sentence's, or a slip in a word of three."""


def misspelt(word: str, *, slip: str, place: int) -> str:
    at = 1 + place % (len(word) - 2)
    return {
        "left out": word[:at] + word[at + 1 :],
        "doubled": word[:at] + word[at] + word[at:],
        "exchanged": word[:at] + "q" + word[at + 1 :],
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[slip]


def lost(texts: Sequence[str], *, addressed: bool = True) -> list[str]:
    return [text for text in texts if not GUARD.catches(text, addressed=addressed)]


@settings_out
@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("slipped", [1, 2])
def test_misspelt_words_are_caught(slipped: int, slip: str, arranged: Callable[[Sequence[str]], str]) -> None:
    texts = []
    for seed in range(300):
        words = made("english", length=12, seed=seed)
        chance = random.Random(seed)
        for place in chance.sample(range(12), k=slipped):
            words[place] = misspelt(words[place], slip=slip, place=chance.randrange(9))
        texts.append(f"{chance.choice(NAMED)}{arranged(words)}{chance.choice(AFTER)}")
    assert len(lost(texts)) <= ONE_IN_THIRTY * slipped


@pytest.mark.parametrize("language", [language for language in sorted(LISTS) if "chinese" not in language])
def test_a_misspelt_word_is_caught_in_every_language(language: str) -> None:
    texts = []
    for seed in range(20):
        words = made(language, length=12, seed=seed)
        longest = max(words, key=len)
        words[words.index(longest)] = longest[:1] + longest[2:]
        texts.append(" ".join(words))
    assert lost(texts) == []


@settings_out
@pytest.mark.parametrize("length", [12, 24])
def test_a_mnemonic_without_one_of_its_words_is_caught(length: int, arranged: Callable[[Sequence[str]], str]) -> None:
    texts = []
    for seed in range(300):
        words = made("english", length=length, seed=seed)
        del words[random.Random(seed).randrange(length)]
        texts.append(arranged(words))
    assert len(lost(texts)) <= ONE_IN_THIRTY


def test_eleven_words_that_somebody_else_was_told_pass() -> None:
    texts = [" ".join(made("english", length=12, seed=seed)[:11]) for seed in range(100)]
    assert lost(texts, addressed=False) == texts


def test_ten_words_are_no_wallet() -> None:
    texts = [" ".join(made("english", length=12, seed=seed)[:10]) for seed in range(300)]
    assert lost(texts) == texts


@pytest.mark.parametrize("sentence", ["{} for the {}", "{} seems to be {}", "{}, which has {}", "{} because {} isn't"])
def test_ten_list_words_in_chatter_pass(sentence: str) -> None:
    texts = []
    for seed in range(300):
        words = made("english", length=12, seed=seed)[:10]
        texts.append(". ".join(sentence.format(*words[place : place + 2]) for place in range(0, 10, 2)))
        texts.append(f"Yesterday somebody mentioned {' '.join(words)} without telling us why.")
        texts.append(f"I bought {', '.join(words[:5])} and also went for a bit of {', '.join(words[5:])} today.")
    assert lost(texts) == texts


@pytest.mark.parametrize("addressed", [True, False])
@pytest.mark.parametrize(
    "pattern",
    [
        "{} and the other six are {}",
        "the first half is {} and the second half is {}",
        "the first six are {}\nand the last six: {}",
        "part 1: {}; part 2: {}",
        "{} - the rest is: {}",
        "row 1: {} row 2: {} row 3: {}",
        "line one: {}\nline two: {}\nline three: {}\nline four: {}",
        "column 1: {} / column 2: {} / column 3: {}",
        "row 1: {} row 2: {} row 3: {} row 4: {} row 5: {} row 6: {}",
    ],
)
def test_names_of_rows_and_halves_hide_nothing(pattern: str, addressed: bool) -> None:
    texts = []
    for seed in range(100):
        words = made("english", length=12, seed=seed)
        size = 12 // pattern.count("{}")
        texts.append(pattern.format(*(" ".join(words[start : start + size]) for start in range(0, 12, size))))
    assert lost(texts, addressed=addressed) == []


@pytest.mark.parametrize(
    "sentence", ["and on the back of the paper it says", "… sorry, my boss came in, here it goes on:"]
)
def test_a_sentence_between_two_halves_hides_nothing(sentence: str) -> None:
    texts = []
    for seed in range(300):
        words = made("english", length=12, seed=seed)
        texts.append(f"my seed: {' '.join(words[:6])} {sentence} {' '.join(words[6:])}")
    assert len(lost(texts)) <= ONE_IN_THIRTY * 2


@pytest.mark.parametrize("alike", [("aeo", "аео"), ("aeopcxiy", "аеорсхіу"), ("ao", "αο")])
def test_letters_of_other_alphabets_that_look_alike_hide_nothing(alike: tuple[str, str]) -> None:
    texts = []
    for seed in range(100):
        words = [word.translate(str.maketrans(*alike)) for word in made("english", length=12, seed=seed)]
        if all(any("a" <= letter <= "z" for letter in word) for word in words):
            texts.append(" ".join(words))
    assert len(texts) > 50
    assert lost(texts, addressed=False) == []


def test_the_same_words_over_and_over_are_no_wallet() -> None:
    assert not GUARD.catches("help " * 24, addressed=True)
    assert not any(GUARD.catches(f"{word} " * 24, addressed=False) for word in ENGLISH)


@pytest.mark.parametrize("between", ["  ", " ", "\n", ", ", " - "])
@pytest.mark.parametrize("gap", [" ", ".", "-", "_"])
def test_words_written_letter_by_letter_are_caught(gap: str, between: str) -> None:
    for seed in range(5):
        words = made("english", length=12, seed=seed)
        text = between.join(gap.join(word) for word in words)
        assert GUARD.catches(f"my words are {text}", addressed=False), text


def test_letters_that_spell_something_else_are_let_through() -> None:
    sentence = "please never give your secret words to strangers who offer help in private messages"
    for text in ("  ".join(" ".join(word) for word in sentence.split()), " ".join(sentence.replace(" ", ""))):
        assert not GUARD.catches(text, addressed=True)
    assert not GUARD.catches(" ".join("abcdefghijklmnopqrstuvwxyz" * 3), addressed=True)
