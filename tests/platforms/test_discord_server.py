"""The loopback Discord, shown with the real discord.py over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord
import pytest
from discord import app_commands

from tests.platforms.discord_clicks import NotPossible
from tests.platforms.discord_connection import CloseCode, Intent
from tests.platforms.discord_faults import Broken, Cut, RateLimited, Stall
from tests.platforms.discord_people import Person
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_server import DiscordServer

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
MESSAGES = "/channels/{channel_id}/messages"
PLACES = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
TOPICS = ("exchange-risk", "exchange-fees", "seed-phrase")


class Form(discord.ui.Modal, title="A new entry"):
    """A modal in the newer shape, with labels."""

    topic: discord.ui.Label["Form"] = discord.ui.Label(
        text="Topic", component=discord.ui.TextInput(custom_id="topic", max_length=40)
    )
    kind: discord.ui.Label["Form"] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(custom_id="kind", options=[discord.SelectOption(label="Answer", value="answer")]),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.topic.component, discord.ui.TextInput)
        await interaction.response.send_message(f"kept {self.topic.component.value}", ephemeral=True)


class Panel(discord.ui.View):
    """A button and a menu that survive a restart."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="More", custom_id="v1:more")
    async def more(self, interaction: discord.Interaction, button: discord.ui.Button["Panel"]) -> None:
        await interaction.response.edit_message(content="more of it")

    @discord.ui.button(label="Later", custom_id="v1:later")
    async def later(self, interaction: discord.Interaction, button: discord.ui.Button["Panel"]) -> None:
        await interaction.response.defer()
        await interaction.followup.send("later, for you", ephemeral=True)

    @discord.ui.select(
        custom_id="v1:topics", placeholder="Topics", options=[discord.SelectOption(label=topic) for topic in TOPICS]
    )
    async def choose(self, interaction: discord.Interaction, menu: discord.ui.Select["Panel"]) -> None:
        await interaction.response.send_message(f"you chose {menu.values[0]}")


class Bot(discord.Client):
    """A bot that says what each test needs, and keeps what it was refused."""

    def __init__(self, *, intents: discord.Intents, heartbeat_timeout: float = 60.0) -> None:
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            heartbeat_timeout=heartbeat_timeout,
        )
        self.tree = app_commands.CommandTree(self, allowed_contexts=PLACES, allowed_installs=INSTALLS)
        self.heard: list[discord.Message] = []
        self.refused: list[int] = []
        self.tree.error(self.note)
        self._register()

    async def setup_hook(self) -> None:
        self.add_view(Panel())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds before a second identify."""

    async def note(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        cause = getattr(error, "original", error)
        assert isinstance(cause, discord.HTTPException), cause
        self.refused.append(cause.code)

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        self.heard.append(message)
        if self.user in message.mentions or message.guild is None:
            await message.reply(f"you said {len(message.content)} characters", nonce=str(message.id))

    def _register(self) -> None:
        @self.tree.command(description="Ask a question")
        @app_commands.describe(question="Your question", public="For everybody")
        async def ask(interaction: discord.Interaction, question: str, public: bool = False) -> None:
            embed = discord.Embed(title="Is it safe?", description=question).set_footer(text="Sources: none")
            await interaction.response.send_message(embed=embed, view=Panel(), ephemeral=not public)

        @ask.autocomplete("question")
        async def suggest(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=topic, value=topic) for topic in TOPICS if topic.startswith(typed)]

        @self.tree.command(description="Takes its time")
        async def chart(interaction: discord.Interaction) -> None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            file = discord.File(__file__, filename="chart.txt", description="A chart")
            await interaction.edit_original_response(content="here", attachments=[file])

        @self.tree.command(description="Pins an answer")
        @app_commands.default_permissions(pin_messages=True)
        async def pin(interaction: discord.Interaction, text: str) -> None:
            await interaction.response.defer(ephemeral=True)
            assert isinstance(interaction.channel, discord.TextChannel)
            message = await interaction.channel.send(text)
            await message.pin()
            await interaction.followup.send("pinned")

        @self.tree.command(description="Opens a form")
        async def entry(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Form())

        @self.tree.command(description="Sends what it is told to")
        async def send(interaction: discord.Interaction, what: str) -> None:
            await self.misbehave(interaction, what)

        @self.tree.context_menu(name="Answer this")
        async def answer_this(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"to {message.content}", ephemeral=True)

    async def misbehave(self, interaction: discord.Interaction, what: str) -> None:
        """Send what Discord refuses."""
        respond = interaction.response.send_message
        raw = discord.http.Route(
            "POST", "/interactions/{id}/{token}/callback", id=interaction.id, token=interaction.token
        )
        match what:
            case "empty":
                await respond()
            case "two answers":
                await respond("one")
                await self.http.request(raw, json={"type": 4, "data": {"content": "two"}})
            case "modal after defer":
                await interaction.response.defer()
                await self.http.request(raw, json={"type": 9, "data": Form().to_dict()})
            case "six follow-ups":
                await respond("first")
                for count in range(6):
                    await interaction.followup.send(f"follow-up {count}")
            case _:
                await self.http.request(raw, json={"type": 4, "data": OVER_LIMITS[what]})


def buttons(*labels: str, custom_id: str) -> dict[str, object]:
    """A message with a row of buttons."""
    row = [{"type": 2, "style": 1, "label": label, "custom_id": custom_id.format(label)} for label in labels]
    return {"content": "x", "components": [{"type": 1, "components": row}]}


def menu(*labels: str) -> dict[str, object]:
    """A message with a menu."""
    options = [{"label": label, "value": label} for label in labels]
    return {
        "content": "x",
        "components": [{"type": 1, "components": [{"type": 3, "custom_id": "m", "options": options}]}],
    }


def embeds(*told: dict[str, object]) -> dict[str, object]:
    """A message with embeds."""
    return {"embeds": list(told)}


OVER_LIMITS = {
    "content of 2001": {"content": "x" * 2001},
    "title of 257": embeds({"title": "x" * 257}),
    "description of 4097": embeds({"description": "x" * 4097}),
    "26 fields": embeds({"fields": [{"name": "n", "value": "v"}] * 26}),
    "field name of 257": embeds({"fields": [{"name": "x" * 257, "value": "v"}]}),
    "field value of 1025": embeds({"fields": [{"name": "n", "value": "x" * 1025}]}),
    "footer of 2049": embeds({"footer": {"text": "x" * 2049}}),
    "author of 257": embeds({"author": {"name": "x" * 257}}),
    "embeds of 6001": embeds({"description": "x" * 3000}, {"description": "x" * 3001}),
    "11 embeds": embeds(*[{"title": "x"}] * 11),
    "6 buttons": buttons(*"abcdef", custom_id="{}"),
    "6 rows": {
        "content": "x",
        "components": [
            {"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": str(row)}]}
            for row in range(6)
        ],
    },
    "label of 81": buttons("x" * 81, custom_id="1"),
    "custom id of 101": buttons("x", custom_id="x" * 101),
    "custom id twice": buttons("a", "b", custom_id="same"),
    "26 options": menu(*map(str, range(26))),
    "option of 101": menu("x" * 101),
    "option twice": menu("same", "same"),
    "script link": {
        "content": "x",
        "components": [
            {"type": 1, "components": [{"type": 2, "style": 5, "label": "x", "url": "javascript:alert(1)"}]}
        ],
    },
}


INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


@asynccontextmanager
async def connected(server: DiscordServer, bot: Bot) -> AsyncIterator[asyncio.Task[None]]:
    """The bot, logged in; the task is its connection."""
    server.points_library_here()
    async with bot:
        task = asyncio.create_task(bot.start(server.gateway.settings.token))
        try:
            yield task
        finally:
            await bot.close()
            await asyncio.gather(task, return_exceptions=True)


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


async def test_a_slash_command_is_answered_only_for_the_asker(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    bob = strict.user("Bob")
    guild.admits(bob)
    answer = await (await alice.uses(guild.general, "ask", question="is it?")).answer()
    assert answer.ephemeral
    assert answer.embeds[0]["description"] == "is it?"
    assert answer.message in alice.sees(guild.general)
    assert bob.sees(guild.general) == []


async def test_a_public_answer_is_seen_by_all_and_an_unknown_option_cannot_be_used(
    strict: DiscordServer, bot: Bot, alice: Person
) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    answer = await (await alice.uses(guild.general, "ask", question="is it?", public=True)).answer()
    assert guild.general.messages == [answer.message]
    with pytest.raises(NotPossible, match="missing"):
        await alice.uses(guild.general, "ask", public=True)
    with pytest.raises(NotPossible, match="unknown"):
        await alice.uses(guild.general, "ask", question="x", loud=True)


async def test_choices_appear_while_somebody_types(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    choices = await alice.types(alice.direct, "ask", question="exch")
    assert [choice.name for choice in choices] == ["exchange-risk", "exchange-fees"]


async def test_buttons_and_menus_are_pressed(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    shown = await (await alice.uses(guild.general, "ask", question="is it?", public=True)).answer()
    chosen = await (await alice.chooses(shown, "seed-phrase")).answer()
    assert chosen.content == "you chose seed-phrase"
    later = await (await alice.presses(shown, "Later")).answer()
    assert (later.content, later.ephemeral, later.deferred) == ("later, for you", True, True)
    await (await alice.presses(shown, "More")).answer()
    assert shown.content == "more of it"
    with pytest.raises(NotPossible, match="no button"):
        await alice.presses(shown, "Less")


async def test_somebody_else_cannot_press_an_ephemeral_button(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    bob = strict.user("Bob")
    guild = strict.guild("Bitcoin beginners", members=[alice, bob])
    shown = await (await alice.uses(guild.general, "ask", question="is it?")).answer()
    with pytest.raises(NotPossible, match="does not see"):
        await bob.presses(shown, "More")


async def test_a_modal_is_filled_in(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    opened = await (await alice.uses(alice.direct, "entry")).answer()
    assert opened.modal
    assert opened.modal.title == "A new entry"
    with pytest.raises(NotPossible, match="to 40 characters"):
        await alice.submits(opened.modal, {"Topic": "x" * 41, "Kind": "answer"})
    kept = await (await alice.submits(opened.modal, {"Topic": "fees", "Kind": "answer"})).answer()
    assert kept.content == "kept fees"


async def test_a_deferred_answer_comes_with_its_file(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    interaction = await alice.uses(alice.direct, "chart")
    answer = await interaction.answer()
    assert (answer.content, answer.deferred, answer.ephemeral) == ("here", True, True)
    assert answer.message
    assert [(file.name, file.description) for file in answer.message.files] == [("chart.txt", "A chart")]


async def test_a_context_menu_acts_on_a_message(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    message = await alice.says(guild.general, "is it safe?")
    answer = await (await alice.uses_on(message, "Answer this")).answer()
    assert answer.content == "to is it safe?"


async def test_a_user_app_works_where_the_bot_is_not(strict: DiscordServer, bot: Bot) -> None:
    carol = strict.user("Carol", installed=True)
    foreign = strict.guild("Elsewhere", members=[carol], bot=None)
    answer = await (await carol.uses(foreign.general, "ask", question="is it?", public=True)).answer()
    assert not answer.ephemeral
    chat = strict.group_chat(carol, strict.user("Dave"))
    assert (await (await carol.uses(chat, "ask", question="is it?")).answer()).ephemeral
    limited = await carol.uses(foreign.general, "send", what="six follow-ups")
    await strict.quiet()
    assert limited.refused == [40094]
    assert len(limited.answers) == 6


async def test_pinning_needs_pin_messages_and_leaves_a_notice(strict: DiscordServer, bot: Bot) -> None:
    mod = strict.user("Mod")
    guild = strict.guild("Bitcoin beginners", members=[mod])
    assert "pin" not in mod.offered(guild.general)
    guild.grants(mod, Permission.PIN_MESSAGES)
    answer = await (await mod.uses(guild.general, "pin", text="the answer")).answer()
    assert answer.content == "pinned"
    assert [message.content for message in guild.general.pins] == ["the answer"]
    assert [message.kind for message in guild.general.messages] == [0, 6]
    strict.permits(guild, Permission.MANAGE_MESSAGES, without=Permission.PIN_MESSAGES)
    await mod.uses(guild.general, "pin", text="another")
    await strict.quiet()
    assert bot.refused == [50013]
    assert len(guild.general.pins) == 1


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


async def test_without_the_intent_only_mentions_replies_and_direct_messages_have_content(
    strict: DiscordServer, bot: Bot, alice: Person
) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    await alice.says(guild.general, "overheard")
    question = await alice.says(guild.general, f"{strict.bot.mention} hello")
    await alice.says(alice.direct, "in private")
    answer = await strict.next_message(guild.general, after=question)
    await alice.says(guild.general, "thank you", to=answer)
    await strict.quiet()
    assert [message.content for message in bot.heard] == ["", f"<@{strict.bot.id}> hello", "in private", "thank you"]
    assert answer.reference is question
    assert answer.pings == set()


async def test_with_the_intent_everything_has_content() -> None:
    async with DiscordServer(granted=Intent.MESSAGE_CONTENT) as server:
        alice = server.user("Alice")
        guild = server.guild("Bitcoin beginners", members=[alice])
        bot = Bot(intents=INTENTS | discord.Intents(message_content=True))
        async with connected(server, bot):
            await alice.says(guild.general, "overheard")
            await server.quiet()
            assert [message.content for message in bot.heard] == ["overheard"]


async def test_silence_is_seen_without_sleeping(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    await alice.says(guild.general, "nothing for the bot")
    await strict.quiet()
    assert len(bot.heard) == 1
    assert len(guild.general.messages) == 1


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
    mute, hidden = guild.adds_channel("mute"), guild.adds_channel("hidden")
    mute.forbids(strict.bot, Permission.SEND_MESSAGES)
    hidden.forbids(strict.bot, Permission.VIEW_CHANNEL)
    theirs = await alice.says(guild.general, "mine")
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


async def test_a_cut_gateway_is_resumed_and_what_was_missed_comes_once(
    strict: DiscordServer, bot: Bot, alice: Person
) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    await strict.quiet()
    strict.gateway.cut()
    await strict.until(lambda: not strict.gateway.connected, what="the line to break")
    await alice.says(alice.direct, "missed")
    await strict.connected()
    await strict.quiet()
    assert [message.content for message in bot.heard] == ["missed"]
    assert (strict.gateway.identifies, strict.gateway.resumes) == (1, 1)
    assert guild.general.messages == []


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
            await task
    server.gateway.refuses_identify(CloseCode.AUTHENTICATION_FAILED)
    async with connected(server, Bot(intents=INTENTS)) as task:
        with pytest.raises(discord.ConnectionClosed, match="4004"):
            await task
    server.points_library_here()
    async with Bot(intents=INTENTS) as stranger:
        with pytest.raises(discord.LoginFailure):
            await stranger.start("some other token")
    assert server.gateway.closed_with == [4014, 4004]


async def test_the_last_identify_resets_the_token(server: DiscordServer) -> None:
    server.gateway.settings.remaining = 0
    async with connected(server, Bot(intents=INTENTS)) as task:
        with pytest.raises(discord.ConnectionClosed, match="4004"):
            await task


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


async def test_a_bulk_overwrite_keeps_ids_and_is_counted(strict: DiscordServer, bot: Bot) -> None:
    before = {command.name: command.id for command in await bot.tree.fetch_commands()}
    await bot.tree.sync()
    assert {command.name: command.id for command in await bot.tree.fetch_commands()} == before
    assert strict.stage.commands.overwrites == 2
