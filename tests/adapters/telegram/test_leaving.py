"""Leaving: what was fetched is worked off and confirmed, within ten seconds."""

import asyncio

from bot.adapters.telegram import adapter as adapter_module
from bot.core.assistant import Assistant
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_faults import STALL, flood
from tests.platforms.telegram_server import TelegramServer


async def test_what_was_fetched_is_answered_and_confirmed(telegram: Stage) -> None:
    people = [telegram.server.user(f"Person {number}") for number in range(20)]
    with telegram.server.held():
        for person in people:
            await person.says(telegram.server.private(person), "/show halving")
    await telegram.server.private(people[0]).next_message()
    await telegram.stop()
    assert all(len(telegram.server.private(person).unread()) == 1 for person in people[1:])
    assert telegram.server.world.updates.backlog == 0


async def test_what_comes_while_it_leaves_waits_for_the_next_start(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    alice = server.user("Alice")
    async with connected(server, assistant, clock) as stage:
        await stage.stop()
    await alice.says(server.private(alice), "hi")
    async with connected(server, assistant, clock):
        await server.private(alice).next_message()


async def test_a_line_that_is_just_being_deleted_is_deleted_all_the_same(telegram: Stage) -> None:
    alice = telegram.server.user("Alice")
    group = telegram.server.group("Group", members=[alice])
    await alice.says(group, "/privacy@safety_bot")
    line = await group.next_message()
    await telegram.clock.slept(30)
    telegram.server.faults.add("deleteMessage", STALL)
    telegram.clock.forward(31)
    await telegram.server.until(lambda: not telegram.server.faults.waiting())
    await telegram.stop()
    assert line.deleted


async def test_a_chat_that_has_to_wait_does_not_hold_it_up_and_what_is_lost_is_counted(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    alice = server.user("Alice")
    chat = server.private(alice)
    loop = asyncio.get_running_loop()
    async with connected(server, assistant, clock) as stage:
        server.faults.add("sendMessage", flood(30))
        with server.held():
            await alice.says(chat, "/show halving")
            await alice.says(chat, "/show phishing")
        await clock.slept(30)
        began = loop.time()
        await stage.stop()
        assert loop.time() - began < adapter_module.LEAVE_S + adapter_module.CONFIRM_S + 1
        assert stage.events("shed") == 2


async def test_what_comes_while_all_chats_have_to_wait_stays_with_telegram_until_the_next_start(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    alice, bob, carol = (server.user(name) for name in ("Alice", "Bob", "Carol"))
    async with connected(server, assistant, clock) as stage:
        server.faults.add("sendMessage", flood(30), times=2)
        for number, person in enumerate((alice, bob), start=1):
            await person.says(server.private(person), "/show halving")
            await clock.slept(30, times=number)
        for topic in ("phishing", "exchange-risk"):
            await carol.says(server.private(carol), f"/show {topic}")
        await clock.slept(30, times=3)
        await stage.stop()
        assert stage.events("shed") == 2
        assert server.world.updates.backlog == 2
    async with connected(server, assistant, clock):
        await server.private(carol).next_messages(2)


async def test_a_platform_that_does_not_answer_does_not_hold_it_up(telegram: Stage) -> None:
    telegram.server.faults.add("getUpdates", STALL, times=5)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await telegram.stop()
    assert loop.time() - began < 10


async def test_the_line_to_the_private_chat_is_taken_down_before_it_leaves(telegram: Stage) -> None:
    alice = telegram.server.user("Alice")
    group = telegram.server.group("Group", members=[alice])
    await alice.says(group, "/privacy@safety_bot")
    line = await group.next_message()
    await telegram.handled()
    await telegram.stop()
    assert line.deleted
