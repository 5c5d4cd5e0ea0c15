"""What the bot does unasked: it keeps pins fresh, and answers overheard questions that nobody else did."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from bot.core import asking, pinning, pricing
from bot.core.asked import stripped
from bot.core.overheard import Waiting
from bot.core.shelf import Shelf
from bot.core.turn import Tools, Turn
from bot.errors import StoreUnavailable
from bot.messages import Author, Due, Request
from bot.storage.pins import Pinned
from bot.storage.review import Kind
from bot.storage.settings import Speak

TICK_S = 1.0
LOOK_S = 5.0
"""Seconds between two looks for pins that want refreshing."""

APART_S = 2.0
"""Seconds between two refreshes, less where many are due at once: they are done within half their interval."""

_log = logging.getLogger(__name__)


class Duties:
    """Finds what is to be done on each platform.

    Args:
        tools: what a command may use.
        clock: seconds that only grow.
        pause: waits for some seconds.
        turn_of: returns the turn of a request.
    """

    def __init__(
        self,
        tools: Tools,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]],
        turn_of: Callable[[Request], Awaitable[Turn]],
    ) -> None:
        self._tools = tools
        self._clock = clock
        self._pause = pause
        self._turn_of = turn_of

    async def due(self, platform: str) -> AsyncIterator[Due]:
        """Yield what is to be done on a platform, when it is to be done; never ends."""
        is_checked = False
        look_at = self._clock()
        while True:
            for waiting in self._tools.overheard.ripe(platform):
                if due := await self._spoken(waiting):
                    yield due
            if self._clock() >= look_at:
                look_at = self._clock() + LOOK_S
                try:
                    if not is_checked:
                        await self._tools.store.pins.touch_outdated(shared_contents(self._tools.shelf))
                        is_checked = True
                    pinned, count = await self._tools.store.pins.due(platform)
                    if pinned:
                        yield await self._refreshed(pinned)
                        look_at = self._clock() + min(APART_S, self._tools.rules.refresh_s / 2 / count)
                except StoreUnavailable:
                    _log.debug("pins are not refreshed while the database does not answer")
            await self._pause(min(TICK_S, max(0.0, look_at - self._clock())))

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

    async def _refreshed(self, pinned: Pinned) -> Due:
        """Return the edit that makes a pin fresh. It counts as done until its receipt says otherwise.

        Raises:
            StoreUnavailable: it is not known what the pin should show.
        """
        turn = await self._turn_of(_request(pinned))
        if not turn.is_stored:
            raise StoreUnavailable("What the group wrote cannot be read.")
        due = pinning.refreshed(turn, pinned)
        entry = turn.shelf.entry(pinned.topic)
        pins, channel = self._tools.store.pins, pinned.place.channel
        refresh_at = pinning.next_refresh(turn, entry)
        await pins.refreshed(turn.group, channel=channel, message=pinned.message, refresh_at=refresh_at)
        return replace(due, reply=await pricing.with_price(turn, due.reply))


def shared_contents(shelf: Shelf) -> dict[str, str]:
    """Return the hash of what each shared entry shows, by id."""
    return {topic: pinning.content_of(shelf, entry) for topic, entry in shelf.faq.entries.items()}


def _request(pinned: Pinned) -> Request:
    """Return the request that nobody made: to show a pin's entry where it is pinned."""
    return Request(command="show", argument=pinned.topic, id="", place=pinned.place, author=Author(id=""))
