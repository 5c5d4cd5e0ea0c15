"""One interaction: acknowledged in time, answered once, followed up."""

import asyncio
import enum
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
import discord

from bot.adapters.discord import components
from bot.adapters.discord.outcome import ACKNOWLEDGED, DONE, FAILURES, UNKNOWN, outcome_of
from bot.adapters.discord.render import Look, looks
from bot.adapters.discord.timing import Timing
from bot.adapters.discord.trying import TRIES, tried
from bot.messages import Fate, Form, Outcome, Reply

Result = TypeVar("Result")

_PLACEHOLDER = Look(content="…")
"""Stands where "thinking" could not be taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What became of a reply.

    Attributes:
        messages: ids of the messages that carry it, in order.
        outcome: what became of it.
        unpinned: ids of the messages that it took down.
    """

    messages: tuple[str, ...] = ()
    outcome: Outcome = DONE
    unpinned: tuple[str, ...] = ()


class _State(enum.Enum):
    """What Discord was told so far."""

    NOTHING = enum.auto()
    THINKING = enum.auto()
    LATER = enum.auto()
    LOST = enum.auto()
    ANSWERED = enum.auto()


class Exchange:
    """Answers one interaction.

    Args:
        interaction: what somebody did.
        alone: nobody else could read the answer, so nothing needs hiding.
        secret: the answer is only for the asker unless it is to be pinned.
        timing: how long things may take.
        clock: seconds that only grow.

    Attributes:
        secret: as above; to be settled before Discord is told anything.
    """

    def __init__(
        self,
        interaction: discord.Interaction,
        *,
        alone: bool,
        secret: bool,
        timing: Timing,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interaction = interaction
        self._alone = alone
        self.secret = secret
        self._timing = timing
        self._clock = clock
        self._began = clock()
        self._state = _State.NOTHING
        self._source = interaction.message if interaction.type is discord.InteractionType.component else None

    @property
    def is_answered(self) -> bool:
        """Whether the asker has got to see something, or never will."""
        return self._state in {_State.ANSWERED, _State.LOST}

    @property
    def can_open(self) -> bool:
        """Whether a form can still be opened."""
        return self._state is _State.NOTHING and self._interaction.type is not discord.InteractionType.modal_submit

    def is_own(self, message: str) -> bool:
        """Return whether a message is the one whose component was used."""
        return self._source is not None and message == str(self._source.id)

    async def meanwhile(self, work: Coroutine[None, None, Result], *, bound_s: float) -> Result:
        """Return what the work returns; if that takes until `bound_s` after the beginning, ask for more time."""
        async with asyncio.TaskGroup() as group:
            task = group.create_task(work)
            await asyncio.wait([task], timeout=self._left_s(bound_s))
            if not task.done() and self._state is _State.NOTHING:
                await self._defer()
        return task.result()

    async def show(self, reply: Reply) -> Shown:
        """Show a reply: in place of the message whose component was used if it replaces that, else as a new one.

        What is for the asker alone never takes the place of what others see.
        """
        hidden = self._hides(private=reply.private) and not reply.pin
        replaces = self.is_own(reply.replaces) and (self.secret or not hidden)
        messages: list[str] = []
        outcome = DONE
        for look in looks(reply):
            message, outcome = await self._one(look, hidden=hidden, replaces=replaces)
            if message:
                messages.append(message)
            if outcome.fate is not Fate.DONE:
                break
            replaces = False
        return Shown(messages=tuple(messages), outcome=outcome)

    async def open(self, form: Form) -> Outcome:
        """Open a form."""
        modal = components.modal(form)
        _, outcome = await self._first(lambda: self._interaction.response.send_modal(modal), _State.ANSWERED)
        return outcome

    async def _defer(self) -> None:
        """Ask for more time; a command shows "thinking", a component goes on as it is."""
        response = self._interaction.response
        if self._source:
            await self._first(response.defer, _State.LATER)
        else:
            secret = self._hides(private=False)
            await self._first(lambda: response.defer(ephemeral=secret, thinking=True), _State.THINKING)

    def _left_s(self, bound_s: float) -> float:
        """Return the seconds that are left until `bound_s` seconds after the beginning."""
        return max(0.0, bound_s - (self._clock() - self._began))

    def _hides(self, *, private: bool) -> bool:
        return not self._alone and (private or self.secret)

    async def _one(self, look: Look, *, hidden: bool, replaces: bool) -> tuple[str, Outcome]:
        if self._state is _State.LOST:
            return "", UNKNOWN
        if self._state is _State.NOTHING:
            return await self._first(lambda: self._respond(look, hidden=hidden, replaces=replaces), _State.ANSWERED)
        if self._awaits(hidden=hidden, replaces=replaces):
            message, outcome = await self._later(lambda: self._edit_original(look))
            answered = {Fate.DONE}
        elif self._state is _State.THINKING and (kept := await self._stop_thinking()):
            return "", kept
        else:
            message, outcome = await self._later(lambda: self._follow_up(look, hidden=hidden), tries=1)
            answered = {Fate.DONE, Fate.UNKNOWN}  # it may have come, and must not come twice
        if outcome.fate in answered:
            self._state = _State.ANSWERED
        return message, outcome

    def _awaits(self, *, hidden: bool, replaces: bool) -> bool:
        """Whether the message that Discord was told to wait for is the one to show now."""
        if self._state is _State.THINKING:
            return hidden == self._hides(private=False)
        return self._state is _State.LATER and replaces

    async def _stop_thinking(self) -> Outcome | None:
        """Take "thinking" away, or else what it says: what follows would be seen by whoever sees that.

        Returns:
            Why it is still there; None if it is not.
        """
        for call in (self._delete_original, lambda: self._edit_original(_PLACEHOLDER)):
            _, outcome = await self._later(call)
            if outcome.fate in {Fate.DONE, Fate.GONE}:
                return None
        return outcome

    async def _respond(
        self, look: Look, *, hidden: bool, replaces: bool
    ) -> discord.InteractionCallbackResponse[discord.Client] | None:
        if replaces:
            return await self._interaction.response.edit_message(
                content=look.content or None, embeds=look.embeds, attachments=look.opened(), view=look.view
            )
        return await self._interaction.response.send_message(
            look.content or None,
            embeds=look.embeds,
            files=look.opened(),
            view=look.view or discord.utils.MISSING,
            ephemeral=hidden,
        )

    async def _first(
        self, call: Callable[[], Awaitable[discord.InteractionCallbackResponse[discord.Client] | None]], then: _State
    ) -> tuple[str, Outcome]:
        """Give the first answer. If the line breaks it is tried again, for Discord takes only one."""
        for again in (False, True):
            try:
                async with asyncio.timeout(self._left_s(self._timing.first_s)):
                    told = await call()
            except FAILURES as error:
                if again and isinstance(error, discord.HTTPException) and error.code == ACKNOWLEDGED:
                    self._state = then
                    return await self._later(self._find_original)
                if again or not isinstance(error, aiohttp.ClientError):
                    self._state = self._after(error, then)
                    return "", outcome_of(error)
            else:
                self._state = then
                return str(told.message_id or "") if told else "", DONE
        return "", DONE

    def _after(self, error: Exception, then: _State) -> _State:
        """Return what Discord counts as told after a call that failed.

        Where it may have heard a call for more time, the answer shows whether it has: that is refused, or taken once.
        """
        if isinstance(error, discord.HTTPException) and error.status == 400 and error.code != ACKNOWLEDGED:
            return self._state  # Discord did not like what it says, and takes another
        refused = isinstance(error, discord.HTTPException) and error.status < 500
        return _State.LOST if refused or then is _State.ANSWERED else then

    async def _later(self, call: Callable[[], Awaitable[str]], *, tries: int = TRIES) -> tuple[str, Outcome]:
        told, outcome = await tried(call, call_s=self._timing.call_s, tries=tries)
        return told or "", outcome

    async def _find_original(self) -> str:
        return str((await self._interaction.original_response()).id)

    async def _edit_original(self, look: Look) -> str:
        message = await self._interaction.edit_original_response(
            content=look.content or None,
            embeds=look.embeds,
            attachments=look.opened(),
            view=look.view,
        )
        return str(message.id)

    async def _delete_original(self) -> str:
        await self._interaction.delete_original_response()
        return ""

    async def _follow_up(self, look: Look, *, hidden: bool) -> str:
        message = await self._interaction.followup.send(
            look.content or discord.utils.MISSING,
            embeds=look.embeds,
            files=look.opened(),
            view=look.view or discord.utils.MISSING,
            ephemeral=hidden,
            wait=True,
        )
        return str(message.id)
