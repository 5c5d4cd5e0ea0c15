"""Pins: made, kept fresh, taken down, and never recorded when they did not happen."""

import itertools

import pytest

from bot.core.assistant import Assistant
from bot.core.turn import Rules
from bot.messages import Fate, Outcome, Quoted, Receipt, Right
from bot.richtext import text_of
from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.pins import Pinned
from bot.storage.store import Store
from faq.entry import Flag
from faq.matcher import Faq
from tests.conftest import labels
from tests.core.conftest import Chatter, Duty
from tests.fakes import FakeClock


def told(mod: Chatter) -> str:
    """Return what the moderator was told after the reply had been delivered, "" for nothing."""
    return text_of(mod.told.text) if mod.told else ""


async def pinned(mod: Chatter) -> str:
    return text_of((await mod.gets("/pins")).text)


async def test_a_moderator_pins_a_topic_silently_and_finds_it_in_the_list(mod: Chatter) -> None:
    reply = await mod.gets("/pin exchange-risk")
    assert reply.topic == "exchange-risk"
    assert reply.pin
    assert not reply.pin.notify
    assert not reply.private
    assert "1. " in await pinned(mod)


async def test_a_pin_notifies_only_when_asked_to(mod: Chatter) -> None:
    reply = await mod.gets("/pin exchange-risk notify")
    assert reply.pin
    assert reply.pin.notify
    by_option = await mod.sends(mod.request("pin", fields={"topic": "phishing", "notify": "yes"}))
    assert by_option
    assert by_option.pin
    assert by_option.pin.notify


async def test_a_question_is_pinned_as_its_answer(mod: Chatter) -> None:
    reply = await mod.gets("/pin What is a seed phrase and how do I keep it safe?")
    assert reply.pin
    assert reply.topic == "seed-phrase"


async def test_a_vague_question_offers_topics_to_pin_by_button(mod: Chatter, faq: Faq) -> None:
    vague = next(
        word
        for word in ("exchange wallet", "lost everything", "is it gone", "exchange", "wallet", "keys", "fees")
        if faq.decide(faq.search(word)).value == "suggest"
    )
    reply = await mod.gets(f"/pin {vague}")
    assert not reply.pin
    chosen = await mod.presses(reply, labels(reply)[0])
    assert chosen.pin
    assert not chosen.private
    assert not chosen.replaces


async def test_an_answer_is_pinned_by_a_reply_to_it(mod: Chatter, bob: Chatter) -> None:
    await bob.gets("What is a seed phrase and how do I keep it safe?")
    reply = await mod.gets("/pin", quoted=bob.quote())
    assert reply.replaces == bob.shown
    assert reply.pin
    assert reply.pin.topic == "seed-phrase"


@pytest.mark.parametrize(
    ("text", "quoted", "said"),
    [
        ("/pin", None, "What shall I pin?"),
        ("/pin", Quoted(id="x", by_bot=False), "What shall I pin?"),
        ("/pin", Quoted(id="unknown", by_bot=True), "no longer know"),
        ("/pin zzzz qqqq xxxx", None, "no topic called"),
        ("/unpin 1", None, "Nothing of mine is pinned here"),
    ],
)
async def test_what_cannot_be_pinned_is_refused(mod: Chatter, text: str, quoted: Quoted | None, said: str) -> None:
    reply = await mod.gets(text, quoted=quoted)
    assert reply.private
    assert not reply.pin
    assert said in text_of(reply.text)


@pytest.mark.parametrize("command", ["pin bip39", "pins", "unpin all"])
async def test_a_member_is_refused_privately(bob: Chatter, command: str) -> None:
    reply = await bob.gets(f"/{command}")
    assert reply.private
    assert "pin messages" in text_of(reply.text)
    assert not reply.pin


async def test_a_missing_right_of_the_bot_is_named_and_nothing_is_noted(mod: Chatter) -> None:
    mod.lacks = frozenset({Right.PIN})
    await mod.gets("/pin exchange-risk")
    assert mod.told
    assert mod.told.private
    assert "I lack the right to pin messages" in text_of(mod.told.text)
    mod.lacks = frozenset()
    assert "Nothing of mine" in await pinned(mod)


@pytest.mark.parametrize("fate", [Fate.UNKNOWN, Fate.LATER, Fate.GONE])
async def test_a_pin_of_which_nobody_knows_whether_it_happened_is_not_noted(mod: Chatter, fate: Fate) -> None:
    mod.fate = fate
    await mod.gets("/pin exchange-risk")
    assert mod.told
    mod.fate = Fate.DONE
    assert "Nothing of mine" in await pinned(mod)


async def test_the_oldest_own_pin_makes_room_and_the_moderator_is_told(
    faq: Faq, store: Store, clock: FakeClock
) -> None:
    assistant = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds, rules=Rules(max_pins=2))
    mod = Chatter(assistant, rights=frozenset({Right.PIN}))
    await mod.gets("/pin exchange-risk")
    oldest = mod.shown
    await mod.gets("/pin seed-phrase")
    assert told(mod) == ""
    reply = await mod.gets("/pin phishing")
    assert reply.unpins == (oldest,)
    assert faq.entries["exchange-risk"].question in told(mod)
    assert faq.entries["exchange-risk"].question not in await pinned(mod)


async def test_the_same_topic_is_pinned_once(mod: Chatter) -> None:
    await mod.gets("/pin exchange-risk")
    first = mod.shown
    reply = await mod.gets("/pin exchange-risk")
    assert reply.unpins == (first,)
    assert mod.told is None
    assert "2. " not in await pinned(mod)


async def test_pins_are_listed_by_channel(mod: Chatter) -> None:
    await mod.gets("/pin exchange-risk")
    mod.channel = "another channel"
    assert "Nothing of mine" in await pinned(mod)


@pytest.mark.parametrize("how", ["/unpin 1", "/unpin exchange-risk"])
async def test_a_pin_is_taken_down_by_number_or_topic(mod: Chatter, how: str) -> None:
    await mod.gets("/pin exchange-risk")
    message = mod.shown
    reply = await mod.gets(how)
    assert reply.unpins == (message,)
    assert "Nothing of mine" in await pinned(mod)


async def test_a_pin_is_taken_down_by_a_button_and_by_a_reply(mod: Chatter) -> None:
    await mod.gets("/pin exchange-risk")
    message = mod.shown
    panel = await mod.gets("/pins")
    assert (await mod.presses(panel, "Unpin 1")).unpins == (message,)
    await mod.gets("/pin phishing")
    message = mod.shown
    assert (await mod.gets("/unpin", quoted=mod.quote())).unpins == (message,)


async def test_all_pins_are_taken_down_after_a_confirming_button(mod: Chatter) -> None:
    await mod.gets("/pin exchange-risk")
    await mod.gets("/pin phishing")
    sure = await mod.gets("/unpin all")
    assert not sure.unpins
    assert (await mod.gets("/unpin all sure")).unpins == ()
    done = await mod.presses(sure, "Take down all 2")
    assert len(done.unpins) == 2
    assert "Nothing of mine" in await pinned(mod)


async def test_a_pin_stays_noted_if_it_could_not_be_taken_down(mod: Chatter) -> None:
    await mod.gets("/pin exchange-risk")
    mod.lacks = frozenset({Right.PIN})
    await mod.gets("/unpin 1")
    assert mod.told
    assert "still pinned" in text_of(mod.told.text)
    mod.lacks = frozenset()
    assert "1. " in await pinned(mod)


async def test_a_pin_is_not_made_from_a_private_chat_about_the_group(mod: Chatter) -> None:
    mod.direct = True
    assert "in the group itself" in text_of((await mod.gets("/pin exchange-risk")).text)


async def test_a_button_under_a_pinned_answer_never_changes_it(mod: Chatter) -> None:
    reply = await mod.gets("/pin exchange-risk")
    message = mod.shown
    pressed = await mod.presses(reply, labels(reply)[0], shown=message)
    assert pressed.private
    assert not pressed.replaces


async def test_a_message_that_somebody_deleted_is_forgotten(mod: Chatter) -> None:
    await mod.gets("/pin exchange-risk")
    await mod.reports("message_gone", mod.shown)
    assert "Nothing of mine" in await pinned(mod)


def priced(faq: Faq) -> str:
    return next(entry.id for entry in faq.entries.values() if Flag.PRICE in entry.flags)


async def test_a_price_in_a_pin_is_refreshed_each_hour_and_says_when(
    mod: Chatter, duty: Duty, faq: Faq, clock: FakeClock
) -> None:
    reply = await mod.gets(f"/pin {priced(faq)}")
    assert "As of 22 Nov 2026 14:05 UTC. A price here may be out of date." in text_of(reply.text)
    message, start = mod.shown, clock.seconds()
    due = await duty.next()
    assert due.request is None
    assert due.reply.replaces == message
    assert due.reply.pin is None
    assert "15:05 UTC" in text_of(due.reply.text)
    assert clock.seconds() - start == pytest.approx(3600, abs=10)
    await mod.delivers(due.reply, None)
    await duty.next()
    assert clock.seconds() - start == pytest.approx(7200, abs=20)


async def test_a_pin_without_a_price_is_edited_when_its_entry_changed_and_not_before(
    mod: Chatter, duty: Duty, store: Store, faq: Faq, clock: FakeClock
) -> None:
    await mod.gets("/pin exchange-risk")
    message = mod.shown
    await mod.gets(f"/pin {priced(faq)}")
    due = await duty.next()
    assert due.reply.replaces != message
    await store.pins.refreshed(
        Group(mod.platform, mod.group),
        channel=mod.place.channel,
        message=message,
        refresh_at=None,
        content="as it was before an upgrade",
    )
    restarted = Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds, pause=clock.sleep)
    after_restart = Duty(restarted, clock)
    assert (await after_restart.next()).reply.replaces == message


async def test_a_pin_says_so_when_an_upgrade_has_removed_its_entry(
    mod: Chatter, duty: Duty, store: Store, clock: FakeClock
) -> None:
    group, now = Group(mod.platform, mod.group), clock.now()
    old = Pinned(place=mod.place, message="m-old", topic="no-longer-there", content="", own=False, at=now)
    deed = Deed(author="mod", what="pin no-longer-there")
    await store.pins.add(group, old, refresh_at=None, unpinned=(), deed=deed)
    due = await duty.next()
    assert due.reply.replaces == "m-old"
    assert "has been removed" in text_of(due.reply.text)
    assert "no-longer-there" in await pinned(mod)
    await mod.delivers(due.reply, None)
    assert "Nothing of mine" in await pinned(mod)


async def test_overdue_refreshes_are_spread_out(mod: Chatter, duty: Duty, faq: Faq, clock: FakeClock) -> None:
    for channel in ("a", "b", "c", "d"):
        mod.channel = channel
        await mod.gets(f"/pin {priced(faq)}")
    clock.forward(5 * 3600)
    moments = []
    for _ in range(4):
        await duty.next()
        moments.append(clock.seconds())
    assert all(later - earlier >= 2 for earlier, later in itertools.pairwise(moments))


async def test_a_refresh_of_a_deleted_message_forgets_the_pin(mod: Chatter, duty: Duty, faq: Faq) -> None:
    await mod.gets(f"/pin {priced(faq)}")
    due = await duty.next()
    gone = Outcome(fate=Fate.GONE)
    receipt = Receipt(request=None, reply=due.reply, place=due.place, messages=(), outcome=gone)
    assert await mod.assistant.delivered(receipt) is None
    assert "Nothing of mine" in await pinned(mod)


async def test_a_refresh_that_must_wait_is_tried_again_later(
    mod: Chatter, duty: Duty, faq: Faq, clock: FakeClock
) -> None:
    await mod.gets(f"/pin {priced(faq)}")
    due = await duty.next()
    start = clock.seconds()
    later = Outcome(fate=Fate.LATER, seconds=120)
    receipt = Receipt(request=None, reply=due.reply, place=due.place, messages=(), outcome=later)
    await mod.assistant.delivered(receipt)
    await duty.next()
    assert clock.seconds() - start == pytest.approx(120, abs=10)
