"""A prompt with completion."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import HTML
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from bot.core.assistant import Assistant
from bot.core.turn import Command
from bot.messages import Author, Place, Request

_LEAVING = frozenset({"exit", "quit", "/exit", "/quit"})


async def prompted(
    assistant: Assistant, *, place: Place, author: Author, commands: Mapping[str, Command]
) -> AsyncIterator[str]:
    """Yield what is typed at a prompt that completes commands and topics, until Ctrl-C, Ctrl-D, "exit" or "quit"."""
    session: PromptSession[str] = PromptSession(
        history=_Memory(assistant),
        completer=Topics(assistant, place, author, commands),
        complete_while_typing=False,
        bottom_toolbar=HTML("numbers press buttons · <b>/topics</b> · <b>/help</b> · Tab completes · Ctrl-D leaves"),
    )
    while True:
        try:
            with patch_stdout(raw=True):
                line = await session.prompt_async("you > ")
        except (EOFError, KeyboardInterrupt):
            return
        if line.strip().lower() in _LEAVING:
            return
        yield line


class _Memory(InMemoryHistory):
    """Remembers what was typed until the chat ends, but no wallet secrets."""

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self._assistant = assistant

    def append_string(self, string: str) -> None:
        """Remember a line, unless it must be kept nowhere."""
        if not self._assistant.holds_secrets(string):
            super().append_string(string)


class Topics(Completer):
    """Completes commands, and topics after a command that takes one.

    Args:
        assistant: knows the topics.
        place: where the chat is.
        author: who types.
        commands: what can be typed, by name.
    """

    def __init__(self, assistant: Assistant, place: Place, author: Author, commands: Mapping[str, Command]) -> None:
        self._assistant = assistant
        self._place = place
        self._author = author
        self._commands = commands

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Return nothing: the library asks for it, but never at a prompt that waits in the event loop."""
        del document, complete_event
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Yield what could stand where the cursor is."""
        del complete_event
        text = document.text_before_cursor
        name, space, rest = text.removeprefix("/").partition(" ")
        if not space:
            for command in self._commands:
                if command.startswith(name):
                    yield Completion(command, start_position=-len(name))
            return
        taking = self._commands.get(name)
        if not taking or not any(option.topics for option in taking.options):
            return
        request = Request(command="show", argument=rest, id="", place=self._place, author=self._author)
        for topic, title in await self._assistant.complete(request, 10):
            yield Completion(topic, start_position=-len(rest), display=title)
