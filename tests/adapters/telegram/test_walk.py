"""Every command is used, every button that it shows is pressed once, and every refusal is read."""

import pytest

from bot.core.commands import COMMANDS
from bot.core.turn import Command
from tests.adapters.telegram.conftest import Stage
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_objects import Message
from tests.platforms.telegram_people import Person

GIVEN = {
    "question": "is bitcoin safe?",
    "topic": "exchange-risk",
    "what": "me",
    "currency": "EUR",
    "amount": "1 BTC",
    "wording": "can kraken go poof",
    "action": "list",
}
LISTED = [row for row in COMMANDS.values() if row.listed]
DESK = [row for row in LISTED if row.right]
REFUSED = "Only this group's moderators"


@pytest.fixture
def mod(telegram: Stage) -> Person:
    return telegram.server.user("Mod")


@pytest.fixture
def group(telegram: Stage, mod: Person) -> Chat:
    group = telegram.server.group("Beginners", owner=mod)
    group.promote(telegram.server.bot, "can_pin_messages", "can_delete_messages")
    return group


def typed(row: Command) -> str:
    """A command with what it needs."""
    return " ".join([f"/{row.name}@safety_bot", *(GIVEN[option.name] for option in row.options if option.required)])


async def told(telegram: Stage, person: Person, group: Chat, said: str) -> Message:
    """What somebody sees of a command in the group, in their private chat if it leads there."""
    telegram.clock.forward(20)
    await person.says(group, said)
    shown = await group.next_message()
    await telegram.handled()
    links = [button.url for button in shown.buttons if "?start=h" in button.url]
    if not links:
        return shown
    await person.follows(links[0])
    return await telegram.server.private(person).next_message()


async def settled(telegram: Stage, person: Person, chat: Chat) -> None:
    """Read everything that came; break off a form that has begun."""
    await telegram.handled()
    while chat.unread():
        message = await chat.next_message()
        assert "wrong on my side" not in message.text
        if message.asks_for_reply:
            await person.says(chat, "cancel")
            await telegram.handled()


async def test_every_command_and_every_button_in_the_private_chat_about_a_group(
    telegram: Stage, mod: Person, group: Chat
) -> None:
    await told(telegram, mod, group, "/pin@safety_bot halving")
    home = telegram.server.private(mod)
    await told(telegram, mod, group, "/settings@safety_bot")

    async def shown(row: Command) -> Message:
        telegram.clock.forward(20)
        await mod.says(home, typed(row))
        return await home.next_message()

    for row in LISTED:
        first = await shown(row)
        assert REFUSED not in first.text
        for number, button in enumerate(first.buttons):
            if button.data:
                again = await shown(row)
                await (await mod.sends_data(again, again.buttons[number].data)).answered()
                await settled(telegram, mod, home)
                assert "wrong on my side" not in again.text
    assert telegram.events("failed") == telegram.events("unknown") == 0
    assert group.unread() == ()


@pytest.mark.parametrize("row", DESK, ids=lambda row: row.name)
async def test_a_moderator_is_obeyed_and_everybody_else_refused_in_private(
    telegram: Stage, mod: Person, group: Chat, row: Command
) -> None:
    alice = telegram.server.user("Alice")
    await alice.joins(group)
    await told(telegram, mod, group, "/pin@safety_bot exchange-risk")
    pinned = list(group.pinned)
    assert REFUSED in (await told(telegram, alice, group, typed(row))).text
    press = await alice.sends_data(pinned[0], typed(row).removeprefix("/").replace("@safety_bot", ""))
    assert REFUSED in await press.alert()
    assert group.pinned == pinned
    assert REFUSED not in (await told(telegram, mod, group, typed(row))).text
