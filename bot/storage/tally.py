"""How often what was answered, and how often it helped."""

import enum
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import String, bindparam, func, insert, literal, select, update

from bot.storage import tables
from bot.storage.connection import Connection
from bot.storage.database import Database
from bot.storage.groups import Group, enter, known_number, number_of, numbered

Counts = Mapping[tuple["Event", str], int]
"""How often something happened with an entry; the entry's id is "" where none was shown."""


MOST_UNWRITTEN = 20_000
"""Different counts that wait while the database does not answer; further ones are not counted."""


class Event(enum.Enum):
    """What is counted."""

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    MISSED = "missed"
    HELPED = "helped"
    OTHER = "other"


_Key = tuple[Group, str, Event, str]
"""Of a count: where, in which month, of what, with which entry."""


class Tally:
    """Counts by group and month.

    Args:
        database: where it is kept; counts are written with its next flush, votes at once.
        now: seconds since 1970, UTC.
    """

    def __init__(self, database: Database, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self._unwritten: Counter[_Key] = Counter()
        self._writing: Counter[_Key] = Counter()
        database.collect(self)

    def __len__(self) -> int:
        """Return how many different counts wait to be written."""
        return len(self._unwritten)

    def note(self, group: Group, event: Event, *, topic: str = "") -> None:
        """Count that something happened."""
        key = (group, self._month(), event, topic)
        if key in self._unwritten or len(self._unwritten) < MOST_UNWRITTEN:
            self._unwritten[key] += 1

    async def vote(self, group: Group, *, topic: str, voter: str) -> bool:
        """Count that an entry helped somebody; return False if the same person said so before.

        Args:
            group: where.
            topic: the entry's id.
            voter: keyed hash of the person.

        Raises:
            StoreUnavailable: the vote was not counted.
        """
        table = tables.votes
        async with self._database.writing() as connection:
            number = await number_of(connection, group)
            here = (table.c.group_number == number, table.c.topic == topic, table.c.voter == voter)
            if (await connection.execute(select(table.c.voter).where(*here))).one_or_none():
                return False
            row = {"group_number": number, "topic": topic, "voter": voter, "at": int(self._now())}
            await connection.execute(insert(table).values(row))
            await _count(connection, {(group, self._month(), Event.HELPED, topic): 1})
        return True

    async def of(self, group: Group) -> Counts:
        """Return the counts of this month and the one before.

        Raises:
            StoreUnavailable: they cannot be read.
        """
        await self._database.flush()
        table = tables.counts
        async with self._database.reading() as connection:
            number = await known_number(connection, group)
            total = func.sum(table.c.times).label("total")
            query = select(table.c.kind, table.c.topic, total).where(
                table.c.group_number == number, table.c.month >= month_before(self._now())
            )
            rows = (await connection.execute(query.group_by(table.c.kind, table.c.topic))).all()
        return {(Event(row.kind), str(row.topic)): int(row.total) for row in rows}

    def forget_group(self, group: Group) -> None:
        """Do not write what was counted in a group."""
        for key in [key for key in self._unwritten if key[0] == group]:
            del self._unwritten[key]

    async def write(self, connection: Connection) -> None:
        """Write what waits."""
        self._writing = self._unwritten.copy()
        await enter(connection, {group for group, *_ in self._writing})
        await _count(connection, self._writing)

    def written(self) -> None:
        """Let go of what was written last."""
        self._unwritten -= self._writing

    def _month(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m")


def month_before(now: float) -> str:
    """Return the month before the one in which `now` (seconds since 1970) lies, as "2026-10"."""
    at = datetime.fromtimestamp(now, UTC)
    return f"{at.year}-{at.month - 1:02}" if at.month > 1 else f"{at.year - 1}-12"


async def _count(connection: Connection, counted: Mapping[_Key, int]) -> None:
    """Add to the counts of groups that are known."""
    rows = [
        {
            "group_platform": group.platform,
            "group_id": group.id,
            "in_month": month,
            "of_kind": event.value,
            "of_topic": topic,
            "more": count,
        }
        for (group, month, event, topic), count in counted.items()
    ]
    if not rows:
        return
    table = tables.counts
    month, kind, topic = (bindparam(name, type_=String) for name in ("in_month", "of_kind", "of_topic"))
    number = numbered().scalar_subquery()
    here = (table.c.group_number == number, table.c.month == month, table.c.kind == kind, table.c.topic == topic)
    new = numbered().add_columns(month, kind, topic, literal(0)).where(~select(table.c.times).where(*here).exists())
    names = ("group_number", "month", "kind", "topic", "times")
    await connection.execute(insert(table).from_select(names, new), rows)
    await connection.execute(update(table).where(*here).values(times=table.c.times + bindparam("more")), rows)
