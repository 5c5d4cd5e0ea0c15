"""What people write that gives nothing away, and that the guard must let pass."""

import json
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

import base58
import pytest
from mnemonic import Mnemonic

from bot.core.guard import Guard

ROOT = Path(__file__).parents[2]
DEV_QUESTIONS = ROOT / "../shared/knowledge/questions-dev.jsonl"
EXTENDED_PUBLIC = ("0488B21E", "049D7CB2", "04B24746", "043587CF")

GUARD = Guard()
ENGLISH = Mnemonic("english").wordlist


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


def test_the_training_questions_pass() -> None:
    lines = (ROOT / "faq/training/questions-en.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 1000
    assert [line for line in lines if GUARD.catches(json.loads(line)["q"], addressed=True)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Shall I compare thee to a summer's day? Thou art more lovely and more temperate: rough winds do shake the "
        "darling buds of May, and summer's lease hath all too short a date",
        "Tiger, tiger, burning bright in the forests of the night, what immortal hand or eye could frame thy symmetry",
        "get bread, milk, eggs, two onions, apples, rice, cheese, coffee, tomatoes, salt and a lemon for tonight",
        "row 3 of the table is empty, the other half of the page shows the price, the rest is fine, and part one works",
        "my first wallet holds the first half of my coins, the other half is on an exchange and the rest is in cash",
    ],
)
def test_poems_errands_and_talk_of_halves_pass(text: str) -> None:
    assert not GUARD.catches(text, addressed=True)


GROCERIES = """bread milk butter apple banana onion potato rice chicken salmon cheese olive tomato pepper salt sugar
coffee tea flour honey lemon garlic carrot cabbage spinach yoghurt ham tuna pasta beans corn soap
paper candle battery"""
ANIMALS = """cat dog lion tiger elephant giraffe zebra monkey eagle fox wolf rabbit turtle dolphin whale shark penguin
panda kangaroo koala camel horse sheep goat chicken duck goose mouse frog snake spider bee lizard hamster otter"""
OTHER_WORDS = """bitcoin wallet wallets coins exchange transaction transactions computer password account website
scammer market dollars bank banks price prices government hackers miners fees address addresses friend friends people
company investment savings blockchain network something nothing everything sending buying selling losing stolen lost
recovered really honestly probably quickly yesterday tomorrow bigger cheaper dangerous worthless legal illegal
private public"""
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
    return "to buy: " + separator.join(chance.sample(GROCERIES.split(), k=chance.randint(4, 9))) + ", that is it"


def animals(chance: random.Random) -> str:
    return "1. " + "\n2. ".join(chance.sample(ANIMALS.split(), k=chance.randint(4, 11))) + " is my favourite"


def digests(chance: random.Random) -> str:
    pattern = chance.choice(("{}", "txid: {}", "https://example.org/tx/{}?from={}", "sha256:{}", "block {} {}"))
    return pattern.format(chance.randbytes(32).hex(), chance.choice(ENGLISH))


def addresses(chance: random.Random) -> str:
    version = chance.choice((b"\x00", b"\x05", *map(bytes.fromhex, EXTENDED_PUBLIC)))
    address = base58.b58encode_check(version + chance.randbytes(20 if len(version) == 1 else 74)).decode()
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
