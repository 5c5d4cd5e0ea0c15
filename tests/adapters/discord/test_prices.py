"""Prices in Discord: cards, conversions and charts."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.prices.market import open_market
from bot.storage.store import Store
from faq.matcher import Faq
from tests.adapters.discord.conftest import Stand, office_of, standing
from tests.adapters.discord.eyes import words
from tests.fakes import FakeClock
from tests.platforms.discord_json import child, text
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_server import DiscordServer
from tests.prices.exchange_server import exchange_server


@pytest.fixture
async def trading(server: DiscordServer, faq: Faq, store: Store, clock: FakeClock) -> AsyncIterator[Stand]:
    """A bot at work that asks exchanges on the loopback."""
    async with (
        exchange_server(now=clock.now) as exchanges,
        ClientSession() as session,
        open_market(session=session, now=clock.now, clock=clock.seconds, addresses=exchanges.addresses()) as market,
    ):
        office = office_of(faq, store, clock, market=market)
        async with standing(server, office.adapter(server), office) as stand:
            yield stand


async def test_a_price_is_shown_with_its_moment_and_refreshed_in_place(trading: Stand) -> None:
    shown = await (await trading.alice.uses(trading.general, "price", currency="EUR")).answer()
    assert shown.ephemeral
    assert "1 BTC = €70,840" in words(shown)
    again = await (await trading.alice.presses(shown, shown.buttons[0])).answer()
    assert again.message is shown.message


async def test_an_answer_that_depends_on_the_price_shows_it(trading: Stand) -> None:
    answer = await (await trading.alice.uses(trading.general, "show", topic="buy-or-sell")).answer()
    assert "$81,420" in words(answer)
    other = await (await trading.alice.uses(trading.general, "show", topic="seed-phrase")).answer()
    assert "$81,420" not in words(other)


async def test_an_amount_is_converted(trading: Stand) -> None:
    shown = await (await trading.alice.uses(trading.general, "convert", amount="0.5 BTC to USD")).answer()
    assert words(shown).startswith("0.5 BTC = $40,710.00")
    refused = await (await trading.alice.uses(trading.general, "convert", amount="two bananas")).answer()
    assert refused.ephemeral


async def test_a_chart_is_a_file_with_a_description(trading: Stand) -> None:
    shown = await (await trading.alice.uses(trading.general, "chart", range="7d", public=True)).answer()
    assert not shown.ephemeral
    assert shown.message
    [file] = shown.message.files
    assert file.data.startswith(b"\x89PNG")
    assert len(file.description) > 40
    assert text(child(shown.embeds[0], "image"), "url") == "attachment://chart.png"


async def test_where_the_bot_may_attach_nothing_a_chart_is_told_in_words(trading: Stand) -> None:
    server = trading.server
    server.permits(trading.guild, without=Permission.ATTACH_FILES)
    asked = await trading.alice.says(trading.general, f"{server.bot.mention} btc chart")
    told = await server.next_message(trading.general, after=asked)
    assert told.files == []
    assert "Lowest $80,625" in words(told)
    assert server.record.invalid == 0


async def test_where_prices_are_private_nobody_else_sees_one(trading: Stand) -> None:
    await (await trading.mod.uses(trading.general, "settings", key="price_commands", value="private")).answer()
    shown = await (await trading.alice.uses(trading.general, "price", public=True)).answer()
    assert shown.ephemeral


async def test_where_prices_are_private_a_mention_shows_none_to_the_channel(trading: Stand) -> None:
    await (await trading.mod.uses(trading.general, "settings", key="price_commands", value="private")).answer()
    server = trading.server
    asked = await trading.alice.says(trading.general, f"{server.bot.mention} btc price?")
    shown = await server.next_message(trading.general, after=asked)
    assert "1 BTC" not in words(shown)
    assert "for you alone" in words(shown)
