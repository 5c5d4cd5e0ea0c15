"""What the guard must catch, however it is written, and what it must let pass."""

import hashlib
import json
import random
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import base58
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mnemonic import Mnemonic

from bot.core.guard import Guard

ROOT = Path(__file__).parents[2]
DEV_QUESTIONS = ROOT / "../shared/knowledge/questions-dev.jsonl"

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


def test_eleven_words_are_no_wallet() -> None:
    words = made("english", length=12, seed=1)[:11]
    assert not GUARD.catches(" ".join(words), addressed=True)


def test_the_same_words_over_and_over_are_no_wallet() -> None:
    assert not GUARD.catches("help " * 24, addressed=True)
    assert not any(GUARD.catches(f"{word} " * 24, addressed=False) for word in ENGLISH)


# Keys.

EXTENDED = (
    "0488ADE4",
    "049D7878",
    "04B2430C",
    "04358394",
    "044A4E28",
    "045F18BC",
    "0295B005",
    "02AA7A99",
    "024285B5",
    "02575048",
)
EXTENDED_PUBLIC = ("0488B21E", "049D7CB2", "04B24746", "043587CF")


def key_bytes(seed: int, *, size: int = 32) -> bytes:
    return random.Random(seed).randbytes(size)


def encoded(payload: bytes) -> str:
    return base58.b58encode_check(payload).decode()


keys = st.one_of(
    st.builds(
        lambda seed, network, end: encoded(network + key_bytes(seed) + end),
        seeds,
        st.sampled_from([b"\x80", b"\xef"]),
        st.sampled_from([b"", b"\x01"]),
    ),
    st.builds(
        lambda seed, version: encoded(bytes.fromhex(version) + key_bytes(seed, size=74)),
        seeds,
        st.sampled_from(EXTENDED),
    ),
)


def in_pieces(separator: str, size: int) -> Callable[[str], str]:
    return lambda key: separator.join(key[place : place + size] for place in range(0, len(key), size))


KEY_ARRANGEMENTS: tuple[Callable[[str], str], ...] = (
    str,
    full_width,
    in_pieces("\n", 20),
    in_pieces(" ", 4),
    in_pieces("\n> ", 30),
    in_pieces("\u200b", 7),
    in_pieces("-", 10),
    "`{}`".format,
    "https://example.org/?key={}&lang=en".format,
    '{{"wif": "{}"}}'.format,
    "key{}isMine".format,
    "wpkh({}/84h/0h/0h)#abcd".format,
    lambda key: " " * 30_000 + key,
)


@thorough
@given(keys, st.sampled_from(KEY_ARRANGEMENTS), surroundings)
def test_a_private_key_is_caught_however_it_is_written(
    key: str, arranged: Callable[[str], str], around: tuple[str, str]
) -> None:
    assert GUARD.catches(around[0] + arranged(key) + around[1], addressed=False)


@thorough
@given(keys, st.integers(min_value=1, max_value=50))
def test_a_mistyped_key_is_none(key: str, place: int) -> None:
    changed = key[:place] + ("2" if key[place] != "2" else "3") + key[place + 1 :]
    assert not GUARD.catches(changed, addressed=True)


@thorough
@given(
    seeds,
    st.sampled_from(
        [
            "my private key is {}",
            "privkey: {}",
            "PRIVATE KEY\n{}",
            "private_key=0x{}",
            "secret key {}",
            "secretKey:'{}'",
            "{} is the private key",
            "{}\n^ my private key, is it safe",
            "priv: {}",
            "private key (hex): {}",
            "here is the privateKey of my first wallet from 2013, please tell me whether it still works: {}",
        ]
    ),
    st.sampled_from([str, str.upper, in_pieces(" ", 8), in_pieces("\n", 32), in_pieces(":", 2), full_width]),
)
def test_hexadecimal_digits_called_a_private_key_are_caught(
    seed: int, sentence: str, arranged: Callable[[str], str]
) -> None:
    assert GUARD.catches(sentence.format(arranged(key_bytes(seed).hex())), addressed=False)


@thorough
@given(
    seeds,
    st.sampled_from(
        [
            "{}",
            "txid {}",
            "https://mempool.space/tx/{}",
            "is my transaction 0x{} stuck?",
            "block hash: {}",
            "sha256 {}",
            "someone got my private key, the transaction is {}",
            "tx {} - what does private key mean?",
            "I never showed anybody my private key. The payment: {}",
            "{} is the hash of the file",
            "public key 02{}",
        ]
    ),
)
def test_a_transaction_id_is_let_pass(seed: int, sentence: str) -> None:
    assert not GUARD.catches(sentence.format(key_bytes(seed).hex()), addressed=True)


# What must pass.


def strings(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


def test_the_corpus_passes() -> None:
    files = sorted((ROOT / "faq/content/en").glob("*.toml"))
    texts = [text for file in files for text in strings(tomllib.loads(file.read_text(encoding="utf-8")))]
    assert len(texts) > 1000
    assert [text for text in texts if GUARD.catches(text, addressed=True)] == []
    assert not GUARD.catches("\n".join(texts[:2000]), addressed=False)


def test_the_development_questions_pass() -> None:
    if not DEV_QUESTIONS.exists():
        pytest.skip("the development questions are not beside this repository")
    questions = [json.loads(line)["q"] for line in DEV_QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert len(questions) > 500
    assert [question for question in questions if GUARD.catches(question, addressed=True)] == []


GROCERIES = """bread milk butter apple banana onion potato rice chicken salmon cheese olive tomato pepper salt sugar
coffee tea flour honey lemon garlic carrot cabbage spinach yoghurt ham tuna pasta beans corn soap
paper candle battery"""
ANIMALS = """cat dog lion tiger elephant giraffe zebra monkey eagle fox wolf rabbit turtle dolphin whale shark penguin
panda kangaroo koala camel horse sheep goat chicken duck goose mouse frog snake spider bee lizard hamster otter"""
OTHER_WORDS = """bitcoin wallet wallets coins exchange transaction transactions computer password account website
scammer market dollars bank banks price prices government hackers miners fees address addresses friend friends people
company investment savings blockchain network something nothing everything sending buying selling losing stolen lost
recovered really honestly probably quickly yesterday tomorrow bigger cheaper dangerous worthless legal illegal private public"""
SENTENCES = (
    "I want to {0} the {1} before the {2} of my {3}, is it a {4} {5}?",
    "Why does the {0} {1} a {2} when there is no {3} in the {4}?",
    "{0} and {1} are not the same, but a {2} can {3} with your {4} {5} anyway",
    "my {0} said that you should {1} only the {2} {3} and never {4} it.",
    "Can someone {0} what the {1} {2} means for a {3} that I {4} last year?",
    "what happens to {0} and the {1} {2} if they {3} it again and {4} their {5}?",
    "Just {0} your {1}! It is {2} and more {3} than the {4}.",
    "The {0} was {1} under the {2}, so we {3} to {4} all of the {5} at once. Then the {6} came and we were {7}.",
)
CLAUSES = """你好 请问比特币安全吗 我想知道如果我的钱包被盗了应该怎么办 昨天我在交易所买了一些比特币
他说这个网站很安全但是我不太相信他 有没有人可以告诉我怎么把币转到自己的钱包里 这件事情跟我们没有什么关系
现在的价格是不是太高了 大家都觉得明年会更好 我的朋友说他可以帮我 天气不错 因为时间不够所以我们明天再说吧"""


def sentences(chance: random.Random) -> str:
    # More than half of the content words are list words: denser than the questions that people ask.
    words = [chance.choice(ENGLISH) if chance.random() < 0.55 else chance.choice(OTHER_WORDS.split()) for _ in range(8)]
    return " ".join(template.format(*words) for template in chance.choices(SENTENCES, k=chance.randint(1, 2)))


def groceries(chance: random.Random) -> str:
    separator = chance.choice((", ", "\n", " ", "\n- "))
    return "to buy: " + separator.join(chance.sample(GROCERIES.split(), k=chance.randint(4, 11))) + ", that is it"


def animals(chance: random.Random) -> str:
    return "1. " + "\n2. ".join(chance.sample(ANIMALS.split(), k=chance.randint(4, 11))) + " is my favourite"


def digests(chance: random.Random) -> str:
    pattern = chance.choice(("{}", "txid: {}", "https://example.org/tx/{}?from={}", "sha256:{}", "block {} {}"))
    return pattern.format(chance.randbytes(32).hex(), chance.choice(ENGLISH))


def addresses(chance: random.Random) -> str:
    version = chance.choice((b"\x00", b"\x05", *map(bytes.fromhex, EXTENDED_PUBLIC)))
    address = encoded(version + chance.randbytes(20 if len(version) == 1 else 74))
    return f"{chance.choice(ENGLISH)} {address} {chance.choice(ENGLISH)}"


def invoices(chance: random.Random) -> str:
    data = "".join(chance.choices("qpzry9x8gf2tvdw0s3jn54khce6mua7l", k=chance.choice((38, 58, 250))))
    return chance.choice(("bc1q", "lnbc2500u1p", "lightning:lnbc1")) + data


def chinese(chance: random.Random) -> str:
    return "，".join(chance.choices(CLAUSES.split(), k=4)) + "。"


def code(chance: random.Random) -> str:
    words = chance.choices(ENGLISH, k=6)
    return (
        f"def {words[0]}_{words[1]}({words[2]}, *, {words[3]}=None):\n    return {words[4]}.{words[5]}({words[2]})[0]"
    )


KINDS = (*(sentences,) * 6, groceries, animals, digests, addresses, invoices, chinese, code)


def lines_of_prose(*, seed: int, count: int) -> list[str]:
    """Return sentences, lists, addresses, hashes, links, invoices and code that give nothing away."""
    chance = random.Random(seed)
    return [chance.choice(KINDS)(chance) for _ in range(count)]


def test_a_hundred_thousand_lines_of_prose_pass() -> None:
    lines = lines_of_prose(seed=20261122, count=100_000)
    assert [line for line in lines if GUARD.catches(line, addressed=True)] == []


def test_long_conversations_pass() -> None:
    lines = lines_of_prose(seed=20261123, count=2000)
    pages = ["\n".join(lines[first : first + 40]) for first in range(0, len(lines), 40)]
    assert [page for page in pages if GUARD.catches(page, addressed=False)] == []


@pytest.mark.parametrize("text", ["", " ", "\0\x1b", "🙂" * 5000, "а" * 10_000, "\u202e", "then " * 3000, "\ud800"])
def test_odd_texts_pass_without_an_error(text: str) -> None:
    assert not GUARD.catches(text, addressed=True)
