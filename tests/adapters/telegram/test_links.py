"""Deep links."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.links import Desk, Held, Target, payload, target
from bot.core.commands import COMMANDS
from bot.messages import Reply
from tests.adapters.telegram.conftest import Hours


@pytest.mark.parametrize("action", ["show exchange-risk", "topics", "topics 3 2", "help"])
@pytest.mark.parametrize("group", ["", "-1001234567890"])
def test_an_action_goes_into_a_link_and_comes_back(action: str, group: str) -> None:
    command, _, argument = action.partition(" ")
    found = target(payload(action, group=group), COMMANDS.get)
    assert found == Target(group=group, command=command, argument=argument)


def test_a_link_alone_changes_no_settings() -> None:
    assert target("g-100_settings_speak_never", COMMANDS.get) == Target(group="-100", command="settings")
    assert target("unpin_all", COMMANDS.get) == Target(command="unpin")


def test_what_does_not_fit_makes_no_link() -> None:
    assert payload("show " + "a" * 60) == ""
    assert payload("ask what's up") == ""


@given(st.text(max_size=70))
def test_any_payload_is_read_without_harm(text: str) -> None:
    found = target(text, COMMANDS.get)
    assert found is None or not found.command or found.command in COMMANDS


def test_what_is_held_is_for_one_person_once_and_for_a_quarter_of_an_hour(clock: Hours) -> None:
    desk = Desk(clock=clock.seconds)
    reply = Reply()
    token = desk.hold(Held(author="1", group="-5", what=reply))
    assert len(token) <= 64
    assert desk.fetch(token, author="2") is None
    found = desk.fetch(token, author="1")
    assert found
    assert found.what is reply
    assert desk.fetch(token, author="1") is None
    late = desk.hold(Held(author="1", group="-5", what=reply))
    clock.forward(901)
    assert desk.fetch(late, author="1") is None


def test_a_private_chat_is_about_a_group_for_an_hour_since_the_last_message(clock: Hours) -> None:
    desk = Desk(clock=clock.seconds)
    desk.enter("1", "-5")
    clock.forward(3000)
    assert desk.group_of("1") == "-5"
    clock.forward(3000)
    assert desk.group_of("1") == "-5"
    clock.forward(3601)
    assert desk.group_of("1") == ""
    desk.enter("1", "-5")
    desk.enter("1", "")
    assert desk.group_of("1") == ""


def test_what_nobody_fetched_in_time_is_let_go(clock: Hours) -> None:
    desk = Desk(clock=clock.seconds)
    held = Held(author="1", group="-5", what=Reply())
    before = sys.getrefcount(held)
    desk.hold(held)
    clock.forward(901)
    desk.hold(Held(author="2", group="-5", what=Reply()))
    assert sys.getrefcount(held) == before
