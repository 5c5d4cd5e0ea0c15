"""Forgetting: a person, a group, and what is too old to be kept."""

import time
from collections.abc import Callable

from sqlalchemy import delete, or_, select, update

from bot.storage import tables
from bot.storage.database import Database
from bot.storage.groups import Group
from bot.storage.tally import month_before

DAY_S = 86_400
KEPT_DAYS = 30
"""Days for which messages, votes and unanswered questions are remembered."""

MAX_SENT = 200_000
"""Messages remembered in all; the oldest go first."""


class People:
    """Deletes what is no longer to be kept.

    Args:
        database: where it is kept.
        grace_days: days after which the rows of a group that removed the bot go.
        now: seconds since 1970, UTC.
    """

    def __init__(self, database: Database, *, grace_days: int, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._grace_days = grace_days
        self._now = now

    async def forget_person(self, platform: str, author: str, *, hashed: str) -> None:
        """Delete what concerns a person: their private chat's rows, votes and messages; their id in the logs.

        Raises:
            StoreUnavailable: nothing was deleted.
        """
        groups, log = tables.groups, tables.log
        own = (groups.c.platform == platform, groups.c.id == Group.of_person(platform, author).id)
        here = select(groups.c.number).where(groups.c.platform == platform).scalar_subquery()
        async with self._database.writing() as connection:
            await connection.execute(delete(groups).where(*own))
            await connection.execute(delete(tables.votes).where(tables.votes.c.voter == hashed))
            await connection.execute(delete(tables.sent).where(tables.sent.c.asker == hashed))
            lines = (log.c.author == author, log.c.group_number.in_(here))
            await connection.execute(update(log).where(*lines).values(author=""))

    async def forget_group(self, group: Group) -> None:
        """Delete everything about a group.

        Raises:
            StoreUnavailable: nothing was deleted.
        """
        table = tables.groups
        async with self._database.writing() as connection:
            here = (table.c.platform == group.platform, table.c.id == group.id)
            await connection.execute(delete(table).where(*here))

    async def purge(self) -> int:
        """Delete what is too old; return how many groups went.

        Raises:
            StoreUnavailable: nothing was deleted.
        """
        now = self._now()
        old = int(now) - KEPT_DAYS * DAY_S
        groups, sent, counts = tables.groups, tables.sent, tables.counts
        newest = select(sent.c.number).order_by(sent.c.number.desc()).offset(MAX_SENT).limit(1).scalar_subquery()
        async with self._database.writing() as connection:
            gone = groups.c.left_at <= int(now) - self._grace_days * DAY_S
            left = (await connection.execute(delete(groups).where(gone))).rowcount
            await connection.execute(delete(sent).where(or_(sent.c.at <= old, sent.c.number <= newest)))
            await connection.execute(delete(tables.votes).where(tables.votes.c.at <= old))
            await connection.execute(delete(tables.review).where(tables.review.c.at <= old))
            await connection.execute(delete(counts).where(counts.c.month < month_before(now)))
        return left
