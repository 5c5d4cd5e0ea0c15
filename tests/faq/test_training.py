import random
from pathlib import Path

import numpy as np
import pytest

from faq import library
from faq.entry import kinships
from faq.evaluation import Question, read_questions
from faq.features import Reader
from faq.library import comparable
from faq.linear import MEASURES, OFFTOPIC, Calibration, Linear, ModelError
from faq.mixture import Mixture
from faq.spelling import Spelling
from faq.training.calibration import OFF_COUNTS, PRECISION, QUESTIONS, Outcome, calibrated, cross_validated, outcomes
from faq.training.lines import Line, generated_lines, lines_on_others, own_lines, slips
from faq.training.student import Effort, fit, packed, rarities, sparse, untrained

UNTOLD = Calibration(weights=(0.0,) * MEASURES, bias=0.0, answer=0.6, suggest=0.3, off_topic=0.05)
TEXTS = {
    "seed": ["where do I write my seed words", "seed phrase backup on paper", "is my seed phrase safe in a photo"],
    "fees": ["why are fees so high", "how much is the network fee", "fees to send a payment"],
    f"{OFFTOPIC}chat": ["good morning everybody", "what is for lunch", "my cat is asleep"],
}


def learned(*, seed: int = 1) -> tuple[Linear, Reader]:
    reader = Reader(kinds={}, synonyms={})
    lines = [(text, topic) for topic, texts in TEXTS.items() for text in texts]
    features = [reader.features(reader.words(text)) for text, _ in lines]
    classes = tuple(TEXTS)
    model = untrained(rarities(features, []), classes=classes)
    targets = np.eye(len(classes), dtype=np.float32)[[classes.index(topic) for _, topic in lines]]
    effort = Effort(rounds=60)
    weights, bias = fit(sparse(model, features), targets, size=len(model.features), effort=effort, seed=seed)
    return packed(model, weights, bias).calibrated(UNTOLD), reader


def best(model: Linear, reader: Reader, text: str) -> str:
    masses = model.masses(model.evidence(reader.features(reader.words(text))))
    return model.classes[int(masses.argmax())]


def test_a_few_lines_teach_to_tell_topics_apart() -> None:
    model, reader = learned()
    assert best(model, reader, "seed words on paper?") == "seed"
    assert best(model, reader, "a high network fee") == "fees"
    assert best(model, reader, "cat for lunch") == f"{OFFTOPIC}chat"


def test_the_same_lines_teach_the_same() -> None:
    first, reader = learned()
    second, _ = learned()
    evidence = first.evidence(reader.features(reader.words("seed words on paper?")))
    assert np.array_equal(first.masses(evidence), second.masses(evidence))


def test_what_was_learned_survives_the_file(tmp_path: Path) -> None:
    model, reader = learned()
    model.save(tmp_path / "en.npz")
    again = Linear.load("en", data=tmp_path)
    features = reader.features(reader.words("seed words on paper?"))
    assert again.classes == model.classes
    assert again.calibration == UNTOLD
    assert np.allclose(again.masses(again.evidence(features)), model.masses(model.evidence(features)), atol=2e-3)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"xx\.npz.*missing"):
        Linear.load("xx", data=tmp_path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_a_broken_file_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "en.npz").write_bytes(content)
    with pytest.raises(ModelError, match="not readable"):
        Linear.load("en", data=tmp_path)


def test_the_shipped_file_is_small_and_knows_every_entry() -> None:
    model = Linear.load()
    assert set(library.load().entries) <= set(model.classes)
    path = Path(__file__).parents[2] / "faq" / "data" / "en.npz"
    assert path.stat().st_size <= 4_000_000
    assert model.calibration.suggest < model.calibration.answer


def test_own_lines_are_the_corpus_and_nothing_else() -> None:
    content = library.load()
    lines = own_lines(content)
    wordings = sum(1 + len(entry.wordings) for entry in content.entries.values())
    assert len(lines) == wordings + sum(map(len, content.offtopic.values()))
    assert {line.topic for line in lines} == {*content.entries, *(OFFTOPIC + kind for kind in content.offtopic)}


def test_generated_lines_are_new_and_always_the_same() -> None:
    own = tuple(
        Line(text=text, topic=topic, origin=number)
        for number, (topic, text) in enumerate((topic, text) for topic, texts in TEXTS.items() for text in texts)
    )
    neighbours = {"seed": ["recovery"], "fees": ["costs"]}
    first = generated_lines(own, neighbours=neighbours, common=frozenset({"my", "is"}))
    assert first == generated_lines(own, neighbours=neighbours, common=frozenset({"my", "is"}))
    assert not {line.text for line in first} & {line.text for line in own}
    assert any("costs" in line.text for line in first)
    assert all(line.topic == own[line.origin].topic for line in first)


def test_another_coin_stands_for_bitcoin() -> None:
    own = (
        Line(text="is BTC a good investment", topic="safe-investment", origin=0),
        Line(text="bitcoin or another coin", topic="competition", origin=1),
        Line(text="where are my keys", topic="private-key", origin=2),
    )
    assert [line.text for line in lines_on_others(own, names=["dogecoin"])] == ["is dogecoin a good investment"]


def test_what_the_matcher_makes_of_a_question_counts_as_right_if_it_helps() -> None:
    content = library.load()
    mixture = Mixture.of(content, model=Linear.load())
    question = Question(text="what is the bitcoin halving", topic="supply-cap", accepted=frozenset({"halving"}))
    found = outcomes([question], mixture=mixture, kin=kinships(content.entries))
    assert [each.right for each in found] == [True]


def test_the_questions_set_apart_cover_every_entry_and_are_not_learned_from() -> None:
    content = library.load()
    questions = read_questions(QUESTIONS / "questions-en.jsonl")
    assert set(content.entries) <= {question.topic for question in questions}
    learned = {comparable(line.text) for line in own_lines(content)}
    assert [question.text for question in questions if comparable(question.text) in learned] == []


def judged_questions(count: int = 4000) -> list[Outcome]:
    """Questions of which one measure tells how likely the best entry helps; two thirds of the others have no entry."""
    chance = random.Random(3)
    outcomes = []
    for _ in range(count):
        evidence = chance.gauss(0, 2)
        right = chance.random() < 1 / (1 + np.exp(-evidence))
        topic = "a" if right else chance.choice(["a", f"{OFFTOPIC}chat", f"{OFFTOPIC}bitcoin"])
        outcomes.append(Outcome(topic=topic, measured=np.array([evidence, 0.0, 0.0, 0.0, 0.0]), right=right))
    return outcomes


def test_thresholds_hold_the_precision_that_is_wanted() -> None:
    outcomes = judged_questions()
    calibration = calibrated(outcomes)
    answered = [each for each in outcomes if calibration.chance(each.measured) >= calibration.answer]
    assert sum(each.right for each in answered) / len(answered) >= PRECISION - 0.005
    assert len(answered) > 100
    assert calibration.suggest < calibration.answer


def test_a_line_that_no_entry_answers_counts_more() -> None:
    calibration = calibrated(judged_questions())
    wrong = 1 / 3 + OFF_COUNTS * 2 / 3
    assert abs(calibration.chance(np.zeros(MEASURES)) - 1 / (1 + wrong)) < 0.06


def test_what_became_of_a_question_says_nothing_about_its_own_chance() -> None:
    questions = judged_questions(200)
    matrix = np.array([[*each.measured, 1.0] for each in questions])
    right = np.array([each.right for each in questions], np.float64)
    otherwise = right.copy()
    otherwise[7] = 1 - otherwise[7]
    counts = np.ones(len(questions))
    before, after = cross_validated(matrix, right, counts=counts), cross_validated(matrix, otherwise, counts=counts)
    assert before[7] == after[7]
    assert not np.array_equal(before, after)


def test_a_word_with_a_slip_is_learned_as_the_word_that_was_meant() -> None:
    lines = [["which", "wallet"]] * 30 + [["walet", "help"], ["ballet", "tonight"], ["wallets"], ["trezer", "wallet"]]
    found = slips(
        lines, names={"trezer"}, is_english=lambda word: word in {"ballet", "wallets"}, spelling=Spelling(["wallet"])
    )
    assert found == {"walet": "wallet"}
