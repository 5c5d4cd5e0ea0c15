"""What the bot does unasked: a defect in one thing ends neither the others nor the adapter."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable

from bot.adapters.telegram.read import PLATFORM
from bot.adapters.telegram.talk import Talk
from bot.core.assistant import Assistant
from bot.messages import Due
from bot.ops.observe import Metrics

AGAIN_S = 5.0
"""Seconds after which the bot looks again for what is due, if looking itself has failed."""

_log = logging.getLogger(__name__)


class Errands:
    """Does what is due.

    Args:
        assistant: knows what is due.
        talk: does it.
        metrics: counts what failed.
        pause: waits some seconds.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        talk: Talk,
        metrics: Metrics,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._assistant = assistant
        self._talk = talk
        self._failed = metrics.events.labels(PLATFORM, "failed")
        self._pause = pause

    async def run(self) -> None:
        """Do what is due when it is due, until cancelled."""
        while True:
            try:
                async for due in self._assistant.due(PLATFORM):
                    await self._do(due)
            except Exception as error:  # noqa: BLE001 - serving people does not depend on it
                self._note(error)
            await self._pause(AGAIN_S)

    async def _do(self, due: Due) -> None:
        try:
            await self._talk.do(due)
        except Exception as error:  # noqa: BLE001 - the others are due all the same
            self._note(error)

    def _note(self, error: Exception) -> None:
        trace = "".join(traceback.format_tb(error.__traceback__))
        _log.error("what was due failed: %s\n%s", type(error).__name__, trace)
        self._failed.inc()
