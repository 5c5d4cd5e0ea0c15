"""A copy of the database while it is in use: whole, under the name that was given, or not there at all."""

import asyncio
import contextlib
import errno
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.store import Store

GROUP = Group("test", "beginners")
DEED = Deed(author="alice", what="settings currency EUR")

NoSpace = Callable[[], contextlib.AbstractContextManager[None]]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where the copy is to be, in a folder of its own."""
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies" / "copy.sqlite3"


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def damage(path: Path, *, sound_bytes: int) -> bytes:
    """Return what was in the file."""
    whole = path.read_bytes()
    write(path, whole[:sound_bytes] + b"\xff" * (len(whole) - sound_bytes))
    return whole


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def remove(path: Path) -> None:
    path.unlink()


async def currency(store: Store) -> str:
    return (await store.groups.state(GROUP)).settings.currency


@pytest.mark.parametrize(
    "name", ["bot?x=1.sqlite3", "bot%41.sqlite3", "bot #1&2.sqlite3", "file:bot.sqlite3", ":memory:"]
)
async def test_a_file_may_have_any_name_and_is_the_one_that_is_copied(tmp_path: Path, name: str) -> None:
    path, copy = tmp_path / "state" / name, tmp_path / "copies" / name
    copy.parent.mkdir()
    async with Store.opened(path) as store:
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
        assert modes(path.parent) == dict.fromkeys((f"{name}{end}" for end in ("", "-shm", "-wal", ".key")), 0o600)
        await store.backup(copy)
    assert modes(copy.parent) == {name: 0o600}
    async with Store.opened(copy) as restored:
        assert await currency(restored) == "EUR"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM settings").fetchall() == [("EUR",)]


@pytest.mark.parametrize("sound_bytes", [4096, 8192])
async def test_a_backup_of_a_damaged_file_blames_that_file_and_does_not_block_the_next(
    path: Path, copy: Path, sound_bytes: int
) -> None:
    async with Store.opened(path) as store:
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    whole = damage(path, sound_bytes=sound_bytes)
    async with Store.opened(path) as store:
        with pytest.raises(SetupError, match=r"bot\.sqlite3: the file is damaged, so nothing was copied"):
            await store.backup(copy)
    assert list(copy.parent.iterdir()) == []
    write(path, whole)
    async with Store.opened(path) as store:
        await store.backup(copy)
    async with Store.opened(copy) as restored:
        assert await currency(restored) == "EUR"


async def test_a_backup_of_a_file_that_is_gone_blames_that_file_and_makes_none(path: Path, copy: Path) -> None:
    async with Store.opened(path) as store:
        remove(path)
        with pytest.raises(SetupError, match=r"bot\.sqlite3: the file cannot be opened, so nothing was copied"):
            await store.backup(copy)
    assert path not in path.parent.iterdir()
    assert list(copy.parent.iterdir()) == []


async def test_a_backup_without_space_blames_the_copy_and_does_not_block_the_next(
    store: Store, copy: Path, no_space: NoSpace
) -> None:
    await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    with no_space(), pytest.raises(SetupError, match=r"copy\.sqlite3: the backup could not be written"):
        await store.backup(copy)
    assert list(copy.parent.iterdir()) == []
    await store.backup(copy)
    assert list(copy.parent.iterdir()) == [copy]


async def test_of_several_backups_to_one_name_one_is_made(store: Store, copy: Path) -> None:
    outcomes = await asyncio.gather(*(store.backup(copy) for _ in range(4)), return_exceptions=True)
    refused = [str(outcome) for outcome in outcomes if outcome]
    assert refused == [f"{copy}: the file exists already, so name another one"] * 3
    assert list(copy.parent.iterdir()) == [copy]


async def test_a_backup_goes_to_a_stick_whose_files_have_one_name_only(
    store: Store, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    with monkeypatch.context() as stick:
        stick.setattr(os, "link", refuse)
        await store.backup(copy)
        with pytest.raises(SetupError, match="the file exists already"):
            await store.backup(copy)
    assert modes(copy.parent) == {copy.name: 0o600}
    async with Store.opened(copy) as restored:
        assert await currency(restored) == "EUR"
