"""The database itself: opened, guarded, written to now or in a while, copied, closed.

SQLite by aiosqlite. What is particular to SQLite stands in this file and in sqlite.py alone.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SetupError, StoreUnavailable
from bot.storage.connection import Connection
from bot.storage.sqlite import cause, copy, create, engine_of
from bot.storage.tables import APPLICATION_ID, SCHEMA, metadata

Write = Callable[[Connection], Awaitable[None]]
"""Something to write in a transaction that others share."""


class Collected(Protocol):
    """What is collected in memory between two flushes; it stays there until it is surely written, or refused."""

    def __len__(self) -> int:
        """Return how much waits."""

    async def write(self, connection: Connection) -> None:
        """Write everything that waits."""

    def written(self) -> None:
        """Let go of what was written last, or refused."""


BUSY_S = 3.0
"""Seconds that a write waits for another process's; below the time that a moderator's command has."""

CLOSE_S = 4.0
"""Seconds that closing takes at most: those of a write that waits for another process, and a little more."""

_RETRY_S = 5.0
_LOG_S = 60.0
_WAITING = 2_000
_log = logging.getLogger(__name__)


class Database:
    """One SQLite file and the connections to it.

    Args:
        path: the file; it is created if it does not exist.
        clock: seconds that only grow.
        max_bytes: how large the file may become.
        busy_s: seconds that a write waits for another process's.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float], max_bytes: int, busy_s: float = BUSY_S) -> None:
        self._path = path
        self._clock = clock
        self._engine = engine_of(path, max_bytes=max_bytes, busy_s=busy_s)
        self._writer = asyncio.Lock()
        self._waiting: deque[Write] = deque(maxlen=_WAITING)
        self._collections: list[Collected] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._prepared = False
        self._is_closing = False
        self._is_closed = False
        self._down_until = float("-inf")
        self._unwritable_until = float("-inf")
        self._logged_at = float("-inf")

    async def open(self) -> None:
        """Make the file ready. What may pass (a lock, a full disk) is logged, and tried again later.

        Raises:
            SetupError: the file is not this bot's, or a newer version of it wrote it.
        """
        with suppress(StoreUnavailable):
            async with self._guarded():
                await self._prepared_once()

    async def close(self) -> None:
        """Write what waits, unless that was tried in vain a moment ago, and let go of the file for good."""
        self._is_closing = True
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._idle()
                await self.flush()
                await self._idle()
        self._is_closed = True
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Yield a connection that sees one state of the data.

        Raises:
            StoreUnavailable: the database does not answer; for some seconds it is then not even tried.
        """
        if self._clock() < self._down_until:
            raise StoreUnavailable("The database did not answer a moment ago.")
        try:
            async with self._guarded():
                await self._prepared_once()
                async with self._transaction() as connection:
                    yield connection
        except StoreUnavailable:
            self._down_until = self._clock() + _RETRY_S
            raise

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """Yield a connection whose writes are all done when the block ends, or none.

        Raises:
            StoreUnavailable: nothing was written.
        """
        async with self._guarded():
            await self._prepared_once()
            async with self._transaction(writes=True) as connection:
                yield connection

    def collect(self, collected: Collected) -> None:
        """Write what is collected there with each `flush`."""
        self._collections.append(collected)

    def later(self, write: Write) -> None:
        """Write with the next `flush`: for what is worth less than the time of an answer."""
        self._waiting.append(write)

    async def flush(self) -> None:
        """Write everything that waits, in one transaction; what is refused is dropped, and costs nothing else.

        Raises:
            StoreUnavailable: nothing was written; it waits on, up to a bound.
        """
        if self._waiting or any(self._collections):
            await asyncio.shield(self._started(self._flush()))

    async def backup(self, target: Path) -> None:
        """Copy everything, as it is at this moment, to a new file that only its owner can read.

        Raises:
            SetupError: the database cannot be read; or the file exists, or cannot be written.
        """
        with suppress(StoreUnavailable):
            await self.flush()
        await asyncio.to_thread(copy, self._path, target=target)

    async def _flush(self) -> None:
        writes, collections = list(self._waiting), [collected for collected in self._collections if len(collected)]
        self._waiting.clear()
        attempts = (*writes, *(collected.write for collected in collections))
        try:
            async with self.writing() as connection:
                refused = Counter([await connection.attempt(write) for write in attempts])
                await connection.commit()
                for collected in collections:
                    collected.written()
        except BaseException as error:
            self._waiting.extendleft(reversed(writes))
            if isinstance(error, StoreUnavailable):
                self._unwritable_until = self._clock() + _RETRY_S
            raise
        if kinds := ", ".join(f"{times} × {kind}" for kind, times in refused.items() if kind):
            _log.error("Of what waited to be written this was refused and dropped: %s.", kinds)

    @asynccontextmanager
    async def _transaction(self, *, writes: bool = False) -> AsyncIterator[Connection]:
        """Yield a connection; one that writes holds the lock until nothing of it is under way any more."""
        if writes:
            await self._writer.acquire()
        connection, over = Connection(self._engine, writes=writes), asyncio.Event()
        closing = self._started(_given_back(connection, over))
        if writes:
            closing.add_done_callback(lambda _: self._let_go(connection))
        try:
            self._check_open()
            if writes and self._is_closing and self._clock() < self._unwritable_until:
                raise StoreUnavailable("Another program held the file a moment ago, and there is no time to wait.")
            await connection.open()
            yield connection
            if writes:
                await connection.commit()
        finally:
            over.set()
            if not connection.is_busy:
                await asyncio.shield(closing)

    def _let_go(self, connection: Connection) -> None:
        """Let the next one write; while the store is closed, nobody waits once more for what could not even begin."""
        self._writer.release()
        if not connection.has_begun:
            self._unwritable_until = self._clock() + _RETRY_S

    def _started(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Return a task that goes on if whoever waits for it is cancelled; `close` waits for it."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    async def _idle(self) -> None:
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be left to look at it

    @asynccontextmanager
    async def _guarded(self) -> AsyncIterator[None]:
        """Turn every error of the database into one sentence, logged once a minute, without any value in it."""
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise
        except (DatabaseError, PoolTimeout, OSError) as error:
            sentence = f"The database {self._path.name} does not answer: {cause(error)}."
            if self._clock() - self._logged_at >= _LOG_S:
                self._logged_at = self._clock()
                _log.error("%s Questions are answered from the shared texts meanwhile.", sentence)
            raise StoreUnavailable(sentence) from None

    def _check_open(self) -> None:
        """Make sure that no connection is made that nobody would close."""
        if self._is_closed:
            raise StoreUnavailable("The database is closed.")

    async def _prepared_once(self) -> None:
        self._check_open()
        if not self._prepared:
            await asyncio.shield(self._started(self._prepare()))

    async def _prepare(self) -> None:
        """Create the tables in a new file; check whose file an old one is."""
        create(self._path)
        try:
            async with self._engine.connect() as connection:
                is_new = await self._check(connection)
            if is_new:
                async with self._writer_connection() as connection:
                    await connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                    await connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
                    await connection.run_sync(metadata.create_all)
        except DatabaseError as error:
            if "not a database" in str(error.orig):
                raise self._foreign() from None
            raise
        self._prepared = True

    @asynccontextmanager
    async def _writer_connection(self) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection

    async def _check(self, connection: AsyncConnection) -> bool:
        """Return whether the file is empty."""
        mark = (await connection.exec_driver_sql("PRAGMA application_id")).scalar_one()
        schema = (await connection.exec_driver_sql("PRAGMA user_version")).scalar_one()
        tables = (await connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")).scalar_one()
        if not mark and not tables:
            return True
        if mark != APPLICATION_ID:
            raise self._foreign()
        if schema > SCHEMA:
            raise SetupError(
                f"{self._path}: a newer version of this program wrote the file, so install that version again"
                " or name another file under [storage] path"
            )
        return False

    def _foreign(self) -> SetupError:
        return SetupError(
            f"{self._path}: the file is no database of this bot, so move it away, restore a backup"
            " or name another file under [storage] path"
        )


async def _given_back(connection: Connection, over: asyncio.Event) -> None:
    """Give a connection back when nobody uses it any more."""
    await over.wait()
    await connection.close()
