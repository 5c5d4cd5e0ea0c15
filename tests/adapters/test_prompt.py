"""The prompt: what Tab completes, what Up brings back, how one leaves."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.adapters.console.prompt import Topics, prompted
from bot.core.assistant import Assistant
from bot.messages import Author, Place

TAB, UP, ENTER, CTRL_C, CTRL_D = "\t", "\x1b[A", "\r", "\x03", "\x04"
LEAK = "legal winner thank year wave sausage worth useful legal winner thank yellow"

HERE = Place(platform="console", group="", channel="console", direct=True)

Complete = Callable[[str], Awaitable[list[str]]]
Type = Callable[[str], Awaitable[str | None]]


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        yield typed


@pytest.fixture
def lines(assistant: Assistant, keyboard: PipeInput) -> AsyncIterator[str]:
    commands = {command.name: command for command, _ in assistant.menu()}
    return prompted(assistant, place=HERE, author=Author(id="console"), commands=commands)


@pytest.fixture
def completed(assistant: Assistant) -> Complete:
    """Return the lines that a text could become."""
    commands = {command.name: command for command, _ in assistant.menu()}
    topics = Topics(assistant, HERE, Author(id="console"), commands)

    async def lines_of(text: str) -> list[str]:
        found = topics.get_completions_async(Document(text), CompleteEvent(completion_requested=True))
        return [text[: len(text) + completion.start_position] + completion.text async for completion in found]

    return lines_of


@pytest.fixture
def types(keyboard: PipeInput, lines: AsyncIterator[str]) -> Type:
    """Press keys; return the line that they make, None if they end the chat."""

    async def typed(keys: str) -> str | None:
        keyboard.send_text(keys)
        return await anext(lines, None)

    return typed


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D, "exit" + ENTER, "Quit" + ENTER])
async def test_control_c_control_d_and_the_usual_words_end_the_chat(types: Type, key: str) -> None:
    assert await types("hello" + ENTER) == "hello"
    assert await types(key) is None


async def test_up_brings_back_what_was_typed_but_never_secret_words(types: Type) -> None:
    await types("is bitcoin safe" + ENTER)
    await types(LEAK + ENTER)
    assert await types(UP + ENTER) == "is bitcoin safe"


async def test_commands_are_completed_with_and_without_a_slash(completed: Complete) -> None:
    assert await completed("/to") == ["/topics"]
    assert await completed("ab") == ["about"]


async def test_topics_are_completed_behind_a_command_that_takes_one(
    completed: Complete,
) -> None:
    assert (await completed("/show seed phr"))[0] == "/show seed-phrase"
    assert "ask halving" in await completed("ask halv")


@pytest.mark.parametrize("text", ["what is a seed phr", "price eu", f"show {LEAK}", "topics "])
async def test_nothing_is_completed_elsewhere(completed: Complete, text: str) -> None:
    assert await completed(text) == []
