"""The shelf of each group: the shared corpus with what the group's moderators wrote."""

from collections import defaultdict
from dataclasses import replace
from types import MappingProxyType

from bot.core.owntext import harmless
from bot.core.shelf import Card, Shelf
from bot.richtext import RichText
from bot.storage.groups import Group, GroupState
from bot.storage.own_entries import OwnContent, OwnEntry
from bot.storage.recent import Recent
from bot.storage.store import Store
from faq.entry import Entry, Flag

SHELVES = 100
"""Groups with own entries whose shelf stays in memory: about 0.2 MiB each with 50 entries."""

SUMMARY = 100


class Shelves:
    """Puts shelves together and remembers them.

    Args:
        store: where groups keep what they wrote.
        shared: the shared corpus.
        theme: the name under which a group's own entries are listed.
    """

    def __init__(self, store: Store, *, shared: Shelf, theme: str) -> None:
        self._store = store
        self._shared = shared
        self._theme = theme
        self._remembered: Recent[tuple[int, int], Shelf] = Recent(SHELVES)

    def remembered(self, state: GroupState) -> Shelf | None:
        """Return the shelf of a group in this state if nothing has to be read for it."""
        if not state.entries_version:
            return self._shared
        return self._remembered.get((state.number, state.entries_version))

    async def of(self, group: Group, state: GroupState) -> Shelf:
        """Return the shelf of a group.

        Raises:
            StoreUnavailable: it is not remembered and cannot be read.
        """
        shelf = self.remembered(state)
        if shelf is None:
            shelf = _filled(self._shared, await self._store.own.of(group), theme=self._theme)
            self._remembered.put((state.number, state.entries_version), shelf)
        return shelf


def is_safety(shelf: Shelf, topic: str) -> bool:
    """Return whether a group can only add to this entry."""
    entry = shelf.entry(topic)
    return entry is not None and Flag.SAFETY in entry.flags


def _filled(shared: Shelf, own: OwnContent, *, theme: str) -> Shelf:
    entries: list[Entry] = []
    overrides: list[Entry] = []
    cards = dict(shared.cards)
    additions: dict[str, RichText] = {}
    places: dict[str, str] = {}
    wordings: dict[str, list[str]] = defaultdict(list)
    for alias in own.aliases:
        wordings[alias.topic].append(alias.wording)
    for entry in own.entries.values():
        place = shared.entry(entry.overrides)
        if not place:
            entries.append(_entry(entry, theme=theme))
            cards[entry.id] = Card.of(entries[-1], text=harmless(entry.answer))
            continue
        places[entry.id] = place.id
        wordings[place.id] += [entry.question, *entry.wordings]
        if is_safety(shared, place.id):
            additions[place.id] = harmless(entry.answer)
        else:
            overrides.append(replace(place, question=entry.question, answer=entry.answer, sources=()))
            cards[place.id] = Card.of(overrides[-1], text=harmless(entry.answer))
    return Shelf(
        faq=shared.faq.plus(entries, wordings=wordings, overrides=overrides),
        cards=MappingProxyType(cards),
        own=frozenset(entry.id for entry in (*entries, *overrides)),
        additions=MappingProxyType(additions),
        wordings=shared.wordings,
        places=MappingProxyType(places),
    )


def _entry(own: OwnEntry, *, theme: str) -> Entry:
    return Entry(
        id=own.id,
        question=own.question,
        wordings=own.wordings,
        answer=own.answer,
        summary=own.question[:SUMMARY],
        theme=theme,
    )
