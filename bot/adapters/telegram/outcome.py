"""What Telegram's refusals mean."""

import logging

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.adapters.telegram.calls import TooLate, Unknown
from bot.errors import DeliveryFailed
from bot.messages import Fate, Outcome, Right

DONE = Outcome(fate=Fate.DONE)
UNCHANGED = Outcome(fate=Fate.UNCHANGED)
GONE = Outcome(fate=Fate.GONE)

# Telegram's own words, in small letters. Source: tdlib/telegram-bot-api, Client.cpp, and tdlib.
_SAME = "message is not modified"
_LACKING = ("not enough rights", "need administrator rights", "message can't be deleted", "chat_admin_required")
_MISSING = (
    "not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "message_id_invalid",
    "topic_closed",
)
_DELETED = "message to delete not found"
_THREAD = "message thread not found"

_log = logging.getLogger(__name__)


def outcome_of(error: TelegramError | DeliveryFailed, *, right: Right | None = None) -> Outcome:
    """Return what an error means for a reply.

    Args:
        error: what was raised.
        right: the right that the call needs.
    """
    match error:
        case TooLate():
            return Outcome(fate=Fate.LATER, seconds=error.seconds)
        case Unknown():
            return Outcome(fate=Fate.UNKNOWN)
        case Forbidden() | ChatMigrated():
            return GONE
    said = str(error).casefold()
    if _SAME in said:
        return UNCHANGED
    if any(words in said for words in _LACKING):
        return Outcome(fate=Fate.FORBIDDEN, right=right)
    if not any(words in said for words in _MISSING):
        _log.error("Telegram refuses a call: %s", error)
    return GONE


def is_lost_topic(error: TelegramError) -> bool:
    """Return whether the topic was deleted, so that the message can only go to the group itself."""
    return isinstance(error, BadRequest) and _THREAD in str(error).casefold()


def is_deleted_already(error: BadRequest) -> bool:
    """Return whether there is nothing left to delete; after any other refusal the message may still stand."""
    return _DELETED in str(error).casefold()
