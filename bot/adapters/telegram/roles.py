"""What people may do in a group: asked for when a command needs it, remembered for a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from telegram import Bot, ChatMember, ChatMemberAdministrator, ChatMemberOwner, ChatMemberRestricted
from telegram.error import ChatMigrated, TelegramError

from bot.adapters.telegram.calls import Calls
from bot.errors import DeliveryFailed
from bot.messages import Right
from bot.storage.recent import Recent

REMEMBERED_S = 60.0
_CAPACITY = 10_000

ANONYMOUS = frozenset({Right.PIN, Right.MANAGE})
"""What an anonymous administrator is taken to hold: Telegram does not say which one it is, so never the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody is in a group.

    Attributes:
        member: they are in it.
        rights: facts of the platform.
        known: Telegram said so; else nobody knows, and nothing may be concluded from it.
        moved_to: the group has this new id, "" if it has none.
    """

    member: bool = False
    rights: frozenset[Right] = frozenset()
    known: bool = True
    moved_to: str = ""


class Roles:
    """Asks who may do what.

    Args:
        bot: asks Telegram.
        calls: how calls are made.
        clock: seconds that only grow.
    """

    def __init__(self, bot: Bot, calls: Calls, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._calls = calls
        self._clock = clock
        self._known: Recent[tuple[str, str], tuple[float, Standing]] = Recent(_CAPACITY)

    async def of(self, group: str, person: str) -> Standing:
        """Return what a person is in a group; nobody in particular where Telegram does not say."""
        known = self._known.get((group, person))
        if known and known[0] > self._clock():
            return known[1]
        try:
            member = await self._calls.make(lambda: self._bot.get_chat_member(int(group), int(person)), again=True)
        except ChatMigrated as moved:
            return Standing(known=False, moved_to=str(moved.new_chat_id))
        except (TelegramError, DeliveryFailed):
            return Standing(known=False)
        standing = standing_of(member)
        self._known.put((group, person), (self._clock() + REMEMBERED_S, standing))
        return standing

    def forget(self, group: str, person: str) -> None:
        """Ask anew next time."""
        self._known.forget((group, person))


def standing_of(member: ChatMember) -> Standing:
    """Return what a membership means."""
    match member:
        case ChatMemberOwner():
            return Standing(member=True, rights=frozenset(Right))
        case ChatMemberAdministrator():
            held = {Right.PIN: member.can_pin_messages, Right.MANAGE: member.can_change_info}
            return Standing(member=True, rights=frozenset(right for right, has in held.items() if has))
        case ChatMemberRestricted():
            return Standing(member=member.is_member)
        case _:
            return Standing(member=member.status == ChatMember.MEMBER)
