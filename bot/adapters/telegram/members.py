"""The bot comes into a group, leaves it, gets rights, and groups change their ids."""

import logging
from collections.abc import Mapping

from telegram import Bot, ChatMember, ChatMemberRestricted, ChatMemberUpdated, Message, User
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.facts import Facts
from bot.adapters.telegram.post import Manner, Post
from bot.adapters.telegram.read import PLATFORM, place_in
from bot.adapters.telegram.roles import Roles
from bot.adapters.telegram.talk import moved
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed
from bot.messages import Author, Outcome, Place, Reply, Request

_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
_log = logging.getLogger(__name__)


class Members:
    """Notes who comes and goes.

    Args:
        assistant: is told of it.
        bot: speaks to Telegram.
        me: the bot's own account.
        calls: how calls are made.
        post: says hello.
        roles: forgets what has changed.
        facts: knows what the bot hears.
        allowed: ids of the groups in which the bot works; empty for all.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        bot: Bot,
        me: User,
        calls: Calls,
        post: Post,
        roles: Roles,
        facts: Facts,
        allowed: frozenset[str],
    ) -> None:
        self._assistant = assistant
        self._bot = bot
        self._me = me
        self._calls = calls
        self._post = post
        self._roles = roles
        self._facts = facts
        self._allowed = set(allowed)

    def serves(self, group: str) -> bool:
        """Return whether the operator lets the bot work in a group; private chats are no group."""
        return not (group and self._allowed) or group in self._allowed

    async def changed(self, change: ChatMemberUpdated, *, update: int) -> Outcome | None:
        """Note that somebody, or the bot, became something else in a group."""
        chat, now = change.chat, change.new_chat_member
        self._roles.forget(str(chat.id), str(now.user.id))
        if now.user != self._me or chat.type not in _GROUPS:
            return None
        was_here, is_here = _present(change.old_chat_member), _present(now)
        place = place_in(chat)
        if was_here and not is_here:
            await self._tell("group_removed", place, update=update)
        if is_here and not was_here:
            return await self._arrive(place, change, update=update)
        return None

    async def moved(self, message: Message) -> None:
        """Tell the core that a group has a new id; both of Telegram's service messages say the same."""
        group = str(message.migrate_from_chat_id or message.chat.id)
        to = str(message.chat.id if message.migrate_from_chat_id else message.migrate_to_chat_id)
        if group in self._allowed:
            self._allowed.add(to)
        place = Place(platform=PLATFORM, group=group, channel=group)
        await self._assistant.answer(moved(place, to))

    async def _arrive(self, place: Place, change: ChatMemberUpdated, *, update: int) -> Outcome | None:
        if not self.serves(place.group):
            await self._leave(place)
            return None
        reply = await self._tell("group_joined", place, update=update, fields=self._facts.known(change.new_chat_member))
        if reply is None:
            return None
        return (await self._post.deliver(reply, place, manner=Manner(silent=True))).outcome

    async def _leave(self, place: Place) -> None:
        _log.info("the bot leaves a group in which the configuration does not let it work")
        try:
            await self._calls.make(lambda: self._bot.leave_chat(int(place.group)), again=True)
        except (TelegramError, DeliveryFailed) as error:
            _log.warning("the group could not be left: %s", error)

    async def _tell(
        self, event: str, place: Place, *, update: int, fields: Mapping[str, str] | None = None
    ) -> Reply | None:
        me = Author(id=str(self._me.id))
        return await self._assistant.answer(
            Request(command=event, id=str(update), place=place, author=me, fields=fields or {}, notice=True)
        )


def _present(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER}
