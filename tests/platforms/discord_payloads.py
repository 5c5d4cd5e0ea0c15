"""How the loopback Discord writes its world down: the JSON of users, members, channels, guilds and messages."""

from datetime import datetime

from tests.platforms.discord_json import JsonObject, present
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_world import Channel, ChannelKind, File, Guild, Member, Message, Role, User

NULL_IN_GUILDS = (
    "afk_channel_id", "application_id", "banner", "description", "discovery_splash", "hub_type", "icon",
    "incidents_data", "public_updates_channel_id", "rules_channel_id", "safety_alerts_channel_id", "splash",
    "vanity_url_code",
)  # fmt: skip
EMPTY_IN_GUILDS = (
    "emojis", "features", "guild_scheduled_events", "presences", "soundboard_sounds", "stage_instances", "stickers",
    "voice_states",
)  # fmt: skip
ZERO_IN_GUILDS = (
    "default_message_notifications", "explicit_content_filter", "mfa_level", "nsfw_level", "premium_tier",
    "system_channel_flags", "verification_level",
)  # fmt: skip


def stamp(moment: datetime | None) -> str | None:
    """A moment as Discord writes it."""
    return moment.isoformat() if moment else None


def user_json(user: User) -> JsonObject:
    """A user as others see it."""
    return {
        "id": str(user.id),
        "username": user.name.lower().replace(" ", "_"),
        "global_name": None if user.bot else user.name,
        "discriminator": "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def self_json(user: User) -> JsonObject:
    """A user as he or she sees it: the answer to GET /users/@me."""
    return {**user_json(user), "mfa_enabled": False, "locale": user.locale, "verified": True, "email": None}


def member_json(member: Member, *, with_user: bool = True) -> JsonObject:
    """A member of a guild."""
    data: JsonObject = {
        "roles": [str(role.id) for role in member.roles],
        "joined_at": stamp(member.joined),
        "nick": None,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    return {**data, "user": user_json(member.user)} if with_user else data


def role_json(role: Role, *, position: int) -> JsonObject:
    """A role of a guild."""
    return {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": position,
        "permissions": str(int(role.permissions)),
        "managed": role.managed,
        "mentionable": False,
        "flags": 0,
    }


def channel_json(channel: Channel) -> JsonObject:
    """A channel of any kind."""
    last = channel.history[-1].id if channel.history else None
    shared: JsonObject = {"id": str(channel.id), "type": int(channel.kind), "flags": 0}
    shared["last_message_id"] = str(last) if last else None
    match channel.kind:
        case ChannelKind.TEXT:
            return {**shared, **_guild_channel(channel)}
        case ChannelKind.THREAD:
            return {**shared, **_thread(channel)}
        case ChannelKind.DIRECT:
            return {**shared, "recipients": [user_json(user) for user in channel.recipients if not user.bot]}
        case ChannelKind.GROUP:
            people = [user_json(user) for user in channel.recipients]
            owner = str(channel.recipients[0].id)
            return {**shared, "recipients": people, "name": None, "icon": None, "owner_id": owner}


def event_channel_json(channel: Channel) -> JsonObject:
    """A channel as gateway events hold it, where private chats have the name null."""
    return {**channel_json(channel), "name": None} if channel.guild is None else channel_json(channel)


def _guild_channel(channel: Channel) -> JsonObject:
    overwrites = [
        {
            "id": str(target),
            "type": 0 if target in {role.id for role in channel.guild.roles} else 1,
            "allow": str(int(allow)),
            "deny": str(int(deny)),
        }
        for target, (allow, deny) in channel.overwrites.items()
        if channel.guild
    ]
    return {
        "guild_id": str(channel.guild.id) if channel.guild else "0",
        "name": channel.name,
        "parent_id": None,
        "position": 0,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "permission_overwrites": overwrites,
    }


def _thread(channel: Channel) -> JsonObject:
    created = stamp(channel.guild.clock.now()) if channel.guild else None
    return {
        "guild_id": str(channel.guild.id) if channel.guild else "0",
        "name": channel.name,
        "parent_id": str(channel.parent.id) if channel.parent else None,
        "owner_id": str(channel.guild.owner.id) if channel.guild else "0",
        "rate_limit_per_user": 0,
        "message_count": len(channel.messages),
        "member_count": 1,
        "total_message_sent": len(channel.history),
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": created,
            "auto_archive_duration": 1440,
            "locked": False,
        },
    }


def guild_json(guild: Guild, *, bot: User) -> JsonObject:
    """A guild as GUILD_CREATE tells it to a bot without the intent for members: the bot is the only one listed."""
    threads = [channel for channel in guild.channels if channel.kind is ChannelKind.THREAD]
    texts = [channel for channel in guild.channels if channel.kind is ChannelKind.TEXT]
    return {
        **dict.fromkeys(NULL_IN_GUILDS),
        **{key: [] for key in EMPTY_IN_GUILDS},
        **dict.fromkeys(ZERO_IN_GUILDS, 0),
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner.id),
        "system_channel_id": str(guild.system_channel.id) if guild.system_channel else None,
        "afk_timeout": 300,
        "joined_at": stamp(guild.members[bot.id].joined),
        "large": False,
        "member_count": len(guild.members),
        "preferred_locale": guild.locale,
        "premium_progress_bar_enabled": False,
        "members": [member_json(guild.members[bot.id])],
        "roles": [role_json(role, position=place) for place, role in enumerate(guild.roles)],
        "channels": [channel_json(channel) for channel in texts if _sees(bot, channel)],
        "threads": [channel_json(channel) for channel in threads if _sees(bot, channel)],
    }


def _sees(user: User, channel: Channel) -> bool:
    return Permission.VIEW_CHANNEL in channel.permissions(user)


def file_json(file: File, *, ephemeral: bool) -> JsonObject:
    """An attachment."""
    return present(
        {
            "id": str(file.id),
            "filename": file.name,
            "size": len(file.data),
            "url": file.url,
            "proxy_url": file.url,
            "content_type": file.content_type,
            "description": file.description or None,
            "ephemeral": True if ephemeral else None,
        }
    )


_SNAPSHOT = (
    "type",
    "content",
    "embeds",
    "attachments",
    "timestamp",
    "edited_timestamp",
    "flags",
    "mentions",
    "mention_roles",
    "components",
)
"""What a forwarded message keeps of itself. Source: Discord developer documentation, Message Snapshot Object."""


def message_json(message: Message, *, application: User, with_reference: bool = True) -> JsonObject:
    """A message with everything in it."""
    answer = message.interaction is not None
    data: JsonObject = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "author": user_json(message.author),
        "content": message.content,
        "timestamp": stamp(message.created),
        "edited_timestamp": stamp(message.edited),
        "tts": False,
        "mention_everyone": "everyone" in message.pings,
        "mentions": [user_json(user) for user in message.mentions],
        "mention_roles": [],
        "attachments": [file_json(file, ephemeral=message.ephemeral) for file in message.files],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned is not None,
        "type": message.kind,
        "flags": int(message.flags),
        "nonce": message.nonce,
        "application_id": str(application.id) if answer or message.author is application else None,
        "webhook_id": str(application.id) if answer else None,
        "interaction_metadata": message.interaction,
    }
    if message.sticker:
        data["sticker_items"] = [{"id": str(message.id), "name": message.sticker, "format_type": 1}]
    return {
        **present(data),
        "edited_timestamp": stamp(message.edited),
        **_reference(message, application, with_reference),
        **(_forwarded(message.forwards, application) if message.forwards and with_reference else {}),
    }


def _forwarded(message: Message, application: User) -> JsonObject:
    """What tells of the message that another one shows in place of a text of its own."""
    shown = message_json(message, application=application, with_reference=False)
    reference = {"type": 1, "channel_id": shown["channel_id"], "message_id": shown["id"]}
    return {
        "message_reference": reference,
        "message_snapshots": [{"message": {key: shown[key] for key in _SNAPSHOT if key in shown}}],
    }


def _reference(message: Message, application: User, with_reference: bool) -> JsonObject:
    if message.reference is None:
        return {}
    place = message.reference.channel
    reference: JsonObject = {"type": 0, "channel_id": str(place.id), "message_id": str(message.reference.id)}
    if place.guild:
        reference["guild_id"] = str(place.guild.id)
    if not with_reference or message.kind == 6:
        return {"message_reference": reference}
    quoted = message.reference
    shown = None if quoted.deleted else message_json(quoted, application=application, with_reference=False)
    return {"message_reference": reference, "referenced_message": shown}
