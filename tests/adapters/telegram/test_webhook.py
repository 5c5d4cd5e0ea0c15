"""Updates through the bot's own web server."""

import json
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.adapters.telegram.adapter import Options, TelegramAdapter
from bot.core.assistant import Assistant
from bot.ops.observe import Metrics
from bot.ops.supervisor import Supervisor
from bot.ops.web import Web
from tests.adapters.telegram.conftest import Hours, Stage, staged
from tests.platforms.telegram_faults import flood
from tests.platforms.telegram_parameters import SetWebhook
from tests.platforms.telegram_server import TOKEN, TelegramServer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture
async def hooked(server: TelegramServer, assistant: Assistant, clock: Hours) -> AsyncIterator[Stage]:
    """The bot, connected by a webhook."""
    port, metrics = free_port(), Metrics()
    url = f"http://127.0.0.1:{port}/telegram"
    adapter = TelegramAdapter(
        assistant,
        token=TOKEN,
        options=Options(api_url=server.url, webhook_url=url),
        metrics=metrics,
        clock=clock.seconds,
        now=clock.now,
        pause=clock.pause,
    )
    supervisors = [Supervisor(adapter, metrics=metrics)]
    web = Web(host="127.0.0.1", port=port, metrics=metrics, supervisors=supervisors, routes=adapter.routes())
    async with web, staged(server, adapter, metrics, clock) as stage:
        await server.until(lambda: adapter.ready)
        yield stage


async def test_a_conversation(hooked: Stage) -> None:
    alice = hooked.server.user("Alice")
    chat = hooked.server.private(alice)
    await alice.says(chat, "what is the bitcoin halving?")
    answer = await chat.next_message()
    await alice.presses(answer, "Not my question")
    assert await chat.next_edit() is answer
    assert hooked.server.calls_of("getUpdates") == []


async def post(hooked: Stage, body: object, *, secret: str | None = None) -> int:
    webhook = hooked.server.delivery.webhook
    assert webhook
    shown = webhook.asked.secret_token if secret is None else secret
    headers = {"X-Telegram-Bot-Api-Secret-Token": shown} if shown else {}
    async with aiohttp.ClientSession() as session:
        url = webhook.asked.url
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with session.post(url, headers=headers, data=data) as response:
            return response.status


@pytest.mark.parametrize("secret", ["", "wrong", "ünïcode"])
async def test_who_does_not_know_the_secret_is_turned_away(hooked: Stage, secret: str) -> None:
    assert await post(hooked, {"update_id": 1}, secret=secret) == 403


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"{}", b'{"update_id": "1"}'])
async def test_what_is_no_update_is_turned_away(hooked: Stage, body: bytes) -> None:
    assert await post(hooked, body) == 400


async def test_what_is_told_twice_is_answered_once(hooked: Stage) -> None:
    alice = hooked.server.user("Alice")
    chat = hooked.server.private(alice)
    said = await alice.says(chat, "hi")
    await chat.next_message()
    assert said.update_id
    hooked.server.world.updates.repeat(said.update_id)
    await hooked.handled()
    assert hooked.events("duplicate") == 1
    assert chat.unread() == ()


async def test_after_it_has_left_telegram_is_asked_to_keep_what_comes(hooked: Stage) -> None:
    await hooked.stop()
    assert await post(hooked, {"update_id": 1}) == 503


async def test_while_all_chats_have_to_wait_telegram_is_asked_to_keep_what_comes(hooked: Stage) -> None:
    people = [hooked.server.user(name) for name in ("Alice", "Bob")]
    hooked.server.faults.add("sendMessage", flood(30), times=2)
    for number, person in enumerate(people, start=1):
        await person.says(hooked.server.private(person), "hi")
        await hooked.clock.slept(30, times=number)
    carol = hooked.server.user("Carol")
    await carol.says(hooked.server.private(carol), "hi")
    webhook = hooked.server.delivery.webhook
    assert webhook
    await hooked.server.until(lambda: webhook.last_error)
    assert "503" in webhook.last_error
    hooked.clock.forward(30)
    await hooked.server.private(carol).next_message()


async def test_a_webhook_that_somebody_else_sets_is_noticed(hooked: Stage) -> None:
    await hooked.server.delivery.set_webhook(SetWebhook(url="http://127.0.0.1:9/elsewhere"))
    await hooked.clock.slept(60)
    hooked.clock.forward(60)
    await hooked.server.until(hooked.task.done)
    assert "changed the webhook" in repr(hooked.task.exception())
    hooked.expected = True


async def test_a_webhook_that_somebody_else_sets_is_taken_over_by_connecting_anew_where_the_operator_says_so(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    metrics = Metrics()
    adapter = TelegramAdapter(
        assistant,
        token=TOKEN,
        options=Options(api_url=server.url, webhook_url="http://127.0.0.1:9/telegram", take_over=True),
        metrics=metrics,
        clock=clock.seconds,
        now=clock.now,
        pause=clock.pause,
    )
    async with staged(server, adapter, metrics, clock) as stage:
        await server.until(lambda: adapter.ready)
        await server.delivery.set_webhook(SetWebhook(url="http://127.0.0.1:9/elsewhere"))
        await clock.slept(60)
        clock.forward(60)
        await server.until(stage.task.done)
        assert "connecting takes over" in repr(stage.task.exception())
        stage.expected = True


async def test_trouble_that_telegram_reports_is_logged_and_told_to_the_orchestrator(
    hooked: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    webhook = hooked.server.delivery.webhook
    assert webhook
    webhook.last_error, webhook.last_error_at = "Connection refused", hooked.clock.timestamp()
    with hooked.server.held():
        hooked.server.world.updates.add_undecodable()
        await hooked.clock.slept(60)
        hooked.clock.forward(60)
        await hooked.server.until(lambda: not hooked.adapter.ready)
    assert "does not reach the webhook: Connection refused" in caplog.text


async def test_a_token_that_is_revoked_parks_the_bot_instead_of_leaving_it_deaf(hooked: Stage) -> None:
    hooked.server.revoked = True
    await hooked.clock.slept(60)
    hooked.clock.forward(60)
    await hooked.server.until(hooked.task.done)
    assert "refuses TELEGRAM_TOKEN" in repr(hooked.task.exception())
    hooked.expected = True
