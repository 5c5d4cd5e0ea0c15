"""The line to Discord: it comes back by itself, wastes nothing, and says clearly when only an operator can help."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.adapters.discord.adapter import Discord
from bot.adapters.discord.client import LONGEST_WAIT_S
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed, SetupError
from bot.ops.observe import Metrics
from bot.ops.supervisor import Supervisor
from bot.storage.store import Store
from tests.adapters.discord.conftest import SWIFT, Office, Stand, running, standing
from tests.adapters.discord.eyes import words
from tests.fakes import FakeClock
from tests.platforms.discord_connection import CloseCode
from tests.platforms.discord_faults import Broken, RateLimited
from tests.platforms.discord_server import DiscordServer

SAFE = "is bitcoin safe?"


async def ended(adapter: Discord) -> BaseException:
    """Run until it ends by itself; the single error that ended it."""
    with pytest.raises(ExceptionGroup) as group:
        async with asyncio.timeout(20):
            await adapter.run()
    found: BaseException = group.value
    while isinstance(found, BaseExceptionGroup):
        [found] = found.exceptions
    return found


def supervised(adapter: Discord, pause: Callable[[float], Awaitable[None]]) -> Supervisor:
    return Supervisor(adapter, metrics=Metrics(), pause=pause)


async def no_pause(seconds: float) -> None:
    await asyncio.sleep(0)


async def asked_and_answered(stand: Stand) -> None:
    answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_only_harmless_intents_are_asked_for_and_nothing_is_kept(stand: Stand) -> None:
    [session] = stand.server.gateway.connected
    assert session.intents.name == "GUILDS|GUILD_MESSAGES|DIRECT_MESSAGES"
    client = stand.adapter._client
    assert client is not None
    await asked_and_answered(stand)
    assert list(client.cached_messages) == []
    assert [member.id for member in client.guilds[0].members] == [stand.server.bot.id]
    assert client._connection._view_store._views == {}
    assert client._connection._view_store._synced_message_views == {}
    assert client._connection._view_store._modals == {}


async def test_a_cut_line_is_resumed_and_what_was_missed_is_answered_once(stand: Stand) -> None:
    stand.server.gateway.cut()
    await stand.server.until(lambda: not stand.server.gateway.connected, what="the line to break")
    asked = await stand.alice.says(stand.alice.direct, SAFE)
    await stand.server.connected()
    await stand.server.quiet()
    assert len(stand.alice.direct.messages) == 2
    assert stand.alice.direct.messages[1].reference is asked
    assert (stand.server.gateway.identifies, stand.server.gateway.resumes) == (1, 1)
    assert stand.adapter.ready


async def test_an_invalid_session_is_followed_by_a_new_one(stand: Stand) -> None:
    stand.server.gateway.invalidates()
    await stand.server.until(lambda: stand.server.gateway.identifies == 2, what="a second session")
    await asked_and_answered(stand)


async def test_a_silent_line_is_given_up_and_resumed(server: DiscordServer, office: Office) -> None:
    server.gateway.settings.heartbeat_interval = 0.1
    adapter = office.adapter(server, timing=replace(SWIFT, heartbeat_s=0.5))
    async with standing(server, adapter, office) as stand:
        before = server.gateway.resumes
        server.gateway.falls_silent()
        await server.until(lambda: server.gateway.resumes > before, what="a resume")
        await asked_and_answered(stand)


@pytest.mark.parametrize("code", [CloseCode.UNKNOWN_ERROR, CloseCode.SESSION_TIMED_OUT, CloseCode.RATE_LIMITED])
async def test_a_passing_close_code_is_survived(stand: Stand, code: CloseCode) -> None:
    stand.server.gateway.cut(code)
    await stand.server.until(lambda: code in stand.server.gateway.closed_with, what="the line to break")
    await stand.server.connected()
    await asked_and_answered(stand)


async def test_a_wrong_token_parks_the_adapter_with_a_sentence_for_the_operator(
    server: DiscordServer, office: Office
) -> None:
    supervisor = supervised(office.adapter(server, token="somebody-elses"), no_pause)  # noqa: S106 - it opens nothing
    task = asyncio.create_task(supervisor.run())
    await supervisor.parked.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert supervisor.state == "parked"
    assert "DISCORD_TOKEN" in supervisor.reason
    assert server.gateway.identifies == 0


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (CloseCode.AUTHENTICATION_FAILED, "DISCORD_TOKEN"),
        (CloseCode.INVALID_SHARD, "shard"),
        (CloseCode.INVALID_VERSION, "version"),
        (CloseCode.INVALID_INTENTS, "intents"),
    ],
)
async def test_fatal_close_codes_are_for_the_operator(
    server: DiscordServer, office: Office, code: CloseCode, sentence: str
) -> None:
    server.gateway.refuses_identify(code)
    error = await ended(office.adapter(server))
    assert isinstance(error, SetupError)
    assert sentence in str(error)
    assert server.gateway.identifies == 1


async def test_an_intent_that_was_not_granted_is_for_the_operator(server: DiscordServer, office: Office) -> None:
    error = await ended(office.adapter(server, message_content=True))
    assert isinstance(error, SetupError)
    assert "message_content" in str(error)


async def test_a_start_without_a_network_is_tried_again(server: DiscordServer, office: Office) -> None:
    tries: list[float] = []
    server.gateway.refuses_connections = True

    async def pause(seconds: float) -> None:
        tries.append(seconds)
        if len(tries) == 2:
            server.gateway.refuses_connections = False
        await asyncio.sleep(0)

    supervisor = supervised(office.adapter(server), pause)
    task = asyncio.create_task(supervisor.run())
    await server.connected()
    await server.quiet()
    assert supervisor.state == "ready"
    assert len(tries) == 2
    assert server.gateway.identifies == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_api_that_is_down_at_the_start_is_no_reason_to_park(server: DiscordServer, office: Office) -> None:
    server.faults.add(Broken(status=503), route="/users/@me")
    error = await ended(office.adapter(server))
    assert not isinstance(error, SetupError)
    async with running(office.adapter(server), server):
        assert server.gateway.identifies == 1


async def test_the_last_sessions_of_the_day_are_not_used_up(server: DiscordServer, office: Office) -> None:
    server.gateway.settings.remaining = 49
    error = await ended(office.adapter(server))
    assert "only 49 new sessions" in str(error)
    assert server.gateway.identifies == 0


async def test_a_lost_session_is_not_replaced_by_the_last_ones_of_the_day(
    server: DiscordServer, office: Office
) -> None:
    async with standing(server, office.adapter(server), office) as stand:
        server.gateway.settings.remaining = 49
        server.gateway.invalidates()
        await server.until(lambda: not server.gateway.connections, what="the bot to hang up")
        assert not stand.adapter.ready
    assert server.gateway.identifies == 1


async def test_a_request_to_reconnect_is_followed(stand: Stand) -> None:
    stand.server.gateway.asks_to_reconnect()
    await stand.server.until(lambda: stand.server.gateway.resumes == 1, what="a resume")
    await asked_and_answered(stand)
    assert stand.server.gateway.identifies == 1


async def test_a_ban_stops_every_call_until_it_is_over(server: DiscordServer, office: Office, clock: FakeClock) -> None:
    adapter = office.adapter(server, clock=clock.seconds)
    async with standing(server, adapter, office) as stand:
        server.faults.add(RateLimited(via=False))
        await stand.alice.says(stand.general, f"{server.bot.mention} {SAFE}")
        await server.quiet()
        calls = len(server.record.requests)
        for _ in range(3):
            await stand.alice.says(stand.general, f"{server.bot.mention} {SAFE}")
            await stand.alice.uses(stand.general, "ask", question=SAFE)
        await server.quiet()
        assert len(server.record.requests) == calls
        clock.forward(SWIFT.ban_s + 1)
        await asked_and_answered(stand)


@pytest.mark.parametrize("route", ["/users/@me", "/gateway/bot"])
async def test_a_limit_at_the_start_is_a_fault_that_passes(server: DiscordServer, office: Office, route: str) -> None:
    server.faults.add(RateLimited(retry_after=LONGEST_WAIT_S + 60), route=route)
    error = await ended(office.adapter(server))
    assert isinstance(error, DeliveryFailed)
    async with running(office.adapter(server), server):
        assert server.gateway.identifies == 1


async def test_limits_and_short_outages_of_the_api_delay_an_answer_but_do_not_double_it(stand: Stand) -> None:
    stand.server.faults.add(RateLimited(retry_after=0.05), route="/channels/{channel_id}/messages", times=2)
    stand.server.faults.add(Broken(status=503), route="/channels/{channel_id}/messages")
    asked = await stand.alice.says(stand.alice.direct, SAFE)
    answer = await stand.server.next_message(stand.alice.direct, after=asked)
    await stand.server.quiet()
    assert stand.alice.direct.messages == [asked, answer]


async def test_what_was_begun_is_finished_when_the_bot_closes(server: DiscordServer, office: Office) -> None:
    async with standing(server, office.adapter(server), office) as stand:
        asked = await stand.alice.says(stand.alice.direct, SAFE)
        await server.gateway.heard()
    assert [message.reference for message in stand.alice.direct.messages] == [None, asked]
    assert server.gateway.closed_with == [1000]


async def test_the_token_appears_nowhere(
    server: DiscordServer, assistant: Assistant, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"  # noqa: S105 - it opens nothing
    caplog.set_level(logging.DEBUG)
    adapter = Discord(
        assistant,
        token=token,
        swap=store.notes.swap,
        metrics=Metrics(),
        api_url=server.api,
        gateway_url=server.gateway_address,
        timing=SWIFT,
    )
    refused = await ended(adapter)
    server.gateway.settings.token = token
    alice = server.user("Alice")
    async with running(adapter, server):
        asked = await alice.says(alice.direct, SAFE)
        await server.next_message(alice.direct, after=asked)
        await (await alice.uses(alice.direct, "ask", question=SAFE)).answer()
        shown = [repr(adapter), repr(adapter._client), repr(refused), str(refused), *map(repr, [refused.__context__])]
    server.gateway.refuses_connections = True
    down = await ended(adapter)
    for text in (*shown, repr(down), str(down), caplog.text):
        assert token not in text
