"""Logs and counters."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from bot.ops.observe import HIDDEN, Metrics, set_up_logging, watch_loop
from tests.fakes import FakeClock

TELEGRAM = "7000000001:" + "AAtestTokenOfTheLoopbackServer00000"
DISCORD = ".".join(("MTAwMDAwMDAwMDAwMDAwMDAwMA", "GabcdE", "abcdefghijklmnopqrstuvwxyz0123456789AB"))


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    """Puts the loggers back as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = ("telegram", "httpx", "httpcore", "discord", "aiosqlite", "matplotlib")
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@pytest.mark.parametrize("secret", [TELEGRAM, DISCORD, "CG-demo-key"])
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_a_secret_is_hidden_in_message_arguments_and_traceback(secret: str, level: str) -> None:
    stream = io.StringIO()
    set_up_logging(level, secrets=["CG-demo-key", ""], stream=stream)
    log = logging.getLogger("bot.somewhere")
    number = logging.getLevelNamesMapping()[level]
    try:
        raise ValueError(f"https://api.telegram.org/bot{secret}/getMe")
    except ValueError:
        log.log(number, "told %s", f"<Bot[token={secret}]>", exc_info=True)
    said = stream.getvalue()
    assert "Traceback" in said
    assert secret not in said
    assert said.count(HIDDEN) == 2


def test_debug_lines_of_libraries_which_hold_what_people_wrote_are_left_out() -> None:
    stream = io.StringIO()
    set_up_logging("DEBUG", stream=stream)
    logging.getLogger("telegram.Bot").debug("Calling sendMessage with my secret question")
    logging.getLogger("httpx").info("HTTP Request: POST https://…")
    logging.getLogger("bot.core").debug("shown")
    assert "secret question" not in stream.getvalue()
    assert "HTTP Request" not in stream.getvalue()
    assert "shown" in stream.getvalue()


def test_a_quiet_level_keeps_libraries_quiet_too() -> None:
    stream = io.StringIO()
    set_up_logging("ERROR", stream=stream)
    logging.getLogger("telegram").warning("something")
    assert stream.getvalue() == ""


async def test_a_blocked_loop_is_measured_and_logged(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    task = asyncio.create_task(watch_loop(metrics, clock=clock.seconds, every_s=0.0))
    await asyncio.sleep(0)
    clock.forward(1.5)
    for _ in range(3):
        await asyncio.sleep(0)
    task.cancel()
    assert "the event loop was blocked for 1.50 s" in caplog.text
