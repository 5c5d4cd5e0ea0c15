"""The shelf of each group: the shared corpus with what the group's moderators wrote."""

from collections import defaultdict
from types import MappingProxyType

from bot.core.owntext import harmless
from bot.core.turn import Shelf
from bot.storage.groups import Group, GroupState
from bot.storage.own_entries import OwnContent, OwnEntry
from bot.storage.recent import Recent
from bot.storage.store import Store
from faq.entry import Entry, Flag

SHELVES = 200
"""Groups with own entries whose shelf stays in memory."""

SUMMARY = 100


class Shelves:
    """Puts shelves together and remembers them.

    Args:
        store: where groups keep what they wrote.
        shared: the shared corpus.
    """

    def __init__(self, store: Store, *, shared: Shelf) -> None:
        self._store = store
        self._shared = shared
        self._remembered: Recent[tuple[int, int], Shelf] = Recent(SHELVES)

    async def of(self, group: Group, state: GroupState) -> Shelf:
        """Return the shelf of a group.

        Raises:
            StoreUnavailable: it is not remembered and cannot be read.
        """
        if not state.entries_version:
            return self._shared
        key = (state.number, state.entries_version)
        shelf = self._remembered.get(key)
        if shelf is None:
            shelf = _filled(self._shared, await self._store.own.of(group))
            self._remembered.put(key, shelf)
        return shelf


def is_safety(shelf: Shelf, topic: str) -> bool:
    """Return whether a group can only add to this entry."""
    entry = shelf.entry(topic)
    return entry is not None and Flag.SAFETY in entry.flags


def _filled(shared: Shelf, own: OwnContent) -> Shelf:
    additions = {
        entry.overrides: harmless(entry.answer) for entry in own.entries.values() if is_safety(shared, entry.overrides)
    }
    entries = {entry.id: _entry(entry) for entry in own.entries.values() if entry.overrides not in additions}
    wordings: dict[str, list[str]] = defaultdict(list)
    for alias in own.aliases:
        if shared.entry(alias.topic):
            wordings[alias.topic].append(alias.wording)
    for entry in own.entries.values():
        if entry.overrides in additions:
            wordings[entry.overrides] += [entry.question, *entry.wordings]
    overrides = {
        entry.overrides: entries[entry.id]
        for entry in own.entries.values()
        if entry.id in entries and shared.entry(entry.overrides)
    }
    faq = shared.faq.plus(entries.values(), wordings, overrides)
    answers = {topic: harmless(own.entries[topic].answer) for topic in entries}
    return Shelf(
        faq=faq,
        answers=MappingProxyType({**shared.answers, **answers}),
        own=frozenset(entries),
        additions=MappingProxyType(additions),
    )


def _entry(own: OwnEntry) -> Entry:
    return Entry(
        id=own.id,
        question=own.question,
        wordings=own.wordings,
        answer=own.answer,
        summary=own.question[:SUMMARY],
        theme="",
    )
