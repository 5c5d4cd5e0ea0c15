"""What the loopback Discord refuses, and what it holds against a bot."""

from collections.abc import AsyncIterator

import discord
import pytest

from tests.platforms.discord_bot import INTENTS, OVER_LIMITS, Bot, connected
from tests.platforms.discord_clicks import NotPossible
from tests.platforms.discord_faults import Stall
from tests.platforms.discord_people import Person
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_server import DiscordServer

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
MESSAGES = "/channels/{channel_id}/messages"


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


async def test_pins_are_listed_in_pages_and_end_at_250(strict: DiscordServer, bot: Bot) -> None:
    mod = strict.user("Mod")
    guild = strict.guild("Bitcoin beginners", members=[mod])
    guild.grants(mod, Permission.PIN_MESSAGES)
    for count in range(250):
        await mod.pins(await mod.says(guild.general, f"message {count}"))
    await strict.connected()
    channel = bot.get_partial_messageable(guild.general.id)
    assert len([message async for message in channel.pins(limit=None)]) == 250
    await mod.uses(guild.general, "pin", text="one too many")
    await strict.quiet()
    assert bot.refused == [30003]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        *((what, 50035) for what in OVER_LIMITS),
        ("empty", 50006),
        ("two answers", 40060),
        ("modal after defer", 40060),
    ],
)
async def test_it_refuses_what_discord_refuses(
    strict: DiscordServer, bot: Bot, alice: Person, what: str, code: int
) -> None:
    interaction = await alice.uses(alice.direct, "send", what=what)
    await strict.quiet()
    assert interaction.refused == [code]
    assert bot.refused == [code]


async def test_an_answer_after_three_seconds_and_an_edit_after_fifteen_minutes_come_too_late(
    strict: DiscordServer, bot: Bot, alice: Person
) -> None:
    stall = Stall()
    strict.faults.add(stall, route=CALLBACK)
    interaction = await alice.uses(alice.direct, "entry")
    await stall.arrived.wait()
    strict.passes(seconds=3.1)
    stall.released.set()
    await strict.quiet()
    assert (interaction.refused, interaction.first) == ([10062], None)
    patient = await alice.uses(alice.direct, "ask", question="is it?")
    await patient.answer()
    edit = discord.http.Route(
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        webhook_id=strict.bot.id,
        webhook_token=patient.token,
    )
    await bot.http.request(edit, json={"content": "in time"})
    strict.passes(minutes=15.1)
    with pytest.raises(discord.HTTPException, match="50027"):
        await bot.http.request(edit, json={"content": "too late"})


async def test_missing_rights_and_missing_things_have_their_codes(
    strict: DiscordServer, bot: Bot, alice: Person
) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    mute, hidden = strict.channel(guild, "mute"), strict.channel(guild, "hidden")
    mute.forbids(strict.bot, Permission.SEND_MESSAGES)
    hidden.forbids(strict.bot, Permission.VIEW_CHANNEL)
    hidden.forbids(alice, Permission.VIEW_CHANNEL)
    theirs = await alice.says(guild.general, "mine")
    with pytest.raises(NotPossible, match="cannot write"):
        await alice.says(hidden, "unseen")
    alice.takes_direct_messages = False
    closed = alice.direct

    async def code(channel_id: int, *, message: int = 0, edit: bool = False) -> int:
        channel = bot.get_partial_messageable(channel_id)
        partial = channel.get_partial_message(message)
        attempt = partial.edit(content="x") if edit else partial.delete() if message else channel.send("x")
        with pytest.raises(discord.HTTPException) as refused:
            await attempt
        return refused.value.code

    assert await code(mute.id) == 50013
    assert await code(hidden.id) == 50001
    assert await code(12345) == 10003
    assert await code(closed.id) == 50007
    assert await code(guild.general.id, message=1) == 10008
    assert await code(guild.general.id, message=theirs.id) == 50013
    assert await code(guild.general.id, message=theirs.id, edit=True) == 50005


async def test_old_messages_can_be_edited_only_a_few_times(strict: DiscordServer, bot: Bot) -> None:
    guild = strict.guild("Bitcoin beginners")
    message = await bot.get_partial_messageable(guild.general.id).send("price: 1")
    strict.passes(hours=2)
    bot.http.max_ratelimit_timeout = 30
    for price in range(5):
        await message.edit(content=f"price: {price}")
    with pytest.raises(discord.RateLimited):
        await message.edit(content="price: 6")
    assert strict.record.requests[-1].code == 30046
    strict.passes(hours=1.1)
    await message.edit(content="price: 9")
    assert guild.general.messages[0].content == "price: 9"


async def test_a_nonce_makes_a_message_once(strict: DiscordServer, bot: Bot) -> None:
    guild = strict.guild("Bitcoin beginners")
    channel = bot.get_partial_messageable(guild.general.id)
    first, second = await channel.send("once", nonce="7"), await channel.send("once", nonce="7")
    assert first.id == second.id
    assert len(guild.general.messages) == 1


async def test_mentions_ping_only_if_allowed(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    strict.permits(guild, Permission.MENTION_EVERYONE)
    channel = bot.get_partial_messageable(guild.general.id)
    await channel.send(f"@everyone {alice.mention}")
    await channel.send(f"@everyone {alice.mention}", allowed_mentions=discord.AllowedMentions.all())
    assert [message.pings for message in guild.general.messages] == [set(), {"everyone", str(alice.id)}]


async def test_a_typing_error_in_a_request_is_a_violation(server: DiscordServer, bot: Bot) -> None:
    if not server.specification.present:
        pytest.skip("the published specifications are not beside the checkout")
    guild = server.guild("Bitcoin beginners")
    route = discord.http.Route("POST", MESSAGES, channel_id=guild.general.id)
    with pytest.raises(discord.HTTPException, match="contnt"):
        await bot.http.request(route, json={"content": "x", "contnt": "y"})
    assert len(server.violations) == 1
    assert guild.general.messages == []
