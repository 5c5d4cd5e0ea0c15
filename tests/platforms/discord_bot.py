"""A bot on the real discord.py that does what the tests of the loopback Discord need."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import discord
from discord import app_commands

from tests.platforms.discord_server import DiscordServer

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


def embeds(*told: Mapping[str, object]) -> dict[str, object]:
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
