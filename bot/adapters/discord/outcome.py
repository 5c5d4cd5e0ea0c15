"""What Discord's refusals mean."""

import logging

import aiohttp
import discord

from bot.adapters.discord.line import Banned
from bot.messages import Fate, Outcome, Right

DONE = Outcome(fate=Fate.DONE)
FORBIDDEN = Outcome(fate=Fate.FORBIDDEN)
GONE = Outcome(fate=Fate.GONE)
UNKNOWN = Outcome(fate=Fate.UNKNOWN)

ACKNOWLEDGED = 40060
"""Somebody has answered this interaction before. Source: Discord developer documentation, JSON Error Codes."""

_MISSING = {10003, 10008, 10015, 10062, 50007, 50027}
"""The channel, message, webhook or interaction is no longer there, the person takes no messages, the token is old."""

_FORBIDDEN = {50001, 50013, 50021, 160002}
_FULL = 30003

FAILURES = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, TimeoutError, OSError, Banned)
"""Everything that a call can end in, apart from success."""

_log = logging.getLogger(__name__)


def outcome_of(error: BaseException, *, right: Right | None = None) -> Outcome:
    """Return what an error of a call means for a reply.

    Args:
        error: one of `FAILURES`.
        right: the right that the call needs.
    """
    match error:
        case Banned():
            return Outcome(fate=Fate.LATER, seconds=error.seconds)
        case discord.RateLimited():
            return Outcome(fate=Fate.LATER, seconds=error.retry_after)
        case discord.DiscordServerError():
            return UNKNOWN
        case discord.HTTPException():
            return _refused(error, right)
        case aiohttp.ClientConnectorError():
            return Outcome(fate=Fate.LATER)
        case _:
            return UNKNOWN


def _refused(error: discord.HTTPException, right: Right | None) -> Outcome:
    if error.code == ACKNOWLEDGED:
        _log.error("an interaction had been answered before: does another process use the same token?")
        return UNKNOWN
    if error.code in _FORBIDDEN:
        return Outcome(fate=Fate.FORBIDDEN, right=right)
    if error.status == 429:
        return Outcome(fate=Fate.LATER)
    if error.code not in _MISSING and error.code != _FULL:
        _log.error("Discord refuses a call with status %s, code %s: %s", error.status, error.code, error.text)
    return GONE
