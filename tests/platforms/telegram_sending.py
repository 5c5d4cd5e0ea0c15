"""The methods that send, and the checks that every outgoing message passes."""

import re
import struct

from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_objects import Attachment, Json, Message
from tests.platforms.telegram_parameters import (
    ButtonParameters,
    Captioned,
    Entities,
    ForceReply,
    Keyboard,
    RemoveKeyboard,
    SendChatAction,
    SendDocument,
    Sending,
    SendMessage,
    SendPhoto,
)
from tests.platforms.telegram_refusals import bad_request, forbidden, migrated
from tests.platforms.telegram_text import CAPTION_LIMIT, TEXT_LIMIT, Formatted, formatted
from tests.platforms.telegram_world import World

PHOTO_BYTES = 10_000_000
_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
_KINDS = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
}


def send_message(world: World, asked: SendMessage) -> Json:
    if not asked.text:
        raise bad_request("message text is empty")
    body = shown(asked.text, asked.entities, parse_mode=asked.parse_mode, limit=TEXT_LIMIT)
    message = _place(world, asked, right="can_send_messages")
    if asked.link_preview_options:
        message.preview = asked.link_preview_options.model_dump(exclude_none=True)
    return _send(message, body=body, asked=asked)


def send_photo(world: World, asked: SendPhoto) -> Json:
    picture = attachment(world, "photo", file_id=asked.photo)
    return _send_file(world, asked, content=picture, right="can_send_photos")


def send_document(world: World, asked: SendDocument) -> Json:
    document = attachment(world, "document", file_id=asked.document)
    return _send_file(world, asked, content=document, right="can_send_documents")


def send_chat_action(world: World, asked: SendChatAction) -> bool:
    chat = reachable(world, asked.chat_id)
    if asked.action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    check_thread(chat, asked.message_thread_id)
    chat.actions.append(asked.action)
    world.bell.ring()
    return True


def reachable(world: World, chat_id: int | str | None) -> Chat:
    """Return the chat, if the bot may still enter it.

    Raises:
        Refused: it may not.
    """
    chat = world.chat("" if chat_id is None else chat_id)
    if chat.migrated_to:
        raise migrated(chat.migrated_to.id)
    if chat.person:
        if chat.person.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.person.is_bot:
            raise forbidden("bot can't send messages to bots")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat
    member = chat.member(world.bot)
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if not member.present:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def shown(text: str, entities: Entities, *, parse_mode: str | None, limit: int) -> Formatted:
    """Return the text as people will see it.

    Raises:
        Refused: it is empty though it may not be, too long, or badly styled.
    """
    found = formatted(text, entities=tuple(entity.entity() for entity in entities), parse_mode=parse_mode, limit=limit)
    if limit == TEXT_LIMIT and not found.text:
        raise bad_request("text must be non-empty")
    return found


def attachment(world: World, kind: str, *, file_id: str) -> Attachment:
    """Return a file that was uploaded with this call or is known by its id.

    Raises:
        Refused: it is neither, or is no picture where a picture is wanted.
    """
    stored = world.files.get(file_id)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not stored.data:
        raise bad_request("file must be non-empty")
    if kind != "photo":
        return Attachment(kind=kind, file=stored)
    if len(stored.data) > PHOTO_BYTES:
        raise bad_request("file is too big")
    width, height = _size(stored.data)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return Attachment(kind=kind, file=stored, width=width, height=height)


def checked_markup(markup: Keyboard | ForceReply | RemoveKeyboard | None) -> Json:
    """Return the markup to keep with a message.

    Raises:
        Refused: a button is wrong or there are too many.
    """
    if not isinstance(markup, Keyboard):
        return markup.model_dump(exclude_none=True) if markup else {}
    rows = [row for row in markup.inline_keyboard if row]
    # Neither bound is documented. Source: python-telegram-bot, InlineKeyboardMarkupLimit.
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)
    return {"inline_keyboard": [[b.model_dump(exclude_none=True) for b in row] for row in rows]} if rows else {}


def check_thread(chat: Chat, thread: int | None) -> None:
    """Refuse a topic that is not there; "General" and ordinary groups are written to without one."""
    if thread is None:
        return
    topic = chat.topics.get(thread)
    if not chat.forum or topic is None or topic.deleted:
        raise bad_request("message thread not found")


def _check_button(button: ButtonParameters) -> None:
    if not button.text:
        raise bad_request("inline keyboard button text must be non-empty")
    wanted = [
        button.url,
        button.callback_data,
        button.switch_inline_query,
        button.switch_inline_query_current_chat,
        button.copy_text,
    ]
    if sum(part is not None for part in wanted) != 1:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.copy_text is not None and not 1 <= len(button.copy_text.text) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if button.url is not None and (wrong := _wrong_url(button.url)):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: {wrong}")


def _wrong_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "http", url
    if scheme.casefold() == "tg":
        return ""
    if scheme.casefold() not in {"http", "https", "ton"}:
        return "Unsupported URL protocol"
    host = re.split(r"[/?#:]", rest, maxsplit=1)[0]
    if not host:
        return "URL host is empty"
    return "" if "." in host.strip(".") and " " not in url else "Wrong HTTP URL"


def _place(world: World, asked: Sending, *, right: str) -> Message:
    """Return the new message in its chat, topic and thread."""
    chat = reachable(world, asked.chat_id)
    if chat.type == "channel" and not chat.may(world.bot, "can_post_messages"):
        raise bad_request("need administrator rights in the channel chat")
    if chat.is_group and not chat.may(world.bot, right):
        raise bad_request(f"not enough rights to send {_KINDS[right]} to the chat")
    markup = checked_markup(asked.reply_markup)
    check_thread(chat, asked.message_thread_id)
    reply_to = None
    if wanted := asked.reply_parameters:
        reply_to = chat.find(wanted.message_id)
        if reply_to is None and not wanted.allow_sending_without_reply:
            raise bad_request("message to be replied not found")
        if reply_to and wanted.quote and wanted.quote not in reply_to.text:
            raise bad_request("QUOTE_TEXT_INVALID")
    topic = chat.topics.get(asked.message_thread_id) if asked.message_thread_id is not None else None
    target = topic or (chat.topics.get(reply_to.thread or 0) if reply_to and reply_to.in_topic else None)
    if target and target.closed and not chat.may(world.bot, "can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    message = world.write(chat, world.bot if chat.type != "channel" else None, topic=topic, reply_to=reply_to)
    if chat.type == "channel":
        message.sender_chat = chat
    message.markup = markup
    return message


def _send(message: Message, *, body: Formatted, asked: Sending) -> Json:
    message.body, message.silent = body, asked.disable_notification
    if asked.protect_content:
        message.extra["has_protected_content"] = True
    message.versions.append(body.text)
    message.chat.note_sent(message)
    return message.to_json()


def _send_file(world: World, asked: Captioned, *, content: Attachment, right: str) -> Json:
    body = shown(asked.caption, asked.caption_entities, parse_mode=asked.parse_mode, limit=CAPTION_LIMIT)
    message = _place(world, asked, right=right)
    message.attachment = content
    return _send(message, body=body, asked=asked)


def _size(picture: bytes) -> tuple[int, int]:
    """Return width and height in pixels; those of a JPEG are not looked up."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n") and len(picture) > 24:
        width, height = struct.unpack(">II", picture[16:24])
        return int(width), int(height)
    if picture.startswith(b"\xff\xd8\xff"):
        return 1280, 720
    raise bad_request("IMAGE_PROCESS_FAILED")
