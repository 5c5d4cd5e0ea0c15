"""Pins: made, listed, taken down, kept fresh."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from bot.core import asking
from bot.core.shelf import Shelf
from bot.core.turn import SURE, Turn
from bot.errors import Refusal
from bot.messages import Button, Due, Fate, Pin, Receipt, Reply
from bot.richtext import join, text_of
from bot.storage.pins import Pinned
from faq.entry import Entry, Flag
from faq.matcher import Decision

LOUD = "notify"
"""Typed last, it makes a pin that notifies everybody."""

_RETRY_FORBIDDEN_S = 86_400.0
_NUMBER_LETTERS = 3


async def pin(turn: Turn) -> Reply:
    """Show an answer and wish it pinned: by its topic, by a question, or the answer that was replied to.

    Raises:
        Refusal: no entry fits, the message is none of the bot's answers, or this is not where the group reads.
        StoreUnavailable: the registry of pins cannot be read.
    """
    _check_here(turn)
    wanted, loud = _wanted(turn)
    if not wanted:
        return await _pin_quoted(turn, loud=loud)
    entry = turn.shelf.entry(wanted.casefold().replace(" ", "-"))
    if not entry:
        matches = turn.shelf.faq.search(wanted, limit=asking.SUGGESTIONS)
        decision = turn.shelf.faq.decide(matches)
        if decision is Decision.NONE:
            raise Refusal("unknown_topic", topic=wanted[:40])
        entries = [turn.shelf.faq.entries[match.id] for match in matches]
        if decision is Decision.SUGGEST:
            rows = tuple((Button(label=entry.question, action=f"pin {entry.id}"),) for entry in entries)
            return Reply(text=turn.say("pin_which"), buttons=rows)
        entry = entries[0]
    return await _pinned(turn, entry, loud=loud)


async def pins(turn: Turn) -> Reply:
    """List what the bot pinned in this channel.

    Raises:
        StoreUnavailable: the registry of pins cannot be read.
    """
    found = await _here(turn)
    if not found:
        return Reply(text=turn.say("pins_none"))
    lines = [
        turn.say("pins_line", number=number, title=_title(turn, pinned), date=f"{pinned.at:%d %b %Y}")
        for number, pinned in enumerate(found, start=1)
    ]
    if turn.request.place.direct and turn.request.place.group:
        return Reply(text=join([turn.say("pins"), join(lines, "\n")]))
    buttons = [
        Button(label=turn.word("button_unpin", number=number), action=f"unpin ={pinned.message}")
        for number, pinned in enumerate(found, start=1)
    ]
    rows = tuple(tuple(buttons[start : start + 4]) for start in range(0, len(buttons), 4))
    return Reply(text=join([turn.say("pins"), join(lines, "\n")]), buttons=rows)


async def unpin(turn: Turn) -> Reply:
    """Wish a pin taken down: by its number, its topic, or all of them.

    Raises:
        Refusal: nothing of the bot is pinned under that name, or this is not where the group reads.
        StoreUnavailable: the registry of pins cannot be read.
    """
    _check_here(turn)
    wanted = (turn.request.fields.get("topic") or turn.request.argument).strip()
    found = await _here(turn)
    if not found:
        raise Refusal("pins_none")
    if wanted.casefold() == f"all {SURE}" and turn.is_sure:
        wanted = "all"
    elif wanted.casefold().startswith("all"):
        label = turn.word("button_unpin_all", count=len(found))
        button = Button(label=label, action=f"unpin all {SURE}", style="danger")
        return Reply(text=turn.say("unpin_all_sure", count=len(found)), buttons=((button,),))
    chosen = _chosen(turn, found, wanted)
    if not chosen:
        raise Refusal("unpin_what")
    titles = ", ".join(_title(turn, pinned) for pinned in chosen)
    return Reply(text=turn.say("unpinned", titles=titles), unpins=tuple(pinned.message for pinned in chosen))


async def record(turn: Turn, receipt: Receipt) -> Reply | None:
    """Note a pin that was made, or say why none was.

    Raises:
        StoreUnavailable: the pin was made but could not be noted.
    """
    wish = receipt.reply.pin
    if not wish:
        return await _record_unpin(turn, receipt)
    if receipt.outcome.fate not in {Fate.DONE, Fate.UNCHANGED}:
        return _failed(turn, receipt, "pin")
    entry = turn.shelf.entry(wish.topic)
    if not entry or not receipt.messages:
        return None
    before = {pinned.message: pinned for pinned in await _here(turn)}
    now = turn.tools.now()
    pinned = Pinned(
        place=receipt.place,
        message=receipt.messages[0],
        topic=entry.id,
        content=content_of(turn.shelf, entry),
        own=_is_own(turn.shelf, entry.id),
        at=now,
    )
    refresh_at = next_refresh(turn, entry)
    await turn.tools.store.pins.add(
        turn.group, pinned, refresh_at=refresh_at, unpinned=receipt.unpinned, deed=turn.deed(f"pin {entry.id}")
    )
    gone = [before[message] for message in receipt.unpinned if message in before]
    surplus = [old for old in gone if old.topic != entry.id]
    if not surplus:
        return None
    titles = ", ".join(_title(turn, old) for old in surplus)
    return Reply(text=turn.say("pin_oldest", titles=titles, most=turn.tools.rules.max_pins), private=True)


def refreshed(turn: Turn, pinned: Pinned) -> Due:
    """Return the edit that makes a pin fresh, or says that its entry no longer exists."""
    entry = turn.shelf.entry(pinned.topic)
    reply = _answer(turn, entry) if entry else Reply(text=turn.say("pin_removed"))
    return Due(place=pinned.place, reply=replace(reply, replaces=pinned.message))


async def record_refresh(turn: Turn, receipt: Receipt) -> None:
    """Note what became of the edit of a pin.

    Raises:
        StoreUnavailable: nothing was noted.
    """
    store, message, channel = turn.tools.store, receipt.reply.replaces, receipt.place.channel
    entry = turn.shelf.entry(receipt.reply.topic)
    now = turn.tools.now().timestamp()
    match receipt.outcome.fate:
        case Fate.GONE:
            await store.pins.remove(turn.group, channel=channel, messages=[message])
        case Fate.LATER:
            at = now + receipt.outcome.seconds
            await store.pins.refreshed(turn.group, channel=channel, message=message, refresh_at=at)
        case Fate.FORBIDDEN:
            at = now + _RETRY_FORBIDDEN_S
            await store.pins.refreshed(turn.group, channel=channel, message=message, refresh_at=at)
        case Fate.DONE | Fate.UNCHANGED if not receipt.reply.topic:
            # It has been said there that the entry is gone.
            await store.pins.remove(turn.group, channel=channel, messages=[message])
        case Fate.DONE | Fate.UNCHANGED if entry:
            await store.pins.refreshed(
                turn.group,
                channel=channel,
                message=message,
                refresh_at=next_refresh(turn, entry),
                content=content_of(turn.shelf, entry),
            )
        case _:
            pass


def next_refresh(turn: Turn, entry: Entry | None) -> float | None:
    """Return when a pin of an entry is next refreshed by the clock (seconds since 1970); None for never.

    A pin whose entry is gone is tried again until it says so.
    """
    again = turn.tools.now().timestamp() + turn.tools.rules.refresh_s
    return again if entry is None or _is_live(turn, entry) else None


def content_of(shelf: Shelf, entry: Entry) -> str:
    """Return a hash of everything about an entry that its answer shows, prices aside."""
    shown = (entry.question, text_of(shelf.cards[entry.id].text), sorted(flag.value for flag in entry.flags))
    more = (repr(entry.sources), entry.related, text_of(shelf.additions.get(entry.id, ())))
    return hashlib.blake2b(repr((shown, more)).encode(), digest_size=16).hexdigest()


def _check_here(turn: Turn) -> None:
    """A private chat about a group is not where the group's pins are."""
    if turn.request.place.direct and turn.request.place.group:
        raise Refusal("pin_in_group")


async def _pin_quoted(turn: Turn, *, loud: bool) -> Reply:
    quoted = turn.request.quoted
    if not quoted or not quoted.by_bot:
        raise Refusal("pin_what")
    sent = await turn.tools.store.sent.answer(turn.request.place, quoted.id)
    entry = turn.shelf.entry(sent.topic) if sent else None
    if not entry:
        raise Refusal("pin_unknown")
    return replace(await _pinned(turn, entry, loud=loud, message=quoted.id), replaces=quoted.id)


async def _pinned(turn: Turn, entry: Entry, *, loud: bool, message: str = "") -> Reply:
    """Return the answer with the wish to pin it, and to take down what it makes superfluous."""
    before = [pinned for pinned in await _here(turn) if pinned.message != message]
    same = [pinned for pinned in before if pinned.topic == entry.id]
    others = [pinned for pinned in before if pinned.topic != entry.id]
    surplus = others[: max(0, len(others) + 1 - turn.tools.rules.max_pins)]
    return replace(
        _answer(turn, entry),
        pin=Pin(topic=entry.id, notify=loud),
        unpins=tuple(pinned.message for pinned in (*same, *surplus)),
    )


def _answer(turn: Turn, entry: Entry) -> Reply:
    reply = asking.answer(turn, entry)
    if not _is_live(turn, entry):
        return reply
    now = turn.tools.now()
    return replace(reply, text=join([reply.text, turn.say("pin_price", moment=f"{now:%d %b %Y %H:%M} UTC")]))


async def _record_unpin(turn: Turn, receipt: Receipt) -> Reply | None:
    if receipt.unpinned:
        gone = [pinned for pinned in await _here(turn) if pinned.message in receipt.unpinned]
        topics = " ".join(pinned.topic for pinned in gone)
        await turn.tools.store.pins.remove(
            turn.group,
            channel=receipt.place.channel,
            messages=receipt.unpinned,
            deed=turn.deed(f"unpin {topics}".strip()),
        )
    return _failed(turn, receipt, "unpin") if set(receipt.reply.unpins) - set(receipt.unpinned) else None


def _failed(turn: Turn, receipt: Receipt, what: str) -> Reply:
    right = receipt.outcome.right
    if receipt.outcome.fate is Fate.FORBIDDEN:
        name = turn.word(f"right_{right.value}") if right else turn.word("right_pin")
        return Reply(text=turn.say(f"{what}_forbidden", right=name), private=True)
    return Reply(text=turn.say(f"{what}_failed"), private=True)


async def _here(turn: Turn) -> tuple[Pinned, ...]:
    place = turn.request.place
    found = await turn.tools.store.pins.of(turn.group)
    about_group = place.direct and place.group
    return tuple(pinned for pinned in found if about_group or pinned.place.channel == place.channel)


def _wanted(turn: Turn) -> tuple[str, bool]:
    fields = turn.request.fields
    if "topic" in fields:
        return fields["topic"].strip(), fields.get(LOUD, "") == "yes"
    words = turn.request.argument.split()
    loud = bool(words) and words[-1].casefold() == LOUD
    return " ".join(words[:-1] if loud else words), loud


def _chosen(turn: Turn, found: Iterable[Pinned], wanted: str) -> list[Pinned]:
    pinned = list(found)
    if wanted == "all":
        return pinned
    if wanted.startswith("="):
        return [one for one in pinned if one.message == wanted[1:]]
    if wanted.isdecimal() and len(wanted) < _NUMBER_LETTERS:
        return pinned[int(wanted) - 1 : int(wanted)] if int(wanted) else []
    if not wanted and turn.request.quoted:
        return [one for one in pinned if one.message == turn.request.quoted.id]
    return [one for one in pinned if one.topic == wanted.casefold().replace(" ", "-")]


def _title(turn: Turn, pinned: Pinned) -> str:
    entry = turn.shelf.entry(pinned.topic)
    return entry.question if entry else pinned.topic


def _is_own(shelf: Shelf, topic: str) -> bool:
    return topic in shelf.own or topic in shelf.additions


def _is_live(turn: Turn, entry: Entry) -> bool:
    return Flag.PRICE in entry.flags and turn.settings.price_snippets
