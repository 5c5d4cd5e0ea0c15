"""Permissions of Discord become rights, and facts for whoever runs a server."""

from collections.abc import Mapping

import discord

from bot.messages import Right

_WRITE = discord.Permissions(view_channel=True, send_messages=True)
_WRITE_IN_THREAD = discord.Permissions(view_channel=True, send_messages_in_threads=True)
_FACTS = {
    "can_pin": discord.Permissions(pin_messages=True),
    "can_delete": discord.Permissions(manage_messages=True),
    "can_embed": discord.Permissions(embed_links=True),
    "can_attach": discord.Permissions(attach_files=True),
    "can_read_history": discord.Permissions(read_message_history=True),
}


def rights_of(permissions: discord.Permissions, *, owner: bool) -> frozenset[Right]:
    """Return what a member may do.

    Managing messages alone has not pinned since February 2026. Source: Discord developer documentation, change log.
    """
    held = {
        Right.PIN: permissions.pin_messages or permissions.administrator,
        Right.MANAGE: permissions.manage_guild or permissions.administrator,
        Right.OWN: owner,
    }
    return frozenset(right for right, has in held.items() if has or owner)


def needed_for(right: Right | None) -> int | None:
    """Return the permissions without which Discord hides a command; None to show it to everybody.

    A server's administrators can change that, so rights are looked at again with each use.
    """
    match right:
        case None:
            return None
        case Right.PIN:
            return discord.Permissions(pin_messages=True).value
        case Right.MANAGE:
            return discord.Permissions(manage_guild=True).value
        case Right.OWN:
            return 0


def facts(permissions: discord.Permissions, *, in_thread: bool, hears_all: bool) -> Mapping[str, str]:
    """Return what the bot may do and hear where it is asked, as moderators' commands read it.

    Args:
        permissions: the bot's own.
        in_thread: it is asked in a thread, where writing is a permission of its own.
        hears_all: it is shown messages that do not mention it.
    """
    whole = permissions.administrator
    asked = {"can_send": _WRITE_IN_THREAD if in_thread else _WRITE, **_FACTS}
    can = {name: "yes" if whole or permissions.is_superset(needed) else "no" for name, needed in asked.items()}
    return {**can, "message_content": "on" if hears_all else "off"}
