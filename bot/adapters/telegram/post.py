"""Does what a `Reply` asks for, and reports what became of it."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from telegram import Bot, InputFile, InputMediaPhoto, Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.adapters.telegram.calls import Calls, Unknown
from bot.adapters.telegram.outcome import DONE, is_deleted_already, is_lost_topic, outcome_of
from bot.adapters.telegram.pieces import Piece, pieces
from bot.adapters.telegram.read import chat_and_thread
from bot.adapters.telegram.render import Json, Keyboard
from bot.errors import DeliveryFailed
from bot.messages import Fate, Outcome, Place, Reply, Right

NO_PREVIEW: Json = {"is_disabled": True}
PLACEHOLDER = 64
"""Longest text in the field of a forced reply, in characters. Source: Telegram Bot API, ForceReply."""

Markup = Json | None

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of a reply.

    Attributes:
        messages: ids of the messages that carry it, in order.
        outcome: what became of it.
        unpinned: ids of the messages that are not pinned any more.
        moved_to: new id of the group, "" if it has none.
    """

    messages: tuple[str, ...] = ()
    outcome: Outcome = DONE
    unpinned: tuple[str, ...] = ()
    moved_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a message is sent.

    Attributes:
        answers: id of the message that it replies to, "" for none.
        silent: nobody's phone rings.
        asks: open the field for a reply, with these words in it; "" to leave that.
    """

    answers: str = ""
    silent: bool = False
    asks: str = ""


class Post:
    """Sends, edits, pins and deletes.

    Args:
        bot: speaks to Telegram.
        calls: how calls are made.
        keyboard: makes keyboards.
    """

    def __init__(self, bot: Bot, calls: Calls, keyboard: Keyboard) -> None:
        self._bot = bot
        self._calls = calls
        self._keyboard = keyboard

    async def deliver(self, reply: Reply, place: Place, *, manner: Manner | None = None) -> Posted:
        """Edit or send, then pin and unpin, as a reply asks for; it deletes nothing."""
        manner = manner or Manner()
        posted = await self._shown(reply, place, manner)
        if posted.moved_to:
            moved = Place(platform=place.platform, group=posted.moved_to, channel=posted.moved_to)
            again = await self._shown(reply, moved, replace(manner, answers=""))
            posted = replace(again, moved_to=posted.moved_to)
            place = moved
        if (reply.pin or reply.unpins) and posted.messages and posted.outcome.fate in {Fate.DONE, Fate.UNCHANGED}:
            posted = await self._pinned(reply, place, posted)
        return posted

    async def edit(self, reply: Reply, place: Place) -> Posted:
        """Edit the message that a reply replaces; nothing is sent in its stead if it is gone."""
        piece = pieces(reply)[0]
        outcome = await self._tried(lambda: self._edit(reply.replaces, piece, place, self._keyboard.of(reply, place)))
        return Posted(messages=(reply.replaces,), outcome=outcome)

    async def delete(self, place: Place, message: str) -> Outcome:
        """Delete a message; one that is gone already counts as deleted."""
        chat, _ = chat_and_thread(place)

        async def delete() -> None:
            try:
                await self._calls.make(lambda: self._bot.delete_message(chat, int(message)), chat=chat, again=True)
            except BadRequest as error:
                if not is_deleted_already(error):
                    raise

        return await self._tried(delete)

    async def delete_all(self, place: Place, messages: Iterable[str]) -> Outcome:
        """Delete messages; return what became of the first that still stands."""
        outcomes = [await self.delete(place, message) for message in messages]
        return next((outcome for outcome in outcomes if outcome.fate is not Fate.DONE), DONE)

    async def unpin_all(self, place: Place, messages: Iterable[str]) -> Posted:
        """Unpin messages; return which are down, and what became of the first that is still pinned."""
        outcomes = {message: await self._unpin(place, message) for message in messages}
        gone = tuple(message for message, outcome in outcomes.items() if outcome.fate is Fate.DONE)
        first = next((outcome for outcome in outcomes.values() if outcome.fate is not Fate.DONE), DONE)
        return Posted(outcome=first, unpinned=gone)

    async def show_action(self, place: Place, action: ChatAction) -> None:
        """Show what the bot is doing; nothing is lost if that fails."""
        chat, thread = chat_and_thread(place)
        await self._calls.try_once(
            lambda: self._bot.send_chat_action(chat, action, message_thread_id=thread), chat=chat
        )

    async def _shown(self, reply: Reply, place: Place, manner: Manner) -> Posted:
        wanted = pieces(reply)
        messages: list[str] = []
        is_lost = False
        if reply.replaces and not wanted[0].document:
            markup = self._keyboard.of(reply, place) if len(wanted) == 1 else None
            outcome = await self._tried(lambda: self._edit(reply.replaces, wanted[0], place, markup))
            is_lost = outcome.fate is Fate.GONE
            if not is_lost:
                messages.append(reply.replaces)
                wanted = wanted[1:]
            if not wanted or outcome.fate not in {Fate.DONE, Fate.UNCHANGED, Fate.GONE}:
                return Posted(messages=tuple(messages), outcome=outcome)
        try:
            below: Markup = self._keyboard.of(reply, place)
            if manner.asks:
                below = {"force_reply": True, "input_field_placeholder": manner.asks[:PLACEHOLDER]}
            outcome = await self._send_all(wanted, below, place, manner, messages)
            if is_lost and messages:
                await self.delete(place, reply.replaces)  # a picture, which cannot become a text; or it is gone already
        except ChatMigrated as moved:
            return Posted(moved_to=str(moved.new_chat_id))
        except (TelegramError, DeliveryFailed) as error:
            outcome = outcome_of(error)
        return Posted(messages=tuple(messages), outcome=outcome)

    async def _pinned(self, reply: Reply, place: Place, posted: Posted) -> Posted:
        """Pin what was sent, if wished, and then take down what it stands for."""
        outcome = posted.outcome
        if reply.pin:
            outcome = await self._pin(place, posted.messages[0], quiet=not reply.pin.notify)
            if outcome.fate is not Fate.DONE:
                return replace(posted, outcome=outcome)
        done = await self.unpin_all(place, reply.unpins)
        is_done = reply.pin or done.outcome.fate is Fate.DONE
        return replace(posted, outcome=outcome if is_done else done.outcome, unpinned=done.unpinned)

    async def _send_all(
        self, wanted: tuple[Piece, ...], markup: Markup, place: Place, manner: Manner, messages: list[str]
    ) -> Outcome:
        """Send the pieces, the keyboard under the last; the others follow even if one may have been lost."""
        outcome = DONE
        for number, piece in enumerate(wanted, start=1):
            below = markup if number == len(wanted) else None
            try:
                message = await self._send(piece, below, place, manner)
            except Unknown as error:
                outcome = outcome_of(error)
            else:
                messages.append(str(message.message_id))
            manner = replace(manner, answers="")
        return outcome

    async def _send(self, piece: Piece, markup: Markup, place: Place, manner: Manner) -> Message:
        chat, thread = chat_and_thread(place)
        try:
            return await self._calls.make(self._sending(piece, markup, place, manner), chat=chat)
        except TelegramError as error:
            if thread is None or not is_lost_topic(error):
                raise
            whole, anew = replace(place, channel=str(chat)), replace(manner, answers="")
            return await self._calls.make(self._sending(piece, markup, whole, anew), chat=chat)

    def _sending(self, piece: Piece, markup: Markup, place: Place, manner: Manner) -> Callable[[], Awaitable[Message]]:
        """Return the call that sends a piece."""
        chat, thread = chat_and_thread(place)
        text, more = piece.text.text, _also(markup, manner)
        if piece.photo:
            photo = InputFile(piece.photo, filename="chart.png", attach=False)
            more |= {"caption_entities": piece.text.entities}
            return lambda: self._bot.send_photo(chat, photo, caption=text, message_thread_id=thread, api_kwargs=more)
        if piece.document:
            file = InputFile(piece.document, filename=piece.name, attach=False)
            more |= {"caption_entities": piece.text.entities}
            return lambda: self._bot.send_document(chat, file, caption=text, message_thread_id=thread, api_kwargs=more)
        more |= {"entities": piece.text.entities, "link_preview_options": NO_PREVIEW}
        return lambda: self._bot.send_message(chat, text, message_thread_id=thread, api_kwargs=more)

    async def _edit(self, message: str, piece: Piece, place: Place, markup: Markup) -> None:
        chat, _ = chat_and_thread(place)
        await self._calls.make(self._editing(message, piece, chat, markup), chat=chat, again=True)

    def _editing(self, message: str, piece: Piece, chat: int, markup: Markup) -> Callable[[], Awaitable[object]]:
        """Return the call that puts a text, or a picture, in the place of what a message showed."""
        text, number = piece.text, int(message)
        more: Json = {"reply_markup": markup} if markup else {}
        if piece.photo:
            caption: Json = {"caption_entities": text.entities}
            photo = InputMediaPhoto(piece.photo, caption=text.text, filename="chart.png", api_kwargs=caption)
            return lambda: self._bot.edit_message_media(photo, chat, number, api_kwargs=more)
        more |= {"entities": text.entities, "link_preview_options": NO_PREVIEW}
        return lambda: self._bot.edit_message_text(text.text, chat, number, api_kwargs=more)

    async def _pin(self, place: Place, message: str, *, quiet: bool) -> Outcome:
        chat, _ = chat_and_thread(place)

        async def pin() -> None:
            await self._calls.make(
                lambda: self._bot.pin_chat_message(chat, int(message), disable_notification=quiet),
                chat=chat,
                again=True,
            )

        return await self._tried(pin, right=Right.PIN)

    async def _unpin(self, place: Place, message: str) -> Outcome:
        """Unpin a message; one that is not pinned any more already counts as unpinned."""
        chat, _ = chat_and_thread(place)

        async def unpin() -> None:
            await self._calls.make(
                lambda: self._bot.unpin_chat_message(chat, message_id=int(message)), chat=chat, again=True
            )

        outcome = await self._tried(unpin, right=Right.PIN)
        return DONE if outcome.fate is Fate.GONE else outcome

    async def _tried(self, act: Callable[[], Awaitable[None]], *, right: Right | None = None) -> Outcome:
        try:
            await act()
        except (TelegramError, DeliveryFailed) as error:
            return outcome_of(error, right=right)
        return DONE


def _also(markup: Markup, manner: Manner) -> Json:
    """Return what is sent along with a message of any kind."""
    found: Json = {"disable_notification": manner.silent}
    if markup:
        found["reply_markup"] = markup
    if manner.answers:
        found["reply_parameters"] = {"message_id": int(manner.answers), "allow_sending_without_reply": True}
    return found
