"""The one door: a request in, a reply out."""

import asyncio
import logging
import secrets
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bot.core import asking, pinning, pricing, sending
from bot.core.asked import is_question
from bot.core.commands import COMMANDS
from bot.core.duties import Duties
from bot.core.guard import Guard
from bot.core.language import English
from bot.core.notices import NOTICES
from bot.core.overheard import Overheard
from bot.core.phrases import Phrases
from bot.core.shelf import Shelf
from bot.core.shelves import Shelves
from bot.core.turn import Command, Rules, Tools, Turn
from bot.errors import Refusal, StoreUnavailable
from bot.messages import Author, Button, Due, Fate, Place, Receipt, Reply, Request, Suggestion
from bot.prices.market import Market
from bot.storage.groups import Group, GroupState
from bot.storage.recent import Recent
from bot.storage.settings import PriceCommands
from bot.storage.shared import Cooldowns
from bot.storage.store import Store
from faq.entry import Entry
from faq.matcher import Faq

REQUESTS_A_MINUTE = 20
SEEN_S = 24 * 3600
"""Seconds for which a redelivered event is recognised: Telegram keeps unconfirmed updates for 24 hours."""

STORE_S = 0.5
"""Seconds that an answer waits for what its group chose and wrote."""

QUESTIONS = 2_000
"""Questions that stay in memory, for the review of what was answered wrongly."""

CAUGHT = 1_000
"""Requests with wallet secrets that are remembered by their ids, so that not even a hash of their text is stored."""

_EXPOSED = "seed-exposed"
_log = logging.getLogger(__name__)


class Assistant:
    """Answers requests; the only part of the core that adapters know.

    Args:
        faq: the shared corpus.
        store: what groups chose and wrote.
        now: the present moment, aware UTC.
        clock: seconds that only grow.
        pause: waits for some seconds.
        rules: what the operator set for every group.
        contact: who runs this bot, for `about`.
        market: what a bitcoin costs; None for no prices.
        failed: counts what could not be done unasked for a defect, by platform.
    """

    def __init__(
        self,
        *,
        faq: Faq,
        store: Store,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rules: Rules | None = None,
        contact: str = "",
        market: Market | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        rules = rules or Rules()
        shelf, phrases = Shelf.of(faq), Phrases.load()
        self._seen = Cooldowns(clock=clock)
        self._caught: Recent[str, Place] = Recent(CAUGHT)
        self._leaks: Recent[tuple[str, str, str], bool] = Recent(CAUGHT)
        self._store = store
        self._shelves = Shelves(store, shared=shelf, theme=phrases.word("theme_own"))
        self._tools = Tools(
            shelf=shelf,
            phrases=phrases,
            english=English(english_texts(faq)),
            commands=COMMANDS,
            cooldowns=Cooldowns(clock=clock),
            now=now,
            contact=contact,
            store=store,
            guard=Guard(),
            rules=rules,
            overheard=Overheard(clock=clock, wait_s=rules.wait_s),
            questions=Recent(QUESTIONS),
            market=market,
        )
        self._duties = Duties(self._tools, clock=clock, pause=pause, turn_of=self._turn, failed=failed)

    async def answer(self, request: Request) -> Reply | None:
        """Return what should be said; None to stay silent. Never raises for anything that a person sent."""
        if not self._seen.once((request.place.platform, request.id), window_s=SEEN_S):
            return None
        if request.notice:
            return await self._noticed(request)
        if not request.place.direct:
            self._tools.overheard.heard(request, is_question=is_question)
        if caught := self.caught(request):
            return caught
        turn = await self._turn(request)
        if turn.state.has_left and turn.in_group:  # it has the bot again, which nobody reported
            await self._store.groups.joined(turn.group)
        reply = await self._obey(turn)
        # Who asked the bot nothing is not told what it could not do.
        return None if reply and reply.private and not request.addressed else reply

    def caught(self, request: Request) -> Reply | None:
        """Return the warning if a request holds wallet secrets; nothing of its text is kept or passed on.

        For what an adapter keeps, or does not hand on; `answer` looks itself.
        """
        quoted, where = request.quoted, (request.place.platform, request.place.channel)
        own = "\n".join((request.argument, *request.fields.values()))
        leaks = []
        if self._tools.guard.catches(own, addressed=request.addressed):
            leaks.append(request.message)
        is_news = quoted and (request.addressed or not self._leaks.get((*where, quoted.id)))
        if quoted and is_news and self._tools.guard.catches(quoted.text, addressed=request.addressed):
            leaks.append(quoted.id)
        if not leaks:
            return None
        self._caught.put(request.id, request.place)
        for leak in leaks:
            self._leaks.put((*where, leak), True)
        deletes = () if request.place.direct else tuple(filter(None, leaks))
        warning = self._warning("guard_deleted" if deletes else "guard", deletes=deletes)
        # What a command says is seen by nobody else, so the warning need not be either.
        return warning if request.message else replace(warning, private=True)

    async def has_only(self, platform: str, groups: Collection[str]) -> None:
        """Take note of which groups have the bot, all of a platform; while the database does not answer, of nothing."""
        with suppress(StoreUnavailable):
            await self._store.groups.only(platform, groups, at=int(self._tools.now().timestamp()))

    async def delivered(self, receipt: Receipt) -> Reply | None:
        """Record what became of a reply; return what the asker should know about it.

        A caught message is deleted before its warning is shown. Where that fails, the adapter reports so at once, with
        the outcome of the deletion and no `messages`, and shows what is returned instead of the warning, which claims
        that the message is gone; then it reports what became of that. A message that was gone already counts as done.
        """
        if receipt.reply.deletes and not receipt.reply.replaces and receipt.outcome.fate is not Fate.DONE:
            return self._warning("guard")
        turn = await self._turn(receipt.request or _unasked(receipt))
        try:
            if receipt.request is None:
                await pinning.record_refresh(turn, receipt)
                return None
            if self._caught.get(receipt.request.id) != receipt.request.place:
                await sending.remember(turn, receipt, COMMANDS.get(receipt.request.command))
            if receipt.reply.pin or receipt.reply.unpins:
                return await pinning.record(turn, receipt)
        except StoreUnavailable:
            if receipt.reply.pin:
                return Reply(text=turn.say("pin_unnoted"), private=True)
        return None

    def due(self, platform: str) -> AsyncIterator[Due]:
        """Yield what is to be said or edited on a platform unasked, when it is time; never ends.

        Each is reported by `delivered`: with its request if it has one.
        """
        return self._duties.due(platform)

    async def suggest(self, request: Request, limit: int) -> tuple[Suggestion, ...]:
        """Return the entries that fit what somebody is typing, best first; for nothing typed, the first of the list."""
        turn = await self._turn(request)
        return tuple(asking.suggestion(turn, entry) for entry in self._fitting(turn, limit))

    async def complete(self, request: Request, limit: int) -> tuple[tuple[str, str], ...]:
        """Return the ids and titles of the entries that `suggest` would return, at a fraction of its cost."""
        return tuple((entry.id, entry.question) for entry in self._fitting(await self._turn(request), limit))

    def holds_secrets(self, text: str) -> bool:
        """Return whether a text holds wallet secrets, so that it must be kept nowhere."""
        return self._tools.guard.catches(text, addressed=True)

    def menu(self) -> tuple[tuple[Command, str], ...]:
        """Return the listed commands with their descriptions, in the order of the table."""
        return tuple((row, self._tools.phrases.word(f"command_{row.name}")) for row in COMMANDS.values() if row.listed)

    def command(self, name: str) -> Command | None:
        """Return a command's row of the table, unlisted ones too."""
        return COMMANDS.get(name)

    async def is_public(self, request: Request) -> bool:
        """Return whether the group wants answers to commands seen by all, where that is not the platform's way."""
        return (await self._turn(request)).settings.public

    def word(self, key: str, **values: object) -> str:
        """Return one of the bot's sentences as bare text, for what only an adapter has to say."""
        return self._tools.phrases.word(key, **values)

    async def _obey(self, turn: Turn) -> Reply | None:
        """Do what was asked, if it may be asked here and now."""
        request = turn.request
        command = COMMANDS.get(request.command)
        # A moderator at the desk presses many buttons; everybody else has a limit.
        is_desk = command is not None and command.right is not None and not turn.missing(command)
        if request.addressed and not is_desk and self._hurried(request):
            return self._slow_down(turn)
        if command is None:
            return Reply(text=turn.say("unknown_command", command=request.command[:32]), private=True)
        if refusal := _refused(command, turn):
            return refusal
        if request.edited:
            return await self._answer_edit(command, turn)
        return await self._run(command, turn)

    async def _turn(self, request: Request) -> Turn:
        """Return the turn of a request; while the database does not answer, the shared corpus and the defaults do."""
        place = request.place
        alone = Group.of_person(place.platform, request.author.id)
        group = Group(place.platform, place.group) if place.group else alone
        state = self._store.groups.remembered(group)
        shelf = self._shelves.remembered(state) if state else None
        if state and shelf:
            return Turn(request=request, group=group, state=state, shelf=shelf, tools=self._tools)
        try:
            async with asyncio.timeout(STORE_S):
                state = await self._store.groups.state(group)
                shelf = await self._shelves.of(group, state)
        except (StoreUnavailable, TimeoutError):
            state = GroupState(number=0, settings=self._store.groups.defaults)
            shelf = self._tools.shelf
            return Turn(request=request, group=group, state=state, shelf=shelf, tools=self._tools, is_stored=False)
        return Turn(request=request, group=group, state=state, shelf=shelf, tools=self._tools)

    async def _answer_edit(self, command: Command, turn: Turn) -> Reply | None:
        """Answer a question that was changed, in the place of the earlier answer."""
        try:
            earlier = await sending.earlier(turn)
            if await sending.is_settled(turn, earlier) if earlier else not turn.request.addressed:
                return None
        except StoreUnavailable:
            return None
        reply = await self._run(command, turn)
        if not reply or not earlier or reply.private:
            return reply
        return replace(reply, replaces=earlier[0].message, deletes=tuple(sent.message for sent in earlier[1:]))

    async def _noticed(self, request: Request) -> Reply | None:
        """Take note of what a platform reports."""
        handler = NOTICES.get(request.command)
        if handler is None:
            return None

        async def noted(turn: Turn) -> Reply | None:
            try:
                return await handler(turn)
            except StoreUnavailable:
                # Nobody is there to be told; but if the platform reports it again, it counts as new.
                self._seen.forget((request.place.platform, request.id))
                return None

        return await self._run(Command(name=request.command, run=noted, limit_s=10.0), await self._turn(request))

    def _fitting(self, turn: Turn, limit: int) -> list[Entry]:
        text = turn.request.argument.strip()
        if self.holds_secrets(text):
            return []
        faq = turn.shelf.faq
        topics = [match.id for match in faq.search(text, limit=limit)] if text else list(faq.entries)[:limit]
        return [faq.entries[topic] for topic in topics]

    def _warning(self, phrase: str, *, deletes: tuple[str, ...] = ()) -> Reply:
        say = self._tools.phrases
        button = Button(label=say.word("button_exposed"), action=f"show {_EXPOSED}")
        return Reply(text=say.say(phrase), buttons=((button,),), deletes=deletes)

    def _hurried(self, request: Request) -> bool:
        """Count a request; return whether the asker is over the limit of a minute."""
        key = ("requests", request.place.platform, request.author.id)
        return self._tools.cooldowns.count(key, window_s=60.0, most=REQUESTS_A_MINUTE) > REQUESTS_A_MINUTE

    def _slow_down(self, turn: Turn) -> Reply | None:
        """Return the polite line, once a minute; then silence."""
        key = ("slow down", turn.request.place.platform, turn.request.author.id)
        if not self._tools.cooldowns.once(key, window_s=60.0):
            return None
        return Reply(text=turn.say("slow_down"), private=True)

    async def _run(self, command: Command, turn: Turn) -> Reply | None:
        """Return the reply with its place, within the time of the command that does the work."""
        try:
            command, turn = _meant(command, turn)
            async with asyncio.timeout(command.limit_s):
                reply = await command.run(turn)
                reply = await pricing.with_price(turn, reply) if reply else None
            return await sending.placed(turn, command, reply) if reply else None
        except Refusal as refusal:
            return Reply(text=turn.say(refusal.phrase, **refusal.values), private=True)
        except StoreUnavailable:
            return Reply(text=turn.say("store_down"), private=True)
        except TimeoutError:
            _log.warning("%s took more than %s s", command.name, command.limit_s)
            return Reply(text=turn.say("too_slow"), private=True)
        except Exception as error:  # noqa: BLE001 - the one place where a defect becomes an apology
            number = secrets.token_hex(4)
            trace = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s failed, number %s: %s\n%s", command.name, number, type(error).__name__, trace)
            return Reply(text=turn.say("failed", number=number), private=True)


def _meant(command: Command, turn: Turn) -> tuple[Command, Turn]:
    """Return the command that does the work, and its turn: a plain question about a price is one for `price`, say."""
    request = asking.meant(turn) if command.run is asking.ask else None
    return (COMMANDS[request.command], replace(turn, request=request)) if request else (command, turn)


def _refused(command: Command, turn: Turn) -> Reply | None:
    """Return why a command is not obeyed here, or not for this person."""
    if command.group_only and turn.group.is_private:
        return Reply(text=turn.say("only_group"), private=True)
    if command.right and not (turn.is_stored or command.always):
        # Who counts as a moderator is not known now, and the default may be less than what the group has set.
        return Reply(text=turn.say("store_down"), private=True)
    if missing := turn.missing(command):
        return Reply(text=turn.say("forbidden", right=turn.word(f"right_{missing.value}")), private=True)
    if command.priced and turn.in_group and turn.settings.price_commands is PriceCommands.OFF:
        return Reply(text=turn.say("prices_off"), private=True)
    return None


def _unasked(receipt: Receipt) -> Request:
    return Request(command="show", id="", place=receipt.place, author=Author(id=""))


def english_texts(faq: Faq) -> Iterable[str]:
    """Yield plenty of English on the subject: every question, wording and answer."""
    for entry in faq.entries.values():
        yield entry.question
        yield entry.answer
        yield from entry.wordings
