"""The bot comes into a group, leaves it, gets rights, and groups change their ids."""

import logging
from collections.abc import Mapping
from functools import partial

from telegram import Bot, ChatMember, ChatMemberRestricted, ChatMemberUpdated, Message, User
from telegram.constants import ChatType
from telegram.error import ChatMigrated, TelegramError

from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.facts import Facts
from bot.adapters.telegram.post import Manner, Post
from bot.adapters.telegram.read import place_in
from bot.adapters.telegram.roles import Roles
from bot.adapters.telegram.talk import Talk
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed
from bot.messages import Author, Outcome, Place, Reply, Request

_GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
_SUPERGROUPS = -1_000_000_000_000
"""Ids of supergroups are below this, and never change. Source: Telegram Bot API, dialog ids."""

_log = logging.getLogger(__name__)


class Members:
    """Notes who comes and goes.

    Args:
        assistant: is told of it.
        bot: speaks to Telegram.
        me: the bot's own account.
        calls: how calls are made.
        post: says hello.
        talk: tells of new ids.
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
        talk: Talk,
        roles: Roles,
        facts: Facts,
        allowed: frozenset[str],
    ) -> None:
        self._assistant = assistant
        self._bot = bot
        self._me = me
        self._calls = calls
        self._post = post
        self._talk = talk
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
        await self._move(group, to=to)

    async def look_for_moved(self) -> None:
        """Learn which of the groups in which the operator lets the bot work have got new ids while it was away."""
        for group in [group for group in self._allowed if int(group) > _SUPERGROUPS]:
            try:
                await self._calls.make(partial(self._bot.get_chat_member, int(group), self._me.id), again=True)
            except ChatMigrated as error:
                await self._move(group, to=str(error.new_chat_id))
            except (TelegramError, DeliveryFailed) as error:
                _log.info("it is not known whether a group has a new id: %s", error)

    async def _move(self, group: str, *, to: str) -> None:
        if group in self._allowed:
            self._allowed.add(to)
            _log.warning("the group %s has the new id %s: write that into [access] of the configuration", group, to)
        await self._talk.move(group, to=to)

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
