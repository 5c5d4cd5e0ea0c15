"""One question to all sources at once."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from bot.prices.consensus import AGREEMENT, QUORUM, agree, combine
from bot.prices.examiner import Examiner
from bot.prices.failures import SourceDown, SourceFault
from bot.prices.quote import PriceQuote, VenueQuote, without_absurd_day
from bot.prices.sources.source import PriceSource

_log = logging.getLogger(__name__)


class Round:
    """Asks each source once; nobody is asked again, since the other sources are the retry.

    Args:
        currency: ISO 4217 code.
        sources: those that serve the currency.
        examiner: says which answers count.
        down: titles of the sources that do not serve; kept up to date.
        publish: called with the price as soon as it is certain, and again when later answers made it better.
        need_s: seconds after which the aggregates are asked, if the exchanges have not agreed by then.
        limit_s: seconds after which nothing is waited for.
    """

    def __init__(
        self,
        *,
        currency: str,
        sources: Sequence[PriceSource],
        examiner: Examiner,
        down: set[str],
        publish: Callable[[PriceQuote], None],
        need_s: float,
        limit_s: float,
    ) -> None:
        self._currency = currency
        self._voters = [source for source in sources if source.votes]
        self._aggregates = [source for source in sources if not source.votes]
        self._examiner = examiner
        self._down = down
        self._publish = publish
        # Without a quorum of exchanges the aggregates are needed in any case.
        self._need_s = need_s if len(self._voters) >= QUORUM else 0.0
        self._limit_s = limit_s
        self._waiting = {source.title for source in sources}
        self._answers: dict[str, VenueQuote] = {}
        self._certain = False
        self._votes_are_in = asyncio.Event()

    async def run(self) -> None:
        """Ask, publish, and end when every source has answered or failed."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limit_s), asyncio.TaskGroup() as group:
                for source in self._voters:
                    group.create_task(self._ask(source))
                for source in self._aggregates:
                    group.create_task(self._ask_in_need(source))
        # Whoever still has not answered no longer holds up the verdict.
        self._waiting.clear()
        self._consider()

    async def _ask_in_need(self, source: PriceSource) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._need_s):
                await self._votes_are_in.wait()
        if self._certain:
            self._down.discard(source.title)  # It was not asked, so nothing is known.
            return
        await self._ask(source)

    async def _ask(self, source: PriceSource) -> None:
        try:
            quote = await source.quote(self._currency)
            self._down.discard(source.title)
            self._examiner.examine(quote, votes=source.votes)
            self._answers[source.title] = without_absurd_day(quote)
            _log.debug("%s %s: %s", source.title, self._currency, quote.raw)
        except SourceFault as fault:
            # Whoever answers without good figures for this pair may serve others.
            if isinstance(fault, SourceDown):
                self._down.add(source.title)
            _log.info("%s %s left out: %s", source.title, self._currency, fault)
        self._waiting.discard(source.title)
        self._consider()
        if not self._voting():
            self._votes_are_in.set()

    def _consider(self) -> None:
        quote = self._verdict()
        if quote is not None:
            self._certain = True
            self._publish(quote)

    def _verdict(self) -> PriceQuote | None:
        """Return the price if the answers so far suffice: three that agree, or all there will be."""
        votes = [self._answers[voter.title] for voter in self._voters if voter.title in self._answers]
        figures = [self._answers[source.title] for source in self._aggregates if source.title in self._answers]
        if self._voting():
            amounts = [vote.amount for vote in votes]
            if len(amounts) < QUORUM or not agree(amounts, within=AGREEMENT):
                return None
        elif not votes and len(figures) < 2 and self._waiting:
            return None
        return combine(voters=votes, aggregates=figures)

    def _voting(self) -> bool:
        return any(voter.title in self._waiting for voter in self._voters)
