"""Many updates of all kinds, with faults in between: each is handled once, and none is lost unseen."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from bot.core.assistant import Assistant
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_faults import BAD_GATEWAY, CUT_AFTER, CUT_BEFORE, Fault, flood
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TelegramServer

BACKLOG = 300
"""Updates that wait at most: Telegram forgets inline questions after 30 seconds, which would spoil the count."""

QUESTIONS = (
    "what is the bitcoin halving?",
    "is my exchange safe",
    "how do i store my seed phrase",
    "qwerty asdf",
    "hi",
)
POLL_FAULTS = (BAD_GATEWAY, CUT_BEFORE, CUT_AFTER)
SEND_FAULTS = (BAD_GATEWAY, CUT_BEFORE, CUT_AFTER, flood(1))


class Crowd:
    """People who do all sorts of things, the same for the same seed."""

    def __init__(self, server: TelegramServer, *, people: int) -> None:
        self._server = server
        self._random = random.Random(7)
        self._people = [server.user(f"Person {number}") for number in range(people)]
        self._group = server.group("Crowd", members=self._people, owner=self._people[0])
        self._acts: tuple[Callable[[Person], Awaitable[object]], ...] = (
            self._asks,
            self._asks,
            self._commands,
            self._asks_group,
            self._asks_inline,
            self._presses,
            self._edits,
        )

    async def act(self) -> None:
        await self._random.choice(self._acts)(self._random.choice(self._people))

    def faults(self) -> list[tuple[str, Fault]]:
        """Return what goes wrong next, most of the time nothing."""
        found: list[tuple[str, Fault]] = []
        if self._random.random() < 0.02:
            found.append(("getUpdates", self._random.choice(POLL_FAULTS)))
        if self._random.random() < 0.02:
            found.append(("sendMessage", self._random.choice(SEND_FAULTS)))
        return found

    async def _asks(self, person: Person) -> None:
        await person.says(self._server.private(person), self._random.choice(QUESTIONS))

    async def _commands(self, person: Person) -> None:
        command = self._random.choice(("/help", "/topics", "/show halving", "/start", "/privacy", "/nonsense"))
        await person.says(self._server.private(person), command)

    async def _asks_group(self, person: Person) -> None:
        await person.says(self._group, f"/ask {self._random.choice(QUESTIONS)}")

    async def _asks_inline(self, person: Person) -> None:
        await person.asks_inline(self._random.choice(QUESTIONS))

    async def _presses(self, person: Person) -> None:
        messages = [m for m in self._server.private(person).messages.values() if m.buttons and not m.deleted]
        buttons = [(message, button) for message in messages for button in message.buttons if button.data]
        if buttons:
            message, button = self._random.choice(buttons)
            await person.sends_data(message, button.data)
        else:
            await self._asks(person)

    async def _edits(self, person: Person) -> None:
        mine = [m for m in self._server.private(person).messages.values() if m.sender is person.account]
        if mine:
            await person.edits(mine[-1], self._random.choice(QUESTIONS))
        else:
            await self._asks(person)


async def soak(server: TelegramServer, assistant: Assistant, clock: Hours, *, updates: int) -> Stage:
    """Let a crowd act until so many updates were sent, some of them twice, and all of them are worked off."""
    async with connected(server, assistant, clock) as stage:
        crowd = Crowd(server, people=200)
        queue = server.world.updates
        while queue.queued < updates:
            await crowd.act()
            if not server.faults.waiting():
                for method, fault in crowd.faults():
                    server.faults.add(method, fault)
            if queue.queued % 97 == 60:
                queue.repeat(500_000 + queue.queued - 60)
            if queue.queued % 20 == 0:
                await pass_time(stage)
            while queue.backlog > BACKLOG:
                await pass_time(stage)
        server.faults.clear()
        while queue.backlog or stage.count("waiting"):
            await pass_time(stage)
        await stage.handled()
        return stage


async def pass_time(stage: Stage) -> None:
    """Let the clock go about as fast as the real one: polls take real time, and the bot counts how long they take."""
    assert not stage.task.done()
    stage.clock.forward(0.05)
    await asyncio.sleep(0.02)


def balance(server: TelegramServer, stage: Stage) -> None:
    """Assert that every update ended in exactly one way, and that nobody was answered twice."""
    ended = sum(stage.events(outcome) for outcome in ("handled", "unknown", "shed", "stale", "failed"))
    assert ended == server.world.updates.queued
    assert stage.events("failed") == 0
    assert stage.events("duplicate") > 0
    assert stage.events("unknown") <= sum(stage.count("calls_total", result=result) for result in ("unknown",))
    for chat in server.world.chats.values():
        assert doubled(chat) == []


def doubled(chat: Chat) -> list[str]:
    """Return questions of a group that have more than one answer."""
    answered = [message.reply_to.id for message in chat.messages.values() if message.reply_to and message.text]
    return [f"{chat!r} {number}" for number in set(answered) if answered.count(number) > 1]


async def test_two_thousand_updates(server: TelegramServer, assistant: Assistant, clock: Hours) -> None:
    balance(server, await soak(server, assistant, clock, updates=2_000))


@pytest.mark.slow
async def test_twenty_thousand_updates(assistant: Assistant, clock: Hours) -> None:
    async with TelegramServer(clock=clock.timestamp) as server:
        balance(server, await soak(server, assistant, clock, updates=20_000))
