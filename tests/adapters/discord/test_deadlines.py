"""Discord waits three seconds for a first answer: a slow one is announced, and given once."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.discord.intake import CAPACITY, IN_LANE
from tests.adapters.discord.conftest import SWIFT, Office, Stand, running, standing
from tests.adapters.discord.eyes import words
from tests.platforms.discord_faults import Broken, Cut, Fault, RateLimited, Stall
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_server import DiscordServer

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
SAFE = "is bitcoin safe?"
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
HASTY = replace(SWIFT, defer_s=0.2, form_s=1.0)


@pytest.fixture
async def hasty(server: DiscordServer, office: Office) -> AsyncIterator[Stand]:
    """A bot that asks for more time almost at once."""
    async with standing(server, office.adapter(server, timing=HASTY), office) as stand:
        yield stand


@pytest.fixture
async def slow(hasty: Stand) -> Stand:
    """A bot whose every answer takes longer than Discord waits, until its gate is opened."""
    hasty.office.assistant.gate.clear()
    return hasty


@pytest.mark.parametrize("public", [False, True])
async def test_a_slow_answer_is_announced_as_visible_as_it_will_be(slow: Stand, *, public: bool) -> None:
    interaction = await slow.alice.uses(slow.general, "ask", question=SAFE, public=public)
    await interaction.acknowledged()
    assert interaction.deferred
    slow.office.assistant.gate.set()
    answer = await interaction.answer()
    assert answer.ephemeral is not public
    assert words(answer).startswith("Is Bitcoin safe?")
    await slow.server.quiet()
    assert len(interaction.answers) == 1


async def test_a_slow_private_answer_to_a_public_question_stays_private(slow: Stand) -> None:
    interaction = await slow.alice.uses(slow.general, "show", topic="zxqv wqxz", public=True)
    await interaction.acknowledged()
    slow.office.assistant.gate.set()
    answer = await interaction.answer()
    await slow.server.quiet()
    assert answer.ephemeral
    assert slow.general.messages == []


async def test_a_slow_pin_is_shown_to_all_and_pinned(slow: Stand) -> None:
    interaction = await slow.mod.uses(slow.general, "pin", topic="exchange-risk")
    await interaction.acknowledged()
    slow.office.assistant.gate.set()
    answer = await interaction.answer()
    await slow.server.quiet()
    assert not answer.ephemeral
    assert slow.general.pins == [answer.message]


async def test_a_slow_press_leaves_the_message_until_the_answer_takes_its_place(slow: Stand) -> None:
    slow.office.assistant.gate.set()
    shown = await (await slow.alice.uses(slow.general, "topics")).answer()
    themes = shown.options
    slow.office.assistant.gate.clear()
    press = await slow.alice.chooses(shown, shown.options[0])
    await press.acknowledged()
    assert press.deferred
    slow.office.assistant.gate.set()
    page = await press.answer()
    assert page.message is shown.message
    assert page.options != themes


async def test_a_form_that_comes_too_late_is_offered_with_a_button(slow: Stand) -> None:
    interaction = await slow.mod.uses(slow.general, "entry", action="add")
    await interaction.acknowledged()
    slow.office.assistant.gate.set()
    late = await interaction.answer()
    assert late.ephemeral
    assert words(late) == "Here is the form."
    opened = await (await slow.mod.presses(late, "Open the form")).answer()
    assert opened.modal


async def test_a_deletion_that_takes_long_does_not_cost_the_warning(hasty: Stand) -> None:
    stalled = Stall()
    hasty.server.faults.add(stalled, method="DELETE")
    hasty.server.permits(hasty.guild, Permission.MANAGE_MESSAGES)
    leak = await hasty.mod.says(hasty.general, SEED)
    interaction = await hasty.alice.uses_on(leak, "Answer this")
    await stalled.arrived.wait()
    await interaction.acknowledged()
    assert interaction.deferred
    stalled.released.set()
    warning = await interaction.answer()
    assert warning.ephemeral
    assert leak.deleted
    assert "I deleted the message" in words(warning)


async def test_pins_that_take_long_do_not_cost_the_answer(hasty: Stand) -> None:
    asked = await hasty.mod.says(hasty.general, f"{hasty.server.bot.mention} {SAFE}")
    answer = await hasty.server.next_message(hasty.general, after=asked)
    for menu, option, route in (
        ("Pin this answer", {}, "/channels/{channel_id}/messages/{message_id}"),
        ("", {"topic": "1"}, "/channels/{channel_id}/messages/pins/{message_id}"),
    ):
        stalled = Stall()
        hasty.server.faults.add(stalled, route=route)
        interaction = await (
            hasty.mod.uses_on(answer, menu) if menu else hasty.mod.uses(hasty.general, "unpin", **option)
        )
        await stalled.arrived.wait()
        await interaction.acknowledged()
        assert interaction.deferred
        stalled.released.set()
        done = await interaction.answer()
        assert done.ephemeral
        await hasty.server.quiet()
        assert hasty.general.pins == ([answer] if menu else [])


async def test_an_answer_in_a_direct_message_shows_that_somebody_types(slow: Stand) -> None:
    asked = await slow.alice.says(slow.alice.direct, SAFE)
    typing = "/channels/{channel_id}/typing"
    record = slow.server.record
    await slow.server.until(lambda: any(call.route == typing for call in record.requests), what="typing")
    slow.office.assistant.gate.set()
    answer = await slow.server.next_message(slow.alice.direct, after=asked)
    assert words(answer).startswith("Is Bitcoin safe?")


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_line_that_breaks_during_the_answer_does_not_double_or_lose_it(
    stand: Stand, *, after_effect: bool
) -> None:
    stand.server.faults.add(Cut(after_effect=after_effect), route=CALLBACK)
    interaction = await stand.alice.uses(stand.general, "ask", question=SAFE)
    answer = await interaction.answer()
    await stand.server.quiet()
    assert len(interaction.answers) == 1
    assert stand.counted("handled") == 1
    assert stand.counted("unknown") == 0
    other = await (await stand.alice.presses(answer, "Not my question")).answer()
    assert other.message is answer.message  # the bot knows the id of what it sent


async def test_a_limit_of_the_api_delays_an_answer_but_does_not_double_it(stand: Stand) -> None:
    stand.server.faults.add(RateLimited(retry_after=0.05), route=CALLBACK)
    interaction = await stand.alice.uses(stand.general, "ask", question=SAFE)
    await interaction.answer()
    await stand.server.quiet()
    assert len(interaction.answers) == 1
    assert stand.counted("handled") == 1


async def test_two_processes_with_one_token_answer_once(
    server: DiscordServer, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with standing(server, office.adapter(server), office) as stand, running(office.adapter(server), server):
        interaction = await stand.alice.uses(stand.general, "show", topic="is-bitcoin-safe")
        await interaction.answer()
        await server.quiet()
        assert len(interaction.answers) == 1
        assert interaction.refused == [40060]
    assert "does another process use the same token?" in caplog.text


async def test_what_is_too_much_is_turned_away_and_counted(stand: Stand) -> None:
    stand.office.assistant.gate.clear()
    channels = [stand.guild.general, *(stand.server.channel(stand.guild, f"{n}") for n in range(CAPACITY // IN_LANE))]
    for number in range(CAPACITY + 3):
        await stand.alice.says(channels[number % len(channels)], f"{stand.server.bot.mention} {SAFE}")
    await stand.server.gateway.heard()
    await stand.server.until(lambda: stand.counted("shed") == 3, what="three events to be turned away")
    assert stand.adapter.busy == CAPACITY
    stand.office.assistant.gate.set()
    await stand.server.quiet()
    assert stand.counted("shed") == 3
    assert stand.adapter.busy == 0


async def test_one_loud_channel_leaves_room_for_all_others(hasty: Stand) -> None:
    other = hasty.server.guild("Other", members=[hasty.alice])
    await hasty.server.quiet()
    hasty.office.assistant.gate.clear()
    for _ in range(IN_LANE + 3):
        await hasty.mod.says(hasty.general, f"{hasty.server.bot.mention} {SAFE}")
    await hasty.server.gateway.heard()
    await hasty.server.until(lambda: hasty.counted("shed") == 3, what="three events to be turned away")
    question = await hasty.alice.says(other.general, f"{hasty.server.bot.mention} {SAFE}")
    command = await hasty.alice.uses(other.general, "ask", question=SAFE)
    await command.acknowledged()
    assert hasty.counted("shed") == 3
    assert hasty.adapter.busy == IN_LANE + 2
    hasty.office.assistant.gate.set()
    assert words(await command.answer()).startswith("Is Bitcoin safe?")
    assert words(await hasty.server.next_message(other.general, after=question)).startswith("Is Bitcoin safe?")


async def test_a_flood_of_messages_leaves_room_for_commands(slow: Stand) -> None:
    channels = [slow.server.channel(slow.guild, f"{number}") for number in range(CAPACITY // IN_LANE)]
    for number in range(CAPACITY):
        await slow.alice.says(channels[number % len(channels)], f"{slow.server.bot.mention} {SAFE}")
    await slow.server.until(lambda: slow.adapter.busy == CAPACITY, what="all messages to be taken")
    command = await slow.alice.uses(slow.general, "ask", question=SAFE)
    await command.acknowledged()
    slow.office.assistant.gate.set()
    assert words(await command.answer()).startswith("Is Bitcoin safe?")


async def test_a_message_that_waited_too_long_for_those_before_it_is_dropped(
    server: DiscordServer, office: Office
) -> None:
    async with standing(server, office.adapter(server, timing=replace(HASTY, wait_s=0.01)), office) as stand:
        office.assistant.gate.clear()
        first = await stand.alice.says(stand.general, f"{server.bot.mention} {SAFE}")
        await stand.alice.says(stand.general, f"{server.bot.mention} {SAFE}")
        await server.until(lambda: stand.counted("stale") == 1, what="one to be dropped")
        office.assistant.gate.set()
        await server.quiet()
        answers = [message for message in stand.general.messages if message.author is server.bot]
        assert [answer.reference for answer in answers] == [first]


@pytest.mark.parametrize("fault", [Cut(after_effect=False), Cut(after_effect=True), Broken(status=503)])
async def test_a_line_that_breaks_after_an_announcement_does_not_lose_the_answer(slow: Stand, fault: Fault) -> None:
    slow.server.faults.add(fault, method="PATCH", route=ORIGINAL)
    interaction = await slow.alice.uses(slow.general, "ask", question=SAFE)
    await interaction.acknowledged()
    slow.office.assistant.gate.set()
    assert words(await interaction.answer()).startswith("Is Bitcoin safe?")
    await slow.server.quiet()
    assert len(interaction.answers) == 1
    assert slow.counted("handled") == 1


async def test_a_line_that_breaks_after_a_slow_press_does_not_lose_the_answer(hasty: Stand) -> None:
    shown = await (await hasty.alice.uses(hasty.general, "ask", question=SAFE)).answer()
    hasty.office.assistant.gate.clear()
    press = await hasty.alice.presses(shown, shown.buttons[0])
    await press.acknowledged()
    hasty.server.faults.add(Cut(after_effect=False), method="PATCH", route=ORIGINAL)
    hasty.office.assistant.gate.set()
    assert (await press.answer()).message is shown.message


async def test_who_waits_for_an_answer_that_cannot_be_shown_is_told(slow: Stand) -> None:
    slow.server.faults.add(Broken(status=503), method="PATCH", route=ORIGINAL, times=3)
    interaction = await slow.alice.uses(slow.general, "ask", question=SAFE)
    await interaction.acknowledged()
    slow.office.assistant.gate.set()
    assert "could not be done" in words(await interaction.answer())


@pytest.mark.parametrize("then", [Cut(after_effect=False), Broken(status=503)])
async def test_an_announcement_of_which_nobody_knows_whether_it_was_heard_does_not_cost_the_answer(
    slow: Stand, then: Fault
) -> None:
    slow.server.faults.add(Cut(after_effect=True), route=CALLBACK)
    slow.server.faults.add(then, route=CALLBACK)
    interaction = await slow.alice.uses(slow.general, "ask", question=SAFE)
    await slow.server.until(lambda: slow.server.faults.left == 0, what="both to go wrong")
    slow.office.assistant.gate.set()
    assert words(await interaction.answer()).startswith("Is Bitcoin safe?")
    await slow.server.quiet()
    assert len(interaction.answers) == 1
    assert slow.counted("handled") == 1


async def test_an_announcement_that_discord_never_heard_leaves_nothing_to_answer(slow: Stand) -> None:
    slow.server.faults.add(Cut(after_effect=False), route=CALLBACK, times=2)
    interaction = await slow.alice.uses(slow.general, "ask", question=SAFE)
    await slow.server.until(lambda: slow.server.faults.left == 0, what="both to go wrong")
    slow.office.assistant.gate.set()
    await slow.server.quiet()
    assert interaction.answers == []
    assert set(interaction.refused) == {10015}
    assert slow.counted("stale") == 1


async def test_a_private_answer_stays_private_where_the_announcement_cannot_be_taken_back(slow: Stand) -> None:
    slow.server.faults.add(Broken(status=503), method="DELETE", route=ORIGINAL, times=3)
    interaction = await slow.alice.uses(slow.general, "show", topic="zxqv wqxz", public=True)
    await interaction.acknowledged()
    slow.office.assistant.gate.set()
    answer = await interaction.answer(2)
    await slow.server.quiet()
    assert answer.ephemeral
    assert [words(message) for message in slow.general.messages] == ["…"]


@pytest.mark.parametrize("is_announced", [False, True])
async def test_an_interaction_that_is_told_twice_is_answered_once(stand: Stand, *, is_announced: bool) -> None:
    stand.office.assistant.gate.clear()
    interaction = await stand.alice.uses(stand.general, "ask", question=SAFE)
    if is_announced:
        await interaction.acknowledged()
    told = stand.alice._event(interaction)
    stand.server.gateway.dispatch("INTERACTION_CREATE", told, guild_id=stand.guild.id)
    await stand.server.gateway.heard()
    stand.office.assistant.gate.set()
    await stand.server.quiet()
    [answer] = interaction.answers
    assert words(answer).startswith("Is Bitcoin safe?")
    assert interaction.refused == []


async def test_an_interaction_that_is_too_old_is_counted_and_not_tried_again(stand: Stand) -> None:
    stand.office.assistant.gate.clear()
    interaction = await stand.alice.uses(stand.general, "ask", question=SAFE)
    stand.server.passes(seconds=4)
    stand.office.assistant.gate.set()
    await stand.server.quiet()
    assert interaction.refused == [10062]
    assert stand.counted("stale") == 1


async def test_an_announced_answer_that_comes_after_a_quarter_of_an_hour_is_counted_and_not_tried_elsewhere(
    slow: Stand,
) -> None:
    interaction = await slow.alice.uses(slow.general, "ask", question=SAFE)
    await interaction.acknowledged()
    slow.server.passes(minutes=16)
    slow.office.assistant.gate.set()
    await slow.server.quiet()
    assert interaction.answers == []
    assert set(interaction.refused) == {50027}
    assert slow.counted("stale") == 1
    assert slow.general.messages == []


async def test_an_outage_longer_than_discord_waits_is_counted_as_unknown(server: DiscordServer, office: Office) -> None:
    async with standing(server, office.adapter(server, timing=replace(SWIFT, first_s=0.3)), office) as stand:
        server.faults.add(Broken(status=502), route=CALLBACK, times=2)
        interaction = await stand.alice.uses(stand.general, "ask", question=SAFE)
        await server.quiet()
        assert interaction.answers == []
        assert stand.counted("unknown") == 1


async def test_who_asks_too_often_is_told_each_time_and_only_in_private(stand: Stand) -> None:
    for _ in range(20):
        await (await stand.alice.uses(stand.general, "about")).answer()
    for _ in range(3):
        answer = await (await stand.alice.uses(stand.general, "about", public=True)).answer()
        assert answer.ephemeral
        assert "Please wait a little" in words(answer)
