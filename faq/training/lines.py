"""The lines that are learned from: the project's own, and others generated from them."""

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from faq.library import Library
from faq.linear import OFFTOPIC
from faq.spelling import Spelling

Neighbours = Mapping[str, Sequence[str]]
"""Words of like meaning by word."""

COMPARES = frozenset(
    {"competition", "earning-bitcoin", "lightning-network", "multisig", "store-of-value", "vs-traditional-money"}
    | {"who-is-satoshi"}
)
"""Entries that answer for other things than Bitcoin as well, or whose words fit them badly."""

EVERYDAY = (
    *("gold", "silver", "oil", "stocks", "apple shares", "real estate", "my house", "my car", "a credit card"),
    *("my bank account", "the dollar", "my pension", "the lottery", "my phone", "my laptop", "an iphone", "windows"),
    *("email", "whatsapp", "netflix"),
)
"""What people ask the same questions about, where no entry answers."""

SLIPS = 2
"""A word in more lines than this was meant as it is written."""

SHORTEST_SLIP = 5
"""Shorter rare words are names and abbreviations more often than slips."""

MORE_FREQUENT = 10
"""How many times as many lines hold the word that a slip stands for."""

_BITCOIN = re.compile(r"\b(bitcoins?|btc)\b", re.IGNORECASE)
_PARTS = re.compile(r"([A-Za-z0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One text to learn from.

    Attributes:
        text: as somebody may write it.
        topic: the class it belongs to, or was made from.
        origin: number of the own line it was made from.
    """

    text: str
    topic: str
    origin: int


def own_lines(content: Library) -> tuple[Line, ...]:
    """Return the questions and wordings of all entries and the lines that none answers."""
    pairs = [(text, entry.id) for entry in content.entries.values() for text in (entry.question, *entry.wordings)]
    pairs += [(text, OFFTOPIC + kind) for kind, texts in content.offtopic.items() for text in texts]
    return tuple(Line(text=text, topic=topic, origin=number) for number, (text, topic) in enumerate(pairs))


def slips(
    lines: Sequence[Sequence[str]], *, names: Collection[str], is_english: Callable[[str], bool], spelling: Spelling
) -> dict[str, str]:
    """Return the words written with a slip, by what they stand for: to learn them would keep them from being mended.

    Args:
        lines: the words of each own line.
        names: words that are names of things.
        is_english: tells whether a word is one.
        spelling: of the words that stand in several lines.
    """
    counts = Counter(word for words in lines for word in set(words))
    meant = {
        word: spelling.meant(word)
        for word, count in counts.items()
        if count <= SLIPS and len(word) >= SHORTEST_SLIP and word not in names and not is_english(word)
    }
    return {word: other for word, other in meant.items() if counts[other] >= MORE_FREQUENT * counts[word]}


def generated_lines(
    own: Sequence[Line], *, neighbours: Neighbours, common: frozenset[str], seed: int = 1
) -> tuple[Line, ...]:
    """Return new lines made from own ones: words exchanged or left out, parts joined, keywords alone.

    What they mean is not known: the teacher says it.

    Args:
        own: what `own_lines` returned.
        neighbours: the words that may stand for a word.
        common: words that carry no meaning and stay as they are.
        seed: of the random choices.
    """
    by_topic: dict[str, list[str]] = {}
    for line in own:
        by_topic.setdefault(line.topic, []).append(line.text)
    topics = list(by_topic)
    seen = {line.text for line in own}
    lines = []
    for line in own:
        # A line's variants depend on nothing else, so that what was embedded before need not be embedded again.
        chance = random.Random(f"{seed} {line.text}")  # noqa: S311 - seeded on purpose: the file can be made again
        partner = chance.choice(by_topic[line.topic if chance.random() < 0.5 else chance.choice(topics)])
        for text in _variants(line.text, partner=partner, neighbours=neighbours, common=common, chance=chance):
            if text not in seen:
                seen.add(text)
                lines.append(Line(text=text, topic=line.topic, origin=line.origin))
    return tuple(lines)


def lines_on_others(own: Sequence[Line], *, names: Sequence[str], seed: int = 1) -> tuple[Line, ...]:
    """Return wordings in which something else stands for Bitcoin: no entry answers these."""
    chance = random.Random(seed)  # noqa: S311 - seeded on purpose: the file can be made again
    return tuple(
        Line(text=_BITCOIN.sub(chance.choice(names), line.text), topic=line.topic, origin=line.origin)
        for line in own
        if not line.topic.startswith(OFFTOPIC) and line.topic not in COMPARES and _BITCOIN.search(line.text)
    )


def _variants(
    text: str, *, partner: str, neighbours: Neighbours, common: frozenset[str], chance: random.Random
) -> Iterator[str]:
    words = text.split()
    for _ in range(2):
        yield _exchanged(text, count=chance.choice((1, 1, 2, 3)), neighbours=neighbours, common=common, chance=chance)
    if len(words) >= 4:
        left_out = set(chance.sample(range(len(words)), chance.randint(1, len(words) // 3)))
        yield " ".join(word for number, word in enumerate(words) if number not in left_out)
    other = partner.split()
    yield " ".join(words[: chance.randint(1, len(words))] + other[chance.randrange(len(other)) :])
    telling = [word for word in words if word.lower().strip("?.,") not in common]
    if len(telling) > 2 and chance.random() < 0.5:
        yield " ".join(chance.sample(telling, min(len(telling), chance.randint(2, 4))))


def _exchanged(text: str, *, count: int, neighbours: Neighbours, common: frozenset[str], chance: random.Random) -> str:
    parts = _PARTS.split(text)
    places = [
        at for at in range(1, len(parts), 2) if parts[at].lower() not in common and neighbours.get(parts[at].lower())
    ]
    for at in chance.sample(places, min(count, len(places))):
        parts[at] = chance.choice(neighbours[parts[at].lower()])
    return "".join(parts)
