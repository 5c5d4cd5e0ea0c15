"""Private chats, as conversations."""

import pytest

from faq.matcher import Faq
from tests.adapters.telegram.conftest import Stage
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_people import Person


@pytest.fixture
def alice(telegram: Stage) -> Person:
    return telegram.server.user("Alice")


@pytest.fixture
def chat(telegram: Stage, alice: Person) -> Chat:
    return telegram.server.private(alice)


async def test_a_question_is_answered_with_title_sources_and_buttons(alice: Person, chat: Chat) -> None:
    await alice.says(chat, "what is the bitcoin halving?")
    answer = await chat.next_message()
    assert answer.marked("bold")[0] == "What is the Bitcoin halving?"
    assert answer.preview == {"is_disabled": True}
    assert answer.reply_to is None
    assert answer.button("Not my question").data.startswith("other halving")


async def test_a_caption_is_a_question_too(alice: Person, chat: Chat) -> None:
    await alice.says(chat, "what is the bitcoin halving?", photo=b"\xff\xd8\xff")
    assert "halving" in (await chat.next_message()).text


async def sends(alice: Person, chat: Chat, thing: str) -> None:
    match thing:
        case "photo":
            await alice.says(chat, photo=b"\xff\xd8\xff")
        case "voice":
            await alice.says(chat, voice=b"OggS")
        case "sticker":
            await alice.says(chat, sticker=b"RIFF")
        case _:
            await alice.says(chat, document=("a.pdf", b"%PDF"))


@pytest.mark.parametrize("thing", ["photo", "voice", "sticker", "document"])
async def test_what_has_no_words_is_asked_about_once_in_two_minutes(
    telegram: Stage, alice: Person, chat: Chat, thing: str
) -> None:
    await sends(alice, chat, thing)
    answer = await chat.next_message()
    assert answer.text == "I can only read text. What does it say or ask you to do?"
    assert [button.data for button in answer.buttons][:3] == [
        "show stolen-coins",
        "show fake-support",
        "show lost-access",
    ]
    await sends(alice, chat, thing)
    assert await chat.said_before_answering(await alice.says(chat, "hi"), is_answer=lambda m: "Hello" in m.text) == []
    telegram.clock.forward(121)
    await sends(alice, chat, thing)
    assert "only read text" in (await chat.next_message()).text


async def test_an_edited_question_edits_the_answer(telegram: Stage, alice: Person, chat: Chat) -> None:
    question = await alice.says(chat, "what is the bitcoin halving?")
    answer = await chat.next_message()
    telegram.clock.forward(15 * 60 - 1)
    await alice.edits(question, "/show seed-phrase")
    assert await chat.next_edit() is answer
    assert "seed" in answer.text
    await alice.edits(question, "/show seed-phrase")
    await telegram.handled()
    assert len(answer.versions) == 2
    assert chat.unread() == ()


async def test_a_question_that_is_edited_after_a_quarter_of_an_hour_leaves_the_answer_as_it_is(
    telegram: Stage, alice: Person, chat: Chat
) -> None:
    question = await alice.says(chat, "what is the bitcoin halving?")
    answer = await chat.next_message()
    telegram.clock.forward(15 * 60 + 1)
    await alice.edits(question, "/show seed-phrase")
    await telegram.handled()
    assert len(answer.versions) == 1
    assert chat.unread() == ()


async def test_start_offers_topics_and_to_be_added_to_a_group(alice: Person, chat: Chat) -> None:
    await alice.says(chat, "/start")
    hello = await chat.next_message()
    assert "I answer questions" in hello.text
    assert hello.button("Add me to a group").url == "https://t.me/safety_bot?startgroup=new"
    await alice.presses(hello, "Is Bitcoin safe?")
    assert (await chat.next_edit()).text.startswith("Is Bitcoin safe?")


async def test_a_deep_link_opens_its_topic(alice: Person, chat: Chat) -> None:
    await alice.follows("https://t.me/safety_bot?start=show_exchange-risk")
    assert (await chat.next_message()).button("Not my question").data.startswith("other exchange-risk")


@pytest.mark.parametrize(
    "payload", ["nonsense", "h" + "A" * 16, "g-100", "g-100_show_exchange-risk", "settings_speak_never"]
)
async def test_a_link_that_leads_nowhere_does_no_harm(telegram: Stage, alice: Person, chat: Chat, payload: str) -> None:
    await alice.follows(f"https://t.me/safety_bot?start={payload}")
    assert (await chat.next_message()).text
    await telegram.handled()
    assert telegram.events("failed") == 0


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/help", "Ask in your own words, or use a command"),
        ("/topics", "What would you like to read about?"),
        ("/about", "curated texts"),
        ("/privacy", "What I store"),
        ("/forget me", "cannot be undone"),
        ("/ask what is the bitcoin halving", "What is the Bitcoin halving?"),
        ("/ask", "What would you like to know?"),
        ("/show halving", "What is the Bitcoin halving?"),
        ("/show zzzzqq", "I have no topic called"),
        ("/nonsense", "I do not know the command"),
        ("/what's the halving?", "What is the Bitcoin halving?"),
        ("/bitcoin-halving", "What is the Bitcoin halving?"),
        ("/", "What would you like to know?"),
        ("/SHOW halving", "What is the Bitcoin halving?"),
        ("/show@safety_bot halving", "What is the Bitcoin halving?"),
    ],
)
async def test_commands(alice: Person, chat: Chat, command: str, words: str) -> None:
    await alice.says(chat, command)
    assert words in (await chat.next_message()).text


async def test_topics_are_walked_through_in_one_message(alice: Person, chat: Chat) -> None:
    await alice.says(chat, "/topics")
    topics = await chat.next_message()
    await alice.presses(topics, topics.buttons[0].text)
    assert await chat.next_edit() is topics
    await alice.presses(topics, topics.buttons[0].text)
    assert await chat.next_edit() is topics
    topics.button("Not my question")


async def test_forgetting_asks_first(alice: Person, chat: Chat) -> None:
    await alice.says(chat, "/forget me")
    sure = await chat.next_message()
    assert "cannot be undone" in sure.text
    await alice.presses(sure, "Forget me")
    assert "Forgotten" in (await chat.next_edit()).text


async def test_what_a_person_wrote_never_becomes_markup(alice: Person, chat: Chat) -> None:
    await alice.says(chat, "/show <b>*x*</b>_[a](https://evil.example)")
    answer = await chat.next_message()
    assert "<b>*x*</b>_[a](https://evil.exam" in answer.text
    assert answer.links == {}


async def test_every_topic_is_shown_whole(telegram: Stage, faq: Faq, alice: Person, chat: Chat) -> None:
    topics = list(faq.entries)
    for topic in topics:
        telegram.clock.forward(4)
        await alice.says(chat, f"/show {topic}")
        (await chat.next_message()).button("Not my question")
    await telegram.handled()
    assert telegram.count("replies_total", fate="done") == len(topics)


@pytest.mark.parametrize("before", ["my words:", "/start", "/recover"])
async def test_a_secret_is_warned_about_and_not_repeated(alice: Person, chat: Chat, before: str) -> None:
    await alice.says(chat, f"{before} legal winner thank year wave sausage worth useful legal winner thank yellow")
    warning = await chat.next_message()
    assert "Treat it as stolen" in warning.text
    assert "sausage" not in warning.text
    assert warning.reply_to is None


async def test_who_asks_too_much_is_told_once_and_then_left_alone(telegram: Stage, alice: Person, chat: Chat) -> None:
    for _ in range(23):
        await alice.says(chat, "hi")
        await telegram.handled()
    said = [message.text for message in chat.unread()]
    assert len(said) == 21
    assert "more than I can answer in a minute" in said[-1]
