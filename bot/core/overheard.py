"""Overheard questions that the bot could answer, held back until it is clear that nobody else does."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.messages import Request

A_CHANNEL = 5
CHANNELS = 1_000
"""Bounds of what waits; beyond them the oldest is dropped unanswered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A question that waits.

    Attributes:
        request: the question.
        topic: id of the entry that answers it.
        at: when its time has come, on the clock that only grows.
    """

    request: Request
    topic: str
    at: float


class Overheard:
    """Remembers overheard questions until somebody else answers, or their time has come. In memory only.

    Args:
        clock: seconds that only grow.
        wait_s: seconds that are left to others.
    """

    def __init__(self, *, clock: Callable[[], float], wait_s: float) -> None:
        self._clock = clock
        self._wait_s = wait_s
        self._channels: dict[tuple[str, str], list[Waiting]] = {}

    def wait(self, request: Request, *, topic: str) -> None:
        """Hold a question back."""
        key = (request.place.platform, request.place.channel)
        waiting = self._channels.setdefault(key, [])
        waiting.append(Waiting(request=request, topic=topic, at=self._clock() + self._wait_s))
        del waiting[:-A_CHANNEL]
        while len(self._channels) > CHANNELS:
            del self._channels[next(iter(self._channels))]

    def heard(self, request: Request, *, is_question: Callable[[str], bool]) -> None:
        """Drop what this message answers: what it replies to, or, if it asks nothing itself, all that others asked."""
        key = (request.place.platform, request.place.channel)
        waiting = self._channels.get(key)
        if not waiting:
            return
        quoted = request.quoted.id if request.quoted else ""
        answers = not quoted and not is_question(request.argument)
        left = [
            question
            for question in waiting
            if question.request.message != quoted
            and not (request.edited and question.request.message == request.message)
            and not (answers and question.request.author.id != request.author.id)
        ]
        self._keep(key, left)

    def ripe(self, platform: str) -> tuple[Waiting, ...]:
        """Return, and hold back no longer, the questions on a platform whose time has come, the oldest first."""
        now = self._clock()
        found: list[Waiting] = []
        for key, waiting in list(self._channels.items()):
            if key[0] == platform:
                found.extend(question for question in waiting if question.at <= now)
                self._keep(key, [question for question in waiting if question.at > now])
        return tuple(sorted(found, key=lambda question: question.at))

    def _keep(self, key: tuple[str, str], waiting: list[Waiting]) -> None:
        if waiting:
            self._channels[key] = waiting
        else:
            self._channels.pop(key, None)
