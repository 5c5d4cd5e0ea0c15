"""The curated answer: one entry for one topic."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

ID_PATTERN = r"^[a-z0-9-]{1,40}$"
"""What an entry's id looks like; 40 characters leave room for a command within 64 bytes of button data."""


class Flag(enum.Enum):
    """What the program does around an answer.

    PRICE: a live price fits. NO_ADVICE: the answer carries the line that it is no advice. SAFETY: a group cannot
    override the entry. BAIT: in a group the answer ends with a warning of strangers who write now.
    """

    PRICE = "price"
    NO_ADVICE = "no_advice"
    SAFETY = "safety"
    BAIT = "bait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact comes from.

    Attributes:
        title: name of the document.
        publisher: who stands behind it.
        year: of publication; 0 for a page without a year.
        url: address, "" if none was checked.
    """

    title: str
    publisher: str
    year: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question with its curated answer.

    Attributes:
        id: at most 40 characters of `a-z0-9-`.
        question: heading, at most 80 characters.
        wordings: other ways to ask it.
        answer: Markdown.
        summary: one line, at most 100 characters.
        theme: name of the theme it stands in.
        related: ids of entries to read next.
        sources: where the facts come from.
        flags: what the program does around the answer.
        reviewed: month of the last review, as "2026-11".
    """

    id: str
    question: str
    wordings: tuple[str, ...]
    answer: str
    summary: str
    theme: str
    related: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    flags: frozenset[Flag] = frozenset()
    reviewed: str = ""


def kinships(entries: Mapping[str, Entry]) -> dict[str, frozenset[str]]:
    """Return for each entry those that it names as related, or that name it."""
    kin: dict[str, set[str]] = {topic: set() for topic in entries}
    for entry in entries.values():
        for other in entry.related:
            if other in kin:
                kin[entry.id].add(other)
                kin[other].add(entry.id)
    return {topic: frozenset(others) for topic, others in kin.items()}
