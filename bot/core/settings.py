"""What moderators set: shown as a panel, changed by buttons or words, noted in the log."""

from bot.core import pricing
from bot.core.doctor import is_deaf
from bot.core.turn import Turn
from bot.errors import Refusal
from bot.messages import Button, Reply, Right
from bot.richtext import RichText, join
from bot.storage.settings import KEYS, Speak, changed, choices, shown

PRIVATE_KEYS = ("currency", "price_snippets")
"""What makes sense where nobody else reads."""

_ONLY_ON = {"public": "discord", "anonymous": "telegram"}
_CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "BRL", "INR", "NGN")
_PAUSES_S = ("60", "600", "3600", "86400")
_LOG_LINES = 20
_DIGITS = 3
"""Of the longest number of a page."""


async def settings(turn: Turn) -> Reply:
    """Show what is set, offer the values of one thing, or set it.

    Raises:
        Refusal: there is no such key or value, or the asker may not choose it.
        StoreUnavailable: nothing was changed.
    """
    words = turn.request.argument.split()
    key = turn.request.fields.get("key", words[0] if words else "").casefold()
    value = turn.request.fields.get("value", " ".join(words[1:])).strip()
    if not key:
        return _panel(turn)
    if key not in _keys(turn):
        raise Refusal("settings_key", typed=key[:32], keys=", ".join(_keys(turn)))
    if not value:
        return _values(turn, key)
    return await _set(turn, key, value)


async def log(turn: Turn) -> Reply:
    """List who changed what, the newest first.

    Raises:
        StoreUnavailable: the log cannot be read.
    """
    if not turn.state.number:
        return Reply(text=turn.say("log_none"))
    typed = turn.request.argument
    page = max(1, int(typed)) if typed.isdecimal() and len(typed) <= _DIGITS else 1
    lines = await turn.tools.store.log.lines(turn.state.number)
    found = lines[(page - 1) * _LOG_LINES : page * _LOG_LINES]
    if not found:
        return Reply(text=turn.say("log_none"))
    shown_lines = [
        turn.say(
            "log_line",
            moment=f"{line.at:%d %b %Y %H:%M} UTC",
            author=line.author or turn.word("log_nobody"),
            what=line.what,
        )
        for line in found
    ]
    more = Button(label=turn.word("button_more"), action=f"log {page + 1}")
    buttons = ((more,),) if len(lines) > page * _LOG_LINES else ()
    return Reply(text=join([turn.say("log"), join(shown_lines, "\n")]), buttons=buttons)


async def _set(turn: Turn, key: str, value: str) -> Reply:
    value = value.upper() if key == "currency" else value.casefold()
    if key == "moderator" and value in choices(key) and Right(value) not in turn.rights:
        raise Refusal("settings_above", right=turn.word(f"right_{value}"))
    if key == "currency":
        pricing.check_served(turn, value)
    if key == "speak" and value in {"sure", "preview"} and is_deaf(turn.request.fields):
        raise Refusal("settings_deaf")
    try:
        now = shown(changed(turn.settings, key, value), key)
        deed = turn.deed(f"settings {key} {now}")
        await turn.tools.store.groups.change(turn.group, key=key, value=now, deed=deed)
    except ValueError:
        allowed = ", ".join(choices(key)) or turn.word(f"setting_{key}_values")
        raise Refusal("settings_value", value=value[:32], typed=key, allowed=allowed) from None
    done = "settings_done_alone" if turn.group.is_private else "settings_done"
    confirmed = [turn.say(done, name=turn.word(f"setting_{key}"), value=now)]
    if key == "speak" and now == Speak.PREVIEW.value:
        confirmed.append(turn.say("settings_preview"))
    if key == "review" and now == "on":
        confirmed.append(turn.say("settings_review"))
    return Reply(text=join(confirmed), buttons=((Button(label=turn.word("button_settings"), action="settings"),),))


def _panel(turn: Turn) -> Reply:
    lines = [_line(turn, key) for key in _keys(turn)]
    buttons = [Button(label=turn.word(f"setting_{key}"), action=f"settings {key}") for key in _keys(turn)]
    rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    heading = turn.say("settings_alone" if turn.group.is_private else "settings")
    return Reply(text=join([heading, join(lines, "\n")]), buttons=rows)


def _values(turn: Turn, key: str) -> Reply:
    offered = choices(key) or (_CURRENCIES if key == "currency" else _PAUSES_S)
    if key == "moderator":
        offered = tuple(value for value in offered if Right(value) in turn.rights)
    current = shown(turn.settings, key)
    buttons = [
        Button(label=f"✓ {value}" if value == current else value, action=f"settings {key} {value}") for value in offered
    ]
    rows = tuple(tuple(buttons[start : start + 4]) for start in range(0, len(buttons), 4))
    back = Button(label=turn.word("button_back"), action="settings")
    rules = turn.tools.rules
    terms = turn.say(f"setting_{key}_help", wait=f"{rules.wait_s:g}", most=rules.an_hour)
    text = join([_line(turn, key), terms])
    return Reply(text=text, buttons=(*rows, (back,)))


def _line(turn: Turn, key: str) -> RichText:
    return turn.say("settings_line", name=turn.word(f"setting_{key}"), value=shown(turn.settings, key), typed=key)


def _keys(turn: Turn) -> tuple[str, ...]:
    if turn.group.is_private:
        return PRIVATE_KEYS
    platform = turn.request.place.platform
    return tuple(key for key in KEYS if _ONLY_ON.get(key, platform) == platform)
