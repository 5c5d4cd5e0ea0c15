import asyncio
import contextlib
import gc
import logging
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection

from bot.errors import SetupError, StoreUnavailable
from bot.messages import Place
from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.own_entries import OwnEntry
from bot.storage.sent import Sent
from bot.storage.store import Store
from bot.storage.tally import Event
from tests.fakes import FakeClock

GROUP = Group("test", "beginners")
DEED = Deed(author="alice", what="settings currency EUR")


DIARY = b"Dear diary, today I bought a hardware wallet. " * 100


def read(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


async def currency(store: Store) -> str:
    return (await store.groups.state(GROUP)).settings.currency


@contextlib.asynccontextmanager
async def reopened(path: Path, *, max_bytes: int = 1024**3, clock: FakeClock | None = None) -> AsyncIterator[Store]:
    clock = clock or FakeClock()
    async with Store.opened(path, max_bytes=max_bytes, clock=clock.seconds) as store:
        yield store


async def test_what_was_set_is_there_after_a_restart(path: Path) -> None:
    async with reopened(path) as store:
        await store.groups.change(GROUP, key="currency", value="eur", deed=DEED)
    async with reopened(path) as store:
        assert await currency(store) == "EUR"


async def test_only_the_owner_can_read_the_files(store: Store, path: Path) -> None:
    await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == [f"{path.name}{end}" for end in ("", "-shm", "-wal", ".key")]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_write_waits_for_a_reader_of_another_process(store: Store, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM settings").fetchall()
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
        assert other.execute("SELECT * FROM settings").fetchall() == []
        other.execute("ROLLBACK")
    assert await currency(store) == "EUR"


async def test_a_foreign_file_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.commit()
    with pytest.raises(SetupError, match=r"is no database of this bot, so move it away"):
        async with reopened(path):
            pass


async def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    write(path, DIARY)
    with pytest.raises(SetupError, match="is no database of this bot"):
        async with reopened(path):
            pass
    assert read(path) == DIARY


async def test_a_newer_file_is_refused(path: Path) -> None:
    async with reopened(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(SetupError, match="a newer version of this program wrote the file"):
        async with reopened(path):
            pass


async def test_a_key_file_that_was_cut_short_is_refused(path: Path) -> None:
    async with reopened(path):
        pass
    path.with_name(f"{path.name}.key").write_bytes(b"short")
    with pytest.raises(SetupError, match="the key is cut short"):
        async with reopened(path):
            pass


async def test_the_key_stays_the_same_and_another_key_hides_persons_otherwise(path: Path) -> None:
    async with reopened(path) as store:
        first = store.hash_of("test", "alice")
    async with reopened(path) as store:
        assert store.hash_of("test", "alice") == first
        assert store.hash_of("test", "bob") != first
        assert store.hash_of("other", "alice") != first
    async with Store.opened(path, key=b"from the environment") as store:
        assert store.hash_of("test", "alice") != first


async def test_a_backup_is_whole_while_the_bot_is_running(store: Store, path: Path, tmp_path: Path) -> None:
    await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    copy = tmp_path / "copy.sqlite3"
    await store.backup(copy)
    await store.groups.change(GROUP, key="currency", value="GBP", deed=DEED)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    async with reopened(copy) as restored:
        assert await currency(restored) == "EUR"
    assert await currency(store) == "GBP"


async def test_a_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    copy.write_text("precious")
    with pytest.raises(SetupError, match="the file exists already"):
        await store.backup(copy)
    assert copy.read_text() == "precious"
    with pytest.raises(SetupError, match="the backup could not be written"):
        await store.backup(tmp_path / "nowhere" / "copy.sqlite3")


async def test_a_full_disk_changes_nothing_and_says_so(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    answer = "keep your own keys " * 75
    entries = [OwnEntry(id=f"own-{number}", question="What now?", answer=answer) for number in range(50)]
    async with reopened(path) as store:
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    async with reopened(path, max_bytes=max(len(read(path)), 4096 * 40)) as store:
        with pytest.raises(StoreUnavailable, match="the disk is full"):
            await store.own.put(GROUP, entries=entries, deed=DEED)
        assert await currency(store) == "EUR"
        assert not (await store.own.of(GROUP)).entries
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
        f"The database {path.name} does not answer: the disk is full."
        " Questions are answered from the shared texts meanwhile."
    ]


async def test_a_lock_of_another_program_is_told_and_passes(path: Path) -> None:
    async with Store.opened(path, busy_s=0.05) as store:
        await _while_locked(store, path)


async def _while_locked(store: Store, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="another program holds it"):
            await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
        assert await currency(store) == "USD"
        other.execute("ROLLBACK")
    await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    assert await currency(store) == "EUR"


async def test_a_file_that_cannot_be_written_is_still_read(ordinary_user: Path) -> None:
    path = ordinary_user / "bot.sqlite3"
    async with reopened(path) as store:
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    path.chmod(0o400)
    async with reopened(path) as store:
        assert await currency(store) == "EUR"
        with pytest.raises(StoreUnavailable, match="the file cannot be written"):
            await store.groups.change(GROUP, key="currency", value="GBP", deed=DEED)


async def test_a_damaged_file_is_told_and_not_asked_again_at_once(
    path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with reopened(path) as store:
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    whole = read(path)
    write(path, whole[:4096] + b"\xff" * (len(whole) - 4096))
    async with reopened(path, clock=clock) as store:
        for _ in range(20):
            with pytest.raises(StoreUnavailable):
                await store.groups.state(GROUP)
        clock.forward(61)
        with pytest.raises(StoreUnavailable, match="damaged"):
            await store.groups.state(GROUP)
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 2


async def test_a_folder_that_cannot_be_made_stops_nothing_but_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="the key cannot be read or made"):
        async with reopened(tmp_path / "file" / "bot.sqlite3"):
            pass
    async with Store.opened(tmp_path / "file" / "bot.sqlite3", key=b"from the environment") as store:
        with pytest.raises(StoreUnavailable):
            await store.groups.state(GROUP)


async def test_what_waited_while_the_file_was_locked_is_written_afterwards(path: Path) -> None:
    async with Store.opened(path, busy_s=0.05) as store:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.tally.note(GROUP, Event.ANSWERED, topic="phishing")
            with pytest.raises(StoreUnavailable):
                await store.flush()
            store.tally.note(GROUP, Event.MISSED)
            other.execute("ROLLBACK")
        assert await store.tally.of(GROUP) == {(Event.ANSWERED, "phishing"): 1, (Event.MISSED, ""): 1}


async def test_what_waited_is_written_though_a_command_that_waited_with_it_was_broken_off(path: Path) -> None:
    async with Store.opened(path) as store:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            store.tally.note(GROUP, Event.ANSWERED, topic="phishing")
            asked = asyncio.create_task(store.tally.of(GROUP))
            for _ in range(20):
                await asyncio.sleep(0)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            other.execute("ROLLBACK")
        assert await store.tally.of(GROUP) == {(Event.ANSWERED, "phishing"): 1}


async def test_what_could_not_be_written_for_want_of_space_is_written_once_there_is_some(path: Path) -> None:
    everywhere = [Group("test", f"group-{number}") for number in range(200)]
    place = Place(platform="test", group="beginners", channel="beginners")
    sent = [
        Sent(message=f"m{number}", asking="q", topic="phishing", asker="a" * 32, text="t" * 32, at=0)
        for number in range(500)
    ]
    async with reopened(path) as store:
        entries = [OwnEntry(id=f"own-{number}", question="What now?", answer="x" * 20_000) for number in range(40)]
        await store.own.put(GROUP, entries=entries, deed=DEED)
    async with reopened(path, max_bytes=len(read(path))) as store:
        for group in everywhere:
            store.tally.note(group, Event.ANSWERED, topic="phishing")
        store.sent.remember(place, sent)
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="the disk is full"):
                await store.flush()
        store.tally.note(everywhere[0], Event.ANSWERED, topic="phishing")
        for entry in entries:
            assert await store.own.remove(GROUP, entry.id, deed=DEED)
        await store.flush()
        await store.flush()
        counts = [await store.tally.of(group) for group in everywhere]
        assert [sum(count.values()) for count in counts] == [2] + [1] * 199
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sent").fetchone() == (500,)


async def test_many_writers_lose_nothing(store: Store, path: Path) -> None:
    async with reopened(path) as other:

        async def put(number: int) -> None:
            entry = OwnEntry(id=f"own-{number}", question=f"Question {number}?", answer="Answer.")
            await (store, other)[number % 2].own.put(Group("test", f"group-{number % 5}"), entries=[entry], deed=DEED)

        async with asyncio.TaskGroup() as group:
            for number in range(100):
                group.create_task(put(number))
        written = [await store.own.of(Group("test", f"group-{number}")) for number in range(5)]
    assert sorted(topic for content in written for topic in content.entries) == sorted(f"own-{n}" for n in range(100))


async def test_a_command_that_is_broken_off_leaves_the_store_in_order(store: Store) -> None:
    for turn in range(40):
        write = asyncio.create_task(store.groups.change(GROUP, key="cooldown_s", value=str(turn), deed=DEED))
        for _ in range(turn):
            await asyncio.sleep(0)
        write.cancel()
        await asyncio.gather(write, return_exceptions=True)
    await store.groups.change(GROUP, key="cooldown_s", value="77", deed=DEED)
    assert (await store.groups.state(GROUP)).settings.cooldown_s == 77


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_a_command_that_is_broken_off_twice_neither_hangs_nor_keeps_the_store_busy(
    store: Store, steps: int
) -> None:
    for between in range(4):
        store.groups.forget_all()
        write = store.groups.change(GROUP, key="cooldown_s", value="5", deed=DEED)
        for work in (asyncio.create_task(write), asyncio.create_task(currency(store))):
            for _ in range(steps):
                await asyncio.sleep(0)
            work.cancel()
            for _ in range(between):
                await asyncio.sleep(0)
            work.cancel()
            await asyncio.wait([work])
        await store.groups.change(GROUP, key="cooldown_s", value="77", deed=DEED)
        assert (await store.groups.state(GROUP)).settings.cooldown_s == 77


async def test_who_is_broken_off_leaves_while_another_program_still_holds_the_file(path: Path) -> None:
    async with Store.opened(path, busy_s=120) as store:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            write = asyncio.create_task(store.groups.change(GROUP, key="currency", value="EUR", deed=DEED))
            for _ in range(20):
                await asyncio.sleep(0)
            write.cancel()
            left, _ = await asyncio.wait([write], timeout=30)
            other.execute("ROLLBACK")
        assert left
        assert await currency(store) == "USD"
        await store.groups.change(GROUP, key="currency", value="GBP", deed=DEED)
    async with reopened(path) as store:
        assert await currency(store) == "GBP"


async def test_closing_waits_once_for_another_program_and_says_nothing_of_it(path: Path) -> None:
    said: list[str] = []
    begun: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(str(context["message"])))
    with contextlib.ExitStack() as others:
        async with Store.opened(path, busy_s=0.2) as store:
            await store.groups.change(GROUP, key="currency", value="GBP", deed=DEED)
            engine = store._database._engine.sync_engine

            @event.listens_for(engine, "before_cursor_execute")
            def note(connection: Connection, cursor: object, statement: str, *rest: object) -> None:
                begun.append(statement)

            other = others.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None)))
            other.execute("BEGIN IMMEDIATE")
            store.tally.note(GROUP, Event.MISSED)
            write = asyncio.create_task(store.groups.change(GROUP, key="currency", value="EUR", deed=DEED))
            for _ in range(20):
                await asyncio.sleep(0)
            flush = asyncio.create_task(store.flush())
            await asyncio.sleep(0)
            for task in (write, flush):
                task.cancel()
            await asyncio.wait((write, flush))
    del write, flush, task
    gc.collect()
    assert begun == ["BEGIN IMMEDIATE"]
    assert said == []


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_what_is_under_way_when_the_store_closes_is_done_or_refused_and_leaves_no_file_open(
    path: Path, steps: int
) -> None:
    async with reopened(path) as store:
        work = asyncio.create_task(store.groups.change(GROUP, key="currency", value="EUR", deed=DEED))
        for _ in range(steps):
            await asyncio.sleep(0)
    (refused,) = await asyncio.gather(work, return_exceptions=True)
    assert refused is None or isinstance(refused, StoreUnavailable)
    async with reopened(path) as store:
        assert await currency(store) == ("USD" if refused else "EUR")
    del store
    gc.collect()  # a connection that nobody closed complains when it goes


async def test_a_closed_store_does_nothing_more(path: Path) -> None:
    async with reopened(path) as store:
        pass
    with pytest.raises(StoreUnavailable):
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    with pytest.raises(StoreUnavailable):
        await currency(store)
    del store
    gc.collect()


async def test_a_reading_that_was_overtaken_by_a_change_is_not_remembered(store: Store) -> None:
    async with asyncio.TaskGroup() as group:
        for value in ("EUR", "GBP", "CHF", "JPY"):
            group.create_task(store.groups.change(GROUP, key="currency", value=value, deed=DEED))
            for _ in range(5):
                group.create_task(currency(store))
    remembered = await currency(store)
    store.groups.forget_all()
    assert remembered == await currency(store)
