"""What Discord refuses, with its error codes.

Sources: Discord developer documentation (JSON Error Codes; Message, Embed, Component and Application Command limits).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.platforms.discord_json import JsonObject

NO_TOKEN = (401, 0, "401: Unauthorized")
NO_ROUTE = (404, 0, "404: Not Found")
UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_USER = (404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
TOO_MANY_PINS = (400, 30003, "Maximum number of pins reached (250)")
TOO_MANY_OLD_EDITS = (429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later")
FILE_TOO_LARGE = (413, 40005, "Request entity too large")
ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
TOO_MANY_FOLLOW_UPS = (400, 40094, "This interaction has reached its maximum number of follow-up messages")
MISSING_ACCESS = (403, 50001, "Missing Access")
CANNOT_IN_DIRECT = (403, 50003, "Cannot execute action on a DM channel")
NOT_THE_AUTHOR = (403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
CANNOT_MESSAGE_USER = (403, 50007, "Cannot send messages to this user")
MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
SYSTEM_MESSAGE = (403, 50021, "Cannot execute action on a system message")
EXPIRED_TOKEN = (401, 50027, "Invalid Webhook Token")
INVALID_FORM = (400, 50035, "Invalid Form Body")
NO_HISTORY = (400, 160002, "Cannot reply without permission to read message history")


class Refused(Exception):
    """Discord says no.

    Args:
        reason: HTTP status, error code and message.
        faults: where and why, for `INVALID_FORM`.
        retry_after: seconds, for a limit that passes.
    """

    def __init__(
        self, reason: tuple[int, int, str], *, faults: "Iterable[Fault]" = (), retry_after: float | None = None
    ) -> None:
        self.status, self.code, self.message = reason
        self.faults = tuple(faults)
        self.retry_after = retry_after
        super().__init__(f"{self.message} {'; '.join(f'{fault.path}: {fault.message}' for fault in self.faults)}")

    def body(self) -> JsonObject:
        """The answer's body."""
        data: JsonObject = {"code": self.code, "message": self.message}
        if self.faults:
            data["errors"] = _tree(self.faults)
        if self.retry_after is not None:
            data |= {"retry_after": self.retry_after, "global": False}
        return data


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a form: where ("embeds.0.title"), Discord's code, a sentence."""

    path: str
    code: str
    message: str


def too_long(path: str, limit: int) -> Fault:
    """A text over its limit."""
    return Fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def wrong_length(path: str, low: int, high: int) -> Fault:
    """A text or array outside its bounds."""
    return Fault(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")


def required(path: str) -> Fault:
    """A field that must be there."""
    return Fault(path, "BASE_TYPE_REQUIRED", "This field is required")


def refuse(faults: Iterable[Fault]) -> None:
    """Refuse a form that has faults.

    Raises:
        Refused: there are any.
    """
    found = tuple(faults)
    if found:
        raise Refused(INVALID_FORM, faults=found)


def _tree(faults: Iterable[Fault]) -> JsonObject:
    root: JsonObject = {}
    for fault in faults:
        node = root
        for part in fault.path.split("."):
            deeper = node.setdefault(part, {})
            assert isinstance(deeper, dict)
            node = deeper
        errors = node.setdefault("_errors", [])
        assert isinstance(errors, list)
        errors.append({"code": fault.code, "message": fault.message})
    return root
