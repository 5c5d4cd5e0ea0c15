"""Answers, suggestions, honest misses and silence."""

import pytest

from bot.core.shelf import Shelf
from bot.messages import Quoted
from bot.richtext import text_of
from faq.matcher import Faq
from tests.conftest import Ask, Person, button, labels
from tests.fakes import FakeClock


async def test_a_known_question_gets_its_answer_with_title_sources_and_buttons(alice: Person) -> None:
    reply = await alice.says("What is a seed phrase and how do I keep it safe?")
    assert reply
    assert reply.topic == "seed-phrase"
    assert "seed phrase" in reply.title
    assert "Sources: " in text_of(reply.text)
    assert labels(reply)[-1] == "Not my question"
    assert len(labels(reply)) <= 3


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What makes Bitcoin different from traditional currencies?", "vs-traditional-money"),
        ("How do Bitcoin transactions work?", "how-transactions-work"),
        ("Is Bitcoin accepted by major retailers and businesses?", "merchant-acceptance"),
        ("How can I safely store my Bitcoin holdings?", "safe-storage"),
        ("What is the environmental impact of Bitcoin mining?", "environmental-impact"),
        ("How is the value of Bitcoin determined?", "price-drivers"),
        ("Can I mine Bitcoin at home?", "home-mining"),
        ("What happens when all 21 million Bitcoins are mined?", "after-21-million"),
    ],
)
async def test_the_eight_questions_of_the_article_are_answered(alice: Person, question: str, topic: str) -> None:
    reply = await alice.says(question)
    assert reply
    assert reply.topic == topic


async def test_somebody_in_despair_is_led_to_people_and_not_to_investments(alice: Person) -> None:
    reply = await alice.says("i want to kill myself i lost all my savings in bitcoin")
    assert reply
    assert "emergency number" in text_of(reply.text)
    assert not reply.topic


async def test_not_my_question_shows_the_next_entries(alice: Person) -> None:
    first = await alice.says("is it safe to leave my coins on an exchange")
    reply = await alice.presses(button(first, "Not my question"))
    assert reply
    assert text_of(reply.text) == "Is it one of these, then?"
    assert 2 <= len(labels(reply)) <= 4
    assert first
    assert first.title not in labels(reply)


async def test_codes_of_entries_differ_so_that_a_button_names_one(faq: Faq) -> None:
    assert len({card.code for card in Shelf.of(faq).cards.values()}) == len(faq.entries)


async def test_a_button_from_a_lost_corpus_leads_to_the_topics(alice: Person) -> None:
    reply = await alice.does("other", "gone-entry zzzz")
    assert labels(reply) == ["Topics"]


async def test_a_topic_is_shown_by_its_id_and_by_its_name(ask: Ask) -> None:
    assert (await ask("/show halving")) == (await ask("/show what is the bitcoin halving"))


async def test_an_unknown_topic_is_refused_with_a_way_out(alice: Person) -> None:
    reply = await alice.says("/show xyzzy")
    assert reply
    assert reply.private
    assert "“xyzzy”" in text_of(reply.text)


async def test_a_miss_is_honest_and_says_what_to_do_if_money_is_at_stake(alice: Person) -> None:
    reply = await alice.says("which onion soup recipe needs the longest cooking")
    assert reply
    assert "send nothing more" in text_of(reply.text)
    assert labels(reply) == [
        "I was scammed or hacked",
        "Someone contacted me or wants payment",
        "I can't get at my coins",
        "Topics",
    ]


async def test_the_long_miss_comes_once_in_two_minutes_a_chat(ask: Ask, clock: FakeClock) -> None:
    first = await ask("which onion soup recipe needs the longest cooking")
    second = await ask("which tractor has the widest tyres")
    clock.forward(121)
    third = await ask("which tractor has the widest tyres")
    assert first == third
    assert len(second) < len(first)


@pytest.mark.parametrize(
    "text", ["hello", "Hi!", "heyyy", "Thanks!!", "who are you?", "Are you a bot", "are u a bot?", "good night"]
)
async def test_small_talk_is_met_without_the_matcher(alice: Person, text: str) -> None:
    reply = await alice.says(text)
    assert reply
    assert not reply.topic
    assert labels(reply) == ["Topics"]


@pytest.mark.parametrize(
    "text",
    ["¿es seguro comprar bitcoin sin que me roben?", "ist das eigentlich sicher", "это безопасно?", "比特币安全吗"],
)
async def test_other_languages_are_told_that_only_english_is_understood(ask: Ask, text: str) -> None:
    assert "I only understand English so far." in await ask(text)


@pytest.mark.parametrize(
    "text",
    [
        "🚀🚀🚀",
        "\x00\x01\x02",
        "a" * 10_000,
        "₿" * 50,
        "�",
        "\u200b\u200b",
        "is " * 3000,
        "{question} {0}",
        "**[x](y)**",
    ],
)
async def test_odd_input_gets_a_reply_and_never_an_error(alice: Person, text: str) -> None:
    reply = await alice.says(text)
    assert reply
    assert "went wrong" not in text_of(reply.text)


async def test_lookalike_letters_are_read_as_what_they_look_like(alice: Person) -> None:
    reply = await alice.says("Whаt is thе Вitсoin hаlving?")
    assert reply
    assert reply.topic == "halving"


async def test_an_empty_question_asks_for_one(ask: Ask) -> None:
    assert "What would you like to know?" in await ask("   ")


async def test_ask_without_text_answers_the_message_replied_to(member: Person) -> None:
    quoted = Quoted(id="7", author="carol", text="What is the Bitcoin halving?")
    reply = await member.says("/ask", quoted=quoted)
    assert reply
    assert reply.topic == "halving"


async def test_in_a_group_an_answer_on_loss_warns_of_strangers(alice: Person, member: Person) -> None:
    question = "My Bitcoin was stolen. What can I do?"
    private, public = await alice.says(question), await member.says(question)
    assert private
    assert public
    assert "strangers may now write" in text_of(public.text)
    assert "strangers may now write" not in text_of(private.text)


async def test_an_answer_on_investing_says_that_it_is_no_advice(ask: Ask) -> None:
    assert "not financial advice" in await ask("/show safe-investment")


async def test_overheard_chat_and_plausible_questions_are_met_with_silence(member: Person) -> None:
    for text in ("hello", "did you see the match", "what about the thing with coins", "/nonsense is a word"):
        assert await member.does("ask", text, addressed=False) is None
