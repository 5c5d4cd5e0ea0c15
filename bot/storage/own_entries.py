"""A group's own questions and answers, and its own wordings for shared ones."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from bot.errors import Refusal
from bot.storage import tables
from bot.storage.connection import Connection
from bot.storage.database import Database
from bot.storage.groups import Group, Groups, known_number, number_of
from bot.storage.log import Deed, Log

OWN = "own-"
"""Begins the id of every own entry, and of no shared one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntry:
    """A question that the group's moderators answer themselves.

    Attributes:
        id: begins with "own-", at most 40 characters.
        question: heading.
        answer: plain text.
        wordings: other ways to ask it.
        overrides: id of the shared entry whose place it takes, "" for none.
    """

    id: str
    question: str
    answer: str
    wordings: tuple[str, ...] = ()
    overrides: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A group's own wording of an entry.

    Attributes:
        number: by which it is removed.
        topic: id of the entry.
        wording: how people ask there.
    """

    number: int
    topic: str
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnContent:
    """Everything that a group's moderators wrote.

    Attributes:
        entries: by id, in the order in which they were written.
        aliases: wordings of shared entries, the oldest first.
        version: grows with each change.
    """

    entries: Mapping[str, OwnEntry]
    aliases: tuple[Alias, ...]
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a group may write.

    Attributes:
        entries: own entries.
        aliases: wordings of shared entries.
    """

    entries: int = 50
    aliases: int = 200


class OwnEntries:
    """Reads and changes what groups wrote.

    Args:
        database: where it is kept.
        groups: whose `entries_version` grows with each change.
        log: where changes are noted.
        limits: how much a group may write.
        now: seconds since 1970, UTC.
    """

    def __init__(
        self,
        database: Database,
        *,
        groups: Groups,
        log: Log,
        limits: Limits,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._groups = groups
        self._log = log
        self._now = now
        self.limits = limits

    async def of(self, group: Group) -> OwnContent:
        """Return what a group wrote.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        entries, wordings = tables.entries, tables.wordings
        async with self._database.reading() as connection:
            number = await known_number(connection, group)
            if number is None:
                return OwnContent(entries={}, aliases=())
            query = select(entries).where(entries.c.group_number == number).order_by(entries.c.at, entries.c.id)
            rows = (await connection.execute(query)).all()
            query = select(wordings).where(wordings.c.group_number == number).order_by(wordings.c.number)
            said = (await connection.execute(query)).all()
            version = await _version(connection, number)
        own: dict[str, list[str]] = defaultdict(list)
        for row in said:
            own[row.topic].append(row.wording)
        aliases = (Alias(number=row.number, topic=row.topic, wording=row.wording) for row in said)
        return OwnContent(
            entries={
                row.id: OwnEntry(
                    id=row.id,
                    question=row.question,
                    answer=row.answer,
                    wordings=tuple(own[row.id]),
                    overrides=row.overrides,
                )
                for row in rows
            },
            aliases=tuple(alias for alias in aliases if not alias.topic.startswith(OWN)),
            version=version,
        )

    async def put(
        self,
        group: Group,
        *,
        entries: Iterable[OwnEntry] = (),
        aliases: Iterable[tuple[str, str]] = (),
        since: int | None = None,
        deed: Deed,
    ) -> tuple[int, ...]:
        """Write entries, each in the place of the one with its id, and aliases as (topic, wording): all or nothing.

        Args:
            group: whose they are.
            entries: own entries.
            aliases: wordings of shared ones.
            since: version of the content on which all this was decided; None if it does not matter.
            deed: what the log says.

        Returns:
            The numbers of the aliases.

        Raises:
            Refusal: the group would have more than it may, or somebody has changed the content since then.
            StoreUnavailable: nothing was changed.
        """
        numbers = []
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            if since is not None and since != await _version(connection, number):
                raise Refusal("entries_changed")
            for entry in entries:
                await self._put(connection, number=number, entry=entry)
            for topic, wording in aliases:
                numbers.append(await _add_alias(connection, number=number, topic=topic, wording=wording))
            await self._check(connection, number)
            await self._changed(connection, number=number, deed=deed)
        self._groups.forget(group)
        return tuple(numbers)

    async def remove(self, group: Group, topic: str, *, deed: Deed) -> bool:
        """Remove an own entry; return whether there was one.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        table = tables.entries
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            here = (table.c.group_number == number, table.c.id == topic)
            removed = (await connection.execute(delete(table).where(*here))).rowcount
            if removed:
                said = tables.wordings
                here = (said.c.group_number == number, said.c.topic == topic)
                await connection.execute(delete(said).where(*here))
                await self._changed(connection, number=number, deed=deed)
        self._groups.forget(group)
        return bool(removed)

    async def unalias(self, group: Group, alias: int, *, deed: Deed) -> bool:
        """Remove a wording of a shared entry; return whether there was one.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        table = tables.wordings
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            here = (table.c.group_number == number, table.c.number == alias, table.c.topic.not_like(f"{OWN}%"))
            removed = (await connection.execute(delete(table).where(*here))).rowcount
            if removed:
                await self._changed(connection, number=number, deed=deed)
        self._groups.forget(group)
        return bool(removed)

    async def _put(self, connection: Connection, *, number: int, entry: OwnEntry) -> None:
        table, said = tables.entries, tables.wordings
        here = (table.c.group_number == number, table.c.id == entry.id)
        written = (await connection.execute(select(table.c.at).where(*here))).scalar_one_or_none()
        await connection.execute(delete(table).where(*here))
        await connection.execute(delete(said).where(said.c.group_number == number, said.c.topic == entry.id))
        row = {
            "group_number": number,
            "id": entry.id,
            "question": entry.question,
            "answer": entry.answer,
            "overrides": entry.overrides,
            "at": int(self._now()) if written is None else written,
        }
        await connection.execute(insert(table).values(row))
        wordings = [{"group_number": number, "topic": entry.id, "wording": wording} for wording in entry.wordings]
        if wordings:
            await connection.execute(insert(said), wordings)

    async def _check(self, connection: Connection, number: int) -> None:
        entries, said = tables.entries, tables.wordings
        query = select(func.count()).select_from(entries).where(entries.c.group_number == number)
        if (await connection.execute(query)).scalar_one() > self.limits.entries:
            raise Refusal("entries_full", most=self.limits.entries)
        shared = (said.c.group_number == number, said.c.topic.not_like(f"{OWN}%"))
        query = select(func.count()).select_from(said).where(*shared)
        if (await connection.execute(query)).scalar_one() > self.limits.aliases:
            raise Refusal("aliases_full", most=self.limits.aliases)

    async def _changed(self, connection: Connection, *, number: int, deed: Deed) -> None:
        table = tables.groups
        newer = update(table).where(table.c.number == number).values(entries_version=table.c.entries_version + 1)
        await connection.execute(newer)
        await self._log.note(connection, number=number, deed=deed)


async def _version(connection: Connection, number: int) -> int:
    query = select(tables.groups.c.entries_version).where(tables.groups.c.number == number)
    return int((await connection.execute(query)).scalar_one())


async def _add_alias(connection: Connection, *, number: int, topic: str, wording: str) -> int:
    table = tables.wordings
    here = (table.c.group_number == number, table.c.topic == topic, table.c.wording == wording)
    known = (await connection.execute(select(table.c.number).where(*here))).scalars().first()
    if known is not None:
        return int(known)
    row = insert(table).values(group_number=number, topic=topic, wording=wording)
    return int((await connection.execute(row.returning(table.c.number))).scalar_one())
