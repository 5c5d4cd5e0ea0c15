"""What a bitcoin costs now: one price a currency, kept while it is good, asked for once however many want it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Self

from bot.errors import PriceUnavailable
from bot.prices.examiner import Examiner
from bot.prices.quote import Basis, PriceQuote
from bot.prices.round import Round
from bot.prices.sources.source import PriceSource

FRESH_S = 30.0
"""Younger prices are shown without asking again."""

LIVE_S = 300.0
"""Up to this age a price is shown at once and refreshed behind."""

SHOWN_S = 600.0
"""Up to this age a price is shown, marked as old, when no newer one can be had."""

RETRY_S = 5.0
"""The least time between two rounds for one currency, so that a crowd cannot hammer sources that fail."""

WARM_EVERY_S = 60.0
WARM_FOR_S = 600.0
WARM_CURRENCIES = 8
"""How many of the currencies asked for lately are refreshed unasked."""

JUMP = Decimal("0.1")
"""A larger change within `LIVE_S` is believed only when a second round says so too."""

CONFIRMED_WITHIN = Decimal("0.02")

_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class _Record:
    """What is known about one currency; all times are monotonic seconds."""

    quote: PriceQuote | None = None
    belongs_to: float = 0.0
    fetched: float = 0.0
    tried: float | None = None
    asked: float = 0.0
    suspect: Decimal | None = None
    round: asyncio.Task[None] | None = None
    answered: asyncio.Event


class Ticker:
    """The price of 1 BTC in every served currency. Enter it with `async with`: leaving ends what runs behind.

    Args:
        sources: who is asked; the exchanges among them vote.
        now: the moment, aware UTC.
        clock: monotonic seconds.
        need_s: seconds after which the aggregates are asked too.
        limit_s: the longest a round takes, seconds.
        warm_every_s: how often the currencies asked for lately are refreshed unasked, seconds.
    """

    def __init__(
        self,
        *,
        sources: Sequence[PriceSource],
        now: Callable[[], datetime],
        clock: Callable[[], float],
        need_s: float = 1.0,
        limit_s: float = 3.8,
        warm_every_s: float = WARM_EVERY_S,
    ) -> None:
        self._sources = tuple(sources)
        self._now = now
        self._clock = clock
        self._need_s = need_s
        self._limit_s = limit_s
        self._warm_every_s = warm_every_s
        self._examiner = Examiner(now=now, clock=clock)
        self._records: dict[str, _Record] = {}
        self._down: set[str] = set()
        self._warming: asyncio.Task[None] | None = None
        self._currencies = frozenset[str]().union(*(source.currencies for source in self._sources))
        self._in_order = tuple(sorted(self._currencies, key=lambda code: (-self._voters(code), code)))

    async def __aenter__(self) -> Self:
        self._warming = asyncio.create_task(self._keep_warm(), name="prices: keep warm")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [record.round for record in self._records.values() if record.round is not None]
        if self._warming is not None:
            tasks.append(self._warming)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def currencies(self) -> tuple[str, ...]:
        """Return the ISO 4217 codes that are served, those with the most exchanges first."""
        return self._in_order

    def down(self) -> tuple[str, ...]:
        """Return the titles of the sources that did not serve when they were last asked."""
        return tuple(source.title for source in self._sources if source.title in self._down)

    def last_known(self, currency: str) -> PriceQuote | None:
        """Return the last good price however old it is, to be shown with its moment only."""
        record = self._records.get(currency)
        return record.quote if record else None

    def live(self, currency: str) -> Decimal | None:
        """Return what 1 BTC costs as far as it is known at this moment; None where no live price is."""
        record = self._records.get(currency)
        if record is None or record.quote is None or self._age_s(record) > LIVE_S:
            return None
        return record.quote.amount

    async def quote(self, currency: str) -> PriceQuote:
        """Return the price: at once while it is younger than `LIVE_S`, else after asking, `limit_s` at most.

        Args:
            currency: ISO 4217 code in upper case, such as "EUR".

        Raises:
            PriceUnavailable: the sources do not agree or do not answer, and the last price is too old.
        """
        record = self._record(currency)
        record.asked = self._clock()
        fresh = record.quote is not None and self._clock() - record.fetched <= FRESH_S
        if not fresh:
            self._ask(currency, record)
        live = record.quote is not None and self._age_s(record) <= LIVE_S
        if not (fresh or live) and record.round is not None:
            await record.answered.wait()
        return self._shown(record)

    async def quote_within(self, currency: str, *, seconds: float) -> PriceQuote:
        """Return the price as `quote` does, but after `seconds` what there is.

        Raises:
            PriceUnavailable: there is none that may be shown.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self.quote(currency)
        except TimeoutError:
            return self._shown(self._record(currency))

    def _record(self, currency: str) -> _Record:
        if currency not in self._currencies:
            raise PriceUnavailable(f"no source serves {currency!r}")
        return self._records.setdefault(currency, _Record(answered=asyncio.Event()))

    def _voters(self, currency: str) -> int:
        return sum(source.votes and currency in source.currencies for source in self._sources)

    def _age_s(self, record: _Record) -> float:
        return self._clock() - record.belongs_to

    def _shown(self, record: _Record) -> PriceQuote:
        if record.quote is None or self._age_s(record) > SHOWN_S:
            raise PriceUnavailable("no live price")
        return replace(record.quote, old=self._age_s(record) > LIVE_S)

    def _ask(self, currency: str, record: _Record) -> None:
        """Start a round unless one is running or has just ended."""
        if record.round is not None:
            return
        if record.tried is not None and self._clock() - record.tried < RETRY_S:
            return
        record.answered.clear()
        record.round = asyncio.create_task(self._run(currency, record), name=f"prices: ask for {currency}")
        record.round.add_done_callback(lambda task: _finish(task, record))

    async def _run(self, currency: str, record: _Record) -> None:
        before = record.suspect

        def publish(quote: PriceQuote) -> None:
            self._keep(record, quote, suspect=before)
            record.answered.set()

        try:
            await Round(
                currency=currency,
                sources=[source for source in self._sources if currency in source.currencies],
                examiner=self._examiner,
                down=self._down,
                publish=publish,
                need_s=self._need_s,
                limit_s=self._limit_s,
            ).run()
        finally:
            record.tried = self._clock()

    def _keep(self, record: _Record, quote: PriceQuote, *, suspect: Decimal | None) -> None:
        """Keep a price, unless it jumped and the round before did not see the same jump."""
        if record.quote is not None and self._age_s(record) <= LIVE_S:
            if quote.basis is Basis.FALLBACK and quote.as_of < record.quote.as_of:
                return  # what exchanges said later is worth more
            jumped = abs(quote.amount - record.quote.amount) > JUMP * record.quote.amount
            confirmed = suspect is not None and abs(quote.amount - suspect) <= CONFIRMED_WITHIN * suspect
            if jumped and not confirmed:
                record.suspect = quote.amount
                _log.warning("%s jumped to %s: waiting for a second round", quote.currency, quote.amount)
                return
        record.quote = quote
        record.suspect = None
        record.fetched = self._clock()
        record.belongs_to = record.fetched - max((self._now() - quote.as_of).total_seconds(), 0.0)

    async def _keep_warm(self) -> None:
        while True:
            await asyncio.sleep(self._warm_every_s)
            since = self._clock() - WARM_FOR_S
            wanted = [(record.asked, code) for code, record in self._records.items() if record.asked >= since]
            for _, code in sorted(wanted, reverse=True)[:WARM_CURRENCIES]:
                self._ask(code, self._records[code])


def _finish(task: asyncio.Task[None], record: _Record) -> None:
    record.round = None
    record.answered.set()
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("A round of prices broke", exc_info=error)
