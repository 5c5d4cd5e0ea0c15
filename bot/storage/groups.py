"""Groups and what they set."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Select, String, bindparam, delete, insert, literal, select, update

from bot.errors import StoreUnavailable
from bot.storage import tables
from bot.storage.connection import Connection
from bot.storage.database import Database
from bot.storage.log import Deed, Log
from bot.storage.recent import Recent
from bot.storage.settings import GroupSettings, changed, restored, shown

PRIVATE_MARK = "@"
"""Begins the id of a private chat that set something: a group of one, named after the person."""


@dataclass(frozen=True, slots=True)
class Group:
    """Whose settings, entries and pins count: a platform's group, or a private chat.

    Attributes:
        platform: "console", "telegram" or "discord".
        id: the platform's id of the group, or "@" and the person's id.
    """

    platform: str
    id: str

    @classmethod
    def of_person(cls, platform: str, author: str) -> "Group":
        """Return the group that is a person's private chat."""
        return cls(platform, f"{PRIVATE_MARK}{author}")

    @property
    def is_private(self) -> bool:
        """Whether it is a private chat."""
        return self.id.startswith(PRIVATE_MARK)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """What is known of a group.

    Attributes:
        number: its number in the database, 0 if nothing is stored.
        settings: how the bot behaves there.
        entries_version: grows with each change of the group's own entries.
        has_left: it is noted that the group has removed the bot.
    """

    number: int
    settings: GroupSettings
    entries_version: int = 0
    has_left: bool = False


class Groups:
    """Reads and changes what groups set; what was read is remembered.

    Args:
        database: where it is kept.
        log: where changes are noted.
        defaults: what holds where a group has set nothing.
        capacity: how many groups are remembered.
    """

    def __init__(self, database: Database, *, log: Log, defaults: GroupSettings, capacity: int) -> None:
        self._database = database
        self._log = log
        self._defaults = defaults
        self._states: Recent[Group, GroupState] = Recent(capacity)

    @property
    def defaults(self) -> GroupSettings:
        """What holds where a group has set nothing."""
        return self._defaults

    def remembered(self, group: Group) -> GroupState | None:
        """Return what is known of a group if it was read before."""
        return self._states.get(group)

    async def state(self, group: Group) -> GroupState:
        """Return what is known of a group, from memory if it was read before.

        Raises:
            StoreUnavailable: it is not remembered and cannot be read.
        """
        return await self._states.fetch(group, self._read)

    async def change(self, group: Group, *, key: str, value: str, deed: Deed) -> None:
        """Set one thing, and note who did.

        Raises:
            ValueError: there is no such key, or it does not take this value.
            StoreUnavailable: nothing was changed.
        """
        value = shown(changed(self._defaults, key, value), key)
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            table = tables.settings
            await connection.execute(delete(table).where(table.c.group_number == number, table.c.key == key))
            await connection.execute(insert(table).values(group_number=number, key=key, value=value))
            await self._log.note(connection, number=number, deed=deed)
        self._states.forget(group)

    async def move(self, group: Group, *, to: str) -> None:
        """Give a group its new id; all its rows go with it, at once.

        What the new id already holds is replaced, unless it is older: then the group has moved before, and what has
        been noted under its former id since then goes.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        moved = Group(group.platform, to)
        async with self._database.writing() as connection:
            number = await known_number(connection, group)
            there = await known_number(connection, moved)
            table = tables.groups
            if number is not None and there is not None and there != number:
                await connection.execute(delete(table).where(table.c.number == max(number, there)))
            if number is not None and (there is None or number < there):
                await connection.execute(update(table).where(table.c.number == number).values(id=to))
                pins = tables.pins
                here = (pins.c.group_number == number, pins.c.channel == group.id)
                await connection.execute(update(pins).where(*here).values(channel=to))
        self._states.forget(group)
        self._states.forget(moved)

    async def left(self, group: Group, *, at: int) -> None:
        """Note that the group removed the bot `at` (seconds since 1970); its rows go after the grace time."""
        await self._mark(group, left_at=at)

    async def joined(self, group: Group) -> None:
        """Note that the bot is in the group, again perhaps."""
        await self._mark(group, left_at=None)

    async def only(self, platform: str, present: Collection[str], *, at: int) -> None:
        """Note which groups have the bot, all of a platform: any other has removed it `at` (seconds since 1970).

        Raises:
            StoreUnavailable: nothing was noted.
        """
        table = tables.groups
        here = (table.c.platform == platform, ~table.c.id.startswith(PRIVATE_MARK, autoescape=True))
        async with self._database.writing() as connection:
            rows = (await connection.execute(select(table.c.number, table.c.id, table.c.left_at).where(*here))).all()
            marks = [
                {"row": row.number, "at": None if row.id in present else at}
                for row in rows
                if (row.id in present) != (row.left_at is None)
            ]
            if marks:
                mark = update(table).where(table.c.number == bindparam("row")).values(left_at=bindparam("at"))
                await connection.execute(mark, marks)
        self._states.clear()

    def forget(self, group: Group) -> None:
        """Read the group anew when it is next asked for."""
        self._states.forget(group)

    def forget_all(self) -> None:
        """Read every group anew when it is next asked for."""
        self._states.clear()

    async def _mark(self, group: Group, *, left_at: int | None) -> None:
        table = tables.groups
        here = (table.c.platform == group.platform, table.c.id == group.id)

        async def write(connection: Connection) -> None:
            await connection.execute(update(table).where(*here).values(left_at=left_at))
            self._states.forget(group)

        # No platform reports it twice, so it waits for a database that does not answer.
        self._database.later(write)
        with suppress(StoreUnavailable):
            await self._database.flush()
        self._states.forget(group)

    async def _read(self, group: Group) -> GroupState:
        table, settings = tables.groups, tables.settings
        query = (
            select(table.c.number, table.c.entries_version, table.c.left_at, settings.c.key, settings.c.value)
            .join_from(table, settings, isouter=True)
            .where(table.c.platform == group.platform, table.c.id == group.id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        if not rows:
            return GroupState(number=0, settings=self._defaults)
        stored = {str(row.key): str(row.value) for row in rows if row.key is not None}
        return GroupState(
            number=rows[0].number,
            settings=restored(self._defaults, stored),
            entries_version=rows[0].entries_version,
            has_left=rows[0].left_at is not None,
        )


async def known_number(connection: Connection, group: Group) -> int | None:
    """Return the group's number, None if nothing of it is stored."""
    table = tables.groups
    query = select(table.c.number).where(table.c.platform == group.platform, table.c.id == group.id)
    return (await connection.execute(query)).scalar_one_or_none()


def numbered() -> Select[tuple[int]]:
    """Return a query for the number of the group that is given as `group_platform` and `group_id`."""
    table = tables.groups
    here = (table.c.platform == bindparam("group_platform"), table.c.id == bindparam("group_id"))
    return select(table.c.number).where(*here)


async def enter(connection: Connection, groups: Iterable[Group]) -> None:
    """Give each group that was unknown a number."""
    key = (bindparam("group_platform", type_=String), bindparam("group_id", type_=String))
    new = select(*key, literal(0)).where(~numbered().exists())
    rows = [{"group_platform": group.platform, "group_id": group.id} for group in groups]
    if rows:
        await connection.execute(insert(tables.groups).from_select(("platform", "id", "entries_version"), new), rows)


async def number_of(connection: Connection, group: Group) -> int:
    """Return the group's number; a group that was unknown gets one."""
    number = await known_number(connection, group)
    if number is not None:
        return int(number)
    row = insert(tables.groups).values(platform=group.platform, id=group.id, entries_version=0)
    return int((await connection.execute(row.returning(tables.groups.c.number))).scalar_one())
