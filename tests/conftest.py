"""The fixtures of all tests; the chief one is `ask`: text in, reply out, through the real assistant."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.core.assistant import Assistant
from bot.messages import Author, Button, Place, Quoted, Reply, Request, Right
from bot.richtext import text_of
from bot.storage.store import Store
from faq.matcher import Faq
from tests.fakes import FakeClock


@pytest.fixture(scope="session")
def faq() -> Faq:
    """The real corpus, read once."""
    return Faq.load()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves when told to."""
    return FakeClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "state" / "bot.sqlite3"


@pytest.fixture
async def store(path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    """A real store in a new file."""
    async with Store.opened(path, now=lambda: clock.now().timestamp(), clock=clock.seconds) as opened:
        yield opened


@pytest.fixture
def assistant(faq: Faq, store: Store, clock: FakeClock) -> Assistant:
    """The real assistant on the real corpus and a real store."""
    return Assistant(faq=faq, store=store, now=clock.now, clock=clock.seconds, pause=clock.sleep)


@dataclass
class Person:
    """Somebody who talks to the assistant.

    Attributes:
        group: where they talk; "" for a private chat.
        rights: what they may do there.
    """

    assistant: Assistant
    name: str = "alice"
    group: str = ""
    rights: frozenset[Right] = frozenset()
    ids: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def place(self) -> Place:
        channel = self.group or self.name
        return Place(platform="test", group=self.group, channel=channel, direct=not self.group)

    async def says(self, text: str, *, addressed: bool = True, quoted: Quoted | None = None) -> Reply | None:
        """Say something; a line that begins with a slash is a command."""
        command, _, argument = text[1:].partition(" ") if text.startswith("/") else ("ask", "", text)
        return await self.does(command, argument, addressed=addressed, quoted=quoted)

    async def presses(self, button: Button) -> Reply | None:
        """Press a button."""
        command, _, argument = button.action.partition(" ")
        return await self.does(command, argument)

    async def does(
        self, command: str, argument: str = "", *, addressed: bool = True, quoted: Quoted | None = None
    ) -> Reply | None:
        """Send a request to the assistant."""
        number = f"{self.name}-{next(self.ids)}"
        return await self.assistant.answer(
            Request(
                command=command,
                argument=argument,
                id=number,
                message=number,
                place=self.place,
                author=Author(id=self.name, rights=self.rights),
                addressed=addressed,
                quoted=quoted,
            )
        )


@pytest.fixture
def alice(assistant: Assistant) -> Person:
    """Somebody in a private chat."""
    return Person(assistant)


@pytest.fixture
def member(assistant: Assistant) -> Person:
    """An ordinary member of a group."""
    return Person(assistant, name="bob", group="beginners")


Ask = Callable[[str], Awaitable[str]]


@pytest.fixture
def ask(alice: Person) -> Ask:
    """Text in, text out, in a private chat: title and body of the reply; "" for silence."""

    async def asked(text: str) -> str:
        reply = await alice.says(text)
        return "\n".join((reply.title, text_of(reply.text))) if reply else ""

    return asked


def labels(reply: Reply | None) -> list[str]:
    """Return the labels of all buttons and options of a reply."""
    assert reply
    options = reply.choices.options if reply.choices else ()
    return [button.label for button in (*options, *(button for row in reply.buttons for button in row))]


def button(reply: Reply | None, label: str) -> Button:
    """Return the button with this label."""
    assert reply
    options = reply.choices.options if reply.choices else ()
    return next(b for b in (*options, *(b for row in reply.buttons for b in row)) if b.label == label)
