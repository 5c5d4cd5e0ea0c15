"""What a group's moderators can set."""

import enum
from dataclasses import dataclass

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
        cooldown_s: seconds in which an overheard question does not get the same entry again.
        price_commands: where price commands answer.
        price_snippets: live prices stand in answers.
        review: unanswered questions are kept for the moderators.
        feedback: answers carry a vote button.
        public: slash answers are seen by all (Discord).
        anonymous: anonymous administrators count as moderators (Telegram).
        moderator: the right from which somebody counts as moderator.
    """

    speak: Speak = Speak.MENTION
    currency: str = "USD"
    cooldown_s: int = 600
    price_commands: PriceCommands = PriceCommands.ON
    price_snippets: bool = True
    review: bool = False
    feedback: bool = True
    public: bool = False
    anonymous: bool = True
    moderator: Right = Right.MANAGE
