"""What Telegram shows of the bot before anybody talks to it: command menus and about texts."""

import logging
from collections.abc import Callable, Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot.adapters.telegram.calls import Calls
from bot.core.assistant import Assistant
from bot.core.turn import Command
from bot.errors import DeliveryFailed

_DESCRIPTION, _LONGEST = 256, 512
_SHORT = 120
_log = logging.getLogger(__name__)


class Menus:
    """Sets menus and texts, only those that changed.

    Args:
        assistant: knows the commands and the words.
        bot: speaks to Telegram.
        calls: how calls are made.
    """

    def __init__(self, assistant: Assistant, *, bot: Bot, calls: Calls) -> None:
        self._assistant = assistant
        self._bot = bot
        self._calls = calls

    async def refresh(self) -> None:
        """Bring everything up to date; the bot serves without it too."""
        try:
            for scope, commands in self._menus():
                await self._set_menu(scope, commands)
            await self._set_texts()
        except (TelegramError, DeliveryFailed) as error:
            _log.warning("the menus are not up to date: %s", error)

    def _menus(self) -> Iterable[tuple[BotCommandScope, tuple[BotCommand, ...]]]:
        """Yield what each scope shows. A menu is a hint: it grants nothing."""
        rows = self._assistant.menu()
        yield BotCommandScopeAllPrivateChats(), _listed(rows, lambda row: not row.group_only)
        yield BotCommandScopeAllGroupChats(), _listed(rows, lambda row: row.right is None)
        yield BotCommandScopeAllChatAdministrators(), _listed(rows, lambda row: row.listed)

    async def _set_menu(self, scope: BotCommandScope, commands: tuple[BotCommand, ...]) -> None:
        bot = self._bot
        if await self._calls.make(lambda: bot.get_my_commands(scope=scope), again=True) != commands:
            await self._calls.make(lambda: bot.set_my_commands(commands, scope=scope), again=True)

    async def _set_texts(self) -> None:
        bot, word = self._bot, self._assistant.word
        long, short = word("telegram_description")[:_LONGEST], word("telegram_short")[:_SHORT]
        described = await self._calls.make(bot.get_my_description, again=True)
        if described.description != long:
            await self._calls.make(lambda: bot.set_my_description(long), again=True)
        summarised = await self._calls.make(bot.get_my_short_description, again=True)
        if summarised.short_description != short:
            await self._calls.make(lambda: bot.set_my_short_description(short), again=True)


def _listed(rows: Iterable[tuple[Command, str]], shown: Callable[[Command], bool]) -> tuple[BotCommand, ...]:
    return tuple(BotCommand(row.name, description[:_DESCRIPTION]) for row, description in rows if shown(row))
