"""What the bot does unasked: a defect costs the one thing that it concerns."""

import pytest

from bot.core.assistant import Assistant
from bot.core.shelf import Shelf
from bot.storage.groups import Group
from bot.storage.store import Store
from faq.entry import Entry
from faq.matcher import Faq
from tests.core.conftest import Chatter, Duty
from tests.fakes import FakeClock

BROKEN, SOUND = "exchange-risk", "seed-phrase"
QUESTIONS = {
    BROKEN: "Is it safe to leave Bitcoin on an exchange?",
    SOUND: "What is a seed phrase and how do I keep it safe?",
}


@pytest.fixture
def failures() -> list[str]:
    """The platforms on which something failed, one after another."""
    return []


@pytest.fixture
def assistant(faq: Faq, store: Store, clock: FakeClock, failures: list[str]) -> Assistant:
    """The real assistant, whose failures are counted."""
    return Assistant(
        faq=faq, store=store, now=clock.now, clock=clock.seconds, pause=clock.sleep, failed=failures.append
    )


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The topics whose answers fail for a defect."""
    topics: set[str] = set()
    sound = Shelf.entry

    def entry(shelf: Shelf, topic: str) -> Entry | None:
        if topic in topics:
            raise KeyError(topic)
        return sound(shelf, topic)

    monkeypatch.setattr(Shelf, "entry", entry)
    return topics


async def test_a_pin_that_fails_costs_no_other_its_turn(
    mod: Chatter, duty: Duty, broken: set[str], failures: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    for topic in (BROKEN, SOUND):
        await mod.gets(f"/pin {topic}")
        pins, group = mod.assistant._tools.store.pins, Group(mod.platform, mod.group)
        await pins.refreshed(
            group, channel=mod.place.channel, message=mod.shown, refresh_at=duty.clock.now().timestamp()
        )
    broken.add(BROKEN)
    assert (await duty.next(within_s=60)).reply.topic == SOUND
    assert failures == ["test"]
    assert "a duty failed: KeyError" in caplog.text
    duty.clock.forward(3600)
    assert await duty.perhaps(within_s=60) is None
    assert failures == ["test", "test"]


async def test_an_overheard_question_that_fails_costs_no_other_its_answer(
    mod: Chatter, bob: Chatter, duty: Duty, broken: set[str], failures: list[str]
) -> None:
    await mod.gets("/settings speak sure")
    for bob.channel, topic in (("a", BROKEN), ("b", SOUND)):
        assert await bob.says(QUESTIONS[topic], addressed=False) is None
    broken.add(BROKEN)
    assert (await duty.next(within_s=200)).reply.topic == SOUND
    assert failures == ["test"]
