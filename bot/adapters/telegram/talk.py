"""One request after another: who asks and where, the answer, and what became of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

from telegram.constants import ChatAction

from bot.adapters.telegram.facts import Facts
from bot.adapters.telegram.forms import Filling, Forms
from bot.adapters.telegram.links import Desk, Held
from bot.adapters.telegram.post import Manner, Post, Posted
from bot.adapters.telegram.read import PLATFORM, Heard
from bot.adapters.telegram.render import Keyboard
from bot.adapters.telegram.roles import ANONYMOUS, Roles
from bot.adapters.telegram.sweep import Sweep
from bot.core.assistant import Assistant
from bot.core.guard import WARNINGS_A_MINUTE
from bot.messages import Author, Button, Due, Fate, Outcome, Place, Receipt, Reply, Request, Right
from bot.ops.observe import Metrics
from bot.richtext import plain
from bot.storage.shared import Cooldowns

WORKING_S = 1.5
"""Seconds after which the bot shows that it works on an answer."""

START = "start"
"""The command that opens a private chat, with what a deep link carries behind it. Source: Bot features."""

LINES_A_MINUTE = 3
"""Lines that lead one person from a group to the private chat; then there is silence."""

_ALL = frozenset(Right)
"""What everybody may do in their own private chat."""


class Talk:
    """Answers requests and reports what became of the answers.

    Args:
        assistant: what answers.
        post: does what replies ask for.
        roles: who may do what.
        facts: what the bot may do and hear.
        desk: what waits in private chats.
        forms: who fills in what.
        keyboard: links to the private chat.
        sweep: takes lines down.
        metrics: counts what became of replies.
        clock: seconds that only grow.
        pause: waits some seconds.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        post: Post,
        roles: Roles,
        facts: Facts,
        desk: Desk,
        forms: Forms,
        keyboard: Keyboard,
        sweep: Sweep,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._assistant = assistant
        self._post = post
        self._roles = roles
        self._facts = facts
        self._desk = desk
        self._forms = forms
        self._keyboard = keyboard
        self._sweep = sweep
        self._replies = {fate: metrics.replies.labels(PLATFORM, fate.value) for fate in Fate}
        self._pause = pause
        self._lines = Cooldowns(clock=clock)

    async def hear(self, heard: Heard) -> Outcome | None:
        """Answer a message; return what became of the answer, None if there was none."""
        request = await self.placed(heard.request)
        row = self._assistant.command(request.command)
        if heard.typed and row and row.private and not (row.here or request.place.direct):
            return await self.guard(request) or await self._lead_home(request, request)
        if row and row.right and _is_own(request.place) and self._desk.has_expired(request.author.id):
            return await self.say(request, Reply(text=plain(self._assistant.word("only_group"))))
        async with self._working(request):
            reply = await self._assistant.answer(request)
        if reply and request.command == START and request.place.direct:
            reply = self._inviting(reply)
        return await self.say(request, reply, answers=_replied_to(heard, reply)) if reply else None

    async def guard(self, request: Request) -> Outcome | None:
        """Warn if a message holds wallet secrets, before it is kept or left alone; None if it holds none."""
        warning = self._assistant.caught(request)
        return await self.say(request, warning) if warning else None

    async def say(self, request: Request, reply: Reply, *, answers: str = "") -> Outcome:
        """Show a reply to a request, and what the core has to say about what became of it."""
        if reply.form and request.place.direct:
            return await self.ask(request, self._forms.begin(request.author.id, reply.form, request.place))
        is_warning = bool(reply.deletes) and not reply.replaces
        reply = await self.acted(request, reply)
        if is_warning and self._is_over("warning", request, most=WARNINGS_A_MINUTE):
            return Outcome(fate=Fate.LATER)
        is_for_one = (reply.private or reply.form) and not request.place.direct
        if is_for_one and not self._acts_here(reply):
            return await self._lead_home(request, reply)
        if reply.image and reply.image.png:
            await self._post.show_action(request.place, ChatAction.UPLOAD_PHOTO)
        posted = await self._post.deliver(reply, request.place, manner=Manner(answers=answers))
        if is_for_one:
            self._sweep_up(request.place, posted.messages)
        further = await self.report(request, reply, request.place, posted)
        if further:
            await self._say_further(request, further)
        return posted.outcome

    async def acted(self, request: Request, reply: Reply) -> Reply:
        """Do what has to be done before a reply is shown; return what is to be shown after it."""
        if reply.deletes:
            done = Posted(outcome=await self._post.delete_all(request.place, reply.deletes))
        elif reply.private and reply.unpins:
            done = await self._post.unpin_all(request.place, reply.unpins)
        else:
            return reply
        further = await self.report(request, reply, request.place, done)
        return further or replace(reply, deletes=(), unpins=() if reply.private else reply.unpins)

    async def ask(self, request: Request, question: Reply) -> Outcome:
        """Ask for the next field of a form."""
        pending = self._forms.pending(request.author.id)
        label = pending.asked.label if pending and pending.asked else ""
        posted = await self._post.deliver(question, request.place, manner=Manner(asks=label))
        return posted.outcome

    async def fill(self, heard: Heard, filling: Filling) -> Outcome | None:
        """Take an answer to a form, and hand the form on once it is filled."""
        request = replace(heard.request, place=filling.place)
        if caught := await self.guard(request):
            return caught
        taken = self._forms.take(request.author.id, filling, request.argument, message=request.message)
        if isinstance(taken, Reply):
            return await self.ask(request, taken)
        command, _, argument = filling.form.action.partition(" ")
        filled = replace(request, command=command, argument=argument, fields=taken.answers, quoted=None)
        return await self.hear(Heard(request=filled))

    async def do(self, due: Due) -> None:
        """Do what is due without anybody asking just now, and report it."""
        if due.reply.replaces:
            posted = await self._post.edit(due.reply, due.place)
        else:
            answers = due.request.message if due.request else ""
            posted = await self._post.deliver(due.reply, due.place, manner=Manner(answers=answers))
        await self.report(due.request, due.reply, due.place, posted)

    async def report(self, request: Request | None, reply: Reply, place: Place, posted: Posted) -> Reply | None:
        """Tell the core what became of a reply; return what the asker should know."""
        self._replies[posted.outcome.fate].inc()
        if posted.moved_to:
            await self.move(place.group, to=posted.moved_to)
            place = replace(place, group=posted.moved_to, channel=posted.moved_to)
            request = replace(request, place=place) if request else None
        receipt = Receipt(
            request=request,
            reply=reply,
            place=place,
            messages=posted.messages,
            outcome=posted.outcome,
            unpinned=posted.unpinned,
        )
        return await self._assistant.delivered(receipt)

    async def move(self, group: str, *, to: str) -> None:
        """Note that a group has a new id, and tell the core; told twice it does no harm."""
        self._desk.move(group, to=to)
        place = Place(platform=PLATFORM, group=group, channel=group)
        request = Request(
            command="group_moved", argument=to, id=f"moved {group} {to}", place=place, author=Author(id=""), notice=True
        )
        await self._assistant.answer(request)

    async def placed(self, request: Request) -> Request:
        """Return the request with the group that a private chat is about, and with the rights and facts it needs."""
        row = self._assistant.command(request.command)
        needs_right = row is not None and row.right is not None
        if request.place.direct:
            request = await self._placed_at_home(request, needs_right=needs_right)
        elif needs_right:
            request = await self._with_rights(request)
        if row and row.facts and request.author.rights:
            request = replace(request, fields={**request.fields, **await self._facts.of(request.place.group)})
        return request

    async def _with_rights(self, request: Request) -> Request:
        author, place = request.author, request.place
        if author.anonymous:
            return replace(request, author=replace(author, rights=ANONYMOUS))
        rights = (await self._roles.of(place.group, author.id)).rights
        return replace(request, author=replace(author, rights=rights))

    async def _placed_at_home(self, request: Request, *, needs_right: bool) -> Request:
        """Return a private chat's request, about a group only for its members.

        A moderator's command keeps its group in any case, and without rights is refused: it must never fall back on the
        private chat's own settings.
        """
        author, place = request.author, request.place
        # A button says itself which group it is about: one of the private chat's own settings never changes a group's.
        group = self._desk.current(place.group) or ("" if request.pressed else self._desk.group_of(author.id))
        if not group:
            return replace(request, author=replace(author, rights=_ALL))
        standing = await self._roles.of(group, author.id)
        if standing.moved_to:
            await self.move(group, to=standing.moved_to)
            group = standing.moved_to
            standing = await self._roles.of(group, author.id)
        if standing.member or needs_right:
            return replace(request, place=replace(place, group=group), author=replace(author, rights=standing.rights))
        if standing.known:
            self._desk.enter(author.id, "")
        return replace(request, place=replace(place, group=""), author=replace(author, rights=_ALL))

    def _inviting(self, reply: Reply) -> Reply:
        """Return the reply with a button that adds the bot to a group."""
        button = Button(label=self._assistant.word("button_add_group"), url=self._keyboard.link("new", into_group=True))
        return replace(reply, buttons=(*reply.buttons, (button,)))

    async def _say_further(self, request: Request, further: Reply) -> None:
        if further.private and not request.place.direct:
            await self._lead_home(request, further)
            return
        answers = "" if request.place.direct else request.message
        await self._post.deliver(further, request.place, manner=Manner(answers=answers))

    def _is_over(self, what: str, request: Request, *, most: int) -> bool:
        """Count what is said to a person in a group; return whether it was said often enough in this minute."""
        key = (what, request.place.group, request.author.id)
        return self._lines.count(key, window_s=60.0, most=most) > most

    async def _lead_home(self, request: Request, what: Request | Reply) -> Outcome:
        """Say in a group that something waits in the private chat; the line goes after a while."""
        author, place = request.author, request.place
        if self._is_over("line", request, most=LINES_A_MINUTE):
            return Outcome(fate=Fate.LATER)
        if not (is_person(author) or author.anonymous):
            what = request  # nobody knows who writes as a channel: whoever comes is answered as themselves
        elif isinstance(what, Reply):
            what = replace(what, replaces="")  # that is a message of the group
        token = self._desk.hold(Held(author=author.id if is_person(author) else "", group=place.group, what=what))
        button = Button(label=self._assistant.word("button_private"), url=self._keyboard.link(token))
        line = Reply(text=plain(self._assistant.word("private_line")), buttons=((button,),))
        posted = await self._post.deliver(line, place, manner=Manner(answers=request.message, silent=True))
        self._sweep_up(place, posted.messages)
        self._replies[posted.outcome.fate].inc()
        return posted.outcome

    def _acts_here(self, reply: Reply) -> bool:
        """Whether a button acts on the chat or topic that it stands in, so that it can be pressed nowhere else."""
        rows = [self._assistant.command(button.action.partition(" ")[0]) for row in reply.buttons for button in row]
        return any(row is not None and row.here for row in rows)

    def _sweep_up(self, place: Place, messages: Iterable[str]) -> None:
        """Take messages of a group down after a while."""
        for message in messages:
            self._sweep.add(place, message)

    @asynccontextmanager
    async def _working(self, request: Request) -> AsyncIterator[None]:
        """Show "typing" if the block takes long; overheard questions are looked at in silence."""
        if not request.addressed:
            yield
            return

        async def show() -> None:
            await self._pause(WORKING_S)
            await self._post.show_action(request.place, ChatAction.TYPING)

        task = asyncio.create_task(show())
        try:
            yield
        finally:
            task.cancel()


def _is_own(place: Place) -> bool:
    """Return whether a place is a private chat about no group."""
    return place.direct and not place.group


def is_person(author: Author) -> bool:
    """Return whether it is known who asks: whoever writes in the name of a group or a channel is hidden behind it."""
    return not author.id.startswith("-")


def _replied_to(heard: Heard, reply: Reply) -> str:
    """Return the message to answer, "" for none.

    Whoever lets the bot answer somebody else's question, or shows them a topic, has the answer go there. In a private
    chat nothing has to be pointed at, and a caught secret must not be quoted.
    """
    request, quoted = heard.request, heard.request.quoted
    if request.place.direct or reply.deletes:
        return ""
    is_for_quoted = request.command == "show" or (request.command == "ask" and not request.argument)
    if heard.typed and quoted and not quoted.by_bot and is_for_quoted:
        return quoted.id
    return request.message
