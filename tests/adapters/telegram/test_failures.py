"""What goes wrong on the way ends in recovery, or in a clear failed state."""

import asyncio
import logging

import pytest

from bot.adapters.telegram.adapter import Options, TelegramAdapter
from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.transport import AiohttpRequest, NotSent
from bot.core.assistant import Assistant
from bot.errors import BotError, DeliveryFailed, SetupError
from bot.messages import Request
from bot.ops.observe import Metrics
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_chat import Chat
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
    refusal,
)
from tests.platforms.telegram_parameters import SetWebhook
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TOKEN, TelegramServer


@pytest.fixture
def alice(telegram: Stage) -> Person:
    return telegram.server.user("Alice")


@pytest.fixture
def chat(telegram: Stage, alice: Person) -> Chat:
    return telegram.server.private(alice)


async def run_to_its_end(server: TelegramServer, assistant: Assistant, clock: Hours, options: Options) -> BaseException:
    adapter = TelegramAdapter(
        assistant,
        token=TOKEN,
        options=options,
        metrics=Metrics(),
        clock=clock.seconds,
        now=clock.now,
        pause=clock.pause,
    )
    async with asyncio.timeout(10):
        with pytest.raises((BotError, ExceptionGroup)) as caught:
            await adapter.run()
    assert not adapter.ready
    return caught.value


@pytest.mark.parametrize("fault", [UNAUTHORIZED, NOT_FOUND])
async def test_a_refused_token_is_for_the_operator_to_mend(
    server: TelegramServer, assistant: Assistant, clock: Hours, fault: Fault
) -> None:
    server.faults.add("getMe", fault)
    error = await run_to_its_end(server, assistant, clock, Options(api_url=server.url))
    assert isinstance(error, SetupError)
    assert TOKEN not in repr(error)


@pytest.mark.parametrize("fault", [UNAUTHORIZED, NOT_FOUND])
async def test_a_token_that_is_revoked_ends_polling_audibly(telegram: Stage, alice: Person, fault: Fault) -> None:
    telegram.server.faults.add("getUpdates", fault)
    await alice.says(telegram.server.private(alice), "hi")
    await telegram.server.until(telegram.task.done)
    assert telegram.task.exception() is not None
    assert not telegram.adapter.ready
    telegram.expected = True


async def test_a_telegram_that_does_not_answer_is_logged_at_once_and_not_for_each_call(
    server: TelegramServer, assistant: Assistant, clock: Hours, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.add("getMe", BAD_GATEWAY, times=3)
    async with clock.hurried(), connected(server, assistant, clock):
        pass
    assert caplog.text.count("Telegram does not answer") == 1


async def test_it_refuses_to_poll_where_somebody_elses_webhook_is_set(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    async with connected(server, assistant, clock) as stage:
        pass
    assert stage.task.cancelled()
    await set_webhook(server, "http://127.0.0.1:9/elsewhere")
    error = await run_to_its_end(server, assistant, clock, Options(api_url=server.url))
    assert "take_over" in str(error)
    assert server.delivery.webhook
    async with connected(server, assistant, clock, Options(api_url=server.url, take_over=True)):
        assert server.delivery.webhook is None


async def test_a_webhook_that_somebody_sets_meanwhile_ends_polling_for_good(
    telegram: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await set_webhook(telegram.server, "http://127.0.0.1:9/elsewhere")
    await telegram.server.until(telegram.task.done)
    error = telegram.task.exception()
    assert "somebody has set a webhook" in repr(error)
    telegram.expected = True


async def test_a_webhook_that_somebody_sets_meanwhile_is_replaced_by_connecting_anew_where_the_operator_says_so(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    options = Options(api_url=server.url, take_over=True)
    async with connected(server, assistant, clock, options) as stage:
        await set_webhook(server, "http://127.0.0.1:9/elsewhere")
        await server.until(stage.task.done)
        stage.expected = True
        assert "connecting takes down" in repr(stage.task.exception())
    alice = server.user("Alice")
    async with connected(server, assistant, clock, options):
        assert server.delivery.webhook is None
        await alice.says(server.private(alice), "hi")
        await server.private(alice).next_message()


async def set_webhook(server: TelegramServer, url: str) -> None:
    await server.delivery.set_webhook(SetWebhook(url=url))


async def test_while_somebody_else_polls_it_gives_way_says_so_once_a_minute_and_goes_on(
    telegram: Stage, alice: Person, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.server.faults.add("getUpdates", CONFLICT, times=4)
    await alice.says(chat, "hi")
    await telegram.server.until(lambda: not telegram.adapter.ready)
    async with telegram.clock.hurried():
        await chat.next_message()
    await alice.says(chat, "hi")
    await chat.next_message()
    assert telegram.adapter.ready
    assert 1 <= caplog.text.count("somebody else polls") <= 2


@pytest.mark.parametrize("fault", [BAD_GATEWAY, INTERNAL, CUT_BEFORE, CUT_AFTER, NOT_JSON, flood(3), refusal(400, "x")])
async def test_a_poll_that_fails_is_repeated(
    server: TelegramServer, assistant: Assistant, clock: Hours, fault: Fault
) -> None:
    alice = server.user("Alice")
    async with connected(server, assistant, clock, Options(api_url=server.url, poll_timeout_s=1)):
        server.faults.add("getUpdates", fault, times=2)
        async with clock.hurried():
            await server.until(lambda: not server.faults.waiting())
            await alice.says(server.private(alice), "hi")
            await server.private(alice).next_message()


async def test_polling_that_fails_for_long_is_built_up_anew(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    async with connected(server, assistant, clock) as stage:
        server.faults.add("getUpdates", BAD_GATEWAY, times=1000)
        alice = server.user("Alice")
        await alice.says(server.private(alice), "hi")
        async with clock.hurried():
            await server.until(stage.task.done)
        error = stage.task.exception()
        assert isinstance(error, DeliveryFailed | ExceptionGroup)
        assert "no poll has finished" in repr(error)
        server.faults.clear()
        stage.task = asyncio.create_task(stage.adapter.run())
        await server.private(alice).next_message()


async def test_a_poll_that_hangs_is_given_up(server: TelegramServer, assistant: Assistant, clock: Hours) -> None:
    options = Options(api_url=server.url, poll_timeout_s=1)
    async with connected(server, assistant, clock, options):
        server.faults.add("getUpdates", STALL)
        alice = server.user("Alice")
        await alice.says(server.private(alice), "hi")
        await server.private(alice).next_message(timeout_s=20)


async def test_an_update_that_cannot_be_read_is_passed_over(telegram: Stage, alice: Person, chat: Chat) -> None:
    with telegram.server.held():
        telegram.server.world.updates.add_undecodable()
        await alice.says(chat, "hi")
    await chat.next_message()
    await telegram.handled()
    assert telegram.events("undecodable") == 1
    assert telegram.server.delivery.polls < 6


async def test_what_is_told_twice_is_answered_once(telegram: Stage, alice: Person, chat: Chat) -> None:
    said = await alice.says(chat, "hi")
    await chat.next_message()
    assert said.update_id
    telegram.server.world.updates.repeat(said.update_id)
    await telegram.handled()
    assert telegram.events("duplicate") == 1
    assert chat.unread() == ()


async def test_what_arrives_out_of_order_is_answered_in_order(telegram: Stage, alice: Person, chat: Chat) -> None:
    with telegram.server.held(order="reversed"):
        for topic in ("halving", "phishing", "exchange-risk"):
            await alice.says(chat, f"/show {topic}")
    answers = await chat.next_messages(3)
    topics = [answer.button("Not my question").data.split()[1] for answer in answers]
    assert topics == ["halving", "phishing", "exchange-risk"]


async def test_one_chat_waits_as_told_and_the_others_do_not(telegram: Stage, alice: Person, chat: Chat) -> None:
    bob = telegram.server.user("Bob")
    telegram.server.faults.add("sendMessage", flood(20))
    await alice.says(chat, "hi")
    await telegram.clock.slept(20)
    await bob.says(telegram.server.private(bob), "hi")
    await telegram.server.private(bob).next_message()
    assert chat.unread() == ()
    telegram.clock.forward(20)
    await chat.next_message()


@pytest.mark.parametrize("body", ["<html>429</html>", '{"ok": false, "parameters": {"retry_after": 0}}'])
async def test_a_proxy_that_asks_to_wait_without_saying_how_long_is_waited_for_a_second(
    telegram: Stage, alice: Person, chat: Chat, body: str
) -> None:
    telegram.server.faults.add("sendMessage", Fault(status=429, body=body))
    await alice.says(chat, "hi")
    await telegram.server.until(lambda: not telegram.server.faults.waiting())
    await telegram.clock.slept(1)
    assert chat.unread() == ()
    telegram.clock.forward(1)
    await chat.next_message()
    await telegram.handled()
    assert telegram.events("unknown") == 0


async def test_all_wait_if_a_second_chat_is_told_to(telegram: Stage, alice: Person, chat: Chat) -> None:
    people = [telegram.server.user(name) for name in ("Bob", "Carol")]
    telegram.server.faults.add("sendMessage", flood(20), times=2)
    await alice.says(chat, "hi")
    await telegram.clock.slept(20)
    for number, person in enumerate(people, start=2):
        await person.says(telegram.server.private(person), "hi")
        await telegram.clock.slept(20, times=number)
    assert all(telegram.server.private(person).unread() == () for person in people)
    telegram.clock.forward(20)
    for person in people:
        await telegram.server.private(person).next_message()


async def test_an_answer_that_would_be_stale_is_dropped(telegram: Stage, alice: Person, chat: Chat) -> None:
    telegram.server.faults.add("sendMessage", flood(300))
    await alice.says(chat, "hi")
    await telegram.handled()
    assert telegram.count("replies_total", fate="later") == 1
    telegram.clock.forward(300)
    await alice.says(chat, "hi")
    await chat.next_message()
    assert chat.unread() == ()


@pytest.mark.parametrize("fault", [CUT_AFTER, CUT_BEFORE, BAD_GATEWAY, INTERNAL])
async def test_a_message_that_may_have_arrived_is_not_sent_twice(
    telegram: Stage, alice: Person, chat: Chat, fault: Fault
) -> None:
    telegram.server.faults.add("sendMessage", fault)
    await alice.says(chat, "hi")
    await telegram.handled()
    assert telegram.events("unknown") == 1
    assert telegram.count("replies_total", fate="unknown") == 1
    assert len(chat.unread()) == (1 if fault is CUT_AFTER else 0)


async def test_a_message_that_certainly_did_not_leave_is_sent_again(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    """Connections are refused while the server is away, which leaves nothing unknown."""
    tries = 0

    async def call() -> str:
        nonlocal tries
        tries += 1
        async with AiohttpRequest(connections=1) as request:
            url = "http://127.0.0.1:1" if tries == 1 else f"{server.base_url}{TOKEN}"
            return str(await request.post(f"{url}/getMe"))

    calls = Calls(Metrics(), clock=clock.seconds, pause=clock.pause)
    making = asyncio.create_task(calls.make(call))
    await clock.slept(0.5)
    clock.forward(1)
    assert "safety_bot" in await making
    async with AiohttpRequest(connections=1) as request:
        with pytest.raises(NotSent) as caught:
            await request.post(f"http://127.0.0.1:1/bot{TOKEN}/getMe")
    assert TOKEN not in repr(caught.value)


async def test_when_the_bot_is_blocked_nothing_is_repeated(telegram: Stage, alice: Person, chat: Chat) -> None:
    await alice.says(chat, "hi")
    await chat.next_message()
    await alice.blocks_bot()
    with telegram.server.held():
        await alice.says(chat, "hi")
    await telegram.handled()
    assert telegram.count("replies_total", fate="gone") == 1
    assert len(telegram.server.calls_of("sendMessage")) == 2


async def test_a_flood_in_one_chat_is_shed_and_others_are_answered(telegram: Stage, alice: Person, chat: Chat) -> None:
    bob = telegram.server.user("Bob")
    with telegram.server.held():
        for _ in range(60):
            await alice.says(chat, "hi")
        await bob.says(telegram.server.private(bob), "hi")
    await telegram.server.private(bob).next_message()
    await telegram.handled()
    assert telegram.events("shed") > 0
    assert telegram.events("shed") + telegram.events("handled") == 61


async def test_a_defect_costs_one_answer_and_nothing_that_was_said_is_logged(
    telegram: Stage, alice: Person, chat: Chat, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Assistant, request: Request) -> None:
        raise ValueError(request.argument)

    with monkeypatch.context() as patch, caplog.at_level(logging.INFO):
        patch.setattr(Assistant, "answer", broken)
        await alice.says(chat, "my private question")
        await telegram.handled()
    assert telegram.events("failed") == 1
    assert "ValueError" in caplog.text
    assert "private question" not in caplog.text
    await alice.says(chat, "hi")
    await chat.next_message()
