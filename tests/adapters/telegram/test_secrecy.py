"""The token and what people write appear nowhere."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot.adapters.telegram.adapter import Options
from bot.adapters.telegram.transport import AiohttpRequest
from bot.core.assistant import Assistant
from bot.ops.observe import set_up_logging
from tests.adapters.telegram.conftest import Hours, connected
from tests.platforms.telegram_faults import BAD_GATEWAY, CONFLICT, CUT_BEFORE, NOT_JSON
from tests.platforms.telegram_server import TOKEN, TelegramServer

SAID = "is my quite particular exchange safe?"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged at the lowest level."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("DEBUG", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_neither_token_nor_question_is_logged_whatever_fails(
    server: TelegramServer, assistant: Assistant, clock: Hours, log: io.StringIO
) -> None:
    alice = server.user("Alice")
    chat = server.private(alice)
    options = Options(api_url=server.url, poll_timeout_s=1)
    async with connected(server, assistant, clock, options) as stage:
        for method in ("getUpdates", "sendMessage", "getUpdates"):
            for fault in (BAD_GATEWAY, CUT_BEFORE, NOT_JSON, CONFLICT):
                server.faults.add(method, fault)
        async with clock.hurried():
            for _ in range(6):
                await alice.says(chat, SAID)
            await server.until(lambda: not server.faults.waiting())
            await stage.handled()
        assert TOKEN not in repr(stage.adapter)
        assert TOKEN not in repr(stage.task)
    assert log.getvalue()
    assert TOKEN not in log.getvalue()
    assert "quite particular" not in log.getvalue()


async def test_no_error_of_the_transport_names_the_token(server: TelegramServer) -> None:
    async with AiohttpRequest(connections=1, read_timeout_s=1) as request:
        for url in ("http://127.0.0.1:1", "http://no.such.host.invalid", server.url, "nonsense"):
            server.faults.add("getMe", CUT_BEFORE)
            with pytest.raises(Exception, match=r"\w") as caught:
                await request.post(f"{url}/bot{TOKEN}/getMe")
            assert TOKEN not in str(caught.value)
            assert TOKEN not in repr(caught.value)
