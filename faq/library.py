"""Reads the curated content and refuses what is not fit to be shown.

A language is a folder `content/<code>/`: one TOML file a theme, `offtopic.toml` with lines that no entry answers, and
`kinds.toml` with names that stand for a kind of thing.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, RootModel, ValidationError

from faq.entry import Entry
from faq.schema import EntryTable, OfftopicFile, ThemeFile

CONTENT = Path(__file__).parent / "content"
"""The folder with one folder a language."""

OFFTOPIC = "offtopic.toml"
KINDS = "kinds.toml"
SYNONYMS = "synonyms.toml"


File = TypeVar("File", bound=BaseModel)


class CorpusError(Exception):
    """Content that is not fit to be shown.

    Args:
        problems: at least one; each a sentence that names file, entry and field. The first is the message.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems[0])
        self.problems = problems


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
        synonyms: the words that are read instead of an abbreviation or a contraction, in lower case.
    """

    themes: tuple[Theme, ...]
    entries: Mapping[str, Entry]
    offtopic: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, str] = field(default_factory=dict)


class _KindsFile(RootModel[dict[str, list[str]]]):
    pass


class _SynonymsFile(RootModel[dict[str, dict[str, str]]]):
    pass


def load(language: str = "en", *, content: Path = CONTENT) -> Library:
    """Return the library of a language.

    Args:
        language: name of the folder below `content`.
        content: the folder with one folder a language.

    Raises:
        CorpusError: a file is missing, broken, or holds what is not fit to be shown; all problems are in it.
    """
    folder = content / language
    problems: list[str] = []
    names = sorted(path.name for path in folder.glob("*.toml") if path.name not in {OFFTOPIC, KINDS, SYNONYMS})
    if not names:
        raise CorpusError((f"{folder}: no content files; reinstall the program or restore the folder",))
    read = [(folder / name, _read(folder / name, ThemeFile, problems)) for name in names]
    themes = sorted(((path, file) for path, file in read if file), key=lambda item: item[1].order)
    offtopic = _read(folder / OFFTOPIC, OfftopicFile, problems)
    kinds = _read(folder / KINDS, _KindsFile, problems)
    synonyms = _read(folder / SYNONYMS, _SynonymsFile, problems) if (folder / SYNONYMS).exists() else None
    if len(themes) == len(read):
        problems.extend(_contradictions([(path, entry) for path, file in themes for entry in file.entry]))
    if problems or offtopic is None or kinds is None:
        raise CorpusError(tuple(problems))
    return Library(
        themes=tuple(Theme(name=file.theme, entries=tuple(table.id for table in file.entry)) for _, file in themes),
        entries=MappingProxyType({t.id: t.entry(theme=file.theme) for _, file in themes for t in file.entry}),
        offtopic=MappingProxyType({kind: tuple(lines) for kind, lines in offtopic.model_dump().items()}),
        kinds=MappingProxyType({kind: tuple(name.casefold() for name in named) for kind, named in kinds.root.items()}),
        synonyms=MappingProxyType(
            {
                word.casefold(): other
                for table in (synonyms.root if synonyms else {}).values()
                for word, other in table.items()
            }
        ),
    )


def comparable(wording: str) -> str:
    """Return a wording without case, punctuation and surplus space: equal ones are the same wording."""
    return " ".join(re.sub(r"[^\w\s]", "", wording.casefold()).split())


def _read(path: Path, shape: type[File], problems: list[str]) -> File | None:
    """Return the content of a file; None, and its problems added to the list, if it is not right."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path}: the file is missing; restore it")
        return None
    except OSError as error:
        problems.append(f"{path}: cannot be read ({error.strerror}); check its permissions")
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path}: is not valid TOML ({error}); mend that line")
        return None
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        problems.extend(
            f"{path}: {_where(problem['loc'], raw)}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_url=False, include_input=False, include_context=False)
        )
        return None


def _where(loc: tuple[int | str, ...], raw: Mapping[str, object]) -> str:
    entries = raw.get("entry")
    if len(loc) < 2 or not isinstance(loc[1], int) or not isinstance(entries, list):
        return f"field '{'.'.join(str(part) for part in loc)}'"
    table = entries[loc[1]]
    name = table.get("id") if isinstance(table, dict) else None
    field = ".".join(str(part) for part in loc[2:]) or "entry"
    return f"entry '{name or f'number {loc[1] + 1}'}', field '{field}'"


def _contradictions(tables: list[tuple[Path, EntryTable]]) -> Iterable[str]:
    """Yield what is wrong between entries: one id twice, unknown related ids, one wording in two entries."""
    known = {table.id for _, table in tables}
    seen: dict[str, Path] = {}
    owners: dict[str, str] = {}
    for path, table in tables:
        place = f"{path}: entry '{table.id}', field"
        if table.id in seen:
            yield f"{place} 'id': stands in {seen[table.id].name} already; choose another"
        seen[table.id] = path
        for other in table.related:
            if other not in known or other == table.id:
                yield f"{place} 'related': '{other}' is no other entry's id; correct or remove it"
        for wording in table.wordings:
            owner = owners.setdefault(comparable(wording), table.id)
            if owner != table.id:
                yield f"{place} 'wordings': '{wording}' stands in entry '{owner}' too; keep one"
