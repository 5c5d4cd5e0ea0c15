"""Calls that do no harm when they are made twice are tried again when they may have failed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.adapters.discord.outcome import DONE, FAILURES, outcome_of
from bot.messages import Outcome, Right

TRIES = 3

Result = TypeVar("Result")


async def tried(
    call: Callable[[], Awaitable[Result]], *, call_s: float, right: Right | None = None, tries: int = TRIES
) -> tuple[Result | None, Outcome]:
    """Return what a call returns, None if that is not known, and what became of it.

    Args:
        call: made anew for each try.
        call_s: seconds that each try may take.
        right: the right that the call needs.
        tries: at most; 1 for what must not be done twice.
    """
    while True:
        tries -= 1
        try:
            async with asyncio.timeout(call_s):
                return await call(), DONE
        except FAILURES as error:
            if tries <= 0 or not isinstance(error, aiohttp.ClientError | discord.DiscordServerError):
                return None, outcome_of(error, right=right)
