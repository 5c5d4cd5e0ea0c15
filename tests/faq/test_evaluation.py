import json
import random
from pathlib import Path

import pytest

from faq import training
from faq.evaluation import QuestionsError, Share, evaluate
from faq.matcher import Faq
from faq.typos import with_typos

SET_APART = Path(training.__file__).with_name("questions-en.jsonl")
"""Questions that nothing was learned from but the scores' calibration."""


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def test_every_measure_is_counted(faq: Faq, tmp_path: Path) -> None:
    path = write(
        tmp_path / "questions.jsonl",
        {"q": "how do i set up 2fa on my exchange account", "topic": "two-factor"},
        {"q": "who is satoshi nakamoto", "topic": "nothing-like-it", "accept": ["who-is-satoshi"]},
        {"q": "who is satoshi nakamoto", "topic": "halving"},
        {"q": "what is the best pizza topping", "topic": "oos-chat"},
        {"q": "when will shiba inu moon", "topic": "oos-crypto"},
        {"q": "bitcoin core compile error on windows", "topic": "oos-bitcoin"},
    )
    report = evaluate(faq, path)
    assert report.top1 == Share(hits=2, of=3)
    assert report.overheard_false.of == 2
    assert report.overheard_false_bitcoin.of == 1
    assert report.quiet.of == 2
    assert report.precision.of >= report.coverage.hits
    assert 0 <= report.auroc <= 1
    assert 0 < report.p50_ms <= report.p99_ms
    assert sum(each.right.of for each in report.reliability) == 6
    assert report.worst[0].topic == "halving"
    assert report.worst[0].mistaken_for == ("who-is-satoshi",)
    assert json.dumps(report.as_dict())


def test_the_floors_are_met_on_the_questions_that_were_set_apart(faq: Faq) -> None:
    report = evaluate(faq, SET_APART)
    assert report.top1.value >= 0.72
    assert report.top3.value >= 0.87
    assert report.precision.value >= 0.90
    assert report.coverage.value >= 0.40
    assert report.helped.value >= 0.85
    assert report.auroc >= 0.82
    assert report.overheard_false.value <= 0.01
    assert report.overheard_false_bitcoin.value <= 0.05
    assert report.overheard_right.value >= 0.20
    assert report.quiet.value >= 0.60


def test_a_slip_in_every_long_word_costs_little(faq: Faq) -> None:
    assert evaluate(faq, SET_APART, typos=True).top1.value >= evaluate(faq, SET_APART).top1.value - 0.05


def test_an_accepted_answer_to_a_line_outside_counts_neither_way(faq: Faq, tmp_path: Path) -> None:
    line = {"q": "who is satoshi nakamoto", "topic": "oos-bitcoin", "accept": ["who-is-satoshi"]}
    report = evaluate(faq, write(tmp_path / "questions.jsonl", line))
    assert report.precision.of == 0
    assert report.overheard_false_bitcoin.hits == 0


def test_progress_is_told(faq: Faq, tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", {"q": "hi", "topic": "oos-chat"}, {"q": "yo", "topic": "oos-chat"})
    told: list[tuple[int, int]] = []
    evaluate(faq, path, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_a_missing_file_is_said(faq: Faq, tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match=r"nowhere\.jsonl"):
        evaluate(faq, tmp_path / "nowhere.jsonl")


@pytest.mark.parametrize(
    "line",
    ["not json", '["a"]', '{"q": 1, "topic": "halving"}', '{"q": "a"}', '{"q": "a", "topic": "b", "accept": "c"}'],
)
def test_a_broken_line_is_named_by_its_number(faq: Faq, tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "q.jsonl", {"q": "hi", "topic": "oos-chat"}, line)
    with pytest.raises(QuestionsError, match=r"q\.jsonl:2"):
        evaluate(faq, path)


def test_an_empty_file_is_refused(faq: Faq, tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="no question"):
        evaluate(faq, write(tmp_path / "q.jsonl", ""))


def test_every_long_word_slips_once_and_short_ones_never() -> None:
    slipped = with_typos("is my hardware wallet safe?", chance=random.Random(1)).split()
    assert slipped[:2] == ["is", "my"]
    assert slipped[2] != "hardware"
    assert slipped[3] != "wallet"
    assert slipped[4] == "safe?"


def test_slips_are_the_same_every_time() -> None:
    assert with_typos("somebody emptied my wallet", chance=random.Random(7)) == with_typos(
        "somebody emptied my wallet", chance=random.Random(7)
    )
