"""What may go wrong with one source or one chart; all are a `PriceUnavailable` to the rest of the bot."""

from bot.errors import PriceUnavailable


class SourceFault(PriceUnavailable):
    """One source gave nothing that may be shown."""


class SourceDown(SourceFault):
    """The source does not serve: the network, its status or its own error message says so.

    Args:
        reason: one line for the log; names no key and no user's text.
        pause_s: seconds for which the source wants to be left alone, None if it did not say.
    """

    def __init__(self, reason: str, *, pause_s: float | None = None) -> None:
        super().__init__(reason)
        self.pause_s = pause_s


class BadReply(SourceFault):
    """The source answered, but this pair's figures are missing, implausible or old; other pairs may be good."""


class ChartUnavailable(PriceUnavailable):
    """No venue gave candles in time, or the picture could not be drawn."""
