"""A `Reply` becomes what Discord shows: an embed with title and text, buttons below it, a picture in it."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import discord

from bot.adapters.discord import components
from bot.messages import Reply
from bot.richtext import RichText, Span, join, plain, split

TITLE, TEXT, CONTENT, ALTERNATIVE = 256, 4096, 2000, 1024
"""Longest title and text of an embed, text of a message, description of a picture, in characters.

Source: Discord developer documentation, Embed Limits, Create Message, Attachment Object.
"""

COLOUR = discord.Colour(0xF7931A)

_SHORTEST = 64
_SPECIAL = re.compile(r"[\\`*_~|<>\[\]#@]")
_ITEM = re.compile(r"^([ \t]*\d*)([-+.)])(?=[ \t]|$)", re.MULTILINE)
_URL_PARTS = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A message as it is sent.

    Attributes:
        content: text outside of an embed, "" for none.
        embed: title and text.
        view: menu and buttons.
        files: pictures and files, opened anew for each try.
    """

    content: str = ""
    embed: discord.Embed | None = None
    view: discord.ui.View | None = None
    files: tuple[Callable[[], discord.File], ...] = field(default=())

    @property
    def embeds(self) -> list[discord.Embed]:
        """The embed, if there is one, as the library takes it."""
        # An embed is "true" if any of its many parts is, and looks at all of them for that.
        return [] if self.embed is None else [self.embed]

    def opened(self) -> list[discord.File]:
        """Return the files, ready to be sent once."""
        return [opened() for opened in self.files]


def looks(reply: Reply, *, embeds: bool = True, files: bool = True) -> tuple[Look, ...]:
    """Return the messages that show a reply, buttons below the last one.

    Args:
        reply: what should be seen.
        embeds: False where the bot may not send any; then title and text are the message's own text.
        files: False where the bot may not send any; then words stand for a picture.
    """
    reply = reply if files else _without_files(reply)
    if embeds:
        bodies = [_embed(part) for part in _parts(reply.text, TEXT)] or [discord.Embed(colour=COLOUR)]
        bodies[0].title = components.shortened(escape(reply.title), TITLE) if reply.title else None
        if reply.image and reply.image.png:
            bodies[-1].set_image(url="attachment://chart.png")
        found = [Look(embed=body) for body in bodies]
    else:
        title = (Span(reply.title, bold=True), Span("\n\n")) if reply.title else ()
        found = [Look(content=part) for part in _parts((*title, *reply.text), CONTENT)] or [Look(content="\u200b")]
    last = found[-1]
    found[-1] = Look(content=last.content, embed=last.embed, view=components.view(reply), files=_files(reply))
    return tuple(found)


def escape(text: str) -> str:
    """Return what Discord shows as exactly this text: no markup, no mention, no link in it."""
    return _ITEM.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text)).replace("://", ":\\/\\/")


def markdown(rich: RichText) -> str:
    """Return styled text in Discord's Markdown."""
    shown = ""
    for span in rich:
        piece = _piece(span)
        # Two runs that touch would be read as one marker; the space between them has no width.
        touching = shown.endswith(("*", "`")) and piece.startswith(("*", "`"))
        shown += f"\u200b{piece}" if touching else piece
    return shown


def _parts(rich: RichText, limit: int) -> list[str]:
    """Return the text in as few parts as fit, measured after escaping."""
    whole = markdown(rich).lstrip("\n").rstrip()
    if len(whole) <= limit:
        return [whole] if whole else []
    size = limit
    while True:
        found = [markdown(part) for part in split(rich, size, measure=lambda text: len(escape(text)))]
        if size <= _SHORTEST or all(len(part) <= limit for part in found):
            return [part[:limit] for part in found]
        size = max(_SHORTEST, size // 2)


def _without_files(reply: Reply) -> Reply:
    words = plain(reply.image.alt) if reply.image else ()
    return replace(reply, text=join([reply.text, words]), image=None, file=None)


def _embed(text: str) -> discord.Embed:
    return discord.Embed(description=text, colour=COLOUR)


def _files(reply: Reply) -> tuple[Callable[[], discord.File], ...]:
    found: list[Callable[[], discord.File]] = []
    if image := reply.image:
        found.append(
            lambda: discord.File(
                io.BytesIO(image.png),
                filename="chart.png",
                description=components.shortened(image.alt, ALTERNATIVE),
            )
        )
    if file := reply.file:
        found.append(lambda: discord.File(io.BytesIO(file.data), filename=file.name))
    return tuple(found) if reply.file or (reply.image and reply.image.png) else ()


def _piece(span: Span) -> str:
    if span.time:
        return f"<t:{int(span.time.timestamp())}:f>"
    if span.code and "`" not in span.text and "\n" not in span.text:
        return f"`{span.text}`"
    text = escape(span.text)
    marker = ("**" if span.bold else "") + ("*" if span.italic else "")
    styled = "\n\n".join(_marked(block, marker) for block in text.split("\n\n")) if marker else text
    return f"[{styled}]({span.url.translate(_URL_PARTS)})" if span.url else styled


def _marked(text: str, marker: str) -> str:
    """Put markers around what is not space: Discord takes them for markup only there."""
    core = text.strip()
    if not core:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{marker}{core}{marker[::-1]}{after}"
