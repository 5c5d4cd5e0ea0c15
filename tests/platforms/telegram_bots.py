"""Real python-telegram-bot, bound to a loopback server: what the tests of the server talk through."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import ApplicationBuilder, ContextTypes, ExtBot, TypeHandler

from tests.platforms.telegram_server import TelegramServer

Context: TypeAlias = ContextTypes.DEFAULT_TYPE


@asynccontextmanager
async def connected(server: TelegramServer) -> AsyncIterator[Bot]:
    """Give a bot that only calls."""
    bot = Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url)
    async with bot:
        yield bot


class Parrot:
    """A polling bot that repeats each message with a button, and answers presses.

    Attributes:
        heard: all updates in the order in which they came.
    """

    def __init__(self, server: TelegramServer) -> None:
        self.heard: list[Update] = []
        bot: ExtBot[None] = ExtBot(server.token, base_url=server.base_url, base_file_url=server.base_file_url)
        self.application = ApplicationBuilder().bot(bot).build()
        self.application.add_handler(TypeHandler(Update, self._hear))

    @asynccontextmanager
    async def polling(self, *, allowed_updates: tuple[str, ...] = ()) -> AsyncIterator["Parrot"]:
        """Poll while the context is open."""
        async with self.application:
            await self.application.start()
            updater = self.application.updater
            assert updater is not None
            await updater.start_polling(allowed_updates=allowed_updates, poll_interval=0.0)
            try:
                yield self
            finally:
                await updater.stop()
                await self.application.stop()

    def texts(self) -> list[str]:
        """Return the texts of the messages that came."""
        return [update.message.text or "" for update in self.heard if update.message]

    async def _hear(self, update: Update, context: Context) -> None:
        self.heard.append(update)
        if update.callback_query:
            await update.callback_query.answer()
        if isinstance(update.message, Message) and update.message.text:
            keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])
            await update.message.reply_text(f"you said: {update.message.text}", do_quote=True, reply_markup=keyboard)
