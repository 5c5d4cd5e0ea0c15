"""Moderators pin answers and run their server's settings; nobody else does."""

from dataclasses import replace

import pytest

from bot.storage.log import Deed
from tests.adapters.discord.conftest import Stand
from tests.adapters.discord.eyes import words
from tests.platforms.discord_clicks import NotPossible
from tests.platforms.discord_commands import ON_MESSAGE
from tests.platforms.discord_faults import Broken
from tests.platforms.discord_interaction import COMMAND, Interaction
from tests.platforms.discord_json import JsonObject, text
from tests.platforms.discord_people import Person
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_world import Channel, File

TOPIC = "exchange-risk"
PINS = "/channels/{channel_id}/messages/pins/{message_id}"


def forced(person: Person, channel: Channel, command: str, **options: str) -> Interaction:
    """Send a command that the client does not offer, as a server's administrators may let anybody do."""
    found = next(one for one in person.stage.commands.all() if text(one, "name") == command)
    given = [{"type": 3, "name": name, "value": value} for name, value in options.items()]
    data: JsonObject = {"id": found["id"], "name": command, "type": 1, "options": given}
    return person._acts(COMMAND, channel, data, name=command, command=found)


async def test_a_moderator_pins_an_answer(stand: Stand) -> None:
    shown = await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    assert not shown.ephemeral
    assert stand.general.pins == [shown.message]
    assert [message.kind for message in stand.general.messages] == [20]  # the notice "pinned a message" is gone
    pins = await stand.office.store.pins.of(stand.group)
    assert [pin.message for pin in pins] == [str(shown.message.id)] if shown.message else False


async def test_an_answer_of_the_bot_is_pinned_by_the_context_menu(stand: Stand) -> None:
    asked = await stand.mod.says(stand.general, f"{stand.server.bot.mention} is bitcoin safe?")
    answer = await stand.server.next_message(stand.general, after=asked)
    done = await (await stand.mod.uses_on(answer, "Pin this answer")).answer()
    await stand.server.quiet()
    assert done.ephemeral
    assert words(done) == "Done."
    assert stand.general.pins == [answer]


async def test_a_message_that_is_no_answer_of_the_bot_is_not_pinned(stand: Stand) -> None:
    said = await stand.alice.says(stand.general, "pin me")
    refused = await (await stand.mod.uses_on(said, "Pin this answer")).answer()
    assert refused.ephemeral
    assert stand.general.pins == []


async def test_managing_messages_alone_pins_nothing(stand: Stand) -> None:
    janitor = stand.server.user("Janitor")
    stand.guild.admits(janitor, permissions=Permission.MANAGE_MESSAGES)
    assert "pin" not in janitor.offered(stand.general)
    assert "Pin this answer" not in janitor.offered(stand.general, kind=ON_MESSAGE)
    refused = await forced(janitor, stand.general, "pin", topic=TOPIC).answer()
    assert refused.ephemeral
    assert "the right to pin messages" in words(refused)
    assert stand.general.pins == []


async def test_every_moderators_command_is_refused_to_members_in_private(stand: Stand) -> None:
    rows = [row for row, _ in stand.office.assistant.menu() if row.right]
    assert len(rows) >= 10
    for row in rows:
        options = {option.name: (option.choices or ("x",))[0] for option in row.options if option.required}
        refused = await forced(stand.alice, stand.general, row.name, **options).answer()
        assert refused.ephemeral, row.name
        assert words(refused).startswith("Only this group's moderators"), row.name
    assert stand.general.messages == []


async def test_the_right_that_the_bot_lacks_is_named_to_the_moderator_and_nothing_is_tried(stand: Stand) -> None:
    stand.server.permits(stand.guild, without=Permission.PIN_MESSAGES)
    refused = await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    assert refused.ephemeral
    assert "I lack the right to pin messages" in words(refused)
    await stand.server.quiet()
    assert stand.general.messages == []
    assert stand.server.record.invalid == 0
    assert await stand.office.store.pins.of(stand.group) == ()


async def test_pins_are_listed_and_taken_down_by_button_and_command(stand: Stand) -> None:
    for topic in (TOPIC, "seed-phrase"):
        await (await stand.mod.uses(stand.general, "pin", topic=topic)).answer()
    await stand.server.quiet()
    listed = await (await stand.mod.uses(stand.general, "pins")).answer()
    assert listed.ephemeral
    assert len(listed.buttons) == 2
    await (await stand.mod.presses(listed, listed.buttons[0])).acknowledged()
    await stand.server.quiet()
    assert len(stand.general.pins) == 1
    gone = await (await stand.mod.uses(stand.general, "unpin", topic="1")).answer()
    await stand.server.quiet()
    assert gone.ephemeral
    assert stand.general.pins == []
    assert await stand.office.store.pins.of(stand.group) == ()


async def test_taking_down_is_refused_without_the_right_and_says_so(stand: Stand) -> None:
    await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    stand.server.permits(stand.guild, without=Permission.PIN_MESSAGES)
    refused = await (await stand.mod.uses(stand.general, "unpin", topic=TOPIC)).answer()
    assert "It is still pinned: I lack the right to pin messages" in words(refused)
    assert len(stand.general.pins) == 1


async def test_a_pin_whose_forerunner_stays_is_noted_beside_it(stand: Stand) -> None:
    await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    stand.server.faults.add(Broken(status=503), method="DELETE", route=PINS, times=3)
    again = await stand.mod.uses(stand.general, "pin", topic=TOPIC)
    await again.answer()
    await stand.server.quiet()
    assert len(again.answers) == 1
    assert len(stand.general.pins) == 2
    noted = await stand.office.store.pins.of(stand.group)
    assert {pin.message for pin in noted} == {str(message.id) for message in stand.general.pins}
    await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    assert len(stand.general.pins) == len(await stand.office.store.pins.of(stand.group)) == 1


async def test_of_several_pins_those_that_are_down_are_forgotten(stand: Stand) -> None:
    for topic in (TOPIC, "seed-phrase"):
        await (await stand.mod.uses(stand.general, "pin", topic=topic)).answer()
    await stand.server.quiet()
    sure = await (await stand.mod.uses(stand.general, "unpin", topic="all")).answer()
    stand.server.faults.add(Broken(status=503), method="DELETE", route=PINS, times=3)
    told = await (await stand.mod.presses(sure, sure.buttons[0])).answer()
    await stand.server.quiet()
    assert "still pinned" in words(told)
    noted = await stand.office.store.pins.of(stand.group)
    assert [pin.message for pin in noted] == [str(message.id) for message in stand.general.pins]
    assert len(noted) == 1


async def test_a_full_channel_takes_no_pin(stand: Stand) -> None:
    for number in range(250):
        message = await stand.mod.says(stand.general, f"message {number}")
        await stand.mod.pins(message)
    interaction = await stand.mod.uses(stand.general, "pin", topic=TOPIC)
    refused = await interaction.answer(2)
    assert refused.ephemeral
    assert "could not pin" in words(refused)
    assert await stand.office.store.pins.of(stand.group) == ()


async def test_a_deleted_pin_is_forgotten(stand: Stand) -> None:
    shown = await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    assert shown.message
    stand.server.stage.post.delete(shown.message)
    await stand.server.quiet()
    assert await stand.office.store.pins.of(stand.group) == ()


async def test_a_pin_that_is_taken_down_by_hand_is_forgotten(stand: Stand) -> None:
    shown = await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    assert shown.message
    for _ in range(2):
        assert len(await stand.office.store.pins.of(stand.group)) == 1
        await stand.mod.unpins(shown.message)
        await stand.server.quiet()
        assert await stand.office.store.pins.of(stand.group) == ()
        await (await stand.mod.uses_on(shown.message, "Pin this answer")).answer()
        await stand.server.quiet()
        assert stand.general.pins == [shown.message]


async def test_a_pin_is_refreshed_and_waits_where_discord_limits_edits(stand: Stand) -> None:
    shown = await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    assert shown.message
    message, server = shown.message, stand.server
    server.passes(minutes=61)
    for edits in range(1, 6):
        await stand.office.store.pins.touch(stand.group, [TOPIC])
        await stand.office.steps.forward(10)
        assert len(message.versions) == edits
    await stand.office.store.pins.touch(stand.group, [TOPIC])
    await stand.office.steps.forward(10)
    assert any("30046" in refusal for refusal in server.record.refusals)
    assert len(message.versions) == 5
    assert stand.general.pins == [message]
    assert len(await stand.office.store.pins.of(stand.group)) == 1


async def test_a_pin_that_cannot_be_dealt_with_stops_neither_the_others_nor_the_bot(stand: Stand) -> None:
    shown = await (await stand.mod.uses(stand.general, "pin", topic=TOPIC)).answer()
    await stand.server.quiet()
    assert shown.message
    pins, message = stand.office.store.pins, shown.message
    [pinned] = await pins.of(stand.group)
    damaged = replace(pinned, message="no number", topic="seed-phrase")
    await pins.add(stand.group, damaged, refresh_at=0.0, unpinned=(), deed=Deed(author="", what="pin seed-phrase"))
    await pins.touch(stand.group, [TOPIC, "seed-phrase"])
    for _ in range(2):
        await stand.office.steps.forward(10)
    assert len(message.versions) == 1
    assert stand.counted("failed") == 1
    assert stand.adapter.ready
    assert stand.server.gateway.identifies == 1


async def test_settings_are_a_panel_that_is_replaced_in_place(stand: Stand) -> None:
    panel = await (await stand.mod.uses(stand.general, "settings")).answer()
    assert panel.ephemeral
    assert len(panel.buttons) >= 8
    values = await (await stand.mod.presses(panel, panel.buttons[1])).answer()
    assert values.message is panel.message
    assert "EUR" in values.buttons
    done = await (await stand.mod.presses(values, "EUR")).answer()
    assert done.message is panel.message
    assert (await stand.office.store.groups.state(stand.group)).settings.currency == "EUR"
    line = await (await stand.mod.uses(stand.general, "log")).answer()
    assert line.ephemeral
    assert "currency EUR" in words(line)


async def test_a_members_press_on_a_moderators_button_is_refused(stand: Stand) -> None:
    asked = await stand.mod.uses(stand.general, "settings")
    panel = await asked.answer()
    with pytest.raises(NotPossible, match="does not see"):
        await stand.alice.presses(panel, panel.buttons[0])


async def test_an_entry_is_written_in_a_form_changed_and_removed(stand: Stand) -> None:
    opened = await (await stand.mod.uses(stand.general, "entry", action="add")).answer()
    assert opened.modal
    labels = [asked.label for asked in opened.modal.fields]
    filled = dict(zip(labels, ["When do we meet?", "Each Monday at **eight**.", "meeting time", ""], strict=True))
    kept = await (await stand.mod.submits(opened.modal, filled)).answer()
    assert kept.ephemeral
    answer = await (await stand.alice.uses(stand.general, "ask", question="When do we meet?")).answer()
    assert "Each Monday at **eight**." in words(answer)  # what members write never becomes markup
    assert "Added by this group's moderators" in words(answer)
    again = await (await stand.mod.presses(kept, "Edit it")).answer()
    assert again.modal
    assert again.modal.fields[0].value == "When do we meet?"
    changed = {labels[1]: "Each Tuesday."}
    saved = await (await stand.mod.submits(again.modal, changed)).answer()
    assert saved.ephemeral
    answer = await (await stand.alice.uses(stand.general, "ask", question="When do we meet?")).answer()
    assert "Each Tuesday." in words(answer)
    themes = await (await stand.alice.uses(stand.general, "topics")).answer()
    page = await (await stand.alice.chooses(themes, "From this group's moderators")).answer()
    assert page.options == ["When do we meet?"]
    listed = await (await stand.mod.uses(stand.general, "entry", action="list")).answer()
    assert "When do we meet?" in words(listed)
    sure = await (await stand.mod.uses(stand.general, "entry", action="remove", topic="own-when-do-we-meet")).answer()
    await (await stand.mod.presses(sure, sure.buttons[0])).answer()
    assert (await stand.office.store.own.of(stand.group)).entries == {}


async def test_a_form_that_does_not_fit_is_refused_with_a_reason(stand: Stand) -> None:
    opened = await (await stand.mod.uses(stand.general, "entry", action="add")).answer()
    assert opened.modal
    names = [asked.custom_id for asked in opened.modal.fields]
    wrong = {names[0]: "see https://bad.example", names[1]: "there"}
    refused = await (await stand.mod.submits(opened.modal, wrong)).answer()
    assert refused.ephemeral
    assert (await stand.office.store.own.of(stand.group)).entries == {}


async def test_an_entry_file_is_exported_and_imported(stand: Stand) -> None:
    await (await stand.mod.uses(stand.general, "alias", topic=TOPIC, wording="can kraken go poof")).answer()
    exported = await (await stand.mod.uses(stand.general, "entry", action="export")).answer()
    assert exported.ephemeral
    assert exported.message
    assert [file.name for file in exported.message.files] == ["entries.toml"]
    elsewhere = stand.server.guild("Elsewhere", members=[stand.mod])
    elsewhere.grants(stand.mod, Permission.MANAGE_GUILD)
    file = exported.message.files[0]
    done = await (await stand.mod.uses(elsewhere.general, "entry", action="import", file=file)).answer()
    assert done.ephemeral
    answer = await (await stand.mod.uses(elsewhere.general, "ask", question="can kraken go poof")).answer()
    assert words(answer).startswith("Is it safe to leave Bitcoin on an exchange?")


async def test_a_file_that_cannot_be_fetched_or_is_too_large_is_refused(stand: Stand) -> None:
    lost = File(id=1, name="entries.toml", content_type="text/plain", data=b"x", url=f"{stand.server.cdn}/nowhere")
    large = replace(lost, data=bytes(300_000))
    for file, said in ((lost, "could not be done"), (large, "at most 256 KiB")):
        refused = await (await stand.mod.uses(stand.general, "entry", action="import", file=file)).answer()
        assert refused.ephemeral
        assert said in words(refused)
    assert stand.counted("failed") == 0


async def test_what_was_missed_is_reviewed_with_buttons(stand: Stand) -> None:
    await (await stand.mod.uses(stand.general, "settings", key="review", value="on")).answer()
    for missed in ("zorblax quux frobnicate?", "blurgh wibble wobble?"):
        await (await stand.alice.uses(stand.general, "ask", question=missed)).answer()
    await stand.office.store.flush()
    first = await (await stand.mod.uses(stand.general, "review")).answer()
    assert first.ephemeral
    form = await (await stand.mod.presses(first, "Write an entry")).answer()
    assert form.modal
    names = [asked.custom_id for asked in form.modal.fields]
    done = await (await stand.mod.submits(form.modal, {names[1]: "Only on Sundays."})).answer()
    assert done.ephemeral
    second = await (await stand.mod.uses(stand.general, "review")).answer()
    assert words(second) != words(first)
    dismissed = await (await stand.mod.presses(second, "Dismiss")).answer()
    assert dismissed.message is second.message
    undone = await (await stand.mod.presses(dismissed, "Undo")).answer()
    assert undone.message is second.message
    assert "Dismiss" in undone.buttons


async def test_stats_count_and_doctor_finds_what_is_missing(stand: Stand) -> None:
    await (await stand.alice.uses(stand.general, "ask", question="is bitcoin safe?")).answer()
    stats = await (await stand.mod.uses(stand.general, "stats")).answer()
    assert stats.ephemeral
    stand.server.permits(stand.guild, without=Permission.PIN_MESSAGES | Permission.ATTACH_FILES)
    found = await (await stand.mod.uses(stand.general, "doctor")).answer()
    assert found.ephemeral
    assert "I may not pin." in words(found)
    assert "I may not attach files" in words(found)
    assert "may not write here" not in words(found)


async def test_doctor_finds_that_the_bot_may_not_write_where_it_is_asked(stand: Stand) -> None:
    thread = stand.server.channel(stand.guild, "fees", parent=stand.general)
    stand.guild.roles[0].permissions &= ~Permission.SEND_MESSAGES_IN_THREADS
    stand.guild.grants(stand.mod, Permission.SEND_MESSAGES_IN_THREADS)
    stand.server.permits(stand.guild, without=Permission.SEND_MESSAGES_IN_THREADS)
    in_thread = await (await stand.mod.uses(thread, "doctor")).answer()
    assert "may not write here" in words(in_thread)
    beside = await (await stand.mod.uses(stand.general, "doctor")).answer()
    assert "may not write here" not in words(beside)
    stand.general.forbids(stand.server.bot, Permission.VIEW_CHANNEL)
    unseen = await (await stand.mod.uses(stand.general, "doctor")).answer()
    assert "may not write here" in words(unseen)


async def test_the_owner_may_all(stand: Stand) -> None:
    owner = stand.server.operator
    sure = await (await owner.uses(stand.general, "forget", what="group")).answer()
    assert sure.ephemeral
    gone = await (await owner.presses(sure, "Delete everything about this group")).answer()
    assert "Forgotten" in words(gone)
    refused = await (await stand.mod.uses(stand.general, "forget", what="group")).answer()
    assert "own the group" in words(refused)
