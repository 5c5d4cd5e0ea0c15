"""Questions that the bot could not answer, kept for a group's moderators: without author, for 30 days."""

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import RowMapping

from bot.storage import tables
from bot.storage.connection import Connection
from bot.storage.database import Database
from bot.storage.groups import Group, known_number, number_of

KEPT = 200
"""Questions a group; the oldest goes first."""

DISMISSED = "dismissed"
"""What is noted as done about a question that nobody wants to see again."""

_ALIKE = 85.0


class Kind(enum.Enum):
    """Why a question is kept: nothing fitted, what was shown did not fit, or it was only overheard (`preview`)."""

    MISSED = "missed"
    OTHER = "other"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question to be looked at.

    Attributes:
        number: by which it is named.
        kind: why it is kept.
        text: the question, stripped of everything personal.
        topic: id of the entry that was shown or would have been, "" for none.
        count: how often it, or one much like it, was asked.
        done: what was done about it: "" for nothing yet, "dismissed", "alias NUMBER" or "entry ID".
    """

    number: int
    kind: Kind
    text: str
    topic: str
    count: int
    done: str


class Review:
    """Keeps the queue of each group.

    Args:
        database: where it is kept; questions are written with its next flush.
        now: seconds since 1970, UTC.
    """

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def add(self, group: Group, *, kind: Kind, text: str, topic: str = "") -> None:
        """Put a question into the queue; one much like it that waits there already is counted instead."""
        at = int(self._now())

        async def write(connection: Connection) -> None:
            number = await number_of(connection, group)
            if not await _counted(connection, number=number, kind=kind, text=text, topic=topic):
                row = {"group_number": number, "kind": kind.value, "text": text, "topic": topic, "times": 1, "at": at}
                await connection.execute(insert(tables.review).values(row | {"done": ""}))
                await _bound(connection, number)

        self._database.later(write)

    async def next(self, group: Group, *, after: Item | None = None) -> Item | None:
        """Return the open question that was asked most often; with `after`, the one that follows it.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        items = await self.open(group)
        numbers = [item.number for item in items]
        start = numbers.index(after.number) + 1 if after and after.number in numbers else 0
        return (items[start:] or items[:1] or (None,))[0]

    async def open(self, group: Group) -> tuple[Item, ...]:
        """Return the open questions, those asked most often first.

        Raises:
            StoreUnavailable: they cannot be read.
        """
        await self._database.flush()
        table = tables.review
        async with self._database.reading() as connection:
            number = await known_number(connection, group)
            query = select(table).where(table.c.group_number == number, table.c.done == "")
            query = query.order_by(table.c.times.desc(), table.c.number)
            rows = (await connection.execute(query)).mappings().all()
        return tuple(_item(row) for row in rows)

    async def item(self, group: Group, number: int) -> Item | None:
        """Return a question by its number.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        table = tables.review
        async with self._database.reading() as connection:
            known = await known_number(connection, group)
            query = select(table).where(table.c.group_number == known, table.c.number == number)
            row = (await connection.execute(query)).mappings().one_or_none()
        return _item(row) if row else None

    async def settle(self, group: Group, number: int, *, done: str) -> None:
        """Note what was done about a question; "" opens it again.

        Raises:
            StoreUnavailable: nothing was noted.
        """
        table = tables.review
        async with self._database.writing() as connection:
            known = await known_number(connection, group)
            here = (table.c.group_number == known, table.c.number == number)
            await connection.execute(update(table).where(*here).values(done=done))


async def _counted(connection: Connection, *, number: int, kind: Kind, text: str, topic: str) -> bool:
    table = tables.review
    here = (table.c.group_number == number, table.c.kind == kind.value, table.c.topic == topic)
    unsettled = table.c.done.in_(("", DISMISSED))
    rows = (await connection.execute(select(table.c.number, table.c.text).where(*here, unsettled))).all()
    folded = {row.number: row.text.casefold() for row in rows}
    found = process.extractOne(text.casefold(), folded, scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE)
    if not found:
        return False
    # The words are the first asker's, so their time is not prolonged.
    await connection.execute(update(table).where(table.c.number == found[2]).values(times=table.c.times + 1))
    return True


async def _bound(connection: Connection, number: int) -> None:
    table = tables.review
    query = select(func.count()).select_from(table).where(table.c.group_number == number)
    surplus = (await connection.execute(query)).scalar_one() - KEPT
    if surplus > 0:
        oldest = select(table.c.number).where(table.c.group_number == number)
        oldest = oldest.order_by(table.c.at, table.c.number).limit(surplus)
        await connection.execute(delete(table).where(table.c.number.in_(oldest.scalar_subquery())))


def _item(row: RowMapping) -> Item:
    return Item(
        number=row["number"],
        kind=Kind(row["kind"]),
        text=row["text"],
        topic=row["topic"],
        count=row["times"],
        done=row["done"],
    )
