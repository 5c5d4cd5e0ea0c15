"""Buttons, menus and forms: each is walked through, survives a restart, and says so when it is from another time."""

from dataclasses import replace

import pytest

from bot.adapters.discord.components import action_of, modal, view
from bot.messages import Button, Choices, Field, Form, Reply
from tests.adapters.discord.conftest import Office, Stand, running, standing
from tests.adapters.discord.eyes import words
from tests.platforms.discord_commands import ON_MESSAGE, SLASH
from tests.platforms.discord_interaction import COMMAND
from tests.platforms.discord_json import JsonObject
from tests.platforms.discord_limits import check_message, check_modal
from tests.platforms.discord_payloads import message_json
from tests.platforms.discord_server import DiscordServer
from tests.platforms.discord_world import NO_FLAGS

SAFE = "is bitcoin safe?"


async def test_topics_are_walked_through_in_place(stand: Stand) -> None:
    themes = await (await stand.alice.uses(stand.general, "topics")).answer()
    assert themes.ephemeral
    for theme in themes.options:
        stand.office.steps.clock.forward(60)
        page = await (await stand.alice.chooses(themes, theme)).answer()
        assert page.message is themes.message
        while "More ›" in page.buttons:
            page = await (await stand.alice.presses(page, "More ›")).answer()
        answer = await (await stand.alice.chooses(page, page.options[0])).answer()
        assert answer.message is themes.message
        themes = await (await stand.alice.uses(stand.general, "topics")).answer()


async def test_related_questions_and_doubts_lead_on(stand: Stand) -> None:
    answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
    related, *_ = answer.buttons
    next_answer = await (await stand.alice.presses(answer, related)).answer()
    assert next_answer.message is answer.message
    assert words(next_answer).startswith(related)
    doubt = await (await stand.alice.presses(answer, "Not my question")).answer()
    assert "Is it one of these" in words(doubt)
    helped = await (
        await stand.alice.presses(
            await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer(), "👍 Helped"
        )
    ).answer()
    assert helped.ephemeral


async def test_others_who_press_get_an_answer_of_their_own(stand: Stand) -> None:
    answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE, public=True)).answer()
    before = words(answer)
    bob = stand.server.user("Bob")
    stand.guild.admits(bob)
    for other in (bob, stand.mod, stand.server.operator):
        own = await (await other.presses(answer, answer.buttons[0])).answer()
        assert own.ephemeral
        assert words(answer) == before


async def test_where_the_bot_is_not_only_the_asker_changes_a_public_answer(stand: Stand) -> None:
    carol, dave = stand.server.user("Carol", installed=True), stand.server.user("Dave")
    foreign = stand.server.guild("Elsewhere", members=[carol, dave], bot=None)
    for channel, other in ((foreign.general, dave), (stand.server.group_chat(carol, stand.alice), stand.alice)):
        shown = await (await carol.uses(channel, "ask", question=SAFE, public=True)).answer()
        before = words(shown)
        own = await (await other.presses(shown, shown.buttons[0])).answer()
        assert own.ephemeral
        assert words(shown) == before
        changed = await (await carol.presses(shown, shown.buttons[0])).answer()
        assert changed.message is shown.message
        assert words(shown) != before


async def test_where_the_bot_is_not_an_answer_for_one_is_changed_in_place(stand: Stand) -> None:
    carol = stand.server.user("Carol", installed=True)
    foreign = stand.server.guild("Elsewhere", members=[carol], bot=None)
    hidden = await (await carol.uses(foreign.general, "ask", question=SAFE)).answer()
    changed = await (await carol.presses(hidden, hidden.buttons[0])).answer()
    assert changed.message is hidden.message
    assert changed.ephemeral


async def test_what_is_for_one_person_never_takes_the_place_of_what_all_see(stand: Stand) -> None:
    shown = await (await stand.alice.uses(stand.general, "topics", public=True)).answer()
    assert shown.message
    before = words(shown)
    button: JsonObject = {"type": 2, "id": 2, "style": 2, "label": "Privacy", "custom_id": "v1:privacy"}
    shown.message.components = [{"type": 1, "id": 1, "components": [button]}]
    own = await (await stand.alice.presses(shown, "Privacy")).answer()
    assert own.ephemeral
    assert words(shown) == before


async def test_a_pinned_answer_stays_as_it_is_whoever_presses(stand: Stand) -> None:
    pinned = await (await stand.mod.uses(stand.general, "pin", topic="is-bitcoin-safe")).answer()
    await stand.server.quiet()
    before = words(pinned)
    own = await (await stand.mod.presses(pinned, pinned.buttons[0])).answer()
    assert own.ephemeral
    assert words(pinned) == before


async def test_buttons_and_menus_survive_a_restart(server: DiscordServer, office: Office) -> None:
    async with standing(server, office.adapter(server), office) as stand:
        answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
        topics = await (await stand.alice.uses(stand.general, "topics")).answer()
        form = await (await stand.mod.uses(stand.general, "entry", action="add")).answer()
        await office.store.flush()
    async with running(office.adapter(server), server):
        next_answer = await (await stand.alice.presses(answer, answer.buttons[0])).answer()
        assert next_answer.message is answer.message
        page = await (await stand.alice.chooses(topics, topics.options[0])).answer()
        assert page.options
        assert form.modal
        names = [asked.custom_id for asked in form.modal.fields]
        filled = {names[0]: "When do we meet?", names[1]: "On Mondays."}
        kept = await (await stand.mod.submits(form.modal, filled)).answer()
        assert "When do we meet?" in words(kept)


@pytest.mark.parametrize("custom_id", ["v0:show is-bitcoin-safe", "v1:gone forever", "something else", "v1/choose2"])
async def test_a_button_of_another_time_says_so(stand: Stand, custom_id: str) -> None:
    answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
    assert answer.message
    answer.message.components = [
        {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 2, "label": "Old", "custom_id": custom_id}]}
    ]
    stale = await (await stand.alice.presses(answer, "Old")).answer()
    assert stale.ephemeral
    assert "too old" in words(stale)


@pytest.mark.parametrize(("custom_id", "value"), [("v1/choose", "gone forever"), ("v0/choose", "topics")])
async def test_a_menu_of_another_time_says_so(stand: Stand, custom_id: str, value: str) -> None:
    shown = await (await stand.alice.uses(stand.general, "topics")).answer()
    assert shown.message
    menu: JsonObject = {"type": 3, "id": 2, "custom_id": custom_id, "options": [{"label": "Old", "value": value}]}
    shown.message.components = [{"type": 1, "id": 1, "components": [menu]}]
    stale = await (await stand.alice.chooses(shown, "Old")).answer()
    assert stale.ephemeral
    assert "too old" in words(stale)


async def test_a_form_of_another_time_says_so(stand: Stand) -> None:
    form = await (await stand.mod.uses(stand.general, "entry", action="add")).answer()
    assert form.modal
    old = replace(form.modal, custom_id="v0:entry add")
    stale = await (await stand.mod.submits(old, {old.fields[0].custom_id: "x", old.fields[1].custom_id: "y"})).answer()
    assert stale.ephemeral
    assert "too old" in words(stale)


@pytest.mark.parametrize("kind", [SLASH, ON_MESSAGE])
async def test_a_command_of_another_time_says_so(stand: Stand, kind: int) -> None:
    found = stand.server.stage.commands.all()[0]
    data: JsonObject = {"id": found["id"], "name": "gone", "type": kind}
    if kind == ON_MESSAGE:
        said = await stand.alice.says(stand.general, SAFE)
        data["target_id"] = str(said.id)
        data["resolved"] = {"messages": {str(said.id): message_json(said, application=stand.server.bot)}}
    stale = await stand.alice._acts(COMMAND, stand.general, data, name="gone", command=found).answer()
    assert stale.ephemeral
    assert "too old" in words(stale)


async def test_whatever_is_shown_fits_into_discords_limits() -> None:
    many = tuple(tuple(Button(label="x" * 200, action=f"show {row}-{n}") for n in range(7)) for row in range(9))
    choices = Choices(prompt="p" * 300, options=tuple(Button(label="o" * 200, action=f"topics {n}") for n in range(25)))
    for reply in (
        Reply(buttons=many),
        Reply(buttons=many, choices=choices),
        Reply(buttons=((Button(label="a", action="topics"), Button(label="b", action="topics")),)),
        Reply(buttons=((Button(label="site", url="https://example.org/" + "a" * 400),),)),
    ):
        shown = view(reply)
        assert shown is not None
        check_message({"content": "x", "components": shown.to_components()}, flags=NO_FLAGS)
    assert view(Reply()) is None


async def test_a_form_fits_into_discords_limits() -> None:
    fields = tuple(
        Field(name=f"field{number}", label="l" * 80, value="v" * 5000, max_length=4000, long=True)
        for number in range(5)
    )
    check_modal(modal(Form(action="entry edit " + "t" * 40, title="t" * 99, fields=fields)).to_dict())


def test_ids_carry_their_version() -> None:
    assert action_of("v1:show is-bitcoin-safe") == "show is-bitcoin-safe"
    assert action_of("v1.2:topics") == "topics"
    assert action_of("v2:topics") == action_of("topics") == action_of("v1:") == ""
