"""The table of commands: the whole bot at a glance."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.core import asking, browsing, doctor, entries, feedback, people, pinning, pricing, review, settings
from bot.core.turn import Command, Option
from bot.messages import Right
from bot.prices.candles import Range
from bot.storage.settings import KEYS

DESK_S = 6.0
"""Seconds that a command may take which has to wait until something is safely stored."""

ENTRY_ACTIONS = ("add", "edit", "remove", "list", "export", "import")

_ROWS = (
    Command(name="start", run=browsing.start, listed=False),
    Command(name="ask", run=asking.ask, bare=True, options=(Option(name="question", required=True, topics=True),)),
    Command(name="show", run=asking.show, bare=True, options=(Option(name="topic", required=True, topics=True),)),
    Command(name="topics", run=browsing.topics, bare=True),
    Command(name="price", run=pricing.price, bare=True, priced=True, options=(Option(name="currency"),), limit_s=6.0),
    Command(
        name="convert",
        run=pricing.convert,
        bare=True,
        priced=True,
        options=(Option(name="amount", required=True),),
        limit_s=6.0,
    ),
    Command(
        name="chart",
        run=pricing.chart,
        bare=True,
        priced=True,
        options=(Option(name="range", choices=tuple(reach.value for reach in Range)), Option(name="currency")),
        limit_s=10.0,
    ),
    Command(name="help", run=browsing.help_),
    Command(name="about", run=browsing.about),
    Command(name="unreadable", run=asking.unreadable, listed=False),
    Command(name="other", run=asking.other, listed=False),
    Command(name="helpful", run=feedback.helpful, listed=False, limit_s=DESK_S),
    Command(name="privacy", run=people.privacy, private=True),
    Command(
        name="forget",
        run=people.forget,
        private=True,
        options=(Option(name="what", required=True, choices=("me", "group")),),
        limit_s=DESK_S,
    ),
    Command(
        name="pin",
        run=pinning.pin,
        right=Right.PIN,
        group_only=True,
        options=(Option(name="topic", topics=True), Option(name="notify", flag=True)),
        limit_s=DESK_S,
    ),
    Command(name="pins", run=pinning.pins, right=Right.PIN, group_only=True, private=True, limit_s=DESK_S),
    Command(
        name="unpin",
        run=pinning.unpin,
        right=Right.PIN,
        group_only=True,
        private=True,
        here=True,
        options=(Option(name="topic", required=True, topics=True),),
        limit_s=DESK_S,
    ),
    Command(
        name="settings",
        run=settings.settings,
        right=Right.MANAGE,
        private=True,
        options=(Option(name="key", choices=KEYS), Option(name="value")),
        facts=True,
        limit_s=DESK_S,
    ),
    Command(
        name="entry",
        run=entries.entry,
        right=Right.MANAGE,
        group_only=True,
        private=True,
        options=(
            Option(name="action", required=True, choices=ENTRY_ACTIONS),
            Option(name="topic", topics=True),
            Option(name="file", file=True),
        ),
        form=True,
        limit_s=10.0,
    ),
    Command(
        name="alias",
        run=entries.alias,
        right=Right.MANAGE,
        group_only=True,
        private=True,
        options=(Option(name="topic", topics=True), Option(name="wording")),
        limit_s=DESK_S,
    ),
    Command(
        name="review", run=review.review, right=Right.MANAGE, group_only=True, private=True, form=True, limit_s=DESK_S
    ),
    Command(name="stats", run=feedback.stats, right=Right.MANAGE, group_only=True, private=True, limit_s=DESK_S),
    Command(name="log", run=settings.log, right=Right.MANAGE, group_only=True, private=True, limit_s=DESK_S),
    Command(
        name="doctor", run=doctor.doctor, right=Right.MANAGE, private=True, always=True, facts=True, limit_s=DESK_S
    ),
)

COMMANDS: Mapping[str, Command] = MappingProxyType({row.name: row for row in _ROWS})
"""Every command by the name that is typed."""
