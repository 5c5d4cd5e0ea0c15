"""Styled text without any platform's markup.

Markdown of the corpus is parsed once into spans; what a user wrote only ever becomes a `plain` span, so nothing
that a person typed can turn into a style, a link or a mention.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style.

    Attributes:
        text: what is read, line breaks included.
        url: target of a link, "" for none.
        time: a moment (aware UTC) that the platform may show in the reader's own time; `text` says the same.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    url: str = ""
    time: datetime | None = None


RichText = tuple[Span, ...]
"""Spans in reading order; paragraphs are parted by an empty line in the text itself."""

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def plain(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> RichText:
    """Return `text` as it stands: no character of it is markup."""
    return (Span(text, bold=bold, italic=italic, code=code),) if text else ()


def link(text: str, url: str) -> RichText:
    """Return `text` as a visible link to `url`."""
    return (Span(text, url=url),)


def moment(text: str, at: datetime) -> RichText:
    """Return `text`, which names the moment `at` (aware UTC)."""
    return (Span(text, time=at),)


def join(parts: Iterable[RichText], separator: str = "\n\n") -> RichText:
    """Return the parts that are not empty, with `separator` between them."""
    spans: list[Span] = []
    for part in parts:
        if part:
            if spans:
                spans.append(Span(separator))
            spans.extend(part)
    return tuple(spans)


def text_of(rich: RichText) -> str:
    """Return the visible text."""
    return "".join(span.text for span in rich)


def parse(markdown: str) -> RichText:
    """Return the spans of a Markdown text: paragraphs, lists, bold, italic, code and links; HTML stays text."""
    spans: list[Span] = []
    lists: list[int | None] = []
    tight = False
    for token in _MARKDOWN.parse(markdown):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                tight = bool(lists)
            case "list_item_open":
                _new_block(spans, tight=tight)
                spans.append(Span("  " * (len(lists) - 1) + _marker(lists)))
                tight = True
            case "inline" | "fence" | "code_block" | "html_block":
                if not (spans and _is_marker(spans[-1])):
                    _new_block(spans, tight=False)
                spans.extend(_inline(token) if token.type == "inline" else plain(token.content.rstrip("\n")))
            case _:
                pass
        if not lists:
            tight = False
    return _merged(spans)


def split(rich: RichText, limit: int, *, measure: Callable[[str], int] = len) -> tuple[RichText, ...]:
    """Return the text in parts of at most `limit` units, cut between paragraphs, lines or words, never inside a link.

    Args:
        rich: the text.
        limit: units in a part, at least 64.
        measure: how many units a string takes; Telegram counts UTF-16 code units, Discord characters.
    """
    parts: list[RichText] = []
    current: list[Span] = []
    used = 0
    for piece in _pieces(rich, limit, measure):
        size = measure(piece.text)
        if current and used + size > limit:
            parts.append(_trimmed(current))
            current, used = [], 0
        if not current and not piece.text.strip():
            continue
        current.append(piece)
        used += size
    if current:
        parts.append(_trimmed(current))
    return tuple(part for part in parts if part)


def _marker(lists: list[int | None]) -> str:
    number = lists[-1]
    if number is None:
        return "• "
    lists[-1] = number + 1
    return f"{number}. "


def _is_marker(span: Span) -> bool:
    mark = span.text.strip()
    return span.text.endswith(" ") and (mark == "•" or (mark.endswith(".") and mark[:-1].isdigit()))


def _new_block(spans: list[Span], *, tight: bool) -> None:
    if spans:
        spans.append(Span("\n" if tight else "\n\n"))


def _inline(token: Token) -> RichText:
    spans: list[Span] = []
    style = Span("")
    for child in token.children or ():
        match child.type:
            case "strong_open" | "strong_close":
                style = replace(style, bold=child.nesting == 1)
            case "em_open" | "em_close":
                style = replace(style, italic=child.nesting == 1)
            case "link_open":
                style = replace(style, url=str(child.attrGet("href") or ""))
            case "link_close":
                style = replace(style, url="")
            case "softbreak":
                spans.append(replace(style, text=" "))
            case "hardbreak":
                spans.append(replace(style, text="\n"))
            case "code_inline":
                spans.append(replace(style, text=child.content, code=True))
            case _:
                spans.append(replace(style, text=child.content))
    return tuple(spans)


def _merged(spans: Iterable[Span]) -> RichText:
    merged: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if merged and replace(merged[-1], text="") == replace(span, text=""):
            merged[-1] = replace(span, text=merged[-1].text + span.text)
        else:
            merged.append(span)
    return tuple(merged)


def _pieces(rich: RichText, limit: int, measure: Callable[[str], int]) -> Iterable[Span]:
    """Yield runs that fit: whole links, else paragraphs, else lines, else words, else characters."""
    for span in rich:
        if measure(span.text) <= limit and (span.url or span.time):
            yield span
            continue
        for block in _cut(span.text, limit, measure, ("\n\n", "\n", " ")):
            yield replace(span, text=block)


def _cut(text: str, limit: int, measure: Callable[[str], int], separators: tuple[str, ...]) -> Iterable[str]:
    if not separators:
        start = size = 0
        for end, character in enumerate(text):
            width = measure(character)
            if size + width > limit:
                yield text[start:end]
                start, size = end, 0
            size += width
        yield text[start:]
        return
    for part in _keep_separator(text, separators[0]):
        if measure(part) <= limit:
            yield part
        else:
            yield from _cut(part, limit, measure, separators[1:])


def _keep_separator(text: str, separator: str) -> Iterable[str]:
    start = 0
    while (end := text.find(separator, start)) >= 0:
        yield text[start : end + len(separator)]
        start = end + len(separator)
    if start < len(text):
        yield text[start:]


def _trimmed(spans: list[Span]) -> RichText:
    merged = list(_merged(spans))
    if merged:
        merged[-1] = replace(merged[-1], text=merged[-1].text.rstrip())
    if merged:
        merged[0] = replace(merged[0], text=merged[0].text.lstrip("\n"))
    return tuple(span for span in merged if span.text)
