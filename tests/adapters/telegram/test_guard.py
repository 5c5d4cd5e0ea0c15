"""Wallet secrets in groups, as conversations: deleted where the bot may, and warned about without a quote."""

import pytest

from tests.adapters.telegram.conftest import Stage
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_faults import Fault, refusal
from tests.platforms.telegram_people import Person

LEAK = "my words: legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.fixture
def alice(telegram: Stage) -> Person:
    return telegram.server.user("Alice")


@pytest.fixture
def bob(telegram: Stage) -> Person:
    return telegram.server.user("Bob")


@pytest.fixture
def group(telegram: Stage, alice: Person, bob: Person) -> Chat:
    return telegram.server.group("Beginners", members=[alice, bob])


async def test_a_secret_is_deleted_and_warned_about_without_a_quote(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    group.promote(telegram.server.bot, "can_delete_messages")
    leak = await alice.says(group, LEAK)
    warning = await group.next_message()
    assert leak.deleted
    assert warning.reply_to is None
    assert "deleted" in warning.text
    assert "sausage" not in warning.text


async def test_a_secret_that_may_not_be_deleted_is_the_authors_to_delete(alice: Person, group: Chat) -> None:
    leak = await alice.says(group, LEAK, heard=True)
    warning = await group.next_message()
    assert not leak.deleted
    assert warning.reply_to is None
    assert "delete your message" in warning.text
    assert len(group.unread()) == 0


async def test_what_to_do_after_a_leak_is_read_in_the_private_chat(telegram: Stage, alice: Person, group: Chat) -> None:
    await alice.says(group, LEAK, heard=True)
    warning = await group.next_message()
    await alice.follows(warning.button("What to do now").url)
    told = await telegram.server.private(alice).next_message()
    assert "I gave away my seed phrase" in told.text
    assert group.unread() == ()


async def test_a_secret_is_warned_about_once_however_many_reply_to_it(
    telegram: Stage, alice: Person, bob: Person, group: Chat
) -> None:
    leak = await alice.says(group, LEAK, heard=True)
    await group.next_message()
    for _ in range(3):
        await bob.says(group, "haha look at that", reply_to=leak, heard=True)
    await telegram.handled()
    assert group.unread() == ()
    await bob.says(group, "/ask", reply_to=leak)
    assert "delete your message" in (await group.next_message()).text


async def test_who_writes_secret_after_secret_is_warned_a_few_times_and_all_are_deleted(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    group.promote(telegram.server.bot, "can_delete_messages")
    leaks = [await alice.says(group, LEAK) for _ in range(6)]
    await telegram.handled()
    assert all(leak.deleted for leak in leaks)
    assert len(group.unread()) == 3
    telegram.clock.forward(61)
    await alice.says(group, LEAK)
    await telegram.handled()
    assert len(group.unread()) == 4


@pytest.mark.parametrize(
    "refused",
    [
        refusal(400, "Bad Request: MESSAGE_DELETE_FORBIDDEN"),
        refusal(400, "Bad Request: chat not found"),
        refusal(403, "Forbidden: MESSAGE_DELETE_FORBIDDEN"),
    ],
)
async def test_a_secret_is_not_said_to_be_deleted_while_it_stands(
    telegram: Stage, alice: Person, group: Chat, refused: Fault
) -> None:
    group.promote(telegram.server.bot, "can_delete_messages")
    telegram.server.faults.add("deleteMessage", refused)
    await alice.says(group, LEAK)
    assert "delete your message" in (await group.next_message()).text


async def test_a_secret_that_its_author_deleted_first_counts_as_deleted(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    group.promote(telegram.server.bot, "can_delete_messages")
    with telegram.server.held():
        await alice.deletes(await alice.says(group, LEAK))
    assert "I deleted" in (await group.next_message()).text


@pytest.mark.parametrize(
    "command",
    ["/settings@safety_bot", "/entry@safety_bot add", "/start@safety_bot", "/recover", "/import@wallet_bot", "/"],
)
async def test_a_secret_behind_any_command_is_deleted_and_warned_about(
    telegram: Stage, alice: Person, group: Chat, command: str
) -> None:
    group.promote(telegram.server.bot, "can_delete_messages")
    leak = await alice.says(group, f"{command} {LEAK}", heard=True)
    assert "deleted" in (await group.next_message()).text
    assert leak.deleted
    await telegram.handled()
    assert group.unread() == ()


async def test_a_secret_that_is_edited_in_late_is_deleted_and_warned_about(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    group.promote(telegram.server.bot, "can_delete_messages", "can_manage_chat")
    leak = await alice.says(group, "hello all")
    telegram.clock.forward(16 * 60)
    await alice.edits(leak, LEAK)
    assert "deleted" in (await group.next_message()).text
    assert leak.deleted
