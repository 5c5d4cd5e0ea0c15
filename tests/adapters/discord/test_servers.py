"""Servers add the bot, are greeted once, throw it out, and are left where it is not to work."""

import re
from pathlib import Path

import pytest

from bot.storage.groups import Group
from tests.adapters.discord.conftest import Office, Stand, running, standing
from tests.adapters.discord.eyes import words
from tests.fakes import FakeClock
from tests.platforms.discord_faults import Broken
from tests.platforms.discord_permissions import INVITED, Permission
from tests.platforms.discord_server import DiscordServer

SAFE = "is bitcoin safe?"


async def settled(stand: Stand) -> None:
    """Wait until the library takes a server that appears for a new one, and not for one of those it is in already."""
    client = stand.adapter._client
    assert client is not None
    await client.wait_until_ready()


async def test_guilds_come_and_go(stand: Stand) -> None:
    await settled(stand)
    stand.guild.system_channel = stand.general
    await (await stand.mod.uses(stand.general, "settings", key="currency", value="EUR")).answer()
    stand.server.removes(stand.guild)
    await stand.server.quiet()
    states = await stand.office.store.groups.state(stand.group)
    assert states.settings.currency == "EUR"  # kept for the days of grace
    stand.server.invites(stand.guild)
    await stand.server.quiet()
    [greeting] = stand.general.messages
    assert words(greeting).startswith("Hello!")
    answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
    assert words(answer).startswith("Is Bitcoin safe?")


DAY_S = 86_400


async def test_what_happens_to_servers_while_the_bot_is_away_is_noticed(
    server: DiscordServer, office: Office, clock: FakeClock
) -> None:
    async with standing(server, office.adapter(server), office) as stand:
        await settled(stand)
        back, gone = stand.guild, server.guild("Leaves", members=[stand.alice, stand.mod])
        gone.grants(stand.mod, Permission.MANAGE_GUILD)
        server.invites(gone)
        for guild in (back, gone):
            await (await stand.mod.uses(guild.general, "settings", key="currency", value="EUR")).answer()
        server.removes(back)
        await server.quiet()
    server.invites(back)
    server.removes(gone)
    async with running(office.adapter(server), server):
        await server.quiet()
        clock.forward(31 * DAY_S)
        await office.store.purge()
    kept = [await office.store.groups.state(Group("discord", str(guild.id))) for guild in (back, gone)]
    assert [state.settings.currency for state in kept] == ["EUR", "USD"]


async def test_a_server_is_greeted_once_where_it_greets_its_members(stand: Stand) -> None:
    await settled(stand)
    guild = stand.server.guild("New here", members=[stand.alice], bot=None)
    guild.adds_channel("rules")
    guild.system_channel = guild.adds_channel("welcome")
    stand.server.invites(guild)
    await stand.server.quiet()
    [greeting] = guild.system_channel.messages
    assert words(greeting).startswith("Hello! I answer questions about the safety of Bitcoin")
    assert greeting.pings == set()
    assert guild.general.messages == []
    stand.server.gateway.invalidates()  # a new session tells of all servers anew
    await stand.server.until(lambda: stand.server.gateway.identifies == 2, what="a second session")
    await stand.server.connected()
    await stand.server.quiet()
    assert guild.system_channel.messages == [greeting]
    topics = await (await stand.alice.presses(greeting, "Topics")).answer()
    assert topics.ephemeral
    assert topics.options


async def test_settings_that_are_opened_from_the_greeting_are_for_the_moderator_alone(stand: Stand) -> None:
    await settled(stand)
    guild = stand.server.guild("New here", members=[stand.alice, stand.mod], bot=None)
    guild.grants(stand.mod, Permission.PIN_MESSAGES | Permission.MANAGE_GUILD)
    guild.system_channel = guild.general
    stand.server.invites(guild)
    await stand.server.quiet()
    [greeting] = guild.general.messages
    before = words(greeting)
    panel = await (await stand.mod.presses(greeting, "Settings")).answer()
    assert panel.ephemeral
    assert words(greeting) == before
    values = await (await stand.mod.presses(panel, panel.buttons[0])).answer()
    assert values.message is panel.message


@pytest.mark.parametrize("has_channel", [False, True])
async def test_a_server_without_a_place_for_greetings_is_joined_in_silence(stand: Stand, *, has_channel: bool) -> None:
    await settled(stand)
    guild = stand.server.guild("Quiet here", members=[stand.alice], bot=None)
    if has_channel:
        guild.system_channel = guild.general
        guild.general.forbids(stand.server.bot, Permission.SEND_MESSAGES)
    stand.server.invites(guild)
    await stand.server.quiet()
    assert guild.general.messages == []
    assert stand.server.record.invalid == 0
    assert stand.counted("handled") == 1
    answer = await (await stand.alice.uses(guild.general, "ask", question=SAFE)).answer()
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_the_bot_leaves_where_the_operator_does_not_let_it_work(server: DiscordServer, office: Office) -> None:
    server.faults.add(Broken(status=503), method="DELETE", route="/users/@me/guilds/{guild_id}", times=3)
    async with standing(server, office.adapter(server, allowed=frozenset({"1"})), office) as stand:
        refused = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
        assert words(refused) == "I am not set up to work in this server."
        await stand.alice.says(stand.general, f"{server.bot.mention} {SAFE}")
        await server.quiet()
        assert len(stand.general.messages) == 1
        direct = await stand.alice.says(stand.alice.direct, SAFE)
        answer = await server.next_message(stand.alice.direct, after=direct)
        assert words(answer).startswith("Is Bitcoin safe?")
        client = stand.adapter._client
        assert client is not None
        client.dispatch("guild_join", client.guilds[0])
        await server.quiet()
        assert server.bot.id not in stand.guild.members


async def test_a_server_that_added_the_bot_while_it_was_away_is_left(server: DiscordServer, office: Office) -> None:
    async with standing(server, office.adapter(server, allowed=frozenset({"1"})), office) as stand:
        await server.quiet()
        assert server.bot.id not in stand.guild.members


def test_the_permission_numbers_in_the_readme_are_what_the_bot_needs() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    alone, with_deletion = int(INVITED), int(INVITED | Permission.MANAGE_MESSAGES)
    assert f"The permission number is `{alone}`" in readme
    assert f"With Manage Messages besides, number `{with_deletion}`" in readme
    assert set(re.findall(r"permissions=(\d+)", readme)) == {str(alone)}
