"""Interactions: slash commands, context menus, buttons, menus, forms and what is offered while somebody types."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
from discord import app_commands

from bot.adapters.discord import commands, raw
from bot.adapters.discord.clearing import cleared
from bot.adapters.discord.components import action_of
from bot.adapters.discord.exchange import Exchange, Shown
from bot.adapters.discord.outcome import DONE, FAILURES, outcome_of
from bot.adapters.discord.post import Post
from bot.adapters.discord.read import PLATFORM, Setting, Wish, quoted_of, request_of, setting_of
from bot.adapters.discord.render import looks
from bot.adapters.discord.timing import Timing
from bot.core.assistant import Assistant
from bot.core.turn import Command
from bot.messages import Button, Fate, Outcome, Receipt, Reply, Request, Right
from bot.ops.observe import Metrics
from bot.richtext import plain

CHOICES = 25
NAME = 100
"""Most choices, and their longest name. Source: Discord developer documentation, Autocomplete."""

FILE_BYTES = 256 * 1024

Fetch = Callable[[str], Awaitable[bytes]]
"""Returns the contents of an uploaded file by its address."""


class Door:
    """Takes interactions and answers them.

    Args:
        assistant: what answers.
        post: acts in channels.
        fetch: gets uploaded files.
        metrics: counts what became of replies.
        timing: how long things may take.
        hears_all: the bot is shown messages that do not mention it.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        post: Post,
        fetch: Fetch,
        metrics: Metrics,
        timing: Timing,
        hears_all: bool,
    ) -> None:
        self._assistant = assistant
        self._post = post
        self._fetch = fetch
        self._replies = metrics.replies
        self._timing = timing
        self._hears_all = hears_all

    async def take(self, interaction: discord.Interaction) -> Outcome | None:
        """Do what somebody wants with a command, a form or while typing; components come by `press`."""
        match interaction.type:
            case discord.InteractionType.application_command:
                return await self._command(interaction)
            case discord.InteractionType.modal_submit:
                return await self._filled(interaction)
            case discord.InteractionType.autocomplete:
                return await self._offer(interaction)
            case _:
                return None

    async def press(self, interaction: discord.Interaction, action: str) -> Outcome | None:
        """Do what a button or a menu says; "" is one of another time."""
        setting = setting_of(interaction)
        source = interaction.message
        secret = source is not None and source.flags.ephemeral
        setting = setting if secret else setting.open
        exchange = Exchange(interaction, alone=setting.alone, secret=secret, timing=self._timing)
        name, _, argument = action.partition(" ")
        row = self._assistant.command(name)
        if row is None:
            return await self._say(exchange, "stale")
        wish = Wish(command=name, argument=argument, pressed=str(source.id) if source else "")
        return await self._serve(exchange, interaction, wish, setting)

    async def refuse(self, interaction: discord.Interaction) -> Outcome | None:
        """Say that the bot does not work here."""
        if interaction.type is discord.InteractionType.autocomplete:
            return None
        exchange = Exchange(interaction, alone=False, secret=True, timing=self._timing)
        return await self._say(exchange, "discord_elsewhere")

    async def _command(self, interaction: discord.Interaction) -> Outcome | None:
        data: raw.Raw = interaction.data or {}
        name = raw.text(data, "name")
        setting = setting_of(interaction)
        if "target_id" in data:
            command, given = commands.menu_command(self._assistant, name), {}
        else:
            command, given = name, dict(raw.options(data))
        row = self._assistant.command(command)
        public = given.pop(commands.PUBLIC, "")
        exchange = Exchange(interaction, alone=setting.alone, secret=True, timing=self._timing)
        if row is None:
            return await self._say(exchange, "stale")
        is_public = await self._is_public(interaction, row, setting, public)
        exchange.secret = not is_public
        setting = setting.open if is_public else setting
        flags = {option.name for option in row.options if option.flag}
        words = " ".join(given[option.name] for option in row.options if option.name in given.keys() - flags)
        wish = Wish(command=command, argument=words, fields=given, quoted=quoted_of(interaction))
        return await self._serve(exchange, interaction, wish, setting)

    async def _filled(self, interaction: discord.Interaction) -> Outcome | None:
        data: raw.Raw = interaction.data or {}
        setting = setting_of(interaction)
        exchange = Exchange(interaction, alone=setting.alone, secret=True, timing=self._timing)
        action = action_of(raw.text(data, "custom_id"))
        name, _, argument = action.partition(" ")
        if self._assistant.command(name) is None:
            return await self._say(exchange, "stale")
        wish = Wish(command=name, argument=argument, fields=raw.answers(data))
        return await self._serve(exchange, interaction, wish, setting)

    async def _offer(self, interaction: discord.Interaction) -> Outcome | None:
        """Offer topics for what is being typed."""
        data: raw.Raw = interaction.data or {}
        wish = Wish(command=raw.text(data, "name"), argument=raw.focused(data))
        request = request_of(interaction, wish, setting=setting_of(interaction), row=None, hears_all=self._hears_all)
        try:
            async with asyncio.timeout(self._timing.first_s):
                found = await self._assistant.complete(request, CHOICES)
                choices = [app_commands.Choice(name=title[:NAME], value=topic) for topic, title in found]
                await interaction.response.autocomplete(choices)
        except FAILURES as error:
            return outcome_of(error)
        return DONE

    async def _is_public(self, interaction: discord.Interaction, row: Command, setting: Setting, chosen: str) -> bool:
        """Whether all may see the answer: as the asker chose, else as the server has set."""
        if not commands.can_be_public(row):
            return False
        if chosen or setting.place.direct:
            return chosen == "yes"
        wish = Wish(command=row.name)
        request = request_of(interaction, wish, setting=setting, row=row, hears_all=self._hears_all)
        return await self._assistant.is_public(request)

    async def _serve(
        self, exchange: Exchange, interaction: discord.Interaction, wish: Wish, setting: Setting
    ) -> Outcome | None:
        row = self._assistant.command(wish.command)
        request = request_of(interaction, wish, setting=setting, row=row, hears_all=self._hears_all)
        bound_s = self._timing.form_s if row and row.form else self._timing.defer_s
        reply = await exchange.meanwhile(self._answer(request, interaction), bound_s=bound_s)
        if reply is None:
            # The core is silent only to who asks too often, and to events that came before.
            return await self._say(exchange, "slow_down")
        return await self._deliver(exchange, request, reply, permissions=interaction.app_permissions)

    async def _answer(self, request: Request, interaction: discord.Interaction) -> Reply | None:
        if uploaded := raw.attachment(interaction.data or {}):
            try:
                async with asyncio.timeout(self._timing.call_s):
                    request = replace(request, file=await self._contents(uploaded))
            except FAILURES:
                return Reply(text=plain(self._assistant.word("discord_failed")), private=True)
        return await self._assistant.answer(request)

    async def _contents(self, uploaded: raw.Raw) -> bytes:
        """Return an uploaded file; in place of one that is too large, something that is too large as well."""
        size = uploaded.get("size")
        if not isinstance(size, int) or size > FILE_BYTES:
            return bytes(FILE_BYTES + 1)
        return await self._fetch(raw.text(uploaded, "url"))

    async def _deliver(
        self, exchange: Exchange, request: Request, reply: Reply, *, permissions: discord.Permissions
    ) -> Outcome:
        """Do what a reply asks for, and report it."""
        if reply.form:
            if exchange.can_open:
                return await exchange.open(reply.form)
            button = Button(label=self._assistant.word("discord_open_form"), action=reply.form.action)
            late = plain(self._assistant.word("discord_form_late"))
            reply = Reply(text=late, buttons=((button,),), private=True)
        may_delete = not request.place.direct and (permissions.manage_messages or permissions.administrator)
        if reply.deletes:
            clearing = cleared(self._assistant, self._post, request, reply, may_delete=may_delete)
            reply = await exchange.meanwhile(clearing, bound_s=self._timing.defer_s)
        shown = await self._shown(exchange, request, reply, permissions)
        outcome = shown.outcome
        self._replies.labels(PLATFORM, outcome.fate.value).inc()
        further = await self._assistant.delivered(
            Receipt(
                request=request,
                reply=reply,
                place=request.place,
                messages=shown.messages,
                outcome=outcome,
                unpinned=shown.unpinned,
            )
        )
        if further:
            await exchange.show(further)
        elif not exchange.is_answered:
            await self._say(exchange, "discord_done" if outcome.fate is Fate.DONE else "discord_failed")
        return outcome

    async def _shown(
        self, exchange: Exchange, request: Request, reply: Reply, permissions: discord.Permissions
    ) -> Shown:
        """Show a reply, pin it, and take down what it stands for; nothing of that where the right is missing."""
        pins = bool(reply.pin or reply.unpins)
        if pins and not (request.place.direct or permissions.pin_messages or permissions.administrator):
            return Shown(outcome=Outcome(fate=Fate.FORBIDDEN, right=Right.PIN))
        if reply.unpins and not reply.pin:
            gone, outcome = await exchange.meanwhile(self._unpinned(request, reply), bound_s=self._timing.defer_s)
            shown = await exchange.show(reply) if outcome.fate is Fate.DONE else Shown(outcome=outcome)
            return replace(shown, unpinned=gone)
        if reply.pin and reply.replaces and not exchange.is_own(reply.replaces):
            return await exchange.meanwhile(self._changed(request, reply), bound_s=self._timing.defer_s)
        shown = await exchange.show(reply)
        return await self._pinned(request, reply, shown) if reply.pin else shown

    async def _changed(self, request: Request, reply: Reply) -> Shown:
        """Edit the message that a reply replaces, and pin it."""
        outcome = await self._post.edit(request.place, reply.replaces, looks(reply)[0])
        return await self._pinned(request, reply, Shown(messages=(reply.replaces,), outcome=outcome))

    async def _pinned(self, request: Request, reply: Reply, shown: Shown) -> Shown:
        if shown.outcome.fate is not Fate.DONE or not shown.messages:
            return shown
        outcome = await self._post.pin(request.place, shown.messages[0])
        if outcome.fate is not Fate.DONE:
            return replace(shown, outcome=outcome)
        gone, _ = await self._unpinned(request, reply)
        return replace(shown, unpinned=gone)

    async def _unpinned(self, request: Request, reply: Reply) -> tuple[tuple[str, ...], Outcome]:
        """Take down what a reply wants to be; return what is down, and what became of the first that is not."""
        outcomes = {message: await self._post.unpin(request.place, message) for message in reply.unpins}
        gone = tuple(message for message, outcome in outcomes.items() if outcome.fate is Fate.DONE)
        return gone, next((outcome for outcome in outcomes.values() if outcome.fate is not Fate.DONE), DONE)

    async def _say(self, exchange: Exchange, phrase: str) -> Outcome:
        """Say one of the bot's own sentences to the asker alone."""
        return (await exchange.show(Reply(text=plain(self._assistant.word(phrase)), private=True))).outcome
