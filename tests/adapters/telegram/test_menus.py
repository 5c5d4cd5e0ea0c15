"""Command menus and about texts."""

from bot.core.assistant import Assistant
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_faults import refusal
from tests.platforms.telegram_server import TelegramServer


async def test_each_scope_shows_what_is_of_use_there(telegram: Stage) -> None:
    private = telegram.server.menu("all_private_chats")
    members = telegram.server.menu("all_group_chats")
    moderators = telegram.server.menu("all_chat_administrators")
    assert {"ask", "topics", "privacy", "settings"} <= set(private)
    assert "entry" not in private
    assert "ask" in members
    assert not {"pin", "settings", "entry"} & set(members)
    assert {"ask", "pin", "settings", "entry"} <= set(moderators)
    assert all(moderators.values())


async def test_menus_and_texts_are_set_once_and_not_again_at_the_next_start(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    setters = ("setMyCommands", "setMyDescription", "setMyShortDescription")
    async with connected(server, assistant, clock) as stage:
        await server.until(lambda: server.world.about.get(("short_description", "")))
        await stage.handled()
    first = len(server.calls_of(*setters))
    assert first == 5
    server.calls.clear()
    async with connected(server, assistant, clock) as stage:
        await stage.handled()
    assert server.calls_of(*setters) == []


async def test_the_bot_serves_even_if_its_menus_cannot_be_set(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    server.faults.add("setMyCommands", refusal(400, "Bad Request: BOT_COMMAND_INVALID"))
    alice = server.user("Alice")
    async with connected(server, assistant, clock, menus=False):
        await alice.says(server.private(alice), "hi")
        await server.private(alice).next_message()
