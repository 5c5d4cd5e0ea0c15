"""All that Telegram knows: accounts, chats, files, open queries, and who gets to hear of what."""

import itertools
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.platforms.telegram_chat import Chat, Topic
from tests.platforms.telegram_objects import (
    GROUP_ANONYMOUS_BOT,
    STAND_INS,
    Account,
    Json,
    Member,
    Message,
    StoredFile,
)
from tests.platforms.telegram_refusals import bad_request
from tests.platforms.telegram_updates import Bell, Updates

_COMMAND = re.compile(r"/[a-zA-Z0-9_]{1,32}(?:@(?P<bot>[a-zA-Z0-9_]+))?(?=\s|$)")


@dataclass(slots=True, kw_only=True, eq=False)
class Query:
    """A press of a button, an inline question or a guest's question, and the bot's answer to it.

    Attributes:
        id: the query's id.
        asker: who.
        asked: when, by the server's clock.
        life_s: how long Telegram takes an answer, in seconds.
        answer: the parameters of the answering call, None before it.
        answers: how many answers were accepted.
        text: what was asked.
        results: the results of an inline or guest answer.
        message: what was shown to people in the end.
    """

    id: str
    asker: Account
    asked: float
    life_s: float
    bell: Bell = field(repr=False)
    answer: Json | None = None
    text: str = ""
    results: list[Json] = field(default_factory=list)
    update_id: int | None = None
    message: Message | None = None
    chat: Chat | None = None

    async def answered(self, *, timeout_s: float = 10.0) -> Json:
        """Return the parameters of the bot's answer.

        Raises:
            AssertionError: there was none in time.
        """
        try:
            return await self.bell.until(lambda: self.answer, timeout_s=timeout_s)
        except TimeoutError:
            raise AssertionError(f"the bot did not answer {self!r} within {timeout_s} s") from None

    async def alert(self, *, timeout_s: float = 10.0) -> str:
        """Return the text of the alert that answers a press, "" for an empty answer."""
        return str((await self.answered(timeout_s=timeout_s)).get("text", ""))

    def expire(self) -> None:
        """Let it be too late to answer."""
        self.life_s = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What BotFather was told.

    Attributes:
        privacy: in groups the bot hears only what is meant for it.
        bot_to_bot: it hears other bots.
        inline: it answers inline questions.
        inline_feedback: it hears which result was chosen.
        guest: it answers where it is no member.
    """

    privacy: bool = True
    bot_to_bot: bool = False
    inline: bool = True
    inline_feedback: bool = True
    guest: bool = True


class World:
    """The state behind the server.

    Args:
        bot: the bot that is tested.
        abilities: what BotFather was told.
        clock: seconds since 1970.
        check: called with each update before it is queued.
        remember: how many messages of a chat, files and queries are kept; None keeps all.
    """

    def __init__(
        self,
        *,
        bot: Account,
        abilities: Abilities,
        check: Callable[[Json], None],
        clock: Callable[[], float] = time.time,
        remember: int | None = None,
    ) -> None:
        self.bot, self.abilities, self.clock = bot, abilities, clock
        self.bell = Bell()
        self.updates = Updates(bell=self.bell, clock=clock, check=check)
        self.accounts: dict[int, Account] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.inline_messages: dict[str, Message] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.about: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, Json] = {}
        self._remember = remember
        self._numbers = itertools.count(1001)
        self._query_order: deque[str] = deque()

    def next_number(self) -> int:
        """Return a number that was not used yet."""
        return next(self._numbers)

    # Making things

    def add_account(self, name: str, *, username: str = "", language: str = "", is_bot: bool = False) -> Account:
        """Return a new user or bot."""
        account = Account(
            id=self.next_number() + 7_000_000_000, name=name, username=username, language=language, is_bot=is_bot
        )
        self.accounts[account.id] = account
        return account

    def add_chat(self, kind: str, *, title: str, username: str = "", forum: bool = False) -> Chat:
        """Return a new group, supergroup or channel."""
        number = self.next_number()
        chat_id = -number if kind == "group" else -1_002_000_000_000 - number
        chat = Chat(
            bell=self.bell,
            number=chat_id,
            kind=kind,
            title=title,
            username=username,
            forum=forum,
            remember=self._remember,
        )
        self.chats[chat_id] = chat
        return chat

    def private(self, account: Account) -> Chat:
        """Return the private chat of somebody with the bot."""
        if account.id not in self.chats:
            chat = Chat(bell=self.bell, number=account.id, kind="private", person=account, remember=self._remember)
            self.chats[account.id] = chat
        return self.chats[account.id]

    def chat(self, chat_id: int | str) -> Chat:
        """Return the chat with this id or @name.

        Raises:
            Refused: there is none.
        """
        if chat_id == "":
            raise bad_request("chat_id is empty")
        if isinstance(chat_id, int):
            found = self.chats.get(chat_id)
        else:
            names = {f"@{chat.username}".casefold(): chat for chat in self.chats.values() if chat.username}
            found = names.get(chat_id.casefold())
        if found is None:
            raise bad_request("chat not found")
        return found

    def store(self, name: str, data: bytes, *, content_type: str = "application/octet-stream") -> StoredFile:
        """Keep a file."""
        number = self.next_number()
        stored = StoredFile(id=f"AgACAg{number:010d}", name=name, data=data, content_type=content_type)
        self.files[stored.id] = stored
        if self._remember is not None and len(self.files) > self._remember:
            del self.files[next(iter(self.files))]
        return stored

    def write(
        self, chat: Chat, sender: Account | None, *, topic: Topic | None = None, reply_to: Message | None = None
    ) -> Message:
        """Return a new, still empty message in the history of `chat`."""
        message = Message(id=chat.number(), chat=chat, sender=sender, sent=self.clock(), reply_to=reply_to)
        thread = topic.thread if topic else None
        if thread is None and reply_to and reply_to.in_topic:
            thread = reply_to.thread
        if thread is not None:
            message.thread, message.in_topic = thread, True
            message.reply_to = reply_to or chat.topics[thread].created
        elif reply_to and chat.type == "supergroup":
            # A thread of replies in an ordinary supergroup bears an id too, which is no topic to send to.
            message.thread = reply_to.thread or reply_to.id
        chat.keep(message)
        return message

    def open_query(self, asker: Account, *, life_s: float, text: str = "") -> Query:
        """Return a query that waits for the bot's answer."""
        query = Query(
            id=str(4_000_000_000_000_000 + self.next_number()),
            asker=asker,
            asked=self.clock(),
            life_s=life_s,
            text=text,
            bell=self.bell,
        )
        self.queries[query.id] = query
        self._query_order.append(query.id)
        if self._remember is not None and len(self._query_order) > self._remember:
            del self.queries[self._query_order.popleft()]
        return query

    # Telling the bot

    def tell(self, message: Message, *, kind: str = "", heard: bool | None = None) -> None:
        """Tell the bot of a message, if it may hear it; `heard` overrules privacy mode."""
        chat = message.chat
        default = "channel_post" if chat.type == "channel" else "message"
        if self.hears(message) if heard is None else heard:
            message.update_id = self.updates.add(kind or default, message.to_json(), key=chat.id)

    def hears(self, message: Message) -> bool:
        """Return whether Telegram lets the bot know of this message.

        Source: "Bot features", privacy mode; other bots are heard in bot-to-bot mode only.
        """
        chat, sender = message.chat, message.sender
        if chat.type == "private":
            return sender is not self.bot or bool(message.service)
        member = chat.member(self.bot)
        if not member.present:
            return False
        if message.service or chat.type == "channel":
            return True
        if sender is self.bot:
            return False
        if sender and sender.is_bot and sender.id not in STAND_INS and not self.abilities.bot_to_bot:
            return False
        return not self.abilities.privacy or member.leads or self._is_meant(message)

    def _is_meant(self, message: Message) -> bool:
        if message.via_bot is self.bot or (message.reply_to and message.reply_to.sender is self.bot):
            return True
        found = _COMMAND.match(message.text)
        if not found:
            return False
        if named := found["bot"]:
            return named.casefold() == self.bot.username.casefold()
        return message.chat.last_bot in {None, self.bot}

    def change_member(self, chat: Chat, *, by: Account, account: Account, member: Member) -> None:
        """Let somebody become something else in a chat, and tell the bot."""
        old = chat.member(account)
        chat.seat(account, member)
        channel = chat.type == "channel"
        kind = "my_chat_member" if account is self.bot else "chat_member"
        if account is not self.bot and not chat.member(self.bot).leads:
            return
        change: Json = {
            "chat": chat.to_json(),
            "from": by.to_json(),
            "date": int(self.clock()),
            "old_chat_member": old.to_json(account, channel=channel),
            "new_chat_member": member.to_json(account, channel=channel),
        }
        self.updates.add(kind, change, key=chat.id)

    def announce(self, chat: Chat, *, by: Account, service: Json, topic: Topic | None = None) -> Message:
        """Write a service message and tell the bot of it."""
        author = GROUP_ANONYMOUS_BOT if chat.is_group and chat.member(by).anonymous else by
        message = self.write(chat, author, topic=topic)
        message.service = service
        if author is GROUP_ANONYMOUS_BOT:
            message.sender_chat = chat
        self.tell(message)
        return message

    def pin(self, message: Message, *, by: Account) -> None:
        """Pin a message on top of the others."""
        chat = message.chat
        if message in chat.pinned:
            chat.pinned.remove(message)
        chat.pinned.append(message)
        topic = chat.topics.get(message.thread) if message.in_topic and message.thread else None
        self.announce(chat, by=by, service={"pinned_message": message.to_json(deep=False)}, topic=topic)

    def remove(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        if message in message.chat.pinned:
            message.chat.pinned.remove(message)
        self.bell.ring()
