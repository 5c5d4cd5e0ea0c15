"""The program as shipped, in a process of its own, serves Telegram and Discord at once."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.adapters.discord.eyes import words
from tests.platforms.discord_server import DiscordServer
from tests.platforms.telegram_server import TOKEN, TelegramServer

ROOT = Path(__file__).parents[2]
SAFE = "is bitcoin safe?"


@asynccontextmanager
async def program(
    telegram: TelegramServer, discord: DiscordServer, folder: Path, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the bot with both tokens, its log in `log.txt`; end it if it still runs."""
    environment = {key: value for key, value in os.environ.items() if not key.endswith(("_TOKEN", "_KEY"))}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "XDG_STATE_HOME": str(folder),
        "TELEGRAM_TOKEN": TOKEN,
        "DISCORD_TOKEN": discord.gateway.settings.token,
        "BTC_SAFETY_BOT_TELEGRAM__API_URL": telegram.url,
        "BTC_SAFETY_BOT_DISCORD__API_URL": discord.api,
        "BTC_SAFETY_BOT_DISCORD__GATEWAY_URL": discord.gateway_address,
        "BTC_SAFETY_BOT_WEB__PORT": "0",
        "BTC_SAFETY_BOT_BOT__LOG_LEVEL": "DEBUG",
    }
    with (folder / "log.txt").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", cwd=folder, env=environment | settings, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_both_platforms_are_served_and_left_cleanly(tmp_path: Path) -> None:
    async with (
        TelegramServer() as telegram,
        DiscordServer(patience=30) as discord,
        program(telegram, discord, tmp_path) as process,
    ):
        in_telegram, in_discord = telegram.user("Alice"), discord.user("Alice")
        chat = telegram.private(in_telegram)
        guild = discord.guild("Bitcoin beginners", members=[in_discord])
        await in_telegram.says(chat, SAFE)
        interaction = await in_discord.uses(guild.general, "ask", question=SAFE)
        assert words(await interaction.answer()).startswith("Is Bitcoin safe?")
        assert (await chat.next_message(timeout_s=30)).text.startswith("Is Bitcoin safe?")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            await process.wait()
        assert discord.gateway.closed_with == [1000]
    log = (tmp_path / "log.txt").read_text()
    assert TOKEN not in log
    assert discord.gateway.settings.token not in log
    assert SAFE not in log


async def test_a_refused_token_parks_discord_while_telegram_goes_on(tmp_path: Path) -> None:
    async with TelegramServer() as telegram, DiscordServer() as discord:
        async with program(telegram, discord, tmp_path, DISCORD_TOKEN="a-token-that-was-reset"):  # noqa: S106
            alice = telegram.user("Alice")
            chat = telegram.private(alice)
            await alice.says(chat, SAFE)
            answer = await chat.next_message(timeout_s=30)
            assert answer.text.startswith("Is Bitcoin safe?")
            await discord.until(lambda: discord.record.invalid > 0, what="the token to be refused")
            await alice.says(chat, "thanks")
            assert (await chat.next_message()).text.startswith("You're welcome")
        log = (tmp_path / "log.txt").read_text()
        assert "Discord does not accept DISCORD_TOKEN" in log
        assert "a-token-that-was-reset" not in log
        assert discord.gateway.identifies == 0
