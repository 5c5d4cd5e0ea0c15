"""What the terminal plays, and what stands on its screen."""

import enum
from dataclasses import dataclass, field

from bot.messages import Button, Field, Form, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the terminal plays.

    Attributes:
        group: name of a group; "" for a private chat.
        rights: what the person at the keyboard may do in the group.
        lacks: what the bot itself may not do there.
    """

    group: str = ""
    rights: frozenset[Right] = frozenset()
    lacks: frozenset[Right] = frozenset()


@dataclass(slots=True, kw_only=True)
class Shown:
    """What stands on the screen.

    Attributes:
        texts: every message by number, until it is deleted.
        by_bot: numbers of the bot's messages.
        pinned: numbers of pinned messages.
        buttons: those of the newest message that had some.
        message: the id of that message.
    """

    texts: dict[str, str] = field(default_factory=dict)
    by_bot: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)
    buttons: tuple[Button, ...] = ()
    message: str = ""


class Problem(enum.Enum):
    """Why an answer does not fit: the key of the phrase that says so."""

    REQUIRED = "form_required"
    TOO_LONG = "form_too_long"


class Filling:
    """A form that is being filled in, field by field.

    Args:
        form: the fields.
        until: when it is given up, on the clock that only grows.
    """

    def __init__(self, form: Form, *, until: float) -> None:
        self.form = form
        self.until = until
        self.answers: dict[str, str] = {}

    @property
    def is_complete(self) -> bool:
        """Whether every field was answered."""
        return len(self.answers) == len(self.form.fields)

    @property
    def asked(self) -> Field:
        """The field that is asked next."""
        return self.form.fields[len(self.answers)]

    def prompt(self) -> str:
        """Return what is asked next."""
        field_ = self.asked
        notes = [] if field_.required else ["optional"]
        if field_.value:
            notes.append("empty keeps it, a dash clears it")
        if field_.long:
            notes.append("\\n for a new line")
        return f"{field_.label} ({', '.join(notes)}):" if notes else f"{field_.label}:"

    def take(self, line: str) -> Problem | None:
        """Take the answer to what was asked; return why it does not fit."""
        field_ = self.asked
        answer = line.strip().replace("\\n", "\n") if field_.long else line.strip()
        if not answer:
            answer = field_.value
        elif answer == "-":
            answer = ""
        if field_.required and not answer:
            return Problem.REQUIRED
        if len(answer) > field_.max_length:
            return Problem.TOO_LONG
        self.answers[field_.name] = answer
        return None
