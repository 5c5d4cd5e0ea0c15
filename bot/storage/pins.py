"""What the bot pinned."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Row

from bot.messages import Place
from bot.storage import tables
from bot.storage.database import Database
from bot.storage.groups import Group, number_of
from bot.storage.log import Deed, Log
from bot.storage.recent import Recent

_PINNED = select(tables.pins, tables.groups.c.platform, tables.groups.c.id).join_from(tables.pins, tables.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A message that the bot pinned.

    Attributes:
        place: where it stands.
        message: its id.
        topic: id of the entry that it shows.
        content: hash of the entry as it was shown.
        own: the group's moderators wrote the entry.
        at: when it was pinned, UTC.
    """

    place: Place
    message: str
    topic: str
    content: str
    own: bool
    at: datetime


class Pins:
    """Keeps the registry of pins.

    Args:
        database: where it is kept.
        log: where pinning is noted.
        capacity: of how many groups the pins are remembered.
        now: seconds since 1970, UTC.
    """

    def __init__(self, database: Database, *, log: Log, capacity: int, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._log = log
        self._now = now
        self._of_group: Recent[Group, tuple[Pinned, ...]] = Recent(capacity)

    async def of(self, group: Group) -> tuple[Pinned, ...]:
        """Return the pins of a group, the oldest first.

        Raises:
            StoreUnavailable: they are not remembered and cannot be read.
        """
        return await self._of_group.fetch(group, self._read)

    async def add(
        self, group: Group, pinned: Pinned, *, refresh_at: float | None, unpinned: Iterable[str], deed: Deed
    ) -> None:
        """Note a pin that was made, and those that were taken down for it.

        Raises:
            StoreUnavailable: nothing was noted.
        """
        table = tables.pins
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            gone = [*unpinned, pinned.message]
            here = (table.c.group_number == number, table.c.channel == pinned.place.channel)
            await connection.execute(delete(table).where(*here, table.c.message.in_(gone)))
            row = {
                "group_number": number,
                "channel": pinned.place.channel,
                "message": pinned.message,
                "topic": pinned.topic,
                "content": pinned.content,
                "own": pinned.own,
                "pinned_at": int(pinned.at.timestamp()),
                "refresh_at": None if refresh_at is None else int(refresh_at),
            }
            await connection.execute(insert(table).values(row))
            await self._log.note(connection, number=number, deed=deed)
        self._of_group.forget(group)

    async def remove(self, group: Group, *, channel: str, messages: Iterable[str], deed: Deed | None = None) -> None:
        """Forget pins that were taken down or are gone.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        table = tables.pins
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            here = (table.c.group_number == number, table.c.channel == channel, table.c.message.in_(list(messages)))
            await connection.execute(delete(table).where(*here))
            if deed:
                await self._log.note(connection, number=number, deed=deed)
        self._of_group.forget(group)

    async def refreshed(
        self, group: Group, *, channel: str, message: str, refresh_at: float | None, content: str | None = None
    ) -> None:
        """Note when a pin is next to be refreshed (None: not by the clock), and what it shows now.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        table = tables.pins
        values: dict[str, object] = {"refresh_at": None if refresh_at is None else int(refresh_at)}
        if content is not None:
            values["content"] = content
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            here = (table.c.group_number == number, table.c.channel == channel, table.c.message == message)
            await connection.execute(update(table).where(*here).values(values))
        self._of_group.forget(group)

    async def touch(self, group: Group, topics: Iterable[str]) -> None:
        """Make the pins of these topics due: what they show has changed.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        table = tables.pins
        if not any(pin.topic in set(topics) for pin in await self.of(group)):
            return
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            here = (table.c.group_number == number, table.c.topic.in_(list(topics)))
            await connection.execute(update(table).where(*here).values(refresh_at=int(self._now())))

    async def touch_outdated(self, contents: dict[str, str]) -> None:
        """Make due every pin of a shared entry that is gone or shows another content than `contents[topic]`, anywhere.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        table = tables.pins
        shared, due = table.c.own.is_(False), {"refresh_at": int(self._now())}
        async with self._database.writing() as connection:
            gone = table.c.topic.not_in(list(contents))
            await connection.execute(update(table).where(shared, gone).values(due))
            for topic, content in contents.items():
                old = (table.c.topic == topic, table.c.content != content)
                await connection.execute(update(table).where(shared, *old).values(due))

    async def due(self, platform: str) -> tuple[Pinned | None, int]:
        """Return the pin of a platform that has been due for longest, and how many are due.

        Raises:
            StoreUnavailable: they cannot be read.
        """
        table = tables.pins
        overdue = (
            tables.groups.c.platform == platform,
            tables.groups.c.left_at.is_(None),
            table.c.refresh_at <= int(self._now()),
        )
        count = select(func.count()).select_from(table.join(tables.groups)).where(*overdue)
        query = _PINNED.where(*overdue).order_by(table.c.refresh_at, table.c.number).limit(1)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
            waiting = (await connection.execute(count)).scalar_one() if row else 0
        return (_pinned(row) if row else None), waiting

    def forget(self, group: Group) -> None:
        """Read the group's pins anew when they are next asked for."""
        self._of_group.forget(group)

    def forget_all(self) -> None:
        """Read every group's pins anew when they are next asked for."""
        self._of_group.clear()

    async def _read(self, group: Group) -> tuple[Pinned, ...]:
        here = (tables.groups.c.platform == group.platform, tables.groups.c.id == group.id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(_PINNED.where(*here).order_by(tables.pins.c.number))).all()
        return tuple(_pinned(row) for row in rows)


def _pinned(row: Row[tuple[object, ...]]) -> Pinned:
    return Pinned(
        place=Place(platform=row.platform, group=row.id, channel=row.channel),
        message=row.message,
        topic=row.topic,
        content=row.content,
        own=row.own,
        at=datetime.fromtimestamp(row.pinned_at, UTC),
    )
