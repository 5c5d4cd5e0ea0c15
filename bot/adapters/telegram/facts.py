"""What only Telegram can tell of a group, and files that people send along."""

import logging

from telegram import Bot, ChatMember, ChatMemberAdministrator, ChatMemberRestricted, Document, Message, User
from telegram.error import TelegramError

from bot.adapters.telegram.calls import Calls
from bot.errors import DeliveryFailed

FILE_BYTES = 256 * 1024
"""The largest file that is fetched: an import of a group's entries takes a tenth of that."""

_log = logging.getLogger(__name__)


class Facts:
    """Asks Telegram.

    Args:
        bot: speaks to Telegram.
        me: the bot's own account.
        calls: how calls are made.
    """

    def __init__(self, bot: Bot, *, me: User, calls: Calls) -> None:
        self._bot = bot
        self._me = me
        self._calls = calls

    async def of(self, group: str) -> dict[str, str]:
        """Return what the bot may do in a group ("" for none) and what it hears, by the names that the core knows."""
        facts = {"inline": _switch(self._me.supports_inline_queries)}
        if not group:
            return facts
        try:
            member = await self._calls.make(lambda: self._bot.get_chat_member(int(group), self._me.id), again=True)
        except (TelegramError, DeliveryFailed) as error:
            _log.info("the bot's own rights are not known: %s", error)
            return facts
        return facts | self.known(member)

    def known(self, member: ChatMember) -> dict[str, str]:
        """Return what the bot's own membership says; only administrators hear everything under privacy mode."""
        hears = self._me.can_read_all_group_messages or member.status == ChatMember.ADMINISTRATOR
        return rights_of(member) | {"privacy_mode": _switch(not hears)}

    async def file(self, message: Message) -> bytes | None:
        """Return the file of a message or of the one that it replies to; None if there is none that could be read."""
        replied = message.reply_to_message
        document = message.document or (replied.document if replied else None)
        if document is None or (document.file_size or FILE_BYTES + 1) > FILE_BYTES:
            return None
        try:
            return await self._calls.make(lambda: self._fetched(document), again=True)
        except (TelegramError, DeliveryFailed) as error:
            _log.info("a file could not be fetched: %s", error)
            return None

    async def _fetched(self, document: Document) -> bytes:
        file = await self._bot.get_file(document.file_id)
        return bytes(await file.download_as_bytearray())


def rights_of(member: ChatMember) -> dict[str, str]:
    """Return the rights of the bot, "yes" or "no" by name."""
    match member:
        case ChatMemberAdministrator():
            return {
                "can_send": "yes",
                "can_pin": _answer(member.can_pin_messages),
                "can_delete": _answer(member.can_delete_messages),
            }
        case ChatMemberRestricted():
            return {
                "can_send": _answer(member.can_send_messages),
                "can_pin": _answer(member.can_pin_messages),
                "can_delete": "no",
            }
        case _:
            return {"can_send": "yes", "can_pin": "no", "can_delete": "no"}


def _answer(held: object) -> str:
    return "yes" if held else "no"


def _switch(on: object) -> str:
    return "on" if on else "off"
