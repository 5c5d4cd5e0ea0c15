"""What answered what: for votes, edits, stale buttons and pins by reply. No text and no name is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.engine import Row

from bot.messages import Place
from bot.storage import tables
from bot.storage.connection import Connection
from bot.storage.database import Database
from bot.storage.groups import Group, enter, numbered
from bot.storage.hashing import Hasher
from bot.storage.recent import Recent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message of the bot.

    Attributes:
        message: its id.
        asking: id of the message that it answers, "" for none.
        topic: id of the entry that it shows, "" for anything else.
        asker: keyed hash of the person whom it answers.
        text: keyed hash of what was asked.
        panel: a moderator's command opened it.
        at: seconds since 1970, UTC.
    """

    message: str
    asking: str
    topic: str
    asker: str
    text: str
    panel: bool = False
    at: int


class SentMessages:
    """Remembers the bot's messages: the last ones in memory, and for 30 days in the database.

    Args:
        database: where they are kept; they are written with its next flush.
        hasher: hides where they stand.
        capacity: how many are remembered in memory.
    """

    def __init__(self, database: Database, *, hasher: Hasher, capacity: int) -> None:
        self._database = database
        self._hasher = hasher
        self._by_answer: Recent[tuple[str, str], Sent] = Recent(capacity)
        self._by_question: Recent[tuple[str, str], tuple[Sent, ...]] = Recent(capacity)
        self._capacity = capacity
        self._unwritten: dict[tuple[str, str], tuple[Group, Sent]] = {}
        self._writing: dict[tuple[str, str], tuple[Group, Sent]] = {}
        database.collect(self)

    def __len__(self) -> int:
        """Return how many messages wait to be written."""
        return len(self._unwritten)

    def remember(self, place: Place, sent: Iterable[Sent]) -> None:
        """Remember messages that answer the same question, in reading order."""
        spot = self._spot(place)
        messages = tuple(sent)
        for message in messages:
            self._by_answer.put((spot, message.message), message)
            self._unwritten[spot, message.message] = (Group(place.platform, place.group), message)
        while len(self._unwritten) > self._capacity:
            del self._unwritten[next(iter(self._unwritten))]
        if messages and messages[0].asking:
            self._by_question.put((spot, messages[0].asking), messages)

    async def answer(self, place: Place, message: str) -> Sent | None:
        """Return what is known of a message of the bot.

        Raises:
            StoreUnavailable: it is not remembered and cannot be read.
        """
        spot = self._spot(place)
        if known := self._by_answer.get((spot, message)):
            return known
        table = tables.sent
        query = select(table).where(table.c.place == spot, table.c.message == message)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _sent(row) if row else None

    async def answers(self, place: Place, asking: str) -> tuple[Sent, ...]:
        """Return the messages that answered a message, in reading order.

        Raises:
            StoreUnavailable: they are not remembered and cannot be read.
        """
        spot = self._spot(place)
        if known := self._by_question.get((spot, asking)):
            return known
        table = tables.sent
        query = select(table).where(table.c.place == spot, table.c.asking == asking).order_by(table.c.number)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(_sent(row) for row in rows)

    def forget(self, asker: str) -> None:
        """Forget in memory what answered a person, by keyed hash."""
        self._by_answer.forget_where(lambda sent: sent.asker == asker)
        self._by_question.forget_where(lambda messages: messages[0].asker == asker)
        self._keep(lambda _, sent: sent.asker != asker)

    def forget_group(self, group: Group) -> None:
        """Do not write what was said in a group."""
        self._keep(lambda where, _: where != group)

    async def write(self, connection: Connection) -> None:
        """Write what waits."""
        self._writing = self._unwritten.copy()
        if not self._writing:
            return
        await enter(connection, {group for group, _ in self._writing.values() if group.id})
        rows = [
            _row(sent) | {"place": spot, "group_platform": group.platform, "group_id": group.id}
            for (spot, _), (group, sent) in self._writing.items()
        ]
        table = tables.sent
        same = (table.c.place == bindparam("spot"), table.c.message == bindparam("number"))
        keys = [{"spot": spot, "number": message} for spot, message in self._writing]
        await connection.execute(delete(table).where(*same), keys)
        await connection.execute(insert(table).values(group_number=numbered().scalar_subquery()), rows)

    def written(self) -> None:
        """Let go of what was written last."""
        for key, row in self._writing.items():
            if self._unwritten.get(key) is row:
                del self._unwritten[key]

    def _keep(self, matches: Callable[[Group, Sent], bool]) -> None:
        self._unwritten = {key: (group, sent) for key, (group, sent) in self._unwritten.items() if matches(group, sent)}

    def _spot(self, place: Place) -> str:
        return self._hasher("place", place.platform, place.group, place.channel)


def _row(sent: Sent) -> dict[str, object]:
    return {
        "message": sent.message,
        "asking": sent.asking,
        "topic": sent.topic,
        "asker": sent.asker,
        "text": sent.text,
        "panel": sent.panel,
        "at": sent.at,
    }


def _sent(row: Row[tuple[object, ...]]) -> Sent:
    return Sent(
        message=row.message,
        asking=row.asking,
        topic=row.topic,
        asker=row.asker,
        text=row.text,
        panel=row.panel,
        at=row.at,
    )
