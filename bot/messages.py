"""What crosses the boundary between a platform and the core: data only, frozen.

A `Request` goes in, a `Reply` comes out, a `Receipt` reports what became of the reply.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bot.richtext import RichText

ACTION_BYTES = 64
"""The longest button action, in bytes of UTF-8. Source: Telegram Bot API, InlineKeyboardButton.callback_data."""


class Right(enum.Enum):
    """What the platform lets a person do in a group; in a private chat the person has all."""

    PIN = "pin"
    MANAGE = "manage"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was said.

    Attributes:
        platform: "console", "telegram" or "discord".
        group: id of the group (chat, server) whose settings and entries apply; "" for a private chat.
        channel: id of the chat, channel or topic in which messages are sent.
        direct: only the asker reads here. With a `group` it is a private chat about that group.
    """

    platform: str
    group: str
    channel: str
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who asks.

    Attributes:
        id: the platform's id of the person.
        rights: facts of the platform; empty until somebody looked them up.
        language: the client's language as a BCP 47 tag, a hint only.
        anonymous: an administrator who writes in the group's name; `id` is nobody's.
    """

    id: str
    rights: frozenset[Right] = frozenset()
    language: str = ""
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The message that was replied to or acted on.

    Attributes:
        id: the platform's id of the message.
        author: the platform's id of its author, "" if unknown.
        by_bot: this bot wrote it.
        text: its text, "" if unknown.
    """

    id: str
    author: str = ""
    by_bot: bool = False
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants.

    Attributes:
        command: a key of COMMANDS; free text is "ask".
        argument: what stands behind the command; never in a log.
        fields: slash options and form answers by name; never in a log.
        id: the platform's id of the event; a redelivered event bears the same.
        place: where it was asked.
        author: who asked.
        addressed: False for a message overheard in a group.
        free: free text, not a command; said by a mention, a reply, or overheard.
        notice: the platform reports something (a key of NOTICES); nobody typed it, and nobody can.
        message: the platform's id of the asking message, "" if there is none.
        edited: this is a new version of a message asked before.
        pressed: the id of the bot's message whose button was pressed, "" if none was.
        quoted: the message replied to or acted on.
        file: an uploaded file, bounded in size by the adapter.
    """

    command: str
    argument: str = field(default="", repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    id: str
    place: Place
    author: Author
    addressed: bool = True
    free: bool = False
    notice: bool = False
    message: str = ""
    edited: bool = False
    pressed: str = ""
    quoted: Quoted | None = None
    file: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to press: a command ("show exchange-risk", at most 64 bytes) or a link.

    Raises:
        ValueError: the action is longer than `ACTION_BYTES`, or not exactly one of action and url is set.
    """

    label: str
    action: str = ""
    url: str = ""
    style: str = ""

    def __post_init__(self) -> None:
        if bool(self.action) == bool(self.url):
            raise ValueError("a button has either an action or a url")
        if len(self.action.encode()) > ACTION_BYTES:
            raise ValueError(f"a button's action has at most {ACTION_BYTES} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A short list to choose from: a select menu, a column of buttons or numbers to type.

    Attributes:
        prompt: what is chosen ("Choose a topic").
        options: at most 25, each with an action.
    """

    prompt: str
    options: tuple[Button, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture with the same facts in words.

    Attributes:
        png: the bytes; empty where the platform draws the series itself.
        alt: the text alternative.
        series: (moment, aware UTC; value) oldest first.
    """

    png: bytes = field(default=b"", repr=False)
    alt: str
    series: tuple[tuple[datetime, Decimal], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to send."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    Attributes:
        name: key in `Request.fields`.
        label: at most 45 characters. Source: Discord developer documentation, modal text input.
        value: what stands in it at first.
        max_length: characters, at most 4000.
        long: several lines.
    """

    name: str
    label: str
    value: str = field(default="", repr=False)
    max_length: int = 200
    required: bool = True
    long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Fields to fill in: a Discord modal, one forced reply a field on Telegram, prompts in the console.

    Attributes:
        action: the command that gets the answers as `Request.fields`, with its argument ("entry add").
        title: at most 45 characters.
        fields: one to five.
    """

    action: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The wish to pin the reply."""

    topic: str
    notify: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What should be seen, not how.

    Attributes:
        title: heading, plain text.
        text: the body.
        buttons: rows of buttons.
        choices: a list to choose from.
        topic: id of the entry that this shows, "" for anything else.
        offers: its buttons show what may have been meant, for the asker to choose from where they asked.
        private: only for the asker.
        replaces: id of an earlier message of the bot to edit instead of sending a new one.
        pin: pin the message that was sent.
        unpins: ids of the bot's own messages to unpin, once a wished pin has been done.
        deletes: ids of messages to delete first.
    """

    title: str = ""
    text: RichText = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    choices: Choices | None = None
    image: Image | None = None
    file: File | None = None
    form: Form | None = None
    topic: str = ""
    offers: bool = False
    private: bool = False
    replaces: str = ""
    pin: Pin | None = None
    unpins: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()


class Fate(enum.Enum):
    """What became of a reply."""

    DONE = "done"
    UNCHANGED = "unchanged"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a reply.

    Attributes:
        fate: LATER: not done, to be tried again after `seconds`; UNKNOWN: it may have been delivered or not.
        right: the right that the bot lacks, with FORBIDDEN.
        seconds: with LATER.
    """

    fate: Fate
    right: Right | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an adapter reports about a reply.

    Attributes:
        request: what was answered; None for an edit that `due` asked for.
        reply: what should have been seen.
        place: where it was sent.
        messages: ids of the messages that carry the reply, in order.
        outcome: what became of it.
        unpinned: those of the messages to unpin that are not pinned any more.
    """

    request: Request | None
    reply: Reply
    place: Place
    messages: tuple[str, ...]
    outcome: Outcome
    unpinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to do that nobody asked for just now.

    Attributes:
        place: where.
        reply: with `replaces` a message to edit (a pin that wants refreshing), else a message to send.
        request: the overheard question that the message answers; None for an edit.
    """

    place: Place
    reply: Reply
    request: Request | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An entry offered while somebody types.

    Attributes:
        topic: the entry's id.
        title: its question.
        summary: one line.
        reply: the whole answer, without buttons.
    """

    topic: str
    title: str
    summary: str
    reply: Reply
