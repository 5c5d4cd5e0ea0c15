"""What the bot does unasked: pins stay fresh, and a defect costs no more than one of them."""

import pytest

from bot.adapters.telegram.errands import AGAIN_S
from bot.adapters.telegram.post import Post, Posted
from bot.core.overheard import Overheard, Waiting
from bot.messages import Place, Reply
from faq.entry import Flag
from faq.matcher import Faq
from tests.adapters.telegram.conftest import Stage
from tests.platforms.telegram_chat import Chat
from tests.platforms.telegram_objects import Message
from tests.platforms.telegram_people import Person


@pytest.fixture
def mod(telegram: Stage) -> Person:
    return telegram.server.user("Mod")


@pytest.fixture
def group(telegram: Stage, mod: Person) -> Chat:
    return pinning_group(telegram, mod, "Beginners")


def pinning_group(telegram: Stage, mod: Person, title: str) -> Chat:
    group = telegram.server.group(title, owner=mod)
    group.promote(telegram.server.bot, "can_pin_messages")
    return group


@pytest.fixture
def priced(faq: Faq) -> str:
    """A topic whose answer shows a price, so that its pin is refreshed each hour."""
    return next(entry.id for entry in faq.entries.values() if Flag.PRICE in entry.flags)


async def pinned(telegram: Stage, mod: Person, group: Chat, topic: str) -> Message:
    await mod.says(group, f"/pin@safety_bot {topic}")
    answer = await group.next_message()
    await telegram.handled()
    return answer


async def pass_an_hour(telegram: Stage) -> None:
    """Let an hour go by, and then some seconds more, in which the bot looks for what is due and does it."""
    await telegram.clock.passes(3601)
    for _ in range(10):
        await telegram.clock.passes(1)


async def test_a_pin_with_a_price_stays_fresh_until_somebody_deletes_it(
    telegram: Stage, priced: str, mod: Person, group: Chat
) -> None:
    answer = await pinned(telegram, mod, group, priced)
    await pass_an_hour(telegram)
    assert await group.next_edit() is answer
    await mod.deletes(answer)
    await pass_an_hour(telegram)
    assert [bool(call.refusal) for call in telegram.server.calls_of("editMessageText")] == [False, True]
    await mod.says(group, "/pins@safety_bot")
    await mod.follows((await group.next_message()).buttons[0].url)
    assert "Nothing of mine" in (await telegram.server.private(mod).next_message()).text


async def test_a_defect_in_one_thing_that_is_due_costs_that_alone(
    telegram: Stage, priced: str, mod: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    groups = [pinning_group(telegram, mod, title) for title in ("Beginners", "Others")]
    titles = [(await pinned(telegram, mod, group, priced)).text.splitlines()[0] for group in groups]
    edit = Post.edit
    tried: list[str] = []

    async def broken_once(self: Post, reply: Reply, place: Place) -> Posted:
        tried.append(place.group)
        if len(tried) == 1:
            raise ValueError(reply.title)
        return await edit(self, reply, place)

    monkeypatch.setattr(Post, "edit", broken_once)
    await pass_an_hour(telegram)
    assert sorted(tried) == sorted(str(group.id) for group in groups)
    assert len(telegram.server.calls_of("editMessageText")) == 1
    assert telegram.events("failed") == 1
    assert "ValueError" in caplog.text
    assert titles[0] not in caplog.text


async def test_a_defect_in_looking_for_what_is_due_ends_nothing(
    telegram: Stage, priced: str, mod: Person, group: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await pinned(telegram, mod, group, priced)

    def broken(self: Overheard, platform: str) -> tuple[Waiting, ...]:
        raise ValueError(platform)

    with monkeypatch.context() as patch:
        patch.setattr(Overheard, "ripe", broken)
        telegram.clock.forward(3601)
        await telegram.clock.slept(AGAIN_S)
    telegram.clock.forward(AGAIN_S)
    assert await group.next_edit() is answer
    assert telegram.events("failed") == 1
