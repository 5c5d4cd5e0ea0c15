"""Chat in the terminal: the default platform, which needs no token."""

import asyncio
import itertools
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass, field

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import HTML
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console as Screen
from rich.text import Text

from bot.core.assistant import Assistant
from bot.core.turn import Command
from bot.messages import Author, Button, Fate, Outcome, Place, Receipt, Reply, Request, Right
from bot.richtext import RichText, text_of

_OVERHEARD = "~"
"""Begins a line that is said to others in the group, not to the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the terminal plays.

    Attributes:
        group: name of a group; "" for a private chat.
        rights: what the person at the keyboard may do in the group.
    """

    group: str = ""
    rights: frozenset[Right] = frozenset()


@dataclass(slots=True, kw_only=True)
class _Shown:
    """What stands on the screen: messages by number, and the buttons of the newest reply that had some."""

    texts: dict[str, str] = field(default_factory=dict)
    pinned: list[str] = field(default_factory=list)
    buttons: tuple[Button, ...] = ()
    message: str = ""


class Console:
    """Plays a chat in the terminal.

    Args:
        assistant: what answers.
        scene: a private chat, or a group and the rights in it.
        screen: where replies appear.
        lines: what is said, line by line; None to ask at a prompt with completion.
    """

    def __init__(
        self, *, assistant: Assistant, scene: Scene, screen: Screen, lines: Iterable[str] | None = None
    ) -> None:
        self._assistant = assistant
        self._scene = scene
        self._screen = screen
        self._input = lines
        self._numbers = itertools.count(1)
        self._shown = _Shown()
        self._commands = {command.name: command for command, _ in assistant.menu()}
        group = scene.group
        self._place = Place(platform="console", group=group, channel=group or "console", direct=not group)
        self._author = Author(id="console", rights=scene.rights if group else frozenset(Right))

    async def run(self) -> None:
        """Chat until the input ends."""
        if self._input is None:
            await self._handle("start", "")
        async for line in self._lines():
            if line.strip():
                await self._take(line.strip())

    async def _lines(self) -> AsyncIterator[str]:
        if self._input is not None:
            async for line in _threaded(self._input):
                yield line
            return
        session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=_Topics(self._assistant, self._place, self._author, self._commands),
            complete_while_typing=False,
            bottom_toolbar=HTML(
                "numbers press buttons · <b>/topics</b> · <b>/help</b> · Tab completes · Ctrl-D leaves"
            ),
        )
        while True:
            try:
                with patch_stdout(raw=True):
                    yield await session.prompt_async("you > ")
            except (EOFError, KeyboardInterrupt):
                return

    async def _take(self, line: str) -> None:
        """Turn a line into a request: the number of a button, a command, a question, or talk among others."""
        if line.isdecimal() and 1 <= int(line) <= len(self._shown.buttons):
            await self._press(self._shown.buttons[int(line) - 1])
            return
        if self._scene.group and line.startswith(_OVERHEARD):
            await self._handle("ask", line.removeprefix(_OVERHEARD).strip(), addressed=False)
            return
        name, _, rest = line.removeprefix("/").partition(" ")
        if line.startswith("/") or self._is_command(name.lower(), rest):
            await self._handle(name.lower(), rest.strip())
            return
        await self._handle("ask", line)

    def _is_command(self, name: str, rest: str) -> bool:
        """A bare word is a command if no more words follow than it takes: "topics", but not "help i lost my coins"."""
        command = self._commands.get(name)
        return command is not None and len(rest.split()) <= len(command.options)

    async def _press(self, button: Button) -> None:
        if button.url:
            self._screen.print(button.url, markup=False)
            return
        name, _, rest = button.action.partition(" ")
        await self._handle(name, rest, pressed=self._shown.message)

    async def _handle(self, command: str, argument: str, *, addressed: bool = True, pressed: str = "") -> None:
        number = str(next(self._numbers))
        request = Request(
            command=command,
            argument=argument,
            id=number,
            place=self._place,
            author=self._author,
            addressed=addressed,
            message="" if pressed else number,
            pressed=pressed,
        )
        reply = await self._assistant.answer(request)
        if reply:
            await self._deliver(request, reply)

    async def _deliver(self, request: Request, reply: Reply) -> None:
        number = reply.replaces or str(next(self._numbers))
        self._shown.texts[number] = text_of(reply.text)
        self._shown.message = number
        self._show(reply)
        receipt = Receipt(
            request=request, reply=reply, place=request.place, messages=(number,), outcome=Outcome(fate=Fate.DONE)
        )
        if further := await self._assistant.delivered(receipt):
            self._show(further)

    def _show(self, reply: Reply) -> None:
        if reply.title:
            self._screen.print(Text(reply.title, style="bold cyan"))
        self._screen.print(_styled(reply.text))
        if reply.image:
            self._screen.print(Text(reply.image.alt))
        options = reply.choices.options if reply.choices else ()
        buttons = (*options, *(button for row in reply.buttons for button in row))
        for number, button in enumerate(buttons, start=1):
            self._screen.print(Text.assemble((f"  [{number}] ", "bold"), button.label))
        self._screen.print()
        if buttons:
            self._shown.buttons = buttons


class _Topics(Completer):
    """Completes commands after a slash and topics after `show`."""

    def __init__(self, assistant: Assistant, place: Place, author: Author, commands: dict[str, Command]) -> None:
        self._assistant = assistant
        self._place = place
        self._author = author
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Yield what could stand where the cursor is."""
        text = document.text_before_cursor
        name, space, rest = text.removeprefix("/").partition(" ")
        if not space:
            for command in self._commands:
                if command.startswith(name):
                    yield Completion(command, start_position=-len(name))
            return
        request = Request(command="show", argument=rest, id="", place=self._place, author=self._author)
        for found in await self._assistant.suggest(request, 10):
            yield Completion(found.topic, start_position=-len(rest), display=found.title)


async def _threaded(lines: Iterable[str]) -> AsyncIterator[str]:
    """Yield the lines; a thread reads them, so that the event loop goes on while a pipe is silent."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)

    def feed() -> None:
        for line in lines:
            asyncio.run_coroutine_threadsafe(queue.put(line), loop).result()
        asyncio.run_coroutine_threadsafe(queue.put(None), loop).result()

    threading.Thread(target=feed, daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


def _styled(rich: RichText) -> Text:
    text = Text()
    for span in rich:
        style = " ".join(
            name for name, wanted in (("bold", span.bold), ("italic", span.italic), ("cyan", span.code)) if wanted
        )
        text.append(span.text, style=f"{style} link {span.url}".strip() if span.url else style)
    return text
