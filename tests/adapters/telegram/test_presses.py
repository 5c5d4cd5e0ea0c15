"""Buttons: every press is answered, once, and grants nothing."""

import pytest

from tests.adapters.telegram.conftest import Stage
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_faults import BAD_GATEWAY, STALL, refusal
from tests.platforms.telegram_objects import Message
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_refusals import TOO_OLD


@pytest.fixture
def alice(telegram: Stage) -> Person:
    return telegram.server.user("Alice")


@pytest.fixture
def chat(telegram: Stage, alice: Person) -> Chat:
    return telegram.server.private(alice)


async def shown(alice: Person, chat: Chat, said: str = "/show halving") -> Message:
    """Ask, and return the answer."""
    await alice.says(chat, said)
    return await chat.next_message()


async def test_a_press_is_answered_empty_and_then_does_its_work(alice: Person, chat: Chat) -> None:
    answer = await shown(alice, chat)
    press = await alice.presses(answer, "Not my question")
    assert await press.alert() == ""
    assert await chat.next_edit() is answer


async def test_what_is_pressed_before_something_is_said_is_done_before_it(
    telegram: Stage, alice: Person, chat: Chat
) -> None:
    answer = await shown(alice, chat)
    await telegram.handled()
    with telegram.server.held():
        await alice.presses(answer, "Not my question")
        await alice.says(chat, "/show halving")
    await telegram.handled()
    shows = [call.method for call in telegram.server.calls_of("sendMessage", "editMessageText")]
    assert shows == ["sendMessage", "editMessageText", "sendMessage"]


async def test_a_press_that_cannot_be_answered_holds_up_neither_its_work_nor_the_next(
    telegram: Stage, alice: Person, chat: Chat
) -> None:
    answer = await shown(alice, chat)
    await telegram.handled()
    telegram.server.faults.add("answerCallbackQuery", STALL, times=2)
    await alice.presses(answer, "Not my question")
    assert await chat.next_edit() is answer
    await alice.sends_data(answer, "a_command_of_yore halving")
    await alice.says(chat, "/show halving")
    assert "halving" in (await chat.next_message()).text
    telegram.server.release()
    async with telegram.clock.hurried():
        await telegram.handled()


async def test_a_press_for_which_there_is_no_room_is_answered(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("Group", members=[alice])
    answer = await shown(alice, group)
    await telegram.handled()
    telegram.server.faults.add("getChatMember", STALL)
    presses = [await alice.sends_data(answer, "settings speak never") for _ in range(34)]
    assert "more than I can answer" in await presses[-1].alert()
    await telegram.server.until(lambda: not telegram.server.faults.waiting())
    telegram.server.release()
    async with telegram.clock.hurried():
        await telegram.handled()
    assert telegram.events("shed") == 3


async def test_a_vote_is_thanked_for_in_an_alert(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("Group", members=[alice])
    answer = await shown(alice, group)
    await telegram.handled()
    assert await (await alice.presses(answer, "Helped")).alert() == "Thank you, counted."
    assert await (await alice.presses(answer, "Helped")).alert() == "You said so already, thank you."
    assert group.unread() == ()


@pytest.mark.parametrize("data", ["nonsense", "", "@", "@-5", "group_removed", "group_moved -7", "\N{LOCK} x", "show"])
async def test_forged_data_is_stale_or_refused_and_does_nothing(
    telegram: Stage, alice: Person, chat: Chat, data: str
) -> None:
    answer = await shown(alice, chat)
    press = await alice.sends_data(answer, data or "x")
    await press.answered()
    await telegram.handled()
    assert telegram.events("failed") == 0


async def test_a_button_of_an_older_bot_is_stale(alice: Person, chat: Chat) -> None:
    answer = await shown(alice, chat)
    press = await alice.sends_data(answer, "a_command_of_yore halving")
    assert await press.alert() == "This button is too old. Please ask again."
    assert (await press.answered())["show_alert"] is True


async def test_what_a_stranger_presses_is_for_the_stranger_alone(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("Group", members=[alice])
    answer = await shown(alice, group)
    await telegram.handled()
    stranger = telegram.server.user("Stranger")
    assert await (await stranger.presses(answer, "Not my question")).alert()
    press = await stranger.sends_data(answer, "topics")
    assert await press.alert()
    await telegram.handled()
    assert answer.versions == answer.versions[:1]
    assert group.unread() == ()


async def test_a_button_under_a_message_that_is_gone_is_stale(telegram: Stage, alice: Person, chat: Chat) -> None:
    answer = await shown(alice, chat)
    await alice.deletes(answer)
    press = await alice.sends_data(answer, "show halving")
    assert await press.alert() == "This button is too old. Please ask again."


async def test_a_moderators_button_is_refused_to_a_member_in_an_alert(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("Group", members=[alice])
    answer = await shown(alice, group)
    press = await alice.sends_data(answer, "settings speak never")
    assert "Only this group's moderators" in await press.alert()
    assert (await press.answered())["show_alert"] is True


async def test_a_press_is_answered_in_time_though_telegram_keeps_the_pressers_rights_to_itself(
    telegram: Stage, alice: Person
) -> None:
    group = telegram.server.group("Group", members=[alice])
    answer = await shown(alice, group)
    telegram.server.faults.add("getChatMember", STALL)
    press = await alice.sends_data(answer, "settings speak never")
    assert await press.alert() == ""
    telegram.server.release()
    line = await group.next_message()
    await alice.follows(line.buttons[0].url)
    assert "Only this group's moderators" in (await telegram.server.private(alice).next_message()).text


async def test_a_button_about_a_group_is_of_no_use_to_somebody_outside_it(
    telegram: Stage, alice: Person, chat: Chat
) -> None:
    group = telegram.server.group("Group")
    answer = await shown(alice, chat)
    await alice.sends_data(answer, f"settings speak never@{group.id}")
    assert "Only this group's moderators" in (await chat.next_message()).text
    await alice.sends_data(answer, f"show halving@{group.id}")
    await telegram.handled()
    assert telegram.events("failed") == 0
    await alice.joins(group)
    await alice.says(group, "@safety_bot hi", heard=True)
    await group.next_message()


async def test_a_long_private_answer_is_cut_to_fit_into_an_alert(telegram: Stage, alice: Person) -> None:
    bob = telegram.server.user("Bob")
    group = telegram.server.group("Group", members=[alice, bob])
    answer = await shown(alice, group)
    alert = await (await bob.presses(answer, "Not my question")).alert()
    assert 0 < len(alert) <= 200
    assert answer.versions == answer.versions[:1]


async def test_a_press_that_came_too_late_is_worked_on_all_the_same(telegram: Stage, alice: Person, chat: Chat) -> None:
    answer = await shown(alice, chat)
    telegram.server.faults.add("answerCallbackQuery", refusal(400, f"Bad Request: {TOO_OLD}"))
    await alice.presses(answer, "Not my question")
    assert await chat.next_edit() is answer


async def test_answering_a_press_is_repeated_when_nobody_knows_whether_it_arrived(
    telegram: Stage, alice: Person, chat: Chat
) -> None:
    answer = await shown(alice, chat)
    telegram.server.faults.add("answerCallbackQuery", BAD_GATEWAY)
    press = await alice.presses(answer, "Not my question")
    await telegram.clock.slept(0.5)
    telegram.clock.forward(1)
    assert await press.alert() == ""


async def test_an_edit_that_changes_nothing_counts_as_done(telegram: Stage, alice: Person, chat: Chat) -> None:
    topics = await shown(alice, chat, "/topics")
    await alice.sends_data(topics, "topics")
    await telegram.handled()
    assert telegram.count("replies_total", fate="unchanged") == 1


async def test_if_the_message_cannot_be_edited_any_more_a_new_one_is_sent(
    telegram: Stage, alice: Person, chat: Chat
) -> None:
    topics = await shown(alice, chat, "/topics")
    telegram.server.faults.add("editMessageText", refusal(400, "Bad Request: message can't be edited"))
    await alice.presses(topics, topics.buttons[0].text)
    await chat.next_message()
