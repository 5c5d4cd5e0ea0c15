"""Groups, as conversations: the bot speaks when asked, and to the one who asked."""

import pytest

from bot.adapters.telegram.adapter import Options
from bot.core.assistant import Assistant
from faq.matcher import Faq
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TelegramServer

HALVING = "what is the bitcoin halving?"


@pytest.fixture
def alice(telegram: Stage) -> Person:
    return telegram.server.user("Alice")


@pytest.fixture
def bob(telegram: Stage) -> Person:
    return telegram.server.user("Bob")


@pytest.fixture
def group(telegram: Stage, alice: Person, bob: Person) -> Chat:
    return telegram.server.group("Beginners", members=[alice, bob])


async def silence(group: Chat, alice: Person) -> None:
    """Assert that nothing was said before the answer to a question that is surely answered."""
    assert await group.said_before_answering(await alice.says(group, "/ask@safety_bot hi")) == []


async def test_a_mention_is_answered_as_a_reply(alice: Person, group: Chat) -> None:
    question = await alice.says(group, f"@Safety_Bot {HALVING}", heard=True)
    answer = await group.next_message()
    assert answer.reply_to is question
    assert answer.text.startswith("What is the Bitcoin halving?")


async def test_a_reply_to_the_bot_is_answered(alice: Person, group: Chat) -> None:
    await alice.says(group, "/ask hi")
    hello = await group.next_message()
    question = await alice.says(group, HALVING, reply_to=hello)
    assert (await group.next_message()).reply_to is question


@pytest.mark.parametrize(
    "command",
    [
        f"/ask {HALVING}",
        "/show halving",
        "/topics",
        "/price",
        "/convert 1 btc",
        "/chart",
        "/help@safety_bot",
        "/about@Safety_bot",
    ],
)
async def test_commands_that_are_obeyed(alice: Person, group: Chat, command: str) -> None:
    question = await alice.says(group, command, heard=True)
    assert (await group.next_message()).reply_to is question


@pytest.mark.parametrize(
    "said", ["/help", "/about", "/nonsense", "/ask@other_bot hi", "/start@safety_bot new", "/", "//"]
)
async def test_what_may_be_meant_for_another_bot_is_left_alone(alice: Person, group: Chat, said: str) -> None:
    await alice.says(group, said, heard=True)
    await silence(group, alice)


async def test_other_commands_are_obeyed_as_a_reply_to_the_bot(alice: Person, group: Chat) -> None:
    await alice.says(group, "/ask hi")
    question = await alice.says(group, "/help", reply_to=await group.next_message())
    assert (await group.next_message()).reply_to is question


async def test_ask_as_a_reply_answers_the_message_replied_to(alice: Person, bob: Person, group: Chat) -> None:
    question = await bob.says(group, HALVING)
    await alice.says(group, "/ask", reply_to=question)
    answer = await group.next_message()
    assert answer.reply_to is question
    assert answer.text.startswith("What is the Bitcoin halving?")


async def test_show_as_a_reply_answers_the_message_replied_to(alice: Person, bob: Person, group: Chat) -> None:
    question = await bob.says(group, "can I trust this link?")
    await alice.says(group, "/show phishing", reply_to=question)
    assert (await group.next_message()).reply_to is question


@pytest.mark.parametrize("command", [f"/ask {HALVING}", "/topics", "/help@safety_bot"])
async def test_what_somebody_asks_for_themselves_is_answered_to_them(
    alice: Person, bob: Person, group: Chat, command: str
) -> None:
    greeting = await bob.says(group, "good morning all")
    asked = await alice.says(group, command, reply_to=greeting)
    assert (await group.next_message()).reply_to is asked


async def test_overheard_talk_is_not_answered(alice: Person, group: Chat) -> None:
    await alice.says(group, HALVING, heard=True)
    await silence(group, alice)


async def test_it_never_answers_bots_channels_service_messages_or_what_it_wrote_itself(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    other = telegram.server.other_bot("Other")
    await other.says(group, f"/ask {HALVING}", heard=True)
    await other.says(group, f"@safety_bot {HALVING}", heard=True)
    channel = telegram.server.channel("News")
    group.linked = channel
    await alice.posts(channel, f"@safety_bot {HALVING}", heard=True)
    await alice.renames(group, "Newcomers")
    await telegram.server.user("Carol").joins(group)
    query = await alice.asks_inline("halving")
    await query.answered()
    await alice.chooses(query, 0, chat=group)
    await silence(group, alice)


async def test_what_was_said_long_before_it_came_back_is_left_alone(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    await alice.says(group, f"/ask {HALVING}", age_s=301)
    await silence(group, alice)
    assert telegram.events("stale") == 1


async def test_in_a_forum_it_answers_in_the_topic(telegram: Stage, alice: Person) -> None:
    forum = telegram.server.group("Forum", members=[alice], forum=True)
    topic = await alice.opens_topic(forum, "Safety")
    question = await alice.says(forum, f"/ask {HALVING}", topic=topic)
    answer = await forum.next_message()
    assert (answer.reply_to, answer.thread) == (question, topic.thread)


async def test_if_the_topic_is_gone_the_answer_goes_to_the_group(telegram: Stage, alice: Person) -> None:
    forum = telegram.server.group("Forum", members=[alice], forum=True)
    topic = await alice.opens_topic(forum, "Safety")
    with telegram.server.held():
        await alice.says(forum, f"/ask {HALVING}", topic=topic)
        await alice.deletes_topic(topic)
    assert (await forum.next_message()).thread is None


async def test_a_deleted_question_is_answered_without_a_quote(telegram: Stage, alice: Person, group: Chat) -> None:
    with telegram.server.held():
        await alice.deletes(await alice.says(group, f"/ask {HALVING}"))
    assert (await group.next_message()).reply_to is None


async def test_topics_and_related_questions_lead_to_the_private_chat(alice: Person, group: Chat) -> None:
    await alice.says(group, "/show halving")
    answer = await group.next_message()
    links = [button.url for button in answer.buttons if button.url]
    assert len(links) == 2
    assert all(url.startswith(f"https://t.me/safety_bot?start=g{group.id}_show_") for url in links)
    await alice.says(group, "/topics")
    topics = await group.next_message()
    assert all(button.url for button in topics.buttons)
    await alice.follows(topics.buttons[0].url)


async def test_what_is_for_one_person_leads_to_the_private_chat_and_the_line_goes(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    question = await alice.says(group, "/privacy@safety_bot")
    line = await group.next_message()
    assert line.reply_to is question
    assert line.silent
    assert "What I store" not in line.text
    await alice.follows(line.buttons[0].url)
    assert "What I store" in (await telegram.server.private(alice).next_message()).text
    await telegram.clock.slept(30)
    telegram.clock.forward(30)
    await telegram.server.until(lambda: line.deleted)


async def test_a_refusal_is_for_one_person_too(telegram: Stage, alice: Person, bob: Person, group: Chat) -> None:
    await alice.says(group, "/pin@safety_bot halving")
    line = await group.next_message()
    assert "moderators" not in line.text
    await bob.follows(line.buttons[0].url)
    assert "too old" in (await telegram.server.private(bob).next_message()).text
    await alice.follows(line.buttons[0].url)
    assert "Only this group's moderators" in (await telegram.server.private(alice).next_message()).text


async def test_lines_to_the_private_chat_do_not_fill_the_group(telegram: Stage, alice: Person, group: Chat) -> None:
    for _ in range(6):
        await alice.says(group, "/privacy@safety_bot")
    await telegram.handled()
    assert len(group.unread()) == 3


async def test_an_overheard_question_that_cannot_be_looked_up_is_met_with_silence(
    telegram: Stage, alice: Person, group: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    group.promote(alice.account, "can_change_info")
    await alice.promotes_bot(group)
    home = telegram.server.private(alice)
    await alice.follows(f"https://t.me/safety_bot?start=g{group.id}_settings")
    await home.next_message()
    await alice.says(home, "/settings speak sure")
    assert "Done." in (await home.next_message()).text

    def defective(_: Faq, text: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(Faq, "search", defective)
    await alice.says(group, HALVING)
    await telegram.handled()
    assert group.unread() == ()


async def test_a_question_that_is_edited_late_keeps_its_answer(alice: Person, telegram: Stage, group: Chat) -> None:
    question = await alice.says(group, f"/ask {HALVING}")
    answer = await group.next_message()
    telegram.clock.forward(16 * 60)
    await alice.edits(question, "/ask hi")
    await silence(group, alice)
    assert answer.versions == answer.versions[:1]


async def test_an_edit_does_nothing_again_that_nobody_sees(telegram: Stage, alice: Person, group: Chat) -> None:
    group.promote(alice.account, "can_pin_messages")
    group.promote(telegram.server.bot, "can_pin_messages")
    for topic in ("halving", "phishing", "exchange-risk"):
        await alice.says(group, f"/pin@safety_bot {topic}")
    for command in ("/unpin@safety_bot 1", "/privacy@safety_bot"):
        said = await alice.says(group, command)
        await telegram.handled()
        pins, lines = len(group.pinned), len(group.unread())
        await alice.edits(said, command)
        await telegram.handled()
        assert (len(group.pinned), len(group.unread())) == (pins, lines)
    assert len(group.pinned) == 2


async def test_when_added_it_says_hello_once_silently_with_what_is_off(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("New", owner=alice, with_bot=False)
    await alice.adds_bot(group)
    hello = await group.next_message()
    assert hello.silent
    assert "only when asked" in hello.text
    assert "privacy mode is on" in hello.text
    assert hello.button("Settings").url == f"https://t.me/safety_bot?start=g{group.id}_settings"
    await telegram.handled()
    assert group.unread() == ()
    await alice.follows(hello.button("Settings").url)
    assert "How I behave" in (await telegram.server.private(alice).next_message()).text


async def test_added_as_an_administrator_it_hears_everything_and_says_nothing_of_mentions(
    telegram: Stage, alice: Person
) -> None:
    group = telegram.server.group("New", owner=alice, with_bot=False)
    await alice.adds_bot(group, "can_manage_chat")
    assert "privacy mode" not in (await group.next_message()).text


async def test_when_removed_it_writes_no_more_and_comes_back_as_it_was(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("Group", owner=alice)
    await alice.removes_bot(group)
    await telegram.handled()
    assert group.unread() == ()
    await alice.adds_bot(group)
    assert "only when asked" in (await group.next_message()).text


async def test_a_group_that_becomes_a_supergroup_keeps_its_settings(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("Small", owner=alice, kind="group")
    await set_never(telegram, alice, group)
    supergroup = await alice.upgrades(group)
    await telegram.handled()
    await alice.says(supergroup, f"@safety_bot {HALVING}", heard=True)
    await silence(supergroup, alice)


async def test_an_answer_on_its_way_follows_the_group_to_its_new_id(telegram: Stage, alice: Person) -> None:
    group = telegram.server.group("Small", owner=alice, kind="group")
    with telegram.server.held(order="reversed"):
        await alice.says(group, f"/ask {HALVING}")
        supergroup = await alice.upgrades(group)
    assert (await supergroup.next_message()).text.startswith("What is the Bitcoin halving?")


async def set_never(telegram: Stage, owner: Person, group: Chat) -> None:
    """Let the bot speak on commands only, set by the group's owner through the private chat."""
    await owner.follows(f"https://t.me/safety_bot?start=g{group.id}_settings")
    await telegram.server.private(owner).next_message()
    await owner.says(telegram.server.private(owner), "/settings speak never")
    assert "never" in (await telegram.server.private(owner).next_message()).text


async def test_somebody_who_speaks_as_a_channel_is_answered_but_moderates_nothing(
    telegram: Stage, alice: Person, group: Chat
) -> None:
    channel = telegram.server.channel("Alice's channel")
    await alice.says(group, f"/ask {HALVING}", as_channel=channel)
    assert "halving" in (await group.next_message()).text
    await alice.says(group, "/pin@safety_bot halving", as_channel=channel)
    await group.next_message()
    await telegram.handled()
    assert group.pinned == []


async def test_it_works_only_in_the_groups_that_the_operator_allows(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    alice = server.user("Alice")
    allowed, other = server.group("Allowed", members=[alice]), server.group("Other", members=[alice])
    stranger = server.group("Stranger", owner=alice, with_bot=False)
    options = Options(api_url=server.url, groups=frozenset({str(allowed.id)}))
    async with connected(server, assistant, clock, options) as stage:
        await alice.says(other, f"/ask {HALVING}")
        await alice.adds_bot(stranger)
        await alice.says(allowed, f"/ask {HALVING}")
        await allowed.next_message()
        await stage.handled()
        assert other.unread() == stranger.unread() == ()
        assert not stranger.member(server.bot).present
        await alice.says(server.private(alice), "hi")
        await server.private(alice).next_message()
