"""Draws runs of styled text, buttons and pictures, as a chat shows them."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
SIZE, LINE, EDGE = 15, 21, 12


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style."""

    text: str
    bold: bool = False
    link: bool = False
    faint: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The colours of a chat."""

    page: str
    card: str
    ink: str
    faint: str
    link: str
    button: str
    label: str
    bar: str = ""


class Canvas:
    """A sheet that grows downwards.

    Args:
        look: colours.
        width: pixels.
        background: colour of the sheet.
    """

    def __init__(self, look: Look, *, width: int, background: str) -> None:
        self._look = look
        self._width = width
        self._fonts = {
            bold: ImageFont.truetype(str(FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf"), SIZE)
            for bold in (False, True)
        }
        self._sheet = Image.new("RGB", (width, 4_000), background)
        self._draw = ImageDraw.Draw(self._sheet)
        self._y = EDGE

    @property
    def image(self) -> Image.Image:
        """What was drawn so far."""
        return self._sheet.crop((0, 0, self._width, self._y + EDGE // 2))

    def text(self, runs: list[Run]) -> None:
        """Write runs, wrapped at the edge."""
        x: float = EDGE
        for run in runs:
            font = self._fonts[run.bold]
            colour = self._look.link if run.link else self._look.faint if run.faint else self._look.ink
            for number, line in enumerate(run.text.split("\n")):
                if number:
                    x, self._y = EDGE, self._y + LINE
                for word in line.replace(" ", " \0").split("\0"):
                    if x + font.getlength(word.rstrip()) > self._width - EDGE:
                        x, self._y = EDGE, self._y + LINE
                    self._draw.text((x, self._y), word, font=font, fill=colour)
                    x += font.getlength(word)
        self._y += LINE + 4

    def buttons(self, labels: list[str], *, stretch: bool) -> None:
        """Draw buttons side by side, or sharing the whole width."""
        font = self._fonts[False]
        room = self._width - 2 * EDGE
        share = (room - 6 * (len(labels) - 1)) // max(1, len(labels))
        x = EDGE
        for label in labels:
            shown, width = label, share if stretch else min(int(font.getlength(label)) + 28, room)
            if x + width > self._width - EDGE:
                x, self._y = EDGE, self._y + 39
            while font.getlength(shown) > width - 10:
                shown = shown.rstrip("…")[:-1] + "…"
            self._draw.rounded_rectangle((x, self._y, x + width, self._y + 33), 6, fill=self._look.button)
            at = (x + (width - font.getlength(shown)) / 2, self._y + 7)
            self._draw.text(at, shown, font=font, fill=self._look.label)
            x += width + 6
        self._y += 39

    def paste(self, image: Image.Image, *, width: int = 0) -> None:
        """Paste a picture or another sheet."""
        width = width or self._width - 2 * EDGE
        shown = image.convert("RGB")
        if shown.width != width:
            shown = shown.resize((width, image.height * width // image.width), Image.Resampling.LANCZOS)
        self._sheet.paste(shown, (EDGE, self._y))
        if self._look.bar and not image.info.get("plain"):
            self._draw.rectangle((EDGE, self._y, EDGE + 3, self._y + shown.height - 1), fill=self._look.bar)
        self._y += shown.height + 8

    def save(self, path: Path) -> None:
        """Write what was drawn, in few colours."""
        self.image.quantize(48).save(path, optimize=True)
