"""The slash commands and context menus that Discord shows, made from the table of commands."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping

import discord

from bot.adapters.discord.outcome import FAILURES
from bot.adapters.discord.roles import needed_for
from bot.core.assistant import Assistant
from bot.core.turn import Command, Option
from bot.errors import StoreUnavailable

PUBLIC = "public"
"""Option of every command whose answer could be shown to all; it is this adapter's own."""

MENUS: Mapping[str, str] = {"discord_answer_this": "ask", "discord_pin_this": "pin"}
"""Context menus of messages: the phrase with the name -> the command that gets the message."""

SYNC_S = 30.0

_SLASH, _ON_MESSAGE = 1, 3
_STRING, _SWITCH, _FILE = 3, 5, 11
_IN_SERVER, _IN_DIRECT, _ELSEWHERE = 0, 1, 2
_BY_SERVER, _BY_PERSON = 0, 1
"""Kinds, contexts and installs. Source: Discord developer documentation, Application Commands."""

_DESCRIPTION = 100

Swap = Callable[[str, str], Awaitable[str]]
"""Keeps a text under a key and returns the one that was kept there before, "" for none, in one step."""

_log = logging.getLogger(__name__)


def can_be_public(row: Command) -> bool:
    """Return whether the asker may choose that all see the answer."""
    return not row.private and row.right is None


def payload(assistant: Assistant) -> list[dict[str, object]]:
    """Return all commands as Discord takes them."""
    slash = [_slash(row, description, assistant) for row, description in assistant.menu()]
    menus = [
        {"type": _ON_MESSAGE, "name": assistant.word(phrase), **_where(row)}
        for phrase, name in MENUS.items()
        if (row := assistant.command(name))
    ]
    return slash + menus


def menu_command(assistant: Assistant, name: str) -> str:
    """Return the command behind a context menu, "" if there is none of that name."""
    return next((command for phrase, command in MENUS.items() if assistant.word(phrase) == name), "")


async def sync(client: discord.Client, assistant: Assistant, *, swap: Swap, takes_over: bool = False) -> bool:
    """Tell Discord the commands if they have changed since some process last did.

    Whoever claims it does it, so of several processes only one; it is noted as done when Discord has taken them.

    Args:
        client: speaks to Discord.
        assistant: knows the commands.
        swap: keeps the note.
        takes_over: do it although another process has claimed it, for that one seems to have ended meanwhile.

    Returns:
        Whether Discord has them; False also where another process is at it, or the note cannot be read.
    """
    wanted = payload(assistant)
    key = f"discord commands {client.application_id}"
    fingerprint = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    claim = f"{fingerprint} is being sent"
    try:
        before = await swap(key, claim)
        if before == claim and not takes_over:
            return False
        is_known = before == fingerprint or await _is_taken(client, wanted)
        await swap(key, fingerprint if is_known else before)
    except StoreUnavailable:
        _log.warning("whether Discord has the commands is not known: the database does not answer")
        return False
    return is_known


async def _is_taken(client: discord.Client, wanted: list[dict[str, object]]) -> bool:
    """Replace Discord's commands; return whether it took them."""
    route = discord.http.Route(
        "PUT", "/applications/{application_id}/commands", application_id=client.application_id or 0
    )
    try:
        async with asyncio.timeout(SYNC_S):
            await client.http.request(route, json=wanted)
    except FAILURES as error:
        _log.error("Discord did not take the commands, those of before stay: %s", type(error).__name__)
        return False
    return True


def _slash(row: Command, description: str, assistant: Assistant) -> dict[str, object]:
    shown = [_option(option, assistant) for option in sorted(row.options, key=lambda option: not option.required)]
    if can_be_public(row):
        shown.append({"type": _SWITCH, "name": PUBLIC, "description": assistant.word("option_public")[:_DESCRIPTION]})
    found: dict[str, object] = {"type": _SLASH, "name": row.name, "description": description[:_DESCRIPTION]}
    return {**found, "options": shown, **_where(row)}


def _where(row: Command) -> dict[str, object]:
    """Return where a command can be used: what needs a right, only where the bot itself was added."""
    if row.right is None:
        contexts, installs = [_IN_SERVER, _IN_DIRECT, _ELSEWHERE], [_BY_SERVER, _BY_PERSON]
    else:
        contexts, installs = [_IN_SERVER] if row.group_only else [_IN_SERVER, _IN_DIRECT], [_BY_SERVER]
    return {"default_member_permissions": needed_for(row.right), "contexts": contexts, "integration_types": installs}


def _option(option: Option, assistant: Assistant) -> dict[str, object]:
    found: dict[str, object] = {
        "type": _SWITCH if option.flag else _FILE if option.file else _STRING,
        "name": option.name,
        "description": assistant.word(f"option_{option.name}")[:_DESCRIPTION],
        "required": option.required,
    }
    if option.choices:
        found["choices"] = [{"name": choice, "value": choice} for choice in option.choices]
    elif option.topics:
        found["autocomplete"] = True
    return found
