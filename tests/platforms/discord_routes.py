"""The routes for channels, messages and pins."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.platforms.discord_json import JsonObject, child, number
from tests.platforms.discord_payloads import channel_json, message_json, stamp
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_post import MENTIONS_OF_MESSAGES, REPLY, Circumstances
from tests.platforms.discord_refusals import (
    CANNOT_IN_DIRECT,
    CANNOT_MESSAGE_USER,
    INVALID_FORM,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NO_HISTORY,
    NOT_THE_AUTHOR,
    SYSTEM_MESSAGE,
    TOO_MANY_OLD_EDITS,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    Fault,
    Refused,
)
from tests.platforms.discord_rest import Call, Result, Route
from tests.platforms.discord_stage import Stage
from tests.platforms.discord_world import Channel, ChannelKind, Message

OLD = timedelta(hours=1)
OLD_EDITS = 5
"""Edits of old messages in an hour and a channel; Discord does not publish its number."""
NONCE_LIFE = timedelta(minutes=5)
SYSTEM_KINDS = {6}


class ChannelRoutes:
    """Channels, messages and pins."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def table(self) -> Mapping[tuple[str, str], Route]:
        """The routes by method and template; the more special ones first."""
        messages = "/channels/{channel_id}/messages"
        return {
            ("GET", "/channels/{channel_id}"): self.channel,
            ("POST", "/channels/{channel_id}/typing"): self.typing,
            ("GET", messages): self.history,
            ("POST", messages): self.create,
            ("GET", messages + "/pins"): self.pins,
            ("PUT", messages + "/pins/{message_id}"): self.pin,
            ("DELETE", messages + "/pins/{message_id}"): self.unpin,
            ("GET", messages + "/{message_id}"): self.message,
            ("PATCH", messages + "/{message_id}"): self.edit,
            ("DELETE", messages + "/{message_id}"): self.delete,
        }

    def channel(self, call: Call) -> Result:
        """GET a channel."""
        return Result(body=channel_json(self._channel(call)))

    def typing(self, call: Call) -> Result:
        """POST "is typing"."""
        self._may_write(self._channel(call))
        return Result(status=204)

    def history(self, call: Call) -> Result:
        """GET messages, newest first."""
        channel = self._channel(call, Permission.READ_MESSAGE_HISTORY)
        limit = int(call.query.get("limit", 50))
        return Result(body=[self._json(message) for message in channel.messages[::-1][:limit]])

    def message(self, call: Call) -> Result:
        """GET one message."""
        self._channel(call, Permission.READ_MESSAGE_HISTORY)
        return Result(body=self._json(self._message(call)))

    def create(self, call: Call) -> Result:
        """POST a message; the same nonce, enforced, gives the message that is there."""
        channel = self._channel(call)
        self._may_write(channel)
        if call.body.get("embeds"):
            self._needs(channel, Permission.EMBED_LINKS)
        if call.uploads:
            self._needs(channel, Permission.ATTACH_FILES)
        known = self._known_nonce(channel, call.body)
        if known:
            return Result(body=self._json(known))
        reference = self._reference(channel, child(call.body, "message_reference"))
        circumstances = Circumstances(
            kind=REPLY if reference else 0, reference=reference, mentions=MENTIONS_OF_MESSAGES
        )
        message = self._stage.post.write(
            channel, author=self._stage.bot, body=call.body, uploads=call.uploads, circumstances=circumstances
        )
        return Result(body=self._json(message))

    def edit(self, call: Call) -> Result:
        """PATCH an own message; old ones only a few times an hour (30046)."""
        channel = self._channel(call)
        message = self._message(call)
        if message.author is not self._stage.bot:
            raise Refused(NOT_THE_AUTHOR)
        now = self._stage.clock.now()
        if now - message.created > OLD:
            recent = [moment for moment in channel.old_edits if now - moment < OLD]
            if len(recent) >= OLD_EDITS:
                raise Refused(TOO_MANY_OLD_EDITS, retry_after=(recent[0] + OLD - now).total_seconds())
            channel.old_edits[:] = [*recent, now]
        self._stage.post.edit(message, call.body, uploads=call.uploads)
        return Result(body=self._json(message))

    def delete(self, call: Call) -> Result:
        """DELETE a message; others' need Manage Messages."""
        channel = self._channel(call)
        message = self._message(call)
        if message.author is not self._stage.bot:
            if channel.guild is None:
                raise Refused(CANNOT_IN_DIRECT)
            self._needs(channel, Permission.MANAGE_MESSAGES)
        self._stage.post.delete(message)
        return Result(status=204)

    def pins(self, call: Call) -> Result:
        """GET pins, newest first, in pages."""
        channel = self._channel(call)
        limit = int(call.query.get("limit", 50))
        if Permission.READ_MESSAGE_HISTORY not in channel.permissions(self._stage.bot):
            return Result(body={"items": [], "has_more": False})
        before = call.query.get("before")
        pins = [
            message
            for message in channel.pins
            if before is None or (message.pinned and message.pinned < datetime.fromisoformat(before))
        ]
        shown = [{"pinned_at": stamp(message.pinned), "message": self._json(message)} for message in pins[:limit]]
        return Result(body={"items": shown, "has_more": len(pins) > limit})

    def pin(self, call: Call) -> Result:
        """PUT a pin: needs Pin Messages, which Manage Messages does not include any more."""
        message = self._pinnable(call)
        if message.kind in SYSTEM_KINDS:
            raise Refused(SYSTEM_MESSAGE)
        self._stage.post.pin(message, by=self._stage.bot)
        return Result(status=204)

    def unpin(self, call: Call) -> Result:
        """DELETE a pin."""
        self._stage.post.unpin(self._pinnable(call))
        return Result(status=204)

    def _pinnable(self, call: Call) -> Message:
        channel = self._channel(call)
        if channel.guild:
            self._needs(channel, Permission.PIN_MESSAGES)
        return self._message(call)

    def _channel(self, call: Call, needed: Permission = Permission.VIEW_CHANNEL) -> Channel:
        channel = self._stage.world.channel(call.id("channel_id"))
        if channel is None:
            raise Refused(UNKNOWN_CHANNEL)
        if channel.kind is ChannelKind.GROUP or Permission.VIEW_CHANNEL not in channel.permissions(self._stage.bot):
            raise Refused(MISSING_ACCESS)
        self._needs(channel, needed)
        return channel

    def _needs(self, channel: Channel, permission: Permission) -> None:
        if permission not in channel.permissions(self._stage.bot):
            raise Refused(MISSING_PERMISSIONS)

    def _may_write(self, channel: Channel) -> None:
        if channel.direct and not all(user.takes_direct_messages for user in channel.recipients):
            raise Refused(CANNOT_MESSAGE_USER)
        thread = channel.kind is ChannelKind.THREAD
        self._needs(channel, Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES)

    def _message(self, call: Call) -> Message:
        channel = self._channel(call)
        message = channel.message(call.id("message_id"))
        if message is None or message.audience is not None:
            raise Refused(UNKNOWN_MESSAGE)
        return message

    def _known_nonce(self, channel: Channel, body: JsonObject) -> Message | None:
        nonce = body.get("nonce")
        if nonce is None or body.get("enforce_nonce") is not True:
            return None
        oldest = self._stage.clock.now() - NONCE_LIFE
        for message in reversed(channel.history):
            if message.nonce == nonce and message.author is self._stage.bot and message.created >= oldest:
                return message
        return None

    def _reference(self, channel: Channel, reference: JsonObject) -> Message | None:
        if not reference:
            return None
        self._has_history(channel)
        message = channel.message(number(reference, "message_id"))
        if message is None and reference.get("fail_if_not_exists", True) is not False:
            fault = Fault("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            raise Refused(INVALID_FORM, faults=[fault])
        return message

    def _has_history(self, channel: Channel) -> None:
        if Permission.READ_MESSAGE_HISTORY not in channel.permissions(self._stage.bot):
            raise Refused(NO_HISTORY)

    def _json(self, message: Message) -> JsonObject:
        return message_json(message, application=self._stage.bot)
