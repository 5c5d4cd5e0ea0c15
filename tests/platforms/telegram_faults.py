"""Things that go wrong on the way, on demand."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with one call.

    Attributes:
        status: HTTP status and `error_code` of the refusal; 0 for none.
        description: its sentence; nothing is done of a call that is refused.
        retry_after: seconds told in `parameters`, 0 for none.
        body: sent instead of JSON, as a proxy in between would.
        cut: "before": the connection breaks and nothing was done; "after": it breaks, but the call was done.
        stall: the call hangs until the server releases it, is closed, or the client goes away.
    """

    status: int = 0
    description: str = ""
    retry_after: int = 0
    body: str = ""
    cut: str = ""
    stall: bool = False


UNAUTHORIZED = Fault(status=401, description="Unauthorized")
NOT_FOUND = Fault(status=404, description="Not Found")
CONFLICT = Fault(
    status=409,
    description="Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)
BAD_GATEWAY = Fault(
    status=502, description="Bad Gateway", body="<html><head><title>502 Bad Gateway</title></head></html>"
)
INTERNAL = Fault(status=500, description="Internal Server Error: sent by the test")
CUT_BEFORE = Fault(cut="before", status=500, description="cut before the call was done")
CUT_AFTER = Fault(cut="after")
STALL = Fault(stall=True)
NOT_JSON = Fault(status=200, description="answered by somebody else", body="<html>captive portal</html>")


def flood(seconds: int) -> Fault:
    """Return "too many requests" with the wait that Telegram asks for."""
    return Fault(status=429, description=f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def refusal(status: int, description: str) -> Fault:
    """Return any other refusal."""
    return Fault(status=status, description=description)


class Faults:
    """A queue of faults for each method; "*" is for whichever call comes next, getUpdates excepted."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Fault]] = {}

    def add(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next `times` calls of `method` go wrong."""
        self._queues.setdefault(method, deque()).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Return what goes wrong with this call, if anything does."""
        for name in (method, "*"):
            if (queue := self._queues.get(name)) and not (name == "*" and method == "getUpdates"):
                return queue.popleft()
        return None

    def waiting(self) -> int:
        """Return how many faults have not come about yet."""
        return sum(map(len, self._queues.values()))

    def clear(self) -> None:
        """Let everything go well again."""
        self._queues.clear()
