"""A press of a button: answered within a second, then worked on."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from telegram import Bot, CallbackQuery, Message
from telegram.error import TelegramError

from bot.adapters.telegram import render
from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.intake import Turn
from bot.adapters.telegram.links import Desk, Held
from bot.adapters.telegram.read import PLATFORM, place_of
from bot.adapters.telegram.render import Keyboard
from bot.adapters.telegram.roles import Roles
from bot.adapters.telegram.talk import Talk
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed
from bot.messages import Author, Outcome, Quoted, Reply, Request

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

    async def take(self, query: CallbackQuery, *, update: int, turn: Turn, serves: bool = True) -> Outcome | None:
        """Answer a press and, in its turn, do what its button says; return what became of the reply.

        Args:
            query: the press.
            update: the update's id.
            turn: held while it is worked on. Waiting for it must not delay the answer.
            serves: the bot works in the button's chat.
        """
        spinner = Spinner(query, bot=self._bot, calls=self._calls)
        message, request = query.message, self._request(query, update=update) if serves else None
        if request is None or not isinstance(message, Message):
            turn.end()
            await spinner.stop(alert=self._assistant.word("stale"))
            return None
        work = asyncio.create_task(self._work(spinner, request, turn))
        try:
            await spinner.stop_soon()
            return await work
        finally:
            if work.cancel():
                await asyncio.wait({work})

    async def refuse(self, query: CallbackQuery) -> None:
        """Answer a press for which there is no room."""
        await Spinner(query, bot=self._bot, calls=self._calls).stop(alert=self._assistant.word("slow_down"))

    def _request(self, query: CallbackQuery, *, update: int) -> Request | None:
        """Return what a button asks, without rights; None if it is stale or was never the bot's."""
        message, user = query.message, query.from_user
        action, group = render.action_and_group(query.data or "")
        name, _, argument = action.partition(" ")
        if not isinstance(message, Message) or not message.is_accessible or self._assistant.command(name) is None:
            return None
        place = place_of(message)
        if group.startswith("~"):
            entered = self._desk.group_of(str(user.id))
            if render.short(entered) != group:
                return None
            group = entered
        return Request(
            command=name,
            argument=argument,
            id=str(update),
            place=replace(place, group=group) if place.direct and group else place,
            author=Author(id=str(user.id), language=user.language_code or ""),
            pressed=str(message.message_id),
            quoted=_answered(message),
        )

    async def _work(self, spinner: "Spinner", request: Request, turn: Turn) -> Outcome | None:
        async with turn:
            request = await self._placed(request)
            reply = await self._assistant.answer(request)
            group = not request.place.direct
            if reply and group and (reply.private or reply.form):
                reply = await self._talk.acted(request, reply)
                if await self._tell_alone(spinner, request, reply):
                    return None
            spinner.wanted.set()
            return await self._talk.say(request, reply, answers=request.pressed if group else "") if reply else None

    async def _placed(self, request: Request) -> Request:
        """Look up the presser's own rights: where the command needs one, and under answers to somebody else."""
        placed = await self._talk.placed(request)
        asked = placed.quoted.author if placed.quoted else ""
        if placed.place.direct or placed.author.rights or asked == placed.author.id:
            return placed
        rights = (await self._roles.of(placed.place.group, placed.author.id)).rights
        return replace(placed, author=replace(placed.author, rights=rights))

    async def _tell_alone(self, spinner: "Spinner", request: Request, reply: Reply) -> bool:
        """Answer in an alert, which only the presser sees, or by opening the private chat; False if it is too late."""
        if not spinner.turns:
            return False
        if not reply.form:
            await spinner.stop(alert=render.alert(reply))
            return True
        token = self._desk.hold(Held(author=request.author.id, group=request.place.group, what=reply))
        await spinner.stop(url=self._keyboard.link(token))
        return True


def _answered(message: Message) -> Quoted | None:
    """Return the message that the button's message answers, without its text: nobody says that again by pressing."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None:
        return None
    return Quoted(id=str(replied.message_id), author=str(replied.from_user.id))


class Spinner:
    """What turns on a button until the press is answered, which is done once.

    Args:
        query: the press.
        bot: speaks to Telegram.
        calls: how calls are made.

    Attributes:
        turns: the press is not answered yet.
        wanted: set when it is to be answered, empty if nothing else was said.
    """

    def __init__(self, query: CallbackQuery, *, bot: Bot, calls: Calls) -> None:
        self._query = query
        self._bot = bot
        self._calls = calls
        self.turns = True
        self.wanted = asyncio.Event()

    async def stop_soon(self) -> None:
        """Answer the press empty when that is wanted, after `SOON_S` in any case."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SOON_S):
                await self.wanted.wait()
        await self.stop()

    async def stop(self, *, alert: str = "", url: str = "") -> None:
        """Answer the press if that was not done before; one that is too old to be answered is nobody's loss."""
        if not self.turns:
            return
        self.turns = False
        self.wanted.set()
        try:
            await self._calls.make(
                lambda: self._bot.answer_callback_query(
                    self._query.id, text=alert or None, show_alert=bool(alert) or None, url=url or None
                ),
                again=True,
            )
        except (TelegramError, DeliveryFailed) as error:
            _log.info("%s: a press was not answered: %s", PLATFORM, error)
