"""Who changed what in a group: the last hundred."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from bot.storage import tables
from bot.storage.connection import Connection
from bot.storage.database import Database

KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that a moderator does.

    Attributes:
        author: the platform's id of the person, "" for somebody anonymous.
        what: the command, at most 200 characters, without anybody's question in it.
    """

    author: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the log.

    Attributes:
        author: the platform's id of the person, "" for somebody anonymous or forgotten.
        what: what was done.
        at: when, UTC.
    """

    author: str
    what: str
    at: datetime


class Log:
    """Keeps the deeds of each group.

    Args:
        database: where it is kept.
        now: seconds since 1970, UTC.
    """

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    async def note(self, connection: Connection, *, number: int, deed: Deed) -> None:
        """Add a line within somebody's transaction, and let the oldest go."""
        table = tables.log
        await connection.execute(
            insert(table).values(group_number=number, author=deed.author, what=deed.what[:200], at=int(self._now()))
        )
        kept = select(table.c.number).where(table.c.group_number == number).order_by(table.c.number.desc()).limit(KEPT)
        old = (table.c.group_number == number, table.c.number.not_in(kept.scalar_subquery()))
        await connection.execute(delete(table).where(*old))

    async def lines(self, number: int, *, limit: int = KEPT) -> tuple[Line, ...]:
        """Return the last lines of a group, the newest first.

        Raises:
            StoreUnavailable: they cannot be read.
        """
        table = tables.log
        query = select(table).where(table.c.group_number == number).order_by(table.c.number.desc()).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Line(author=row.author, what=row.what, at=datetime.fromtimestamp(row.at, UTC)) for row in rows)
