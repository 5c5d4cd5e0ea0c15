"""The gateway of the loopback Discord, and what goes wrong on demand."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from tests.platforms.discord_bot import INTENTS, Bot, connected
from tests.platforms.discord_connection import CloseCode, Intent
from tests.platforms.discord_faults import Broken, Cut, RateLimited
from tests.platforms.discord_people import Person
from tests.platforms.discord_server import DiscordServer

MESSAGES = "/channels/{channel_id}/messages"
PATIENCE = 10.0


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


@pytest.fixture
async def strict(server: DiscordServer) -> AsyncIterator[DiscordServer]:
    """The server, with nothing against the specification at the end."""
    yield server
    assert server.violations == []


@pytest.fixture
async def bot(server: DiscordServer) -> AsyncIterator[Bot]:
    bot = Bot(intents=INTENTS)
    async with connected(server, bot):
        await server.connected()
        yield bot


@pytest.fixture
def alice(server: DiscordServer) -> Person:
    return server.user("Alice")


async def test_with_the_intent_everything_has_content() -> None:
    async with DiscordServer(granted=Intent.MESSAGE_CONTENT) as server:
        alice = server.user("Alice")
        guild = server.guild("Bitcoin beginners", members=[alice])
        bot = Bot(intents=INTENTS | discord.Intents(message_content=True))
        async with connected(server, bot):
            await alice.says(guild.general, "overheard")
            await server.quiet()
            assert [message.content for message in bot.heard] == ["overheard"]


async def test_a_cut_gateway_is_resumed_and_what_was_missed_comes_once(
    strict: DiscordServer, bot: Bot, alice: Person
) -> None:
    await alice.says(alice.direct, "heard")
    await strict.quiet()
    strict.gateway.cut()
    await strict.until(lambda: not strict.gateway.connected, what="the line to break")
    await alice.says(alice.direct, "missed")
    await strict.connected()
    await strict.quiet()
    assert [message.content for message in bot.heard] == ["heard", "missed"]
    assert (strict.gateway.identifies, strict.gateway.resumes) == (1, 1)
    assert len(alice.direct.messages) == 4


async def test_a_dead_line_is_noticed_and_resumed(server: DiscordServer, alice: Person) -> None:
    server.gateway.settings.heartbeat_interval = 0.1
    async with connected(server, Bot(intents=INTENTS, heartbeat_timeout=0.5)):
        await server.connected()
        server.gateway.falls_silent()
        await alice.says(alice.direct, "into silence")
        await server.until(lambda: server.gateway.resumes == 1, what="a resume")
        await server.quiet()
        assert len(alice.direct.messages) == 2


async def test_an_invalid_session_and_a_refused_resume_lead_to_a_new_identify(strict: DiscordServer, bot: Bot) -> None:
    strict.gateway.invalidates()
    await strict.until(lambda: strict.gateway.identifies == 2, what="a second identify")
    strict.gateway.invalidates(resumable=True)
    await strict.until(lambda: strict.gateway.resumes == 1, what="a resume")
    strict.gateway.asks_to_reconnect()
    await strict.until(lambda: strict.gateway.resumes == 2, what="another resume")
    assert strict.gateway.identifies == 2
    assert strict.gateway.settings.remaining == 998


async def test_a_wrong_token_and_missing_intents_end_the_bot(server: DiscordServer) -> None:
    async with connected(server, Bot(intents=INTENTS | discord.Intents(message_content=True))) as task:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await asyncio.wait_for(task, PATIENCE)
    server.gateway.refuses_identify(CloseCode.AUTHENTICATION_FAILED)
    async with connected(server, Bot(intents=INTENTS)) as task:
        with pytest.raises(discord.ConnectionClosed, match="4004"):
            await asyncio.wait_for(task, PATIENCE)
    server.points_library_here()
    async with Bot(intents=INTENTS) as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.start("some other token")
    assert server.gateway.closed_with == [4014, 4004]


async def test_the_last_identify_resets_the_token(server: DiscordServer) -> None:
    server.gateway.settings.remaining = 0
    async with connected(server, Bot(intents=INTENTS)) as task:
        with pytest.raises(discord.ConnectionClosed, match="4004"):
            await asyncio.wait_for(task, PATIENCE)


async def test_a_limited_and_a_broken_request_are_tried_again_and_a_ban_is_not(
    strict: DiscordServer, bot: Bot, alice: Person
) -> None:
    guild = strict.guild("Bitcoin beginners")
    channel = bot.get_partial_messageable(guild.general.id)
    strict.faults.add(RateLimited(retry_after=0.01), route=MESSAGES, times=2)
    await channel.send("after two limits")
    strict.faults.add(Broken(status=503), route=MESSAGES)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("lost")
    strict.faults.add(RateLimited(via=False), route=MESSAGES)
    with pytest.raises(discord.HTTPException, match="1015"):
        await channel.send("banned")
    assert [message.content for message in guild.general.messages] == ["after two limits"]
    assert strict.faults.left == 0
    assert strict.record.invalid == 3


async def test_a_connection_is_cut_before_or_after_the_effect(strict: DiscordServer, bot: Bot) -> None:
    guild = strict.guild("Bitcoin beginners")
    channel = bot.get_partial_messageable(guild.general.id)
    for after_effect in (False, True):
        strict.faults.add(Cut(after_effect=after_effect), route=MESSAGES)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel.send("perhaps", nonce="1")
        assert len(guild.general.messages) == int(after_effect)
    await channel.send("perhaps", nonce="1")
    assert len(guild.general.messages) == 1


async def test_guilds_come_and_go(strict: DiscordServer, bot: Bot) -> None:
    guild = strict.guild("Bitcoin beginners")
    await strict.quiet()
    assert [known.name for known in bot.guilds] == ["Bitcoin beginners"]
    strict.removes(guild)
    await strict.quiet()
    assert list(bot.guilds) == []
    with pytest.raises(discord.Forbidden, match="50001"):
        await bot.get_partial_messageable(guild.general.id).send("x")
