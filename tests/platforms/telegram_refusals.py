"""What Telegram answers when it will not do something, in its own words.

Bots match these sentences, so not a letter may differ. Source: tdlib/telegram-bot-api, Client.cpp, and tdlib.
"""

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"  # no prefix
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
WEBHOOK_SET = "Conflict: terminated by setWebhook request"


class Refused(Exception):
    """Telegram says no.

    Args:
        description: the sentence as it is sent.
        code: HTTP status and `error_code`.
        parameters: `retry_after` or `migrate_to_chat_id`.
    """

    def __init__(self, description: str, *, code: int = 400, parameters: dict[str, int] | None = None) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.parameters = parameters or {}


def bad_request(sentence: str) -> Refused:
    """Return the refusal of a call that makes no sense as it stands."""
    return Refused(f"Bad Request: {sentence}")


def forbidden(sentence: str) -> Refused:
    """Return the refusal of a call that the bot may not make."""
    return Refused(f"Forbidden: {sentence}", code=403)


def migrated(chat_id: int) -> Refused:
    """Return the refusal of a call to a group that has become the supergroup `chat_id`."""
    return Refused(
        "Bad Request: group chat was upgraded to a supergroup chat", parameters={"migrate_to_chat_id": chat_id}
    )
