"""The application commands that a bot has registered, and to whom Discord's clients offer them."""

from tests.platforms.discord_json import JsonObject, children, items, number, present, text
from tests.platforms.discord_limits import check_commands
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_refusals import UNKNOWN_COMMAND, Refused
from tests.platforms.discord_world import Channel, ChannelKind, Clock, User

SLASH, ON_USER, ON_MESSAGE = 1, 2, 3
IN_GUILD, IN_DIRECT, IN_PRIVATE = 0, 1, 2
GUILD_INSTALL, USER_INSTALL = 0, 1
DAILY_CREATES = 200


def context(channel: Channel) -> int:
    """Where a channel is, as Discord's interaction contexts."""
    if channel.guild:
        return IN_GUILD
    return IN_DIRECT if channel.kind is ChannelKind.DIRECT else IN_PRIVATE


class Commands:
    """All commands: those for everywhere under the key None, those of a guild under its id.

    Attributes:
        overwrites: how often a whole list was sent.
    """

    def __init__(self, clock: Clock, *, application_id: int) -> None:
        self.overwrites = 0
        self._clock = clock
        self._application_id = application_id
        self._lists: dict[int | None, list[JsonObject]] = {}
        self._created: dict[int | None, int] = {}

    def all(self, guild_id: int | None = None) -> list[JsonObject]:
        """The commands of a guild, or for everywhere."""
        return self._lists.get(guild_id, [])

    def overwrite(self, commands: list[JsonObject], *, guild_id: int | None = None) -> list[JsonObject]:
        """Replace a whole list.

        Raises:
            Refused: something is over a limit.
        """
        check_commands(commands)
        self._lists[guild_id] = [self._registered(command, guild_id) for command in commands]
        self.overwrites += 1
        return self._lists[guild_id]

    def upsert(self, command: JsonObject, *, guild_id: int | None = None) -> JsonObject:
        """Add a command, or replace the one of its kind and name."""
        registered = self._registered(command, guild_id)
        others = [other for other in self.all(guild_id) if _key(other) != _key(registered)]
        check_commands([*others, command])
        self._lists[guild_id] = [*others, registered]
        return registered

    def find(self, command_id: int, *, guild_id: int | None = None) -> JsonObject:
        """The command with an id.

        Raises:
            Refused: there is none (10063).
        """
        for command in self.all(guild_id):
            if number(command, "id") == command_id:
                return command
        raise Refused(UNKNOWN_COMMAND)

    def remove(self, command_id: int, *, guild_id: int | None = None) -> None:
        """Take a command away.

        Raises:
            Refused: there is none (10063).
        """
        self.all(guild_id).remove(self.find(command_id, guild_id=guild_id))

    def offered(self, user: User, channel: Channel, *, bot: User, kind: int = SLASH) -> dict[str, JsonObject]:
        """The commands that a person's client shows in a channel, by name."""
        everywhere = self.all() + (self.all(channel.guild.id) if channel.guild else [])
        return {
            text(command, "name"): command
            for command in everywhere
            if number(command, "type", SLASH) == kind and _is_offered(command, user, channel, bot)
        }

    def _registered(self, command: JsonObject, guild_id: int | None) -> JsonObject:
        known = next((other for other in self.all(guild_id) if _key(other) == _key(command)), None)
        if known is None:
            self._created[guild_id] = self._created.get(guild_id, 0) + 1
            if self._created[guild_id] > DAILY_CREATES:
                raise Refused((400, 30034, "Max number of daily application command creates has been reached (200)"))
        permissions = command.get("default_member_permissions")
        shown: JsonObject = {
            "type": SLASH,
            "description": "",
            "integration_types": [GUILD_INSTALL],
            "nsfw": False,
            **present({key: value for key, value in command.items() if key != "options"}),
            "id": known["id"] if known else str(self._clock.new_id()),
            "application_id": str(self._application_id),
            "version": str(self._clock.new_id()),
            "default_member_permissions": None if permissions is None else str(permissions),
        }
        if items(command, "options"):
            shown["options"] = [_option(option) for option in children(command, "options")]
        if guild_id is not None:
            shown["guild_id"] = str(guild_id)
        return shown


def _key(command: JsonObject) -> tuple[int, str]:
    return number(command, "type", SLASH), text(command, "name")


def _option(option: JsonObject) -> JsonObject:
    shown = present(option)
    if "options" in shown:
        shown["options"] = [_option(inner) for inner in children(option, "options")]
    if "choices" in shown:
        shown["choices"] = [present(choice) for choice in children(option, "choices")]
    return shown


def _is_offered(command: JsonObject, user: User, channel: Channel, bot: User) -> bool:
    types = items(command, "integration_types") or [GUILD_INSTALL]
    contexts = items(command, "contexts") or [IN_GUILD, IN_DIRECT, *([IN_PRIVATE] if USER_INSTALL in types else [])]
    if context(channel) not in contexts:
        return False
    by_user = user.installed and USER_INSTALL in types
    guild = channel.guild
    if guild is None:
        return by_user or (GUILD_INSTALL in types and channel.direct)
    if Permission.USE_APPLICATION_COMMANDS not in channel.permissions(user):
        return False
    if bot.id not in guild.members or GUILD_INSTALL not in types:
        return by_user
    needed = command.get("default_member_permissions")
    held = channel.permissions(user)
    if needed is None or Permission.ADMINISTRATOR in held:
        return True
    bits = number(command, "default_member_permissions")
    return bits != 0 and int(held) & bits == bits
