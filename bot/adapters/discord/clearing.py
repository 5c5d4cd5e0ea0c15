"""Deletes what a reply wants gone, before anything is shown."""

from dataclasses import replace

from bot.adapters.discord.outcome import FORBIDDEN
from bot.adapters.discord.post import Post
from bot.core.assistant import Assistant
from bot.messages import Fate, Outcome, Receipt, Reply, Request


async def cleared(assistant: Assistant, post: Post, request: Request, reply: Reply, *, may_delete: bool) -> Reply:
    """Return the reply to show: this one, or, if something could not be deleted, what is said in its place.

    Args:
        assistant: is told what could not be deleted.
        post: deletes.
        request: what is answered.
        reply: what should be shown.
        may_delete: the bot may delete other people's messages here.
    """
    outcome: Outcome | None = None if may_delete else FORBIDDEN
    for message in reply.deletes if may_delete else ():
        deleted = await post.delete(request.place, message)
        outcome = outcome if deleted.fate is Fate.DONE else deleted
    if not reply.deletes:
        return reply
    if outcome is None:
        return replace(reply, deletes=())
    receipt = Receipt(request=request, reply=reply, place=request.place, messages=(), outcome=outcome)
    instead = await assistant.delivered(receipt)
    return replace(instead, private=reply.private) if instead else reply
