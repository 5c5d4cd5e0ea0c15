"""What is particular to SQLite: its file, its settings, its words for what went wrong, and a copy while it runs."""

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SetupError

_PAGE_BYTES = 4096
_CAUSES = (
    ("disk is full", "the disk is full"),
    ("readonly", "the file cannot be written"),
    ("locked", "another program holds it"),
    ("malformed", "the file is damaged"),
    ("not a database", "the file is damaged"),
    ("unable to open", "the file cannot be opened"),
)
_OF_THE_COPY = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
"""What fails where the copy is written, once the source could be read."""


def engine_of(path: Path, *, max_bytes: int, busy_s: float) -> AsyncEngine:
    """Return an engine whose transactions see one state of the data, and hold other writers off where they say so.

    Args:
        path: the file.
        max_bytes: how large it may become.
        busy_s: seconds that a write waits for another process's.
    """
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path.absolute())),
        hide_parameters=True,
        pool_size=3,
        max_overflow=0,
        pool_timeout=busy_s,
        connect_args={"timeout": busy_s},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, and too late for reads to be in them.
        # Source: SQLAlchemy documentation, SQLite dialect, transactions with the sqlite3 driver.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA max_page_count = {max_bytes // _PAGE_BYTES}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: SyncConnection) -> None:
        # A transaction that reads first and writes later can be refused in the middle; one that writes says so at once.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def create(path: Path) -> None:
    """Make an empty file that only its owner can read, unless there is one.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _make(path)


def cause(error: Exception) -> str:
    """Return in a few words why the database does not answer; no value is in them."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    return next((cause for mark, cause in _CAUSES if mark in said), type(error).__name__)


def copy(source: Path, *, target: Path) -> None:
    """Copy a database, as it is at this moment, to a new file that only its owner can read: whole, or not at all.

    Raises:
        SetupError: the source cannot be read; or the target exists, or cannot be written.
    """
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            _write(connection, target)
    except sqlite3.Error as error:
        raise SetupError(f"{source}: {cause(error)}, so nothing was copied") from None


def _write(connection: sqlite3.Connection, target: Path) -> None:
    """Write under another name first: a file by the name that was asked for is a whole copy."""
    draft = target.absolute().with_name(f"{target.name}.{secrets.token_hex(4)}")
    try:
        if target.exists():
            raise FileExistsError
        _make(draft)
        connection.execute("VACUUM INTO ?", (str(draft),))
        _name(draft, target=target)
    except FileExistsError:
        raise SetupError(f"{target}: the file exists already, so name another one") from None
    except OSError as error:
        raise SetupError(f"{target}: the backup could not be written ({error.strerror})") from None
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF not in _OF_THE_COPY:
            raise
        raise SetupError(f"{target}: the backup could not be written ({error})") from None
    finally:
        with suppress(OSError):
            draft.unlink()


def _make(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _name(draft: Path, *, target: Path) -> None:
    """Give a file its name, which no other file may have."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError:  # the file system of many a stick knows one name for a file only
        _make(target)
        draft.replace(target)
