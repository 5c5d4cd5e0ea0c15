"""One conversation in the terminal, Telegram and Discord gives the same answers: nothing is lost or unescaped."""

import asyncio
import io
import itertools
import re
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import pytest
from rich.console import Console as Screen

from bot.adapters.console import Console, Scene
from bot.adapters.discord.adapter import Discord
from bot.adapters.telegram.adapter import Options, TelegramAdapter
from bot.core.assistant import Assistant
from bot.ops.observe import Metrics
from bot.storage.store import Store
from faq.matcher import Faq
from tests.adapters.discord.eyes import words
from tests.fakes import FakeClock
from tests.platforms.discord_clicks import NotPossible
from tests.platforms.discord_interaction import Answer
from tests.platforms.discord_server import DiscordServer
from tests.platforms.telegram_server import TOKEN, TelegramServer

TRICKY = "**x** _y_ `z` [a](https://evil.example) <b>&amp; @everyone <@1> ||s|| ~~t~~ # > https://evil.example"

CONVERSATION = (
    "is bitcoin safe?",
    ">1",
    ">Not my question",
    "is it safe to leave coins on an exchange?",
    "thanks",
    "what should i feed my cat today",
    TRICKY,
    f"/show {TRICKY[:60]}",
    "/topics",
    ">1",
    ">1",
    "/about",
    "/help",
    "/privacy",
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    ">What to do now",
)
"""Messages, commands, and behind ">" a button by its label or number."""


def flat(parts: Iterable[str]) -> str:
    """Texts and labels without what only lays them out."""
    return " ".join(" ".join(parts).split())


def chosen(step: str, labels: list[str]) -> str:
    """The label of the button that a step presses."""
    wanted = step.removeprefix(">")
    return labels[int(wanted) - 1] if wanted.isdecimal() else wanted


async def in_terminal(assistant: Assistant) -> str:
    """Hold the conversation in the terminal; all that is shown."""
    output = io.StringIO()
    numbers = {"Not my question": "3", "What to do now": "1"}
    lines = [numbers.get(step.removeprefix(">"), step.removeprefix(">")) for step in CONVERSATION]
    screen = Screen(file=output, width=100_000, highlight=False, color_system=None)
    await Console(assistant=assistant, scene=Scene(), screen=screen, lines=lines).run()
    return flat([re.sub(r"(?m)^  \[\d+\] ", "", output.getvalue())])


async def in_telegram(assistant: Assistant) -> str:
    """Hold the conversation in a private chat in Telegram; all that is shown."""
    shown: list[str] = []
    async with TelegramServer() as server:
        adapter = TelegramAdapter(assistant, token=TOKEN, options=Options(api_url=server.url), metrics=Metrics())
        task = asyncio.create_task(adapter.run())
        alice = server.user("Alice")
        chat = server.private(alice)
        last = None
        for step in CONVERSATION:
            if step.startswith(">"):
                assert last is not None
                labels = [button.text for row in last.rows for button in row]
                before = len(last.versions)
                await (await alice.presses(last, chosen(step, labels))).alert()
                await server.quiet()
                assert len(last.versions) > before
            else:
                await alice.says(chat, step)
                last = await chat.next_message()
            shown += [last.body.text, *(button.text for row in last.rows for button in row)]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return flat(shown)


async def in_discord(assistant: Assistant, store: Store) -> str:
    """Hold the conversation in direct messages in Discord; all that is shown."""
    shown: list[str] = []
    async with DiscordServer() as server:
        server.points_library_here()
        adapter = Discord(
            assistant,
            token=server.gateway.settings.token,
            swap=store.notes.swap,
            metrics=Metrics(),
            api_url=server.api,
            gateway_url=server.gateway_address,
        )
        task = asyncio.create_task(adapter.run())
        alice = server.user("Alice")
        await server.connected()
        last: Answer | None = None
        for step in CONVERSATION:
            if step.startswith(">"):
                assert last is not None
                label = chosen(step, [*last.options, *last.buttons])
                try:
                    interaction = await alice.presses(last, label)
                except NotPossible:
                    interaction = await alice.chooses(last, label)
                last = await interaction.answer()
            elif step.startswith("/"):
                name, _, argument = step[1:].partition(" ")
                options = {"topic": argument} if argument else {}
                last = await (await alice.uses(alice.direct, name, **options)).answer()
            else:
                asked = await alice.says(alice.direct, step)
                last = Answer(message=await server.next_message(alice.direct, after=asked))
            shown += [words(last), *last.options, *last.buttons]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert server.violations == []
    return flat(shown)


Talk = Callable[[Assistant, Store], Awaitable[str]]
Hold = Callable[[Talk], Awaitable[str]]


@pytest.fixture
def hold(faq: Faq, tmp_path: Path, clock: FakeClock) -> Hold:
    """Holds the conversation with an assistant of its own."""
    numbers = itertools.count()

    async def held(talk: Talk) -> str:
        path = tmp_path / f"{next(numbers)}.sqlite3"
        async with Store.opened(path, now=lambda: clock.now().timestamp(), clock=clock.seconds) as store:
            assistant = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds)
            return await talk(assistant, store)

    return held


async def test_every_platform_gives_the_same_answers(hold: Hold) -> None:
    terminal = await hold(lambda assistant, _: in_terminal(assistant))
    telegram = await hold(lambda assistant, _: in_telegram(assistant))
    discord = await hold(in_discord)
    assert "Is Bitcoin safe?" in terminal
    assert TRICKY[:40] in terminal
    assert telegram == terminal
    assert discord == terminal
