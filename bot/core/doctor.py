"""Tells a moderator what is missing, and how to mend it."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.core.turn import Turn
from bot.messages import Reply
from bot.richtext import RichText, join
from bot.storage.settings import Speak

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
        "prices": "down",
    }
)
"""What an adapter can tell in `Request.fields`: each fact with the value that is worth a word."""

_HEARING = {"privacy_mode", "message_content"}


async def doctor(turn: Turn) -> Reply:
    """Say what is missing and how to mend it."""
    facts = turn.request.fields
    findings = [turn.say(f"doctor_{fact}") for fact, bad in FACTS.items() if facts.get(fact) == bad]
    deaf = any(facts.get(fact) == FACTS[fact] for fact in _HEARING)
    findings += _contradictions(turn, deaf=deaf)
    if not findings:
        return Reply(text=turn.say("doctor_well"))
    return Reply(text=join([turn.say("doctor"), *findings]))


def _contradictions(turn: Turn, *, deaf: bool) -> list[RichText]:
    """What is set, but cannot work."""
    findings = []
    if deaf and turn.settings.speak in {Speak.SURE, Speak.PREVIEW}:
        findings.append(turn.say("doctor_deaf", speak=turn.settings.speak.value))
    if not turn.is_stored:
        findings.append(turn.say("doctor_store"))
    return findings
