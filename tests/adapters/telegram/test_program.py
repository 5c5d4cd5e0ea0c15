"""The program as shipped, in a process of its own, against a played Telegram."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.platforms.telegram_faults import UNAUTHORIZED
from tests.platforms.telegram_server import TOKEN, TelegramServer

ROOT = Path(__file__).parents[3]
LOG = "log.txt"


@dataclass
class Ran:
    """How a process ended."""

    code: int
    log: str


@asynccontextmanager
async def program(server: TelegramServer, folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the bot with a token, and end it if it still runs."""
    environment = {key: value for key, value in os.environ.items() if not key.endswith(("_TOKEN", "_KEY"))}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "XDG_STATE_HOME": str(folder),
        "TELEGRAM_TOKEN": TOKEN,
        "BTC_SAFETY_BOT_TELEGRAM__API_URL": server.url,
        "BTC_SAFETY_BOT_WEB__PORT": "0",
        "BTC_SAFETY_BOT_BOT__LOG_LEVEL": "DEBUG",
    }
    with (folder / LOG).open("w") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", cwd=folder, env=environment | settings, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: asyncio.subprocess.Process, folder: Path) -> Ran:
    async with asyncio.timeout(15):
        code = await process.wait()
    return Ran(code, (folder / LOG).read_text())


async def test_it_holds_a_conversation_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    async with TelegramServer() as server, program(server, tmp_path) as process:
        alice = server.user("Alice")
        chat = server.private(alice)
        await alice.says(chat, "what is the bitcoin halving?")
        answer = await chat.next_message(timeout_s=30)
        assert answer.text.startswith("What is the Bitcoin halving?")
        await alice.presses(answer, "Not my question")
        await chat.next_edit()
        process.send_signal(signal.SIGTERM)
        ran = await ended(process, tmp_path)
        assert server.world.updates.backlog == 0
    assert ran.code == 0
    assert TOKEN not in ran.log
    assert "halving?" not in ran.log
    assert "Traceback" not in ran.log


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C is heeded by what is started, also where the tests themselves were started to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
async def test_ctrl_c_ends_it_too(tmp_path: Path) -> None:
    async with TelegramServer() as server, program(server, tmp_path) as process:
        await server.until(lambda: server.delivery.polls, timeout_s=30)
        process.send_signal(signal.SIGINT)
        assert (await ended(process, tmp_path)).code == 130


async def test_a_refused_token_is_one_sentence_and_exit_78(tmp_path: Path) -> None:
    async with TelegramServer() as server, program(server, tmp_path, BTC_SAFETY_BOT_BOT__LOG_LEVEL="ERROR") as process:
        server.faults.add("getMe", UNAUTHORIZED)
        ran = await ended(process, tmp_path)
    assert ran.code == 78
    assert ran.log.splitlines()[-1] == ("btc-safety-bot: Telegram refuses TELEGRAM_TOKEN; copy it anew from @BotFather")
    assert TOKEN not in ran.log


async def test_a_webhook_without_a_web_server_is_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    settings = {"BTC_SAFETY_BOT_WEB__ENABLED": "false", "BTC_SAFETY_BOT_TELEGRAM__WEBHOOK_URL": "https://a.example/t"}
    async with TelegramServer() as server, program(server, tmp_path, **settings) as process:
        ran = await ended(process, tmp_path)
    assert ran.code == 78
    assert "webhook_url needs the web server" in ran.log
