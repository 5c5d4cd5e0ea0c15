"""Overheard questions: answered only when sure, late, seldom, and if nobody else did."""

import itertools

import pytest

from bot.core.asked import is_question
from bot.messages import Quoted
from bot.richtext import text_of
from faq.matcher import Decision, Faq
from tests.core.conftest import Chatter, Duty
from tests.fakes import FakeClock

QUESTION = "What is a seed phrase and how do I keep it safe?"
TOPIC = "seed-phrase"


async def spoken(duty: Duty) -> str:
    """Return the topic of what is said unasked within some minutes, "" for nothing."""
    due = await duty.perhaps(within_s=200)
    return due.reply.topic if due else ""


@pytest.fixture
async def sure(mod: Chatter) -> None:
    """The group wants to hear what the bot is sure of."""
    await mod.gets("/settings speak sure")


@pytest.mark.usefixtures("sure")
async def test_an_overheard_question_is_answered_after_ninety_seconds(
    bob: Chatter, duty: Duty, clock: FakeClock
) -> None:
    start = clock.seconds()
    assert await bob.says(QUESTION, addressed=False) is None
    due = await duty.next()
    assert 90 <= clock.seconds() - start <= 93
    assert due.reply.topic == TOPIC
    assert due.place == bob.place
    assert due.request
    assert due.request.message == bob.asked


@pytest.mark.parametrize("speak", ["mention", "never"])
async def test_by_default_nothing_is_overheard(
    mod: Chatter, bob: Chatter, duty: Duty, clock: FakeClock, speak: str
) -> None:
    await mod.gets(f"/settings speak {speak}")
    assert await bob.says(QUESTION, addressed=False) is None
    assert await spoken(duty) == ""


@pytest.mark.usefixtures("sure")
@pytest.mark.parametrize(
    "text",
    ["seed phrase, how to keep it safe", "I know what a seed phrase is.", "hello all?", "did you see the match?"],
)
async def test_what_is_no_question_or_not_sure_is_left_alone(
    bob: Chatter, duty: Duty, clock: FakeClock, text: str
) -> None:
    assert await bob.says(text, addressed=False) is None
    assert await spoken(duty) == ""


@pytest.mark.usefixtures("sure")
async def test_a_question_put_to_another_member_is_left_to_them(bob: Chatter, duty: Duty, clock: FakeClock) -> None:
    await bob.says(QUESTION, addressed=False, quoted=Quoted(id="x", author="carol"))
    assert await spoken(duty) == ""


@pytest.mark.usefixtures("sure")
@pytest.mark.parametrize("answer", ["It is what opens your wallet, keep it on paper.", "reply"])
async def test_somebody_else_answers_first(
    bob: Chatter, carol: Chatter, duty: Duty, clock: FakeClock, answer: str
) -> None:
    await bob.says(QUESTION, addressed=False)
    quoted = Quoted(id=bob.asked, author="bob") if answer == "reply" else None
    await carol.says("why do you ask?" if quoted else answer, addressed=False, quoted=quoted)
    assert await spoken(duty) == ""


@pytest.mark.usefixtures("sure")
async def test_the_asker_going_on_or_another_question_is_no_answer(
    bob: Chatter, carol: Chatter, duty: Duty, clock: FakeClock
) -> None:
    await bob.says(QUESTION, addressed=False)
    await bob.says("I really would like to know.", addressed=False)
    await carol.says("what time is it?", addressed=False)
    assert await spoken(duty) == TOPIC


@pytest.mark.usefixtures("sure")
async def test_talk_in_another_channel_is_no_answer(bob: Chatter, carol: Chatter, duty: Duty, clock: FakeClock) -> None:
    await bob.says(QUESTION, addressed=False)
    carol.channel = "elsewhere"
    await carol.says("It is what opens your wallet.", addressed=False)
    assert await spoken(duty) == TOPIC


def is_sure(faq: Faq, text: str) -> bool:
    return is_question(text) and faq.decide(faq.search(text), addressed=False) is Decision.ANSWER


@pytest.mark.usefixtures("sure")
async def test_at_most_four_an_hour_and_each_topic_once_in_the_cooldown(
    bob: Chatter, duty: Duty, clock: FakeClock, faq: Faq
) -> None:
    sure_of = (entry.question for entry in faq.entries.values() if is_sure(faq, entry.question))
    questions = list(itertools.islice(sure_of, 5))
    said = []
    for question in questions:
        await bob.says(question, addressed=False)
        said.append(await spoken(duty))
    assert all(said[:4])
    assert said[4] == ""
    clock.forward(3600)
    await bob.says(questions[4], addressed=False)
    assert await spoken(duty)
    await bob.says(questions[4], addressed=False)
    assert await spoken(duty) == ""


async def test_preview_posts_nothing_and_lists_what_it_would_have_said(
    mod: Chatter, bob: Chatter, duty: Duty, clock: FakeClock
) -> None:
    await mod.gets("/settings speak preview")
    await bob.says(f"@carol {QUESTION}", addressed=False)
    assert await spoken(duty) == ""
    text = text_of((await mod.gets("/review")).text)
    assert QUESTION in text
    assert "carol" not in text
    assert "Times overheard: 1. I would have shown" in text


@pytest.mark.usefixtures("sure")
async def test_a_setting_that_was_changed_meanwhile_counts(
    mod: Chatter, bob: Chatter, duty: Duty, clock: FakeClock
) -> None:
    await bob.says(QUESTION, addressed=False)
    await mod.gets("/settings speak mention")
    assert await spoken(duty) == ""
