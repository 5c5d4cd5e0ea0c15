"""What a group's moderators wrote, made harmless: no markup, no mention, no command, no link that lies."""

import re
import unicodedata
from urllib.parse import urlsplit

from bot.errors import Refusal
from bot.richtext import RichText, Span, link

_JOINER = "\u2060"
"""Word joiner: seen by nobody, and the end of a mention, hashtag or command for every platform."""

_LINK = re.compile(r"https://[^\s<>\"'`|\\^{}\[\]]+")
_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://|\b(?:javascript|data|file|tg|mailto|tel):", re.IGNORECASE)
_TRIGGER = re.compile(r"([@#/<:$])(?=[\w@#&!/:])")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
_END = ".,;:!?)’”"


def cleaned(text: str, *, lines: bool = False) -> str:
    """Return a text without characters that nobody sees or that turn the reading direction.

    Args:
        text: what was written.
        lines: keep line breaks, at most one empty line in a row.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(character for character in text if character == "\n" or _is_seen(character))
    if not lines:
        return " ".join(text.split())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in text.split("\n"))).strip()


def seen(text: str) -> str:
    """Return a text as it can be repeated: without what nobody sees, but for line breaks and what keeps it defused."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character for character in text if character in f"\n{_JOINER}" or _is_seen(character))


def check_links(text: str, *, allowed: bool) -> None:
    """Make sure that every link is one that shows where it leads.

    Args:
        text: what was written, cleaned.
        allowed: links to https addresses may stand in it.

    Raises:
        Refusal: a link is of another kind, hides its host, or may not stand here at all.
    """
    left = text
    for found in _LINK.findall(text):
        address = found.rstrip(_END)
        if not allowed:
            raise Refusal("link_here")
        if not _is_honest(address):
            raise Refusal("link_hidden")
        left = left.replace(address, " ")
    if _SCHEME.search(left):
        raise Refusal("link_kind")


def harmless(text: str) -> RichText:
    """Return the text as spans: each link is shown as the address to which it leads, the rest is plain."""
    spans: list[Span] = []
    start = 0
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_END)
        if _is_honest(address):
            spans.append(Span(defused(text[start : found.start()])))
            spans.extend(link(address, address))
            start = found.start() + len(address)
    spans.append(Span(defused(text[start:])))
    return tuple(span for span in spans if span.text)


def defused(text: str) -> str:
    """Return the text with nothing in it that a platform turns into a mention, hashtag or command."""
    return _TRIGGER.sub(rf"\1{_JOINER}", text)


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    # Marks of direction and other invisible characters are "Cf", lone surrogates "Cs"; emoji need their joiner.
    return not category.startswith("C") or character == "\u200d"


def _is_honest(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and port in {None, 443}
        and "@" not in parts.netloc
        and "xn--" not in host
        and address.isascii()
        and bool(_HOST.fullmatch(host))
    )
