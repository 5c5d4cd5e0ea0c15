"""Private chats that are about a group: for how long, and which group a press is about."""

import pytest

from bot.adapters.telegram.adapter import Options
from bot.core.assistant import Assistant
from tests.adapters.telegram.conftest import Hours, Stage, connected
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_faults import refusal
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_server import TelegramServer


@pytest.fixture
def mod(telegram: Stage) -> Person:
    return telegram.server.user("Mod")


@pytest.fixture
def group(telegram: Stage, mod: Person) -> Chat:
    return telegram.server.group("Beginners", owner=mod)


@pytest.fixture
def home(telegram: Stage, mod: Person) -> Chat:
    return telegram.server.private(mod)


async def goes_home(mod: Person, group: Chat, home: Chat, action: str = "settings") -> str:
    """Open the private chat about a group, and return what is shown there."""
    await mod.follows(f"https://t.me/safety_bot?start=g{group.id}_{action}")
    return (await home.next_message()).text


async def test_a_command_for_a_group_says_that_its_time_is_over_before_it_changes_the_private_chat_instead(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await goes_home(mod, group, home)
    telegram.clock.forward(3601)
    await mod.says(home, "hi")
    await home.next_message()
    await mod.says(home, "/settings currency EUR")
    assert "open the private chat from there" in (await home.next_message()).text
    await mod.says(home, "/settings")
    assert "Currency: USD" in (await home.next_message()).text
    await mod.says(home, "/settings currency EUR")
    assert "EUR" in (await home.next_message()).text
    assert "Currency: USD" in await goes_home(mod, group, home)


async def test_a_chat_stays_about_its_group_though_telegram_once_does_not_say_who_is_a_member(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    telegram.server.faults.add("getChatMember", refusal(400, "Bad Request: member list is inaccessible"))
    await goes_home(mod, group, home, "show_halving")
    await mod.says(home, "/settings currency EUR")
    assert "EUR" in (await home.next_message()).text
    assert "EUR" in await goes_home(mod, group, home)
    await mod.follows("https://t.me/safety_bot?start=settings")
    assert "USD" in (await home.next_message()).text


async def writes_entry(mod: Person, group: Chat, home: Chat, question: str) -> str:
    """Write an entry for a group, and return its id."""
    await goes_home(mod, group, home)
    await mod.says(home, "/entry add")
    for answer in (question, "Each Monday at seven.", "-", "-"):
        await home.next_message()
        await mod.says(home, answer)
    return (await home.next_message()).text.split("(")[1].split(")")[0]


async def test_a_button_about_one_group_touches_no_entry_of_another(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    other = telegram.server.group("Advanced", owner=mod)
    question = "When exactly is our regular evening meeting downtown?"
    topic = await writes_entry(mod, group, home, question)
    assert await writes_entry(mod, other, home, question) == topic
    await goes_home(mod, group, home)
    await mod.says(home, f"/entry remove {topic}")
    sure = await home.next_message()
    await goes_home(mod, other, home)
    assert "too old" in await (await mod.presses(sure, "Remove it")).alert()
    await telegram.handled()
    await goes_home(mod, group, home)
    await mod.presses(sure, "Remove it")
    await home.next_edit()
    assert "evening" not in await listed(mod, home)
    await goes_home(mod, other, home)
    assert "evening" in await listed(mod, home)


async def listed(mod: Person, home: Chat) -> str:
    """Return the list of entries of the group that the private chat is about."""
    await mod.says(home, "/entry list")
    found = await home.next_message()
    return "\n".join([found.text, *(button.text for button in found.buttons)])


async def test_a_button_of_the_private_chats_own_settings_changes_no_groups(
    telegram: Stage, mod: Person, group: Chat, home: Chat
) -> None:
    await mod.says(home, "/settings currency")
    own = await home.next_message()
    await goes_home(mod, group, home)
    await mod.presses(own, "EUR")
    await home.next_edit()
    assert "Currency: USD" in await goes_home(mod, group, home)


async def test_a_private_chat_and_its_buttons_follow_a_group_to_its_new_id(
    telegram: Stage, mod: Person, home: Chat
) -> None:
    small = telegram.server.group("Small", owner=mod, kind="group")
    await mod.follows(f"https://t.me/safety_bot?start=g{small.id}_settings")
    panel = await home.next_message()
    supergroup = await mod.upgrades(small)
    await telegram.handled()
    await mod.says(home, "/settings currency EUR")
    assert "EUR" in (await home.next_message()).text
    assert "Currency: EUR" in await goes_home(mod, supergroup, home)
    await mod.presses(panel, "Currency")
    await home.next_edit()
    await mod.presses(panel, "GBP")
    await home.next_edit()
    assert "Currency: GBP" in await goes_home(mod, supergroup, home)


async def test_a_button_follows_a_group_to_a_new_id_that_it_got_while_the_bot_was_away(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    mod = server.user("Mod")
    small, home = server.group("Small", owner=mod, kind="group"), server.private(mod)
    async with connected(server, assistant, clock):
        panel_text = await goes_home(mod, small, home)
        assert "Currency: USD" in panel_text
        await mod.says(home, "/settings currency")
        values = await home.next_message()
    supergroup = await mod.upgrades(small)
    server.world.updates.drop_all()
    async with connected(server, assistant, clock):
        await mod.presses(values, "EUR")
        await home.next_edit()
        assert "Currency: EUR" in await goes_home(mod, supergroup, home)


async def test_a_new_id_is_learned_however_late_telegram_tells_of_it(
    server: TelegramServer, assistant: Assistant, clock: Hours
) -> None:
    mod = server.user("Mod")
    small, home = server.group("Small", owner=mod, kind="group"), server.private(mod)
    async with connected(server, assistant, clock):
        await goes_home(mod, small, home)
        await mod.says(home, "/settings currency EUR")
        await home.next_message()
    supergroup = await mod.upgrades(small)
    clock.forward(3600)
    async with connected(server, assistant, clock) as stage:
        await stage.handled()
        assert "Currency: EUR" in await goes_home(mod, supergroup, home)


async def test_where_the_operator_lets_the_bot_work_it_works_under_the_groups_new_id_too_after_a_restart(
    server: TelegramServer, assistant: Assistant, clock: Hours, caplog: pytest.LogCaptureFixture
) -> None:
    mod = server.user("Mod")
    small = server.group("Small", owner=mod, kind="group")
    options = Options(api_url=server.url, groups=frozenset({str(small.id)}))
    async with connected(server, assistant, clock, options) as stage:
        supergroup = await mod.upgrades(small)
        await stage.handled()
    assert f"new id {supergroup.id}" in caplog.text
    async with connected(server, assistant, clock, options):
        await mod.says(supergroup, "/ask hi")
        await supergroup.next_message()
