"""What a content file looks like."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from faq.entry import ID_PATTERN, Entry, Flag, Source

ANSWER_WORDS = (50, 150)
"""The fewest and the most words of an answer."""

MIN_WORDINGS = 25

_OPENING = re.compile(r"\W*(yes|no|never|always)\b", re.IGNORECASE)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SourceTable(_Strict):
    """A table `[[entry.sources]]`."""

    title: Annotated[str, Field(min_length=3, max_length=200)]
    publisher: Annotated[str, Field(min_length=2, max_length=100)]
    year: Annotated[int, Field(ge=2008, le=2100)] = 0
    url: Annotated[str, Field(pattern=r"^https://\S+$")] = ""


class EntryTable(_Strict):
    """A table `[[entry]]`."""

    id: Annotated[str, Field(pattern=ID_PATTERN)]
    question: Annotated[str, Field(min_length=5, max_length=80)]
    summary: Annotated[str, Field(min_length=10, max_length=100)]
    answer: str
    related: Annotated[list[str], Field(max_length=4)]
    flags: list[str]
    reviewed: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    wordings: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(min_length=MIN_WORDINGS)]
    sources: Annotated[list[SourceTable], Field(min_length=1, max_length=6)]

    @field_validator("answer")
    @classmethod
    def _readable(cls, answer: str) -> str:
        count = len(answer.split())
        least, most = ANSWER_WORDS
        if not least <= count <= most:
            raise ValueError(f"has {count} words, should have {least} to {most}")
        if _OPENING.match(answer):
            raise ValueError("begins with Yes, No, Never or Always, should be a full statement")
        return answer.strip()

    @field_validator("flags")
    @classmethod
    def _known(cls, flags: list[str]) -> list[str]:
        known = {flag.value for flag in Flag}
        if unknown := [flag for flag in flags if flag not in known]:
            raise ValueError(f"holds the unknown flag '{unknown[0]}', known are {', '.join(sorted(known))}")
        return flags

    def entry(self, *, theme: str) -> Entry:
        """Return the entry that this table describes."""
        return Entry(
            id=self.id,
            question=self.question,
            wordings=tuple(self.wordings),
            answer=self.answer,
            summary=self.summary,
            theme=theme,
            related=tuple(self.related),
            sources=tuple(Source(title=s.title, publisher=s.publisher, year=s.year, url=s.url) for s in self.sources),
            flags=frozenset(Flag(flag) for flag in self.flags),
            reviewed=self.reviewed,
        )


class ThemeFile(_Strict):
    """A file with the entries of one theme."""

    theme: Annotated[str, Field(min_length=3, max_length=60)]
    order: int
    entry: Annotated[list[EntryTable], Field(min_length=1)]


class OfftopicFile(_Strict):
    """The file with lines that no entry answers."""

    chat: list[str]
    crypto: list[str]
    bitcoin: list[str]
