"""Answering: outright, by "did you mean", by an honest miss, or by silence."""

from collections.abc import Iterable
from dataclasses import replace

from bot.core import pricing
from bot.core.asked import is_question, stripped
from bot.core.browsing import topics_button
from bot.core.owntext import defused
from bot.core.turn import Turn
from bot.errors import Refusal
from bot.messages import Button, Reply, Request, Suggestion
from bot.richtext import RichText, join
from bot.storage.review import Kind
from bot.storage.settings import Speak
from bot.storage.tally import Event
from faq.entry import Entry, Flag
from faq.library import comparable
from faq.matcher import Decision, Match

SUGGESTIONS = 3
RELATED = 2
MISS_WINDOW_S = 120
"""Seconds in which the long form of a miss is said only once in a chat."""

_RESCUE = (("hacked", "stolen-coins"), ("contacted", "fake-support"), ("locked_out", "lost-access"))


async def ask(turn: Turn) -> Reply | None:
    """Answer a question; None where silence is right."""
    text = _asked(turn)
    if not turn.request.addressed:
        return _overheard(turn, text)
    if _is_hushed(turn):
        return None
    if not text.strip():
        return Reply(text=turn.say("ask_what"), buttons=((topics_button(turn),),))
    if entry := turn.shelf.entry(text.strip().casefold()):
        return answer(turn, entry)
    return _told(turn, text) or _addressed(turn, text)


def meant(turn: Turn) -> Request | None:
    """Return the request for the command that answers a plain question better, None if `ask` does."""
    text = _asked(turn)
    if not turn.request.addressed or _is_hushed(turn) or turn.shelf.entry(text.strip().casefold()):
        return None
    return pricing.meant(turn, text)


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
    topic, *codes = turn.request.argument.split() or [""]
    if turn.shelf.entry(topic):
        await _note_other(turn, topic)
    found = {card.code: topic for topic, card in turn.shelf.cards.items() if card.code in codes}
    if not found:
        return Reply(text=turn.say("other_none"), buttons=((topics_button(turn),),))
    topics = [found[code] for code in codes if code in found]
    return Reply(text=turn.say("other"), buttons=(*_rows(turn, topics), (topics_button(turn),)), offers=True)


async def unreadable(turn: Turn) -> Reply | None:
    """Ask for words where there is only a picture, a voice or a file; once in a while."""
    place = turn.request.place
    if not turn.tools.cooldowns.once(("unreadable", place.platform, place.channel), window_s=MISS_WINDOW_S):
        return None
    return Reply(text=turn.say("only_text"), buttons=(*_rescue(turn), (topics_button(turn),)))


def answer(turn: Turn, entry: Entry, *, others: tuple[Match, ...] = ()) -> Reply:
    """Return the reply that shows an entry.

    Args:
        turn: the request.
        entry: what is shown.
        others: what else fitted, best first; it stands behind "Not my question".
    """
    own, card = entry.id in turn.shelf.own, turn.shelf.cards[entry.id]
    parts: list[RichText] = [
        card.text,
        turn.say("no_advice") if Flag.NO_ADVICE in entry.flags else (),
        turn.say("bait") if Flag.BAIT in entry.flags and turn.in_group else (),
        turn.say("own_entry") if own else join([turn.say("sources"), card.sources], " ") if card.sources else (),
        join([turn.say("own_addition"), turn.shelf.additions.get(entry.id, ())], " ")
        if entry.id in turn.shelf.additions
        else (),
    ]
    related = [topic for topic in entry.related if turn.shelf.entry(topic)][:RELATED]
    votes = [Button(label=turn.word("button_other"), action=_other_action(turn, entry, others))]
    if turn.in_group and turn.settings.feedback:
        votes.insert(0, Button(label=turn.word("button_helpful"), action=f"helpful {entry.id}"))
    title = defused(entry.question) if own else entry.question
    return Reply(title=title, text=join(parts), buttons=(*_rows(turn, related), tuple(votes)), topic=entry.id)


def _told(turn: Turn, text: str) -> Reply | None:
    """Return what is said to somebody in despair, to a greeting, thanks and the like; None to anything else."""
    if turn.tools.phrases.is_desperate(text):
        return Reply(text=turn.say("despair"), buttons=_rescue(turn))
    if small := turn.tools.phrases.small(text):
        return Reply(text=turn.say(small), buttons=((topics_button(turn),),))
    return None


def speak_up(turn: Turn, topic: str) -> Reply | None:
    """Return the answer to an overheard question; None if it was given lately, or enough was said in this hour."""
    entry = turn.shelf.entry(topic)
    group = (turn.group.platform, turn.group.id)
    if not entry or not turn.tools.cooldowns.once(("topic", group, topic), window_s=turn.settings.cooldown_s):
        return None
    if not turn.tools.cooldowns.allows(("overheard", group), window_s=3600.0, most=turn.tools.rules.an_hour):
        return None
    turn.count(Event.ANSWERED, topic=topic)
    return answer(turn, entry)


def suggestion(turn: Turn, entry: Entry) -> Suggestion:
    """Return an entry as it is offered while somebody types; its reply is the answer without buttons."""
    reply = replace(answer(turn, entry), buttons=())
    return Suggestion(topic=entry.id, title=entry.question, summary=entry.summary, reply=reply)


def _asked(turn: Turn) -> str:
    """Return the words of a question; with none of its own, those that it replies to."""
    text = turn.request.fields.get("question") or turn.request.argument
    return turn.request.quoted.text if turn.request.quoted and not text.strip() else text


def _is_hushed(turn: Turn) -> bool:
    """Return whether the group wants no answer to what is not a command."""
    return turn.in_group and turn.request.free and turn.settings.speak is Speak.NEVER


def _addressed(turn: Turn, text: str) -> Reply:
    matches, decision = _found(turn, text)
    if decision is not Decision.ANSWER and turn.tools.english.is_foreign(text):
        return Reply(text=turn.say("not_english"), buttons=((topics_button(turn),),))
    match decision:
        case Decision.ANSWER:
            entry = turn.shelf.faq.entries[matches[0].id]
            turn.count(Event.ANSWERED, topic=entry.id)
            _remember(turn, text)
            return answer(turn, entry, others=matches[1:])
        case Decision.SUGGEST:
            turn.count(Event.SUGGESTED)
            return _suggestions(turn, matches)
        case Decision.NONE:
            turn.count(Event.MISSED)
            _review(turn, text, kind=Kind.MISSED)
            return _miss(turn)


def _found(turn: Turn, text: str, *, addressed: bool = True) -> tuple[tuple[Match, ...], Decision]:
    """Return what fits and what may be said.

    A group's own entry never silences what the shared corpus says on safety: both are offered, unless the moderators
    wrote the very words.
    """
    faq = turn.shelf.faq
    matches = faq.search(text)
    decision = faq.decide(matches, addressed=addressed)
    if decision is not Decision.ANSWER or matches[0].id not in turn.shelf.own:
        return matches, decision
    own, shared = faq.entries[matches[0].id], turn.tools.shelf.faq
    rivals = shared.search(text, limit=SUGGESTIONS)
    certain = shared.decide(rivals)
    is_exact = comparable(text) in map(comparable, (own.question, *own.wordings))
    if is_exact or certain is Decision.NONE or rivals[0].id == own.id:
        return matches, decision
    looked_at = rivals[:1] if certain is Decision.ANSWER else rivals
    if not any(Flag.SAFETY in shared.entries[rival.id].flags for rival in looked_at):
        return matches, decision
    both = (rivals[0], matches[0]) if certain is Decision.ANSWER else (matches[0], rivals[0])
    rest = tuple(rival for rival in rivals[1:] if rival.id != own.id)
    return (*both, *rest), Decision.SUGGEST if addressed else Decision.NONE


def _overheard(turn: Turn, text: str) -> Reply | None:
    quoted = turn.request.quoted
    if turn.settings.speak not in {Speak.SURE, Speak.PREVIEW} or turn.request.edited:
        return None
    if (quoted and not quoted.by_bot) or not is_question(text):
        return None
    matches, decision = _found(turn, text, addressed=False)
    if decision is not Decision.ANSWER:
        return None
    topic = matches[0].id
    if turn.settings.speak is Speak.SURE and not turn.tools.rules.wait_s:
        return speak_up(turn, topic)
    turn.tools.overheard.wait(turn.request, topic=topic)
    return None


def _remember(turn: Turn, text: str) -> None:
    """Keep a question for a while in memory, where its asker may say that it was another one."""
    if turn.settings.review and turn.in_group and turn.request.message:
        place = turn.request.place
        turn.tools.questions.put((place.platform, place.channel, turn.request.message), text)


async def _note_other(turn: Turn, topic: str) -> None:
    turn.count(Event.OTHER, topic=topic)
    if not (turn.settings.review and turn.in_group and turn.request.pressed):
        return
    place = turn.request.place
    sent = await turn.tools.store.sent.answer(place, turn.request.pressed)
    text = turn.tools.questions.get((place.platform, place.channel, sent.asking)) if sent else None
    if sent and text and sent.asker == turn.asker:
        _review(turn, text, kind=Kind.OTHER, topic=topic)


def _review(turn: Turn, text: str, *, kind: Kind, topic: str = "") -> None:
    """Keep a question for the moderators, if they want that."""
    if turn.settings.review and turn.in_group and not turn.tools.guard.may_be_part(text) and (kept := stripped(text)):
        turn.tools.store.review.add(turn.group, kind=kind, text=kept, topic=topic)


def _suggestions(turn: Turn, matches: tuple[Match, ...]) -> Reply:
    topics = [match.id for match in matches[:SUGGESTIONS]]
    return Reply(text=turn.say("suggest"), buttons=(*_rows(turn, topics), (topics_button(turn),)), offers=True)


def _miss(turn: Turn) -> Reply:
    place = turn.request.place
    first = turn.tools.cooldowns.once(("miss", place.platform, place.channel), window_s=MISS_WINDOW_S)
    if not first:
        return Reply(text=turn.say("miss_short"), buttons=((topics_button(turn),),))
    return Reply(text=turn.say("miss"), buttons=(*_rescue(turn), (topics_button(turn),)))


def _rescue(turn: Turn) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons for whoever may be losing money at this moment."""
    return tuple(
        (Button(label=turn.word(f"button_{key}"), action=f"show {topic}"),)
        for key, topic in _RESCUE
        if turn.shelf.entry(topic)
    )


def _rows(turn: Turn, topics: Iterable[str]) -> tuple[tuple[Button, ...], ...]:
    return tuple((turn.shelf.cards[topic].button,) for topic in topics)


def _other_action(turn: Turn, entry: Entry, others: tuple[Match, ...]) -> str:
    topics = [match.id for match in others if match.id != entry.id] or list(entry.related[RELATED:])
    return " ".join(["other", entry.id, *(turn.shelf.cards[topic].code for topic in topics[:SUGGESTIONS])])
