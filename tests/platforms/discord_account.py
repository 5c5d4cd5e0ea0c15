"""The routes for the bot itself, the people it meets, its commands and the way to the gateway."""

from collections.abc import Callable, Mapping

from tests.platforms.discord_json import JsonObject, as_object, number
from tests.platforms.discord_payloads import channel_json, member_json, self_json, user_json
from tests.platforms.discord_refusals import (
    CANNOT_MESSAGE_USER,
    MISSING_ACCESS,
    UNKNOWN_GUILD,
    UNKNOWN_MEMBER,
    UNKNOWN_USER,
    Refused,
)
from tests.platforms.discord_rest import Call, Result, Route
from tests.platforms.discord_stage import Stage


class AccountRoutes:
    """The bot itself, the people and guilds it meets, and the way to the gateway.

    Args:
        stage: what it acts upon.
        gateway_address: tells where clients connect.
    """

    def __init__(self, stage: Stage, *, gateway_address: Callable[[], str]) -> None:
        self._stage = stage
        self._gateway_address = gateway_address

    def table(self) -> Mapping[tuple[str, str], Route]:
        """The routes by method and template."""
        return {
            ("GET", "/gateway/bot"): self.gateway,
            ("GET", "/users/@me"): self.me,
            ("GET", "/users/{user_id}"): self.user,
            ("POST", "/users/@me/channels"): self.direct,
            ("DELETE", "/users/@me/guilds/{guild_id}"): self.leave,
            ("GET", "/guilds/{guild_id}/members/{user_id}"): self.member,
            ("GET", "/applications/@me"): self.application,
            ("GET", "/oauth2/applications/@me"): self.application,
        }

    def gateway(self, call: Call) -> Result:
        """GET where to connect and how many identifies are left."""
        settings = self._stage.gateway.settings
        limit = {
            "total": settings.total,
            "remaining": settings.remaining,
            "reset_after": int(settings.reset_after * 1000),
            "max_concurrency": 1,
        }
        return Result(body={"url": self._gateway_address(), "shards": 1, "session_start_limit": limit})

    def me(self, call: Call) -> Result:
        """GET the bot's own user."""
        return Result(body=self_json(self._stage.bot))

    def user(self, call: Call) -> Result:
        """GET somebody."""
        user = self._stage.world.users.get(call.id("user_id"))
        if user is None:
            raise Refused(UNKNOWN_USER)
        return Result(body=user_json(user))

    def direct(self, call: Call) -> Result:
        """POST: open the private chat with somebody."""
        user = self._stage.world.users.get(number(call.body, "recipient_id"))
        if user is None:
            raise Refused(UNKNOWN_USER)
        if user.bot:
            raise Refused(CANNOT_MESSAGE_USER)
        return Result(body=channel_json(self._stage.world.private_chat(user)))

    def leave(self, call: Call) -> Result:
        """DELETE the bot's membership."""
        guild = self._stage.world.guilds.get(call.id("guild_id"))
        if guild is None or self._stage.bot.id not in guild.members:
            raise Refused(UNKNOWN_GUILD)
        del guild.members[self._stage.bot.id]
        self._stage.event("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id)
        return Result(status=204)

    def member(self, call: Call) -> Result:
        """GET a member of a guild."""
        guild = self._stage.world.guilds.get(call.id("guild_id"))
        if guild is None or self._stage.bot.id not in guild.members:
            raise Refused(MISSING_ACCESS)
        member = guild.members.get(call.id("user_id"))
        if member is None:
            raise Refused(UNKNOWN_MEMBER)
        return Result(body=member_json(member))

    def application(self, call: Call) -> Result:
        """GET the application."""
        nothing = dict.fromkeys(
            ("icon", "interactions_endpoint_url", "role_connections_verification_url", "team", "type")
        )
        counts = dict.fromkeys(
            (
                "approximate_guild_count",
                "approximate_user_install_count",
                "approximate_user_authorization_count",
                "explicit_content_filter",
                "flags",
            ),
            0,
        )
        owner = min(self._stage.world.users.values(), key=lambda user: user.bot)
        body: JsonObject = {
            **nothing,
            **counts,
            "id": str(self._stage.bot.id),
            "name": self._stage.bot.name,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags_new": "0",
            "redirect_uris": [],
            "owner": user_json(owner),
            "eligible_oauth2_scopes": [],
            "integration_types_config": {"0": {}, "1": {}},
        }
        return Result(body=body)


class CommandRoutes:
    """Application commands."""

    def __init__(self, stage: Stage) -> None:
        self._commands = stage.commands

    def table(self) -> Mapping[tuple[str, str], Route]:
        """The routes by method and template."""
        everywhere = "/applications/{application_id}/commands"
        in_guild = "/applications/{application_id}/guilds/{guild_id}/commands"
        return {
            (method, path + suffix): route
            for path in (everywhere, in_guild)
            for method, suffix, route in (
                ("GET", "", self.list),
                ("PUT", "", self.overwrite),
                ("POST", "", self.create),
                ("GET", "/{command_id}", self.find),
                ("DELETE", "/{command_id}", self.remove),
            )
        }

    def list(self, call: Call) -> Result:
        """GET all commands."""
        return Result(body=self._commands.all(_guild_id(call)))

    def overwrite(self, call: Call) -> Result:
        """PUT all commands."""
        commands = [as_object(command) for command in call.json] if isinstance(call.json, list) else []
        return Result(body=self._commands.overwrite(commands, guild_id=_guild_id(call)))

    def create(self, call: Call) -> Result:
        """POST one command."""
        return Result(body=self._commands.upsert(call.body, guild_id=_guild_id(call)), status=201)

    def find(self, call: Call) -> Result:
        """GET one command."""
        return Result(body=self._commands.find(call.id("command_id"), guild_id=_guild_id(call)))

    def remove(self, call: Call) -> Result:
        """DELETE one command."""
        self._commands.remove(call.id("command_id"), guild_id=_guild_id(call))
        return Result(status=204)


def _guild_id(call: Call) -> int | None:
    return call.id("guild_id") if "guild_id" in call.path else None
