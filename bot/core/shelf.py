"""What a group can be answered from, with all of it that is the same in each answer put together once."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.messages import Button
from bot.richtext import RichText, join, link, parse, plain
from faq.entry import Entry, Source
from faq.library import comparable
from faq.matcher import Faq


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is the same each time an entry is shown or offered.

    Attributes:
        text: the parsed answer.
        sources: the names of its sources, as links, in one line; empty if it has none.
        button: shows the entry.
        code: a short stable name of the entry: four characters, so that three fit into a button beside an id.
    """

    text: RichText
    sources: RichText
    button: Button
    code: str

    @classmethod
    def of(cls, entry: Entry, *, text: RichText) -> "Card":
        """Return the card of an entry whose parsed answer is `text`."""
        return cls(
            text=text,
            sources=join(map(_source, entry.sources), " · "),
            button=Button(label=entry.question, action=f"show {entry.id}"),
            code=_code(entry.id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a group can be answered from.

    Attributes:
        faq: the shared corpus, with the group's own entries if it has any.
        cards: what is the same in each answer, by id.
        own: ids of the entries that the group's moderators wrote.
        additions: what they add to answers that they cannot override, by shared id.
        wordings: ids of shared entries by each of their wordings, in comparable form.
        places: shared ids by the ids of own entries that stand in their place or add to them.
    """

    faq: Faq
    cards: Mapping[str, Card]
    own: frozenset[str] = frozenset()
    additions: Mapping[str, RichText] = field(default_factory=dict)
    wordings: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, faq: Faq) -> "Shelf":
        """Return the shelf of a FAQ, its answers parsed once."""
        entries = faq.entries.values()
        wordings = {comparable(text): entry.id for entry in entries for text in (entry.question, *entry.wordings)}
        cards = {entry.id: Card.of(entry, text=parse(entry.answer)) for entry in entries}
        return cls(faq=faq, cards=MappingProxyType(cards), wordings=MappingProxyType(wordings))

    def entry(self, topic: str) -> Entry | None:
        """Return the entry with this id."""
        return self.faq.get(self.places.get(topic, topic))


def _code(topic: str) -> str:
    number = zlib.crc32(topic.encode()) % 36**4
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 36**place % 36] for place in range(4))


def _source(source: Source) -> RichText:
    name = f"{source.publisher}, {source.title}" + (f" ({source.year})" if source.year else "")
    return link(name, source.url) if source.url else plain(name)
