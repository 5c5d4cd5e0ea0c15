import json
from pathlib import Path

import pytest

from faq import library
from faq.entry import kinships
from faq.library import CorpusError, comparable

SHARED = Path(__file__).parents[2] / "../shared/knowledge/questions-dev.jsonl"

ENTRY = """
theme = "Basics"
order = 1

[[entry]]
id = "what-is-it"
question = "What is it, in short?"
summary = "It is a thing that is explained here."
answer = "{answer}"
related = [{related}]
flags = [{flags}]
reviewed = "2026-11"
wordings = [{wordings}]

[[entry.sources]]
title = "A title"
publisher = "A publisher"
year = 2024
"""
ANSWER = "This is a word. " * 20


def write(folder: Path, *, answer: str = ANSWER, related: str = "", flags: str = "", wordings: str = "") -> Path:
    language = folder / "en"
    language.mkdir(parents=True)
    own = wordings or ", ".join(f'"wording number {number}"' for number in range(30))
    text = ENTRY.format(answer=answer, related=related, flags=flags, wordings=own)
    (language / "basics.toml").write_text(text)
    (language / "offtopic.toml").write_text('chat = ["hi"]\ncrypto = ["eth"]\nbitcoin = ["btc meme"]\n')
    (language / "kinds.toml").write_text('exchange = ["Binance"]\n')
    return folder


def problems(content: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        library.load(content=content)
    return "\n".join(caught.value.problems)


def test_a_small_library_is_read(tmp_path: Path) -> None:
    content = library.load(content=write(tmp_path))
    assert list(content.entries) == ["what-is-it"]
    assert content.kinds == {"exchange": ("binance",)}
    assert content.synonyms == {}


def test_synonyms_are_read_where_there_are_some(tmp_path: Path) -> None:
    content = write(tmp_path)
    (content / "en" / "synonyms.toml").write_text('[slang]\nBTC = "bitcoin"\n')
    assert library.load(content=content).synonyms == {"btc": "bitcoin"}


def test_a_short_answer_is_named_with_file_entry_and_field(tmp_path: Path) -> None:
    found = problems(write(tmp_path, answer="Too short."))
    assert "basics.toml" in found
    assert "'what-is-it'" in found
    assert "'answer'" in found


def test_an_answer_that_begins_with_a_verdict_is_refused(tmp_path: Path) -> None:
    assert "'answer'" in problems(write(tmp_path, answer="Yes, it is. " + ANSWER))


def test_an_unknown_related_entry_is_refused(tmp_path: Path) -> None:
    assert "'related'" in problems(write(tmp_path, related='"nowhere"'))


def test_an_unknown_flag_is_refused(tmp_path: Path) -> None:
    assert "flag" in problems(write(tmp_path, flags='"loud"'))


def test_too_few_wordings_are_refused(tmp_path: Path) -> None:
    assert "'wordings'" in problems(write(tmp_path, wordings='"one", "two"'))


def test_a_missing_language_is_said(tmp_path: Path) -> None:
    assert "no content files" in problems(tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    content = write(tmp_path)
    (content / "en" / "basics.toml").write_text("theme = ")
    assert "basics.toml" in problems(content)


def test_the_shipped_library_is_whole() -> None:
    content = library.load()
    assert len(content.entries) == 71
    assert sum(len(theme.entries) for theme in content.themes) == 71
    assert all(len(entry.wordings) >= 40 for entry in content.entries.values())
    assert {"chat", "crypto", "bitcoin"} == set(content.offtopic)


def test_kinds_are_long_lists_of_distinct_names() -> None:
    kinds = library.load().kinds
    names = [name for own in kinds.values() for name in own]
    assert len(kinds["exchange"]) + len(kinds["broker"]) >= 100
    assert len(kinds["wallet"]) + len(kinds["device"]) >= 60
    assert len(kinds["coin"]) >= 150
    assert len(names) == len(set(names))


def test_no_line_without_an_answer_is_a_wording_too() -> None:
    content = library.load()
    wordings = {comparable(text) for entry in content.entries.values() for text in entry.wordings}
    assert not [line for lines in content.offtopic.values() for line in lines if comparable(line) in wordings]


def test_kinship_holds_both_ways() -> None:
    kin = kinships(library.load().entries)
    assert all(topic in kin[other] for topic, others in kin.items() for other in others)


@pytest.mark.skipif(not SHARED.exists(), reason="the questions of others are not part of the project")
def test_no_question_of_others_is_a_wording() -> None:
    content = library.load()
    own = {comparable(text) for entry in content.entries.values() for text in entry.wordings}
    own |= {comparable(line) for lines in content.offtopic.values() for line in lines}
    asked = [comparable(json.loads(line)["q"]) for line in SHARED.read_text().splitlines()]
    # What everybody asks in the same five words or fewer is nobody's.
    assert not [question for question in asked if question in own and len(question.split()) > 5]
