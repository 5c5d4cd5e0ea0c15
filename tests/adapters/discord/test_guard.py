"""Wallet secrets that people write: nothing repeats them, and they are deleted where the bot may."""

import pytest

from tests.adapters.discord.conftest import Stand
from tests.adapters.discord.eyes import words
from tests.platforms.discord_faults import Broken
from tests.platforms.discord_permissions import Permission

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


async def test_a_wallets_words_are_neither_completed_nor_kept(stand: Stand) -> None:
    assert await stand.alice.types(stand.general, "ask", question=SEED) == ()
    warned = await (await stand.alice.uses(stand.general, "ask", question=SEED)).answer()
    assert "Treat it as stolen" in words(warned)
    assert "winner" not in words(warned)


async def test_a_wallets_words_in_a_public_command_are_warned_of_in_private(stand: Stand) -> None:
    warned = await (await stand.alice.uses(stand.general, "ask", question=SEED, public=True)).answer()
    await stand.server.quiet()
    assert "Treat it as stolen" in words(warned)
    assert warned.ephemeral
    assert stand.general.messages == []


async def test_a_leaked_phrase_is_deleted_where_the_bot_may(stand: Stand) -> None:
    leak = await stand.alice.says(stand.general, f"{stand.server.bot.mention} {SEED}")
    warning = await stand.server.next_message(stand.general, after=leak)
    assert not leak.deleted
    assert "delete your message" in words(warning)
    assert warning.reference is leak
    stand.server.permits(stand.guild, Permission.MANAGE_MESSAGES)
    leak = await stand.alice.says(stand.general, f"{stand.server.bot.mention} {SEED}")
    warning = await stand.server.next_message(stand.general, after=leak)
    assert leak.deleted
    assert warning.reference is None
    assert "winner" not in words(warning)


async def test_warnings_do_not_fill_a_channel_but_what_leaked_still_goes(stand: Stand) -> None:
    stand.server.permits(stand.guild, Permission.MANAGE_MESSAGES)
    leaks = [await stand.alice.says(stand.general, f"{stand.server.bot.mention} {SEED}") for _ in range(6)]
    await stand.server.quiet()
    assert all(leak.deleted for leak in leaks)
    assert len(stand.general.messages) == 3


async def test_a_deletion_that_fails_is_known_before_the_warning_is_shown(stand: Stand) -> None:
    stand.server.permits(stand.guild, Permission.MANAGE_MESSAGES)
    await stand.server.quiet()
    stand.server.faults.add(Broken(status=503), method="DELETE", times=3)
    leak = await stand.alice.says(stand.general, f"{stand.server.bot.mention} {SEED}")
    warning = await stand.server.next_message(stand.general, after=leak)
    await stand.server.quiet()
    assert "delete your message" in words(warning)
    assert stand.general.messages == [leak, warning]
    stand.guild.revokes(stand.server.bot, Permission.MANAGE_MESSAGES)  # and the bot has not heard of it
    leak = await stand.mod.says(stand.general, f"{stand.server.bot.mention} {SEED}")
    warning = await stand.server.next_message(stand.general, after=leak)
    assert "delete your message" in words(warning)
    assert not leak.deleted


async def test_who_answers_a_leak_by_the_menu_is_told_if_it_could_not_be_deleted(stand: Stand) -> None:
    stand.server.permits(stand.guild, Permission.MANAGE_MESSAGES)
    leak = await stand.mod.says(stand.general, SEED)
    stand.server.faults.add(Broken(status=503), method="DELETE", times=3)
    interaction = await stand.alice.uses_on(leak, "Answer this")
    answer = await interaction.answer()
    await stand.server.quiet()
    assert "delete your message" in words(answer)
    assert answer.ephemeral
    assert len(interaction.answers) == 1
    assert not leak.deleted


@pytest.mark.parametrize("may_delete", [False, True])
async def test_a_warning_for_one_person_quotes_nothing(stand: Stand, *, may_delete: bool) -> None:
    if may_delete:
        stand.server.permits(stand.guild, Permission.MANAGE_MESSAGES)
    leak = await stand.mod.says(stand.general, SEED)
    for interaction in (
        await stand.alice.uses(stand.general, "ask", question=SEED),
        await stand.alice.uses_on(leak, "Answer this"),
    ):
        answer = await interaction.answer()
        assert answer.ephemeral
        assert answer.message
        assert answer.message.reference is None
        assert not {"winner", "yellow"} & set(words(answer).split())
    await stand.server.quiet()
    assert leak.deleted is may_delete
    assert stand.general.messages == ([] if may_delete else [leak])


async def test_a_warning_that_is_lost_does_not_ask_to_delete_what_is_deleted(stand: Stand) -> None:
    stand.server.permits(stand.guild, Permission.MANAGE_MESSAGES)
    await stand.server.quiet()
    stand.server.faults.add(Broken(status=503), method="POST", route="/channels/{channel_id}/messages", times=3)
    leak = await stand.alice.says(stand.general, f"{stand.server.bot.mention} {SEED}")
    await stand.server.quiet()
    assert leak.deleted
    assert stand.general.messages == []
    assert stand.counted("unknown") == 1


async def test_a_leak_found_by_the_context_menu_is_deleted_too(stand: Stand) -> None:
    stand.server.permits(stand.guild, Permission.MANAGE_MESSAGES)
    leak = await stand.mod.says(stand.general, SEED)
    answer = await (await stand.alice.uses_on(leak, "Answer this")).answer()
    assert leak.deleted
    assert "Treat it as stolen" in words(answer)
