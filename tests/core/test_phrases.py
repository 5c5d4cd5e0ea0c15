"""The bot's own words: filled in without becoming markup, all of them in use."""

import re
from pathlib import Path

import pytest

from bot.core.phrases import Phrases
from bot.richtext import text_of

ROOT = Path(__file__).parents[2]


def test_what_fills_a_placeholder_never_becomes_markup() -> None:
    said = Phrases.load().say("unknown_topic", topic="**[x](https://example.org)** {topic}")
    assert "**[x](https://example.org)** {topic}" in text_of(said)
    assert not any(span.bold or span.url for span in said)


def test_what_fills_a_placeholder_brings_nothing_unseen_with_it() -> None:
    said = text_of(Phrases.load().say("unknown_topic", topic="a\x1b[31mb\u202ec\x07d"))
    assert "a[31mbcd" in said


@pytest.mark.parametrize(
    "text",
    [
        "i want to kill myself i lost all my savings in bitcoin",
        "I lost everything and I WANT TO DIE",
        "my wife left, no reason to live.",
        "I don't want to live any more",
        "lost it all on leverage and just want to end it all",
        "thinking about suicide after the crash",
    ],
)
def test_despair_is_heard(text: str) -> None:
    assert Phrases.load().is_desperate(text)


@pytest.mark.parametrize(
    "text",
    [
        "they took my life savings",
        "could a crash end my life savings",
        "what happens to my coins when i die",
        "i dont want to die without passing on my keys",
        "is bitcoin financial suicide",
        "will quantum computers end it all",
        "do i hurt myself by holding on one exchange",
        "will quantum computers kill bitcoin",
    ],
)
def test_despair_is_not_seen_where_there_is_none(text: str) -> None:
    assert not Phrases.load().is_desperate(text)


def test_small_talk_is_found_whatever_its_case_and_length() -> None:
    phrases = Phrases.load()
    assert phrases.small("HELLOOOOO!!") == phrases.small("hello") == "smalltalk_greeting"
    assert phrases.small("hello, is bitcoin safe?") == ""


def test_every_sentence_is_said_somewhere() -> None:
    program = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    said = set(re.findall(r"""["']([a-z0-9_]+)["']""", program))
    beginnings = tuple(re.findall(r"""f["']([a-z]+_)\{""", program))
    endings = tuple(re.findall(r"""f["']\{[^}]+\}(_[a-z_]+)["']""", program))
    keys = [key for key in Phrases.load().sentences if key not in said]
    assert [key for key in keys if not key.startswith(beginnings) and not key.endswith(endings)] == []


def test_every_piece_of_small_talk_has_its_answer() -> None:
    phrases = Phrases.load()
    assert set(phrases.smalltalk.values()) <= set(phrases.sentences)
