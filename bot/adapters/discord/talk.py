"""What is said in channels and direct messages, what happens to servers, and what is due without anybody asking."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import discord

from bot.adapters.discord.clearing import cleared
from bot.adapters.discord.outcome import DONE, FORBIDDEN
from bot.adapters.discord.post import Post
from bot.adapters.discord.read import PLATFORM, Reader, place_of
from bot.adapters.discord.render import looks
from bot.adapters.discord.timing import Timing
from bot.core.assistant import Assistant
from bot.core.guard import WARNINGS_A_MINUTE
from bot.messages import Author, Due, Fate, Outcome, Place, Receipt, Reply, Request
from bot.ops.observe import Metrics
from bot.richtext import plain
from bot.storage.shared import Cooldowns

_log = logging.getLogger(__name__)


class Talk:
    """Answers messages and does what is due.

    Args:
        assistant: what answers.
        post: acts in channels.
        reader: reads messages.
        metrics: counts what became of replies.
        timing: how long things may take.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        post: Post,
        reader: Reader,
        metrics: Metrics,
        timing: Timing,
        clock: Callable[[], float],
    ) -> None:
        self._assistant = assistant
        self._post = post
        self._reader = reader
        self._replies = metrics.replies
        self._timing = timing
        self._warnings = Cooldowns(clock=clock)

    async def hear(self, message: discord.Message) -> Outcome | None:
        """Answer a message; None where the bot stays silent."""
        if self._reader.is_own_notice(message):
            return await self._post.delete(place_of(message), str(message.id))
        request = self._reader.message(message)
        if request is None:
            return None
        async with self._working(request):
            reply = await self._assistant.answer(request)
        return await self._say(request, reply) if reply else None

    async def do(self, due: Due) -> Outcome | None:
        """Do what is due without anybody asking just now, and report it."""
        if due.reply.replaces:
            outcome = await self._post.edit(due.place, due.reply.replaces, looks(due.reply)[0])
            await self._report(due.request, due.reply, due.place, (due.reply.replaces,), outcome)
            return outcome
        return await self._say(due.request, due.reply) if due.request else None

    async def joined(self, guild: discord.Guild) -> Outcome | None:
        """Note that a server has the bot, and say there once what it does, where new members are greeted."""
        since = guild.me.joined_at
        stamp = f"{since:%Y%m%d%H%M%S}" if since else ""
        channel = guild.system_channel
        place = Place(platform=PLATFORM, group=str(guild.id), channel=str(channel.id if channel else guild.id))
        request = _notice("group_joined", place, event=f"joined {guild.id} {stamp}")
        reply = await self._assistant.answer(request)
        if reply is None or channel is None or not channel.permissions_for(guild.me).send_messages:
            return None
        return await self._say(request, reply)

    async def leave(self, guild: discord.Guild) -> Outcome | None:
        """Leave a server in which the bot does not work."""
        _log.info("the bot leaves a server in which the configuration does not let it work")
        return await self._post.leave(guild)

    async def left(self, guild: discord.Guild) -> Outcome | None:
        """Note that a server has thrown the bot out."""
        place = Place(platform=PLATFORM, group=str(guild.id), channel=str(guild.id))
        await self._assistant.answer(_notice("group_removed", place, event=f"left {guild.id} {time.time_ns()}"))
        return None

    async def gone(self, messages: Iterable[int], *, guild: int | None, channel: int) -> Outcome | None:
        """Note that somebody has deleted messages, or taken down what may have been pins."""
        place = Place(platform=PLATFORM, group=str(guild) if guild else "", channel=str(channel), direct=guild is None)
        for message in messages:
            event = f"gone {message} {time.time_ns()}"
            await self._assistant.answer(_notice("message_gone", place, event=event, argument=str(message)))
        return None

    async def _say(self, request: Request, reply: Reply) -> Outcome:
        """Show a reply, and what the core has to say about what became of it."""
        place = request.place
        is_warning = bool(reply.deletes) and bool(place.group)
        may_delete = bool(place.group) and self._post.permissions(place).manage_messages
        reply = await cleared(self._assistant, self._post, request, reply, may_delete=may_delete)
        if is_warning and not self._warnings.allows(
            (place.group, request.author.id), window_s=60.0, most=WARNINGS_A_MINUTE
        ):
            return Outcome(fate=Fate.LATER)
        reply = self._for_all(reply, place)
        messages, outcome = await self._show(request, reply)
        further = await self._report(request, reply, place, messages, outcome)
        if further:
            await self._show(request, self._for_all(further, place), series="f")
        return outcome

    def _for_all(self, reply: Reply, place: Place) -> Reply:
        """Return what may be shown: a message in a channel is seen by all, so what is for one is only pointed to."""
        if reply.private and not place.direct:
            return Reply(text=plain(self._assistant.word("discord_for_you_alone")))
        return reply

    async def _show(self, request: Request, reply: Reply, *, series: str = "") -> tuple[tuple[str, ...], Outcome]:
        """Send or edit what shows a reply; return the messages that carry it, and what became of it.

        Of the messages for one request, no two bear the same number in the same series.
        """
        place, first = request.place, reply.replaces
        may = self._post.permissions(place)
        if not may.send_messages:
            return (), FORBIDDEN  # not tried: Discord bans whoever is refused too often
        answers = request.message if may.read_message_history else ""
        messages: list[str] = []
        outcome = DONE
        for number, look in enumerate(looks(reply, embeds=may.embed_links, files=may.attach_files)):
            if first:
                message, outcome = first, await self._post.edit(place, first, look)
            else:
                nonce = f"{series}{request.message or place.channel}-{number}"
                message, outcome = await self._post.send(place, look, answers=answers, nonce=nonce[-25:])
            if message:
                messages.append(message)
            if outcome.fate is not Fate.DONE:
                break
            answers = first = ""
        return tuple(messages), outcome

    async def _report(
        self, request: Request | None, reply: Reply, place: Place, messages: tuple[str, ...], outcome: Outcome
    ) -> Reply | None:
        """Tell the core what became of a reply; return what the asker should know."""
        self._replies.labels(PLATFORM, outcome.fate.value).inc()
        return await self._assistant.delivered(
            Receipt(request=request, reply=reply, place=place, messages=messages, outcome=outcome)
        )

    @asynccontextmanager
    async def _working(self, request: Request) -> AsyncIterator[None]:
        """Show "typing" if the block takes long; overheard questions are looked at in silence."""
        if not (request.addressed and self._post.permissions(request.place).send_messages):
            yield
            return

        async def show() -> None:
            await asyncio.sleep(self._timing.defer_s)
            await self._post.show_typing(request.place)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()


def _notice(command: str, place: Place, *, event: str, argument: str = "") -> Request:
    return Request(
        command=command,
        argument=argument,
        id=event,
        place=place,
        author=Author(id=""),
        addressed=False,
        notice=True,
    )
