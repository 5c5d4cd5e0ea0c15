"""Votes, statistics, doctor, people's data, what platforms report, and where replies go."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from bot.core.assistant import Assistant
from bot.core.turn import Rules
from bot.errors import StoreUnavailable
from bot.messages import Right
from bot.richtext import text_of
from bot.storage.store import Store
from faq.matcher import Faq
from tests.conftest import labels
from tests.core.conftest import Chatter
from tests.fakes import FakeClock

QUESTION = "What is a seed phrase and how do I keep it safe?"


async def test_a_person_votes_once_for_an_entry(bob: Chatter, carol: Chatter, mod: Chatter) -> None:
    reply = await bob.gets(QUESTION)
    shown = bob.shown
    first = await bob.presses(reply, "👍 Helped", shown=shown)
    assert first.private
    assert not first.replaces
    assert "counted" in text_of(first.text)
    assert "already" in text_of((await bob.presses(reply, "👍 Helped", shown=shown)).text)
    assert "counted" in text_of((await carol.presses(reply, "👍 Helped", shown=shown)).text)
    assert "“Helped”: 2" in text_of((await mod.gets("/stats")).text)


async def test_an_anonymous_person_cannot_vote(bob: Chatter) -> None:
    reply = await bob.gets(QUESTION)
    bob.anonymous = True
    assert "cannot vote" in text_of((await bob.presses(reply, "👍 Helped")).text)


async def test_the_vote_button_is_switchable_and_stands_in_groups_alone(mod: Chatter, bob: Chatter) -> None:
    alone = Chatter(mod.assistant, name="alice", group="")
    assert "👍 Helped" not in labels(await alone.gets(QUESTION))
    old = await bob.gets(QUESTION)
    assert "👍 Helped" in labels(old)
    await mod.gets("/settings feedback off")
    assert "👍 Helped" not in labels(await bob.gets(QUESTION))
    assert "too old" in text_of((await bob.presses(old, "👍 Helped")).text)


async def test_statistics_count_answers_suggestions_misses_and_the_best_and_worst(mod: Chatter, bob: Chatter) -> None:
    assert "Nothing has been asked" in text_of((await mod.gets("/stats")).text)
    reply = await bob.gets(QUESTION)
    await bob.presses(reply, "Not my question")
    await bob.gets("zorbl frobnitz")
    text = text_of((await mod.gets("/stats")).text)
    assert "questions answered: 1" in text
    assert "missed: 1" in text
    assert f"Most often not what was meant:\n1 × {reply.title}" in text
    mod.group = "another group"
    assert "Nothing has been asked" in text_of((await mod.gets("/stats")).text)


async def test_the_doctor_says_what_is_missing_and_how_to_mend_it(mod: Chatter) -> None:
    assert "All is well" in text_of((await mod.gets("/doctor")).text)
    mod.facts = {"can_pin": "no", "privacy_mode": "on", "can_send": "yes"}
    await mod.sends(mod.request("settings", "speak sure", fields={"key": "speak", "value": "sure"}))
    text = text_of((await mod.gets("/doctor")).text)
    assert "right to pin messages" in text
    assert "/setprivacy" in text
    assert "cannot hear what is not addressed to me" in text
    assert "send messages" not in text


async def test_a_member_may_not_ask_for_statistics_or_the_doctor(bob: Chatter) -> None:
    for command in ("stats", "doctor"):
        assert "Only this group's moderators" in text_of((await bob.gets(f"/{command}")).text)


async def test_help_lists_what_the_asker_may_use(mod: Chatter, bob: Chatter) -> None:
    assert "settings" not in text_of((await bob.gets("/help")).text)
    assert "settings" in text_of((await mod.gets("/help")).text)


async def test_privacy_says_so_where_overheard_questions_or_old_ones_are_kept(mod: Chatter, bob: Chatter) -> None:
    await mod.gets("/settings speak preview")
    assert "have me keep some questions" in text_of((await bob.gets("/privacy")).text)
    await mod.gets("/settings speak mention")
    assert "does not have me keep" in text_of((await bob.gets("/privacy")).text)
    await mod.gets("/settings review on")
    await bob.gets("zorbl frobnitz quux?")
    await mod.gets("/settings review off")
    assert "have me keep some questions" in text_of((await bob.gets("/privacy")).text)


async def test_privacy_and_settings_name_the_operators_terms(faq: Faq, store: Store, clock: FakeClock) -> None:
    rules = Rules(grace_days=5, wait_s=15.0, an_hour=20)
    assistant = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds, rules=rules)
    mod = Chatter(assistant, rights=frozenset({Right.PIN, Right.MANAGE}))
    assert "; 5 days after" in text_of((await mod.gets("/privacy")).text)
    assert "for 15 seconds, at most 20 an hour" in text_of((await mod.gets("/settings speak")).text)


async def test_privacy_says_whether_questions_are_kept(mod: Chatter, bob: Chatter) -> None:
    assert "does not have me keep" in text_of((await bob.gets("/privacy")).text)
    await mod.gets("/settings review on")
    reply = await bob.gets("/privacy")
    assert reply.private
    assert "moderators have me keep" in text_of(reply.text)


async def test_forget_me_needs_a_confirming_button_and_leaves_nothing_of_the_person(
    mod: Chatter, bob: Chatter, store: Store, path: Path
) -> None:
    mod.name = "moderator-4711"
    await mod.gets("/settings currency eur")
    reply = await mod.gets(QUESTION)
    await mod.presses(reply, "👍 Helped")
    alone = Chatter(mod.assistant, name=mod.name, group="")
    await alone.gets("/settings currency gbp")
    other = Chatter(mod.assistant, name=mod.name, group="another group", rights=mod.rights)
    await other.gets("/settings currency chf")

    sure = await mod.gets("/forget me")
    assert "cannot be undone" in text_of(sure.text)
    await mod.gets("/forget me sure")
    assert "moderator-4711" in text_of((await mod.gets("/log")).text)
    done = await mod.presses(sure, "Forget me")
    assert "Nothing that I store leads to you" in text_of(done.text)

    await store.flush()
    with sqlite3.connect(path) as raw:
        dump = "\n".join(raw.iterdump())
    assert "4711" not in dump
    assert store.hash_of("test", mod.name) not in dump
    assert "Currency: USD" in text_of((await alone.gets("/settings")).text)
    assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)
    assert "(no name) · settings currency CHF" in text_of((await other.gets("/log")).text)


async def test_of_a_leak_not_even_a_hash_is_kept(bob: Chatter, store: Store, path: Path) -> None:
    words = "abandon " * 11 + "about"
    await bob.gets(words)
    await bob.gets(QUESTION)
    await store.flush()
    with sqlite3.connect(path) as raw:
        dump = "\n".join(raw.iterdump())
    assert store.hash_of_text(QUESTION) in dump
    assert store.hash_of_text(words) not in dump
    assert "abandon" not in dump


async def test_the_button_under_privacy_does_not_forget_at_once(mod: Chatter) -> None:
    await mod.gets("/settings currency eur")
    asked = await mod.presses(await mod.gets("/privacy"), "Forget me")
    assert "cannot be undone" in text_of(asked.text)
    assert "mod · settings" in text_of((await mod.gets("/log")).text)


async def test_an_anonymous_person_has_nothing_to_forget(bob: Chatter) -> None:
    bob.anonymous = True
    assert "Nothing is stored about somebody anonymous" in text_of((await bob.gets("/forget me")).text)


async def test_only_its_owner_has_a_group_forgotten(mod: Chatter, owner: Chatter) -> None:
    await mod.gets("/settings currency eur")
    assert "own the group" in text_of((await mod.gets("/forget group")).text)
    sure = await owner.gets("/forget group")
    assert "own the group" in text_of((await mod.presses(sure, "Delete everything about this group")).text)
    assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)
    await owner.presses(sure, "Delete everything about this group")
    assert "Currency: USD" in text_of((await mod.gets("/settings")).text)
    assert "Nothing has been changed yet" in text_of((await mod.gets("/log")).text)


async def test_what_to_forget_has_to_be_said(bob: Chatter) -> None:
    assert "forget me, or forget group" in text_of((await bob.gets("/forget everything")).text)


async def test_a_group_that_comes_back_in_time_finds_everything_as_it_was(
    mod: Chatter, clock: FakeClock, store: Store
) -> None:
    await mod.gets("/settings currency eur")
    assert await mod.reports("group_removed") is None
    clock.forward(29 * 86_400)
    await store.purge()
    joined = await mod.reports("group_joined")
    assert joined
    assert "only when asked" in text_of(joined.text)
    clock.forward(5 * 86_400)
    await store.purge()
    assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)


async def test_a_group_that_stays_away_is_forgotten(mod: Chatter, clock: FakeClock, store: Store) -> None:
    await mod.gets("/settings currency eur")
    await mod.reports("group_removed")
    clock.forward(31 * 86_400)
    await store.purge()
    assert "Currency: USD" in text_of((await mod.gets("/settings")).text)


async def test_a_group_from_which_somebody_writes_has_the_bot(
    mod: Chatter, bob: Chatter, clock: FakeClock, store: Store
) -> None:
    """Coming back while the bot is away is not reported by every platform."""
    await mod.gets("/settings currency eur")
    await mod.reports("group_removed")
    await bob.says("good morning everybody", addressed=False)
    clock.forward(31 * 86_400)
    await store.purge()
    assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)


async def test_a_private_chat_about_a_group_does_not_bring_the_bot_back(
    mod: Chatter, clock: FakeClock, store: Store
) -> None:
    await mod.gets("/settings currency eur")
    await mod.reports("group_removed")
    mod.direct = True
    await mod.gets("/settings")
    clock.forward(31 * 86_400)
    await store.purge()
    assert "Currency: USD" in text_of((await mod.gets("/settings")).text)


async def test_a_group_that_moves_keeps_everything_and_the_second_signal_harms_nothing(
    mod: Chatter, bob: Chatter
) -> None:
    await mod.gets("/settings currency eur")
    await mod.gets("/pin exchange-risk")
    await mod.reports("group_moved", "-1001")
    await mod.reports("group_moved", "-1001")
    mod.group = "-1001"
    assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)
    assert "1. " in text_of((await mod.gets("/pins")).text)
    mod.group = "beginners"
    assert "Currency: USD" in text_of((await mod.gets("/settings")).text)


@pytest.mark.parametrize("notice", ["group_joined", "group_removed", "group_moved", "message_gone"])
async def test_nobody_can_type_what_only_a_platform_reports(owner: Chatter, notice: str) -> None:
    await owner.gets("/settings currency eur")
    reply = await owner.gets(f"/{notice} -1001")
    assert "do not know the command" in text_of(reply.text)
    assert "Currency: EUR" in text_of((await owner.gets("/settings")).text)


async def test_a_platform_cannot_report_a_command(owner: Chatter) -> None:
    assert await owner.reports("settings", "currency eur") is None
    assert "Currency: USD" in text_of((await owner.gets("/settings")).text)


async def test_a_button_replaces_the_answer_for_its_asker_and_is_private_for_others(
    bob: Chatter, carol: Chatter
) -> None:
    reply = await bob.gets(QUESTION)
    shown = bob.shown
    label = labels(reply)[0]
    for_carol = await carol.presses(reply, label, shown=shown)
    assert for_carol.private
    assert not for_carol.replaces
    for_bob = await bob.presses(reply, label, shown=shown)
    assert not for_bob.private
    assert for_bob.replaces == shown


async def test_a_button_under_a_message_that_was_forgotten_is_answered_privately(bob: Chatter) -> None:
    reply = await bob.gets(QUESTION)
    pressed = await bob.presses(reply, labels(reply)[0], shown="from last year")
    assert pressed.private
    assert not pressed.replaces


async def test_in_a_private_chat_a_button_replaces(mod: Chatter) -> None:
    alone = Chatter(mod.assistant, name="alice", group="")
    reply = await alone.gets(QUESTION)
    shown = alone.shown
    assert (await alone.presses(reply, labels(reply)[0])).replaces == shown


async def test_an_edit_of_a_question_within_fifteen_minutes_edits_the_answer(bob: Chatter, clock: FakeClock) -> None:
    await bob.gets(QUESTION)
    shown, asked = bob.shown, bob.asked
    clock.forward(14 * 60)
    reply = await bob.edits("What is the environmental impact of Bitcoin mining?")
    assert reply
    assert reply.replaces == shown
    assert reply.topic == "environmental-impact"
    clock.forward(2 * 60)
    assert await bob.edits("Can I mine Bitcoin at home?", message=asked) is None


async def test_an_edit_that_changes_nothing_or_is_overheard_is_left_alone(bob: Chatter) -> None:
    await bob.gets(QUESTION)
    assert await bob.edits(QUESTION) is None
    request = bob.request("ask", QUESTION, addressed=False, edited=True, free=True, message="unknown")
    assert await bob.assistant.answer(request) is None


async def test_an_edit_that_first_addresses_the_bot_is_answered(bob: Chatter) -> None:
    reply = await bob.edits(QUESTION, message="an earlier message")
    assert reply
    assert not reply.replaces


async def test_a_pinned_answer_is_not_edited_with_its_question(mod: Chatter, bob: Chatter) -> None:
    await bob.gets(QUESTION)
    asked = bob.asked
    await mod.gets("/pin", quoted=bob.quote())
    assert await bob.edits("How do Bitcoin transactions work?", message=asked) is None


async def test_a_person_in_two_groups_is_two_strangers_to_them(mod: Chatter, bob: Chatter) -> None:
    reply = await bob.gets(QUESTION)
    await bob.presses(reply, "👍 Helped")
    bob.group = "another group"
    again = await bob.gets(QUESTION)
    assert "counted" in text_of((await bob.presses(again, "👍 Helped")).text)


async def test_what_is_remembered_survives_a_restart(
    path: Path, clock: FakeClock, mod: Chatter, bob: Chatter, store: Store
) -> None:
    faq = mod.assistant._tools.shelf.faq
    await bob.gets(QUESTION)
    await store.flush()
    async with Store.opened(path, now=lambda: clock.now().timestamp(), clock=clock.seconds) as again:
        mod.assistant = bob.assistant = Assistant(faq=faq, store=again, now=clock.now, clock=clock.seconds)
        reply = await mod.gets("/pin", quoted=bob.quote())
        assert reply.replaces == bob.shown


async def test_a_database_that_fails_leaves_questions_answered_and_says_so_at_the_desk(
    mod: Chatter, bob: Chatter, path: Path, faq: Faq, clock: FakeClock
) -> None:
    # The folder of the database cannot be made, since a file has its name.
    in_the_way = path.with_name("file")
    _make(in_the_way)
    async with Store.opened(in_the_way / "bot.sqlite3", key=b"k" * 16, clock=clock.seconds) as store:
        mod.assistant = bob.assistant = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds)
        reply = await bob.gets(QUESTION)
        assert reply.topic == "seed-phrase"
        assert "nothing was changed" in text_of((await mod.gets("/settings currency eur")).text)
        assert "database does not answer" in text_of((await mod.gets("/doctor")).text)
        with pytest.raises(StoreUnavailable):
            await store.flush()


async def test_nobody_is_a_moderator_by_default_while_the_group_s_own_choice_cannot_be_read(
    owner: Chatter, mod: Chatter, path: Path, faq: Faq, clock: FakeClock
) -> None:
    await owner.gets("/settings moderator own")
    aside = path.parent.rename(path.parent.with_name("aside"))
    path.parent.write_text("in the way")
    async with Store.opened(path, key=b"k" * 16, clock=clock.seconds) as store:
        mod.assistant = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds)
        await mod.gets("/help")
        path.parent.unlink()
        aside.rename(path.parent)
        # Writing would work again, but what the owner chose is not asked for at once.
        for command in ("/settings currency eur", "/entry list", "/log"):
            assert "cannot reach my memory" in text_of((await mod.gets(command)).text)
        assert "database does not answer" in text_of((await mod.gets("/doctor")).text)
        clock.forward(6)
        assert "needs the right to own" in text_of((await mod.gets("/settings currency eur")).text)


async def test_a_move_that_could_not_be_noted_is_noted_when_it_is_reported_again(
    mod: Chatter, path: Path, faq: Faq, clock: FakeClock
) -> None:
    async with Store.opened(path, clock=clock.seconds, busy_s=0.05) as store:
        mod.assistant = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds)
        await mod.gets("/settings currency eur")
        report = mod.request("group_moved", "-1001", notice=True)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await mod.assistant.answer(report) is None
        assert await mod.assistant.answer(report) is None
        mod.group = "-1001"
        assert "Currency: EUR" in text_of((await mod.gets("/settings")).text)


def _make(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("in the way")


async def test_price_commands_are_switched_off_for_the_group_alone(mod: Chatter, bob: Chatter) -> None:
    assert "Price commands" in labels(await mod.gets("/settings"))
    await mod.gets("/settings price_commands off")
    command = mod.assistant.command("price")
    if command is None:
        pytest.skip("there are no price commands yet")
    assert "switched off" in text_of((await bob.gets("/price")).text)


async def test_rights_hold_only_where_they_are_held(assistant: Assistant) -> None:
    holder = Chatter(assistant, name="x", rights=frozenset({Right.PIN}))
    assert "manage the group" in text_of((await holder.gets("/settings")).text)
    assert (await holder.gets("/pin exchange-risk")).pin
