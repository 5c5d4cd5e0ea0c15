"""The methods that change, delete and pin what was sent."""

from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_objects import Attachment, Json, Message
from tests.platforms.telegram_parameters import (
    EditCaption,
    Editing,
    EditMedia,
    EditText,
    OfChat,
    OfMessage,
    OfMessages,
    Pinning,
    Unpinning,
)
from tests.platforms.telegram_refusals import NOT_MODIFIED, bad_request
from tests.platforms.telegram_sending import attachment, checked_markup, reachable, shown
from tests.platforms.telegram_text import CAPTION_LIMIT, TEXT_LIMIT, Formatted
from tests.platforms.telegram_world import World

DELETABLE_S = 48 * 3600.0
NO_PIN = "not enough rights to manage pinned messages in the chat"


def edit_text(world: World, asked: EditText) -> Json | bool:
    if not asked.text:
        raise bad_request("message text is empty")
    body = shown(asked.text, asked.entities, parse_mode=asked.parse_mode, limit=TEXT_LIMIT)
    message = _editable(world, asked)
    if message.attachment:
        raise bad_request("there is no text in the message to edit")
    preview: Json = asked.link_preview_options.model_dump(exclude_none=True) if asked.link_preview_options else {}
    result = _change(world, asked, message=message, body=body, content=None)
    message.preview = preview
    return result


def edit_caption(world: World, asked: EditCaption) -> Json | bool:
    body = shown(asked.caption, asked.caption_entities, parse_mode=asked.parse_mode, limit=CAPTION_LIMIT)
    message = _editable(world, asked)
    if not message.attachment:
        raise bad_request("there is no caption in the message to edit")
    return _change(world, asked, message=message, body=body, content=message.attachment)


def edit_media(world: World, asked: EditMedia) -> Json | bool:
    media = asked.media
    body = shown(media.caption, media.caption_entities, parse_mode=media.parse_mode, limit=CAPTION_LIMIT)
    message = _editable(world, asked)
    content = attachment(world, media.type, file_id=media.media)
    return _change(world, asked, message=message, body=body, content=content)


def edit_markup(world: World, asked: Editing) -> Json | bool:
    message = _editable(world, asked)
    return _change(world, asked, message=message, body=message.body, content=message.attachment)


def delete_message(world: World, asked: OfMessage) -> bool:
    chat = reachable(world, asked.chat_id)
    message = chat.find(asked.message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if not _may_delete(world, chat, message=message):
        raise bad_request("message can't be deleted")
    _delete(world, message)
    return True


def delete_messages(world: World, asked: OfMessages) -> bool:
    chat = reachable(world, asked.chat_id)
    found = [message for message_id in asked.message_ids if (message := chat.find(message_id))]
    if not all(_may_delete(world, chat, message=message) for message in found):
        raise bad_request("message can't be deleted")
    for message in found:
        _delete(world, message)
    return True


def pin(world: World, asked: Pinning) -> bool:
    chat = _pinnable(world, asked.chat_id)
    message = chat.find(asked.message_id)
    if message is None or message.service:
        raise bad_request("message to pin not found")
    world.pin(message, by=world.bot)
    return True


def unpin(world: World, asked: Unpinning) -> bool:
    chat = _pinnable(world, asked.chat_id)
    wanted = [message for message in chat.pinned if asked.message_id in {None, message.id}]
    if not wanted:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(wanted[-1])
    world.bell.ring()
    return True


def unpin_all(world: World, asked: OfChat) -> bool:
    _pinnable(world, asked.chat_id).pinned.clear()
    world.bell.ring()
    return True


def _pinnable(world: World, chat_id: int | str) -> Chat:
    chat = reachable(world, chat_id)
    right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
    # In a basic group a bot must be an administrator, whatever members may do. Source: tdlib, can_pin_messages.
    appointed = chat.type != "group" or chat.member(world.bot).leads
    if not chat.person and not (appointed and chat.may(world.bot, right)):
        raise bad_request(NO_PIN)
    return chat


def _editable(world: World, asked: Editing) -> Message:
    if asked.inline_message_id is not None:
        if asked.inline_message_id not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return world.inline_messages[asked.inline_message_id]
    if asked.message_id is None:
        raise bad_request("message identifier is not specified")
    message = reachable(world, asked.chat_id).find(asked.message_id)
    if message is None:
        raise bad_request("message to edit not found")
    own = message.sender is world.bot or (message.chat.type == "channel" and message.sender_chat is message.chat)
    if not own or message.via_bot or message.service:
        raise bad_request("message can't be edited")
    return message


def _change(
    world: World, asked: Editing, *, message: Message, body: Formatted, content: Attachment | None
) -> Json | bool:
    markup = checked_markup(asked.reply_markup)
    same_file = (content and content.file.data) == (message.attachment and message.attachment.file.data)
    if same_file and (body, markup) == (message.body, message.markup):
        raise bad_request(NOT_MODIFIED)
    message.body, message.markup, message.attachment = body, markup, content
    message.edited = world.clock()
    message.versions.append(body.text)
    message.chat.note_edited(message)
    return True if asked.inline_message_id is not None else message.to_json()


def _may_delete(world: World, chat: Chat, *, message: Message) -> bool:
    if chat.may(world.bot, "can_delete_messages") and chat.member(world.bot).leads:
        return True
    own = message.sender is world.bot
    return (own or chat.type == "private") and world.clock() - message.sent < DELETABLE_S


def _delete(world: World, message: Message) -> None:
    world.remove(message)
    message.chat.removed.append(message)
    world.bell.ring()
