"""The review queue: what could not be answered becomes a wording or an entry, with one tap."""

from bot.core import entries
from bot.core.entry_rules import QUESTION
from bot.core.turn import Turn
from bot.errors import Refusal
from bot.messages import Button, Reply
from bot.richtext import RichText, join
from bot.storage.own_entries import OWN, OwnEntry
from bot.storage.review import DISMISSED, Item

_TOPICS = 2


async def review(turn: Turn) -> Reply:
    """Walk through the questions: show one, make it a wording or an entry, dismiss it, undo.

    Raises:
        Refusal: there is no such question any more, or what was wished does not fit.
        StoreUnavailable: nothing was changed.
    """
    action, *rest = turn.request.argument.split() or ["show"]
    if action == "show":
        return _shown(turn, await turn.tools.store.review.next(turn.group), before=())
    item = await _item(turn, rest)
    match action:
        case "next":
            return _shown(turn, await turn.tools.store.review.next(turn.group, after=item), before=())
        case "alias" if len(rest) > 1:
            return await _aliased(turn, item, rest[1])
        case "entry":
            own = OwnEntry(id="", question=item.text[:QUESTION], answer="", wordings=(item.text,))
            return entries.form(turn, action=f"entry add {item.number}", own=own)
        case "dismiss":
            await turn.tools.store.review.settle(turn.group, item.number, done=DISMISSED)
            return await _on(turn, item, turn.say("review_dismissed", text=item.text))
        case "undo":
            return await _undone(turn, item)
        case _:
            raise Refusal("review_action")


async def _aliased(turn: Turn, item: Item, topic: str) -> Reply:
    if topic.startswith(OWN):
        await _own_wording(turn, item, topic)
        done = f"wording {topic}"
    else:
        if not turn.shelf.entry(topic):
            raise Refusal("unknown_topic", topic=topic[:40])
        number, _ = await entries.add_alias(turn, topic, item.text)
        done = f"alias {number}"
    await turn.tools.store.review.settle(turn.group, item.number, done=done)
    title = turn.shelf.faq.entries[topic].question
    return await _on(turn, item, turn.say("alias_added", wording=item.text, title=title))


async def _own_wording(turn: Turn, item: Item, topic: str) -> None:
    content = await turn.tools.store.own.of(turn.group)
    own = content.entries.get(topic)
    if not own:
        raise Refusal("entry_unknown", topic=topic[:40])
    changed = OwnEntry(
        id=own.id,
        question=own.question,
        answer=own.answer,
        wordings=(*own.wordings, item.text),
        overrides=own.overrides,
    )
    await entries.save(turn, changed, content=content, what="entry edit")


async def _undone(turn: Turn, item: Item) -> Reply:
    kind, _, what = item.done.partition(" ")
    own = turn.tools.store.own
    if kind == "alias":
        await own.unalias(turn.group, int(what), deed=turn.deed("alias remove"))
    elif kind == "entry":
        await entries.discard(turn, what)
    elif kind == "wording":
        await _without_wording(turn, item, what)
    await turn.tools.store.review.settle(turn.group, item.number, done="")
    return _shown(turn, item, before=turn.say("review_undone"))


async def _without_wording(turn: Turn, item: Item, topic: str) -> None:
    content = await turn.tools.store.own.of(turn.group)
    if own := content.entries.get(topic):
        left = tuple(wording for wording in own.wordings if wording != item.text)
        changed = OwnEntry(id=own.id, question=own.question, answer=own.answer, wordings=left, overrides=own.overrides)
        await entries.save(turn, changed, content=content, what="entry edit")


async def _on(turn: Turn, item: Item, said: RichText) -> Reply:
    """Say what was done, offer to undo it, and show the next question."""
    following = await turn.tools.store.review.next(turn.group)
    undo = (Button(label=turn.word("button_undo"), action=f"review undo {item.number}"),)
    reply = _shown(turn, following, before=said)
    return Reply(text=reply.text, buttons=(undo, *reply.buttons))


def _shown(turn: Turn, item: Item | None, *, before: RichText) -> Reply:
    if not item:
        empty = "review_empty" if turn.settings.review or before else "review_off"
        return Reply(text=join([before, turn.say(empty)]))
    about = turn.shelf.entry(item.topic)
    line = turn.say(
        f"review_{item.kind.value}", text=item.text, count=item.count, title=about.question if about else item.topic
    )
    topics = [match.id for match in turn.shelf.faq.search(item.text, limit=_TOPICS + 1) if match.id != item.topic]
    rows = [
        (Button(label=turn.shelf.faq.entries[topic].question, action=f"review alias {item.number} {topic}"),)
        for topic in topics[:_TOPICS]
    ]
    last = (
        Button(label=turn.word("button_write"), action=f"review entry {item.number}"),
        Button(label=turn.word("button_dismiss"), action=f"review dismiss {item.number}"),
        Button(label=turn.word("button_next"), action=f"review next {item.number}"),
    )
    return Reply(text=join([before, line, turn.say("review_choose")]), buttons=(*rows, last))


async def _item(turn: Turn, rest: list[str]) -> Item:
    is_number = bool(rest) and rest[0].isdecimal() and len(rest[0]) < 12
    item = await turn.tools.store.review.item(turn.group, int(rest[0])) if is_number else None
    if not item:
        raise Refusal("review_gone")
    return item
