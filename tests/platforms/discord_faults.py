"""What goes wrong between a bot and Discord's API, on demand."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimited:
    """An answer 429.

    Attributes:
        retry_after: seconds.
        everywhere: the limit of all routes together.
        via: False: the answer of a ban, which is a page and no JSON and lacks the header Via.
    """

    retry_after: float = 0.01
    everywhere: bool = False
    via: bool = True

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer."""
        if not self.via:
            return {"Retry-After": str(self.retry_after)}
        scope = {"X-RateLimit-Global": "true"} if self.everywhere else {"X-RateLimit-Scope": "user"}
        return {"Via": "1.1 google", "Retry-After": str(self.retry_after), **scope}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An answer 5xx."""

    status: int = 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The connection breaks before the request had its effect, or after it."""

    after_effect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Nothing happens until a test lets the request go on.

    Attributes:
        lost: it never goes on, for whoever made it has ended.
    """

    lost: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


Fault: TypeAlias = RateLimited | Broken | Cut | Stall


class Faults:
    """The faults to come, by route, in order."""

    def __init__(self) -> None:
        self._queued: list[tuple[str, str, Fault]] = []

    def add(self, fault: Fault, *, method: str = "", route: str = "", times: int = 1) -> None:
        """Let the next requests go wrong.

        Args:
            fault: how.
            method: "POST", for example; any by default.
            route: the template of the specification, such as "/channels/{channel_id}/messages"; any by default.
            times: how many requests.
        """
        self._queued += [(method, route, fault)] * times

    def take(self, method: str, route: str) -> Fault | None:
        """The fault that this request meets."""
        for index, (wanted_method, wanted_route, fault) in enumerate(self._queued):
            if wanted_method in {"", method} and wanted_route in {"", route}:
                del self._queued[index]
                return fault
        return None

    def clear(self) -> None:
        """Let all go well again."""
        self._queued.clear()

    @property
    def left(self) -> int:
        """How many faults have not been met yet."""
        return len(self._queued)


def unguessable() -> str:
    """A token as Discord hands out for interactions and sessions."""
    return secrets.token_urlsafe(48)
