"""English is told from other languages; English is never refused."""

import json
from pathlib import Path

import pytest

from bot.core.assistant import english_texts
from bot.core.language import English
from faq.matcher import Faq

QUESTIONS = Path(__file__).parents[3] / "shared" / "knowledge" / "questions-dev.jsonl"


@pytest.fixture(scope="module")
def english(faq: Faq) -> English:
    return English(english_texts(faq))


@pytest.mark.parametrize(
    "text",
    [
        "wie kann ich meine Wallet wiederherstellen",
        "je me suis fait voler mes bitcoins",
        "¿es seguro guardar bitcoin en un exchange?",
        "czy bitcoin jest bezpieczny",
        "bitcoin güvenli mi",
        "apa itu bitcoin",
        "как вернуть украденные биткоины",
        "比特币安全吗",
        "هل بيتكوين آمن",
    ],
)
def test_other_languages_are_noticed(english: English, text: str) -> None:
    assert english.is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "hodl ngu kyc",
        "got rekt on binance",
        "lost my ledger",
        "dca 100 usd",
        "wen moon",
        "ELI5 seed",
        "🚀",
        "",
        "123 456",
    ],
)
def test_slang_and_fragments_are_not_called_foreign(english: English, text: str) -> None:
    assert not english.is_foreign(text)


def test_at_most_one_wording_in_a_thousand_is_called_foreign(english: English, faq: Faq) -> None:
    texts = list(english_texts(faq))
    assert sum(english.is_foreign(text) for text in texts) <= len(texts) / 1000


def test_no_real_question_is_called_foreign(english: English) -> None:
    if not QUESTIONS.exists():
        pytest.skip("the development questions are not part of the project")
    questions = [json.loads(line)["q"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert [question for question in questions if english.is_foreign(question)] == []
