"""Each update goes to whoever handles its kind, once, and how it ended is counted."""

import logging
import time
import traceback
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from telegram import Message, Update
from telegram.constants import ChatType

from bot.adapters.telegram import links
from bot.adapters.telegram.facts import Facts
from bot.adapters.telegram.forms import Forms
from bot.adapters.telegram.inline import Strangers
from bot.adapters.telegram.intake import Turn
from bot.adapters.telegram.links import Desk, Held
from bot.adapters.telegram.members import Members
from bot.adapters.telegram.press import Presses
from bot.adapters.telegram.read import PLATFORM, Heard, Reader
from bot.adapters.telegram.talk import START, Talk
from bot.core.assistant import Assistant
from bot.messages import Fate, Outcome, Reply, Request
from bot.ops.observe import Metrics
from bot.richtext import plain

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Who handles what."""

    reader: Reader
    talk: Talk
    presses: Presses
    strangers: Strangers
    members: Members
    facts: Facts
    forms: Forms
    desk: Desk


class Dispatch:
    """Handles updates.

    Args:
        assistant: knows the commands.
        hands: who handles what.
        metrics: counts how updates ended.
        max_age_s: older messages are left alone.
        now: seconds since 1970.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        hands: Hands,
        metrics: Metrics,
        max_age_s: float,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._assistant = assistant
        self._hands = hands
        self._events = metrics.events
        self._seconds = metrics.answer_seconds.labels(PLATFORM)
        self._max_age_s = max_age_s
        self._now = now

    async def handle(self, update: Update, turn: Turn) -> None:
        """Handle an update in its turn; raises nothing, for one message's defect must not end the others."""
        began = time.perf_counter()
        try:
            ended = await self._handled(update, turn)
        except Exception as error:  # noqa: BLE001 - as said above
            _log_failed(update, error)
            ended = "failed"
        self._events.labels(PLATFORM, ended).inc()
        self._seconds.observe(time.perf_counter() - began)

    async def refuse(self, update: Update) -> None:
        """Answer a press for which there is no room; nobody waits for a word about anything else. Raises nothing."""
        if query := update.callback_query:
            try:
                await self._hands.presses.refuse(query)
            except Exception as error:  # noqa: BLE001 - as above
                _log_failed(update, error)

    async def _handled(self, update: Update, turn: Turn) -> str:
        if query := update.callback_query:
            serves = query.message is None or self._serves(query.message.chat.id)
            outcome = await self._hands.presses.take(query, update=update.update_id, turn=turn, serves=serves)
        else:
            async with turn:
                message = update.message or update.edited_message
                if message and self._is_old(message):
                    return "stale"
                outcome = await (self._message(message, update) if message else self._other(update))
        return "unknown" if outcome and outcome.fate is Fate.UNKNOWN else "handled"

    async def _other(self, update: Update) -> Outcome | None:
        hands, number = self._hands, update.update_id
        if change := update.my_chat_member or update.chat_member:
            return await hands.members.changed(change, update=number)
        if update.inline_query:
            await hands.strangers.suggest(update.inline_query, update=number)
        elif update.guest_message:
            await hands.strangers.receive(update.guest_message, update=number)
        return None

    def _is_old(self, message: Message) -> bool:
        if message.migrate_to_chat_id or message.migrate_from_chat_id:
            return False  # the group has its new id for good, and Telegram tells so only once
        return (self._now() - (message.edit_date or message.date)).total_seconds() > self._max_age_s

    def _serves(self, chat: int) -> bool:
        return chat > 0 or self._hands.members.serves(str(chat))

    async def _message(self, message: Message, update: Update) -> Outcome | None:
        hands, edited = self._hands, update.edited_message is not None
        if message.migrate_to_chat_id or message.migrate_from_chat_id:
            await hands.members.moved(message)
            return None
        heard = hands.reader.message(message, update=update.update_id, edited=edited)
        if heard is None or not self._serves(message.chat.id):
            return None
        if not heard.heeded:
            return await hands.talk.guard(heard.request)
        if heard.request.place.direct:
            return await self._private(heard, message)
        if heard.typed and heard.request.command == START and heard.request.argument:
            # Telegram itself types it when the bot is added by a link; the bot has said hello already.
            return await hands.talk.guard(heard.request)
        return await self._hear(heard, message)

    async def _hear(self, heard: Heard, message: Message) -> Outcome | None:
        return await self._hands.talk.hear(await self._equipped(heard, message))

    async def _private(self, heard: Heard, message: Message) -> Outcome | None:
        hands, request = self._hands, heard.request
        filling = hands.forms.pending(request.author.id)
        text = message.text or ""
        if request.edited and hands.forms.has_taken(request.author.id, request.message):
            return await hands.talk.guard(request)
        if filling and not request.edited and text and (not heard.typed or hands.forms.cancels(text)):
            return await hands.talk.fill(Heard(request=replace(request, argument=text)), filling)
        if heard.typed and request.command == START:
            return await self._follow(request, message)
        return await self._hear(heard, message)

    async def _follow(self, request: Request, message: Message) -> Outcome | None:
        """Do what a deep link says; without one, the private chat is about no group any more."""
        if caught := await self._hands.talk.guard(request):
            return caught
        hands, author = self._hands, request.author.id
        payload = request.argument
        if held := hands.desk.fetch(payload, author=author):
            return await self._hand_over(request, held, message)
        target = links.target(payload, self._assistant.command)
        if payload and target is None:
            return await hands.talk.say(request, Reply(text=plain(self._assistant.word("stale"))))
        hands.desk.enter(author, target.group if target else "")
        command = target.command if target else ""
        argument = target.argument if target else ""
        linked = replace(request, command=command or START, argument=argument)
        return await self._hear(Heard(request=linked), message)

    async def _hand_over(self, request: Request, held: Held, message: Message) -> Outcome | None:
        """Go on in the private chat with what began in a group; rights are looked up again."""
        hands = self._hands
        hands.desk.enter(request.author.id, held.group)
        if isinstance(held.what, Request):
            here = replace(
                held.what, id=request.id, place=request.place, author=request.author, message=request.message
            )
            return await self._hear(Heard(request=here), message)
        placed = await hands.talk.placed(request)
        if not held.author and not placed.author.rights:
            return await hands.talk.say(placed, Reply(text=plain(self._assistant.word("stale"))))
        return await hands.talk.say(placed, held.what)

    async def _equipped(self, heard: Heard, message: Message) -> Heard:
        """Return the request with the file that its command takes."""
        row = self._assistant.command(heard.request.command)
        if row is None or not heard.typed or not any(option.file for option in row.options):
            return heard
        rights = (await self._hands.talk.placed(heard.request)).author.rights
        return replace(
            heard, request=replace(heard.request, file=await self._hands.facts.file(message) if rights else None)
        )


def _log_failed(update: Update, error: Exception) -> None:
    trace = "".join(traceback.format_tb(error.__traceback__))
    _log.error("update %s failed: %s\n%s", update.update_id, type(error).__name__, trace)


def lane_of(update: Update) -> Hashable:
    """Return what keeps an order of its own: a chat, or for inline questions and presses in groups the person."""
    chat = update.effective_chat
    if update.inline_query:
        return "person", update.inline_query.from_user.id
    if update.callback_query and not (chat and chat.type == ChatType.PRIVATE):
        return "person", update.callback_query.from_user.id
    return chat.id if chat else None
