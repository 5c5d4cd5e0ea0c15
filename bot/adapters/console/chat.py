"""Plays a chat in the terminal: messages, buttons, forms, pins, edits and deletions."""

import asyncio
import itertools
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from pathlib import Path

from rich.console import Console as Screen
from rich.text import Text

from bot.adapters.console.drawing import drawn
from bot.adapters.console.lines import threaded
from bot.adapters.console.scene import Filling, Scene, Shown
from bot.adapters.console.writing import printable, styled
from bot.core.assistant import Assistant
from bot.messages import (
    Author,
    Button,
    Due,
    Fate,
    File,
    Outcome,
    Place,
    Quoted,
    Receipt,
    Reply,
    Request,
    Right,
)
from bot.richtext import text_of

FORM_S = 15 * 60.0
"""Seconds for which a form waits to be filled in."""

ELSEWHERE_S = 60.0
"""Seconds after which another chat's message is due again, which may then be open to do it."""

_OVERHEARD = "~"
"""Begins a line that is said to others in the group, not to the bot."""

_PRESSING = re.compile(r"\[?(\d{1,3})[\].]?")
"""A line that presses a button by its number, with or without the brackets that stand around it."""

_ANSWERING = re.compile(r">\s*(\d{1,9})\s+(.*)", re.DOTALL)
"""A line that replies to a message by its number: ">3 /pin"."""

_FILE_BYTES = 1024 * 1024


class Console:
    """Plays a chat in the terminal.

    Args:
        assistant: what answers.
        scene: a private chat, or a group and the rights in it.
        screen: where replies appear.
        lines: what is said, line by line; None to ask at a prompt with completion.
        folder: where files are kept that the bot sends.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        *,
        assistant: Assistant,
        scene: Scene,
        screen: Screen,
        lines: Iterable[str] | None = None,
        folder: Path = Path(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._assistant = assistant
        self._scene = scene
        self._screen = screen
        self._input = lines
        self._folder = folder
        self._clock = clock
        self._numbers = itertools.count(1)
        # Ids are stored with pins and votes, so they must not come back with the next chat.
        self._chat = f"{time.time_ns() // 1_000_000:x}"
        self._shown = Shown()
        self._filling: Filling | None = None
        self._commands = {command.name: command for command, _ in assistant.menu()}
        group = scene.group
        self._place = Place(platform="console", group=group, channel=group or "console", direct=not group)
        self._author = Author(id="console", rights=scene.rights if group else frozenset(Right))

    async def run(self) -> None:
        """Chat until the input ends."""
        async with asyncio.TaskGroup() as tasks:
            attending = tasks.create_task(self._attend())
            if self._input is None:
                await self._handle("start", "")
            async for line in self._lines():
                if line.strip() or self._filling:
                    await self._take(line.strip())
            attending.cancel()

    async def _attend(self) -> None:
        """Do what the assistant wants done unasked."""
        async for due in self._assistant.due("console"):
            await self._do(due)

    async def _do(self, due: Due) -> None:
        replaces = due.reply.replaces
        number = self._number(replaces)
        if due.place == self._place and (not replaces or number in self._shown.by_bot):
            await self._deliver(due.request, due.reply)
            return
        # What stands in another chat is that one's to edit, so that nothing about it may be forgotten here.
        is_elsewhere = replaces and not number
        outcome = Outcome(fate=Fate.LATER, seconds=ELSEWHERE_S) if is_elsewhere else Outcome(fate=Fate.GONE)
        receipt = Receipt(request=due.request, reply=due.reply, place=due.place, messages=(), outcome=outcome)
        await self._assistant.delivered(receipt)

    def _lines(self) -> AsyncIterator[str]:
        if self._input is not None:
            return threaded(self._input)
        from bot.adapters.console.prompt import prompted  # noqa: PLC0415 - 6 MB only where somebody types

        return prompted(self._assistant, place=self._place, author=self._author, commands=self._commands)

    async def _take(self, line: str) -> None:
        """Turn a line into a request: a field, a button's number, a reply, a command, talk, or a question."""
        if self._filling:
            await self._fill(self._filling, line)
        elif (pressing := _PRESSING.fullmatch(line)) and 1 <= int(pressing[1]) <= len(self._shown.buttons):
            await self._press(self._shown.buttons[int(pressing[1]) - 1])
        elif (answering := _ANSWERING.fullmatch(line)) and answering[1] in self._shown.texts:
            await self._say(answering[2].strip(), quoted=self._quoted(answering[1]))
        else:
            await self._say(line)

    async def _say(self, line: str, *, quoted: Quoted | None = None) -> None:
        if self._scene.group and line.startswith(_OVERHEARD):
            said = line.removeprefix(_OVERHEARD).strip()
            await self._handle("ask", said, addressed=False, free=True, quoted=quoted)
            return
        name, _, rest = line.removeprefix("/").partition(" ")
        if line.startswith("/") or self._is_command(name.lower(), rest):
            await self._handle(name.lower(), rest.strip(), quoted=quoted)
            return
        await self._handle("ask", line, free=True, quoted=quoted)

    def _is_command(self, name: str, rest: str) -> bool:
        """A bare word is a command if no more words follow than it takes: "topics", but not "help i lost my coins"."""
        command = self._commands.get(name)
        return command is not None and len(rest.split()) <= len(command.options)

    async def _press(self, button: Button) -> None:
        if button.url:
            self._screen.print(printable(button.url), markup=False)
            return
        name, _, rest = button.action.partition(" ")
        await self._handle(name, rest, pressed=self._shown.message)

    async def _fill(self, filling: Filling, line: str) -> None:
        if line.casefold() == "cancel" or self._clock() > filling.until:
            self._filling = None
            self._note("cancelled")
        elif problem := filling.take(line):
            self._note(self._assistant.word(problem.value, count=filling.asked.max_length))
            self._note(filling.prompt())
        elif not filling.is_complete:
            self._note(filling.prompt())
        else:
            self._filling = None
            name, _, rest = filling.form.action.partition(" ")
            await self._handle(name, rest, fields=filling.answers)

    async def _handle(
        self,
        command: str,
        argument: str,
        *,
        addressed: bool = True,
        free: bool = False,
        pressed: str = "",
        quoted: Quoted | None = None,
        fields: dict[str, str] | None = None,
    ) -> None:
        number = str(next(self._numbers))
        request = Request(
            command=command,
            argument=argument,
            fields=fields or {},
            id=self._id(number),
            place=self._place,
            author=self._author,
            addressed=addressed,
            free=free,
            message="" if pressed else self._id(number),
            pressed=pressed,
            quoted=quoted,
        )
        if command == "entry" and argument.startswith("import "):
            request = replace(request, file=_read(Path(argument.removeprefix("import ").strip())))
        if not pressed:
            self._shown.texts[number] = "" if self._assistant.holds_secrets(argument) else argument
        if reply := await self._assistant.answer(request):
            await self._deliver(request, reply)

    async def _deliver(self, request: Request | None, reply: Reply) -> None:
        for deleted in map(self._number, reply.deletes):
            if self._shown.texts.pop(deleted, None) is not None:
                self._note(f"message {deleted} deleted")
        number = self._number(reply.replaces) or str(next(self._numbers))
        self._shown.texts[number] = text_of(reply.text)
        self._shown.by_bot.add(number)
        self._show(reply, number)
        outcome = self._effects(reply, number)
        receipt = Receipt(
            request=request,
            reply=reply,
            place=self._place,
            messages=(self._id(number),),
            outcome=outcome,
            unpinned=reply.unpins if outcome.fate is Fate.DONE else (),
        )
        if further := await self._assistant.delivered(receipt):
            self._show(further, "")

    def _effects(self, reply: Reply, number: str) -> Outcome:
        """Pin and unpin as the reply wishes, if the bot may."""
        if (reply.pin or reply.unpins) and Right.PIN in self._scene.lacks:
            return Outcome(fate=Fate.FORBIDDEN, right=Right.PIN)
        if reply.pin:
            self._shown.pinned.add(number)
            self._note(f"message {number} pinned" + (", everybody notified" if reply.pin.notify else ""))
        for unpinned in map(self._number, reply.unpins):
            self._shown.pinned.discard(unpinned)
            self._note(f"message {unpinned} unpinned" if unpinned else "a message of an earlier chat unpinned")
        return Outcome(fate=Fate.DONE)

    def _show(self, reply: Reply, number: str) -> None:
        if self._scene.group and number:
            notes = [f"message {number}"]
            notes += ["edited"] if self._number(reply.replaces) else []
            notes += ["only you see this"] if reply.private else []
            self._note(", ".join(notes))
        if reply.title:
            self._screen.print(Text(printable(reply.title), style="bold cyan"))
        self._screen.print(styled(reply.text))
        if reply.image:
            self._screen.print(Text(drawn(reply.image.series) if reply.image.series else printable(reply.image.alt)))
        if reply.file:
            self._note(_keep(reply.file, self._folder))
        options = reply.choices.options if reply.choices else ()
        buttons = (*options, *(button for row in reply.buttons for button in row))
        for place, button in enumerate(buttons, start=1):
            self._screen.print(Text.assemble((f"  [{place}] ", "bold"), printable(button.label)))
        self._screen.print()
        if buttons:
            self._shown.buttons = buttons
            self._shown.message = self._id(number)
        if reply.form:
            self._filling = Filling(reply.form, until=self._clock() + FORM_S)
            self._note(self._filling.prompt())

    def _quoted(self, number: str) -> Quoted:
        by_bot = number in self._shown.by_bot
        author = "" if by_bot else self._author.id
        return Quoted(id=self._id(number), author=author, by_bot=by_bot, text=self._shown.texts[number])

    def _id(self, number: str) -> str:
        return f"{self._chat}-{number}"

    def _number(self, message: str) -> str:
        """Return the number under which a message stands in this chat, "" if it stands in another."""
        chat, _, number = message.partition("-")
        return number if chat == self._chat else ""

    def _note(self, text: str) -> None:
        self._screen.print(Text(f"({printable(text)})", style="dim"))


def _keep(file: File, folder: Path) -> str:
    """Write a file that the bot sends beside what is there already; return what became of it."""
    names = (file.name, *(f"{count}-{file.name}" for count in range(2, 100)))
    free = (folder / name for name in names if not (folder / name).exists())
    try:
        if path := next(free, None):
            path.write_bytes(file.data)
            return f"saved as {path}"
    except OSError as error:
        return f"cannot be saved in {folder.absolute()}: {error.strerror}"
    return f"cannot be saved in {folder.absolute()}: too many files of that name"


def _read(path: Path) -> bytes | None:
    """Return what stands in a file, None if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_FILE_BYTES)
    except (OSError, ValueError):  # the latter for what no path can hold
        return None
