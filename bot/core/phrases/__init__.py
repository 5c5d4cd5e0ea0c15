"""The bot's own words: one TOML file a language, read once."""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from bot.core.owntext import seen
from bot.richtext import RichText, Span, parse, text_of
from faq.library import comparable

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The words of one language.

    Attributes:
        sentences: by key; each may hold `{placeholders}`.
        patterns: keys of those that do.
        smalltalk: what people say that is no question, in comparable form -> key of the sentence to answer with.
        despair: finds what people say who may take their life, in comparable form.
    """

    sentences: Mapping[str, RichText]
    patterns: frozenset[str]
    smalltalk: Mapping[str, str]
    despair: re.Pattern[str]

    @classmethod
    def load(cls, language: str = "en") -> "Phrases":
        """Return the phrases of a language.

        Raises:
            FileNotFoundError: there is no such language.
        """
        raw = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
        sentences = {key: parse(text) for key, text in raw["sentences"].items()}
        return cls(
            sentences=MappingProxyType(sentences),
            patterns=frozenset(key for key, spans in sentences.items() if "{" in text_of(spans)),
            smalltalk=MappingProxyType(
                {comparable(text): f"smalltalk_{key}" for key, texts in raw["smalltalk"].items() for text in texts}
            ),
            despair=_despair(raw["despair"]["said"]),
        )

    def say(self, key: str, **values: object) -> RichText:
        """Return a sentence with its placeholders filled; what fills them never becomes markup.

        Raises:
            KeyError: no such sentence, or a placeholder without a value.
        """
        sentence = self.sentences[key]
        return tuple(_filled(span, values) for span in sentence) if key in self.patterns else sentence

    def word(self, key: str, **values: object) -> str:
        """Return a sentence as bare text, for a button or a label."""
        return text_of(self.say(key, **values))

    def is_desperate(self, text: str) -> bool:
        """Return whether somebody says that they may take their life."""
        return self.despair.search(comparable(text)) is not None

    def small(self, text: str) -> str:
        """Return the key of the sentence that answers a greeting, thanks and the like; "" for anything else."""
        said = comparable(text)
        if said in self.smalltalk:
            return self.smalltalk[said]
        shortened = re.sub(r"(.)\1{2,}", r"\1", said)
        return self.smalltalk.get(shortened, "")


def _despair(said: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of these in a text, unless it is denied or about savings."""
    either = "|".join(map(comparable, said))
    return re.compile(rf"(?<!dont )(?<!not )(?<!never )\b(?:{either})\b(?! savings)")


def _filled(span: Span, values: Mapping[str, object]) -> Span:
    if "{" not in span.text:
        return span
    shown = {key: seen(value) if isinstance(value, str) else value for key, value in values.items()}
    return replace(span, text=string.Formatter().vformat(span.text, (), shown))
