"""Where a reply goes: to everybody or to one person, as a new message or in the place of an earlier one."""

from dataclasses import replace

from bot.core.turn import Command, Turn
from bot.errors import StoreUnavailable
from bot.messages import Fate, Receipt, Reply
from bot.storage.sent import Sent
from bot.storage.settings import PriceCommands

EDIT_S = 15 * 60
"""Seconds after a question in which an edit of it changes the answer."""


async def placed(turn: Turn, command: Command, reply: Reply) -> Reply:
    """Return the reply with its place: a button replaces a message only for the person whom that message answered."""
    if reply.pin or reply.private:
        return reply
    is_private = turn.in_group and (command.private or _prices_are_private(turn, command))
    pressed = turn.request.pressed
    if not pressed or reply.form:
        return replace(reply, private=True) if is_private else reply
    try:
        may_replace = await _may_replace(turn, command, pressed)
    except StoreUnavailable:
        may_replace = turn.request.place.direct
    if may_replace:
        return replace(reply, private=is_private, replaces=pressed)
    return replace(reply, private=turn.in_group)


async def remember(turn: Turn, receipt: Receipt, command: Command | None) -> None:
    """Remember the messages that carry a reply, for votes, edits, stale buttons and pins by reply.

    Raises:
        StoreUnavailable: the message that was replaced cannot be looked up.
    """
    request, reply = turn.request, receipt.reply
    if not receipt.messages or receipt.outcome.fate in {Fate.GONE, Fate.LATER} or request.command == "forget":
        return
    sent = turn.tools.store.sent
    before = await sent.answer(receipt.place, reply.replaces) if reply.replaces else None
    is_press = bool(request.pressed)
    row = Sent(
        message="",
        asking=before.asking if before and is_press else request.message,
        topic=reply.topic,
        asker=turn.asker,
        text=before.text if before and is_press else _text_hash(turn),
        panel=command is not None and command.right is not None,
        at=before.at if before else int(turn.tools.now().timestamp()),
    )
    sent.remember(receipt.place, [replace(row, message=message) for message in receipt.messages])


async def earlier(turn: Turn) -> tuple[Sent, ...]:
    """Return the messages that answered a question which is now edited, in reading order.

    Raises:
        StoreUnavailable: they cannot be looked up.
    """
    return await turn.tools.store.sent.answers(turn.request.place, turn.request.message)


async def is_settled(turn: Turn, messages: tuple[Sent, ...]) -> bool:
    """Return whether an answer stays as it is though its question was edited: too old, pinned, or the same text.

    Raises:
        StoreUnavailable: the pins cannot be looked up.
    """
    first = messages[0]
    age = turn.tools.now().timestamp() - first.at
    if age > EDIT_S or first.text == _text_hash(turn) or first.asker != turn.asker:
        return True
    return await _is_pinned(turn, *(sent.message for sent in messages))


async def _may_replace(turn: Turn, command: Command, message: str) -> bool:
    if await _is_pinned(turn, message):
        return False
    if turn.request.place.direct:
        return True
    sent = await turn.tools.store.sent.answer(turn.request.place, message)
    if not sent:
        return False
    quoted = turn.request.quoted
    if sent.asker == turn.asker or (quoted and quoted.author == turn.request.author.id):
        return True
    if command.name == "show" and not sent.topic:  # suggestions are narrowed down by a moderator, too
        return turn.settings.moderator in turn.rights
    # A panel is anybody's who has the right, which has been looked at before.
    return sent.panel and command.right is not None


async def _is_pinned(turn: Turn, *messages: str) -> bool:
    pins = await turn.tools.store.pins.of(turn.group)
    channel = turn.request.place.channel
    return any(pinned.message in messages and pinned.place.channel == channel for pinned in pins)


def _prices_are_private(turn: Turn, command: Command) -> bool:
    return command.priced and turn.settings.price_commands is PriceCommands.PRIVATE


def _text_hash(turn: Turn) -> str:
    return turn.tools.store.hash_of_text(turn.request.argument)
