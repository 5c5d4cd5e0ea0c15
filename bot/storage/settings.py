"""What a group's moderators can set."""

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Annotated

from pydantic import Field, StringConstraints, TypeAdapter

from bot.messages import Right


class Speak(enum.Enum):
    """When the bot speaks in a group.

    MENTION: when addressed. SURE: also on overheard questions that it is sure of. PREVIEW: as MENTION, and lists
    in `review` what SURE would have said. NEVER: commands only.
    """

    MENTION = "mention"
    SURE = "sure"
    PREVIEW = "preview"
    NEVER = "never"


class PriceCommands(enum.Enum):
    """Where price, convert and chart answer."""

    ON = "on"
    PRIVATE = "private"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """How the bot behaves in one group, or in a private chat.

    Attributes:
        speak: when the bot speaks.
        currency: ISO 4217 code for price snippets and commands.
        cooldown_s: seconds in which an overheard question does not get the same entry again, at most a day.
        price_commands: where price commands answer.
        price_snippets: live prices stand in answers.
        review: unanswered questions are kept for the moderators.
        feedback: answers carry a vote button.
        public: slash answers are seen by all (Discord).
        anonymous: anonymous administrators count as moderators (Telegram).
        moderator: the right from which somebody counts as moderator.
    """

    speak: Speak = Speak.MENTION
    currency: Annotated[str, StringConstraints(to_upper=True, pattern="^[A-Za-z]{3}$")] = "USD"
    cooldown_s: Annotated[int, Field(ge=0, le=86_400)] = 600
    price_commands: PriceCommands = PriceCommands.ON
    price_snippets: bool = True
    review: bool = False
    feedback: bool = True
    public: bool = False
    anonymous: bool = True
    moderator: Right = Right.MANAGE


KEYS: tuple[str, ...] = tuple(field.name for field in fields(GroupSettings))
"""What can be set, in the order in which it is shown."""

_ADAPTER = TypeAdapter(GroupSettings)


def choices(key: str) -> tuple[str, ...]:
    """Return the values that `key` takes, empty for a currency or a number."""
    match getattr(GroupSettings(), key):
        case bool():
            return ("on", "off")
        case Right():
            return tuple(right.value for right in Right)
        case enum.Enum() as member:
            return tuple(other.value for other in type(member))
        case _:
            return ()


def shown(settings: GroupSettings, key: str) -> str:
    """Return the value of `key` as it is typed and stored."""
    match getattr(settings, key):
        case bool() as switch:
            return "on" if switch else "off"
        case enum.Enum() as member:
            return str(member.value)
        case other:
            return str(other)


def changed(settings: GroupSettings, key: str, value: str) -> GroupSettings:
    """Return the settings with another value for `key`.

    Raises:
        ValueError: there is no such key, or it does not take this value.
    """
    if key not in KEYS:
        raise ValueError(key)
    return _ADAPTER.validate_python(asdict(settings) | {key: value})


def restored(defaults: GroupSettings, stored: Mapping[str, str]) -> GroupSettings:
    """Return the defaults with what was stored over them; what is no longer understood is left out."""
    settings = defaults
    for key, value in stored.items():
        try:
            settings = changed(settings, key, value)
        except ValueError:
            continue
    return settings
