"""What a platform reports about a group. Nobody can type these: only an adapter makes such a request."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.core.doctor import is_deaf
from bot.core.turn import Handler, Turn
from bot.messages import Button, Reply
from bot.richtext import join


async def group_joined(turn: Turn) -> Reply:
    """The bot is in a group, again perhaps: say once what it does, and what it does not hear."""
    await turn.tools.store.groups.joined(turn.group)
    buttons = (
        Button(label=turn.word("button_topics"), action="topics"),
        Button(label=turn.word("button_settings"), action="settings"),
    )
    deaf = is_deaf(turn.request.fields)
    return Reply(text=join([turn.say("joined"), turn.say("joined_deaf") if deaf else ()]), buttons=(buttons,))


async def group_removed(turn: Turn) -> None:
    """The group removed the bot: its rows go after the grace time, unless it comes back."""
    await turn.tools.store.groups.left(turn.group, at=int(turn.tools.now().timestamp()))


async def group_moved(turn: Turn) -> None:
    """The group has a new id, which is the argument."""
    await turn.tools.store.move_group(turn.group, to=turn.request.argument)


async def message_gone(turn: Turn) -> None:
    """Somebody deleted a message of the bot, whose id is the argument."""
    message, channel = turn.request.argument, turn.request.place.channel
    pins = await turn.tools.store.pins.of(turn.group)
    if any(pinned.message == message and pinned.place.channel == channel for pinned in pins):
        await turn.tools.store.pins.remove(turn.group, channel=channel, messages=[message])


NOTICES: Mapping[str, Handler] = MappingProxyType(
    {
        "group_joined": group_joined,
        "group_removed": group_removed,
        "group_moved": group_moved,
        "message_gone": message_gone,
    }
)
"""Every notice by its name."""
