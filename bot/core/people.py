"""People's data: what is stored, and how it is forgotten."""

from bot.core.turn import SURE, Turn
from bot.errors import Refusal, StoreUnavailable
from bot.messages import Button, Reply, Right
from bot.richtext import join
from bot.storage.settings import Speak


async def privacy(turn: Turn) -> Reply:
    """Say what is stored, for how long, and how to have it deleted."""
    parts = [turn.say("privacy", days=turn.tools.rules.grace_days)]
    if not turn.group.is_private:
        parts.append(turn.say("privacy_review_on" if await _keeps_questions(turn) else "privacy_review_off"))
    button = Button(label=turn.word("button_forget_me"), action="forget me")
    return Reply(text=join(parts), buttons=((button,),))


async def _keeps_questions(turn: Turn) -> bool:
    """Whether questions are kept here, now or since earlier; if the database does not say, they may be."""
    if turn.settings.review or turn.settings.speak is Speak.PREVIEW:
        return True
    try:
        return bool(await turn.tools.store.review.open(turn.group))
    except StoreUnavailable:
        return True


async def forget(turn: Turn) -> Reply:
    """Delete what concerns the asker, or, for its owner, everything about the group; a button confirms it.

    Raises:
        Refusal: it is not said what to forget, or the asker may not.
        StoreUnavailable: nothing was deleted.
    """
    words = (turn.request.fields.get("what") or turn.request.argument).casefold().split()
    what = words[0] if words else ""
    if what == "me":
        return await _forget_me(turn)
    if what == "group":
        return await _forget_group(turn)
    raise Refusal("forget_what")


async def _forget_me(turn: Turn) -> Reply:
    author = turn.request.author
    if author.anonymous:
        raise Refusal("forget_anonymous")
    if not turn.is_sure:
        return _confirm(turn, "forget_me_sure", "button_forget_me", action=f"forget me {SURE}")
    await turn.tools.store.forget_person(turn.request.place.platform, author.id)
    return Reply(text=turn.say("forgot_me"), private=turn.in_group)


async def _forget_group(turn: Turn) -> Reply:
    if turn.group.is_private:
        raise Refusal("only_group")
    if Right.OWN not in turn.rights:
        raise Refusal("forbidden", right=turn.word("right_own"))
    if not turn.is_sure:
        return _confirm(turn, "forget_group_sure", "button_forget_group", action=f"forget group {SURE}")
    await turn.tools.store.forget_group(turn.group)
    return Reply(text=turn.say("forgot_group"))


def _confirm(turn: Turn, sentence: str, label: str, *, action: str) -> Reply:
    button = Button(label=turn.word(label), action=action, style="danger")
    return Reply(text=turn.say(sentence), buttons=((button,),))
