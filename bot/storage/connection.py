"""One transaction, none of whose steps is ever broken off."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TypeVar, TypeVarTuple, overload

from sqlalchemy import Executable
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.selectable import TypedReturnsRows

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_REFUSED = (DataError, IntegrityError, ProgrammingError)
"""What is wrong with a statement; any other error of the database is wrong with the database."""


class Connection:
    """Sends the statements of one transaction.

    The driver does not survive a statement that is cancelled half way: its connection may hang, with the file locked.
    So whoever is cancelled leaves at once, and the statement is finished and the transaction undone behind them.

    Args:
        engine: where connections come from.
        writes: whether it holds other writers off from its beginning.

    Attributes:
        has_begun: its transaction has begun; not so while another process writes.
    """

    def __init__(self, engine: AsyncEngine, *, writes: bool) -> None:
        self._connection: AsyncConnection = engine.connect()
        self._writes = writes
        self.has_begun = False
        self._step: asyncio.Task[object] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way whose result nobody waits for any more."""
        return self._step is not None and not self._step.done()

    async def open(self) -> None:
        """Begin the transaction."""
        await self._whole(self._begin())

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Ts], parameters: Sequence[Mapping[str, object]] = ()
    ) -> CursorResult[*Ts]: ...

    @overload
    async def execute(
        self, statement: Executable, parameters: Sequence[Mapping[str, object]] = ()
    ) -> CursorResult[*tuple[object, ...]]: ...

    async def execute(
        self, statement: Executable, parameters: Sequence[Mapping[str, object]] = ()
    ) -> CursorResult[*tuple[object, ...]]:
        """Return the result of a statement."""
        return await self._whole(self._connection.execute(statement, parameters or None))

    async def attempt(self, write: Callable[["Connection"], Awaitable[None]]) -> str:
        """Write something that undoes nothing but itself if it is refused; return the type of the error, "" for none.

        Raises:
            DatabaseError: the database does not answer, so the whole transaction is lost.
        """
        savepoint = self._connection.begin_nested()
        await self._whole(savepoint.start())
        try:
            await write(self)
        except Exception as error:
            if isinstance(error, (DatabaseError, OSError)) and not isinstance(error, _REFUSED):
                raise
            await self._whole(savepoint.rollback())
            return type(error).__name__
        await self._whole(savepoint.commit())
        return ""

    async def commit(self) -> None:
        """Keep what was written."""
        await self._whole(self._connection.commit())

    async def close(self) -> None:
        """Undo what was not committed, once the last step is over, and give the connection back."""
        if self._step:
            await asyncio.wait([self._step])
            if not self._step.cancelled():
                self._step.exception()  # nobody may be left to look at it
        if self._connection.sync_connection is not None:
            await self._connection.close()

    async def _begin(self) -> None:
        await self._connection.start()
        if self._writes:
            await self._connection.execution_options(writes=True)
        await self._connection.begin()
        self.has_begun = True

    async def _whole(self, step: Coroutine[object, object, T]) -> T:
        task = asyncio.create_task(step)
        self._step = task
        return await asyncio.shield(task)
