"""Prints what the Discord adapter costs: `python tests/benchmarks/discord_adapter.py`.

The program as shipped and a bare discord.py bot run one after the other, each in a process of its own, against a
loopback Discord in this one; CPU and memory are read from the system's own books, so this needs Linux.
"""

import asyncio
import itertools
import json
import os
import runpy
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import yarl
from discord import app_commands

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from faq.matcher import Faq  # noqa: E402 - the repository need not be installed
from tests.platforms.discord_interaction import Interaction  # noqa: E402
from tests.platforms.discord_server import DiscordServer  # noqa: E402
from tests.platforms.discord_world import Guild  # noqa: E402
from tests.platforms.telegram_server import TOKEN, TelegramServer  # noqa: E402

ANSWERS = 1_500
A_SECOND = 50
SECONDS = 15
IN_FLIGHT = 8
NOTED_S = 0.005
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
TICKS = os.sysconf("SC_CLK_TCK")

Use = Callable[[int], Awaitable[Interaction]]


def wordings(faq: Faq) -> list[str]:
    """At least 2,000 different questions."""
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
async def bot(
    server: DiscordServer, *, bare: bool = False, telegram: str = "", watched: Path | None = None
) -> AsyncIterator[int]:
    """Run the program, or the bare bot; its process id.

    Args:
        server: where it connects.
        bare: run the bare bot.
        telegram: address of another platform that it serves.
        watched: where it writes what held its event loop, when it ends.
    """
    environment = {key: value for key, value in os.environ.items() if not key.endswith(("_TOKEN", "_KEY"))}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": server.gateway.settings.token,
        "BTC_SAFETY_BOT_DISCORD__API_URL": server.api,
        "BTC_SAFETY_BOT_DISCORD__GATEWAY_URL": server.gateway_address,
        "BTC_SAFETY_BOT_WEB__PORT": "0",
        "BTC_SAFETY_BOT_BOT__LOG_LEVEL": "ERROR",
    }
    if telegram:
        environment |= {"TELEGRAM_TOKEN": TOKEN, "BTC_SAFETY_BOT_TELEGRAM__API_URL": telegram}
    with tempfile.TemporaryDirectory() as folder:
        command = [__file__, "bare"] if bare else [__file__, "watched", str(watched)] if watched else ["-m", "bot"]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            cwd=folder,
            env=environment | {"XDG_STATE_HOME": folder},
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield process.pid
        finally:
            process.terminate()
            await process.wait()


async def saturated(use: Use, *, count: int) -> None:
    """Keep a few interactions in flight until so many were answered."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await (await use(number)).answer()

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())


async def steady(use: Use) -> list[float]:
    """Milliseconds until the first answer, at a steady rate."""
    found: list[float] = []

    async def one(number: int) -> None:
        began = time.perf_counter()
        await (await use(number)).acknowledged()
        found.append((time.perf_counter() - began) * 1000)

    async with asyncio.TaskGroup() as group:
        start = time.perf_counter()
        for number in range(A_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, start + number / A_SECOND - time.perf_counter()))
            group.create_task(one(number))
    return found


def asking(server: DiscordServer, guild: Guild, texts: Sequence[str]) -> Use:
    """Ask by slash command, each time as somebody else."""

    async def ask(number: int) -> Interaction:
        person = server.user("Somebody")
        guild.admits(person)
        return await person.uses(guild.general, "ask", question=texts[number % len(texts)])

    return ask


def typing(server: DiscordServer, guild: Guild, texts: Sequence[str]) -> Use:
    """Type into the command."""

    async def type_(number: int) -> Interaction:
        person = server.user("Somebody")
        guild.admits(person)
        return await person.begins_to_type(guild.general, "ask", question=texts[number % len(texts)][:12])

    return type_


async def measured(texts: Sequence[str], *, bare: bool) -> float:
    """Measure one bot; CPU milliseconds per answer."""
    name = "bare discord.py" if bare else "the program"
    async with DiscordServer(validate=False, patience=60) as server, bot(server, bare=bare) as pid:
        guild = server.guild("Bitcoin beginners")
        await server.connected()
        ask = asking(server, guild, texts)
        await saturated(ask, count=200)
        before = cpu_s(pid)
        await saturated(ask, count=ANSWERS)
        cost = (cpu_s(pid) - before) * 1000 / ANSWERS
        told(f"{name}: CPU per slash answer", f"{cost:.2f} ms")
        told(f"{name}: first answer at {A_SECOND}/s", spread(await steady(ask)))
        if not bare:
            told(f"{name}: autocomplete at {A_SECOND}/s", spread(await steady(typing(server, guild, texts))))
        return cost


def mixing(server: DiscordServer, guild: Guild, texts: Sequence[str]) -> Use:
    """Ask, type, give away a wallet's words and look at lists in turn, each time as somebody else."""
    ask, type_ = asking(server, guild, texts), typing(server, guild, texts)

    async def mix(number: int) -> Interaction:
        if number % 10 < 8:
            return await (type_ if number % 10 < 4 else ask)(number)
        person = server.user("Somebody")
        guild.admits(person)
        if number % 10 == 8:
            return await person.uses(guild.general, "topics")
        return await person.uses(guild.general, "ask", question=SEED)

    return mix


async def stalls(texts: Sequence[str]) -> None:
    """Measure how long the program holds its event loop at a time while it answers."""
    with tempfile.TemporaryDirectory() as folder:
        watched = Path(folder) / "held.json"
        async with DiscordServer(validate=False, patience=60) as server, bot(server, watched=watched):
            guild = server.guild("Bitcoin beginners")
            await server.connected()
            mix = mixing(server, guild, texts)
            await saturated(mix, count=50)
            began = time.monotonic()
            await steady(mix)
            ended = time.monotonic()
        held = [(took, what) for at, took, what in json.loads(watched.read_text()) if began < at < ended]
    longest = sorted(held, reverse=True)[:3]
    for took, what in longest or [(0.0, f"nothing took {NOTED_S * 1000:.0f} ms")]:
        told("the program: longest stalls of the loop", f"{took * 1000:6.1f} ms  {what}")


async def both(texts: Sequence[str]) -> None:
    """Measure both adapters in one process."""
    async with DiscordServer(validate=False, patience=60) as server, TelegramServer() as telegram:
        guild = server.guild("Bitcoin beginners")
        began = time.perf_counter()
        async with bot(server, telegram=telegram.url) as pid:
            await server.until(lambda: bool(server.gateway.sessions), what="a session")
            await telegram.until(lambda: telegram.delivery.polls > 0)
            told("both adapters: ready after", f"{time.perf_counter() - began:.2f} s")
            await server.connected()
            ask = asking(server, guild, texts)
            await saturated(ask, count=600)
            for number in range(400):
                alice = telegram.user(f"Alice {number}")
                chat = telegram.private(alice)
                await alice.says(chat, texts[number])
                await chat.next_message()
            told("both adapters: memory after 1,000 answers", f"{memory_mib(pid):.0f} MiB")


async def main() -> None:
    faq = Faq.load()
    texts = wordings(faq)
    times = []
    for text in texts:
        began = time.perf_counter()
        faq.search(text)
        times.append((time.perf_counter() - began) * 1000)
    told(f"matcher over {len(texts)} questions", spread(times))
    bare = await measured(texts, bare=True)
    whole = await measured(texts, bare=False)
    bound = statistics.median(times) + 0.30
    told("above the bare bot", f"{whole - bare:.2f} ms (bound: {bound:.2f} ms)")
    told("of that not the matcher", f"{whole - bare - statistics.mean(times):.2f} ms")
    await stalls(texts)
    await both(texts)


def run_watched(path: Path) -> None:
    """Run the program; when it ends, write what held its event loop for a while: when, how many seconds, and what."""
    held: list[tuple[float, float, str]] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.monotonic()
        run(handle)
        took = time.monotonic() - began
        if took >= NOTED_S:
            task = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined] # typeshed leaves it out
            coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
            held.append((began, took, getattr(coroutine, "__qualname__", str(handle))))

    setattr(asyncio.Handle, "_run", timed)  # noqa: B010 - no type checker lets a method be assigned
    try:
        runpy.run_module("bot", run_name="__main__")
    finally:
        path.write_text(json.dumps(held))


class Bare(discord.Client):
    """The least that answers a slash command."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        tree = app_commands.CommandTree(self)
        self.tree = tree

        @tree.command(description="Ask")
        async def ask(interaction: discord.Interaction, question: str) -> None:
            await interaction.response.send_message("No.", ephemeral=True)

    async def setup_hook(self) -> None:
        await self.tree.sync()


if __name__ == "__main__":
    if sys.argv[1:] == ["bare"]:
        discord.http.Route.BASE = os.environ["BTC_SAFETY_BOT_DISCORD__API_URL"]
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["BTC_SAFETY_BOT_DISCORD__GATEWAY_URL"])
        Bare().run(os.environ["DISCORD_TOKEN"], log_handler=None)
    elif sys.argv[1:2] == ["watched"]:
        told_to = Path(sys.argv.pop())
        sys.argv.pop()
        run_watched(told_to)
    else:
        asyncio.run(main())
