"""Messages come and go: writing, editing, deleting and pinning, and the events that tell of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tests.platforms.discord_connection import Intent
from tests.platforms.discord_gateway import Gateway
from tests.platforms.discord_json import JsonObject, child, children, items, number, present, text
from tests.platforms.discord_limits import check_message
from tests.platforms.discord_payloads import member_json, message_json, stamp
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_refusals import FILE_TOO_LARGE, INVALID_FORM, TOO_MANY_PINS, Fault, Refused
from tests.platforms.discord_signal import Signal
from tests.platforms.discord_world import (
    NO_FLAGS,
    Channel,
    File,
    Message,
    MessageFlag,
    User,
    World,
)

ATTACHMENT_BYTES = 10 * 1024 * 1024
PIN_LIMIT = 250
PINNED, REPLY = 6, 19
USER_MENTION = re.compile(r"<@!?(\d+)>")
EVERYBODY_MENTION = re.compile(r"@(everyone|here)")
MENTIONS_OF_MESSAGES: JsonObject = {"parse": ["users", "roles", "everyone"], "replied_user": True}
MENTIONS_OF_INTERACTIONS: JsonObject = {"parse": ["users"]}
"""Who is notified if a bot says nothing of it. Source: Discord developer documentation, Allowed Mentions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a request."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a message is besides its contents; see `Message`."""

    kind: int = 0
    audience: User | None = None
    reference: Message | None = None
    interaction: JsonObject | None = None
    loading: bool = False
    sticker: str = ""
    forwards: Message | None = None
    mentions: JsonObject = field(default_factory=lambda: MENTIONS_OF_MESSAGES)


class Post:
    """Writes into the world and tells the gateway."""

    def __init__(self, world: World, *, bot: User, gateway: Gateway, signal: Signal) -> None:
        self._world = world
        self._bot = bot
        self._gateway = gateway
        self._signal = signal

    def write(
        self,
        channel: Channel,
        *,
        author: User,
        body: JsonObject,
        uploads: Mapping[int, Upload],
        circumstances: Circumstances,
    ) -> Message:
        """A new message.

        Raises:
            Refused: it is empty or over a limit.
        """
        flags = MessageFlag(number(body, "flags"))
        message = Message(
            id=self._world.clock.new_id(),
            channel=channel,
            author=author,
            created=self._world.clock.now(),
            kind=circumstances.kind,
            audience=circumstances.audience,
            reference=circumstances.reference,
            sticker=circumstances.sticker,
            forwards=circumstances.forwards,
            interaction=circumstances.interaction,
            flags=flags | (MessageFlag.EPHEMERAL if circumstances.audience else NO_FLAGS),
        )
        nonce = body.get("nonce")
        message.nonce = nonce if isinstance(nonce, str | int) else None
        if circumstances.loading:
            message.flags |= MessageFlag.LOADING
        elif circumstances.kind != PINNED and not (message.sticker or message.forwards):
            self._fill(message, body, uploads)
            self._address(message, child(body, "allowed_mentions") or circumstances.mentions)
        channel.history.append(message)
        self._tell("MESSAGE_CREATE", message)
        return message

    def edit(self, message: Message, body: JsonObject, *, uploads: Mapping[int, Upload]) -> None:
        """Change a message; keys that are absent stay.

        Raises:
            Refused: it would be empty or over a limit.
        """
        was_loading = MessageFlag.LOADING in message.flags
        before = (message.content, message.embeds)
        self._fill(message, body, uploads)
        if "flags" in body:
            changeable = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.COMPONENTS_V2
            message.flags = (message.flags & ~MessageFlag.SUPPRESS_EMBEDS) | (
                MessageFlag(number(body, "flags")) & changeable
            )
        message.flags &= ~MessageFlag.LOADING
        if was_loading:
            self._address(message, child(body, "allowed_mentions") or MENTIONS_OF_INTERACTIONS)
        else:
            message.versions.append(before)
            message.edited = self._world.clock.now()
        self._tell("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        place = message.channel
        data: JsonObject = {"id": str(message.id), "channel_id": str(place.id)}
        self._event("MESSAGE_DELETE", place, data, secret=message.audience is not None)

    def pin(self, message: Message, *, by: User) -> None:
        """Pin a message, with the notice that everybody gets; nothing if it is pinned.

        Raises:
            Refused: 250 are pinned (30003).
        """
        if message.pinned:
            return
        if len(message.channel.pins) >= PIN_LIMIT:
            raise Refused(TOO_MANY_PINS)
        message.pinned = self._world.clock.now()
        self._tell("MESSAGE_UPDATE", message)
        self._pins_changed(message.channel)
        notice = Circumstances(kind=PINNED, reference=message)
        self.write(message.channel, author=by, body={}, uploads={}, circumstances=notice)

    def unpin(self, message: Message) -> None:
        """Unpin a message; nothing if it is not pinned."""
        if message.pinned:
            message.pinned = None
            self._tell("MESSAGE_UPDATE", message)
            self._pins_changed(message.channel)

    def _pins_changed(self, channel: Channel) -> None:
        last = channel.pins[0].pinned if channel.pins else None
        data: JsonObject = {"channel_id": str(channel.id), "last_pin_timestamp": stamp(last)}
        self._event("CHANNEL_PINS_UPDATE", channel, data, intent=Intent.GUILDS)

    def _fill(self, message: Message, body: JsonObject, uploads: Mapping[int, Upload]) -> None:
        """Put contents into a message, all or nothing."""
        content = text(body, "content") if "content" in body else message.content
        files = self._files(message, body, uploads)
        embeds = children(body, "embeds") if "embeds" in body else message.embeds
        components = children(body, "components") if "components" in body else message.components
        whole: JsonObject = {
            "content": content,
            "embeds": embeds,
            "components": components,
            "allowed_mentions": child(body, "allowed_mentions"),
        }
        flags = message.flags | MessageFlag(number(body, "flags"))
        check_message(whole, files=len(files), flags=flags)
        message.content, message.files = content.strip(), files
        message.embeds = [_embed(embed) for embed in embeds]
        message.components = _numbered(components)

    def _files(self, message: Message, body: JsonObject, uploads: Mapping[int, Upload]) -> list[File]:
        if any(len(upload.data) > ATTACHMENT_BYTES for upload in uploads.values()):
            raise Refused(FILE_TOO_LARGE)
        if "attachments" not in body:
            return message.files + [self._file(upload, {}) for upload in uploads.values()]
        known = {file.id: file for file in message.files}
        files = []
        for index, told in enumerate(children(body, "attachments")):
            number_ = number(told, "id", -1)
            if number_ in uploads:
                files.append(self._file(uploads[number_], told))
            elif number_ in known:
                files.append(replace(known[number_], description=text(told, "description")))
            else:
                fault = Fault(f"attachments.{index}.id", "ATTACHMENT_NOT_FOUND", "There is no such file.")
                raise Refused(INVALID_FORM, faults=[fault])
        return files

    def _file(self, upload: Upload, told: JsonObject) -> File:
        number_, name = self._world.clock.new_id(), text(told, "filename") or upload.name
        file = File(
            id=number_,
            name=name,
            content_type=upload.content_type,
            data=upload.data,
            description=text(told, "description"),
            url=f"{self._world.cdn}/attachments/{number_}/{name}",
        )
        self._world.files[number_] = file
        return file

    def _address(self, message: Message, allowed: JsonObject) -> None:
        """Find out whom a message mentions and notifies."""
        parse = items(allowed, "parse")
        listed = {str(user_id) for user_id in items(allowed, "users")}
        mentioned = [user_id for user_id in USER_MENTION.findall(message.content) if int(user_id) in self._world.users]
        pings = {user_id for user_id in mentioned if "users" in parse or user_id in listed}
        if message.reference and allowed.get("replied_user"):
            pings.add(str(message.reference.author.id))
        may = Permission.MENTION_EVERYONE in message.channel.permissions(message.author)
        message.mentions = [self._world.users[int(user_id)] for user_id in sorted(pings)]
        if "everyone" in parse and may and EVERYBODY_MENTION.search(message.content):
            pings.add("everyone")
        message.pings = pings

    def _tell(self, name: str, message: Message) -> None:
        data = message_json(message, application=self._bot)
        if message.channel.guild:
            member = message.channel.guild.members.get(message.author.id)
            data |= present({"member": member_json(member, with_user=False) if member else None})
        veiled = data if self._shown(message) else {**data, **_nothing()}
        quoted = message.reference
        if quoted and not self._shown(quoted) and isinstance(data.get("referenced_message"), dict):
            veiled = {**veiled, "referenced_message": {**child(data, "referenced_message"), **_nothing()}}
        self._event(name, message.channel, data, veiled=veiled, secret=message.audience is not None)

    def _shown(self, message: Message) -> bool:
        """Whether a bot without the intent for message content sees the content."""
        return message.channel.direct or message.author is self._bot or self._bot in message.mentions

    def _event(
        self,
        name: str,
        channel: Channel,
        data: JsonObject,
        *,
        intent: Intent = Intent.GUILD_MESSAGES,
        veiled: JsonObject | None = None,
        secret: bool = False,
    ) -> None:
        """Tell the bot what happened where it can see."""
        self._signal.changed()
        guild = channel.guild
        if guild:
            place: JsonObject = {"guild_id": str(guild.id)}
            secret = secret or Permission.VIEW_CHANNEL not in channel.permissions(self._bot)
        else:
            place = {}
            intent = Intent.DIRECT_MESSAGES
            secret = secret or not channel.direct
        if not secret:
            whole = None if veiled is None else {**veiled, **place}
            guild_id = guild.id if guild else None
            self._gateway.dispatch(name, {**data, **place}, intent=intent, guild_id=guild_id, veiled=whole)


def _nothing() -> JsonObject:
    return {"content": "", "embeds": [], "components": [], "attachments": []}


def _embed(embed: JsonObject) -> JsonObject:
    """An embed as Discord gives it back."""
    shown = {"type": "rich", **present(embed)}
    shown.pop("flags", None)
    if "fields" in shown:
        shown["fields"] = [{"inline": False, **present(told)} for told in children(embed, "fields")]
    return shown


def _numbered(components: Iterable[JsonObject]) -> list[JsonObject]:
    """Components as Discord gives them back: each with an id, counted through the message."""
    count = 0

    def number_one(component: JsonObject) -> JsonObject:
        nonlocal count
        count += 1
        shown: JsonObject = {"id": count, **present(component)}
        if isinstance(component.get("components"), list):
            shown["components"] = [number_one(inner) for inner in children(component, "components")]
        if isinstance(component.get("accessory"), dict):
            shown["accessory"] = number_one(child(component, "accessory"))
        if isinstance(component.get("emoji"), dict):
            shown["emoji"] = present(child(component, "emoji"))
        if component.get("type") == 3:
            shown = {"min_values": 1, "max_values": 1, **shown}
            shown.pop("required", None)
            shown["options"] = [present(option) for option in children(component, "options")]
        return shown

    return [number_one(component) for component in components]
