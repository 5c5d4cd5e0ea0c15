"""What takes time or comes later: charts, long answers, "typing", overheard questions."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.core.assistant import Assistant
from bot.messages import Button, Reply, Request
from bot.prices.market import open_market
from bot.richtext import plain
from bot.storage.store import Store
from faq.matcher import Faq
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_faults import BAD_GATEWAY, CUT_AFTER, CUT_BEFORE, STALL, Fault, flood
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TelegramServer
from tests.prices.exchange_server import exchange_server

HALVING = "what is the bitcoin halving?"


@pytest.fixture
async def trading(server: TelegramServer, faq: Faq, store: Store, clock: Hours) -> AsyncIterator[Stage]:
    """A bot that asks exchanges on the loopback."""
    async with (
        exchange_server(now=clock.now) as exchanges,
        ClientSession() as session,
        open_market(session=session, now=clock.now, clock=clock.seconds, addresses=exchanges.addresses()) as market,
    ):
        assistant = Assistant(
            faq=faq, store=store, market=market, now=clock.now, clock=clock.seconds, pause=clock.sleep
        )
        async with connected(server, assistant, clock) as stage:
            yield stage


@pytest.fixture
def alice(server: TelegramServer) -> Person:
    return server.user("Alice")


async def test_prices_and_conversions_are_answered(trading: Stage, alice: Person) -> None:
    chat = trading.server.private(alice)
    await alice.says(chat, "/price EUR")
    assert "1 BTC = €70,840" in (await chat.next_message()).text
    await alice.says(chat, "/convert 0.5 BTC to USD")
    assert "0.5 BTC = $40,710.00" in (await chat.next_message()).text


async def test_a_chart_is_a_photo_with_its_facts_as_caption_and_uploading_is_shown(
    trading: Stage, alice: Person
) -> None:
    chat = trading.server.private(alice)
    await alice.says(chat, "/chart 7d")
    message = await chat.next_message(timeout_s=30)
    assert message.photo
    assert message.photo.startswith(b"\x89PNG")
    assert 40 < len(message.text) <= 1024
    assert "upload_photo" in chat.actions


@pytest.mark.parametrize("fault", [STALL, BAD_GATEWAY, CUT_BEFORE])
async def test_a_chart_does_not_wait_for_uploading_to_be_shown(trading: Stage, alice: Person, fault: Fault) -> None:
    chat = trading.server.private(alice)
    trading.server.faults.add("sendChatAction", fault)
    await alice.says(chat, "/chart 7d")
    assert (await chat.next_message(timeout_s=30)).photo
    assert not chat.actions
    trading.server.release()


async def test_a_wait_that_is_asked_for_while_uploading_is_shown_is_kept(trading: Stage, alice: Person) -> None:
    chat = trading.server.private(alice)
    trading.server.faults.add("sendChatAction", flood(20))
    began = trading.clock.seconds()
    async with trading.clock.hurried():
        await alice.says(chat, "/chart 7d")
        assert (await chat.next_message(timeout_s=30)).photo
    assert trading.clock.seconds() - began >= 20


async def test_another_range_takes_the_place_of_the_chart_and_a_text_that_of_the_picture(
    trading: Stage, alice: Person
) -> None:
    chat = trading.server.private(alice)
    question = await alice.says(chat, "/chart 7d")
    chart = await chat.next_message(timeout_s=30)
    await trading.handled()
    week = chart.photo
    await alice.edits(question, "/chart 30d")
    assert await chat.next_edit(timeout_s=30) is chart
    month = chart.photo
    assert month != week
    await trading.handled()
    await alice.presses(chart, "1y")
    assert await chat.next_edit(timeout_s=30) is chart
    assert chart.photo not in {week, month}
    assert "Refresh" not in [button.text for button in chart.buttons]
    await trading.handled()
    await alice.edits(question, "/price")
    assert not (await chat.next_message()).photo
    await trading.handled()
    assert chart.deleted
    assert chat.unread() == ()


async def test_typing_is_shown_only_while_an_answer_takes_long(
    telegram: Stage, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = telegram.server.private(alice)
    let_go = asyncio.Event()
    answer = Assistant.answer

    async def slowly(self: Assistant, request: Request) -> Reply | None:
        await let_go.wait()
        return await answer(self, request)

    monkeypatch.setattr(Assistant, "answer", slowly)
    await alice.says(chat, "hi")
    await telegram.clock.slept(1.5)
    assert list(chat.actions) == []
    telegram.clock.forward(1.5)
    await telegram.server.until(lambda: list(chat.actions) == ["typing"])
    let_go.set()
    await chat.next_message()
    await alice.says(chat, "hi")
    await chat.next_message()
    assert list(chat.actions) == ["typing"]


async def test_presses_whose_work_takes_long_are_answered_empty_within_a_second_and_worked_on_in_turn(
    telegram: Stage, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = telegram.server.private(alice)
    await alice.says(chat, "/topics")
    topics = await chat.next_message()
    let_go = asyncio.Event()
    answer = Assistant.answer

    async def slowly(self: Assistant, request: Request) -> Reply | None:
        await let_go.wait()
        return await answer(self, request)

    monkeypatch.setattr(Assistant, "answer", slowly)
    presses = [await alice.presses(topics, topics.buttons[number].text) for number in (0, 1)]
    assert [await press.alert() for press in presses] == ["", ""]
    let_go.set()
    assert await chat.next_edit() is topics
    assert await chat.next_edit() is topics


async def test_what_a_press_in_a_group_brings_too_late_touches_nothing_in_the_private_chat(
    trading: Stage, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, home = trading.server.group("Group", owner=alice), trading.server.private(alice)
    await alice.says(group, "/price@safety_bot")
    price = await group.next_message()
    await alice.says(home, "/help")
    await home.next_message()
    await alice.follows(f"https://t.me/safety_bot?start=g{group.id}_settings")
    await home.next_message()
    await alice.says(home, "/settings price_commands private")
    await home.next_message()
    let_go = asyncio.Event()
    answer = Assistant.answer

    async def slowly(self: Assistant, request: Request) -> Reply | None:
        await let_go.wait()
        return await answer(self, request)

    monkeypatch.setattr(Assistant, "answer", slowly)
    assert await (await alice.presses(price, "Refresh")).alert() == ""
    let_go.set()
    line = await group.next_message()
    before = {message: message.text for message in home.messages.values()}
    await alice.follows(line.buttons[0].url)
    assert "1 BTC" in (await home.next_message()).text
    await trading.handled()
    assert not any(message.deleted or message.text != text for message, text in before.items())


async def test_a_long_answer_comes_in_pieces_with_the_buttons_under_the_last(
    telegram: Stage, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = telegram.server.group("Group", members=[alice])
    long = Reply(title="Long", text=plain("Word by word. " * 700), buttons=((Button(label="On", action="topics"),),))

    async def at_length(self: Assistant, request: Request) -> Reply:
        return long

    monkeypatch.setattr(Assistant, "answer", at_length)
    question = await alice.says(group, "/ask hi")
    pieces = await group.next_messages(3)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "Long" + "Wordbyword." * 700
    assert [piece.reply_to for piece in pieces] == [question, None, None]
    assert [len(piece.buttons) for piece in pieces] == [0, 0, 1]
    telegram.server.faults.add("sendMessage", CUT_AFTER)
    await alice.says(group, "/ask hi")
    await group.next_messages(3)
    await telegram.handled()
    assert telegram.events("unknown") == 1


async def test_an_overheard_question_is_answered_after_a_while_if_the_group_wants_it(
    telegram: Stage, alice: Person
) -> None:
    group = telegram.server.group("Group", owner=alice)
    home = telegram.server.private(alice)
    await alice.promotes_bot(group)
    await alice.follows(f"https://t.me/safety_bot?start=g{group.id}_settings")
    await home.next_message()
    await alice.says(home, "/settings speak sure")
    assert "Done." in (await home.next_message()).text
    question = await alice.says(group, HALVING)
    await telegram.handled()
    assert group.unread() == ()
    while not group.unread():
        await telegram.clock.passes(1)
    assert (await group.next_message()).reply_to is question
    assert telegram.clock.seconds() >= 90
