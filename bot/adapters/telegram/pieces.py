"""What a reply is sent as: texts, or a picture or file with a caption."""

from dataclasses import dataclass, field, replace

from bot.adapters.telegram import render
from bot.adapters.telegram.render import CAPTION, Text
from bot.messages import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One message.

    Attributes:
        text: the text, or the caption.
        photo: a picture's bytes, empty for none.
        document: a file's bytes, empty for none.
        name: the file's name.
    """

    text: Text = field(default_factory=lambda: Text(text=""))
    photo: bytes = field(default=b"", repr=False)
    document: bytes = field(default=b"", repr=False)
    name: str = ""


def pieces(reply: Reply) -> tuple[Piece, ...]:
    """Return the messages that a reply is sent as, in order; at least one unless it says nothing at all."""
    texts = tuple(Piece(text=text) for text in render.texts(reply))
    shown = _shown(reply)
    if shown is None:
        return texts
    captions = render.texts(reply, limit=CAPTION)
    if len(captions) > 1:
        return (shown, *texts)
    return (replace(shown, text=captions[0]),) if captions else (shown,)


def _shown(reply: Reply) -> Piece | None:
    """Return the picture or file of a reply, without words."""
    if reply.image and reply.image.png:
        return Piece(photo=reply.image.png)
    if reply.file:
        return Piece(document=reply.file.data, name=reply.file.name)
    return None
