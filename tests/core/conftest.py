"""Somebody who chats as an adapter would have it: what is answered is also delivered and reported."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest

from bot.core.assistant import Assistant
from bot.messages import Author, Due, Fate, Outcome, Place, Quoted, Receipt, Reply, Request, Right
from tests.conftest import button
from tests.fakes import FakeClock

_MESSAGES = itertools.count(1)


@dataclass
class Chatter:
    """Somebody in a chat.

    Attributes:
        group: where they talk; "" for a private chat.
        direct: they talk in private about the group.
        lacks: what the bot may not do there.
        fate: what becomes of what is sent.
        shown: id of the bot's newest message.
        told: what the asker was told after the newest reply had been delivered.
    """

    assistant: Assistant
    name: str = "mod"
    group: str = "beginners"
    platform: str = "test"
    channel: str = ""
    rights: frozenset[Right] = frozenset()
    direct: bool = False
    anonymous: bool = False
    lacks: frozenset[Right] = frozenset()
    fate: Fate = Fate.DONE
    shown: str = ""
    told: Reply | None = None
    asked: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        channel = self.channel or (self.name if self.direct or not self.group else self.group)
        return Place(platform=self.platform, group=self.group, channel=channel, direct=self.direct or not self.group)

    @property
    def author(self) -> Author:
        return Author(id=self.name, rights=self.rights, anonymous=self.anonymous)

    async def says(self, text: str, *, addressed: bool = True, quoted: Quoted | None = None) -> Reply | None:
        """Say something; a line that begins with a slash is a command."""
        is_command = text.startswith("/")
        command, _, argument = text[1:].partition(" ") if is_command else ("ask", "", text)
        return await self.sends(
            self.request(command, argument, addressed=addressed, quoted=quoted, free=not is_command)
        )

    async def gets(self, text: str, *, quoted: Quoted | None = None) -> Reply:
        """Say something that is answered."""
        reply = await self.says(text, quoted=quoted)
        assert reply
        return reply

    async def presses(self, reply: Reply, label: str, *, shown: str = "") -> Reply:
        """Press a button of a reply."""
        command, _, argument = button(reply, label).action.partition(" ")
        answer = await self.sends(self.request(command, argument, pressed=shown or self.shown))
        assert answer
        return answer

    async def fills(self, reply: Reply, **answers: str) -> Reply:
        """Fill in a form; what is not said keeps its value."""
        assert reply.form
        fields = {field_.name: field_.value for field_ in reply.form.fields} | answers
        command, _, argument = reply.form.action.partition(" ")
        answer = await self.sends(self.request(command, argument, fields=fields))
        assert answer
        return answer

    async def edits(self, text: str, *, message: str = "") -> Reply | None:
        """Change an earlier question, by default the newest."""
        return await self.sends(self.request("ask", text, edited=True, message=message or self.asked, free=True))

    def request(
        self,
        command: str,
        argument: str = "",
        *,
        addressed: bool = True,
        free: bool = False,
        quoted: Quoted | None = None,
        pressed: str = "",
        edited: bool = False,
        message: str = "",
        fields: Mapping[str, str] | None = None,
        file: bytes | None = None,
        notice: bool = False,
    ) -> Request:
        number = f"q{next(_MESSAGES)}"
        return Request(
            command=command,
            argument=argument,
            fields=fields or self.facts,
            id=number,
            place=self.place,
            author=self.author,
            addressed=addressed,
            free=free,
            notice=notice,
            message=message or ("" if pressed else number),
            edited=edited,
            pressed=pressed,
            quoted=quoted,
            file=file,
        )

    async def sends(self, request: Request) -> Reply | None:
        """Send a request, deliver the reply and report it."""
        self.asked = request.message or self.asked
        reply = await self.assistant.answer(request)
        self.told = await self.delivers(reply, request) if reply else None
        return reply

    async def delivers(self, reply: Reply, request: Request | None) -> Reply | None:
        """Report what became of a reply."""
        forbidden = bool(reply.pin or reply.unpins) and Right.PIN in self.lacks
        outcome = Outcome(fate=Fate.FORBIDDEN, right=Right.PIN) if forbidden else Outcome(fate=self.fate, seconds=60)
        self.shown = reply.replaces or f"m{next(_MESSAGES)}"
        return await self.assistant.delivered(
            Receipt(
                request=request,
                reply=reply,
                place=self.place,
                messages=(self.shown,),
                outcome=outcome,
                unpinned=reply.unpins if outcome.fate is Fate.DONE else (),
            )
        )

    async def reports(self, notice: str, argument: str = "") -> Reply | None:
        """Report something as the platform."""
        return await self.sends(self.request(notice, argument, notice=True))

    def quote(self, *, by_bot: bool = True) -> Quoted:
        """Return the bot's newest message, as something that is replied to."""
        return Quoted(id=self.shown, by_bot=by_bot)


@dataclass
class Duty:
    """What the assistant wants done unasked on the platform "test"."""

    assistant: Assistant
    clock: FakeClock
    _due: AsyncIterator[Due] | None = None

    async def next(self, *, within_s: float = 6 * 3600.0) -> Due:
        """Return the next thing to do; the clock moves on until there is one.

        Raises:
            AssertionError: nothing was to be done in that time.
        """
        due = await self.perhaps(within_s=within_s)
        assert due, f"nothing was to be done within {within_s} s"
        return due

    async def perhaps(self, *, within_s: float) -> Due | None:
        """Return the next thing to do within some seconds, if there is one."""
        end = self.clock.seconds() + within_s
        self._due = self._due or aiter(self.assistant.due("test"))
        waiting = asyncio.ensure_future(anext(self._due))
        while self.clock.seconds() < end and not waiting.done():
            await self.clock.passed()
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        await asyncio.wait([waiting])
        self._due = None
        return None


@pytest.fixture
def duty(assistant: Assistant, clock: FakeClock) -> Duty:
    """What is to be done unasked."""
    return Duty(assistant, clock)


@pytest.fixture
def owner(assistant: Assistant) -> Chatter:
    """The owner of a group."""
    return Chatter(assistant, name="owner", rights=frozenset(Right))


@pytest.fixture
def mod(assistant: Assistant) -> Chatter:
    """A moderator of a group."""
    return Chatter(assistant, name="mod", rights=frozenset({Right.PIN, Right.MANAGE}))


@pytest.fixture
def bob(assistant: Assistant) -> Chatter:
    """An ordinary member of the group."""
    return Chatter(assistant, name="bob")


@pytest.fixture
def carol(assistant: Assistant) -> Chatter:
    """Another ordinary member of the group."""
    return Chatter(assistant, name="carol")
