"""What waits to be written, when one piece of it cannot be."""

import asyncio
import contextlib
import itertools
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import StoreUnavailable
from bot.messages import Place
from bot.storage.groups import Group
from bot.storage.review import Kind
from bot.storage.sent import Sent
from bot.storage.store import Store
from bot.storage.tally import Event

GROUP = Group("test", "beginners")
HERE = Place(platform="test", group="beginners", channel="beginners")
BROKEN = "half a sign \ud800"
"""No database takes it: what is left of a sign that was cut in two."""

Poison = Callable[[Store], None]


def question(store: Store) -> None:
    store.review.add(GROUP, kind=Kind.MISSED, text=BROKEN)


def number(store: Store) -> None:
    store.tally.note(GROUP, Event.ANSWERED, topic=BROKEN)


def message(store: Store) -> None:
    store.sent.remember(HERE, [sent(BROKEN)])


def group(store: Store) -> None:
    store.review.add(Group("test", BROKEN), kind=Kind.MISSED, text="in a group that cannot be")


def sent(message: str) -> Sent:
    return Sent(message=message, asking="q", topic="phishing", asker="a" * 32, text="t" * 32, at=0)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        for _ in itertools.takewhile(lambda _: not holds(), itertools.count()):
            await asyncio.sleep(0)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("poison", [question, number, message, group])
async def test_one_write_that_is_refused_costs_no_other(
    store: Store, path: Path, poison: Poison, caplog: pytest.LogCaptureFixture
) -> None:
    store.review.add(GROUP, kind=Kind.MISSED, text="what is a blob")
    if poison is not number:
        store.tally.note(GROUP, Event.MISSED)
    if poison is not message:
        store.sent.remember(HERE, [sent("m1")])
    poison(store)
    store.review.add(GROUP, kind=Kind.MISSED, text="who eats green apples")
    await store.flush()
    await store.flush()
    assert [item.text for item in await store.review.open(GROUP)] == ["what is a blob", "who eats green apples"]
    assert rows(path, "SELECT kind, times FROM counts") == ([] if poison is number else [("missed", 1)])
    assert rows(path, "SELECT message FROM sent") == ([] if poison is message else [("m1",)])
    assert said(caplog) == ["Of what waited to be written this was refused and dropped: 1 × UnicodeEncodeError."]
    assert not any(record.exc_info for record in caplog.records)


async def test_what_comes_after_a_count_that_is_refused_is_counted(store: Store) -> None:
    number(store)
    message(store)
    await store.flush()
    store.tally.note(GROUP, Event.MISSED)
    store.sent.remember(HERE, [sent("m1")])
    assert await store.tally.of(GROUP) == {(Event.MISSED, ""): 1}
    store.sent.forget("a" * 32)
    assert await store.sent.answer(HERE, "m1")


async def test_a_write_that_is_refused_half_way_leaves_nothing_of_itself(store: Store, path: Path) -> None:
    group = Group("test", "a group of its own")
    store.review.add(group, kind=Kind.MISSED, text=BROKEN)
    store.review.add(GROUP, kind=Kind.MISSED, text="what is a blob")
    await store.flush()
    assert rows(path, "SELECT id FROM groups") == [("beginners",)]


async def test_many_writes_that_are_refused_are_told_in_one_line(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        question(store)
    await store.flush()
    assert said(caplog) == ["Of what waited to be written this was refused and dropped: 3 × UnicodeEncodeError."]


async def test_a_refused_write_waits_with_the_others_while_the_file_is_locked(path: Path) -> None:
    async with Store.opened(path, busy_s=0.05) as store:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            question(store)
            store.review.add(GROUP, kind=Kind.MISSED, text="what is a blob")
            with pytest.raises(StoreUnavailable):
                await store.flush()
            other.execute("ROLLBACK")
        assert [item.text for item in await store.review.open(GROUP)] == ["what is a blob"]


async def test_tending_goes_on_after_a_write_that_is_refused(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.store.FLUSH_S", 0)
    question(store)
    number(store)
    tending = asyncio.create_task(store.tend())
    await until(lambda: tending.done() or not store.tally)
    store.tally.note(GROUP, Event.MISSED)
    await until(lambda: tending.done() or rows(path, "SELECT kind FROM counts") == [("missed",)])
    await cancelled(tending)


async def test_tending_goes_on_after_a_defect_which_is_logged_without_a_value(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.storage.store.FLUSH_S", 0)
    monkeypatch.setattr("bot.storage.store.PURGE_S", 3)
    is_broken = True
    day = 0

    def now() -> float:
        if is_broken:
            raise ValueError(BROKEN)
        return day * 86_400

    async with Store.opened(path, now=now) as store:
        tending = asyncio.create_task(store.tend())
        await until(lambda: tending.done() or len(said(caplog)) > 1)
        is_broken = False
        store.review.add(GROUP, kind=Kind.MISSED, text="what is a blob")
        await until(lambda: tending.done() or len(rows(path, "SELECT text FROM review")) == 1)
        day = 31
        await until(lambda: tending.done() or rows(path, "SELECT text FROM review") == [])
        await cancelled(tending)
    assert said(caplog)[0].startswith("The store could not be tended: ValueError\n")
    assert "in purge" in said(caplog)[0]
    assert BROKEN not in caplog.text


async def cancelled(tending: "asyncio.Task[None]") -> None:
    """Make sure that it went on until now, and ends now."""
    assert not tending.done()
    tending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tending
