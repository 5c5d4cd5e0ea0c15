"""Delivery of updates to the bot's own web server."""

import asyncio
from collections import deque
from dataclasses import dataclass

import aiohttp

from tests.platforms.telegram_objects import Json
from tests.platforms.telegram_parameters import SetWebhook
from tests.platforms.telegram_updates import Update
from tests.platforms.telegram_world import World

ANSWER_S = 60.0
SHORTEST_ANSWER_S = 5.0
LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try to deliver an update: the status that came back, or 0 and what happened instead."""

    update_id: int
    status: int
    problem: str = ""


class Webhook:
    """Tells the bot's web server of each update until it says 2xx, in order within a chat.

    Args:
        world: whose updates.
        asked: what setWebhook was called with.
        second: how long a second of Telegram's patience takes here, in seconds.
    """

    def __init__(self, world: World, asked: SetWebhook, *, second: float) -> None:
        self._world, self.asked, self._second = world, asked, second
        self._busy: dict[str, Update] = {}
        self.deliveries: deque[Try] = deque(maxlen=10_000)
        self.last_error = ""
        self.last_error_at = 0.0

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
            while True:
                update = await self._world.bell.until(self._next, timeout_s=None)
                self._busy[update.key] = update
                group.create_task(self._deliver(session, update))

    def to_json(self, *, pending: int) -> Json:
        """Return what getWebhookInfo tells."""
        found: Json = {
            "url": self.asked.url,
            "has_custom_certificate": False,
            "pending_update_count": pending,
            "max_connections": self.asked.max_connections,
        }
        if self.last_error:
            found |= {"last_error_date": int(self.last_error_at), "last_error_message": self.last_error}
        if self._world.updates.allowed:
            found["allowed_updates"] = list(self._world.updates.allowed)
        return found

    def _next(self) -> Update | None:
        if len(self._busy) >= self.asked.max_connections:
            return None
        return next((update for update in self._world.updates.pending() if update.key not in self._busy), None)

    async def _deliver(self, session: aiohttp.ClientSession, update: Update) -> None:
        pause = 0.0
        while update in self._world.updates.pending():
            told = await self._post(session, update)
            if told is None:
                self._world.updates.remove([update])
                break
            await asyncio.sleep((told or pause) * self._second)
            pause = min(LONGEST_PAUSE_S, pause * 2 or 2.0)
        del self._busy[update.key]
        self._world.bell.ring()

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> float | None:
        """Return None if the bot took it, else the seconds that it asked to wait."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.asked.secret_token} if self.asked.secret_token else {}
        update.shown += 1
        self._world.updates.handed_out += 1
        try:
            async with (
                asyncio.timeout(max(SHORTEST_ANSWER_S, ANSWER_S * self._second)),
                session.post(self.asked.url, json=update.body, headers=headers) as response,
            ):
                await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self._failed(update, status=0, problem=f"Connection failed: {type(error).__name__}")
            return 0.0
        if response.status // 100 == 2:
            self.deliveries.append(Try(update_id=update.id, status=response.status))
            return None
        self._failed(update, status=response.status, problem=f"Wrong response from the webhook: {response.status}")
        wait = response.headers.get("Retry-After", "")
        return min(float(wait), 3600.0) if wait.isdigit() else 0.0

    def _failed(self, update: Update, *, status: int, problem: str) -> None:
        self.deliveries.append(Try(update_id=update.id, status=status, problem=problem))
        self.last_error, self.last_error_at = problem, self._world.clock()
        self._world.bell.ring()
