"""A `Reply` becomes Telegram's text, entities and keyboard."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from bot.adapters.telegram import links
from bot.core.turn import Command
from bot.messages import ACTION_BYTES, Button, Place, Reply
from bot.richtext import RichText, Span, plain, split, text_of

TEXT = 4096
CAPTION = 1024
ALERT = 200
"""Longest text, caption and alert, in UTF-16 code units after parsing. Source: Telegram Bot API."""

_ROWS = 100
"""Buttons of a keyboard. Source: python-telegram-bot, InlineKeyboardMarkupLimit; undocumented."""

_MARKED = re.compile(r"(?P<action>.*)@(?P<group>-?\d+|~[\w-]{4})")

Json = dict[str, object]
"""An object as the Bot API documents it. Building the library's own first would take a fifth of an answer's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A piece of a message that fits into one.

    Attributes:
        text: what is read.
        entities: its styles; None of a user's characters is markup.
    """

    text: str
    entities: tuple[Json, ...] = ()


def texts(reply: Reply, *, limit: int = TEXT) -> tuple[Text, ...]:
    """Return title and text of a reply, in pieces of at most `limit` UTF-16 code units."""
    title = (Span(reply.title, bold=True),) if reply.title else ()
    gap = (Span("\n\n"),) if title and reply.text else ()
    rich = (*title, *gap, *reply.text)
    text = _text(rich)
    # Nearly every answer fits, and cutting costs as much as finding it. Telegram trims both ends, and so does `split`.
    if width(text.text) <= limit and text.text == text.text.strip():
        return (text,) if text.text else ()
    return tuple(_text(piece) for piece in split(rich, limit, measure=width))


def alert(reply: Reply) -> str:
    """Return what fits of a reply into the alert that answers a press."""
    text = " ".join(text_of(reply.text).split()) or reply.title
    if width(text) <= ALERT:
        return text
    return text_of(split(plain(text), ALERT - 1, measure=width)[0]) + "…"


def width(text: str) -> int:
    """Return how many UTF-16 code units a text takes, as Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


class Keyboard:
    """Makes keyboards.

    Args:
        username: the bot's, for links to its private chat.
        command_named: the table of commands.
    """

    def __init__(self, username: str, command_named: Callable[[str], Command | None]) -> None:
        self._username = username
        self._command_named = command_named

    def of(self, reply: Reply, place: Place) -> Json | None:
        """Return the buttons of a reply as they are shown in `place`; None for none."""
        options = reply.choices.options if reply.choices else ()
        rows = [[self._button(option, place, home=True)] for option in options]
        rows += [
            [self._button(button, place, home=self._leads_home(button, reply)) for button in row]
            for row in reply.buttons
        ]
        return {"inline_keyboard": rows[:_ROWS]} if rows else None

    def link(self, payload: str, *, into_group: bool = False) -> str:
        """Return the address that opens the private chat, or adds the bot to a group."""
        return f"https://t.me/{self._username}?{'startgroup' if into_group else 'start'}={payload}"

    def _button(self, button: Button, place: Place, *, home: bool) -> Json:
        shown: Json = {"text": button.label}
        if button.style:
            shown["style"] = button.style
        payload = links.payload(button.action, group=place.group) if home and not place.direct else ""
        if button.url or payload:
            return shown | {"url": button.url or self.link(payload)}
        return shown | {"callback_data": pressed_data(button.action, place)}

    def _leads_home(self, button: Button, reply: Reply) -> bool:
        """Whether the button, in a group, opens the private chat: topics and what stands under an answer."""
        name, _, argument = button.action.partition(" ")
        command = self._command_named(name)
        if command is None:
            return False
        shows = any(option.topics for option in command.options)
        return (not argument and command.listed) or (shows and command.right is None and not reply.offers)


def pressed_data(action: str, place: Place) -> str:
    """Return what a press sends back: the action, and in a private chat about a group that, in short if need be."""
    if not (place.direct and place.group):
        return action
    marked = (f"{action}@{place.group}", f"{action}@{short(place.group)}")
    return next((data for data in marked if len(data.encode()) <= ACTION_BYTES), action)


def action_and_group(data: str) -> tuple[str, str]:
    """Return the action of a press and the group that its private chat is about, perhaps short, "" for none."""
    found = _MARKED.fullmatch(data)
    return (found["action"], found["group"]) if found else (data, "")


def short(group: str) -> str:
    """Return what tells a group from the others of one person where its id does not fit."""
    return "~" + urlsafe_b64encode(blake2b(group.encode(), digest_size=3).digest()).decode()


def _text(rich: RichText) -> Text:
    entities: list[Json] = []
    offset = 0
    for span in rich:
        length = width(span.text)
        entities.extend(_entities(span, offset, length))
        offset += length
    return Text(text="".join(span.text for span in rich), entities=tuple(entities))


def _entities(span: Span, offset: int, length: int) -> list[Json]:
    where: Json = {"offset": offset, "length": length}
    found: list[Json] = []
    for kind, wanted in (("bold", span.bold), ("italic", span.italic), ("code", span.code)):
        if wanted:
            found.append(where | {"type": kind})
    if span.url:
        found.append(where | {"type": "text_link", "url": span.url})
    if span.time:
        found.append(where | {"type": "date_time", "unix_time": int(span.time.timestamp()), "date_time_format": "dt"})
    return found
