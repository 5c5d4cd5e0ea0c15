"""The played Telegram refuses what Telegram refuses, in its words."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken

from tests.platforms.telegram_bots import connected
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.telegram_spec import Specification

Attempt = Callable[[Bot, Chat], Awaitable[object]]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(specification=Specification.if_present()) as started:
        yield started


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    async with connected(server) as calling:
        yield calling


@pytest.fixture
def alice(server: TelegramServer) -> Person:
    return server.user("Alice")


@pytest.fixture
def chat(server: TelegramServer, alice: Person) -> Chat:
    return server.private(alice)


def buttons(*rows: int, data: str = "x", url: str | None = None) -> InlineKeyboardMarkup:
    """Return a keyboard with that many buttons in each row."""
    one = InlineKeyboardButton("b", url=url) if url is not None else InlineKeyboardButton("b", callback_data=data)
    return InlineKeyboardMarkup([[one] * count for count in rows])


def bold(offset: int, length: int) -> list[MessageEntity]:
    return [MessageEntity(MessageEntity.BOLD, offset, length)]


REFUSED: dict[str, tuple[Attempt, str]] = {
    "a text of 4097 units": (lambda bot, chat: bot.send_message(chat.id, "x" * 4097), "message is too long"),
    "a text of 2049 emoji": (lambda bot, chat: bot.send_message(chat.id, "😀" * 2049), "message is too long"),
    "a caption of 1025 units": (
        lambda bot, chat: bot.send_document(chat.id, b"x", caption="x" * 1025),
        "message caption is too long",
    ),
    "no text": (lambda bot, chat: bot.send_message(chat.id, ""), "message text is empty"),
    "a blank text": (lambda bot, chat: bot.send_message(chat.id, " \n "), "text must be non-empty"),
    "an entity past the end": (
        lambda bot, chat: bot.send_message(chat.id, "abc", entities=bold(1, 3)),
        "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 4",
    ),
    "an entity that cuts an emoji": (
        lambda bot, chat: bot.send_message(chat.id, "😀b", entities=bold(1, 2)),
        "entity begins in a middle of a UTF-16 symbol",
    ),
    "a broken tag": (
        lambda bot, chat: bot.send_message(chat.id, "<b><i>x</b>", parse_mode="HTML"),
        'expected "</i>", found "</b>"',
    ),
    "an unknown tag": (
        lambda bot, chat: bot.send_message(chat.id, "<h1>x</h1>", parse_mode="HTML"),
        'Unsupported start tag "h1"',
    ),
    "65 bytes of button data": (
        lambda bot, chat: bot.send_message(chat.id, "x", reply_markup=buttons(1, data="é" * 32 + "x")),
        "BUTTON_DATA_INVALID",
    ),
    "nine buttons in a row": (
        lambda bot, chat: bot.send_message(chat.id, "x", reply_markup=buttons(9)),
        "reply markup is too long",
    ),
    "101 buttons": (
        lambda bot, chat: bot.send_message(chat.id, "x", reply_markup=buttons(*[1] * 101)),
        "reply markup is too long",
    ),
    "a button that leads to no host": (
        lambda bot, chat: bot.send_message(chat.id, "x", reply_markup=buttons(1, url="http://localhost/a")),
        "inline keyboard button URL 'http://localhost/a' is invalid: Wrong HTTP URL",
    ),
    "a button that runs a script": (
        lambda bot, chat: bot.send_message(chat.id, "x", reply_markup=buttons(1, url="javascript://a.b")),
        "Unsupported URL protocol",
    ),
    "a reply to nothing": (
        lambda bot, chat: bot.send_message(chat.id, "x", reply_parameters=ReplyParameters(999)),
        "message to be replied not found",
    ),
    "an unknown chat": (lambda bot, chat: bot.send_message(4, "x"), "chat not found"),
    "an unknown topic": (
        lambda bot, chat: bot.send_message(chat.id, "x", message_thread_id=5),
        "message thread not found",
    ),
    "an edit of nothing": (lambda bot, chat: bot.edit_message_text("x", chat.id, 999), "message to edit not found"),
    "a deletion of nothing": (lambda bot, chat: bot.delete_message(chat.id, 999), "message to delete not found"),
    "a pin of nothing": (lambda bot, chat: bot.pin_chat_message(chat.id, 999), "message to pin not found"),
    "an answer to no press": (lambda bot, chat: bot.answer_callback_query("1"), "query is too old"),
    "a photo that is none": (lambda bot, chat: bot.send_photo(chat.id, b"text"), "IMAGE_PROCESS_FAILED"),
    "an empty file": (lambda bot, chat: bot.send_document(chat.id, b""), "file must be non-empty"),
    "a menu with capitals": (lambda bot, chat: bot.set_my_commands([("Ask", "x")]), "BOT_COMMAND_INVALID"),
    "an unknown language": (lambda bot, chat: bot.set_my_description("x", "deu"), "LANG_CODE_INVALID"),
    "an unknown file": (lambda bot, chat: bot.get_file("AgAC"), "invalid file_id"),
    "an unknown user": (lambda bot, chat: bot.get_chat_member(chat.id, 5), "invalid user_id specified"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_is_refused(name: str, server: TelegramServer, bot: Bot, chat: Chat) -> None:
    attempt, sentence = REFUSED[name]
    with pytest.raises(BadRequest) as raised:
        await attempt(bot, chat)
    assert sentence.casefold() in raised.value.message.casefold()
    assert chat.unread() == ()
    assert server.violations == []


async def test_what_just_fits_is_sent(bot: Bot, chat: Chat) -> None:
    await bot.send_message(chat.id, "😀" * 2048, reply_markup=buttons(*[8] * 12, 4, data="é" * 32))
    await bot.send_message(chat.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    await bot.send_document(chat.id, b"x", caption="x" * 1024)
    first, second, _ = await chat.next_messages(3)
    assert len(first.buttons) == 100
    assert second.marked("bold") == ["x" * 4096]


async def test_a_link_to_nowhere_becomes_plain_text(bot: Bot, chat: Chat) -> None:
    entity = MessageEntity(MessageEntity.TEXT_LINK, 0, 4, url="javascript:alert(1)")
    await bot.send_message(chat.id, "here", entities=[entity])
    assert (await chat.next_message()).links == {}


async def test_text_is_trimmed_and_its_entities_move_along(bot: Bot, chat: Chat) -> None:
    await bot.send_message(chat.id, "  😀 bold  ", entities=bold(5, 6))
    sent = await chat.next_message()
    assert (sent.text, sent.marked("bold")) == ("😀 bold", ["bold"])


async def test_an_edit_must_change_something(bot: Bot, chat: Chat) -> None:
    sent = await bot.send_message(chat.id, "same", reply_markup=buttons(1))
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("same", reply_markup=buttons(1))
    await sent.edit_text("same")
    assert (await chat.next_edit()).buttons == []


async def test_only_own_messages_can_be_edited(bot: Bot, alice: Person, chat: Chat) -> None:
    theirs = await alice.says(chat, "hello")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", chat.id, theirs.id)
    photo = await bot.send_photo(chat.id, b"\xff\xd8\xff" + bytes(20))
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", chat.id, photo.message_id)


async def test_a_press_is_answered_once_and_in_time(bot: Bot, alice: Person, chat: Chat) -> None:
    await bot.send_message(chat.id, "x", reply_markup=buttons(1))
    message = await chat.next_message()
    press, late = await alice.presses(message, "b"), await alice.presses(message, "b")
    await bot.answer_callback_query(press.id, "done")
    assert await press.alert() == "done"
    late.expire()
    for query in (press, late):
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
            await bot.answer_callback_query(query.id)
    third = await alice.presses(message, "b")
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(third.id, "x" * 201)


async def test_inline_answers_are_bounded(bot: Bot, alice: Person) -> None:
    async def answer(*ids: str) -> None:
        query = await alice.asks_inline("x")
        content = InputTextMessageContent("x")
        await bot.answer_inline_query(query.id, [InlineQueryResultArticle(name, "t", content) for name in ids])

    with pytest.raises(BadRequest, match="Result_id_duplicate"):
        await answer("1", "1")
    with pytest.raises(BadRequest, match="Result_id_invalid"):
        await answer("x" * 65)
    await answer("1", "2")


async def test_rights_are_missing_until_somebody_grants_them(server: TelegramServer, bot: Bot, alice: Person) -> None:
    owner = server.user("Owner")
    group = server.group("Beginners", members=[alice], owner=owner)
    theirs = await alice.says(group, "my seed phrase is")
    own = await bot.send_message(group.id, "warning")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(group.id, own.message_id)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, theirs.id)
    await owner.promotes_bot(group, "can_pin_messages", "can_delete_messages")
    await bot.pin_chat_message(group.id, own.message_id)
    await bot.delete_message(group.id, theirs.id)
    assert (len(group.pinned), list(group.removed)) == (1, [theirs])
    await owner.restricts_bot(group)
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(group.id, "x")


async def test_chats_close_their_doors(server: TelegramServer, bot: Bot, alice: Person, chat: Chat) -> None:
    owner, stranger = server.user("Owner"), server.user("Stranger")
    group = server.group("Beginners", owner=owner)
    await owner.removes_bot(group)
    await alice.blocks_bot()
    closed = {
        "bot was kicked from the supergroup chat": group.id,
        "bot was blocked by the user": chat.id,
        "bot can't initiate conversation with a user": server.private(stranger, started=False).id,
        "bot is not a member of the supergroup chat": server.group("Elsewhere", with_bot=False).id,
    }
    for sentence, chat_id in closed.items():
        with pytest.raises(Forbidden, match=sentence):
            await bot.send_message(chat_id, "x")
    await alice.unblocks_bot()
    await bot.send_message(chat.id, "x")
    await alice.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(chat.id, "x")


async def test_a_group_that_became_a_supergroup_says_where_it_is(server: TelegramServer, bot: Bot) -> None:
    owner = server.user("Owner")
    group = server.group("Beginners", owner=owner, kind="group")
    supergroup = await owner.upgrades(group)
    with pytest.raises(ChatMigrated) as raised:
        await bot.send_message(group.id, "x")
    assert raised.value.new_chat_id == supergroup.id
    left, entered = (update.message for update in await bot.get_updates())
    assert left is not None
    assert entered is not None
    assert (left.migrate_to_chat_id, entered.migrate_from_chat_id) == (supergroup.id, group.id)


async def test_a_closed_topic_takes_no_messages_and_a_deleted_one_is_not_found(
    server: TelegramServer, bot: Bot, alice: Person
) -> None:
    forum = server.group("Forum", members=[alice], forum=True)
    topic = await alice.opens_topic(forum, "Wallets")
    await bot.send_message(forum.id, "x", message_thread_id=topic.thread)
    await alice.closes_topic(forum, topic)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.thread)
    await alice.deletes_topic(topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.thread)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMessage", {"text": "x", "colour": "red"}),
        ("sendMessage", {"text": "x", "disable_notification": "yes"}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": "none"}}),
        ("pinChatMessage", {"message_id": "first"}),
        ("pinChatMessage", {}),
        ("sendPoem", {}),
    ],
)
async def test_a_malformed_call_is_refused_and_remembered(
    method: str, parameters: dict[str, object], server: TelegramServer, chat: Chat
) -> None:
    """With the published specification and without it."""
    for specification in (server._specification, None):
        server._specification = specification
        server.violations.clear()
        async with aiohttp.ClientSession() as session:
            url = f"{server.base_url}{server.token}/{method}"
            answer = await session.post(url, json={"chat_id": chat.id, **parameters})
        assert answer.status in {400, 404}
        assert len(server.violations) == 1


async def test_another_token_is_unauthorized(server: TelegramServer) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:AAwrong", base_url=server.base_url):
            pass
