"""Everything that is kept, behind one name for each subject."""

import asyncio
import itertools
import logging
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import StoreUnavailable
from bot.storage.database import BUSY_S, Database
from bot.storage.groups import Group, Groups
from bot.storage.hashing import Hasher, key_beside
from bot.storage.log import Log
from bot.storage.notes import Notes
from bot.storage.own_entries import Limits, OwnEntries
from bot.storage.people import People
from bot.storage.pins import Pins
from bot.storage.review import Review
from bot.storage.sent import SentMessages
from bot.storage.settings import GroupSettings
from bot.storage.tally import Tally

FLUSH_S = 1.0
PURGE_S = 3600
GROUPS = 5_000
"""Groups whose settings and pins stay in memory; about a kilobyte each."""

SENT = 10_000
"""Messages of the bot that stay in memory; about half a kilobyte each."""

_log = logging.getLogger(__name__)


class Store:
    """What groups chose and wrote, and what the bot has to remember.

    Args:
        database: where it is kept.
        hasher: hides persons.
        defaults: how the bot behaves where a group has set nothing.
        limits: how much a group may write.
        grace_days: days after which the rows of a group that removed the bot go.
        now: seconds since 1970, UTC.
    """

    def __init__(
        self,
        database: Database,
        *,
        hasher: Hasher,
        defaults: GroupSettings,
        limits: Limits,
        grace_days: int,
        now: Callable[[], float],
    ) -> None:
        self._database = database
        self._hasher = hasher
        self.log = Log(database, now=now)
        self.groups = Groups(database, log=self.log, defaults=defaults, capacity=GROUPS)
        self.pins = Pins(database, log=self.log, capacity=GROUPS, now=now)
        self.sent = SentMessages(database, hasher=hasher, capacity=SENT)
        self.own = OwnEntries(database, groups=self.groups, log=self.log, limits=limits, now=now)
        self.review = Review(database, now=now)
        self.tally = Tally(database, now=now)
        self.people = People(database, grace_days=grace_days, now=now)
        self.notes = Notes(database)
        self.now = now

    @classmethod
    @asynccontextmanager
    async def opened(
        cls,
        path: Path,
        *,
        key: bytes = b"",
        defaults: GroupSettings | None = None,
        limits: Limits | None = None,
        grace_days: int = 30,
        max_bytes: int = 4 * 1024**3,
        busy_s: float = BUSY_S,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> AsyncIterator["Store"]:
        """Yield the store in a file; what waits is written when the block ends.

        Args:
            path: the file; it is created if it does not exist.
            key: secret of the keyed hashes; empty for the one in the file beside the database.
            defaults: how the bot behaves where a group has set nothing.
            limits: how much a group may write.
            grace_days: days after which the rows of a group that removed the bot go.
            max_bytes: how large the file may become.
            busy_s: seconds that a write waits for another process's.
            now: seconds since 1970, UTC.
            clock: seconds that only grow.

        Raises:
            SetupError: the file is not this bot's, or a newer version of it wrote it.
        """
        database = Database(path, clock=clock, max_bytes=max_bytes, busy_s=busy_s)
        try:
            await database.open()
            yield cls(
                database,
                hasher=Hasher(key or key_beside(path)),
                defaults=defaults or GroupSettings(),
                limits=limits or Limits(),
                grace_days=grace_days,
                now=now,
            )
        finally:
            await database.close()

    async def tend(self) -> None:
        """Write each second what waits, and delete each hour what is too old, until cancelled."""
        for second in itertools.count():
            await _tried(self.flush())
            if not second % PURGE_S:
                await _tried(self.purge())
            await asyncio.sleep(FLUSH_S)

    async def flush(self) -> None:
        """Write what waits.

        Raises:
            StoreUnavailable: nothing was written; it waits on, up to a bound.
        """
        await self._database.flush()

    async def purge(self) -> None:
        """Delete what is too old.

        Raises:
            StoreUnavailable: nothing was deleted.
        """
        if await self.people.purge():
            self.groups.forget_all()
            self.pins.forget_all()

    async def backup(self, target: Path) -> None:
        """Copy everything to a new file that only its owner can read.

        Raises:
            SetupError: the database cannot be read; or the file exists, or cannot be written.
        """
        await self._database.backup(target)

    def hash_of(self, platform: str, author: str) -> str:
        """Return the keyed hash that stands for a person."""
        return self._hasher("person", platform, author)

    def hash_of_text(self, text: str) -> str:
        """Return the keyed hash that stands for a text."""
        return self._hasher("text", text)

    async def forget_person(self, platform: str, author: str) -> None:
        """Delete what concerns a person.

        Raises:
            StoreUnavailable: nothing was deleted.
        """
        hashed = self.hash_of(platform, author)
        await self._database.flush()
        await self.people.forget_person(platform, author, hashed=hashed)
        self.sent.forget(hashed)
        alone = Group.of_person(platform, author)
        self.groups.forget(alone)
        self.pins.forget(alone)

    async def forget_group(self, group: Group) -> None:
        """Delete everything about a group.

        Raises:
            StoreUnavailable: nothing was deleted.
        """
        self.sent.forget_group(group)
        self.tally.forget_group(group)
        await self._database.flush()
        await self.people.forget_group(group)
        self.groups.forget(group)
        self.pins.forget(group)

    async def move_group(self, group: Group, *, to: str) -> None:
        """Give a group its new id; all its rows go with it, at once.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        await self._database.flush()
        await self.groups.move(group, to=to)
        self.pins.forget(group)
        self.pins.forget(Group(group.platform, to))


async def _tried(work: Awaitable[None]) -> None:
    try:
        await work
    except StoreUnavailable:
        _log.debug("nothing is tended while the database does not answer")
    except Exception as error:  # noqa: BLE001 - what fails once is tried again, and must not end what else is tended
        trace = "".join(traceback.format_tb(error.__traceback__))
        _log.error("The store could not be tended: %s\n%s", type(error).__name__, trace)
