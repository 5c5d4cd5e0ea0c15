"""What waits to be told to the bot, and the bell that wakes whoever waits for a change."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tests.platforms.telegram_objects import Json

Found = TypeVar("Found")

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "guest_message",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "my_chat_member",
    "chat_member",
)
_ONLY_IF_ASKED = {"chat_member"}
_LIFE_SECONDS = {"callback_query": 150.0, "inline_query": 30.0, "chosen_inline_result": 600.0}
_DAY = 24 * 3600.0
REMEMBERED = 1000
"""How many confirmed updates are kept to be sent again."""


class Bell:
    """Wakes everybody who waits for a change."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Let all who wait look again."""
        rung, self._event = self._event, asyncio.Event()
        rung.set()

    async def until(self, look: Callable[[], Found | None], *, timeout_s: float | None) -> Found:
        """Return the first that `look` finds.

        Raises:
            TimeoutError: it found nothing in `timeout_s` seconds.
        """
        async with asyncio.timeout(timeout_s):
            while (found := look()) is None:
                await self._event.wait()
            return found


@dataclass(slots=True, kw_only=True, eq=False)
class Update:
    """Something to tell the bot.

    Attributes:
        key: the chat, or for buttons and inline queries the person, within which order is kept.
        expires: when Telegram forgets it, by the server's clock.
        again: sent once more although it was confirmed.
        shown: how often it was handed out.
    """

    id: int
    kind: str
    body: Json
    key: str
    expires: float
    again: bool = False
    shown: int = 0


class Updates:
    """The queue between Telegram and the bot.

    Args:
        bell: rung at every change.
        clock: seconds since 1970.
        check: called with each update before it is queued.
        first_id: of the first update.
    """

    def __init__(
        self, *, bell: Bell, clock: Callable[[], float], check: Callable[[Json], None], first_id: int = 500_000
    ) -> None:
        self._bell, self._clock, self._check = bell, clock, check
        self._next_id = first_id
        self._pending: list[Update] = []
        self._past: deque[Update] = deque(maxlen=REMEMBERED)
        self._held = False
        self.allowed: tuple[str, ...] = ()
        self.handed_out = 0
        self.queued = 0

    def add(self, kind: str, payload: Json, *, key: object) -> int | None:
        """Queue an update and return its id; None if the bot did not ask for this kind."""
        if not self.wants(kind):
            return None
        body: Json = {"update_id": self._next_id, kind: payload}
        self._check(body)
        return self._append(kind, body=body, key=str(key))

    def add_undecodable(self) -> int:
        """Queue an update that no library can decode, and return its id."""
        broken: Json = {"message_id": "seven", "date": "yesterday", "chat": 5}
        return self._append("message", body={"update_id": self._next_id, "message": broken}, key="undecodable")

    def wants(self, kind: str) -> bool:
        """Return whether the bot asked for this kind."""
        return kind in self.allowed if self.allowed else kind not in _ONLY_IF_ASKED

    def repeat(self, update_id: int) -> None:
        """Hand out once more an update that the bot has already confirmed, or has not yet.

        Raises:
            KeyError: there is none.
        """
        for update in (*self._pending, *self._past):
            if update.id == update_id:
                twin = Update(
                    id=update.id, kind=update.kind, body=update.body, key=update.key, expires=update.expires, again=True
                )
                self._pending.append(twin)
                self._bell.ring()
                return
        raise KeyError(update_id)

    @contextmanager
    def held(self, *, order: str = "") -> Iterator[None]:
        """Hold updates back and let them go in one batch; `order` is "", "reversed" or a seed to shuffle by."""
        self._held = True
        try:
            yield
        finally:
            if order == "reversed":
                self._pending.reverse()
            elif order:
                random.Random(order).shuffle(self._pending)
            self._held = False
            self._bell.ring()

    def confirm(self, offset: int) -> None:
        """Forget all updates before `offset`; a negative one forgets all but the last `-offset`."""
        if offset < 0:
            gone = self._pending[:offset]
        else:
            gone = [update for update in self._pending if (update.shown if update.again else update.id < offset)]
        self.remove(gone)

    def remove(self, gone: Iterable[Update]) -> None:
        """Forget these updates, which the bot has."""
        finished = set(gone)
        if not finished:
            return
        self._past.extend(update for update in self._pending if update in finished)
        self._pending = [update for update in self._pending if update not in finished]
        self._bell.ring()

    def drop_all(self) -> None:
        """Forget everything that waits."""
        self._pending.clear()
        self._bell.ring()

    def pending(self) -> list[Update]:
        """Return what waits, oldest first, without what Telegram has forgotten by now."""
        now = self._clock()
        if any(update.expires <= now for update in self._pending):
            self._pending = [update for update in self._pending if update.expires > now]
        return [] if self._held else list(self._pending)

    @property
    def backlog(self) -> int:
        """How many updates are not confirmed."""
        return len(self._pending)

    def batch(self, *, limit: int) -> list[Json] | None:
        """Return the next updates, at most `limit`; None if there are none."""
        found = self.pending()[:limit]
        for update in found:
            update.shown += 1
            self.handed_out += 1
        return [update.body for update in found] or None

    def _append(self, kind: str, *, body: Json, key: str) -> int:
        update_id = self._next_id
        self._next_id += 1
        self.queued += 1
        expires = self._clock() + _LIFE_SECONDS.get(kind, _DAY)
        self._pending.append(Update(id=update_id, kind=kind, body=body, key=key, expires=expires))
        self._bell.ring()
        return update_id
