"""Messages in channels: sent, edited, deleted, pinned; with what became of it."""

import functools
from collections.abc import Awaitable, Callable

import discord

from bot.adapters.discord.outcome import DONE
from bot.adapters.discord.render import Look
from bot.adapters.discord.trying import TRIES, tried
from bot.messages import Fate, Outcome, Place, Right


class Post:
    """Acts in channels. Whatever is done here twice does no harm, so what may have failed is tried again.

    Args:
        client: speaks to Discord.
        call_s: seconds that a call may take.
    """

    def __init__(self, client: discord.Client, *, call_s: float) -> None:
        self._client = client
        self._call_s = call_s

    async def send(self, place: Place, look: Look, *, answers: str = "", nonce: str) -> tuple[str, Outcome]:
        """Send a message; return its id, "" if nobody knows that it was sent.

        Args:
            place: where.
            look: what is seen.
            answers: id of the message that it replies to, "" for none.
            nonce: of a message with the same, only the first appears. Source: Create Message, `enforce_nonce`.
        """
        write: Callable[..., Awaitable[discord.Message]] = self._channel(place).send
        if answers:
            write = functools.partial(write, reference=_reference(place, answers))

        async def send() -> str:
            message = await write(
                look.content or None,
                embeds=look.embeds,
                files=look.opened(),
                view=look.view or discord.utils.MISSING,
                nonce=nonce,
                mention_author=False,
            )
            return str(message.id)

        sent, outcome = await tried(send, call_s=self._call_s)
        return sent or "", outcome

    async def edit(self, place: Place, message: str, look: Look) -> Outcome:
        """Show something else in a message of the bot."""
        found = self._message(place, message)
        return await self._tried(
            lambda: found.edit(
                content=look.content or None,
                embeds=look.embeds,
                attachments=look.opened(),
                view=look.view,
            )
        )

    async def delete(self, place: Place, message: str) -> Outcome:
        """Delete a message; one that is gone already counts as deleted."""
        outcome = await self._tried(self._message(place, message).delete)
        return DONE if outcome.fate is Fate.GONE else outcome

    async def pin(self, place: Place, message: str) -> Outcome:
        """Pin a message."""
        return await self._tried(self._message(place, message).pin, right=Right.PIN)

    async def unpin(self, place: Place, message: str) -> Outcome:
        """Unpin a message; one that is gone already counts as unpinned."""
        outcome = await self._tried(self._message(place, message).unpin, right=Right.PIN)
        return DONE if outcome.fate is Fate.GONE else outcome

    async def show_typing(self, place: Place) -> None:
        """Show that the bot is working; nothing is lost if that fails."""

        async def show() -> None:
            await self._channel(place).typing()

        await self._tried(show, tries=1)

    async def leave(self, guild: discord.Guild) -> Outcome:
        """Leave a server."""
        return await self._tried(guild.leave)

    def permissions(self, place: Place) -> discord.Permissions:
        """Return what the bot may do in a channel; everything where it does not know."""
        guild = self._client.get_guild(int(place.group)) if place.group else None
        channel = guild.get_channel_or_thread(int(place.channel)) if guild else None
        if guild is None or channel is None:
            return discord.Permissions.all()
        try:
            may = channel.permissions_for(guild.me)
        except discord.ClientException:  # a thread whose channel the bot does not know
            return guild.me.guild_permissions
        if isinstance(channel, discord.Thread):
            may.update(send_messages=may.send_messages_in_threads)
        return may

    def _channel(self, place: Place) -> discord.PartialMessageable:
        guild = int(place.group) if place.group else None
        return self._client.get_partial_messageable(int(place.channel), guild_id=guild)

    def _message(self, place: Place, message: str) -> discord.PartialMessage:
        return self._channel(place).get_partial_message(int(message))

    async def _tried(
        self, call: Callable[[], Awaitable[object]], *, right: Right | None = None, tries: int = TRIES
    ) -> Outcome:
        _, outcome = await tried(call, call_s=self._call_s, right=right, tries=tries)
        return outcome


def _reference(place: Place, message: str) -> discord.MessageReference:
    return discord.MessageReference(message_id=int(message), channel_id=int(place.channel), fail_if_not_exists=False)
