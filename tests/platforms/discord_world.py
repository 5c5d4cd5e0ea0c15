"""The world behind the loopback Discord: people, servers, roles, channels, messages, time and ids."""

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.platforms.discord_json import JsonObject
from tests.platforms.discord_permissions import EVERYTHING, NONE, Permission, union

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""The beginning of Discord's ids. Source: Discord developer documentation, Snowflakes."""


class Clock:
    """The time of the world, which tests may push on.

    Args:
        now: aware UTC; the clock of the machine by default.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._ahead = timedelta()
        self._last_id = 0

    def now(self) -> datetime:
        """This moment, aware UTC."""
        return self._now() + self._ahead

    def passes(self, delta: timedelta) -> None:
        """Let time pass, at once."""
        self._ahead += delta

    def new_id(self) -> int:
        """An id that tells the moment and grows."""
        milliseconds = (self.now() - EPOCH) // timedelta(milliseconds=1)
        self._last_id = max(self._last_id + 1, milliseconds << 22)
        return self._last_id


class ChannelKind(enum.IntEnum):
    """Kinds of channels. Source: Discord developer documentation, Channel Types."""

    TEXT = 0
    DIRECT = 1
    GROUP = 3
    THREAD = 11


class MessageFlag(enum.IntFlag):
    """Flags of messages. Source: Discord developer documentation, Message Flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


@dataclass(eq=False, kw_only=True)
class User:
    """Somebody with an account; also the bot.

    Attributes:
        takes_direct_messages: False: the bot cannot write first, or at all (50007).
        installed: has the bot installed as a user app.
    """

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    takes_direct_messages: bool = True
    installed: bool = False

    @property
    def mention(self) -> str:
        """What mentions this person in a message."""
        return f"<@{self.id}>"


@dataclass(eq=False, kw_only=True)
class Role:
    """A role of a guild; each member has one of his or her own for what `Guild.grants` gives."""

    id: int
    name: str
    permissions: Permission
    managed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file attached to a message."""

    id: int
    name: str
    content_type: str
    data: bytes = field(repr=False)
    description: str = ""
    url: str = "https://cdn.example.invalid/file"


@dataclass(eq=False, kw_only=True)
class Message:
    """A message, as it stands now.

    Attributes:
        kind: 0 ordinary, 6 "pinned a message", 19 reply, 20 and 23 answers to commands.
        sticker: name of the sticker on it, "" for none.
        forwards: the message that it shows in place of a text of its own.
        audience: whom an ephemeral message is shown to; None: everybody in the channel.
        pings: whom it notifies: user ids, and "everyone".
        interaction: the published metadata of the interaction that it answers.
        versions: (content, embeds) before each edit, oldest first.
    """

    id: int
    channel: "Channel" = field(repr=False)
    author: User
    created: datetime
    content: str = ""
    embeds: list[JsonObject] = field(default_factory=list)
    components: list[JsonObject] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    sticker: str = ""
    forwards: "Message | None" = field(default=None, repr=False)
    kind: int = 0
    flags: MessageFlag = NO_FLAGS
    audience: User | None = None
    reference: "Message | None" = field(default=None, repr=False)
    mentions: list[User] = field(default_factory=list)
    pings: set[str] = field(default_factory=set)
    interaction: JsonObject | None = None
    interaction_name: str = ""
    nonce: str | int | None = None
    edited: datetime | None = None
    pinned: datetime | None = None
    deleted: bool = False
    versions: list[tuple[str, list[JsonObject]]] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        """Only one person sees it."""
        return MessageFlag.EPHEMERAL in self.flags

    @property
    def link(self) -> str:
        """The address that people copy."""
        where = self.channel.guild.id if self.channel.guild else "@me"
        return f"https://discord.com/channels/{where}/{self.channel.id}/{self.id}"


@dataclass(eq=False, kw_only=True)
class Channel:
    """A channel, thread or private chat."""

    id: int
    kind: ChannelKind
    name: str
    guild: "Guild | None" = field(default=None, repr=False)
    parent: "Channel | None" = None
    recipients: tuple[User, ...] = ()
    history: list[Message] = field(default_factory=list, repr=False)
    overwrites: dict[int, tuple[Permission, Permission]] = field(default_factory=dict)
    old_edits: list[datetime] = field(default_factory=list)

    @property
    def direct(self) -> bool:
        """A private chat of the bot with one person."""
        return self.kind is ChannelKind.DIRECT

    @property
    def messages(self) -> list[Message]:
        """What everybody in the channel sees, oldest first."""
        return [message for message in self.history if not message.deleted and message.audience is None]

    @property
    def pins(self) -> list[Message]:
        """The pinned messages, newest pin first."""
        pinned = [(message.pinned, message) for message in self.messages if message.pinned is not None]
        return [message for _, message in sorted(pinned, key=lambda pair: (pair[0], pair[1].id), reverse=True)]

    def seen_by(self, user: User) -> list[Message]:
        """What one person sees, ephemeral answers included, oldest first."""
        return [message for message in self.history if not message.deleted and message.audience in {None, user}]

    def message(self, message_id: int) -> Message | None:
        """The message with an id, unless it is gone."""
        return next((found for found in reversed(self.history) if found.id == message_id and not found.deleted), None)

    def forbids(self, user: User, permissions: Permission) -> None:
        """Take permissions from one member in this channel."""
        allow, deny = self.overwrites.get(user.id, (NONE, NONE))
        self.overwrites[user.id] = (allow & ~permissions, deny | permissions)

    def allows(self, user: User, permissions: Permission) -> None:
        """Give permissions to one member in this channel."""
        allow, deny = self.overwrites.get(user.id, (NONE, NONE))
        self.overwrites[user.id] = (allow | permissions, deny & ~permissions)

    def permissions(self, user: User) -> Permission:
        """What a person may do here. Source: Discord developer documentation, Permission Hierarchy."""
        if self.guild is None:
            return EVERYTHING & ~Permission.ADMINISTRATOR if user in self.recipients or user.bot else NONE
        granted = self.guild.permissions(user)
        if Permission.ADMINISTRATOR in granted:
            return EVERYTHING
        overwrites = (self.parent or self).overwrites
        member = self.guild.members.get(user.id)
        role_ids = [role.id for role in member.roles] if member else []
        everyone_allow, everyone_deny = overwrites.get(self.guild.id, (NONE, NONE))
        granted = granted & ~everyone_deny | everyone_allow
        for allow, deny in (overwrites[role_id] for role_id in role_ids if role_id in overwrites):
            granted = granted & ~deny | allow
        allow, deny = overwrites.get(user.id, (NONE, NONE))
        granted = granted & ~deny | allow
        return granted if Permission.VIEW_CHANNEL in granted else NONE


@dataclass(eq=False, kw_only=True)
class Member:
    """A person in a guild."""

    user: User
    roles: list[Role]
    joined: datetime


@dataclass(eq=False, kw_only=True)
class Guild:
    """A Discord server.

    Attributes:
        system_channel: where Discord greets new members, if anywhere.
    """

    id: int
    name: str
    clock: Clock
    owner: User
    locale: str = "en-US"
    roles: list[Role] = field(default_factory=list, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: list[Channel] = field(default_factory=list, repr=False)
    system_channel: Channel | None = None

    @property
    def general(self) -> Channel:
        """The first channel."""
        return self.channels[0]

    def adds_channel(self, name: str, *, parent: Channel | None = None) -> Channel:
        """A new text channel, or with a parent a thread in it."""
        kind = ChannelKind.THREAD if parent else ChannelKind.TEXT
        channel = Channel(id=self.clock.new_id(), kind=kind, name=name, guild=self, parent=parent)
        self.channels.append(channel)
        return channel

    def admits(self, *users: User, permissions: Permission = NONE) -> None:
        """Make people members, each with a role of his or her own."""
        for user in users:
            role = Role(id=self.clock.new_id(), name=f"of {user.name}", permissions=permissions, managed=user.bot)
            self.roles.append(role)
            self.members[user.id] = Member(user=user, roles=[role], joined=self.clock.now())

    def grants(self, user: User, permissions: Permission) -> Role:
        """Give a member permissions; the role that changed."""
        role = self.members[user.id].roles[0]
        role.permissions |= permissions
        return role

    def revokes(self, user: User, permissions: Permission) -> Role:
        """Take permissions from a member's own role (what everybody has stays); the role that changed."""
        role = self.members[user.id].roles[0]
        role.permissions &= ~permissions
        return role

    def permissions(self, user: User) -> Permission:
        """What a person may do in the guild as a whole; nothing for those who are not in it."""
        member = self.members.get(user.id)
        if member is None:
            return NONE
        granted = union(role.permissions for role in (self.roles[0], *member.roles))
        return EVERYTHING if user is self.owner or Permission.ADMINISTRATOR in granted else granted


@dataclass(kw_only=True)
class World:
    """Everything that exists. The first role of a guild is @everyone and has the guild's id; files lie below `cdn`."""

    clock: Clock
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    private: dict[int, Channel] = field(default_factory=dict)
    files: dict[int, File] = field(default_factory=dict)
    cdn: str = "https://cdn.example.invalid"

    def adds_user(self, user: User) -> None:
        """Let a person exist."""
        self.users[user.id] = user

    def adds_guild(self, name: str, *, owner: User, everybody: Permission, locale: str) -> Guild:
        """A new guild with a channel "general"."""
        guild = Guild(id=self.clock.new_id(), name=name, clock=self.clock, owner=owner, locale=locale)
        guild.roles.append(Role(id=guild.id, name="@everyone", permissions=everybody))
        guild.adds_channel("general")
        guild.admits(owner)
        self.guilds[guild.id] = guild
        return guild

    def private_chat(self, *people: User, kind: ChannelKind = ChannelKind.DIRECT) -> Channel:
        """The private chat of some people, made if there is none yet."""
        for channel in self.private.values():
            if channel.kind is kind and set(channel.recipients) == set(people):
                return channel
        channel = Channel(id=self.clock.new_id(), kind=kind, name="", recipients=people)
        self.private[channel.id] = channel
        return channel

    def channel(self, channel_id: int) -> Channel | None:
        """The channel with an id."""
        if channel_id in self.private:
            return self.private[channel_id]
        channels = (channel for guild in self.guilds.values() for channel in guild.channels)
        return next((channel for channel in channels if channel.id == channel_id), None)
