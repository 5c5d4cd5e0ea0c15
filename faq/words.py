"""Text -> comparable words."""

import functools
import re
import unicodedata

MAX_CHARACTERS = 4000
"""What stands behind this many characters is not looked at: no message of Telegram or Discord is longer."""

_REMEMBERED = 16_384
"""How many words keep their stems at hand: the same few thousand are asked for again and again."""

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[₿$€£]")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһոԛԝαεορτυχκνιзьӏ",
    "aeopcyxijsdhnqwaeoptuxkvi3bl",
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})


def fold(text: str) -> str:
    """Return `text` in lower case without accents, with look-alike letters of other alphabets made Latin.

    At most `MAX_CHARACTERS` are read; control characters become spaces.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text[:MAX_CHARACTERS].lower().split())
    folded = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS]).translate(_APOSTROPHES).casefold()
    kept = "".join(" " if character.isspace() or not character.isprintable() else character for character in folded)
    bare = "".join(character for character in kept if not unicodedata.combining(character))
    return " ".join(_latin(word) for word in bare.split())


def words(text: str) -> list[str]:
    """Return the words of `text` in order, folded, plurals and common endings cut."""
    return [stem(word) for word in _WORD.findall(fold(text))]


@functools.lru_cache(maxsize=_REMEMBERED)
def stem(word: str) -> str:
    """Return `word` without the ending that parts "wallet" from "wallets" or "hack" from "hacked"."""
    word = word.removesuffix("'s").replace("'", "")
    for ending, least in (("ings", 4), ("ing", 4), ("edly", 4), ("ies", 3), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def _latin(word: str) -> str:
    """Look-alikes are exchanged only in a word that has Latin letters too: "раypal", but not "привет"."""
    if word.isascii() or not any("a" <= character <= "z" for character in word):
        return word
    return word.translate(_LOOKALIKES)
