"""The table of commands: the whole bot at a glance."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.core import asking, browsing
from bot.core.turn import Command, Option

_ROWS = (
    Command(name="start", run=browsing.start, listed=False),
    Command(name="ask", run=asking.ask, bare=True, options=(Option(name="question", required=True, topics=True),)),
    Command(name="show", run=asking.show, bare=True, options=(Option(name="topic", required=True, topics=True),)),
    Command(name="topics", run=browsing.topics, bare=True),
    Command(name="help", run=browsing.help_),
    Command(name="about", run=browsing.about),
    Command(name="other", run=asking.other, listed=False),
)

COMMANDS: Mapping[str, Command] = MappingProxyType({row.name: row for row in _ROWS})
"""Every command by the name that is typed."""
