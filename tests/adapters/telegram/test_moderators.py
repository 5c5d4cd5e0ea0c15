"""Moderators run their group: pins, settings, own entries, files, doctor."""

import pytest

from tests.adapters.telegram.conftest import Stage
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_faults import refusal
from tests.platforms.telegram_objects import Message
from tests.platforms.telegram_people import Person


@pytest.fixture
def mod(telegram: Stage) -> Person:
    return telegram.server.user("Mod")


@pytest.fixture
def group(telegram: Stage, mod: Person) -> Chat:
    group = telegram.server.group("Beginners", owner=mod)
    group.promote(telegram.server.bot, "can_pin_messages")
    return group


@pytest.fixture
def home(telegram: Stage, mod: Person) -> Chat:
    return telegram.server.private(mod)


async def at_home(mod: Person, group: Chat, home: Chat, command: str) -> Message:
    """Type a command in the group, follow the line to the private chat, and return what waits there."""
    await mod.says(group, command)
    line = await group.next_message()
    await mod.follows(line.buttons[0].url)
    return await home.next_message()


async def pins_two(mod: Person, group: Chat) -> None:
    for topic in ("halving", "phishing"):
        await mod.says(group, f"/pin@safety_bot {topic}")
        await group.next_message()


async def test_pin_sends_and_pins_silently_and_unpin_takes_it_down(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await mod.says(group, "/pin@safety_bot halving")
    answer = await group.next_message()
    await telegram.handled()
    assert group.pinned == [answer]
    assert telegram.server.calls_of("pinChatMessage")[0].parameters["disable_notification"] is True
    assert "halving" in (await at_home(mod, group, home, "/pins@safety_bot")).text
    assert "I take down" in (await at_home(mod, group, home, "/unpin@safety_bot 1")).text
    assert group.pinned == []


async def test_pin_as_a_reply_pins_the_answer_itself_and_then_an_edit_of_the_question_leaves_it_as_it_is(
    telegram: Stage, mod: Person, group: Chat
) -> None:
    question = await mod.says(group, "/ask what is the bitcoin halving?")
    answer = await group.next_message()
    await mod.edits(question, "/ask what is phishing?")
    assert await group.next_edit() is answer
    await mod.says(group, "/pin", reply_to=answer)
    await telegram.handled()
    assert group.pinned == [answer]
    pinned = answer.text
    await mod.edits(question, "/ask what is the bitcoin halving?")
    await telegram.handled()
    assert answer.text == pinned
    assert group.unread() == ()


async def test_all_pins_are_taken_down_where_they_are_after_a_question_that_goes_again(
    telegram: Stage, mod: Person, group: Chat
) -> None:
    await pins_two(mod, group)
    await mod.says(group, "/unpin@safety_bot all")
    sure = await group.next_message()
    stranger = telegram.server.user("Stranger")
    assert "moderators" in await (await stranger.presses(sure, "Take down all 2")).alert()
    assert len(group.pinned) == 2
    assert "I take down" in await (await mod.presses(sure, "Take down all 2")).alert()
    await telegram.handled()
    assert group.pinned == []
    await telegram.clock.slept(30)
    telegram.clock.forward(30)
    await telegram.server.until(lambda: sure.deleted)


async def test_of_several_pins_those_that_are_down_are_forgotten(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await pins_two(mod, group)
    await mod.says(group, "/unpin@safety_bot all")
    sure = await group.next_message()
    telegram.server.faults.add("unpinChatMessage", refusal(400, "Bad Request: not enough rights to unpin a message"))
    assert "still pinned" in await (await mod.presses(sure, sure.buttons[0].text)).alert()
    await telegram.handled()
    assert len(group.pinned) == 1
    listed = (await at_home(mod, group, home, "/pins@safety_bot")).text
    assert ("halving" in listed, "phishing" in listed) == (True, False)


async def test_a_pin_whose_forerunner_stays_is_noted_beside_it(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await mod.says(group, "/pin@safety_bot halving")
    await group.next_message()
    await telegram.handled()
    telegram.server.faults.add("unpinChatMessage", refusal(400, "Bad Request: not enough rights to unpin a message"))
    await mod.says(group, "/pin@safety_bot halving")
    await group.next_message()
    await telegram.handled()
    assert len(group.pinned) == 2
    assert "2. " in (await at_home(mod, group, home, "/pins@safety_bot")).text


async def test_a_pin_that_is_not_allowed_is_explained_to_the_moderator_alone(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await mod.demotes_bot(group)
    await mod.says(group, "/pin@safety_bot halving")
    await group.next_message()
    line = await group.next_message()
    await mod.follows(line.buttons[0].url)
    assert "It is not pinned: I lack the right to pin messages" in (await home.next_message()).text
    assert group.pinned == []
    assert "Nothing of mine" in (await at_home(mod, group, home, "/pins@safety_bot")).text


async def test_a_member_may_not_pin(telegram: Stage, group: Chat) -> None:
    alice = telegram.server.user("Alice")
    await alice.joins(group)
    await alice.says(group, "/pin@safety_bot halving")
    await group.next_message()
    await telegram.handled()
    assert group.pinned == []


async def test_rights_are_asked_for_once_a_minute_and_anew_when_they_change(
    telegram: Stage, mod: Person, group: Chat
) -> None:
    group.promote(telegram.server.bot, "can_pin_messages")
    helper = telegram.server.user("Helper")
    await mod.promotes(group, helper, "can_pin_messages")
    for topic in ("halving", "phishing"):
        await helper.says(group, f"/pin@safety_bot {topic}")
    await telegram.handled()
    assert len(group.pinned) == 2
    assert asked_about(telegram, helper) == 1
    await mod.demotes(group, helper)
    await helper.says(group, "/pin@safety_bot exchange-risk")
    await telegram.handled()
    assert len(group.pinned) == 2
    assert asked_about(telegram, helper) == 2
    telegram.clock.forward(61)
    await helper.says(group, "/pin@safety_bot exchange-risk")
    await telegram.handled()
    assert asked_about(telegram, helper) == 3


def asked_about(telegram: Stage, person: Person) -> int:
    return sum(call.parameters["user_id"] == person.id for call in telegram.server.calls_of("getChatMember"))


async def test_rights_are_not_asked_for_where_no_command_needs_them(telegram: Stage, mod: Person, group: Chat) -> None:
    for said in ("/ask hi", "/show halving", "/topics", "/help@safety_bot"):
        await mod.says(group, said)
        await group.next_message()
    assert asked_about(telegram, mod) == 0


async def test_an_anonymous_administrator_counts_and_whoever_moderates_can_go_on(
    telegram: Stage, mod: Person, group: Chat
) -> None:
    helper, alice = telegram.server.user("Helper"), telegram.server.user("Alice")
    await mod.promotes(group, helper, "can_change_info", "can_pin_messages", anonymous=True)
    await alice.joins(group)
    await helper.says(group, "/pin@safety_bot halving")
    await group.next_message()
    await telegram.handled()
    assert len(group.pinned) == 1
    await helper.says(group, "/settings@safety_bot")
    line = await group.next_message()
    await alice.follows(line.buttons[0].url)
    assert "How I behave" not in (await telegram.server.private(alice).next_message()).text
    for moderator in (helper, mod):
        await moderator.follows(line.buttons[0].url)
        assert "How I behave" in (await telegram.server.private(moderator).next_message()).text


async def test_what_an_anonymous_administrator_is_told_is_for_moderators_only(
    telegram: Stage, mod: Person, group: Chat
) -> None:
    helper, alice = telegram.server.user("Helper"), telegram.server.user("Alice")
    await mod.promotes(group, helper, "can_change_info", "can_pin_messages", anonymous=True)
    await alice.joins(group)
    await mod.demotes_bot(group)
    await helper.says(group, "/pin@safety_bot halving")
    await group.next_message()
    line = await group.next_message()
    await alice.follows(line.buttons[0].url)
    assert "too old" in (await telegram.server.private(alice).next_message()).text
    await helper.follows(line.buttons[0].url)
    assert "It is not pinned" in (await telegram.server.private(helper).next_message()).text


async def test_what_is_said_to_a_channel_alone_is_said_in_private_to_whoever_comes(
    telegram: Stage, group: Chat
) -> None:
    alice = telegram.server.user("Alice")
    await alice.joins(group)
    await alice.says(group, "/show zzzzqq", as_channel=telegram.server.channel("Channel"))
    await alice.follows((await group.next_message()).buttons[0].url)
    assert "I have no topic called" in (await telegram.server.private(alice).next_message()).text


async def test_where_the_group_says_so_anonymous_administrators_do_not_count(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    helper = telegram.server.user("Helper")
    await mod.promotes(group, helper, "can_change_info", "can_pin_messages", anonymous=True)
    await at_home(mod, group, home, "/settings@safety_bot")
    await mod.says(home, "/settings anonymous off")
    await home.next_message()
    await helper.says(group, "/pin@safety_bot halving")
    line = await group.next_message()
    await telegram.handled()
    assert group.pinned == []
    await helper.follows(line.buttons[0].url)
    assert "Only this group's moderators" in (await telegram.server.private(helper).next_message()).text
    await helper.says(group, "/settings@safety_bot")
    await helper.follows((await group.next_message()).buttons[0].url)
    assert "How I behave" in (await telegram.server.private(helper).next_message()).text


@pytest.mark.parametrize(
    ("command", "words"), [("/privacy@safety_bot", "What I store"), ("/forget@safety_bot me", "cannot be undone")]
)
async def test_who_hides_behind_the_group_or_a_channel_finds_in_private_what_is_for_them(
    telegram: Stage, mod: Person, group: Chat, command: str, words: str
) -> None:
    helper, alice = telegram.server.user("Helper"), telegram.server.user("Alice")
    await mod.promotes(group, helper, "can_pin_messages", anonymous=True)
    await alice.joins(group)
    await helper.says(group, command)
    await helper.follows((await group.next_message()).buttons[0].url)
    assert words in (await telegram.server.private(helper).next_message()).text
    await alice.says(group, command, as_channel=telegram.server.channel("Alice's channel"))
    await alice.follows((await group.next_message()).buttons[0].url)
    assert words in (await telegram.server.private(alice).next_message()).text


async def test_settings_are_changed_by_buttons_in_the_private_chat(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    panel = await at_home(mod, group, home, "/settings@safety_bot")
    await mod.presses(panel, next(button.text for button in panel.buttons if "settings speak" in button.data))
    await home.next_edit()
    await mod.presses(panel, next(button.text for button in panel.buttons if "speak never" in button.data))
    await home.next_edit()
    await mod.says(group, "@safety_bot hi", heard=True)
    await telegram.handled()
    assert group.unread() == ()


async def test_who_loses_the_right_meanwhile_can_press_in_vain(telegram: Stage, mod: Person, group: Chat) -> None:
    helper = telegram.server.user("Helper")
    await mod.promotes(group, helper, "can_change_info")
    home = telegram.server.private(helper)
    panel = await at_home(helper, group, home, "/settings@safety_bot")
    await mod.demotes(group, helper)
    await telegram.handled()
    await helper.presses(panel, next(button.text for button in panel.buttons if "settings speak" in button.data))
    assert "Only this group's moderators" in (await home.next_message()).text


async def filled(mod: Person, home: Chat, first: Message, answers: list[str]) -> Message:
    """Answer the fields of a form one by one and return what comes after the last."""
    asked = first
    for answer in answers:
        assert asked.asks_for_reply
        await mod.says(home, answer, reply_to=asked)
        asked = await home.next_message()
    return asked


async def test_an_entry_is_written_field_by_field_and_answers_in_that_group_alone(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    first = await at_home(mod, group, home, "/entry@safety_bot add")
    assert "(1/" in first.text
    done = await filled(mod, home, first, ["When is our meeting?", "Each Monday at *seven*.", "meetup time", "-"])
    assert "Added" in done.text
    await mod.says(group, "/ask when is our meeting?")
    answer = await group.next_message()
    assert "Each Monday at *seven*." in answer.text
    await mod.says(home, "/topics")
    themes = await home.next_message()
    await mod.presses(themes, "From this group's moderators")
    assert await home.next_edit() is themes
    assert "When is our meeting?" in [button.text for button in themes.buttons]
    other = telegram.server.group("Other", owner=mod)
    await mod.says(other, "/ask when is our meeting?")
    assert "Monday" not in (await other.next_message()).text


async def test_a_form_ends_by_cancel_and_asks_again_for_what_does_not_fit(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    first = await at_home(mod, group, home, "/entry@safety_bot add")
    too_long = await filled(mod, home, first, ["x" * 4000])
    assert "too long" in too_long.text
    assert too_long.asks_for_reply
    await mod.says(home, "cancel")
    assert (await home.next_message()).text == "Stopped. Nothing was kept."
    await mod.says(home, "what is the bitcoin halving?")
    assert "halving" in (await home.next_message()).text


async def test_a_secret_in_a_form_is_warned_about_and_the_field_stays_open(
    mod: Person, group: Chat, home: Chat
) -> None:
    await at_home(mod, group, home, "/entry@safety_bot add")
    await mod.says(home, "legal winner thank year wave sausage worth useful legal winner thank yellow")
    assert "Treat it as stolen" in (await home.next_message()).text
    await mod.says(home, "When is our meetup?")
    assert "(2/" in (await home.next_message()).text


async def test_an_edited_answer_to_a_form_is_no_question(telegram: Stage, mod: Person, group: Chat, home: Chat) -> None:
    await at_home(mod, group, home, "/entry@safety_bot add")
    answers = []
    for answer in ("When is our meeting?", "Each Monday at seven.", "meetup time", "-"):
        answers.append(await mod.says(home, answer))
        shown = await home.next_message()
    for answered in answers:
        await mod.edits(answered, "what is the bitcoin halving?")
    await telegram.handled()
    assert home.unread() == ()
    assert shown.versions == shown.versions[:1]


async def test_a_form_is_given_up_after_a_quarter_of_an_hour(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await at_home(mod, group, home, "/entry@safety_bot add")
    telegram.clock.forward(901)
    await mod.says(home, "what is the bitcoin halving?")
    assert not (await home.next_message()).asks_for_reply


async def test_entries_are_exported_as_a_file_and_imported_from_one(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    first = await at_home(mod, group, home, "/entry@safety_bot add")
    await filled(mod, home, first, ["When is our meeting?", "Each Monday.", "meetup time", "-"])
    exported = await at_home(mod, group, home, "/entry@safety_bot export")
    assert exported.document
    other = telegram.server.group("Other", owner=mod)
    panel = await at_home(mod, other, home, "/entry@safety_bot list")
    assert "no entries" in panel.text
    await mod.says(home, "/entry import", document=("entries.toml", exported.document.data))
    assert "entries 1" in (await home.next_message()).text
    await mod.says(home, "/entry import", document=("entries.toml", b"x" * 300_000))
    assert "Send the file" in (await home.next_message()).text


async def test_a_file_is_fetched_only_for_a_moderator(telegram: Stage, mod: Person, group: Chat, home: Chat) -> None:
    alice = telegram.server.user("Alice")
    await alice.joins(group)
    file = ("entries.toml", b"x = 1")
    await alice.says(group, "/entry@safety_bot import", document=file)
    await group.next_message()
    await telegram.handled()
    assert telegram.server.calls_of("getFile") == []
    await mod.says(group, "/entry@safety_bot import", document=file)
    await group.next_message()
    assert len(telegram.server.calls_of("getFile")) == 1


async def test_to_speak_when_sure_is_refused_where_the_bot_does_not_hear(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await mod.demotes_bot(group)
    assert "read all messages" in (await at_home(mod, group, home, "/settings@safety_bot speak sure")).text
    values = await at_home(mod, group, home, "/settings@safety_bot speak")
    await mod.presses(values, "sure")
    assert "read all messages" in (await home.next_message()).text
    await mod.promotes_bot(group, "can_pin_messages")
    await mod.presses(values, "sure")
    await home.next_edit()
    assert "Done." in values.text


async def test_doctor_reads_its_own_rights_and_privacy_mode(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await mod.demotes_bot(group)
    await mod.follows(f"https://t.me/safety_bot?start=g{group.id}_doctor")
    assert "Privacy mode is on" in (await home.next_message()).text
    found = (await at_home(mod, group, home, "/doctor@safety_bot")).text
    assert "Privacy mode is on" in found
    assert "I may not pin" in found
    assert "I may not delete messages" in found
    await mod.promotes_bot(group, "can_pin_messages", "can_delete_messages")
    await mod.follows(f"https://t.me/safety_bot?start=g{group.id}_doctor")
    found = (await home.next_message()).text
    assert "Privacy mode" not in found
    assert "I may not" not in found
