"""Questions from chats in which the bot is no member."""

from bot.adapters.telegram.adapter import Options
from bot.core.assistant import Assistant
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_server import TelegramServer


async def test_ten_answers_are_offered_and_the_chosen_one_is_sent(telegram: Stage) -> None:
    alice, bob = telegram.server.user("Alice"), telegram.server.user("Bob")
    chat = telegram.server.group("Elsewhere", members=[alice, bob], with_bot=False)
    query = await alice.asks_inline("is my exchange safe")
    await query.answered()
    assert 1 < len(query.results) <= 10
    assert all(result["title"] and result["description"] for result in query.results)
    message = await alice.chooses(query, 0, chat=chat)
    assert message.text.startswith(str(query.results[0]["title"]))
    assert message.buttons == []


async def test_for_nothing_typed_the_first_topics_are_offered(telegram: Stage) -> None:
    query = await telegram.server.user("Alice").asks_inline("")
    await query.answered()
    assert len(query.results) == 10


async def test_a_secret_is_offered_nothing_but_the_list_of_topics(telegram: Stage) -> None:
    leak = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    query = await telegram.server.user("Alice").asks_inline(leak)
    answer = await query.answered()
    assert query.results == []
    assert answer["button"]


async def test_an_inline_question_that_is_too_old_is_nobodys_loss(telegram: Stage) -> None:
    alice = telegram.server.user("Alice")
    with telegram.server.held():
        query = await alice.asks_inline("halving")
        query.expire()
    await telegram.handled()
    assert telegram.events("handled") == 1


async def test_guests_are_answered_only_if_the_operator_says_so(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    alice = server.user("Alice")
    chat = server.group("Elsewhere", members=[alice], with_bot=False)
    async with connected(server, assistant, clock) as stage:
        assert (await alice.summons(chat, "@safety_bot what is the halving")).update_id is None
        await stage.handled()
    options = Options(api_url=server.url, guest=True)
    async with connected(server, assistant, clock, options):
        query = await alice.summons(chat, "@Safety_Bot what is the bitcoin halving?")
        await query.answered()
        assert query.message
        assert query.message.text.startswith("What is the Bitcoin halving?")
        miss = await alice.summons(chat, "@safety_bot /settings speak never")
        await miss.answered()


async def test_a_guest_reads_which_topics_may_be_meant_and_nothing_private_is_shown_to_all(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    alice = server.user("Alice")
    chat = server.group("Elsewhere", members=[alice], with_bot=False)
    async with connected(server, assistant, clock, Options(api_url=server.url, guest=True)) as stage:
        vague = await alice.summons(chat, "@safety_bot wallet stolen safe exchange")
        await vague.answered()
        assert vague.message
        assert "Did you mean" in vague.message.text
        assert vague.message.text.count("• ") > 1
        leak = "legal winner thank year wave sausage worth useful legal winner thank yellow"
        caught = await alice.summons(chat, f"@safety_bot {leak}")
        await caught.answered()
        assert caught.message
        assert "Treat it as stolen" in caught.message.text
        many = [await alice.summons(chat, "@safety_bot what is the halving?") for _ in range(25)]
        await stage.handled()
        shown = [query.message.text for query in many if query.message]
        assert shown
        assert len(shown) < len(many)
        assert not any("more than I can answer" in text for text in shown)


async def test_what_a_group_has_written_itself_is_offered_nowhere_else(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    mod = server.user("Mod")
    group, home = server.group("Group", owner=mod), server.private(mod)
    abroad = server.group("Elsewhere", members=[mod], with_bot=False)
    asked = "when is our meetup in the pub?"
    async with connected(server, assistant, clock, Options(api_url=server.url, guest=True)) as stage:
        await mod.follows(f"https://t.me/safety_bot?start=g{group.id}_settings")
        await home.next_message()
        await mod.says(home, "/entry add")
        for answer in (asked, "Each Monday at seven.", "meetup time", "-"):
            await home.next_message()
            await mod.says(home, answer)
        assert "Added" in (await home.next_message()).text
        await mod.says(group, f"/ask {asked}")
        assert "Monday" in (await group.next_message()).text
        query = await mod.asks_inline(asked)
        await query.answered()
        assert "Monday" not in str(query.results)
        assert query.results
        guest = await mod.summons(abroad, f"@safety_bot {asked}")
        await guest.answered()
        assert guest.message
        assert "Monday" not in guest.message.text
        await stage.handled()
