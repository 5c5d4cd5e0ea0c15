"""People ask: with commands, mentions, replies, in direct messages and by the context menu."""

import pytest
from sqlalchemy import event

from bot.messages import Reply
from bot.richtext import plain
from tests.adapters.discord.conftest import Stand
from tests.adapters.discord.eyes import seen, words
from tests.platforms.discord_clicks import NotPossible
from tests.platforms.discord_commands import ON_MESSAGE
from tests.platforms.discord_connection import Intent
from tests.platforms.discord_json import JsonObject
from tests.platforms.discord_payloads import role_json
from tests.platforms.discord_permissions import EVERYBODY, INVITED, Permission
from tests.platforms.discord_world import Guild


def role_update(guild: Guild) -> JsonObject:
    """What Discord tells when the permissions of everybody change."""
    return {"guild_id": str(guild.id), "role": role_json(guild.roles[0], position=0)}


SAFE = "is bitcoin safe?"
POINTER = "That answer is for you alone. Use my command with a slash: only you will see what it says."
SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


async def test_a_slash_question_is_answered_only_for_its_asker(stand: Stand) -> None:
    answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
    assert answer.ephemeral
    assert words(answer).startswith("Is Bitcoin safe?\nBitcoin is neither")
    assert stand.mod.sees(stand.general) == []


async def test_an_answer_has_a_title_a_text_its_sources_and_related_questions(stand: Stand) -> None:
    answer = await (await stand.alice.uses(stand.general, "show", topic="exchange-risk")).answer()
    entry = stand.office.assistant._tools.shelf.entry("exchange-risk")
    assert entry
    assert answer.message
    [embed] = answer.message.embeds
    assert embed["title"] == entry.question
    assert {source.url for source in entry.sources if source.url} <= {
        url for _, url in seen(str(embed["description"])).links
    }
    related = [found.question for topic in entry.related if (found := stand.office.assistant._tools.shelf.entry(topic))]
    assert related[0] in answer.buttons


async def test_a_public_question_is_answered_for_all(stand: Stand) -> None:
    answer = await (await stand.alice.uses(stand.general, "ask", question=SAFE, public=True)).answer()
    assert not answer.ephemeral
    assert answer.message in stand.mod.sees(stand.general)
    assert answer.message is not None
    assert answer.message.pings == set()


async def test_a_server_can_turn_round_who_sees_slash_answers(stand: Stand) -> None:
    done = await (await stand.mod.uses(stand.general, "settings", key="public", value="on")).answer()
    assert done.ephemeral
    shown = await (await stand.alice.uses(stand.general, "ask", question=SAFE)).answer()
    assert not shown.ephemeral
    hidden = await (await stand.alice.uses(stand.general, "ask", question=SAFE, public=False)).answer()
    assert hidden.ephemeral


async def test_topics_are_offered_while_somebody_types(stand: Stand) -> None:
    found = await stand.alice.types(stand.general, "ask", question="seed")
    assert any("seed" in choice.name.lower() for choice in found)
    fuzzy = await stand.alice.types(stand.general, "ask", question="how do i spto a scamm")
    assert any("scam" in choice.name.lower() for choice in fuzzy)
    everything = await stand.alice.types(stand.general, "show", topic="")
    assert len(everything) == 25
    chosen = await (await stand.alice.uses(stand.general, "show", topic=str(everything[0].value))).answer()
    assert words(chosen).startswith(everything[0].name)


async def test_what_is_offered_while_somebody_types_comes_from_memory(stand: Stand) -> None:
    await stand.office.steps.forward(10)  # what is done unasked has been
    reads: list[object] = []
    event.listen(
        stand.office.store._database._engine.sync_engine, "before_cursor_execute", lambda *told: reads.append(told)
    )
    assert await stand.alice.types(stand.general, "ask", question="seed")
    assert reads  # what the server has chosen, once
    reads.clear()
    for text in ("seed phr", "is an exchange sa", "scam"):
        assert await stand.alice.types(stand.general, "ask", question=text)
    assert reads == []


async def test_a_mention_is_answered_with_a_reply_that_pings_nobody(stand: Stand) -> None:
    bot = stand.server.bot.mention
    question = await stand.alice.says(stand.general, f"{bot} {SAFE} @everyone <@{stand.mod.id}>")
    answer = await stand.server.next_message(stand.general, after=question)
    assert answer.reference is question
    assert answer.pings == set()
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_a_reply_to_the_bot_is_a_question(stand: Stand) -> None:
    question = await stand.alice.says(stand.general, f"{stand.server.bot.mention} hello")
    hello = await stand.server.next_message(stand.general, after=question)
    further = await stand.alice.says(stand.general, SAFE, to=hello)
    answer = await stand.server.next_message(stand.general, after=further)
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_what_is_not_said_to_the_bot_is_left_alone(stand: Stand) -> None:
    await stand.alice.says(stand.general, SAFE)
    await stand.mod.says(stand.general, "who knows?")
    await stand.server.quiet()
    assert len(stand.general.messages) == 2


async def test_every_direct_message_is_a_question(stand: Stand) -> None:
    question = await stand.alice.says(stand.alice.direct, SAFE)
    answer = await stand.server.next_message(stand.alice.direct, after=question)
    assert words(answer).startswith("Is Bitcoin safe?")
    slash = await (await stand.alice.uses(stand.alice.direct, "about")).answer()
    assert not slash.ephemeral


async def test_the_context_menu_answers_somebody_elses_message(stand: Stand) -> None:
    message = await stand.mod.says(stand.general, SAFE)
    answer = await (await stand.alice.uses_on(message, "Answer this")).answer()
    assert answer.ephemeral
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_a_user_app_answers_where_the_bot_is_not(stand: Stand) -> None:
    carol = stand.server.user("Carol", installed=True)
    foreign = stand.server.guild("Elsewhere", members=[carol], bot=None)
    assert "settings" not in carol.offered(foreign.general)
    answer = await (await carol.uses(foreign.general, "ask", question=SAFE)).answer()
    assert answer.ephemeral
    shown = await (await carol.uses(foreign.general, "ask", question=SAFE, public=True)).answer()
    assert not shown.ephemeral
    chat = stand.server.group_chat(carol, stand.alice)
    answer = await (await carol.uses(chat, "topics")).answer()
    assert answer.ephemeral
    assert answer.options


async def test_a_thread_is_answered_in_the_thread(stand: Stand) -> None:
    thread = stand.server.channel(stand.guild, "fees", parent=stand.general)
    question = await stand.alice.says(thread, f"{stand.server.bot.mention} {SAFE}")
    answer = await stand.server.next_message(thread, after=question)
    assert words(answer).startswith("Is Bitcoin safe?")
    assert stand.general.messages == []


async def test_without_the_permission_for_embeds_the_answer_is_plain_text(stand: Stand) -> None:
    stand.server.permits(stand.guild, without=Permission.EMBED_LINKS)
    question = await stand.alice.says(stand.general, f"{stand.server.bot.mention} {SAFE}")
    answer = await stand.server.next_message(stand.general, after=question)
    assert answer.embeds == []
    assert answer.components
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_where_the_bot_cannot_read_the_history_it_answers_without_a_reference(stand: Stand) -> None:
    veiled = ~Permission.READ_MESSAGE_HISTORY
    guild = stand.server.guild("Veiled", members=[stand.alice], everybody=EVERYBODY & veiled, bot=INVITED & veiled)
    question = await stand.alice.says(guild.general, f"{stand.server.bot.mention} {SAFE}")
    answer = await stand.server.next_message(guild.general, after=question)
    assert answer.reference is None


@pytest.mark.parametrize("in_thread", [False, True])
async def test_where_the_bot_may_not_write_it_does_not_try(stand: Stand, *, in_thread: bool) -> None:
    server, guild = stand.server, stand.guild
    channel = server.channel(guild, "fees", parent=stand.general) if in_thread else stand.general
    missing = Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES
    guild.roles[0].permissions &= ~missing
    guild.grants(stand.alice, missing)
    server.permits(guild, Permission.MANAGE_MESSAGES, without=missing)
    server.gateway.dispatch("GUILD_ROLE_UPDATE", role_update(guild), intent=Intent.GUILDS, guild_id=guild.id)
    await stand.alice.says(channel, f"{server.bot.mention} {SAFE}")
    leak = await stand.alice.says(channel, f"{server.bot.mention} {SEED}")
    await server.quiet()
    assert leak.deleted
    assert len(channel.messages) == 1
    assert server.record.invalid == 0
    answer = await (await stand.alice.uses(channel, "ask", question=SAFE)).answer()
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_a_message_without_words_is_answered_too(stand: Stand) -> None:
    server = stand.server
    only_a_file = await stand.alice.says(stand.alice.direct, "", screenshot=b"x")
    answer = await server.next_message(stand.alice.direct, after=only_a_file)
    assert "read" in words(answer)
    only_a_name = await stand.alice.says(stand.general, server.bot.mention)
    answer = await server.next_message(stand.general, after=only_a_name)
    assert words(answer)


async def test_a_sticker_in_a_direct_message_is_answered_too(stand: Stand) -> None:
    sticker = await stand.alice.sticks("wave", stand.alice.direct)
    answer = await stand.server.next_message(stand.alice.direct, after=sticker)
    assert "read" in words(answer)
    await stand.alice.sticks("wave", stand.general)
    await stand.server.quiet()
    assert len(stand.general.messages) == 1


async def test_a_message_forwarded_to_the_bot_is_a_question(stand: Stand) -> None:
    said = await stand.mod.says(stand.general, SAFE)
    forwarded = await stand.alice.forwards(said, stand.alice.direct)
    answer = await stand.server.next_message(stand.alice.direct, after=forwarded)
    assert words(answer).startswith("Is Bitcoin safe?")
    leak = await stand.mod.says(stand.general, SEED)
    forwarded = await stand.alice.forwards(leak, stand.alice.direct)
    warning = await stand.server.next_message(stand.alice.direct, after=forwarded)
    assert "Treat it as stolen" in words(warning)


@pytest.mark.parametrize("private", [False, True])
async def test_what_the_core_says_about_a_delivered_answer_follows_it(stand: Stand, *, private: bool) -> None:
    stand.office.assistant.remark = Reply(text=plain("one thing more"), private=private)
    question = await stand.alice.says(stand.general, f"{stand.server.bot.mention} {SAFE}")
    answer = await stand.server.next_message(stand.general, after=question)
    remark = await stand.server.next_message(stand.general, after=answer)
    assert words(answer).startswith("Is Bitcoin safe?")
    assert words(remark) == (POINTER if private else "one thing more")
    assert remark.reference is question


async def test_the_bot_answers_no_bots_and_not_itself(stand: Stand) -> None:
    other = stand.server.user("Other bot")
    other.bot = True
    stand.guild.admits(other)
    await other.says(stand.general, f"{stand.server.bot.mention} {SAFE}")
    await stand.server.quiet()
    assert len(stand.general.messages) == 1


async def test_with_the_intent_overheard_questions_are_answered_when_nobody_else_does(hearing: Stand) -> None:
    general = hearing.general
    done = await (await hearing.mod.uses(general, "settings", key="speak", value="sure")).answer()
    assert "sure" in words(done)
    question = await hearing.alice.says(general, SAFE)
    await hearing.server.quiet()
    assert general.messages == [question]
    await hearing.office.steps.forward(91)
    answer = await hearing.server.next_message(general, after=question)
    assert answer.reference is question
    assert words(answer).startswith("Is Bitcoin safe?")


async def test_an_overheard_question_is_left_to_whoever_answers_it(hearing: Stand) -> None:
    general = hearing.general
    await (await hearing.mod.uses(general, "settings", key="speak", value="sure")).answer()
    await hearing.alice.says(general, SAFE)
    await hearing.mod.says(general, "fairly safe, read the pins")
    await hearing.server.quiet()
    await hearing.office.steps.forward(91)
    assert len(general.messages) == 2


async def test_without_the_intent_overhearing_is_refused_in_one_sentence(stand: Stand) -> None:
    refused = await (await stand.mod.uses(stand.general, "settings", key="speak", value="sure")).answer()
    assert refused.ephemeral
    assert "needs me to read all messages" in words(refused)
    state = await stand.office.store.groups.state(stand.group)
    assert state.settings.speak.value == "mention"


async def test_commands_are_offered_where_they_make_sense(stand: Stand) -> None:
    everybody = {"ask", "show", "topics", "help", "about", "privacy", "forget"}
    assert everybody <= stand.alice.offered(stand.general)
    assert "pin" not in stand.alice.offered(stand.general)
    assert {"pin", "pins", "unpin", "settings", "entry", "alias", "review", "stats", "log", "doctor"} <= (
        stand.mod.offered(stand.general)
    )
    assert "entry" not in stand.alice.offered(stand.alice.direct)
    assert stand.alice.offered(stand.general, kind=ON_MESSAGE) == {"Answer this"}
    assert stand.mod.offered(stand.general, kind=ON_MESSAGE) == {"Answer this", "Pin this answer"}
    with pytest.raises(NotPossible, match="missing"):
        await stand.alice.uses(stand.general, "ask")
