"""What Telegram tells becomes a `Request`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from telegram import Chat, Message, User
from telegram.constants import ChatType

from bot.core.turn import Command
from bot.messages import Author, Place, Quoted, Request

PLATFORM = "telegram"
EDIT_S = 15 * 60.0
"""Seconds after a question in which an edit of it changes the answer."""

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>\w{1,64}))?(?:\s+(?P<rest>.*))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that the bot may have to answer.

    Attributes:
        request: what it asks, without the author's rights.
        typed: it is a command, not free text.
        heeded: False for what is only looked at for wallet secrets.
    """

    request: Request
    typed: bool = False
    heeded: bool = True


class Reader:
    """Reads messages for one bot.

    Args:
        me: the bot's own account.
        command_named: the table of commands.
    """

    def __init__(self, me: User, command_named: Callable[[str], Command | None]) -> None:
        self._me = me
        self._command_named = command_named
        self._mention = re.compile(rf"(?<!\w)@{re.escape(me.username or '')}\b", re.IGNORECASE)

    def message(self, message: Message, *, update: int, edited: bool = False) -> Heard | None:
        """Return what a message asks; None where there is nothing to read."""
        heard = self._heard(message, update=update, edited=edited)
        return replace(heard, heeded=False) if heard and edited and not is_editable(message) else heard

    def _heard(self, message: Message, *, update: int, edited: bool) -> Heard | None:
        author = self._author(message)
        if author is None:
            return None
        text = message.text or message.caption or ""
        request = Request(
            command="ask",
            argument=text,
            id=str(update),
            place=place_of(message),
            author=author,
            message=str(message.message_id),
            edited=edited,
            quoted=self._quoted(message),
        )
        if not text.strip():
            return self._wordless(message, request)
        if text.startswith("/") and (command := self._command(request)):
            return command
        text = text.lstrip("/")
        request = replace(request, argument=text)
        by_reply = request.quoted is not None and request.quoted.by_bot
        if self._mentions(message, text):
            request = replace(request, argument=self.unmentioned(text))
        elif not (request.place.direct or by_reply):
            request = replace(request, addressed=False)
        return Heard(request=replace(request, free=True))

    def unmentioned(self, text: str) -> str:
        """Return a text without the bot's name in it."""
        return self._mention.sub("", text).strip()

    def _command(self, request: Request) -> Heard | None:
        """Read a command; in a group only one that is meant for this bot, so that it never clashes with others.

        In a private chat all is meant for this bot, so what is no command of its own is free text: None.
        """
        unheeded = None if request.place.direct else Heard(request=replace(request, addressed=False), heeded=False)
        found = _COMMAND.match(request.argument)
        if found is None:
            return unheeded
        name = found["name"].lower()
        named = (found["bot"] or "").lower()
        if named and named != (self._me.username or "").lower():
            return unheeded
        row = self._command_named(name)
        by_reply = request.quoted is not None and request.quoted.by_bot
        if not (request.place.direct or named or by_reply or (row and row.bare)):
            return unheeded
        request = replace(request, command=name, argument=(found["rest"] or "").strip())
        # Nobody sees that a message was edited long ago, and nothing may be done twice for it.
        acts = row is not None and (row.right is not None or row.private)
        return Heard(request=request, typed=True, heeded=not (acts and request.edited))

    def _wordless(self, message: Message, request: Request) -> Heard | None:
        """Read a photo, a voice message and the like; service messages and those of groups are not answered."""
        if not request.place.direct or request.edited or message.effective_attachment is None:
            return None
        return Heard(request=replace(request, command="unreadable"))

    def _author(self, message: Message) -> Author | None:
        """Return who wrote it; None for bots, channels' automatic posts and the bot's own messages.

        Administrators may write in the group's name, and people in that of a channel of theirs.
        """
        user, group = message.from_user, message.sender_chat
        if message.is_automatic_forward or message.via_bot == self._me:
            return None
        if group is not None:
            return Author(id=str(group.id), anonymous=group.id == message.chat.id)
        if user is None or user.is_bot:
            return None
        return Author(id=str(user.id), language=user.language_code or "")

    def _quoted(self, message: Message) -> Quoted | None:
        replied = message.reply_to_message
        if replied is None or replied.forum_topic_created:
            return None
        user, group = replied.from_user, replied.sender_chat
        author = group.id if group else user.id if user else ""
        return Quoted(
            id=str(replied.message_id),
            author=str(author),
            by_bot=user == self._me,
            text=replied.text or replied.caption or "",
        )

    def _mentions(self, message: Message, text: str) -> bool:
        if self._me.username and self._mention.search(text):
            return True
        entities = (*message.entities, *message.caption_entities)
        return any(entity.user == self._me for entity in entities if entity.user)


def place_of(message: Message) -> Place:
    """Return where a message stands: its chat, and its topic if it stands in one."""
    return place_in(message.chat, thread=message.message_thread_id if message.is_topic_message else None)


def place_in(chat: Chat, *, thread: int | None = None) -> Place:
    """Return the place of a chat, or of a topic of it."""
    direct = chat.type == ChatType.PRIVATE
    channel = f"{chat.id}/{thread}" if thread else str(chat.id)
    return Place(platform=PLATFORM, group="" if direct else str(chat.id), channel=channel, direct=direct)


def chat_and_thread(place: Place) -> tuple[int, int | None]:
    """Return a place's chat id and topic."""
    chat, _, thread = place.channel.partition("/")
    return int(chat), int(thread) if thread else None


def is_editable(message: Message) -> bool:
    """Return whether an edit of this question may still change its answer."""
    edited = message.edit_date or message.date
    return (edited - message.date).total_seconds() <= EDIT_S
