"""Which plain questions a price command answers, and which belong to the curated answers."""

import pytest

from bot.core.price_questions import PriceQuestion, price_question
from faq.library import load

SERVED = {"USD", "EUR", "GBP", "CHF", "JPY", "INR", "TRY", "ALL", "TOP"}


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("btc price?", ""),
        ("price", ""),
        ("Price in EUR", "EUR"),
        ("what's the bitcoin price", ""),
        ("What is bitcoin worth right now?", ""),
        ("how much is bitcoin", ""),
        ("how much is a bitcoin in euros?", "EUR"),
        ("how much does bitcoin cost", ""),
        ("what does a bitcoin cost in yen", "JPY"),
        ("current price of ₿ in £", "GBP"),
        ("bitcoin rate today in rupees", "INR"),
        ("btc/eur", "EUR"),
        ("bitcoin to euro", "EUR"),
        ("BTC PRICE IN CHF PLEASE", "CHF"),
        ("what is the price of 1 btc in us dollars", "USD"),
        ("how much is one bitcoin in swiss francs", "CHF"),
        ("is bitcoin at 100k usd", "USD"),
    ],
)
def test_question_about_the_price(text: str, argument: str) -> None:
    assert price_question(text, currencies=SERVED) == PriceQuestion(command="price", argument=argument)


@pytest.mark.parametrize(
    "text",
    [
        "how much is 50 usd in sats",
        "How many sats is $20?",
        "how many sats can i buy for 50 usd",
        "sats per dollar",
        "usd to sats",
        "0,1btc in €",
        "$50 in btc",
        "what is 0.5 btc worth",
        "how much is 0.5 btc",
        "how much is 1.000 usd in btc",
        "convert 0.1 btc eur",
        "how much of a bitcoin is 1000 sats?",
        "price of 50000 sats",
        "how much is 1 usd in btc",
        "how much is $1 in btc",
        "how much is a dollar in bitcoin",
        "what is 1 eur worth in btc",
        "what is the value of one euro in bitcoin",
        "how much is 999999999999999999999 btc in usd",
    ],
)
def test_question_about_an_amount(text: str) -> None:
    assert price_question(text, currencies=SERVED) == PriceQuestion(command="convert", argument=text)


@pytest.mark.parametrize(
    ("text", "argument"),
    [("btc chart", ""), ("show me the bitcoin chart 7d in eur", "7d EUR"), ("bitcoin price chart 1y", "1y")],
)
def test_question_for_a_chart(text: str, argument: str) -> None:
    assert price_question(text, currencies=SERVED) == PriceQuestion(command="chart", argument=argument)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "???",
        "hello",
        "btc",
        "what is bitcoin",
        "bitcoin value",
        "is bitcoin worth it",
        "what gives bitcoin value",
        "why is the bitcoin price so high",
        "what is the official bitcoin price",
        "how is the value of bitcoin determined",
        "price of gold",
        "what is the price of ethereum",
        "how much bitcoin is there",
        "how many bitcoin are there",
        "how much bitcoin should i buy",
        "can i buy $10 worth of bitcoin?",
        "how do i buy bitcoin for 100 usd",
        "btc versus dollar",
        "usd to eur",
        "btc at 50 usd",
        "50 usd eur",
        "$50",
        "1 btc",
        "try all top",
        "price " * 100,
    ],
)
def test_anything_else_is_left_to_the_answers(text: str) -> None:
    assert price_question(text, currencies=SERVED) is None


def test_wordings_of_curated_answers_are_left_to_them_unless_they_ask_for_a_price() -> None:
    taken = {
        topic
        for topic, entry in load().entries.items()
        for text in (entry.question, *entry.wordings)
        if price_question(text, currencies=SERVED)
    }
    # "bitcoin price now", "how many sats in one bitcoin", "btc to euro".
    assert taken <= {"price-drivers", "what-is-bitcoin", "selling-safely"}
