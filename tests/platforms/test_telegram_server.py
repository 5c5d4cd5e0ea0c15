"""The played Telegram holds conversations with the real python-telegram-bot."""

from collections.abc import AsyncIterator

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    ForceReply,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    MessageEntity,
)

from tests.platforms.telegram_bots import Parrot, connected
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.telegram_spec import ABSENT, Specification
from tests.platforms.telegram_world import Abilities

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x03\x20\x00\x00\x01\x90" + bytes(16)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """A server that is content with all that happens in the test."""
    async with TelegramServer(specification=Specification.if_present()) as started:
        yield started
        assert started.violations == []
        assert started.faults.waiting() == 0


@pytest.fixture
async def parrot(server: TelegramServer) -> AsyncIterator[Parrot]:
    async with Parrot(server).polling() as polling:
        yield polling


async def test_a_private_chat_is_a_conversation(server: TelegramServer, parrot: Parrot) -> None:
    alice = server.user("Alice", language="de")
    chat = server.private(alice)
    question = await alice.says(chat, "is bitcoin safe?")
    answer = await chat.next_message()
    assert (answer.text, answer.reply_to) == ("you said: is bitcoin safe?", question)
    press = await alice.presses(answer, "More")
    assert await press.alert() == ""
    await alice.edits(question, "is it?")
    await server.until(lambda: any(update.edited_message for update in parrot.heard))
    user = parrot.heard[0].effective_user
    assert user is not None
    assert user.language_code == "de"


async def test_privacy_mode_keeps_from_the_bot_what_is_not_meant_for_it(server: TelegramServer, parrot: Parrot) -> None:
    alice, other = server.user("Alice"), server.other_bot("Other")
    group = server.group("Beginners", members=[alice, other])
    assert (await alice.says(group, "@safety_bot hello")).update_id is None
    assert (await alice.says(group, "/ask@other_bot hello")).update_id is None
    asked = await alice.says(group, "/ask@safety_bot hello")
    answer = await group.next_message()
    assert answer.reply_to is asked
    assert (await alice.says(group, "thanks", reply_to=answer)).update_id is not None
    assert (await alice.says(group, "/bare")).update_id is not None
    await group.next_messages(2)
    assert (await other.says(group, "/beep@safety_bot")).update_id is None
    assert (await alice.says(group, "/bare again")).update_id is None, "another bot spoke last"
    probe = await alice.says(group, "/ask@safety_bot again")
    assert await group.said_before_answering(probe) == []


async def test_an_administrator_hears_everything_in_its_group(server: TelegramServer, parrot: Parrot) -> None:
    alice, owner = server.user("Alice"), server.user("Owner")
    group = server.group("Beginners", members=[alice], owner=owner)
    await owner.promotes_bot(group, "can_delete_messages")
    assert (await alice.says(group, "anybody here?")).update_id is not None
    await group.next_message()
    assert parrot.heard[0].my_chat_member is not None


async def test_anonymous_administrators_and_channels_speak_through_stand_ins(
    server: TelegramServer, parrot: Parrot
) -> None:
    alice, owner = server.user("Alice"), server.user("Owner")
    news = server.channel("News")
    group = server.group("Beginners", members=[alice], owner=owner, linked=news)
    group.promote(server.bot, "can_delete_messages")
    group.promote(alice.account, "can_pin_messages", anonymous=True)
    await alice.says(group, "/settings")
    await owner.says(group, "/settings", as_channel=news)
    await owner.posts(news, "breaking")
    await group.next_messages(3)
    anonymous, channel, forward = (update.message for update in parrot.heard if update.message)
    assert anonymous.from_user is not None
    assert anonymous.from_user.username == "GroupAnonymousBot"
    assert anonymous.sender_chat == anonymous.chat
    assert channel.sender_chat is not None
    assert channel.sender_chat.id == news.id
    assert forward.is_automatic_forward


async def test_answers_stay_in_their_topic(server: TelegramServer, parrot: Parrot) -> None:
    alice = server.user("Alice")
    forum = server.group("Forum", members=[alice], forum=True)
    wallets = await alice.opens_topic(forum, "Wallets")
    asked = await alice.says(forum, "/ask", topic=wallets)
    assert asked.reply_to is wallets.created, "Telegram makes the first message of a topic its reply"
    answer = await forum.next_message()
    assert (answer.thread, answer.in_topic) == (wallets.thread, True)
    await alice.says(forum, "/ask")
    assert not (await forum.next_message()).in_topic


async def test_a_pin_of_the_bot_comes_back_as_a_service_message(server: TelegramServer, parrot: Parrot) -> None:
    owner = server.user("Owner")
    group = server.group("Beginners", owner=owner)
    await owner.promotes_bot(group, "can_pin_messages")
    bot = parrot.application.bot
    sent = await bot.send_message(group.id, "the rules")
    await bot.pin_chat_message(group.id, sent.message_id, disable_notification=True)
    assert [message.text for message in group.pinned] == ["the rules"]
    await server.until(lambda: any(update.message and update.message.pinned_message for update in parrot.heard))
    full = await bot.get_chat(group.id)
    assert full.pinned_message is not None
    await bot.unpin_chat_message(group.id, sent.message_id)
    assert group.pinned == []


async def test_photos_documents_and_files_go_both_ways(server: TelegramServer) -> None:
    alice = server.user("Alice")
    chat = server.private(alice)
    async with connected(server) as bot:
        await bot.send_chat_action(chat.id, "upload_photo")
        sent = await bot.send_photo(chat.id, PNG, caption="chart")
        shown = await chat.next_message()
        assert (shown.photo, shown.text) == (PNG, "chart")
        assert (sent.photo[-1].width, sent.photo[-1].height) == (800, 400)
        await bot.edit_message_media(InputMediaPhoto(PNG + b"2", caption="new"), chat.id, sent.message_id)
        assert (await chat.next_edit()).photo == PNG + b"2"
        await bot.edit_message_caption(chat.id, sent.message_id, caption="newer")
        assert shown.versions == ["chart", "new", "newer"]
        await bot.send_document(chat.id, b"a,b", filename="list.csv")
        document = (await chat.next_message()).document
        assert document is not None
        assert (document.name, document.data) == ("list.csv", b"a,b")
        await alice.says(chat, "import", document=("entries.toml", b"x = 1"))
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.document is not None
        file = await update.message.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"x = 1"
    assert list(chat.actions) == ["upload_photo"]


async def test_inline_questions_are_answered_and_results_chosen(server: TelegramServer) -> None:
    alice = server.user("Alice")
    group = server.group("Elsewhere", members=[alice], with_bot=False)
    async with connected(server) as bot:
        query = await alice.asks_inline("seed phrase")
        (update,) = await bot.get_updates()
        assert update.inline_query is not None
        entity = MessageEntity(MessageEntity.BOLD, 0, 4)
        content = InputTextMessageContent("Never tell it.", entities=[entity])
        await update.inline_query.answer([InlineQueryResultArticle("seed", "Seed phrase", content)], is_personal=True)
        assert (await query.answered())["is_personal"] is True
        chosen = await alice.chooses(query, 0, chat=group)
        (update,) = await bot.get_updates(offset=update.update_id + 1)
    assert (chosen.text, chosen.marked("bold"), chosen.via_bot) == ("Never tell it.", ["Neve"], server.bot)
    assert update.chosen_inline_result is not None


async def test_guests_are_answered_where_the_bot_is_no_member(server: TelegramServer) -> None:
    alice = server.user("Alice")
    group = server.group("Elsewhere", members=[alice], with_bot=False)
    async with connected(server) as bot:
        query = await alice.summons(group, "@safety_bot is it safe?")
        (update,) = await bot.get_updates()
        assert update.guest_message is not None
        article = InlineQueryResultArticle("1", "Answer", InputTextMessageContent("It depends."))
        sent = await update.guest_message.answer_guest_query(article)
        await bot.edit_message_text("Yes, if...", inline_message_id=sent.inline_message_id)
    assert query.message is not None
    assert query.message.text == "Yes, if..."


async def test_a_forced_reply_is_seen_and_answered(server: TelegramServer, parrot: Parrot) -> None:
    alice = server.user("Alice")
    chat = server.private(alice)
    await parrot.application.bot.send_message(
        chat.id, "Title?", reply_markup=ForceReply(input_field_placeholder="title")
    )
    asked = await chat.next_message()
    assert (asked.asks_for_reply, asked.placeholder) == (True, "title")
    await alice.says(chat, "Scams", reply_to=asked)
    await chat.next_message()
    message = parrot.heard[-1].message
    assert message is not None
    assert message.reply_to_message is not None
    assert message.reply_to_message.text == "Title?"


async def test_menus_and_texts_are_kept_by_scope_and_language(server: TelegramServer) -> None:
    group = server.group("Beginners")
    async with connected(server) as bot:
        await bot.set_my_commands([BotCommand("ask", "Ask")], scope=BotCommandScopeAllGroupChats(), language_code="de")
        await bot.set_my_commands([BotCommand("pin", "Pin")], scope=BotCommandScopeChat(group.id))
        await bot.set_my_description("About", language_code="de")
        await bot.set_my_short_description("Short")
        assert (await bot.get_my_description("de")).description == "About"
        assert (await bot.get_my_short_description("de")).short_description == "Short"
        assert [row.command for row in await bot.get_my_commands(BotCommandScopeChat(group.id))] == ["pin"]
        me = await bot.get_me()
    assert server.menu("all_group_chats", language="de") == {"ask": "Ask"}
    assert (me.can_read_all_group_messages, me.supports_guest_queries) == (False, True)


async def test_members_are_told_with_their_single_rights(server: TelegramServer) -> None:
    alice, bob, owner = server.user("Alice"), server.user("Bob"), server.user("Owner")
    group = server.group("Beginners", members=[alice], owner=owner)
    group.promote(alice.account, "can_pin_messages")
    async with connected(server) as bot:
        member = await bot.get_chat_member(group.id, alice.id)
        administrators = await bot.get_chat_administrators(group.id)
        assert (await bot.get_chat_member(group.id, bob.id)).status == "left"
    rights = member.to_dict()
    assert (rights["can_pin_messages"], rights["can_change_info"]) == (True, False)
    assert sorted(str(row.status) for row in administrators) == ["administrator", "creator"]


async def test_a_link_to_the_private_chat_starts_it(server: TelegramServer, parrot: Parrot) -> None:
    alice = server.user("Alice")
    await alice.follows("https://t.me/safety_bot?start=seed-phrase")
    assert (await server.private(alice).next_message()).text == "you said: /start seed-phrase"


async def test_bots_are_heard_only_in_bot_to_bot_mode() -> None:
    async with TelegramServer(abilities=Abilities(privacy=False, bot_to_bot=True)) as server:
        other = server.other_bot("Other")
        group = server.group("Robots", members=[other])
        assert (await other.says(group, "beep")).update_id is not None


async def test_quiet_waits_for_every_update_to_be_confirmed(server: TelegramServer, parrot: Parrot) -> None:
    alice = server.user("Alice")
    chat = server.private(alice)
    for number in range(250):
        await alice.says(chat, f"question {number}")
    await server.until(lambda: len(parrot.heard) == 250)
    await server.quiet(idle=lambda: len(chat.unread()) == 250)
    assert server.world.updates.backlog == 0
    assert [message.text for message in chat.unread()][-1] == "you said: question 249"


async def test_every_call_update_and_result_is_held_against_the_specification() -> None:
    specification = Specification.if_present()
    if specification is None:
        pytest.skip(ABSENT)
    async with TelegramServer(specification=specification) as server:
        chat = server.private(server.user("Alice"))
        async with connected(server) as bot:
            await bot.send_message(chat.id, "well-formed")
            assert server.violations == []
    coloured = specification.call("sendMessage", parameters={"chat_id": 1, "text": "a", "colour": "red"})
    assert coloured == ["sendMessage: 'colour' is no published field"]
    assert specification.call("sendMessage", parameters={"chat_id": 1})
    assert specification.call("sendMessage", parameters={"chat_id": 1, "text": 5})
    assert specification.call("sendPoem", parameters={})
    assert specification.call("sendMessage", parameters={"chat_id": 1, "text": "a", "entities": [{"type": "bold"}]})
    assert specification.result("getMe", value={"id": 1})
    assert specification.update({"update_id": 1, "message": {"message_id": "one"}})
    assert specification.update({"update_id": 1, "massage": {}})


async def test_updates_are_decoded_without_fields_that_the_library_does_not_know(
    server: TelegramServer, parrot: Parrot
) -> None:
    alice = server.user("Alice")
    await alice.says(server.private(alice), "hello", photo=PNG)
    await alice.says(server.private(alice), sticker=b"webp")
    await alice.says(server.private(alice), voice=b"ogg")
    await server.until(lambda: len(parrot.heard) == 3)
    assert not any(update.api_kwargs for update in parrot.heard)
    assert all(update.message and not update.message.api_kwargs for update in parrot.heard)
