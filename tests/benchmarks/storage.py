"""Prints what a group's settings, entries and pins cost an answer.

Usage: python tests/benchmarks/storage.py [GROUPS] [ENTRIES]; by default 10,000 groups with 50 own entries each.
"""

import asyncio
import gc
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy

from bot.core.assistant import Assistant
from bot.messages import Author, Fate, Outcome, Place, Receipt, Reply, Request
from bot.storage import tables
from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.own_entries import OwnEntry
from bot.storage.store import Store
from faq.matcher import Faq

QUESTION = "what is a seed phrase and how do i keep it safe"
ANSWER = "Ask in the library, second floor, on Fridays from six. " * 6
DEED = Deed(author="benchmark", what="a benchmark")


class Questions:
    """Asks in one place after another."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._number = 0

    async def ask(self, group: str) -> tuple[Request, Reply | None]:
        """Ask once."""
        self._number += 1
        request = Request(
            command="ask",
            argument=QUESTION,
            id=str(self._number),
            message=str(self._number),
            place=Place(platform="bench", group=group, channel=group or "private", direct=not group),
            author=Author(id=str(self._number % 500 + self._number // 19 * 500)),
            free=True,
        )
        return request, await self._assistant.answer(request)

    async def ask_and_deliver(self, group: str) -> None:
        """Ask once and report the answer as delivered."""
        request, reply = await self.ask(group)
        assert reply
        done = Outcome(fate=Fate.DONE)
        await self._assistant.delivered(
            Receipt(request=request, reply=reply, place=request.place, messages=(f"m{request.id}",), outcome=done)
        )


async def timed(action: Callable[[], Awaitable[object]], times: int) -> list[float]:
    """Return the milliseconds that each of some runs took, shortest first."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        await action()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)


def show(name: str, taken: list[float]) -> float:
    """Print the median and the 99th percentile; return the median."""
    median = statistics.median(taken)
    print(f"{name:58} p50 {median:8.3f} ms   p99 {taken[int(len(taken) * 0.99)]:8.3f} ms")  # noqa: T201
    return median


def fill(path: Path, *, groups: int, entries: int) -> None:
    """Write groups with settings and own entries straight into the file."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for first in range(0, groups, 500):
            numbers = range(first, min(first + 500, groups))
            rows = [
                {"number": n + 10, "platform": "bench", "id": f"cold-{n}", "entries_version": 1, "left_at": None}
                for n in numbers
            ]
            connection.execute(sqlalchemy.insert(tables.groups), rows)
            connection.execute(
                sqlalchemy.insert(tables.settings),
                [{"group_number": n + 10, "key": "currency", "value": "EUR"} for n in numbers],
            )
            own = [(n + 10, f"own-{e}") for n in numbers for e in range(entries)]
            connection.execute(
                sqlalchemy.insert(tables.entries),
                [
                    {
                        "group_number": n,
                        "id": i,
                        "question": f"Local rule {i}?",
                        "answer": ANSWER,
                        "overrides": "",
                        "at": 0,
                    }
                    for n, i in own
                ],
            )
            connection.execute(
                sqlalchemy.insert(tables.wordings),
                [
                    {"group_number": n, "topic": i, "wording": f"{word} local rule {i} of ours"}
                    for n, i in own
                    for word in ("what is the", "tell me about")
                ],
            )
    engine.dispose()


async def measure(folder: Path, *, groups: int, entries: int) -> None:
    """Print everything."""
    faq = Faq.load()
    path = folder / "bot.sqlite3"
    async with Store.opened(path):
        pass
    fill(path, groups=groups, entries=entries)
    print(f"{groups} groups with {entries} own entries each: {path.stat().st_size / 2**20:.0f} MiB on disk")  # noqa: T201
    async with Store.opened(path) as store:
        assistant = Assistant(faq=faq, store=store, now=lambda: datetime.now(UTC), clock=time.monotonic)
        asking = Questions(assistant)
        await warm(asking)
        bare = show("answer, private chat, cached", await timed(lambda: asking.ask("a"), 2000))
        group = Group("bench", "own")
        own = [OwnEntry(id=f"own-{n}", question=f"Local rule {n}?", answer=ANSWER) for n in range(entries)]
        await store.groups.change(group, key="currency", value="EUR", deed=DEED)
        await store.own.put(group, entries=own, deed=DEED)
        await asking.ask("own")
        full = show(f"answer, group with {entries} own entries, cached", await timed(lambda: asking.ask("own"), 2000))
        print(f"{'':58} cost {full - bare:7.3f} ms (at most 0.3)")  # noqa: T201
        show("answer and its receipt, cached", await timed(lambda: asking.ask_and_deliver("own"), 2000))
        show("writing what waits (2000 answers)", await timed(store.flush, 1))
        await cold(asking, groups=groups)
        show("a setting is changed", await timed(change(store), 100))
        gc.collect()
        memory(store)


async def warm(asking: Questions) -> None:
    """Compile what is compiled at the first question."""
    for _ in range(50):
        await asking.ask("a")


def change(store: Store) -> Callable[[], Awaitable[None]]:
    """Return what changes a setting."""
    return lambda: store.groups.change(Group("bench", "x"), key="currency", value="EUR", deed=DEED)


async def cold(asking: Questions, *, groups: int) -> None:
    """Print what an answer takes in groups that were never asked in."""
    numbers = iter(range(0, groups, max(1, groups // 300)))
    await asking.ask(f"cold-{groups - 1}")
    show("answer, cold group (at most 15)", await timed(lambda: asking.ask(f"cold-{next(numbers)}"), min(groups, 300)))


def memory(store: Store) -> None:
    """Print how much memory the process has taken at most."""
    del store
    print(f"largest resident size {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")  # noqa: T201


def main() -> None:
    """Measure in a new folder."""
    groups = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    entries = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), groups=groups, entries=entries))


if __name__ == "__main__":
    main()
