"""The terminal plays a group: pins, edits, deletions, forms, files and a missing right."""

import io
import re
import threading
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console as Screen

from bot.adapters.console import Console, Scene
from bot.core.assistant import Assistant
from bot.messages import Receipt, Reply, Right
from bot.storage.groups import Group
from bot.storage.store import Store

QUESTION = "What is a seed phrase and how do I keep it safe?"
WRITTEN = ("Where do we meet on Fridays?", "In the library.", "friday meetup place", "")
EDITED = ("/entry edit own-where-do-we-meet-on-fridays", "", "In the park.", "", "")
ALL = frozenset(Right)
GROUP = Group("console", "beginners")
Played = Callable[..., Awaitable[str]]


@pytest.fixture
def play(assistant: Assistant, tmp_path: Path) -> Played:
    """Say lines in a scene; return what stood on the screen."""

    async def played(
        *lines: str,
        group: str = "beginners",
        rights: frozenset[Right] = ALL,
        lacks: frozenset[Right] = frozenset(),
        folder: Path = tmp_path,
        until: threading.Event | None = None,
        terminal: bool = False,
    ) -> str:
        def said() -> Iterator[str]:
            yield from lines
            if until:
                assert until.wait(20)

        file = io.StringIO()
        scene = Scene(group=group, rights=rights, lacks=lacks)
        screen = Screen(file=file, width=500, highlight=False, force_terminal=terminal)
        await Console(assistant=assistant, scene=scene, screen=screen, lines=said(), folder=folder).run()
        return file.getvalue()

    return played


@pytest.fixture
def refreshed(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once it was reported what became of the edit of a pin."""
    reported, delivered = threading.Event(), assistant.delivered

    async def watched(receipt: Receipt) -> Reply | None:
        reply = await delivered(receipt)
        if receipt.request is None:
            reported.set()
        return reply

    monkeypatch.setattr(assistant, "delivered", watched)
    return reported


async def test_a_topic_is_pinned_listed_and_unpinned_by_its_button(play: Played) -> None:
    shown = await play("/pin exchange-risk", "pins", "1", "pins")
    assert "(message 2 pinned)" in shown
    assert "(message 4, only you see this)" in shown
    assert "(message 4, edited, only you see this)" in shown
    assert "(message 2 unpinned)" in shown
    assert "Nothing of mine is pinned here." in shown


async def test_an_answer_is_pinned_by_a_reply_to_its_number(play: Played) -> None:
    shown = await play(QUESTION, ">2 /pin")
    assert "(message 2, edited)" in shown
    assert "(message 2 pinned)" in shown


async def test_a_right_that_the_bot_lacks_is_explained(play: Played) -> None:
    shown = await play("/pin exchange-risk", "pins", lacks=frozenset({Right.PIN}))
    assert "I lack the right to pin messages here" in shown
    assert "pinned)" not in shown
    assert "Nothing of mine is pinned here." in shown


async def test_a_member_without_rights_is_refused_for_their_eyes_only(play: Played) -> None:
    shown = await play("/settings", rights=frozenset())
    assert "(message 2, only you see this)" in shown
    assert "Only this group's moderators can do that" in shown


async def test_an_entry_is_written_field_by_field_and_found_and_exported(play: Played, tmp_path: Path) -> None:
    shown = await play(
        "/entry add",
        "Where do we meet on Fridays?",
        "In the library.\\nSecond floor.",
        "friday meetup place",
        "",
        "friday meetup place",
        "/entry export",
    )
    assert "(Question, as a heading:)" in shown
    assert "Added: Where do we meet on Fridays?" in shown
    assert "In the library.\nSecond floor.\n\nAdded by this group's moderators." in shown
    (file,) = saved(tmp_path)
    assert f"(saved as {file})" in shown
    shown = await play(f"/entry import {file}", "friday meetup place", group="another group")
    assert "Taken over: entries 1" in shown
    assert "Second floor." in shown


def saved(folder: Path) -> Iterator[Path]:
    return folder.glob("*.toml")


async def test_a_form_says_what_does_not_fit_and_is_cancelled(play: Played) -> None:
    shown = await play("/entry add", "", "x" * 81, "Where do we meet?", "cancel", "/entry list")
    assert "(This one is needed.)\n(Question, as a heading:)" in shown
    assert "(That is too long: at most 80 characters.)\n(Question, as a heading:)" in shown
    assert "(cancelled)" in shown
    assert "no entries or wordings" in shown


async def test_an_edit_keeps_what_stands_there_and_clears_on_a_dash(play: Played) -> None:
    fields = ("Who is zorbl frobnitz?", "An answer.", "zorbl quux frobnitz", "")
    shown = await play(
        "/entry add",
        *fields,
        "/entry edit own-who-is-zorbl-frobnitz",
        "",
        "Another answer.",
        "-",
        "",
        "who is zorbl frobnitz",
    )
    assert "Saved: Who is zorbl frobnitz?" in shown
    assert "Another answer." in shown


async def test_a_file_that_cannot_be_read_is_met_with_a_sentence(play: Played) -> None:
    assert "Send the file with the command" in await play("/entry import nowhere.toml")


async def test_secret_words_are_deleted_from_the_screen(play: Played) -> None:
    shown = await play("abandon " * 11 + "about")
    assert "(message 1 deleted)" in shown


async def test_talk_to_others_is_overheard_and_answered_after_a_while_only(play: Played) -> None:
    shown = await play("/settings speak sure", f"~{QUESTION}")
    assert "What is a seed phrase" not in shown.replace(QUESTION, "")
    assert len(re.findall(r"\(message \d+", shown)) == 1


async def test_buttons_of_a_panel_change_the_same_message(play: Played) -> None:
    shown = await play("/settings", "1", "4", "1")
    assert "(message 2, only you see this)" in shown
    assert shown.count("(message 2, edited, only you see this)") == 3
    assert "When I speak: never" in shown


async def test_a_private_chat_shows_no_numbers(play: Played) -> None:
    shown = await play(QUESTION, group="")
    assert "(message" not in shown
    assert "👍" not in shown


@pytest.mark.parametrize("typed", ["1", "[1]", "1."])
async def test_a_button_is_pressed_by_its_number_as_it_stands_there(play: Played, typed: str) -> None:
    assert "(message 4, edited, only you see this)" in await play(QUESTION, "/settings", typed)


async def test_a_number_without_a_button_is_a_question_like_any_other(play: Played) -> None:
    shown = await play(QUESTION, "9" * 5_000, "0", group="")
    assert shown.count("I have no answer for that") == 2


async def test_a_file_that_cannot_be_kept_is_met_with_a_line_and_the_chat_goes_on(play: Played, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    shown = await play("/entry add", *WRITTEN, "/entry export", QUESTION, folder=folder)
    assert f"(cannot be saved in {folder}: No such file or directory)" in shown
    assert QUESTION in shown


async def test_a_folder_that_is_full_of_exports_is_met_with_a_line(play: Played, tmp_path: Path) -> None:
    for name in ("entries.toml", *(f"{count}-entries.toml" for count in range(2, 100))):
        (tmp_path / name).touch()
    shown = await play("/entry add", *WRITTEN, "/entry export", QUESTION)
    assert f"(cannot be saved in {tmp_path}: too many files of that name)" in shown
    assert QUESTION in shown


async def test_a_path_that_no_file_can_have_is_met_with_a_sentence(play: Played) -> None:
    assert "Send the file with the command" in await play("/entry import no\0where.toml")


@pytest.mark.parametrize("answers", [0, 3])
async def test_a_pin_of_an_earlier_chat_is_kept_and_shown_over_no_answer_of_this_one(
    play: Played, store: Store, refreshed: threading.Event, answers: int
) -> None:
    assert "(message 6 pinned)" in await play("/entry add", *WRITTEN, "/pin own-where-do-we-meet-on-fridays")
    before = await store.pins.of(GROUP)
    shown = await play(*[QUESTION] * answers, *EDITED, until=refreshed)
    assert "Saved: Where do we meet on Fridays?" in shown
    assert "edited)" not in shown
    after = await store.pins.of(GROUP)
    assert [pin.message for pin in after] == [pin.message for pin in before]


async def test_a_pin_of_this_chat_is_edited_in_place(play: Played, refreshed: threading.Event) -> None:
    pin = "/pin own-where-do-we-meet-on-fridays"
    shown = await play("/entry add", *WRITTEN, pin, *EDITED, until=refreshed)
    assert "(message 6, edited)\nWhere do we meet on Fridays?\nIn the park." in shown


async def test_a_pin_of_an_earlier_chat_is_taken_down_without_naming_a_message_of_this_one(play: Played) -> None:
    await play("/pin exchange-risk")
    shown = await play(QUESTION, "/unpin 1")
    assert "(a message of an earlier chat unpinned)" in shown
    assert "Nothing of mine is pinned here." in await play("pins")


@pytest.mark.parametrize("terminal", [False, True])
async def test_signs_that_steer_a_terminal_are_shown_nowhere(play: Played, terminal: bool, tmp_path: Path) -> None:
    """An escape, a C1 escape, a bell, a carriage return and a turn of the writing's direction."""
    evil = "\x1b]0;title\x07\x9b31m\r\u202e"
    shown = await play(
        f"/{evil}foo",
        f"/show {evil}zorbl",
        "/entry add",
        f"Where do {evil}we meet?",
        f"[In the {evil}park.](https://example.org/{evil})",
        "friday meetup place",
        "",
        "friday meetup place",
        "/entry list",
        "/pin own-where-do-we-meet",
        "/pins",
        "/unpin 1",
        f"/entry import {evil}",
        f"/entry edit own-where-do-we-meet{evil}",
        "/entry export",
        folder=tmp_path / evil.replace("/", ""),
        terminal=terminal,
    )
    assert "Added: " in shown
    assert "cannot be saved in" in shown
    added_by_rich = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\") if terminal else re.compile(r"(?!)")
    strange = {sign for sign in added_by_rich.sub("", shown) if unicodedata.category(sign) in {"Cc", "Cf"}}
    assert strange <= {"\n", "\t"}
