"""Deep links: what stands behind "t.me/bot?start=", and private chats that are about a group."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.turn import Command
from bot.messages import Reply, Request
from bot.storage.recent import Recent

PAYLOAD_BYTES = 64
"""The longest payload of a deep link, of `A-Za-z0-9_-`. Source: Bot features, deep linking."""

HELD_S = 900.0
"""Seconds for which what is only for one person waits for them to come to the private chat."""

SESSION_S = 3600.0
"""Seconds since the last message for which a private chat stays about a group."""

_CAPACITY = 5_000
_GROUP = re.compile(r"g(-\d{1,20})_?")
_TOKEN = re.compile(r"h[\w-]{16}")
_WORD = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a deep link leads.

    Attributes:
        group: id of the group that the private chat is about from now on, "" for none.
        command: what is done there; "" for nothing.
        argument: what stands behind the command.
    """

    group: str = ""
    command: str = ""
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What waits in the private chat.

    Attributes:
        author: id of the person for whom it waits, once; "" if Telegram does not say who that is. Then it waits for
            whoever comes until its time is over, and only moderators may see a reply that was made already.
        group: id of the group that it comes from.
        what: a request to answer in the private chat, or a reply to show there.
    """

    author: str
    group: str
    what: Request | Reply


def payload(action: str, *, group: str = "") -> str:
    """Return the payload for a button's action, about a group; "" if it does not fit into a link."""
    words = action.split()
    if not all(_WORD.fullmatch(word) for word in words[1:]):
        return ""
    found = "_".join(([f"g{group}"] if group else []) + words)
    return found if len(found) <= PAYLOAD_BYTES else ""


def target(text: str, command_named: Callable[[str], Command | None]) -> Target | None:
    """Return where a payload leads; None if it leads nowhere.

    A command that needs a right is only opened, never given an argument: anybody can write a link, and its reader would
    change the group's settings by following it.
    """
    group = ""
    if begin := _GROUP.match(text):
        group = begin[1]
        text = text[begin.end() :]
    if not text:
        return Target(group=group)
    words = text.split("_")
    for count in range(len(words), 0, -1):
        name = "_".join(words[:count])
        if command := command_named(name):
            argument = "" if command.right else " ".join(words[count:])
            return Target(group=group, command=name, argument=argument)
    return None


class Desk:
    """Remembers what waits for whom, and which private chats are about a group.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: Recent[str, tuple[float, Held]] = Recent(_CAPACITY)
        self._groups: Recent[str, tuple[float, str]] = Recent(_CAPACITY)
        self._moved: Recent[str, str] = Recent(_CAPACITY)

    def hold(self, held: Held) -> str:
        """Keep something for a person and return the payload that fetches it."""
        now = self._clock()
        self._held.forget_where(lambda kept: kept[0] < now)
        token = f"h{secrets.token_urlsafe(12)}"
        self._held.put(token, (now + HELD_S, held))
        return token

    def fetch(self, token: str, *, author: str) -> Held | None:
        """Return what waits behind a payload for this person; None if nothing does."""
        if not _TOKEN.fullmatch(token):
            return None
        found = self._held.get(token)
        if found is None or found[0] < self._clock() or found[1].author not in {"", author}:
            return None
        if found[1].author:
            self._held.forget(token)
        return found[1]

    def enter(self, author: str, group: str) -> None:
        """Let a person's private chat be about `group`; "" ends that."""
        if group:
            self._groups.put(author, (self._clock() + SESSION_S, group))
        else:
            self._groups.forget(author)

    def group_of(self, author: str) -> str:
        """Return the group that a person's private chat is about, "" for none."""
        found = self._groups.get(author)
        if found is None or found[0] < self._clock():
            return ""
        group = self.current(found[1])
        self.enter(author, group)
        return group

    def move(self, group: str, *, to: str) -> None:
        """Let private chats and buttons that know a group by its old id be about the new one."""
        self._moved.put(group, to)

    def current(self, group: str) -> str:
        """Return the id that a group has now."""
        return self._moved.get(group) or group

    def has_expired(self, author: str) -> bool:
        """Return, once, whether the time is over for which a person's private chat was about a group."""
        expired = self._groups.get(author) is not None and not self.group_of(author)
        if expired:
            self._groups.forget(author)
        return expired
