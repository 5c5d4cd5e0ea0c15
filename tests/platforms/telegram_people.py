"""What people do: they talk, press, pin, ask inline, and come and go."""

from urllib.parse import parse_qs, urlsplit

from tests.platforms.telegram_chat import Chat, Topic
from tests.platforms.telegram_objects import (
    CHANNEL_BOT,
    GROUP_ANONYMOUS_BOT,
    Account,
    Attachment,
    Json,
    Member,
    Message,
    StoredFile,
)
from tests.platforms.telegram_parameters import InlineResult
from tests.platforms.telegram_queries import show
from tests.platforms.telegram_text import Formatted, detected
from tests.platforms.telegram_world import Query, World

CALLBACK_S = 15.0
INLINE_S = 30.0
GUEST_S = 60.0


class Person:
    """Somebody who uses Telegram; another bot, too."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self.account = account

    def __repr__(self) -> str:
        return f"<Person {self.account.name}>"

    @property
    def id(self) -> int:
        return self.account.id

    # Talking

    async def says(
        self,
        chat: Chat,
        text: str = "",
        *,
        reply_to: Message | None = None,
        topic: Topic | None = None,
        photo: bytes | None = None,
        document: tuple[str, bytes] | None = None,
        voice: bytes | None = None,
        sticker: bytes | None = None,
        as_channel: Chat | None = None,
        anonymously: bool = False,
        age_s: float = 0.0,
        heard: bool | None = None,
    ) -> Message:
        """Write a message and return it; its `update_id` is None where Telegram keeps it from the bot.

        Args:
            chat: where.
            text: what; the caption of a file.
            reply_to: the message answered to.
            topic: of a forum.
            photo: a picture (PNG or JPEG).
            document: name and bytes of a file.
            voice: a voice message.
            sticker: a sticker.
            as_channel: write in the name of a channel.
            anonymously: write in the name of the group, as its anonymous administrators do.
            age_s: how long ago, in seconds.
            heard: overrules what privacy mode says.
        """
        if chat.person:
            assert chat.person is self.account, f"{self!r} is not in {chat!r}"
            chat.started = True
        message = self._world.write(chat, self.account, topic=topic, reply_to=reply_to)
        self._sign(message, as_channel=as_channel, anonymously=anonymously or chat.member(self.account).anonymous)
        message.sent -= age_s
        message.body = Formatted(text.strip(), detected(text.strip()))
        message.attachment = self._attached(photo=photo, document=document, voice=voice, sticker=sticker)
        assert text.strip() or message.attachment, "an empty message cannot be sent"
        self._world.tell(message, heard=heard)
        return message

    async def edits(self, message: Message, text: str) -> int | None:
        """Change an own message and return the id of the update; None where Telegram keeps it from the bot."""
        message.body = Formatted(text.strip(), detected(text.strip()))
        message.edited = self._world.clock()
        message.update_id = None
        kind = "edited_channel_post" if message.chat.type == "channel" else "edited_message"
        self._world.tell(message, kind=kind)
        return message.update_id

    async def deletes(self, message: Message) -> None:
        """Delete a message; Telegram tells bots nothing of it."""
        self._world.remove(message)

    async def posts(self, channel: Chat, text: str, *, heard: bool | None = None) -> Message:
        """Post in a channel; the group that is linked to it gets the automatic forward, which is returned."""
        post = self._world.write(channel, None)
        post.sender_chat = channel
        post.body = Formatted(text, detected(text))
        self._world.tell(post)
        groups = [chat for chat in self._world.chats.values() if chat.linked is channel]
        for group in groups:
            forward = self._world.write(group, self._world.accounts[777000])
            forward.sender_chat, forward.body = channel, post.body
            origin: Json = {"type": "channel", "date": int(post.sent), "chat": channel.to_json(), "message_id": post.id}
            forward.extra = {"is_automatic_forward": True, "forward_origin": origin}
            self._world.tell(forward, heard=heard)
            post = forward
        return post

    async def follows(self, url: str) -> Message:
        """Open a link to the bot ("https://t.me/bot?start=topic"): what a button's url does."""
        parts = urlsplit(url)
        assert parts.path.strip("/").casefold() == self._world.bot.username.casefold(), f"{url} leads elsewhere"
        payload = parse_qs(parts.query).get("start", [""])[0]
        return await self.says(self._world.private(self.account), f"/start {payload}")

    # Buttons and queries

    async def presses(self, message: Message, label: str) -> Query:
        """Press a button that carries data, by its label or a part that only it has."""
        button = message.button(label)
        assert button.data, f"{button.text!r} leads to {button.url}; follow it"
        return await self.sends_data(message, button.data)

    async def sends_data(self, message: Message, data: str) -> Query:
        """Send any button data at all, as a forged or outdated client may."""
        query = self._world.open_query(self.account, life_s=CALLBACK_S, text=data)
        body: Json = {
            "id": query.id,
            "from": self.account.to_json(),
            "chat_instance": f"{message.chat.id}",
            "data": data,
        }
        inline_id = next((key for key, value in self._world.inline_messages.items() if value is message), None)
        if inline_id:
            body["inline_message_id"] = inline_id
        else:
            body["message"] = message.stub() if message.deleted else message.to_json()
        query.update_id = self._world.updates.add("callback_query", body, key=f"user {self.id}")
        return query

    async def asks_inline(self, text: str, *, offset: str = "", chat_type: str = "group") -> Query:
        """Type "@bot text" in any chat."""
        assert self._world.abilities.inline, "inline mode is off"
        query = self._world.open_query(self.account, life_s=INLINE_S, text=text)
        body: Json = {"id": query.id, "from": self.account.to_json(), "query": text[:256], "offset": offset}
        body["chat_type"] = chat_type
        query.update_id = self._world.updates.add("inline_query", body, key=f"user {self.id}")
        return query

    async def chooses(self, query: Query, index: int, *, chat: Chat) -> Message:
        """Choose a result of an answered inline question and return the message that it becomes in `chat`."""
        result = InlineResult.model_validate(query.results[index], strict=False)
        query.chat = chat
        message = query.message = show(self._world, query, result=result)
        chosen: Json = {"result_id": result.id, "from": self.account.to_json(), "query": query.text}
        if result.reply_markup:
            inline_id = f"inline{query.id}"
            self._world.inline_messages[inline_id] = message
            chosen["inline_message_id"] = inline_id
        self._world.tell(message)
        if self._world.abilities.inline_feedback:
            self._world.updates.add("chosen_inline_result", chosen, key=f"user {self.id}")
        return message

    async def summons(self, chat: Chat, text: str, *, reply_to: Message | None = None) -> Query:
        """Write "@bot text" where the bot is no member: guest mode."""
        assert self._world.abilities.guest, "guest mode is off"
        message = self._world.write(chat, self.account, reply_to=reply_to)
        message.body = Formatted(text, detected(text))
        query = self._world.open_query(self.account, life_s=GUEST_S, text=text)
        query.chat = chat
        message.extra["guest_query_id"] = query.id
        query.update_id = self._world.updates.add("guest_message", message.to_json(), key=chat.id)
        return query

    # Running a group

    async def pins(self, message: Message) -> None:
        """Pin a message."""
        self._world.pin(message, by=self.account)

    async def unpins(self, message: Message) -> None:
        """Unpin a message; Telegram tells bots nothing of it."""
        message.chat.pinned.remove(message)

    async def opens_topic(self, forum: Chat, name: str) -> Topic:
        """Create a topic in a forum."""
        assert forum.forum, f"{forum!r} is no forum"
        topic = Topic(name=name, thread=None)
        message = self._world.write(forum, self.account)
        message.service = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        message.thread, message.in_topic = message.id, True
        topic.thread, topic.created = message.id, message
        forum.topics[message.id] = topic
        self._world.tell(message)
        return topic

    async def closes_topic(self, forum: Chat, topic: Topic) -> None:
        """Close a topic: only those who manage topics may write in it."""
        topic.closed = True
        self._world.announce(forum, by=self.account, service={"forum_topic_closed": {}}, topic=topic)

    async def deletes_topic(self, topic: Topic) -> None:
        """Delete a topic with all that was said in it; Telegram tells bots nothing of it."""
        topic.deleted = True

    async def renames(self, group: Chat, title: str) -> None:
        """Give the group another title."""
        group.title = title
        self._world.announce(group, by=self.account, service={"new_chat_title": title})

    async def upgrades(self, group: Chat) -> Chat:
        """Turn a basic group into a supergroup, which is returned; the group's id is of no use any more."""
        assert group.type == "group", f"{group!r} is no basic group"
        supergroup = self._world.add_chat("supergroup", title=group.title)
        supergroup.members = dict(group.members)
        supergroup.permissions = group.permissions
        self._world.announce(group, by=self.account, service={"migrate_to_chat_id": supergroup.id})
        group.migrated_to = supergroup
        self._world.announce(supergroup, by=GROUP_ANONYMOUS_BOT, service={"migrate_from_chat_id": group.id})
        return supergroup

    # Coming and going

    async def joins(self, group: Chat) -> None:
        """Become a member."""
        self._world.change_member(group, by=self.account, account=self.account, member=Member())
        self._world.announce(group, by=self.account, service={"new_chat_members": [self.account.to_json()]})

    async def leaves(self, group: Chat) -> None:
        """Leave a group."""
        self._world.announce(group, by=self.account, service={"left_chat_member": self.account.to_json()})
        self._world.change_member(group, by=self.account, account=self.account, member=Member(status="left"))

    async def adds_bot(self, group: Chat, *rights: str) -> None:
        """Add the bot, as an administrator if rights are given."""
        self._change_bot(group, Member(status="administrator", rights=frozenset(rights)) if rights else Member())
        if group.type != "channel":
            service: Json = {"new_chat_members": [self._world.bot.to_json()]}
            self._world.announce(group, by=self.account, service=service)

    async def promotes_bot(self, group: Chat, *rights: str) -> None:
        """Make the bot an administrator with just these rights."""
        self._change_bot(group, Member(status="administrator", rights=frozenset({"can_manage_chat", *rights})))

    async def demotes_bot(self, group: Chat) -> None:
        """Make the bot an ordinary member."""
        self._change_bot(group, Member())

    async def restricts_bot(self, group: Chat, *rights: str) -> None:
        """Leave the bot only these rights of a member."""
        self._change_bot(group, Member(status="restricted", rights=frozenset(rights)))

    async def removes_bot(self, group: Chat) -> None:
        """Throw the bot out."""
        self._change_bot(group, Member(status="kicked"))

    async def promotes(self, group: Chat, other: "Person", *rights: str, anonymous: bool = False) -> None:
        """Make somebody an administrator with just these rights."""
        member = Member(status="administrator", rights=frozenset({"can_manage_chat", *rights}), anonymous=anonymous)
        self._world.change_member(group, by=self.account, account=other.account, member=member)

    async def demotes(self, group: Chat, other: "Person") -> None:
        """Make somebody an ordinary member."""
        self._world.change_member(group, by=self.account, account=other.account, member=Member())

    async def blocks_bot(self) -> None:
        """Stop the private chat."""
        self._change_private(blocked=True)

    async def unblocks_bot(self) -> None:
        """Open the private chat again."""
        self._change_private(blocked=False)

    async def deletes_account(self) -> None:
        """Leave Telegram."""
        self.account.deactivated = True

    def _change_bot(self, group: Chat, member: Member) -> None:
        self._world.change_member(group, by=self.account, account=self._world.bot, member=member)

    def _change_private(self, *, blocked: bool) -> None:
        chat = self._world.private(self.account)
        chat.blocked = blocked
        self._change_bot(chat, Member(status="kicked") if blocked else Member())

    def _sign(self, message: Message, *, as_channel: Chat | None, anonymously: bool) -> None:
        if as_channel:
            message.sender, message.sender_chat = CHANNEL_BOT, as_channel
        elif anonymously:
            assert message.chat.member(self.account).leads, f"{self!r} is no administrator"
            message.sender, message.sender_chat = GROUP_ANONYMOUS_BOT, message.chat

    def _attached(
        self, *, photo: bytes | None, document: tuple[str, bytes] | None, voice: bytes | None, sticker: bytes | None
    ) -> Attachment | None:
        if document is not None:
            return Attachment(kind="document", file=self._world.store(document[0], document[1]))
        for kind, data in (("photo", photo), ("voice", voice), ("sticker", sticker)):
            if data is not None:
                stored: StoredFile = self._world.store(kind, data)
                return Attachment(kind=kind, file=stored, width=1280, height=720)
        return None
