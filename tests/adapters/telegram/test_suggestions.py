"""Suggestions in groups, as conversations: who may press them."""

import pytest

from tests.adapters.telegram.conftest import Stage
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_objects import Message
from tests.platforms.telegram_people import Person

VAGUE = "wallet stolen safe exchange"


@pytest.fixture
def alice(telegram: Stage) -> Person:
    return telegram.server.user("Alice")


@pytest.fixture
def bob(telegram: Stage) -> Person:
    return telegram.server.user("Bob")


@pytest.fixture
def group(telegram: Stage, alice: Person, bob: Person) -> Chat:
    return telegram.server.group("Beginners", members=[alice, bob])


async def test_the_asker_presses_and_the_answer_takes_the_place_of_the_suggestions(
    telegram: Stage, alice: Person, bob: Person, group: Chat
) -> None:
    suggestions = await suggested(telegram, alice, group)
    label = suggestions.buttons[0].text
    press = await bob.presses(suggestions, label)
    assert await press.alert()
    assert suggestions.versions == suggestions.versions[:1]
    await alice.presses(suggestions, label)
    assert await group.next_edit() is suggestions
    assert suggestions.text.startswith(label)


async def test_a_moderator_presses_instead_of_the_asker(
    telegram: Stage, alice: Person, bob: Person, group: Chat
) -> None:
    group.promote(bob.account, "can_change_info")
    suggestions = await suggested(telegram, alice, group)
    await bob.presses(suggestions, suggestions.buttons[0].text)
    assert await group.next_edit() is suggestions


async def test_who_asked_for_somebody_and_who_is_answered_may_both_press(
    telegram: Stage, alice: Person, bob: Person, group: Chat
) -> None:
    question = await bob.says(group, VAGUE, heard=True)
    for presser in (alice, bob):
        await alice.says(group, "/ask", reply_to=question)
        suggestions = await group.next_message()
        await telegram.handled()
        await presser.presses(suggestions, suggestions.buttons[0].text)
        assert await group.next_edit() is suggestions


async def test_a_moderator_changes_no_answer_that_somebody_else_asked_for(
    telegram: Stage, alice: Person, bob: Person, group: Chat
) -> None:
    group.promote(bob.account, "can_change_info")
    await alice.says(group, "/show halving")
    answer = await group.next_message()
    await telegram.handled()
    assert await (await bob.sends_data(answer, "show phishing")).alert()
    assert answer.versions == answer.versions[:1]


async def suggested(telegram: Stage, alice: Person, group: Chat) -> Message:
    await alice.says(group, f"/ask {VAGUE}")
    suggestions = await group.next_message()
    await telegram.handled()
    assert suggestions.text == "Did you mean one of these?"
    return suggestions
