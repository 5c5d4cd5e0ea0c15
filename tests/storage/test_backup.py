"""A copy of the database while it is in use: whole, under the name that was given, or not there at all."""

import contextlib
import sqlite3
import stat
from pathlib import Path

import pytest

from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.store import Store

GROUP = Group("test", "beginners")
DEED = Deed(author="alice", what="settings currency EUR")


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
        files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        assert files == dict.fromkeys((f"{name}{end}" for end in ("", "-shm", "-wal", ".key")), 0o600)
        await store.backup(copy)
    assert {file.name: stat.S_IMODE(file.stat().st_mode) for file in copy.parent.iterdir()} == {name: 0o600}
    async with Store.opened(copy) as restored:
        assert await currency(restored) == "EUR"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM settings").fetchall() == [("EUR",)]
