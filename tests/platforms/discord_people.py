"""The people in the loopback Discord, and what they say and do."""

from dataclasses import dataclass, field

from tests.platforms.discord_clicks import (
    NotPossible,
    Value,
    chosen_values,
    command_data,
    find_button,
    find_menu,
    modal_data,
)
from tests.platforms.discord_commands import GUILD_INSTALL, ON_MESSAGE, SLASH, USER_INSTALL, context
from tests.platforms.discord_faults import unguessable
from tests.platforms.discord_interaction import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Answer,
    Choice,
    Interaction,
    Modal,
)
from tests.platforms.discord_json import JsonObject, number, text
from tests.platforms.discord_limits import BUTTON
from tests.platforms.discord_payloads import event_channel_json, member_json, message_json, user_json
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_post import MENTIONS_OF_MESSAGES, REPLY, Circumstances, Upload
from tests.platforms.discord_stage import Stage
from tests.platforms.discord_world import Channel, Message, User

IN_PRIVATE_CHATS = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE
ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024


@dataclass(eq=False, kw_only=True)
class Person(User):
    """Somebody who uses the bot.

    Each action waits until a bot is there, and raises `NotPossible` where Discord's client would not offer it.
    """

    stage: Stage = field(repr=False)

    @property
    def direct(self) -> Channel:
        """The private chat with the bot."""
        return self.stage.world.private_chat(self)

    async def says(self, channel: Channel, content: str, *, to: Message | None = None, **files: bytes) -> Message:
        """Write a message, in reply `to` another if wanted; a file `name=data` is attached as name.txt."""
        await self._bot_is_there()
        if Permission.SEND_MESSAGES not in channel.permissions(self):
            raise NotPossible(f"{self.name} cannot write in {channel.name}")
        uploads = {
            index: Upload(name=f"{name}.txt", content_type="text/plain", data=data)
            for index, (name, data) in enumerate(files.items())
        }
        circumstances = Circumstances(kind=REPLY if to else 0, reference=to, mentions=MENTIONS_OF_MESSAGES)
        return self.stage.post.write(
            channel, author=self, body={"content": content}, uploads=uploads, circumstances=circumstances
        )

    async def forwards(self, message: Message, channel: Channel) -> Message:
        """Show a message in another channel, without a word of one's own."""
        await self._bot_is_there()
        return self._shows(channel, Circumstances(forwards=self._must_see(message)))

    async def sticks(self, sticker: str, channel: Channel) -> Message:
        """Send a sticker, without a word."""
        await self._bot_is_there()
        return self._shows(channel, Circumstances(sticker=sticker))

    async def edits(self, message: Message, content: str) -> None:
        """Change an own message."""
        if message.author is not self:
            raise NotPossible(f"{self.name} did not write that")
        self.stage.post.edit(message, {"content": content}, uploads={})

    async def deletes(self, message: Message) -> None:
        """Take away an own message, or as a moderator anybody's."""
        if message.author is not self and Permission.MANAGE_MESSAGES not in message.channel.permissions(self):
            raise NotPossible(f"{self.name} may not delete that")
        self.stage.post.delete(message)

    async def pins(self, message: Message) -> None:
        """Pin a message by hand."""
        self._may_pin(message)
        self.stage.post.pin(message, by=self)

    async def unpins(self, message: Message) -> None:
        """Unpin a message by hand."""
        self._may_pin(message)
        self.stage.post.unpin(message)

    def sees(self, channel: Channel) -> list[Message]:
        """The messages in a channel, those only for this person too."""
        return channel.seen_by(self)

    def offered(self, channel: Channel, *, kind: int = SLASH) -> set[str]:
        """The commands that the client shows."""
        return set(self.stage.commands.offered(self, channel, bot=self.stage.bot, kind=kind))

    async def uses(self, channel: Channel, command: str, **options: Value) -> Interaction:
        """Send a slash command; subcommands are part of its name ("entry add")."""
        found, path = await self._command(channel, command)
        data = command_data(found, path, options, place=channel)
        return self._acts(COMMAND, channel, data, name=command, command=found)

    async def types(self, channel: Channel, command: str, **options: str) -> tuple[Choice, ...]:
        """Type into the last of the options and wait for what the bot suggests."""
        answer = await (await self.begins_to_type(channel, command, **options)).answer()
        return answer.choices or ()

    async def begins_to_type(self, channel: Channel, command: str, **options: str) -> Interaction:
        """Type into the last of the options."""
        found, path = await self._command(channel, command)
        filled: dict[str, Value] = dict(options)
        data = command_data(found, path, filled, place=channel, focused=list(options)[-1])
        return self._acts(AUTOCOMPLETE, channel, data, name=command, command=found)

    async def uses_on(self, message: Message, command: str) -> Interaction:
        """Choose a command from a message's context menu."""
        found, _ = await self._command(message.channel, command, kind=ON_MESSAGE)
        self._must_see(message)
        target = str(message.id)
        shown = message_json(message, application=self.stage.bot)
        data: JsonObject = {"id": found["id"], "name": command, "type": ON_MESSAGE, "target_id": target}
        data["resolved"] = {"messages": {target: shown}}
        return self._acts(COMMAND, message.channel, data, name=command, command=found, target=message)

    async def presses(self, shown: Answer | Message, button: str) -> Interaction:
        """Press a button by its label or custom id."""
        await self._bot_is_there()
        message = self._must_see(_message(shown))
        found = find_button(message, button)
        data: JsonObject = {"component_type": BUTTON, "custom_id": found["custom_id"]}
        return self._acts(COMPONENT, message.channel, data, source=message)

    async def chooses(self, shown: Answer | Message, *options: str, menu: str = "") -> Interaction:
        """Choose from a menu by labels or values; the menu by its placeholder or custom id, or the first."""
        await self._bot_is_there()
        message = self._must_see(_message(shown))
        found = find_menu(message, menu)
        data: JsonObject = {"component_type": number(found, "type"), "custom_id": found["custom_id"]}
        data["values"] = chosen_values(found, options)
        return self._acts(COMPONENT, message.channel, data, source=message)

    async def submits(self, modal: Modal | None, answers: dict[str, str]) -> Interaction:
        """Send a modal with its fields filled in, by label or custom id."""
        await self._bot_is_there()
        if modal is None:
            raise NotPossible("no modal is open")
        opener = modal.interaction
        return self._acts(
            MODAL_SUBMIT, opener.channel, modal_data(modal, answers), source=opener.source, trigger=opener
        )

    def _shows(self, channel: Channel, circumstances: Circumstances) -> Message:
        return self.stage.post.write(channel, author=self, body={}, uploads={}, circumstances=circumstances)

    async def _bot_is_there(self) -> None:
        await self.stage.signal.until(lambda: bool(self.stage.gateway.sessions), what="the bot to connect")

    async def _command(self, channel: Channel, command: str, *, kind: int = SLASH) -> tuple[JsonObject, list[str]]:
        await self._bot_is_there()
        name, *path = [command] if kind == ON_MESSAGE else command.split()
        offered = self.stage.commands.offered(self, channel, bot=self.stage.bot, kind=kind)
        if name not in offered:
            raise NotPossible(f"{self.name} is offered no {name!r} here, only {sorted(offered)}")
        return offered[name], path

    def _may_pin(self, message: Message) -> None:
        if message.channel.guild and Permission.PIN_MESSAGES not in message.channel.permissions(self):
            raise NotPossible(f"{self.name} may not pin")

    def _must_see(self, message: Message) -> Message:
        if message not in message.channel.seen_by(self):
            raise NotPossible(f"{self.name} does not see that message (any more)")
        return message

    def _acts(
        self,
        kind: int,
        channel: Channel,
        data: JsonObject,
        *,
        name: str = "",
        command: JsonObject | None = None,
        source: Message | None = None,
        target: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        guild = channel.guild
        present = guild is None or self.stage.bot.id in guild.members
        foreign = not present or (guild is None and not channel.direct)
        interaction = Interaction(
            id=self.stage.clock.new_id(),
            token=unguessable(),
            kind=kind,
            user=self,
            channel=channel,
            data=data,
            created=self.stage.clock.now(),
            owners=self._owners(channel, foreign=foreign),
            only_user_install=foreign,
            secret=foreign and guild is not None and Permission.USE_EXTERNAL_APPS not in channel.permissions(self),
            signal=self.stage.signal,
            source=source,
            target=target,
            trigger=trigger,
            name=name or text(command or {}, "name"),
        )
        self.stage.interactions.add(interaction)
        guild_id = guild.id if guild and present else None
        self.stage.gateway.dispatch("INTERACTION_CREATE", self._event(interaction), guild_id=guild_id)
        return interaction

    def _owners(self, channel: Channel, *, foreign: bool) -> JsonObject:
        """For whom the app is installed here, by integration type."""
        mine: JsonObject = {str(USER_INSTALL): str(self.id)} if self.installed or foreign else {}
        return mine if foreign else {str(GUILD_INSTALL): str(channel.guild.id) if channel.guild else "0", **mine}

    def _event(self, interaction: Interaction) -> JsonObject:
        channel, guild = interaction.channel, interaction.channel.guild
        granted = channel.permissions(self.stage.bot) if guild and not interaction.only_user_install else None
        event: JsonObject = {
            "id": str(interaction.id),
            "application_id": str(self.stage.bot.id),
            "type": interaction.kind,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": event_channel_json(channel),
            "token": interaction.token,
            "version": 1,
            "app_permissions": str(int(IN_PRIVATE_CHATS if granted is None else granted)),
            "locale": self.locale,
            "entitlements": [],
            "authorizing_integration_owners": interaction.owners,
            "context": context(channel),
            "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
        }
        if interaction.source:
            event["message"] = message_json(interaction.source, application=self.stage.bot)
        if guild is None:
            return {**event, "user": user_json(self)}
        member = {**member_json(guild.members[self.id]), "permissions": str(int(channel.permissions(self)))}
        place: JsonObject = {"id": str(guild.id), "locale": guild.locale, "features": []}
        return {**event, "member": member, "guild": place, "guild_id": str(guild.id), "guild_locale": guild.locale}


def _message(shown: Answer | Message) -> Message:
    if isinstance(shown, Message):
        return shown
    if shown.message is None:
        raise NotPossible("that is no message")
    return shown.message
