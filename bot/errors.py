"""Every error that the bot raises on purpose.

    BotError
    ├── SetupError          the operator must mend it: token, config, missing file    -> exit 78
    ├── Refusal             the asker can mend it: unknown topic, not allowed         -> private reply
    ├── PriceUnavailable    no source answered in time and the last quote is too old  -> answer without a price
    ├── StoreUnavailable    the database does not answer                              -> answer from the shared corpus
    └── DeliveryFailed      the platform would not take a message                     -> logged and counted

`Assistant.answer` turns a `Refusal` into a reply; an adapter translates the errors of its library.
"""


class BotError(Exception):
    """The root of the tree; never raised itself."""


class SetupError(BotError):
    """The operator must mend something: the message is one sentence that says what is wrong, where, and what to do.

    Args:
        problem: that sentence.
        *others: further ones, where there is more to mend.
    """

    def __init__(self, problem: str, *others: str) -> None:
        super().__init__("; ".join((problem, *others)))
        self.problems = (problem, *others)


class Refusal(BotError):
    """The asker can mend something.

    Args:
        phrase: the key of the sentence in `bot/core/phrases`.
        **values: what fills the placeholders of that sentence.
    """

    def __init__(self, phrase: str, **values: object) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.values = values


class PriceUnavailable(BotError):
    """No source answered in time and the last quote is too old to show."""


class StoreUnavailable(BotError):
    """The database does not answer; the message is one sentence for the log and names no user's data."""


class DeliveryFailed(BotError):
    """The platform would not take a message."""
