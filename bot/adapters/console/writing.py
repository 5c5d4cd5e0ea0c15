"""What may be written on a terminal: words and their style, but no sign that steers the terminal itself."""

import unicodedata

from rich.text import Text

from bot.richtext import RichText


def printable(text: str) -> str:
    """Return a text without control and format signs, which move the cursor, retitle the window or turn words round."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cf"})


def styled(rich: RichText) -> Text:
    """Return rich text as the terminal shows it."""
    text = Text()
    for span in rich:
        style = " ".join(
            name for name, wanted in (("bold", span.bold), ("italic", span.italic), ("cyan", span.code)) if wanted
        )
        linked = f"{style} link {printable(span.url)}".strip() if span.url else style
        text.append(printable(span.text), style=linked)
    return text
