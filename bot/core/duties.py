"""What the bot does unasked: it keeps pins fresh, and answers overheard questions that nobody else did."""

import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.core import asking, pinning, pricing
from bot.core.asked import stripped
from bot.core.overheard import Waiting
from bot.core.shelf import Shelf
from bot.core.turn import Tools, Turn
from bot.errors import StoreUnavailable
from bot.messages import Author, Due, Request
from bot.storage.groups import Group
from bot.storage.pins import Pinned
from bot.storage.review import Kind
from bot.storage.settings import Speak

TICK_S = 1.0
LOOK_S = 5.0
"""Seconds between two looks for pins that want refreshing."""

APART_S = 2.0
"""Seconds between two refreshes, less where many are due at once: they are done within half their interval."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Duties:
    """Finds what is to be done on each platform.

    Args:
        tools: what a command may use.
        clock: seconds that only grow.
        pause: waits for some seconds.
        turn_of: returns the turn of a request.
        failed: counts what could not be done for a defect, by platform.
    """

    def __init__(
        self,
        tools: Tools,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]],
        turn_of: Callable[[Request], Awaitable[Turn]],
        failed: Callable[[str], None] | None,
    ) -> None:
        self._tools = tools
        self._clock = clock
        self._pause = pause
        self._turn_of = turn_of
        self._failed = failed
        self._checked: set[str] = set()

    async def due(self, platform: str) -> AsyncIterator[Due]:
        """Yield what is to be done on a platform, when it is to be done; never ends."""
        look_at = self._clock()
        while True:
            for waiting in self._tools.overheard.ripe(platform):
                if spoken := await self._tried(platform, self._spoken(waiting)):
                    yield spoken
            if self._clock() >= look_at:
                look_at = self._clock() + LOOK_S
                if looked := await self._tried(platform, self._looked(platform)):
                    refreshed, count = looked
                    yield refreshed
                    look_at = self._clock() + min(APART_S, self._tools.rules.refresh_s / 2 / count)
            await self._pause(min(TICK_S, max(0.0, look_at - self._clock())))

    async def _tried(self, platform: str, work: Awaitable[T]) -> T | None:
        """Return what comes of one piece of work; None if it fails, which costs no other."""
        try:
            return await work
        except StoreUnavailable:
            _log.debug("nothing is done unasked while the database does not answer")
        except Exception as error:  # noqa: BLE001 - the defect of one must not end all the others
            trace = "".join(traceback.format_tb(error.__traceback__))
            _log.error("a duty failed: %s\n%s", type(error).__name__, trace)
            if self._failed:
                self._failed(platform)
        return None

    async def _spoken(self, waiting: Waiting) -> Due | None:
        """Return the answer to an overheard question; with `preview`, list it for the moderators instead."""
        turn = await self._turn_of(waiting.request)
        if turn.settings.speak is Speak.PREVIEW:
            if kept := stripped(waiting.request.argument):
                turn.tools.store.review.add(turn.group, kind=Kind.PREVIEW, text=kept, topic=waiting.topic)
            return None
        reply = asking.speak_up(turn, waiting.topic) if turn.settings.speak is Speak.SURE else None
        if not reply:
            return None
        reply = await pricing.with_price(turn, reply)
        return Due(place=waiting.request.place, reply=reply, request=waiting.request)

    async def _looked(self, platform: str) -> tuple[Due, int] | None:
        """Return the edit that has been due for longest, and how many are due; None if none is.

        Raises:
            StoreUnavailable: it is not known.
        """
        pins = self._tools.store.pins
        if platform not in self._checked:
            await pins.touch_outdated(shared_contents(self._tools.shelf))
            self._checked.add(platform)
        pinned, count = await pins.due(platform)
        if not pinned:
            return None
        try:
            return await self._refreshed(pinned), count
        except StoreUnavailable:
            raise
        except Exception:
            # It would stay the one that has been due for longest, and no other would have its turn.
            await self._noted(pinned, refresh_at=self._tools.now().timestamp() + self._tools.rules.refresh_s)
            raise

    async def _refreshed(self, pinned: Pinned) -> Due:
        """Return the edit that makes a pin fresh. It counts as done until its receipt says otherwise.

        Raises:
            StoreUnavailable: it is not known what the pin should show.
        """
        turn = await self._turn_of(_request(pinned))
        if not turn.is_stored:
            raise StoreUnavailable("What the group wrote cannot be read.")
        due = pinning.refreshed(turn, pinned)
        await self._noted(pinned, refresh_at=pinning.next_refresh(turn, turn.shelf.entry(pinned.topic)))
        return replace(due, reply=await pricing.with_price(turn, due.reply))

    async def _noted(self, pinned: Pinned, *, refresh_at: float | None) -> None:
        place = pinned.place
        group = Group(place.platform, place.group)
        pins = self._tools.store.pins
        await pins.refreshed(group, channel=place.channel, message=pinned.message, refresh_at=refresh_at)


def shared_contents(shelf: Shelf) -> dict[str, str]:
    """Return the hash of what each shared entry shows, by id."""
    return {topic: pinning.content_of(shelf, entry) for topic, entry in shelf.faq.entries.items()}


def _request(pinned: Pinned) -> Request:
    """Return the request that nobody made: to show a pin's entry where it is pinned."""
    return Request(command="show", argument=pinned.topic, id="", place=pinned.place, author=Author(id=""))
