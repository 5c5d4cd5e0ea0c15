"""The program as shipped holds no more memory after very many updates than after many."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from faq.matcher import Faq
from tests.adapters.telegram.test_program import program
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.telegram_world import Query

UPDATES = 100_000
A_ROUND = 10_000
WARM = 6
"""Rounds after which everything that is remembered has reached its bound."""

GROWTH_MIB = 2.7
PEOPLE = 2_500
"""So many that nobody asks so often as to be told to slow down."""

IN_FLIGHT = 16


def resident_mib(process: int) -> float:
    """Memory that a process holds. Source: proc(5)."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) / 1024


async def busy(server: TelegramServer, people: Iterator[Person], texts: Iterator[str], *, until: int) -> None:
    """Ask, press, give a command and ask inline, until Telegram has told so many updates."""
    while server.world.updates.queued < until:
        person = next(people)
        chat = server.private(person)
        await person.says(chat, next(texts))
        answer = await chat.next_message(timeout_s=60)
        if button := next((button for button in answer.buttons if button.data), None):
            await ended(server, await person.sends_data(answer, button.data))
        await ended(server, await person.asks_inline(next(texts)))


async def ended(server: TelegramServer, query: Query) -> None:
    """Wait until a press or an inline question is answered, or on a slow machine forgotten by Telegram."""
    await server.until(lambda: query.answer or server.world.clock() > query.asked + query.life_s, timeout_s=60)


@pytest.mark.slow
async def test_memory_is_flat_over_a_hundred_thousand_updates(faq: Faq, tmp_path: Path) -> None:
    texts = itertools.cycle([text for entry in faq.entries.values() for text in (entry.question, *entry.wordings)])
    held: list[float] = []
    async with (
        TelegramServer(remember=20) as server,
        program(server, tmp_path, BTC_SAFETY_BOT_BOT__LOG_LEVEL="ERROR") as process,
    ):
        people = itertools.cycle([server.user("Somebody") for _ in range(PEOPLE)])
        for until in range(A_ROUND, UPDATES + 1, A_ROUND):
            async with asyncio.TaskGroup() as group:
                for _ in range(IN_FLIGHT):
                    group.create_task(busy(server, people, texts, until=until))
            held.append(resident_mib(process.pid))
    assert max(held[WARM:]) - held[WARM - 1] < GROWTH_MIB, held
