"""The bot's own words: filled in without becoming markup, all of them in use."""

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


def test_every_piece_of_small_talk_has_its_answer() -> None:
    phrases = Phrases.load()
    assert set(phrases.smalltalk.values()) <= set(phrases.sentences)
