"""What Discord tells becomes a `Request`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import discord

from bot.adapters.discord import raw, roles
from bot.core.turn import Command
from bot.messages import Author, Place, Quoted, Request, Right

PLATFORM = "discord"

_SAID = frozenset({discord.MessageType.default, discord.MessageType.reply})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where an interaction happens.

    Attributes:
        place: as the core knows it. Where the bot is only its asker's own app, that is a private chat with the asker.
        alone: nobody but the asker could read an answer anyway.
        foreign: the bot is not in this server or chat itself.
    """

    place: Place
    alone: bool
    foreign: bool

    @property
    def open(self) -> "Setting":
        """The same where all may see the answer: then it is no private chat."""
        return replace(self, place=replace(self.place, direct=False)) if self.foreign else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants with an interaction.

    Attributes:
        command: its name.
        argument: what would be typed behind it.
        fields: options or a form's answers, by name.
        quoted: the message that is acted on.
        pressed: id of the message whose component was used.
        file: what was uploaded.
    """

    command: str
    argument: str = field(default="", repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    quoted: Quoted | None = None
    pressed: str = ""
    file: bytes | None = field(default=None, repr=False)


def setting_of(interaction: discord.Interaction) -> Setting:
    """Return where an interaction happens."""
    channel = str(interaction.channel_id)
    if interaction.guild_id and interaction.is_guild_integration():
        place = Place(platform=PLATFORM, group=str(interaction.guild_id), channel=channel)
        return Setting(place=place, alone=False, foreign=False)
    alone = interaction.guild_id is None and not interaction.context.private_channel
    place = Place(platform=PLATFORM, group="", channel=channel, direct=True)
    return Setting(place=place, alone=alone, foreign=not alone)


def request_of(
    interaction: discord.Interaction, wish: Wish, *, setting: Setting, row: Command | None, hears_all: bool
) -> Request:
    """Return what an interaction asks.

    Args:
        interaction: what came in.
        wish: what it says.
        setting: where it happens.
        row: the command's row of the table.
        hears_all: the bot is shown messages that do not mention it.
    """
    in_thread = isinstance(interaction.channel, discord.Thread)
    tells = row is not None and (row.right is not None or row.facts)
    about = roles.facts(interaction.app_permissions, in_thread=in_thread, hears_all=hears_all) if tells else {}
    return Request(
        command=wish.command,
        argument=wish.argument,
        fields={**about, **wish.fields},
        id=str(interaction.id),
        place=setting.place,
        author=Author(
            id=str(interaction.user.id), rights=_rights(interaction, setting), language=str(interaction.locale)
        ),
        pressed=wish.pressed,
        quoted=wish.quoted,
        file=wish.file,
    )


def quoted_of(interaction: discord.Interaction) -> Quoted | None:
    """Return the message that was chosen in a context menu."""
    data: raw.Raw = interaction.data or {}
    target = raw.text(data, "target_id")
    message = raw.inner(raw.inner(raw.inner(data, "resolved"), "messages"), target)
    if not message:
        return None
    author = raw.text(raw.inner(message, "author"), "id")
    by_bot = author == str(interaction.application_id)
    return Quoted(id=target, author=author, by_bot=by_bot, text="" if by_bot else raw.text(message, "content"))


class Reader:
    """Reads messages for one bot.

    Args:
        me: the bot's own account.
        hears_all: the bot is shown messages that do not mention it.
    """

    def __init__(self, me: discord.ClientUser, *, hears_all: bool) -> None:
        self._me = me
        self._hears_all = hears_all
        self._mention = re.compile(rf"<@!?{me.id}>")

    def message(self, message: discord.Message) -> Request | None:
        """Return what a message asks; None where the bot stays silent."""
        if message.author.bot or message.webhook_id or message.type not in _SAID:
            return None
        quoted = self._quoted(message)
        direct = message.guild is None
        addressed = direct or bool(self._mention.search(message.content)) or bool(quoted and quoted.by_bot)
        content = "\n".join((message.content, *(forwarded.content for forwarded in message.message_snapshots))).strip()
        text = self._mention.sub("", content).strip()
        if not addressed and not (self._hears_all and text):
            return None
        if not content and not direct:
            return None  # without the intent, a reply that mentions nobody has no text
        return Request(
            command="ask" if content else "unreadable",
            argument=text,
            id=str(message.id),
            place=place_of(message),
            author=Author(id=str(message.author.id)),
            addressed=addressed,
            free=True,
            message=str(message.id),
            quoted=quoted,
        )

    def is_own_notice(self, message: discord.Message) -> bool:
        """Return whether a message only says that the bot pinned something."""
        return message.type is discord.MessageType.pins_add and message.author.id == self._me.id

    def _quoted(self, message: discord.Message) -> Quoted | None:
        replied = message.reference.resolved if message.reference else None
        if not isinstance(replied, discord.Message):
            return None
        by_bot = replied.author.id == self._me.id
        text = "" if by_bot else replied.content
        return Quoted(id=str(replied.id), author=str(replied.author.id), by_bot=by_bot, text=text)


def place_of(message: discord.Message) -> Place:
    """Return where a message stands."""
    group = str(message.guild.id) if message.guild else ""
    return Place(platform=PLATFORM, group=group, channel=str(message.channel.id), direct=not group)


def _rights(interaction: discord.Interaction, setting: Setting) -> frozenset[Right]:
    if setting.place.direct:
        return frozenset(Right)
    guild = interaction.guild
    owner = guild is not None and guild.owner_id == interaction.user.id
    return roles.rights_of(interaction.permissions, owner=owner)
