"""Prints what the Telegram adapter costs; with the argument `memory`, that of 100,000 updates.

The program as shipped and bare echo bots run one after the other, each in a process of its own, against a loopback
Telegram in this one; CPU and memory are read from the system's own books, so this needs Linux. aiogram is measured
where it is installed.
"""

import asyncio
import importlib
import importlib.util
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from telegram import Bot, Update  # noqa: E402 - the repository need not be installed
from telegram.ext import Application, ContextTypes, MessageHandler  # noqa: E402

from bot.adapters.telegram.transport import AiohttpRequest  # noqa: E402
from faq.matcher import Faq  # noqa: E402
from tests.platforms.telegram_server import TOKEN, TelegramServer  # noqa: E402

ANSWERS = 2_000
A_SECOND = 50
SECONDS = 15
IN_FLIGHT = 16
PEOPLE = 500
MANY, MANY_PEOPLE = 100_000, 2_500
"""Updates for the measurement of memory, and so many people that nobody asks too often."""

TICKS = os.sysconf("SC_CLK_TCK")

Ask = Callable[[int], Awaitable[object]]


def wordings(faq: Faq) -> list[str]:
    """2,000 different questions."""
    texts = [text for entry in faq.entries.values() for text in (entry.question, *entry.wordings)]
    openings = itertools.cycle(("", "hey, ", "please tell me: ", "so, ", "one more thing: "))
    found = [f"{opening}{text}"[:200] for opening, text in zip(openings, texts * 5, strict=False)]
    return list(dict.fromkeys(found))[:2_000]


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mib(pid: int) -> float:
    """Memory that a process holds."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def told(name: str, value: str) -> None:
    """Print a figure."""
    sys.stdout.write(f"{name:58} {value}\n")
    sys.stdout.flush()


def spread(milliseconds: Sequence[float]) -> str:
    """The middle and the end of a distribution."""
    ordered = sorted(milliseconds)
    return f"p50 {statistics.median(ordered):6.2f} ms   p99 {ordered[len(ordered) * 99 // 100]:6.2f} ms"


@asynccontextmanager
async def bot(server: TelegramServer, *, kind: str) -> AsyncIterator[int]:
    """Run the program, or a bare echo bot; its process id."""
    environment = {key: value for key, value in os.environ.items() if not key.endswith(("_TOKEN", "_KEY"))}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_TOKEN": TOKEN,
        "BTC_SAFETY_BOT_TELEGRAM__API_URL": server.url,
        "BTC_SAFETY_BOT_WEB__PORT": "0",
        "BTC_SAFETY_BOT_BOT__LOG_LEVEL": "ERROR",
    }
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(["-m", "bot"] if kind == "program" else [__file__, kind, server.url]),
            cwd=folder,
            env=environment | {"XDG_STATE_HOME": folder},
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await server.until(lambda: server.delivery.polls, timeout_s=60)
            yield process.pid
        finally:
            process.terminate()
            await process.wait()


def asking(server: TelegramServer, texts: Sequence[str], *, count: int = PEOPLE) -> Ask:
    """Ask in private, so many people in turn that none is told to slow down, and wait for the answer."""
    people = [server.user("Somebody") for _ in range(count)]

    async def ask(number: int) -> object:
        person = people[number % count]
        chat = server.private(person)
        await person.says(chat, texts[number % len(texts)])
        return await chat.next_message(timeout_s=60)

    return ask


async def saturated(ask: Ask, *, count: int) -> None:
    """Keep some questions in flight until so many were answered."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await ask(number)

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())


async def steady(ask: Ask) -> list[float]:
    """Milliseconds until the answer, at a steady rate."""
    found: list[float] = []

    async def one(number: int) -> None:
        began = time.perf_counter()
        await ask(number)
        found.append((time.perf_counter() - began) * 1000)

    async with asyncio.TaskGroup() as group:
        start = time.perf_counter()
        for number in range(A_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, start + number / A_SECOND - time.perf_counter()))
            group.create_task(one(number))
    return found


async def measured(texts: Sequence[str], *, kind: str) -> float:
    """Measure one bot; CPU milliseconds per answer."""
    async with TelegramServer(remember=1000) as server, bot(server, kind=kind) as pid:
        ask = asking(server, texts)
        await saturated(ask, count=PEOPLE)
        before = cpu_s(pid)
        await saturated(ask, count=ANSWERS)
        cost = (cpu_s(pid) - before) * 1000 / ANSWERS
        told(f"{kind}: CPU per answer", f"{cost:.2f} ms")
        told(f"{kind}: answer at {A_SECOND}/s", spread(await steady(ask)))
        told(f"{kind}: memory", f"{memory_mib(pid):.0f} MiB")
        return cost


async def flat(texts: Sequence[str]) -> None:
    """Print the memory of the program while it answers very many questions."""
    async with TelegramServer(remember=20) as server, bot(server, kind="program") as pid:
        ask = asking(server, texts, count=MANY_PEOPLE)
        for done in range(0, MANY, 10_000):
            await saturated(ask, count=10_000)
            told(f"memory after {done + 10_000:,} updates", f"{memory_mib(pid):.0f} MiB")


async def compared(texts: Sequence[str], faq: Faq) -> None:
    """Measure the matcher, the program and the bare bots."""
    times = []
    for text in texts:
        began = time.perf_counter()
        faq.search(text)
        times.append((time.perf_counter() - began) * 1000)
    told(f"matcher over {len(texts)} questions", spread(times))
    program = await measured(texts, kind="program")
    echo = await measured(texts, kind="echo")
    if importlib.util.find_spec("aiogram"):
        await measured(texts, kind="aiogram")
    allowed = statistics.median(times) + 0.35
    told("above the bare echo", f"{program - echo:.2f} ms of {allowed:.2f} ms")


def echo(api: str) -> None:
    """Run a bare echo bot of python-telegram-bot on the program's own transport."""

    async def answer(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message and update.message.text:
            await update.message.reply_text(update.message.text)

    requests = AiohttpRequest(connections=100), AiohttpRequest(connections=2, read_timeout_s=40)
    api_bot = Bot(TOKEN, base_url=f"{api}/bot", request=requests[0], get_updates_request=requests[1])
    application = Application.builder().bot(api_bot).concurrent_updates(256).build()
    application.add_handler(MessageHandler(None, answer))
    application.run_polling(allowed_updates=["message"])


def aiogram(api: str) -> None:
    """Run a bare echo bot of aiogram, as its documentation shows it."""
    library = importlib.import_module("aiogram")
    session = importlib.import_module("aiogram.client.session.aiohttp").AiohttpSession(
        api=importlib.import_module("aiogram.client.telegram").TelegramAPIServer.from_base(api)
    )
    dispatcher = library.Dispatcher()

    @dispatcher.message()  # type: ignore[untyped-decorator]
    async def answer(message: "library.types.Message") -> None:  # type: ignore[name-defined]
        await message.answer(message.text or "")

    asyncio.run(dispatcher.start_polling(library.Bot(TOKEN, session=session)))


def main() -> None:
    """Do what the command line says."""
    match sys.argv[1:]:
        case ["echo", api]:
            echo(api)
        case ["aiogram", api]:
            aiogram(api)
        case ["memory"]:
            asyncio.run(flat(wordings(Faq.load())))
        case _:
            faq = Faq.load()
            asyncio.run(compared(wordings(faq), faq))


if __name__ == "__main__":
    main()
