"""The bot's own words: filled in without becoming markup, all of them in use."""

import re
from pathlib import Path

from bot.core.phrases import Phrases
from bot.richtext import text_of

ROOT = Path(__file__).parents[2]


def test_what_fills_a_placeholder_never_becomes_markup() -> None:
    said = Phrases.load().say("unknown_topic", topic="**[x](https://example.org)** {topic}")
    assert "**[x](https://example.org)** {topic}" in text_of(said)
    assert not any(span.bold or span.url for span in said)


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
