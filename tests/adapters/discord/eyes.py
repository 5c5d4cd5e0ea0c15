"""Reads Discord's Markdown as its client does, to see what people see.

Source: Discord's help centre, "Markdown Text 101", and the open parser of its client (simple-markdown).
"""

import re
from dataclasses import dataclass

from tests.platforms.discord_interaction import Answer
from tests.platforms.discord_json import child, text
from tests.platforms.discord_world import Message

_RULES = re.compile(
    r"\\(?P<escaped>[^0-9A-Za-z\s])"
    r"|`(?P<code>[^`\n]+)`"
    r"|<t:(?P<time>-?\d+):[tTdDfFR]>"
    r"|\[(?P<label>(?:\\.|[^\]\\])+)\]\((?P<url>[^)\s]+)\)"
    r"|(?P<mention><(?:@[!&]?|#)\d+>|</[^>]+:\d+>|<a?:\w+:\d+>|@everyone|@here)"
    r"|(?P<link>https?://[^\s<]+)"
    r"|(?P<style>\*{1,3}|__|_(?=\S)|~~|\|\|)"
    r"|(?P<block>^(?:#{1,3} |-# |> |>>> |[ \t]*[-*] |[ \t]*\d+\. ))",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is seen.

    Attributes:
        text: without markup.
        marks: the kinds of markup in it, in order.
        links: (text, address) of each link.
    """

    text: str
    marks: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


def seen(markdown: str) -> Seen:
    """Return what the client shows for a text."""
    shown, marks, links = "", [], []
    at = 0
    for found in _RULES.finditer(markdown):
        shown += markdown[at : found.start()]
        at = found.end()
        kind = found.lastgroup or ""
        match kind:
            case "escaped":
                shown += found["escaped"]
                continue
            case "code":
                shown += found["code"]
            case "url" | "label":
                inner = seen(found["label"])
                shown += inner.text
                links.append((inner.text, found["url"]))
            case "time" | "mention" | "link":
                shown += found.group()
            case "block":
                shown += found.group()
        marks.append(kind)
    shown += markdown[at:]
    return Seen(text=shown.replace("\u200b", ""), marks=tuple(marks), links=tuple(links))


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A run of text in one style."""

    text: str
    bold: bool = False
    url: str = ""


def pieces(markdown: str) -> list[Piece]:
    """Return what the client shows for a text, in runs."""
    found: list[Piece] = []
    bold, at = False, 0
    for match in _RULES.finditer(markdown):
        found.append(Piece(text=markdown[at : match.start()], bold=bold))
        at = match.end()
        if match["style"]:
            bold = bold if match["style"] != "**" else not bold
        elif match["url"]:
            found.append(Piece(text=seen(match["label"]).text, bold=bold, url=match["url"]))
        else:
            found.append(Piece(text=match["escaped"] or match["code"] or match.group(), bold=bold))
    return [*found, Piece(text=markdown[at:], bold=bold)]


def words(shown: Answer | Message | None) -> str:
    """Return title and text of a message as people read them."""
    message = shown.message if isinstance(shown, Answer) else shown
    assert message is not None
    parts = [message.content]
    for embed in message.embeds:
        parts += [text(embed, "title"), text(embed, "description"), text(child(embed, "footer"), "text")]
    return "\n".join(seen(part).text for part in parts if part)
