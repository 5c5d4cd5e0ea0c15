"""Text as Telegram sees it: lengths and offsets in UTF-16 code units, entities checked, HTML parsed."""

import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from tests.platforms.telegram_refusals import Refused, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_AUTOMATIC = re.compile(
    r"(?P<bot_command>(?<![\w/@])/[a-zA-Z0-9_]{1,32}(?:@[a-zA-Z0-9_]{3,32})?)"
    r"|(?P<mention>(?<!\w)@[a-zA-Z0-9_]{3,32})"
    r"|(?P<url>https?://[^\s<>]+)"
    r"|(?P<hashtag>(?<!\w)#[^\W\d]\w*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A styled or special part of a text; offset and length in UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    def to_json(self) -> dict[str, object]:
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text with its entities."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def part(self, entity: Entity) -> str:
        """Return the words that `entity` covers."""
        return units(self.text)[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def units(text: str) -> bytes:
    """Return the text in UTF-16: two bytes a code unit."""
    return text.encode("utf-16-le", "surrogatepass")


def length(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(units(text)) // 2


def detected(text: str) -> tuple[Entity, ...]:
    """Return what Telegram finds by itself in a user's text: commands, mentions, links and hashtags."""
    return tuple(
        Entity(type=str(found.lastgroup), offset=length(text[: found.start()]), length=length(found.group()))
        for found in _AUTOMATIC.finditer(text)
    )


def formatted(text: str, *, entities: tuple[Entity, ...], parse_mode: str | None, limit: int) -> Formatted:
    """Return what will be shown of a text that the bot sends.

    Raises:
        Refused: it is too long after parsing, or an entity or tag is wrong.
    """
    if parse_mode:
        if parse_mode.lower() != "html":
            raise Refused(f"Bad Request: this server does not play parse_mode {parse_mode}", code=501)
        parsed = _parse_html(text)
    else:
        parsed = Formatted(text, _checked(text, entities))
    trimmed = _trimmed(parsed)
    if length(trimmed.text) > limit:
        raise bad_request("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    return replace(trimmed, entities=trimmed.entities[:ENTITY_LIMIT])


def _checked(text: str, entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    boundaries = {0}
    position = 0
    for character in text:
        position += 2 if ord(character) > 0xFFFF else 1
        boundaries.add(position)
    for entity in entities:
        if entity.offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {entity.offset}")
        if entity.length < 0:
            raise bad_request(f"receive an entity with incorrect length {entity.length}")
        end = entity.offset + entity.length
        if entity.offset > position:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {entity.offset}")
        if end > position:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
                f"at UTF-16 offset {end}"
            )
        if entity.offset not in boundaries:
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {entity.offset}")
        if end not in boundaries:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends in a middle of a UTF-16 symbol "
                f"at byte offset {end}"
            )
        if entity.type == "text_link" and entity.url is None:
            raise bad_request("can't parse MessageEntity: Can't find field \"url\"")
    return tuple(entity for entity in entities if entity.length and not _is_dead_link(entity))


def _is_dead_link(entity: Entity) -> bool:
    """Telegram shows a link of another scheme, or to no host, as plain text and says nothing."""
    return entity.type == "text_link" and not re.match(r"(?:https?://[^/\s]+\.[^/\s]+|tg://)", entity.url or "")


def _trimmed(parsed: Formatted) -> Formatted:
    stripped = parsed.text.strip()
    cut = length(parsed.text) - length(parsed.text.lstrip())
    total = length(stripped)
    kept: list[Entity] = []
    for entity in parsed.entities:
        start = max(0, entity.offset - cut)
        end = min(total, entity.offset + entity.length - cut)
        if end > start:
            kept.append(replace(entity, offset=start, length=end - start))
    return Formatted(stripped, tuple(sorted(kept, key=lambda entity: (entity.offset, -entity.length))))


class _Html(HTMLParser):
    """Collects text and entities; byte offsets in its complaints are those of the tag's line only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Entity] = []
        self.open: list[tuple[str, int, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}')
        self.open.append((tag, length(self.text), dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        at = self.getpos()[1]
        if not self.open:
            raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {at}")
        opened, start, attributes = self.open.pop()
        if opened != tag:
            raise bad_request(
                f"can't parse entities: Unmatched end tag at byte offset {at}, "
                f'expected "</{opened}>", found "</{tag}>"'
            )
        size = length(self.text) - start
        kind = "expandable_blockquote" if "expandable" in attributes else _TAGS[tag]
        url = attributes.get("href") or "" if tag == "a" else None
        self.entities.append(Entity(type=kind, offset=start, length=size, url=url))

    def handle_data(self, data: str) -> None:
        self.text += data


def _parse_html(text: str) -> Formatted:
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        tag = parser.open[-1][0]
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
    return Formatted(parser.text, _checked(parser.text, tuple(parser.entities)))
