"""A group's own entries and wordings: written through a form, listed, removed."""

import asyncio
from collections.abc import Iterable

from bot.core import entry_files
from bot.core.entry_rules import ANSWER, ID, QUESTION, check_overrides, checked, checked_wording, id_for
from bot.core.owntext import cleaned
from bot.core.shelves import is_safety
from bot.core.turn import SURE, Turn
from bot.errors import Refusal
from bot.messages import Button, Field, File, Form, Reply
from bot.richtext import RichText, join
from bot.storage.own_entries import OWN, OwnContent, OwnEntry
from faq.library import comparable

_LISTED = 25


async def entry(turn: Turn) -> Reply:
    """Add, edit, remove, list, export or import what the group's moderators wrote.

    Raises:
        Refusal: something does not fit.
        StoreUnavailable: nothing was changed.
    """
    words = turn.request.argument.split()
    action = turn.request.fields.get("action", words[0] if words else "list").casefold()
    topic = turn.request.fields.get("topic", words[1] if len(words) > 1 else "").casefold()
    match action:
        case "add":
            return await _add(turn, item=topic)
        case "edit":
            return await _edit(turn, topic)
        case "remove":
            return await _remove(turn, topic)
        case "list":
            return _list(turn, await turn.tools.store.own.of(turn.group))
        case "export":
            return _export(turn, await turn.tools.store.own.of(turn.group))
        case "import":
            return await _import(turn)
        case _:
            raise Refusal("entry_action")


async def alias(turn: Turn) -> Reply:
    """Add a wording to an entry, remove one by its number, or list them.

    Raises:
        Refusal: something does not fit.
        StoreUnavailable: nothing was changed.
    """
    topic, _, wording = turn.request.argument.strip().partition(" ")
    topic = turn.request.fields.get("topic", topic).casefold()
    wording = turn.request.fields.get("wording", wording).strip()
    if not topic:
        return _aliases(turn, await turn.tools.store.own.of(turn.group))
    if topic == "remove":
        return await _unalias(turn, wording)
    if topic.startswith(OWN) or not turn.shelf.entry(topic):
        raise Refusal("unknown_topic", topic=topic[:40])
    if not wording:
        raise Refusal("alias_what", topic=topic)
    number, wording = await add_alias(turn, topic, wording)
    undo = Button(label=turn.word("button_undo"), action=f"alias remove {number}")
    title = turn.shelf.faq.entries[topic].question
    return Reply(text=turn.say("alias_added", wording=wording, title=title), buttons=((undo,),))


async def add_alias(turn: Turn, topic: str, wording: str) -> tuple[int, str]:
    """Make a wording lead to a shared entry; return its number and the wording as it was kept.

    Raises:
        Refusal: the wording does not fit.
        StoreUnavailable: nothing was changed.
    """
    wording = checked_wording(turn, wording, topic=topic)
    content = await turn.tools.store.own.of(turn.group)
    if comparable(wording) in _known(content):
        raise Refusal("wording_twice", wording=wording[:60])
    (number,) = await turn.tools.store.own.put(turn.group, aliases=[(topic, wording)], deed=turn.deed(f"alias {topic}"))
    return number, wording


async def save(turn: Turn, own: OwnEntry, *, content: OwnContent, what: str) -> OwnEntry:
    """Write an entry and make the pins that show it due.

    Args:
        turn: the request.
        own: the entry.
        content: what the group had written when it was made.
        what: what the log says.

    Raises:
        Refusal: something does not fit, or somebody else has changed the content meanwhile.
        StoreUnavailable: nothing was changed.
    """
    own = checked(turn, own)
    check_overrides(content, [own])
    deed = turn.deed(f"{what} {own.id}")
    await turn.tools.store.own.put(turn.group, entries=[own], since=content.version, deed=deed)
    await turn.tools.store.pins.touch(turn.group, [own.id, own.overrides])
    return own


async def discard(turn: Turn, topic: str) -> None:
    """Remove an entry and make the pins that show it due.

    Raises:
        StoreUnavailable: nothing was changed.
    """
    own = (await turn.tools.store.own.of(turn.group)).entries.get(topic)
    if own:
        await turn.tools.store.own.remove(turn.group, topic, deed=turn.deed(f"entry remove {topic}"))
        await turn.tools.store.pins.touch(turn.group, [topic, own.overrides])


def form(turn: Turn, *, action: str, own: OwnEntry) -> Reply:
    """Return the form in which an entry is written."""
    fields = (
        Field(name="question", label=turn.word("field_question"), value=own.question, max_length=QUESTION),
        Field(name="answer", label=turn.word("field_answer"), value=own.answer, max_length=ANSWER, long=True),
        Field(
            name="wordings",
            label=turn.word("field_wordings"),
            value="\n".join(own.wordings),
            max_length=4_000,
            required=False,
            long=True,
        ),
        Field(
            name="overrides",
            label=turn.word("field_overrides"),
            value=own.overrides,
            max_length=ID,
            required=False,
        ),
    )
    return Reply(text=turn.say("entry_form"), form=Form(action=action, title=turn.word("form_entry"), fields=fields))


async def _add(turn: Turn, *, item: str) -> Reply:
    if "question" not in turn.request.fields:
        return form(turn, action=f"entry add {item}".strip(), own=OwnEntry(id="", question="", answer=""))
    content = await turn.tools.store.own.of(turn.group)
    own = _from_form(turn, id_for(cleaned(turn.request.fields["question"]), taken=content))
    own = await save(turn, own, content=content, what="entry add")
    if item.isdecimal() and len(item) < 12:
        await turn.tools.store.review.settle(turn.group, int(item), done=f"entry {own.id}")
    return _saved(turn, own, "entry_added")


async def _edit(turn: Turn, topic: str) -> Reply:
    content = await turn.tools.store.own.of(turn.group)
    before = content.entries.get(topic)
    if not before:
        raise Refusal("entry_unknown", topic=topic[:40])
    if "question" not in turn.request.fields:
        return form(turn, action=f"entry edit {topic}", own=before)
    own = await save(turn, _from_form(turn, topic), content=content, what="entry edit")
    await turn.tools.store.pins.touch(turn.group, [before.overrides])
    return _saved(turn, own, "entry_saved")


async def _remove(turn: Turn, topic: str) -> Reply:
    content = await turn.tools.store.own.of(turn.group)
    own = content.entries.get(topic)
    if not own:
        raise Refusal("entry_unknown", topic=topic[:40])
    if not turn.is_sure:
        button = Button(label=turn.word("button_remove"), action=f"entry remove {topic} {SURE}", style="danger")
        return Reply(text=turn.say("entry_remove_sure", title=own.question), buttons=((button,),))
    await discard(turn, topic)
    pins = await turn.tools.store.pins.of(turn.group)
    here = turn.request.place.channel
    shown = tuple(pin.message for pin in pins if pin.topic == topic and pin.place.channel == here)
    return Reply(text=turn.say("entry_removed", title=own.question), unpins=shown)


async def _import(turn: Turn) -> Reply:
    if turn.request.file is None:
        raise Refusal("import_what")
    entries, aliases = await entry_files.read(turn.request.file)
    content = await turn.tools.store.own.of(turn.group)
    # A full file holds a thousand wordings to be searched for: in a thread, so that others are answered meanwhile.
    fitting = [await asyncio.to_thread(checked, turn, own) for own in entries]
    check_overrides(content, fitting)
    wanted = await asyncio.to_thread(_new_aliases, turn, content, aliases)
    deed = turn.deed(f"entry import {len(fitting)} + {len(wanted)}")
    await turn.tools.store.own.put(turn.group, entries=fitting, aliases=wanted, since=content.version, deed=deed)
    await turn.tools.store.pins.touch(turn.group, [topic for own in fitting for topic in (own.id, own.overrides)])
    return Reply(text=turn.say("imported", entries=len(fitting), aliases=len(wanted)))


def _new_aliases(turn: Turn, content: OwnContent, aliases: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    known = _known(content)
    wanted = []
    for topic, raw in aliases:
        if topic.startswith(OWN) or not turn.tools.shelf.entry(topic):
            raise Refusal("unknown_topic", topic=topic[:40])
        wording = checked_wording(turn, raw, topic=topic)
        if comparable(wording) not in known:
            known.add(comparable(wording))
            wanted.append((topic, wording))
    return wanted


async def _unalias(turn: Turn, number: str) -> Reply:
    is_number = number.isdecimal() and len(number) < 12
    deed = turn.deed("alias remove")
    if not is_number or not await turn.tools.store.own.unalias(turn.group, int(number), deed=deed):
        raise Refusal("alias_unknown")
    return Reply(text=turn.say("alias_removed"))


def _list(turn: Turn, content: OwnContent) -> Reply:
    if not content.entries and not content.aliases:
        return Reply(text=turn.say("entries_none"))
    lines = [_line(turn, own) for own in content.entries.values()]
    counted = turn.say("entries", count=len(content.entries), most=turn.tools.store.own.limits.entries)
    buttons = [
        (Button(label=own.question, action=f"show {own.id}"), Button(label="✎", action=f"entry edit {own.id}"))
        for own in list(content.entries.values())[:5]
    ]
    more = turn.say("aliases_count", count=len(content.aliases)) if content.aliases else ()
    return Reply(text=join([counted, join(lines, "\n"), more]), buttons=tuple(buttons))


def _aliases(turn: Turn, content: OwnContent) -> Reply:
    if not content.aliases:
        return Reply(text=turn.say("aliases_none"))
    lines = [
        turn.say("alias_line", number=alias.number, topic=alias.topic, wording=alias.wording)
        for alias in content.aliases[-_LISTED:]
    ]
    return Reply(text=join([turn.say("aliases"), join(lines, "\n")]))


def _line(turn: Turn, own: OwnEntry) -> RichText:
    if not own.overrides:
        return turn.say("entries_line", topic=own.id, title=own.question)
    key = "entries_line_adds" if is_safety(turn.tools.shelf, own.overrides) else "entries_line_overrides"
    return turn.say(key, topic=own.id, title=own.question, other=own.overrides)


def _export(turn: Turn, content: OwnContent) -> Reply:
    if not content.entries and not content.aliases:
        raise Refusal("entries_none")
    file = File(name="entries.toml", data=entry_files.written(content))
    return Reply(text=turn.say("exported", entries=len(content.entries), aliases=len(content.aliases)), file=file)


def _saved(turn: Turn, own: OwnEntry, key: str) -> Reply:
    adds = own.overrides and is_safety(turn.tools.shelf, own.overrides)
    text = join([turn.say(key, title=own.question, topic=own.id), turn.say("entry_adds") if adds else ()])
    buttons = (
        Button(label=turn.word("button_show"), action=f"show {own.id}"),
        Button(label=turn.word("button_edit"), action=f"entry edit {own.id}"),
    )
    return Reply(text=text, buttons=(buttons,))


def _from_form(turn: Turn, topic: str) -> OwnEntry:
    fields = turn.request.fields
    return OwnEntry(
        id=topic,
        question=fields.get("question", ""),
        answer=fields.get("answer", ""),
        wordings=tuple(line for line in fields.get("wordings", "").splitlines() if line.strip()),
        overrides=fields.get("overrides", "").strip().casefold(),
    )


def _known(content: OwnContent) -> set[str]:
    return {comparable(alias.wording) for alias in content.aliases}
