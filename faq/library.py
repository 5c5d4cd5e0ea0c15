"""Reads the curated content and refuses what is not fit to be shown.

A language is a folder `content/<code>/` with one TOML file a theme; `offtopic.toml` holds lines that no entry answers.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from faq.entry import ID_PATTERN, Entry, Flag, Source

CONTENT = Path(__file__).parent / "content"
"""The folder with one folder a language."""

OFFTOPIC = "offtopic.toml"
KINDS = "kinds.toml"
ANSWER_WORDS = (50, 150)
MIN_WORDINGS = 25

_OPENING = re.compile(r"\W*(yes|no|never|always)\b", re.IGNORECASE)


class CorpusError(Exception):
    """Content that is not fit to be shown; the message names file, entry and field in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A group of entries under one heading."""

    name: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Everything curated in one language.

    Attributes:
        themes: in reading order.
        entries: by id, in reading order.
        offtopic: lines that no entry answers, by kind ("chat", "crypto", "bitcoin").
        kinds: names that stand for a kind of thing ("exchange", "wallet", "coin", ...), in lower case.
    """

    themes: tuple[Theme, ...]
    entries: Mapping[str, Entry]
    offtopic: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Source(_Strict):
    title: Annotated[str, Field(min_length=3, max_length=200)]
    publisher: Annotated[str, Field(min_length=2, max_length=100)]
    year: Annotated[int, Field(ge=2008, le=2100)] = 0
    url: Annotated[str, Field(pattern=r"^https://\S+$")] = ""


class _Entry(_Strict):
    id: Annotated[str, Field(pattern=ID_PATTERN)]
    question: Annotated[str, Field(min_length=5, max_length=80)]
    summary: Annotated[str, Field(min_length=10, max_length=100)]
    answer: str
    related: Annotated[list[str], Field(max_length=4)]
    flags: list[str]
    reviewed: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    wordings: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(min_length=MIN_WORDINGS)]
    sources: Annotated[list[_Source], Field(min_length=1, max_length=6)]

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


class _Theme(_Strict):
    theme: Annotated[str, Field(min_length=3, max_length=60)]
    order: int
    entry: Annotated[list[_Entry], Field(min_length=1)]


class _Lines(_Strict):
    chat: list[str]
    crypto: list[str]
    bitcoin: list[str]


def load(language: str = "en", *, content: Path = CONTENT) -> Library:
    """Return the library of a language.

    Args:
        language: name of the folder below `content`.
        content: the folder with one folder a language.

    Raises:
        CorpusError: a file is missing, broken, or holds what is not fit to be shown.
    """
    folder = content / language
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise CorpusError(f"{folder}: no content files, so reinstall the program or restore the folder")
    themes = sorted(
        ((path, _theme(path)) for path in paths if path.name not in {OFFTOPIC, KINDS}), key=lambda item: item[1].order
    )
    entries = {entry.id: entry for _, theme in themes for entry in _entries(theme)}
    _check_whole(themes)
    return Library(
        themes=tuple(Theme(name=theme.theme, entries=tuple(e.id for e in theme.entry)) for _, theme in themes),
        entries=MappingProxyType(entries),
        offtopic=MappingProxyType(_offtopic(folder / OFFTOPIC)),
        kinds=MappingProxyType(_kinds(folder / KINDS)),
    )


def comparable(wording: str) -> str:
    """Return a wording without case, punctuation and surplus space: equal ones are the same wording."""
    return " ".join(re.sub(r"[^\w\s]", "", wording.casefold()).split())


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorpusError(f"{path}: the file is missing, so restore it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: not readable as TOML ({error})") from None


def _theme(path: Path) -> _Theme:
    raw = _read(path)
    try:
        return _Theme.model_validate(raw)
    except ValidationError as error:
        raise CorpusError(f"{path}: {_first(error, raw)}") from None


def _first(error: ValidationError, raw: Mapping[str, object]) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = list(problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    if len(where) >= 2 and where[0] == "entry" and isinstance(where[1], int):
        entries = raw.get("entry")
        entry = entries[where[1]] if isinstance(entries, list) else {}
        name = entry.get("id", f"number {where[1] + 1}") if isinstance(entry, dict) else f"number {where[1] + 1}"
        field = ".".join(str(part) for part in where[2:]) or "entry"
        return f"entry '{name}', field '{field}': {message}"
    return f"field '{'.'.join(str(part) for part in where)}': {message}"


def _entries(theme: _Theme) -> Iterable[Entry]:
    for raw in theme.entry:
        yield Entry(
            id=raw.id,
            question=raw.question,
            wordings=tuple(raw.wordings),
            answer=raw.answer,
            summary=raw.summary,
            theme=theme.theme,
            related=tuple(raw.related),
            sources=tuple(Source(title=s.title, publisher=s.publisher, year=s.year, url=s.url) for s in raw.sources),
            flags=frozenset(Flag(flag) for flag in raw.flags),
            reviewed=raw.reviewed,
        )


def _check_whole(themes: Iterable[tuple[Path, _Theme]]) -> None:
    seen: dict[str, Path] = {}
    wordings: dict[str, str] = {}
    everything = [(path, entry) for path, theme in themes for entry in theme.entry]
    known = {entry.id for _, entry in everything}
    for path, entry in everything:
        place = f"{path}: entry '{entry.id}', field"
        if entry.id in seen:
            raise CorpusError(f"{place} 'id': stands in {seen[entry.id].name} already")
        seen[entry.id] = path
        for other in entry.related:
            if other not in known or other == entry.id:
                raise CorpusError(f"{place} 'related': '{other}' is no other entry's id")
        for wording in entry.wordings:
            owner = wordings.setdefault(comparable(wording), entry.id)
            if owner != entry.id:
                raise CorpusError(f"{place} 'wordings': '{wording}' stands in entry '{owner}' too")


def _offtopic(path: Path) -> dict[str, tuple[str, ...]]:
    raw = _read(path)
    try:
        lines = _Lines.model_validate(raw)
    except ValidationError as error:
        raise CorpusError(f"{path}: {_first(error, raw)}") from None
    return {"chat": tuple(lines.chat), "crypto": tuple(lines.crypto), "bitcoin": tuple(lines.bitcoin)}


def _kinds(path: Path) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = {}
    for kind, names in _read(path).items():
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            raise CorpusError(f"{path}: field '{kind}': should be a list of names")
        kinds[kind] = tuple(str(name).casefold() for name in names)
    return kinds
