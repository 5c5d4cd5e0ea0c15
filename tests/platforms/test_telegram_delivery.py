"""The played Telegram delivers updates as Telegram does, and breaks on demand."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from tests.platforms.telegram_bots import Parrot, connected
from tests.platforms.telegram_faults import (
    BAD_GATEWAY,
    CONFLICT,
    CUT_AFTER,
    CUT_BEFORE,
    INTERNAL,
    NOT_FOUND,
    NOT_JSON,
    STALL,
    UNAUTHORIZED,
    Fault,
    flood,
)
from tests.platforms.telegram_server import TelegramServer
from tests.platforms.telegram_spec import Specification

TOLD = "told-by-setWebhook"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer(specification=Specification.if_present()) as started:
        yield started
        assert started.violations == []


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    async with connected(server) as calling:
        yield calling


async def ids(bot: Bot, *, offset: int = 0, limit: int = 100, timeout_s: int = 0) -> list[int]:
    """Poll once and return the ids that came."""
    updates = await bot.get_updates(offset=offset, limit=limit, timeout=timeout_s)
    return [update.update_id for update in updates]


async def test_updates_wait_until_a_higher_offset_confirms_them(server: TelegramServer, bot: Bot) -> None:
    alice = server.user("Alice")
    chat = server.private(alice)
    sent = [(await alice.says(chat, f"{number}")).update_id for number in range(5)]
    assert await ids(bot, limit=2) == sent[:2]
    assert await ids(bot) == sent
    assert sent[2] is not None
    assert await ids(bot, offset=sent[2]) == sent[2:]
    assert await ids(bot, offset=-1) == sent[-1:]
    assert await ids(bot) == sent[-1:]


async def test_a_long_poll_is_woken_by_an_update(server: TelegramServer, bot: Bot) -> None:
    alice = server.user("Alice")
    polling = asyncio.create_task(ids(bot, timeout_s=50))
    await server.until(lambda: server.delivery.polls == 1)
    said = await alice.says(server.private(alice), "hello")
    assert await polling == [said.update_id]


async def test_allowed_updates_hold_until_they_are_changed(server: TelegramServer, bot: Bot) -> None:
    owner, alice = server.user("Owner"), server.user("Alice")
    group = server.group("Beginners", owner=owner)
    group.promote(server.bot)
    await owner.promotes(group, alice, "can_pin_messages")
    assert await ids(bot) == [], "members are told of only if asked for"
    await bot.get_updates(allowed_updates=["chat_member"])
    await owner.demotes(group, alice)
    await alice.says(group, "hello")
    (update,) = await bot.get_updates()
    assert update.chat_member is not None


async def test_a_second_poll_ends_the_first(server: TelegramServer, bot: Bot) -> None:
    first = asyncio.create_task(ids(bot, timeout_s=50))
    await server.until(lambda: server.delivery.polls == 1)
    async with connected(server) as other:
        assert await ids(other) == []
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_forgotten_updates_are_not_delivered() -> None:
    now = [1_000_000.0]
    async with TelegramServer(clock=lambda: now[0]) as server, connected(server) as bot:
        alice = server.user("Alice")
        await alice.asks_inline("old")
        said = await alice.says(server.private(alice), "hello")
        now[0] += 31
        assert await ids(bot) == [said.update_id]


async def test_updates_come_twice_and_out_of_order_on_demand(server: TelegramServer, bot: Bot) -> None:
    alice = server.user("Alice")
    chat = server.private(alice)
    with server.held(order="reversed"):
        first, second = await alice.says(chat, "1"), await alice.says(chat, "2")
        assert await ids(bot) == []
    assert first.update_id is not None
    assert second.update_id is not None
    assert await ids(bot) == [second.update_id, first.update_id]
    await bot.get_updates(offset=second.update_id + 1)
    server.world.updates.repeat(first.update_id)
    assert await ids(bot, offset=second.update_id + 1) == [first.update_id]
    assert await ids(bot, offset=second.update_id + 1) == []


FAULTS: dict[str, tuple[Fault, type[TelegramError]]] = {
    "401": (UNAUTHORIZED, InvalidToken),
    "404": (NOT_FOUND, InvalidToken),
    "409": (CONFLICT, Conflict),
    "429": (flood(7), RetryAfter),
    "500": (INTERNAL, NetworkError),
    "502": (BAD_GATEWAY, NetworkError),
    "no JSON": (NOT_JSON, TelegramError),
    "cut before": (CUT_BEFORE, NetworkError),
    "cut after": (CUT_AFTER, NetworkError),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_call_fails_as_told_and_only_then(
    name: str, server: TelegramServer, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without it the library warns of its own future at each RetryAfter.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    fault, error = FAULTS[name]
    chat = server.private(server.user("Alice"))
    server.faults.add("sendMessage", fault)
    with pytest.raises(error):
        await bot.send_message(chat.id, "once")
    assert len(chat.unread()) == (fault is CUT_AFTER)
    await bot.send_message(chat.id, "twice")
    assert chat.unread()[-1].text == "twice"
    assert [bool(call.refusal) for call in server.calls_of("sendMessage")] == [fault is not CUT_AFTER, False]


async def test_a_revoked_token_is_good_for_nothing(server: TelegramServer, bot: Bot) -> None:
    server.revoked = True
    with pytest.raises(InvalidToken):
        await bot.get_updates()


async def test_a_stalled_call_hangs_until_it_is_released(server: TelegramServer, bot: Bot) -> None:
    chat = server.private(server.user("Alice"))
    server.faults.add("sendMessage", STALL, times=2)
    with pytest.raises(TimedOut):
        await bot.send_message(chat.id, "given up", read_timeout=0.05)
    await server.until(lambda: server.in_flight == 0)
    sending = asyncio.create_task(bot.send_message(chat.id, "patient"))
    await server.until(lambda: server.in_flight == 1)
    server.release()
    await sending
    assert [message.text for message in chat.unread()] == ["patient"]


async def test_an_undecodable_update_comes_again_and_again_until_it_is_confirmed(server: TelegramServer) -> None:
    poison = server.world.updates.add_undecodable()
    async with Parrot(server).polling() as parrot:
        await server.until(lambda: server.delivery.polls > 3)
        async with aiohttp.ClientSession() as session:
            await session.post(f"{server.base_url}{server.token}/getUpdates", json={"offset": poison + 1})
        alice = server.user("Alice")
        await alice.says(server.private(alice), "hello")
        await server.private(alice).next_message()
    assert parrot.texts() == ["hello"]


class Hook:
    """The bot's own web server: answers with the statuses that are set, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.bodies: list[int] = []
        self.secrets: set[str] = set()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.bodies.append((await request.json())["update_id"])
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Retry-After": "1"} if status == 429 else {})


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    started = Hook()
    application = web.Application()
    application.router.add_post("/hook", started.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    started.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield started
    await runner.cleanup()


async def test_a_webhook_gets_every_update_in_order_with_the_secret(
    server: TelegramServer, bot: Bot, hook: Hook
) -> None:
    alice = server.user("Alice")
    before = await alice.says(server.private(alice), "before")
    await bot.set_webhook(hook.url, secret_token=TOLD, allowed_updates=["message"])
    after = [await alice.says(server.private(alice), f"{number}") for number in range(20)]
    await server.quiet()
    assert hook.bodies == [message.update_id for message in (before, *after)]
    assert hook.secrets == {TOLD}


async def test_a_webhook_that_fails_is_tried_again(server: TelegramServer, bot: Bot, hook: Hook) -> None:
    hook.statuses = [500, 503, 429, 200]
    await bot.set_webhook(hook.url)
    alice = server.user("Alice")
    said = await alice.says(server.private(alice), "hello")
    await server.quiet()
    assert hook.bodies == [said.update_id] * 4
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (hook.url, 0)
    assert info.last_error_message == "Wrong response from the webhook: 429"


async def test_a_webhook_that_keeps_one_chat_waiting_still_gets_the_others(
    server: TelegramServer, bot: Bot, hook: Hook
) -> None:
    alice, bob = server.user("Alice"), server.user("Bob")
    hook.statuses = [200, 429]
    await bot.set_webhook(hook.url)
    first = await alice.says(server.private(alice), "1")
    await server.quiet()
    second, third = await alice.says(server.private(alice), "2"), await alice.says(server.private(alice), "3")
    other = await bob.says(server.private(bob), "4")
    await server.quiet()
    assert hook.bodies == [message.update_id for message in (first, second, other, second, third)]
    assert second.update_id is not None
    server.world.updates.repeat(second.update_id)
    await server.quiet()
    assert hook.bodies[-1] == second.update_id


async def test_polling_and_a_webhook_exclude_each_other(server: TelegramServer, bot: Bot, hook: Hook) -> None:
    polling = asyncio.create_task(ids(bot, timeout_s=50))
    await server.until(lambda: server.delivery.polls == 1)
    await bot.set_webhook(hook.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await polling
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await ids(bot) == []
    with pytest.raises(BadRequest, match="https url must be provided"):
        await bot.set_webhook("http://example.com")
