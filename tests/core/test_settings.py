"""What moderators set, who may, and what is noted about it."""

import pytest

from bot.messages import Right
from bot.richtext import text_of
from bot.storage.settings import KEYS
from tests.conftest import labels
from tests.core.conftest import Chatter


async def test_the_panel_shows_every_setting_with_a_button(mod: Chatter) -> None:
    panel = await mod.gets("/settings")
    text = text_of(panel.text)
    assert panel.private
    for key in set(KEYS) - {"public", "anonymous"}:
        assert f"({key})" in text
    assert len(labels(panel)) == len(KEYS) - 2


async def test_settings_of_one_platform_are_not_offered_on_another(mod: Chatter) -> None:
    mod.platform = "telegram"
    text = text_of((await mod.gets("/settings")).text)
    assert "(anonymous)" in text
    assert "(public)" not in text


async def test_a_setting_is_changed_by_buttons_in_the_same_panel_and_confirmed(mod: Chatter) -> None:
    panel = await mod.gets("/settings")
    first = mod.shown
    values = await mod.presses(panel, "When I speak")
    assert values.replaces == first
    assert "✓ mention" in labels(values)
    done = await mod.presses(values, "never")
    assert done.replaces == first
    assert "When I speak: never" in text_of(done.text)
    assert "When I speak: never (speak)" in text_of((await mod.presses(done, "Settings")).text)


async def test_another_moderator_may_go_on_with_a_panel_and_a_member_may_not(
    mod: Chatter, owner: Chatter, bob: Chatter
) -> None:
    panel = await mod.gets("/settings")
    assert (await owner.presses(panel, "Currency", shown=mod.shown)).replaces == mod.shown
    refused = await bob.presses(panel, "Currency", shown=mod.shown)
    assert refused.private
    assert not refused.replaces
    assert "manage the group" in text_of(refused.text)


async def test_a_setting_is_changed_by_words_and_holds_for_this_group_alone(mod: Chatter) -> None:
    assert "EUR" in text_of((await mod.gets("/settings currency eur")).text)
    assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)
    mod.group = "another group"
    assert "Currency: USD" in text_of((await mod.gets("/settings")).text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/settings colour green", "There is no setting “colour”"),
        ("/settings speak loudly", "Possible: mention, sure, preview, never"),
        ("/settings currency EURO", "a code of three letters"),
        ("/settings cooldown_s -1", "0 to 86400 seconds"),
        ("/settings cooldown_s 86401", "0 to 86400 seconds"),
        ("/settings feedback perhaps", "Possible: on, off"),
        ("/settings moderator own", "you lack the right to own the group"),
        ("/settings public on", "There is no setting “public”"),
    ],
)
async def test_what_does_not_fit_is_refused_with_what_would(mod: Chatter, text: str, said: str) -> None:
    reply = await mod.gets(text)
    assert reply.private
    assert said in text_of(reply.text)
    assert "Nothing has been changed yet." in text_of((await mod.gets("/log")).text)


async def test_a_member_may_not_change_settings_or_read_the_log(bob: Chatter) -> None:
    for text in ("/settings", "/settings speak never", "/log"):
        reply = await bob.gets(text)
        assert reply.private
        assert "Only this group's moderators" in text_of(reply.text)


async def test_who_counts_as_moderator_is_set_but_settings_stay_with_those_who_manage(mod: Chatter) -> None:
    pinner = Chatter(mod.assistant, name="pinner", rights=frozenset({Right.PIN}))
    assert "Only this group's moderators" in text_of((await pinner.gets("/stats")).text)
    await mod.gets("/settings moderator pin")
    assert "Only this group's moderators" not in text_of((await pinner.gets("/stats")).text)
    assert "Only this group's moderators" in text_of((await pinner.gets("/settings")).text)


async def test_an_owner_may_reserve_the_desk_and_then_nobody_below_takes_it_back(owner: Chatter, mod: Chatter) -> None:
    await owner.gets("/settings moderator own")
    for text in ("/settings moderator manage", "/stats", "/entry list"):
        assert "own the group" in text_of((await mod.gets(text)).text)
    assert "Done." in text_of((await owner.gets("/settings moderator manage")).text)


async def test_anonymous_administrators_count_as_the_group_says(owner: Chatter) -> None:
    owner.platform = "telegram"
    ghost = Chatter(
        owner.assistant, name="group", platform="telegram", rights=frozenset({Right.MANAGE}), anonymous=True
    )
    assert "How I behave" in text_of((await ghost.gets("/settings")).text)
    await ghost.gets("/settings currency CHF")
    assert "(no name) · settings currency CHF" in text_of((await owner.gets("/log")).text)
    await owner.gets("/settings anonymous off")
    assert "Only this group's moderators" in text_of((await ghost.gets("/settings")).text)


@pytest.mark.parametrize("fact", [{"privacy_mode": "on"}, {"message_content": "off"}])
async def test_sure_is_refused_where_the_platform_does_not_let_the_bot_hear(mod: Chatter, fact: dict[str, str]) -> None:
    mod.facts = fact
    assert "read all messages" in text_of((await mod.gets("/settings speak sure")).text)
    assert "Done." in text_of((await mod.gets("/settings speak never")).text)


async def test_the_log_says_who_what_and_when(mod: Chatter, owner: Chatter) -> None:
    await mod.gets("/settings currency eur")
    await owner.gets("/pin exchange-risk")
    text = text_of((await mod.gets("/log")).text)
    assert "22 Nov 2026 14:05 UTC · mod · settings currency EUR" in text
    assert text.index("owner · pin exchange-risk") < text.index("mod · settings")


async def test_the_log_is_read_in_pages(mod: Chatter) -> None:
    for number in range(25):
        await mod.gets(f"/settings cooldown_s {number}")
    first = await mod.gets("/log")
    assert "cooldown_s 24" in text_of(first.text)
    second = await mod.presses(first, "More ›")
    assert "cooldown_s 0" in text_of(second.text)
    assert labels(second) == []


async def test_in_a_private_chat_there_is_only_what_makes_sense_there(mod: Chatter) -> None:
    alone = Chatter(mod.assistant, name="alice", group="")
    assert len(labels(await alone.gets("/settings"))) == 2
    assert "Done." in text_of((await alone.gets("/settings currency eur")).text)
    assert "There is no setting" in text_of((await alone.gets("/settings speak never")).text)
    assert "Currency: EUR" in text_of((await alone.gets("/settings")).text)


@pytest.mark.parametrize(
    "command", ["entry list", "alias", "review", "stats", "log", "pins", "pin phishing", "forget group"]
)
async def test_commands_about_a_group_are_for_groups(mod: Chatter, command: str) -> None:
    alone = Chatter(mod.assistant, name="alice", group="")
    assert "That is for groups" in text_of((await alone.gets(f"/{command}")).text)


async def test_a_private_chat_says_that_its_settings_are_no_groups(mod: Chatter) -> None:
    mod.group, mod.direct = "", True
    assert "in this chat" in text_of((await mod.gets("/settings")).text)
    assert "in this chat alone" in text_of((await mod.gets("/settings currency EUR")).text)


async def test_a_private_chat_about_a_group_counts_the_rights_in_that_group(mod: Chatter, bob: Chatter) -> None:
    mod.direct = bob.direct = True
    assert "Done." in text_of((await mod.gets("/settings currency eur")).text)
    assert "Only this group's moderators" in text_of((await bob.gets("/settings currency gbp")).text)
    mod.direct = False
    assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)


async def test_never_keeps_the_bot_silent_outside_commands(mod: Chatter, bob: Chatter) -> None:
    question = "What is a seed phrase and how do I keep it safe?"
    assert await bob.says(question)
    await mod.gets("/settings speak never")
    assert await bob.says(question) is None
    assert await bob.says(f"/ask {question}")
