"""A press of a button: answered within a second, then worked on."""

import asyncio
import logging
from dataclasses import replace

from telegram import Bot, CallbackQuery, Message
from telegram.error import TelegramError

from bot.adapters.telegram import render
from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.links import Desk, Held
from bot.adapters.telegram.read import PLATFORM, place_of
from bot.adapters.telegram.render import Keyboard
from bot.adapters.telegram.roles import Roles
from bot.adapters.telegram.talk import Talk
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed
from bot.messages import Author, Outcome, Reply, Request

SOON_S = 0.7
"""Seconds in which an answer can still be the alert to the press; then the press is answered empty."""

_log = logging.getLogger(__name__)


class Presses:
    """Takes presses.

    Args:
        assistant: what answers.
        bot: speaks to Telegram.
        calls: how calls are made.
        talk: shows answers.
        roles: who may do what.
        desk: what waits in private chats.
        keyboard: links to the private chat.
    """

    def __init__(
        self, assistant: Assistant, *, bot: Bot, calls: Calls, talk: Talk, roles: Roles, desk: Desk, keyboard: Keyboard
    ) -> None:
        self._assistant = assistant
        self._bot = bot
        self._calls = calls
        self._talk = talk
        self._roles = roles
        self._desk = desk
        self._keyboard = keyboard

    async def take(self, query: CallbackQuery, *, update: int) -> Outcome | None:
        """Answer a press and do what its button says; return what became of the reply."""
        message = query.message
        action, group = render.action_and_group(query.data or "")
        name, _, argument = action.partition(" ")
        known = self._assistant.command(name) is not None
        if not isinstance(message, Message) or not message.is_accessible or not known:
            await self._close(query, alert=self._assistant.word("stale"))
            return None
        place = place_of(message)
        if place.direct and group:
            place = replace(place, group=group)
        user = query.from_user
        request = Request(
            command=name,
            argument=argument,
            id=str(update),
            place=place,
            author=Author(id=str(user.id), language=user.language_code or ""),
            pressed=str(message.message_id),
        )
        return await self._work(query, await self._placed(request, message))

    async def _placed(self, request: Request, message: Message) -> Request:
        """Look up the presser's own rights: where the command needs one, and under answers to somebody else."""
        placed = await self._talk.placed(request)
        asked = message.reply_to_message.from_user if message.reply_to_message else None
        if placed.place.direct or placed.author.rights or (asked and str(asked.id) == placed.author.id):
            return placed
        rights = (await self._roles.of(placed.place.group, placed.author.id)).rights
        return replace(placed, author=replace(placed.author, rights=rights))

    async def _work(self, query: CallbackQuery, request: Request) -> Outcome | None:
        answering = asyncio.create_task(self._assistant.answer(request))
        try:
            done, _ = await asyncio.wait({answering}, timeout=SOON_S)
            if not done:
                await self._close(query)
            reply = await answering
        finally:
            answering.cancel()
        group = not request.place.direct
        if reply and group and done and (reply.private or reply.form):
            await self._tell_alone(query, request, await self._talk.acted(request, reply))
            return None
        if done:
            await self._close(query)
        return await self._talk.say(request, reply, answers=request.pressed if group else "") if reply else None

    async def _tell_alone(self, query: CallbackQuery, request: Request, reply: Reply) -> None:
        """Answer in an alert, which only the presser sees; a form opens the private chat."""
        if not reply.form:
            await self._close(query, alert=render.alert(reply))
            return
        token = self._desk.hold(Held(author=request.author.id, group=request.place.group, what=reply))
        await self._close(query, url=self._keyboard.link(token))

    async def _close(self, query: CallbackQuery, *, alert: str = "", url: str = "") -> None:
        """End the spinner; a press that is too old to be answered is nobody's loss."""
        try:
            await self._calls.make(
                lambda: self._bot.answer_callback_query(
                    query.id, text=alert or None, show_alert=bool(alert) or None, url=url or None
                ),
                again=True,
            )
        except (TelegramError, DeliveryFailed) as error:
            _log.info("%s: a press was not answered: %s", PLATFORM, error)
