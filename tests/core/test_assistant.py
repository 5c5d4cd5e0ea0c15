"""The one door: limits, redelivery, defects, leaks."""

import logging
from dataclasses import replace

import pytest

from bot.core.assistant import Assistant
from bot.core.commands import COMMANDS
from bot.messages import Author, Place, Quoted, Request
from bot.richtext import text_of
from tests.conftest import Person, labels
from tests.fakes import FakeClock

LEAK = "legal winner thank year wave sausage worth useful legal winner thank yellow"


async def test_twenty_requests_a_minute_then_one_polite_line_then_silence(alice: Person, clock: FakeClock) -> None:
    for _ in range(20):
        assert await alice.says("hello")
    polite = await alice.says("hello")
    assert polite
    assert "more than I can answer in a minute" in text_of(polite.text)
    assert await alice.says("hello") is None
    clock.forward(61)
    assert await alice.says("hello")


async def test_one_person_s_haste_does_not_slow_another(alice: Person, member: Person) -> None:
    for _ in range(25):
        await alice.says("hello")
    assert await member.says("hello")


async def test_a_redelivered_event_is_answered_once(assistant: Assistant) -> None:
    place = Place(platform="test", group="", channel="1", direct=True)
    request = Request(command="topics", id="same", place=place, author=Author(id="1"))
    assert await assistant.answer(request)
    assert await assistant.answer(request) is None


async def test_an_unknown_command_is_named(alice: Person) -> None:
    reply = await alice.says("/frobnicate now")
    assert reply
    assert "“frobnicate”" in text_of(reply.text)


async def test_a_leak_is_met_with_the_warning_and_no_word_of_it(
    member: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reply = await member.says(f"is this safe: {LEAK}")
    assert reply
    text = text_of(reply.text)
    assert "Treat it as stolen" in text
    assert "winner" not in text
    assert labels(reply) == ["What to do now"]
    assert reply.deletes == ("bob-0",)
    assert "winner" not in caplog.text


async def test_a_leak_is_found_in_the_message_replied_to(member: Person) -> None:
    reply = await member.says("/ask", quoted=Quoted(id="77", author="carol", text=LEAK))
    assert reply
    assert "Treat it as stolen" in text_of(reply.text)
    assert reply.deletes == ("77",)


async def test_a_leak_typed_into_completion_completes_nothing(assistant: Assistant) -> None:
    place = Place(platform="test", group="", channel="1", direct=True)
    request = Request(command="ask", argument=LEAK, id="1", place=place, author=Author(id="1"))
    assert await assistant.suggest(request, 5) == ()
    assert await assistant.complete(request, 5) == ()


async def test_completion_offers_topics_as_one_types(assistant: Assistant) -> None:
    place = Place(platform="test", group="", channel="1", direct=True)
    request = Request(command="ask", argument="seed phrase", id="1", place=place, author=Author(id="1"))
    found = await assistant.suggest(request, 5)
    assert "seed-phrase" in [suggestion.topic for suggestion in found]
    assert text_of(found[0].reply.text)
    completed = await assistant.complete(replace(request, id="2"), 5)
    assert completed == tuple((suggestion.topic, suggestion.title) for suggestion in found)


async def test_a_defect_becomes_an_apology_and_a_log_line_without_the_text(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    text = "my private question"

    def broken(*_: object, **__: object) -> None:
        raise ValueError(text)

    monkeypatch.setattr("bot.core.asking._addressed", broken)
    reply = await alice.says(text)
    assert reply
    number = text_of(reply.text).split()[-1].rstrip(".")
    assert number in caplog.text
    assert text not in caplog.text


async def test_every_command_has_a_description(assistant: Assistant) -> None:
    assert all(description for _, description in assistant.menu())
    assert {command.name for command, _ in assistant.menu()} == {c.name for c in COMMANDS.values() if c.listed}
