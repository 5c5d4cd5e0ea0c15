"""Votes and statistics."""

from collections import Counter

from bot.core.turn import Turn
from bot.errors import Refusal
from bot.messages import Reply
from bot.richtext import RichText, join
from bot.storage.tally import Event

_LISTED = 5


async def helpful(turn: Turn) -> Reply:
    """Count that an answer helped: one vote a person and entry in thirty days.

    Raises:
        Refusal: nothing can be voted on here, or the voter is anonymous.
        StoreUnavailable: the vote was not counted.
    """
    entry = turn.shelf.entry(turn.request.argument.strip())
    if not entry or turn.group.is_private or not turn.settings.feedback:
        raise Refusal("stale")
    if turn.request.author.anonymous:
        raise Refusal("vote_anonymous")
    is_new = await turn.tools.store.tally.vote(turn.group, topic=entry.id, voter=turn.asker)
    return Reply(text=turn.say("vote_counted" if is_new else "vote_twice"), private=True)


async def stats(turn: Turn) -> Reply:
    """Say how many questions were answered, suggested and missed, and which entries do best and worst.

    Raises:
        StoreUnavailable: the counts cannot be read.
    """
    counts = await turn.tools.store.tally.of(turn.group)
    totals: Counter[Event] = Counter()
    helped: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for (event, topic), count in counts.items():
        totals[event] += count
        if event is Event.HELPED:
            helped[topic] += count
        if event is Event.OTHER:
            other[topic] += count
    if not totals:
        return Reply(text=turn.say("stats_none"))
    summary = turn.say("stats", **{event.value: totals[event] for event in Event})
    return Reply(text=join([summary, _ranked(turn, "stats_best", helped), _ranked(turn, "stats_worst", other)]))


def _ranked(turn: Turn, key: str, counts: Counter[str]) -> RichText:
    lines = [
        turn.say("stats_line", count=count, title=entry.question)
        for topic, count in counts.most_common(_LISTED)
        if (entry := turn.shelf.entry(topic))
    ]
    return join([turn.say(key), join(lines, "\n")], "\n") if lines else ()
