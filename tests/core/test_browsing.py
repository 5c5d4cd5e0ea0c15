"""Start, help, about and topics."""

import pytest

from bot.messages import Reply
from bot.richtext import text_of
from faq.matcher import Faq
from tests.conftest import Ask, Person, button, labels


async def test_start_says_what_the_bot_never_does(ask: Ask) -> None:
    text = await ask("/start")
    assert "I never write to you first" in text
    assert "is a fake" in text


async def test_help_names_every_command_that_one_may_use(ask: Ask) -> None:
    text = await ask("/help")
    assert "show <topic>" in text
    assert "other" not in text.split()


async def test_about_names_the_article_the_disclaimer_and_what_is_stored(ask: Ask) -> None:
    text = await ask("/about")
    assert "Token Metrics" in text
    assert "advice" in text
    assert "not stored" in text


async def test_every_topic_can_be_reached_by_pressing_buttons(alice: Person, faq: Faq) -> None:
    alice_may_press_a_lot = 0
    reached: set[str] = set()
    themes = await alice.says("/topics")
    for theme in labels(themes):
        page: Reply | None = await alice.presses(button(themes, theme))
        while page:
            alice_may_press_a_lot += 1
            assert page.choices
            reached |= {option.action.removeprefix("show ") for option in page.choices.options}
            more = [b for row in page.buttons for b in row if b.label == "More ›"]
            alice.name = f"alice{alice_may_press_a_lot}"
            page = await alice.presses(more[0]) if more else None
    assert reached == set(faq.entries)


async def test_a_page_that_is_not_there_shows_the_nearest(ask: Ask) -> None:
    assert await ask("/topics 1 99") == await ask("/topics 1 2")
    assert await ask("/topics 99") == await ask("/topics")


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "-1", "0"])
async def test_a_theme_that_is_no_number_shows_the_themes(ask: Ask, number: str) -> None:
    assert await ask(f"/topics {number}") == await ask("/topics")


async def test_topics_of_a_theme_lead_back(alice: Person) -> None:
    reply = await alice.says("/topics 2")
    back = await alice.presses(button(reply, "‹ Back"))
    assert back
    assert "What would you like to read about?" in text_of(back.text)
