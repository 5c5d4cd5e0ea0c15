import contextlib
import itertools
import sqlite3
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Place
from bot.storage.groups import Group
from bot.storage.log import Deed
from bot.storage.own_entries import OwnEntry
from bot.storage.review import KEPT, Kind
from bot.storage.sent import Sent
from bot.storage.settings import KEYS, GroupSettings, changed, choices, restored, shown
from bot.storage.store import Store
from bot.storage.tally import Event
from tests.fakes import FakeClock

GROUP = Group("test", "beginners")
DEED = Deed(author="alice", what="a test")
TEXT = st.text(min_size=1, max_size=60)
ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def place(group: str = "beginners") -> Place:
    return Place(platform="test", group=group, channel=group or "alice", direct=not group)


def sent(message: str, *, asking: str = "q1", asker: str = "a", at: int = 0) -> Sent:
    return Sent(message=message, asking=asking, topic="exchange-risk", asker=asker, text="t", at=at)


@ANY
@given(group=TEXT, texts=st.tuples(TEXT, TEXT, TEXT), wordings=st.lists(TEXT, max_size=5))
async def test_an_entry_comes_back_as_it_was_for_any_text(
    store: Store, group: str, texts: tuple[str, str, str], wordings: list[str]
) -> None:
    question, answer, overrides = texts
    entry = OwnEntry(id="own-1", question=question, answer=answer, wordings=tuple(wordings), overrides=overrides)
    await store.own.put(Group("test", group), entries=[entry], deed=DEED)
    assert (await store.own.of(Group("test", group))).entries == {"own-1": entry}


@ANY
@given(texts=st.lists(TEXT, min_size=1, max_size=4, unique=True), author=TEXT, what=TEXT)
async def test_aliases_notes_and_log_come_back_as_they_were_for_any_text(
    store: Store, texts: list[str], author: str, what: str
) -> None:
    group = Group("test", texts[0])
    await store.own.put(group, aliases=[("bip39", text) for text in texts], deed=Deed(author=author, what=what))
    aliases = (await store.own.of(group)).aliases
    assert {alias.wording for alias in aliases} >= set(texts)
    line = (await store.log.lines((await store.groups.state(group)).number))[0]
    assert (line.author, line.what) == (author, what)
    await store.notes.write("menu", what)
    assert await store.notes.read("menu") == what


@ANY
@given(channel=TEXT, message=TEXT, asking=TEXT)
async def test_what_was_sent_comes_back_for_any_id(
    store: Store, path: Path, channel: str, message: str, asking: str
) -> None:
    spot = Place(platform="test", group="beginners", channel=channel)
    said = Sent(message=message, asking=asking, topic="", asker="a", text="t", panel=True, at=7)
    store.sent.remember(spot, [said])
    assert await store.sent.answer(spot, message) == said
    await store.flush()
    store.sent.forget("a")
    assert await store.sent.answer(spot, message) == said
    assert (await store.sent.answers(spot, asking))[-1].asking == asking


def test_every_setting_is_shown_as_it_is_typed() -> None:
    for key in KEYS:
        for value in choices(key) or (shown(GroupSettings(), key),):
            assert shown(changed(GroupSettings(), key, value), key) == value


def test_a_stored_setting_that_is_no_longer_understood_is_left_out() -> None:
    stored = {"speak": "shout", "colour": "green", "currency": "EUR"}
    assert restored(GroupSettings(), stored) == GroupSettings(currency="EUR")


async def test_a_group_that_moves_takes_everything_along(store: Store) -> None:
    await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
    await store.own.put(GROUP, entries=[OwnEntry(id="own-1", question="Q?", answer="A.")], deed=DEED)
    store.sent.remember(place(), [sent("m1")])
    store.tally.note(GROUP, Event.ANSWERED, topic="bip39")
    moved = Group("test", "-100beginners")
    await store.groups.change(moved, key="currency", value="GBP", deed=DEED)
    await store.move_group(GROUP, to=moved.id)
    await store.move_group(GROUP, to=moved.id)
    assert (await store.groups.state(moved)).settings.currency == "EUR"
    assert set((await store.own.of(moved)).entries) == {"own-1"}
    assert (await store.tally.of(moved)) == {(Event.ANSWERED, "bip39"): 1}
    assert (await store.groups.state(GROUP)).number == 0
    # An answer that was under way is still noted under the old id, and the move is reported once more.
    store.sent.remember(place(), [sent("m2")])
    await store.flush()
    await store.move_group(GROUP, to=moved.id)
    assert (await store.groups.state(moved)).settings.currency == "EUR"
    assert (await store.groups.state(GROUP)).number == 0


async def test_that_the_bot_left_is_noted_even_if_the_file_is_locked_just_then(path: Path, clock: FakeClock) -> None:
    async with Store.opened(path, now=lambda: clock.now().timestamp(), busy_s=0.05) as store:
        await store.groups.change(GROUP, key="currency", value="EUR", deed=DEED)
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await store.groups.left(GROUP, at=int(store.now()))
        await store.flush()
        clock.forward(31 * 86_400)
        await store.purge()
        assert (await store.groups.state(GROUP)).settings.currency == "USD"


async def test_rows_of_a_group_go_after_the_grace_time_and_stay_if_it_comes_back(
    store: Store, clock: FakeClock
) -> None:
    other = Group("test", "others")
    for group in (GROUP, other):
        await store.groups.change(group, key="currency", value="EUR", deed=DEED)
        await store.groups.left(group, at=int(store.now()))
    clock.forward(29 * 86_400)
    await store.purge()
    await store.groups.joined(other)
    clock.forward(2 * 86_400)
    await store.purge()
    assert (await store.groups.state(GROUP)).settings.currency == "USD"
    assert (await store.groups.state(other)).settings.currency == "EUR"


async def test_messages_votes_and_questions_are_kept_thirty_days(store: Store, clock: FakeClock) -> None:
    store.sent.remember(place(), [sent("m1", at=int(store.now()))])
    store.review.add(GROUP, kind=Kind.MISSED, text="what is a blob")
    assert await store.tally.vote(GROUP, topic="bip39", voter="v")
    await store.flush()
    clock.forward(29 * 86_400)
    await store.purge()
    assert await store.review.open(GROUP)
    assert not await store.tally.vote(GROUP, topic="bip39", voter="v")
    clock.forward(2 * 86_400)
    await store.purge()
    store.sent.forget("a")
    assert await store.sent.answer(place(), "m1") is None
    assert await store.review.open(GROUP) == ()
    assert await store.tally.vote(GROUP, topic="bip39", voter="v")


async def test_questions_alike_are_counted_together_and_the_queue_is_bounded(store: Store) -> None:
    store.review.add(GROUP, kind=Kind.MISSED, text="Where is the moon?")
    store.review.add(GROUP, kind=Kind.MISSED, text="where is the moon")
    store.review.add(GROUP, kind=Kind.MISSED, text="who eats green apples")
    items = await store.review.open(GROUP)
    assert [(item.text, item.count) for item in items] == [("Where is the moon?", 2), ("who eats green apples", 1)]
    words = ["".join(word) for word in itertools.islice(itertools.product("bcdfghjkl", repeat=6), 0, 530_000, 2_000)]
    for word in words:
        store.review.add(GROUP, kind=Kind.MISSED, text=word * 3)
    assert len(await store.review.open(GROUP)) == KEPT


async def test_the_log_keeps_the_last_hundred(store: Store) -> None:
    for number in range(103):
        await store.groups.change(GROUP, key="cooldown_s", value=str(number), deed=Deed(author="a", what=f"{number}"))
    lines = await store.log.lines((await store.groups.state(GROUP)).number)
    assert [line.what for line in lines] == [str(number) for number in range(102, 2, -1)]


async def test_a_private_chat_leaves_no_id_behind_unless_something_was_set(store: Store, path: Path) -> None:
    private = Place(platform="test", group="", channel="alice-4711", direct=True)
    store.sent.remember(private, [sent("m1", asker=store.hash_of("test", "alice-4711"))])
    await store.flush()
    assert not any(b"alice-4711" in file.read_bytes() for file in path.parent.iterdir())
