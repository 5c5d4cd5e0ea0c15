"""Answering: outright, by "did you mean", by an honest miss, or by silence."""

import zlib
from collections.abc import Iterable
from dataclasses import replace

from bot.core.browsing import topics_button
from bot.core.turn import Turn
from bot.errors import Refusal
from bot.messages import Button, Reply, Suggestion
from bot.richtext import RichText, join, link, plain
from faq.entry import Entry, Flag, Source
from faq.matcher import Decision, Match

SUGGESTIONS = 3
RELATED = 2
MISS_WINDOW_S = 120
"""Seconds in which the long form of a miss is said only once in a chat."""

_RESCUE = (("hacked", "stolen-coins"), ("contacted", "fake-support"), ("locked_out", "lost-access"))


async def ask(turn: Turn) -> Reply | None:
    """Answer a question; None where silence is right."""
    text = turn.request.fields.get("question") or turn.request.argument
    if not text.strip() and turn.request.quoted:
        text = turn.request.quoted.text
    if not turn.request.addressed:
        return _overheard(turn, text)
    if not text.strip():
        return Reply(text=turn.say("ask_what"), buttons=((topics_button(turn),),))
    if entry := turn.shelf.entry(text.strip().casefold()):
        return answer(turn, entry)
    if small := turn.tools.phrases.small(text):
        return Reply(text=turn.say(small), buttons=((topics_button(turn),),))
    return _addressed(turn, text)


async def show(turn: Turn) -> Reply:
    """Show the answer to a topic: its id, or words that name it.

    Raises:
        Refusal: no entry fits.
    """
    wanted = (turn.request.fields.get("topic") or turn.request.argument).strip()
    if not wanted:
        raise Refusal("show_what")
    if entry := turn.shelf.entry(wanted.casefold().replace(" ", "-")):
        return answer(turn, entry)
    matches = turn.shelf.faq.search(wanted, limit=SUGGESTIONS)
    match turn.shelf.faq.decide(matches):
        case Decision.ANSWER:
            return answer(turn, turn.shelf.faq.entries[matches[0].id], others=matches[1:])
        case Decision.SUGGEST:
            return _suggestions(turn, matches)
        case Decision.NONE:
            raise Refusal("unknown_topic", topic=wanted[:40])


async def other(turn: Turn) -> Reply:
    """Offer the next entries after "Not my question"; the button carries their codes."""
    _, *codes = turn.request.argument.split() or [""]
    found = [entry for entry in turn.shelf.faq.entries.values() if code(entry.id) in codes]
    if not found:
        return Reply(text=turn.say("other_none"), buttons=((topics_button(turn),),))
    found.sort(key=lambda entry: codes.index(code(entry.id)))
    return Reply(text=turn.say("other"), buttons=(*_rows(found), (topics_button(turn),)))


def answer(turn: Turn, entry: Entry, *, others: tuple[Match, ...] = ()) -> Reply:
    """Return the reply that shows an entry.

    Args:
        turn: the request.
        entry: what is shown.
        others: what else fitted, best first; it stands behind "Not my question".
    """
    own = entry.id in turn.shelf.own
    parts: list[RichText] = [
        turn.shelf.answers[entry.id],
        turn.say("no_advice") if Flag.NO_ADVICE in entry.flags else (),
        turn.say("bait") if Flag.BAIT in entry.flags and turn.in_group else (),
        turn.say("own_entry") if own else _sources(turn, entry.sources),
    ]
    related = [turn.shelf.faq.entries[topic] for topic in entry.related if turn.shelf.entry(topic)][:RELATED]
    doubt = Button(label=turn.word("button_other"), action=_other_action(entry, others))
    return Reply(title=entry.question, text=join(parts), buttons=(*_rows(related), (doubt,)), topic=entry.id)


def suggestion(turn: Turn, entry: Entry) -> Suggestion:
    """Return an entry as it is offered while somebody types; its reply is the answer without buttons."""
    reply = replace(answer(turn, entry), buttons=())
    return Suggestion(topic=entry.id, title=entry.question, summary=entry.summary, reply=reply)


def code(topic: str) -> str:
    """Return a short stable name of an entry: four characters, so that three fit into a button beside an id."""
    number = zlib.crc32(topic.encode()) % 36**4
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 36**place % 36] for place in range(4))


def _addressed(turn: Turn, text: str) -> Reply:
    matches = turn.shelf.faq.search(text)
    decision = turn.shelf.faq.decide(matches)
    if decision is not Decision.ANSWER and turn.tools.english.is_foreign(text):
        return Reply(text=turn.say("not_english"), buttons=((topics_button(turn),),))
    match decision:
        case Decision.ANSWER:
            return answer(turn, turn.shelf.faq.entries[matches[0].id], others=matches[1:])
        case Decision.SUGGEST:
            return _suggestions(turn, matches)
        case Decision.NONE:
            return _miss(turn)


def _overheard(turn: Turn, text: str) -> Reply | None:
    matches = turn.shelf.faq.search(text)
    if turn.shelf.faq.decide(matches, addressed=False) is not Decision.ANSWER:
        return None
    topic = matches[0].id
    place = turn.request.place
    if not turn.tools.cooldowns.once(
        ("overheard", place.platform, place.group, topic), window_s=turn.settings.cooldown_s
    ):
        return None
    return answer(turn, turn.shelf.faq.entries[topic], others=matches[1:])


def _suggestions(turn: Turn, matches: tuple[Match, ...]) -> Reply:
    entries = [turn.shelf.faq.entries[match.id] for match in matches[:SUGGESTIONS]]
    return Reply(text=turn.say("suggest"), buttons=(*_rows(entries), (topics_button(turn),)))


def _miss(turn: Turn) -> Reply:
    place = turn.request.place
    first = turn.tools.cooldowns.once(("miss", place.platform, place.channel), window_s=MISS_WINDOW_S)
    if not first:
        return Reply(text=turn.say("miss_short"), buttons=((topics_button(turn),),))
    rescue = tuple(
        (Button(label=turn.word(f"button_{key}"), action=f"show {topic}"),)
        for key, topic in _RESCUE
        if turn.shelf.entry(topic)
    )
    return Reply(text=turn.say("miss"), buttons=(*rescue, (topics_button(turn),)))


def _rows(entries: Iterable[Entry]) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(label=entry.question, action=f"show {entry.id}"),) for entry in entries)


def _other_action(entry: Entry, others: tuple[Match, ...]) -> str:
    topics = [match.id for match in others if match.id != entry.id] or list(entry.related[RELATED:])
    return " ".join(["other", entry.id, *(code(topic) for topic in topics[:SUGGESTIONS])])


def _sources(turn: Turn, sources: tuple[Source, ...]) -> RichText:
    named = [_source(source) for source in sources]
    return join([turn.say("sources"), join(named, " · ")], " ") if named else ()


def _source(source: Source) -> RichText:
    name = f"{source.publisher}, {source.title}" + (f" ({source.year})" if source.year else "")
    return link(name, source.url) if source.url else plain(name)
