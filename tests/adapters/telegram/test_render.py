"""A reply becomes text, entities and buttons."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram import render
from bot.adapters.telegram.render import Keyboard, action_and_group, pressed_data
from bot.core.commands import COMMANDS
from bot.messages import Button, Choices, Place, Reply
from bot.richtext import Span, join, link, moment, plain

HERE = Place(platform="telegram", group="-1001", channel="-1001")
ALONE = Place(platform="telegram", group="", channel="5", direct=True)
ABOUT = Place(platform="telegram", group="-1001234567890", channel="5", direct=True)


def shown(text: render.Text) -> list[tuple[str, str]]:
    """Return each entity's type and the words under it."""
    raw = text.text.encode("utf-16-le", "surrogatepass")
    found = []
    for entity in text.entities:
        offset, length = entity["offset"], entity["length"]
        assert isinstance(offset, int)
        assert isinstance(length, int)
        found.append((str(entity["type"]), raw[2 * offset : 2 * (offset + length)].decode("utf-16-le")))
    return found


def test_styles_lie_under_the_right_words_even_behind_emoji() -> None:
    at = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    rich = join([plain("👍🏽 "), plain("bold", bold=True), plain("it", italic=True), plain("x()", code=True)], "")
    (text,) = render.texts(
        Reply(title="🔑 Title", text=(*rich, *link("here", "https://a.example"), *moment("noon", at)))
    )
    assert shown(text) == [
        ("bold", "🔑 Title"),
        ("bold", "bold"),
        ("italic", "it"),
        ("code", "x()"),
        ("text_link", "here"),
        ("date_time", "noon"),
    ]


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=3000), max_size=6))
def test_no_piece_is_longer_than_telegram_takes_and_nothing_is_lost(parts: list[str]) -> None:
    rich = tuple(Span(part, bold=number % 2 == 0) for number, part in enumerate(parts) if part)
    pieces = render.texts(Reply(text=rich))
    assert all(0 < render.width(piece.text) <= render.TEXT for piece in pieces)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join("".join(parts).split())


def test_an_alert_fits_and_ends_at_a_word() -> None:
    text = render.alert(Reply(text=plain("word " * 100)))
    assert render.width(text) <= render.ALERT
    assert text.endswith("word…")
    assert render.alert(Reply(text=plain("short\n\nand sweet"))) == "short and sweet"


def buttons(reply: Reply, place: Place) -> list[tuple[str, str]]:
    markup = Keyboard("safety_bot", COMMANDS.get).of(reply, place)
    assert markup
    rows = markup["inline_keyboard"]
    assert isinstance(rows, list)
    return [(button.get("callback_data", ""), button.get("url", "")) for row in rows for button in row]


def test_under_an_answer_in_a_group_topics_are_links_and_votes_are_not() -> None:
    row = (
        Button(label="A", action="show a"),
        Button(label="No", action="other a 1b2c"),
        Button(label="T", action="topics"),
    )
    home = "https://t.me/safety_bot?start=g-1001_"
    assert buttons(Reply(buttons=(row,), topic="x"), HERE) == [
        ("", f"{home}show_a"),
        ("other a 1b2c", ""),
        ("", f"{home}topics"),
    ]
    assert buttons(Reply(buttons=(row,)), HERE)[0] == ("", f"{home}show_a")
    assert buttons(Reply(buttons=(row,), offers=True), HERE)[0] == ("show a", "")
    assert [data for data, _ in buttons(Reply(buttons=(row,), topic="x"), ALONE)] == [
        "show a",
        "other a 1b2c",
        "topics",
    ]


def test_choices_in_a_group_are_links_to_the_private_chat() -> None:
    choices = Choices(prompt="Choose", options=(Button(label="One", action="topics 1"),))
    assert buttons(Reply(choices=choices), HERE) == [("", "https://t.me/safety_bot?start=g-1001_topics_1")]
    assert buttons(Reply(choices=choices), ALONE) == [("topics 1", "")]


def test_a_button_in_a_private_chat_about_a_group_names_the_group_where_it_fits() -> None:
    assert action_and_group(pressed_data("settings speak sure", ABOUT)) == ("settings speak sure", "-1001234567890")
    longest = "show " + "a" * 59
    assert pressed_data(longest, ABOUT) == longest
    assert pressed_data("settings", HERE) == "settings"
    assert action_and_group("show a@b") == ("show a@b", "")
