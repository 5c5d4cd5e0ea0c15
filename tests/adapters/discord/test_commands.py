"""What Discord is told of the commands, and when."""

import asyncio
from dataclasses import replace

from bot.adapters.discord import commands
from bot.core.commands import COMMANDS
from bot.errors import StoreUnavailable
from tests.adapters.discord.conftest import SWIFT, Office, running
from tests.platforms.discord_faults import Broken, Stall
from tests.platforms.discord_limits import check_commands
from tests.platforms.discord_server import DiscordServer

ROUTE = "/applications/{application_id}/commands"


async def started(server: DiscordServer, office: Office) -> int:
    """Start and stop the bot; how often Discord has been sent the commands until then."""
    async with running(office.adapter(server), server):
        return server.stage.commands.overwrites


async def test_commands_are_sent_once_and_not_again_after_a_restart(server: DiscordServer, office: Office) -> None:
    assert await started(server, office) == 1
    assert await started(server, office) == 1


async def test_of_two_processes_one_sends_the_commands(server: DiscordServer, office: Office) -> None:
    tasks = [asyncio.create_task(office.adapter(server).run()) for _ in range(2)]
    await server.until(lambda: len(server.gateway.connected) == 2, what="both to connect")
    assert server.stage.commands.overwrites == 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_changed_commands_are_sent_again(server: DiscordServer, office: Office) -> None:
    await started(server, office)
    await office.store.notes.write(f"discord commands {server.bot.id}", "those of an earlier version")
    assert await started(server, office) == 2


async def test_commands_that_discord_did_not_take_are_sent_at_the_next_start(
    server: DiscordServer, office: Office
) -> None:
    server.faults.add(Broken(status=503), method="PUT", route=ROUTE)
    assert await started(server, office) == 0
    assert await started(server, office) == 1


async def test_commands_that_discord_did_not_take_are_sent_again_until_it_does(
    server: DiscordServer, office: Office
) -> None:
    server.faults.add(Broken(status=503), method="PUT", route=ROUTE, times=3)
    async with running(office.adapter(server, timing=replace(SWIFT, claim_s=0.01)), server):
        await server.until(lambda: server.stage.commands.overwrites == 1, what="the commands")
        await server.quiet()
    assert await started(server, office) == 1


async def test_commands_are_sent_when_the_database_answers_again(server: DiscordServer, office: Office) -> None:
    away = [True, True]

    async def swap(key: str, value: str) -> str:
        if away and away.pop():
            raise StoreUnavailable("away")
        return await office.store.notes.swap(key, value)

    adapter = office.adapter(server, timing=replace(SWIFT, claim_s=0.01))
    adapter._swap = swap
    async with running(adapter, server):
        await server.until(lambda: server.stage.commands.overwrites == 1, what="the commands")


async def test_commands_that_a_killed_process_was_sending_are_sent_by_the_next(
    server: DiscordServer, office: Office
) -> None:
    stalled = Stall(lost=True)
    server.faults.add(stalled, method="PUT", route=ROUTE)
    killed = asyncio.create_task(office.adapter(server).run())
    await stalled.arrived.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    stalled.released.set()
    assert server.stage.commands.overwrites == 0
    async with running(office.adapter(server, timing=replace(SWIFT, claim_s=0.0)), server):
        await server.until(lambda: server.stage.commands.overwrites == 1, what="the commands")
    assert await started(server, office) == 1


async def test_while_one_process_sends_the_commands_another_serves_without_them(
    server: DiscordServer, office: Office
) -> None:
    stalled = Stall()
    server.faults.add(stalled, method="PUT", route=ROUTE)
    first = asyncio.create_task(office.adapter(server).run())
    await stalled.arrived.wait()
    second = asyncio.create_task(office.adapter(server).run())
    await server.until(lambda: len(server.gateway.connected) == 1, what="the second to connect")
    assert server.stage.commands.overwrites == 0
    stalled.released.set()
    await server.until(lambda: len(server.gateway.connected) == 2, what="the first to connect")
    assert server.stage.commands.overwrites == 1
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)


async def test_without_a_database_the_commands_stay_as_they_are(server: DiscordServer, office: Office) -> None:
    async def swap(key: str, value: str) -> str:
        raise StoreUnavailable("away")

    adapter = office.adapter(server)
    adapter._swap = swap
    async with running(adapter, server):
        assert server.stage.commands.overwrites == 0
        assert adapter.ready


async def test_every_listed_command_is_offered_within_discords_limits(office: Office) -> None:
    told = commands.payload(office.assistant)
    check_commands(told)
    slash = {command["name"]: command for command in told if command["type"] == 1}
    assert set(slash) == {row.name for row in COMMANDS.values() if row.listed}
    for row in COMMANDS.values():
        if row.listed:
            command = slash[row.name]
            assert command["contexts"]
            assert (command["default_member_permissions"] is None) == (row.right is None)
            assert (command["integration_types"] == [0, 1]) == (row.right is None)


async def test_pinning_is_hidden_behind_pin_messages_and_settings_behind_manage_server(office: Office) -> None:
    told = {command["name"]: command["default_member_permissions"] for command in commands.payload(office.assistant)}
    assert told["pin"] == told["Pin this answer"] == 1 << 51
    assert told["settings"] == 1 << 5
    assert told["ask"] is told["Answer this"] is None
