"""Tells a moderator what is missing, and how to mend it."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.core.turn import Turn
from bot.errors import PriceUnavailable
from bot.messages import Reply
from bot.richtext import RichText, join
from bot.storage.settings import PriceCommands, Speak

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "can_send": "no",
        "can_pin": "no",
        "can_delete": "no",
        "can_embed": "no",
        "can_attach": "no",
        "can_read_history": "no",
        "privacy_mode": "on",
        "message_content": "off",
        "inline": "off",
    }
)
"""What an adapter can tell in `Request.fields`: each fact with the value that is worth a word."""

_HEARING = {"privacy_mode", "message_content"}


def is_deaf(fields: Mapping[str, str]) -> bool:
    """Return whether facts from an adapter say that the bot is not shown what is not addressed to it."""
    return any(fields.get(fact) == FACTS[fact] for fact in _HEARING)


async def doctor(turn: Turn) -> Reply:
    """Say what is missing and how to mend it."""
    facts = turn.request.fields
    findings = [turn.say(f"doctor_{fact}") for fact, bad in FACTS.items() if facts.get(fact) == bad]
    findings += _contradictions(turn, deaf=is_deaf(facts))
    findings += await _prices(turn)
    if not findings:
        return Reply(text=turn.say("doctor_well"))
    return Reply(text=join([turn.say("doctor"), *findings]))


async def _prices(turn: Turn) -> list[RichText]:
    """What fails where live prices come from; nothing where the group wants none."""
    market, settings = turn.tools.market, turn.settings
    is_wanted = settings.price_snippets or settings.price_commands is not PriceCommands.OFF
    if market is None or not is_wanted:
        return []
    if settings.currency not in market.ticker.currencies():
        return [turn.say("doctor_currency", currency=settings.currency)]
    findings = []
    try:
        await market.ticker.quote(settings.currency)
    except PriceUnavailable:
        findings.append(turn.say("doctor_prices"))
    if down := market.ticker.down():
        findings.append(turn.say("doctor_sources", sources=", ".join(down)))
    return findings


def _contradictions(turn: Turn, *, deaf: bool) -> list[RichText]:
    """What is set, but cannot work."""
    findings = []
    if deaf and turn.settings.speak in {Speak.SURE, Speak.PREVIEW}:
        findings.append(turn.say("doctor_deaf", speak=turn.settings.speak.value))
    if not turn.is_stored:
        findings.append(turn.say("doctor_store"))
    return findings
