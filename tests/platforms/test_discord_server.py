"""Conversations in the loopback Discord, held with the real discord.py over real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.platforms.discord_bot import INTENTS, Bot, connected
from tests.platforms.discord_clicks import NotPossible
from tests.platforms.discord_people import Person
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_server import DiscordServer
from tests.platforms.discord_spec import Specification


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


async def test_silence_is_seen_without_sleeping(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    await alice.says(guild.general, "nothing for the bot")
    await strict.quiet()
    assert len(bot.heard) == 1
    assert len(guild.general.messages) == 1


async def test_a_bulk_overwrite_keeps_ids_and_is_counted(strict: DiscordServer, bot: Bot) -> None:
    before = {command.name: command.id for command in await bot.tree.fetch_commands()}
    await bot.tree.sync()
    assert {command.name: command.id for command in await bot.tree.fetch_commands()} == before
    assert strict.stage.commands.overwrites == 2


async def test_a_thread_is_a_place_of_its_own(strict: DiscordServer, bot: Bot, alice: Person) -> None:
    guild = strict.guild("Bitcoin beginners", members=[alice])
    thread = strict.channel(guild, "fees", parent=guild.general)
    question = await alice.says(thread, f"{strict.bot.mention} hello")
    answer = await strict.next_message(thread, after=question)
    assert thread.messages == [question, answer]
    assert guild.general.messages == []
    shown = await (await alice.uses(thread, "ask", question="is it?")).answer()
    assert (shown.buttons, shown.options) == (["More", "Later"], ["exchange-risk", "exchange-fees", "seed-phrase"])


async def test_it_works_without_the_specifications_and_says_so(tmp_path: Path) -> None:
    absent = Specification(tmp_path)
    assert not absent.present
    assert absent.request("POST", "/channels/{channel_id}/messages", {"contnt": "x"}) is None
    async with DiscordServer(validate=False) as server:
        alice = server.user("Alice")
        async with connected(server, Bot(intents=INTENTS)):
            assert (await (await alice.uses(alice.direct, "ask", question="is it?")).answer()).embeds
        assert not server.specification.present
