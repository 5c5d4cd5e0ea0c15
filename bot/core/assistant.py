"""The one door: a request in, a reply out."""

import asyncio
import logging
import secrets
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.core import asking
from bot.core.commands import COMMANDS
from bot.core.guard import Guard
from bot.core.language import English
from bot.core.phrases import Phrases
from bot.core.turn import Command, Shelf, Tools, Turn
from bot.errors import Refusal
from bot.messages import Button, Receipt, Reply, Request, Suggestion
from bot.storage.settings import GroupSettings
from bot.storage.shared import Cooldowns
from faq.matcher import Faq

REQUESTS_A_MINUTE = 20
SEEN_S = 24 * 3600
"""Seconds for which a redelivered event is recognised: Telegram keeps unconfirmed updates for 24 hours."""

_EXPOSED = "seed-exposed"
_log = logging.getLogger(__name__)


class Assistant:
    """Answers requests; the only part of the core that adapters know.

    Args:
        faq: the shared corpus.
        defaults: how the bot behaves where nobody set anything.
        now: the present moment, aware UTC.
        clock: seconds that only grow.
        contact: who runs this bot, for `about`.
    """

    def __init__(
        self,
        *,
        faq: Faq,
        defaults: GroupSettings,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        contact: str = "",
    ) -> None:
        self._defaults = defaults
        self._guard = Guard()
        self._seen = Cooldowns(clock=clock)
        self._tools = Tools(
            shelf=Shelf.of(faq),
            phrases=Phrases.load(),
            english=English(english_texts(faq)),
            commands=COMMANDS,
            cooldowns=Cooldowns(clock=clock),
            now=now,
            contact=contact,
        )

    async def answer(self, request: Request) -> Reply | None:
        """Return what should be said; None to stay silent. Never raises for anything that a person sent."""
        if not self._seen.once((request.place.platform, request.id), window_s=SEEN_S):
            return None
        if caught := self._guarded(request):
            return caught
        turn = Turn(request=request, settings=self._defaults, shelf=self._tools.shelf, tools=self._tools)
        if request.addressed and self._hurried(request):
            return self._slow_down(turn)
        command = COMMANDS.get(request.command)
        if command is None:
            return Reply(text=turn.say("unknown_command", command=request.command[:32]), private=True)
        if command.right and command.right not in request.author.rights and not request.place.direct:
            return Reply(text=turn.say("forbidden", right=turn.word(f"right_{command.right.value}")), private=True)
        return await self._run(command, turn)

    async def delivered(self, receipt: Receipt) -> Reply | None:
        """Record what became of a reply; return what the asker should know about it."""

    async def suggest(self, request: Request, limit: int) -> tuple[Suggestion, ...]:
        """Return the entries that fit what somebody is typing, best first; for nothing typed, the first of the list."""
        text = request.argument.strip()
        if text and self._guard.catches(text, addressed=True):
            return ()
        shelf = self._tools.shelf
        topics = [match.id for match in shelf.faq.search(text, limit=limit)] if text else list(shelf.faq.entries)
        turn = Turn(request=request, settings=self._defaults, shelf=shelf, tools=self._tools)
        return tuple(asking.suggestion(turn, shelf.faq.entries[topic]) for topic in topics[:limit])

    def menu(self) -> tuple[tuple[Command, str], ...]:
        """Return the listed commands with their descriptions, in the order of the table."""
        return tuple((row, self._tools.phrases.word(f"command_{row.name}")) for row in COMMANDS.values() if row.listed)

    def command(self, name: str) -> Command | None:
        """Return a command's row of the table, unlisted ones too."""
        return COMMANDS.get(name)

    def word(self, key: str, **values: object) -> str:
        """Return one of the bot's sentences as bare text, for what only an adapter has to say."""
        return self._tools.phrases.word(key, **values)

    def _guarded(self, request: Request) -> Reply | None:
        """Return the warning if the request holds wallet secrets; nothing of its text is kept or passed on."""
        quoted = request.quoted
        own = "\n".join((request.argument, *request.fields.values()))
        leaks = []
        if self._guard.catches(own, addressed=request.addressed):
            leaks.append(request.message)
        if quoted and self._guard.catches(quoted.text, addressed=request.addressed):
            leaks.append(quoted.id)
        if not leaks:
            return None
        say = self._tools.phrases
        button = Button(label=say.word("button_exposed"), action=f"show {_EXPOSED}")
        deletes = () if request.place.direct else tuple(filter(None, leaks))
        return Reply(text=say.say("guard"), buttons=((button,),), deletes=deletes)

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
        try:
            async with asyncio.timeout(command.limit_s):
                return await command.run(turn)
        except Refusal as refusal:
            return Reply(text=turn.say(refusal.phrase, **refusal.values), private=True)
        except TimeoutError:
            _log.warning("%s took more than %s s", command.name, command.limit_s)
            return Reply(text=turn.say("too_slow"), private=True)
        except Exception as error:  # noqa: BLE001 - the one place where a defect becomes an apology
            number = secrets.token_hex(4)
            trace = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s failed, number %s: %s\n%s", command.name, number, type(error).__name__, trace)
            return Reply(text=turn.say("failed", number=number), private=True)


def english_texts(faq: Faq) -> Iterable[str]:
    """Yield plenty of English on the subject: every question, wording and answer."""
    for entry in faq.entries.values():
        yield entry.question
        yield entry.answer
        yield from entry.wordings
