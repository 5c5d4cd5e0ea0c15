"""Kills a writing process again and again, and looks each time at what it left: a program of its own, run by a test.

Usage: kill_driver.py FOLDER KILLS. Prints how many were killed and how many writes had been confirmed.
"""

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.own_entries import Limits, OwnEntry
from bot.storage.store import Store

GROUP = Group("test", "beginners")
WORDINGS = 20
A_FILE = 20


async def write(path: Path, *, round_: int, pipe: int) -> None:
    """Write entries of many rows for ever; tell each one that is confirmed."""
    async with Store.opened(path, key=b"a key of the test", limits=Limits(entries=10**6)) as store:
        for number in range(10**6):
            topic = f"own-{round_}-{number}"
            wordings = tuple(f"{topic} {part}" for part in range(WORDINGS))
            entry = OwnEntry(id=topic, question=topic, answer="x" * 500, wordings=wordings)
            await store.own.put(GROUP, entries=[entry], deed=Deed(author="alice", what=topic))
            os.write(pipe, f"{topic}\n".encode())


def killed_round(path: Path, *, round_: int, chance: random.Random) -> list[str]:
    """Start a writer, kill it a moment after its first confirmed write; return what was confirmed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        asyncio.run(write(path, round_=round_, pipe=writing))
        os._exit(1)
    os.close(writing)
    said = os.read(reading, 65536)
    time.sleep(chance.uniform(0, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        said += more
    os.close(reading)
    return said.decode().split()


def check(path: Path, confirmed: list[str]) -> None:
    """Raise unless the file is whole, holds everything that was confirmed, and holds nothing by halves."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = {topic for (topic,) in connection.execute("SELECT id FROM entries")}
    assert found.issuperset(confirmed), sorted(set(confirmed) - found)
    halves = connection.execute(
        "SELECT id FROM entries WHERE (SELECT count(*) FROM wordings WHERE topic = id) != ?", (WORDINGS,)
    ).fetchall()
    assert not halves, halves
    ((version,),) = connection.execute("SELECT entries_version FROM groups").fetchall()
    assert version == len(found)
    connection.close()


def main() -> None:
    """Kill as often as was asked."""
    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(7)
    total = 0
    for first in range(0, kills, A_FILE):
        confirmed: list[str] = []
        for round_ in range(first, min(first + A_FILE, kills)):
            path = folder / f"{first}.sqlite3"
            confirmed += killed_round(path, round_=round_, chance=chance)
            check(path, confirmed)
        total += len(confirmed)
    sys.stdout.write(f"{kills} {total}\n")


if __name__ == "__main__":
    main()
