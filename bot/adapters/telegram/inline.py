"""Questions from chats in which the bot is no member: inline mode and guest mode."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from telegram import (
    Bot,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Message,
)
from telegram.error import TelegramError

from bot.adapters.telegram import render
from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.post import NO_PREVIEW
from bot.adapters.telegram.read import PLATFORM, Reader
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed
from bot.messages import Author, Place, Reply, Request
from bot.richtext import RichText, join, plain

RESULTS = 10
CACHE_S = 300
_log = logging.getLogger(__name__)


class Strangers:
    """Answers where no group's settings and entries count, and keeps nothing of it.

    Args:
        assistant: what answers.
        bot: speaks to Telegram.
        calls: how calls are made.
        reader: knows the bot's name.
    """

    def __init__(self, assistant: Assistant, *, bot: Bot, calls: Calls, reader: Reader) -> None:
        self._assistant = assistant
        self._reader = reader
        self._bot = bot
        self._calls = calls

    async def suggest(self, query: InlineQuery, *, update: int) -> None:
        """Offer answers to what somebody is typing."""
        user = query.from_user
        request = Request(
            command="ask",
            argument=query.query,
            id=str(update),
            place=Place(platform=PLATFORM, group="", channel=str(user.id), direct=True),
            author=Author(id=str(user.id), language=user.language_code or ""),
        )
        offered = await self._assistant.suggest(request, RESULTS)
        results = [article(found.topic, found.title, found.summary, found.reply) for found in offered]
        await self._send(query.id, results)

    async def receive(self, message: Message, *, update: int) -> None:
        """Answer a guest's question; the chat is foreign, so it has no settings and leaves no trace."""
        user, guest = message.from_user, message.guest_query_id
        if user is None or user.is_bot or guest is None:
            return
        text = self._reader.unmentioned(message.text or message.caption or "")
        place = Place(platform=PLATFORM, group="", channel=f"guest{user.id}", direct=False)
        author = Author(id=str(user.id), language=user.language_code or "")
        request = Request(command="ask", argument=text, id=str(update), place=place, author=author)
        warning = self._assistant.caught(request)
        reply = warning or await self._assistant.answer(request)
        if reply is None or (reply.private and not warning):
            return  # everybody reads along in a foreign chat; that a secret stands there, they see anyway
        result = article(reply.topic or "answer", reply.title or self._assistant.word("guest_title"), "", reply)
        try:
            await self._calls.make(lambda: self._bot.answer_guest_query(guest, result), again=True)
        except (TelegramError, DeliveryFailed) as error:
            _log.info("a guest's question was not answered: %s", error)

    async def _send(self, query: str, results: Sequence[InlineQueryResultArticle]) -> None:
        button = InlineQueryResultsButton(self._assistant.word("button_topics"), start_parameter="topics")
        try:
            await self._calls.make(
                lambda: self._bot.answer_inline_query(query, results, cache_time=CACHE_S, button=button), again=True
            )
        except (TelegramError, DeliveryFailed) as error:
            _log.info("an inline question was not answered: %s", error)


def _listed(reply: Reply) -> RichText:
    """Return the topics that an answer without a topic of its own offers: where nothing can be pressed, they are read.

    What stands under the answer to a question is left out: it is only related.
    """
    if reply.topic:
        return ()
    shown = [button for row in reply.buttons for button in row if button.action.startswith("show ")]
    return join([plain(f"• {button.label}") for button in shown], "\n")


def article(topic: str, title: str, summary: str, reply: Reply) -> InlineQueryResultArticle:
    """Return an answer as a result to choose; one that is too long for a message is cut at its end."""
    text = render.texts(replace(reply, text=join([reply.text, _listed(reply)])))[0]
    more = {"entities": text.entities, "link_preview_options": NO_PREVIEW}
    content = InputTextMessageContent(text.text, api_kwargs=more)
    return InlineQueryResultArticle(topic, title, content, description=summary or None)
