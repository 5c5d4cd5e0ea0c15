"""A chat of the played Telegram: who is in it, what was said, and what the bot did there."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.platforms.telegram_objects import (
    GROUP_ANONYMOUS_BOT,
    MEMBER_RIGHTS,
    ORDINARY,
    Account,
    Json,
    Member,
    Message,
)
from tests.platforms.telegram_updates import Bell

PATIENCE_S = 10.0
"""How long a test waits for the bot, in seconds; it is only ever reached by a test that fails."""


@dataclass(slots=True, kw_only=True, eq=False)
class Topic:
    """A topic of a forum; `thread` is None for "General"."""

    name: str
    thread: int | None
    created: Message | None = None
    closed: bool = False
    deleted: bool = False


class Chat:
    """A private chat, a group, a supergroup or a channel.

    Attributes:
        type: "private", "group", "supergroup" or "channel".
        permissions: what every member may do.
        pinned: messages, the newest pin last.
        actions: what the bot showed itself doing ("typing").
        removed: messages that the bot deleted.
        started: the person of a private chat has written to the bot before.
        blocked: that person has blocked it.
        migrated_to: the supergroup that this group became.
        secretive: members are hidden from bots that are no administrators.
        last_bot: who of the bots spoke last.
    """

    def __init__(
        self,
        *,
        bell: Bell,
        number: int,
        kind: str,
        title: str = "",
        person: Account | None = None,
        username: str = "",
        forum: bool = False,
        remember: int | None = None,
    ) -> None:
        self._bell = bell
        self.id, self.type, self.title, self.person = number, kind, title, person
        self.username, self.forum = username, forum
        self.members: dict[int, tuple[Account, Member]] = {}
        self.permissions = ORDINARY
        self.messages: dict[int, Message] = {}
        self._remember = remember
        self._next_message_id = 1
        self.topics: dict[int, Topic] = {}
        self.general = Topic(name="General", thread=None)
        self.pinned: list[Message] = []
        self.actions: deque[str] = deque(maxlen=1000)
        self.removed: deque[Message] = deque(maxlen=remember)
        self._unread: deque[Message] = deque(maxlen=remember)
        self._edits: deque[Message] = deque(maxlen=remember)
        self.linked: Chat | None = None
        self.migrated_to: Chat | None = None
        self.started = self.blocked = self.secretive = False
        self.last_bot: Account | None = None

    def __repr__(self) -> str:
        return f"<Chat {self.id} {self.label}>"

    @property
    def label(self) -> str:
        """Its name for a reader of a failing test."""
        return self.person.name if self.person else self.title

    @property
    def is_group(self) -> bool:
        return self.type in {"group", "supergroup"}

    def to_json(self) -> Json:
        found: Json = {"id": self.id, "type": self.type}
        if self.person:
            found["first_name"] = self.person.name
        else:
            found["title"] = self.title
        if username := self.username or (self.person.username if self.person else ""):
            found["username"] = username
        if self.forum:
            found["is_forum"] = True
        return found

    def full_json(self) -> Json:
        """Return what getChat tells."""
        gifts = (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        )
        found = self.to_json()
        found |= {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
        if self.is_group:
            found["permissions"] = {right: right in self.permissions for right in MEMBER_RIGHTS}
        if self.linked:
            found["linked_chat_id"] = self.linked.id
        if self.pinned:
            found["pinned_message"] = self.pinned[-1].to_json(deep=False)
        return found

    # Who is here

    def member(self, account: Account) -> Member:
        """Return what this account is here."""
        return self.members.get(account.id, (account, Member(status="left")))[1]

    def seat(self, account: Account, member: Member) -> None:
        """Let this account be `member` from now on."""
        self.members[account.id] = (account, member)

    def may(self, account: Account, right: str) -> bool:
        """Return whether this account has a right such as "can_pin_messages"."""
        member = self.member(account)
        match member.status:
            case "creator":
                return True
            case "administrator":
                return right in member.rights or (right in self.permissions and right.startswith("can_send"))
            case "member":
                return right in self.permissions
            case _:
                return right in member.rights

    def promote(self, account: Account, *rights: str, anonymous: bool = False) -> None:
        """Make somebody an administrator with just these rights, without telling the bot."""
        granted = frozenset({"can_manage_chat", *rights})
        self.seat(account, Member(status="administrator", rights=granted, anonymous=anonymous))

    # What is said

    def number(self) -> int:
        """Return the next message's id."""
        self._next_message_id += 1
        return self._next_message_id - 1

    def keep(self, message: Message) -> None:
        """Add a message to the history."""
        self.messages[message.id] = message
        if self._remember is not None and len(self.messages) > self._remember:
            del self.messages[next(iter(self.messages))]
        author = message.sender
        if author and author.is_bot and author is not GROUP_ANONYMOUS_BOT and not message.service:
            self.last_bot = author

    def find(self, message_id: int) -> Message | None:
        """Return a message that still stands."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def note_sent(self, message: Message) -> None:
        """Show a message of the bot to whoever waits for it."""
        self._unread.append(message)
        self._bell.ring()

    def note_edited(self, message: Message) -> None:
        """Show an edit of the bot to whoever waits for it."""
        self._edits.append(message)
        self._bell.ring()

    # What tests ask

    async def next_message(self, *, timeout_s: float = PATIENCE_S) -> Message:
        """Return the bot's next message here that was not returned before.

        Raises:
            AssertionError: it sent none in time.
        """
        return await self._next(self._unread, what="sent nothing", timeout_s=timeout_s)

    async def next_messages(self, count: int) -> list[Message]:
        """Return the bot's next `count` messages here."""
        return [await self.next_message() for _ in range(count)]

    async def next_edit(self, *, timeout_s: float = PATIENCE_S) -> Message:
        """Return the message that the bot edited next."""
        return await self._next(self._edits, what="edited nothing", timeout_s=timeout_s)

    async def said_before_answering(
        self, probe: Message, *, is_answer: Callable[[Message], bool] | None = None
    ) -> list[Message]:
        """Return what the bot said here before it answered `probe`, a message that it surely answers.

        As it keeps the order within a chat, an empty list proves that it was silent on everything before.

        Args:
            probe: the message.
            is_answer: tells the answer; by default it is the message that replies to `probe`.
        """
        answers = is_answer or (lambda message: message.reply_to is probe)
        before: list[Message] = []
        while not answers(message := await self.next_message()):
            before.append(message)
        return before

    def unread(self) -> Sequence[Message]:
        """Return the bot's messages that no test has asked for yet."""
        return tuple(self._unread)

    async def _next(self, queue: deque[Message], *, what: str, timeout_s: float) -> Message:
        try:
            return await self._bell.until(lambda: queue.popleft() if queue else None, timeout_s=timeout_s)
        except TimeoutError:
            raise AssertionError(f"the bot {what} in {self!r} within {timeout_s} s") from None
