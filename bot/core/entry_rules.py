"""What a group's moderators may write: how much, and nothing that harms its readers."""

import re
from collections.abc import Iterable

from bot.core.owntext import check_links, cleaned
from bot.core.shelf import Shelf
from bot.core.shelves import is_safety
from bot.core.turn import Turn
from bot.errors import Refusal
from bot.storage.own_entries import OWN, OwnContent, OwnEntry
from faq.library import comparable
from faq.matcher import Decision

QUESTION = 80
ANSWER = 1_500
WORDINGS = 20
WORDING = 200
ID = 40


def checked(turn: Turn, own: OwnEntry) -> OwnEntry:
    """Return an entry made harmless.

    Raises:
        Refusal: it is too long, hides a link, holds a wallet's secrets, or would take a safety entry's place.
    """
    question, answer = cleaned(own.question), cleaned(own.answer, lines=True)
    if not 5 <= len(question) <= QUESTION:
        raise Refusal("entry_question", least=5, most=QUESTION)
    if not 1 <= len(answer) <= ANSWER:
        raise Refusal("entry_answer", most=ANSWER)
    check_links(question, allowed=False)
    check_links(answer, allowed=True)
    if own.overrides and (own.overrides.startswith(OWN) or not turn.tools.shelf.entry(own.overrides)):
        raise Refusal("unknown_topic", topic=own.overrides[:40])
    wordings = tuple(dict.fromkeys(filter(None, (cleaned(wording) for wording in own.wordings))))
    if len(wordings) > WORDINGS:
        raise Refusal("entry_wordings", most=WORDINGS)
    for wording in (question, *wordings):
        _check_harmless(turn, wording)
    if turn.tools.guard.catches(f"{question}\n{answer}", addressed=True):
        raise Refusal("entry_secret")
    for wording in (question, *wordings):
        _check_place(turn, wording, topic=own.overrides)
    return OwnEntry(id=own.id, question=question, answer=answer, wordings=wordings, overrides=own.overrides)


def checked_wording(turn: Turn, wording: str, *, topic: str) -> str:
    """Return a wording made harmless.

    Raises:
        Refusal: it is too long, holds a link or a wallet's secrets, or belongs to a safety entry other than `topic`.
    """
    wording = cleaned(wording)
    _check_harmless(turn, wording)
    _check_place(turn, wording, topic=topic)
    return wording


def id_for(question: str, *, taken: OwnContent) -> str:
    """Return a new id, made of the question's letters."""
    slug = re.sub(r"[^a-z0-9]+", "-", question.casefold()).strip("-") or "entry"
    stem = f"{OWN}{slug}"[: ID - 3].rstrip("-")
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
    return next(topic for topic in candidates if topic not in taken.entries)


def check_overrides(content: OwnContent, changed: Iterable[OwnEntry]) -> None:
    """Make sure that no two entries take the place of the same shared one."""
    after = dict(content.entries) | {own.id: own for own in changed}
    places: dict[str, str] = {}
    for own in after.values():
        if own.overrides and places.setdefault(own.overrides, own.id) != own.id:
            raise Refusal("entry_overridden", topic=own.overrides, other=places[own.overrides])


def _check_harmless(turn: Turn, wording: str) -> None:
    if not 2 <= len(wording) <= WORDING:
        raise Refusal("wording_length", most=WORDING)
    check_links(wording, allowed=False)
    if turn.tools.guard.catches(wording, addressed=True):
        raise Refusal("entry_secret")


def _check_place(turn: Turn, wording: str, *, topic: str) -> None:
    """Make sure that no wording takes a safety entry's place. Comes last: what holds a secret is told so first."""
    found = _shared_topic(turn.tools.shelf, wording)
    if found != topic and is_safety(turn.tools.shelf, found):
        raise Refusal("wording_safety", wording=wording[:60], topic=found)


def _shared_topic(shelf: Shelf, wording: str) -> str:
    """Return the shared entry to which a wording surely leads, "" for none."""
    if known := shelf.wordings.get(comparable(wording)):
        return known
    matches = shelf.faq.search(wording, limit=1)
    return matches[0].id if shelf.faq.decide(matches) is Decision.ANSWER else ""
