"""Small facts that the program keeps for itself, such as which command menu a platform was last given."""

from sqlalchemy import delete, insert, select

from bot.storage import tables
from bot.storage.database import Database


class Notes:
    """Keeps one text under each key.

    Args:
        database: where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, key: str) -> str:
        """Return what is kept under `key`, "" for nothing.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        query = select(tables.notes.c.value).where(tables.notes.c.key == key)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or ""

    async def write(self, key: str, value: str) -> None:
        """Keep `value` under `key`.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        async with self._database.writing() as connection:
            await connection.execute(delete(tables.notes).where(tables.notes.c.key == key))
            await connection.execute(insert(tables.notes).values(key=key, value=value))

    async def swap(self, key: str, value: str) -> str:
        """Keep `value` under `key` and return what was kept before, "" for nothing; no other process comes between.

        Raises:
            StoreUnavailable: nothing was changed.
        """
        query = select(tables.notes.c.value).where(tables.notes.c.key == key)
        async with self._database.writing() as connection:
            before = (await connection.execute(query)).scalar_one_or_none() or ""
            await connection.execute(delete(tables.notes).where(tables.notes.c.key == key))
            await connection.execute(insert(tables.notes).values(key=key, value=value))
        return before
