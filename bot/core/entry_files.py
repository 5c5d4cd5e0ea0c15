"""A group's own entries as a TOML file, to keep or to carry to another group."""

import asyncio
import json
import re
import tomllib
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import Refusal
from bot.storage.own_entries import OwnContent, OwnEntry

MAX_BYTES = 256 * 1024
_DEEPEST = 20
_QUOTED = re.compile(
    r'''"""(?:\\.|[^\\])*?(?:"""|\\?\Z)|'{3}.*?(?:'{3}|\Z)|"(?:\\[^\n]|[^"\\\n])*"?|'[^'\n]*'?|#[^\n]*''', re.DOTALL
)
"""A string or comment of TOML; one that does not end reaches to the end, so that no text takes long to search."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _Entry(_Strict):
    id: Annotated[str, Field(pattern=r"^own-[a-z0-9-]{1,36}$")]
    question: Annotated[str, Field(max_length=1_000)]
    answer: Annotated[str, Field(max_length=10_000)]
    wordings: Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)] = []
    overrides: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = ""


class _Alias(_Strict):
    topic: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    wording: Annotated[str, Field(max_length=1_000)]


class _File(_Strict):
    entry: Annotated[list[_Entry], Field(max_length=200)] = []
    alias: Annotated[list[_Alias], Field(max_length=1_000)] = []


async def read(data: bytes) -> tuple[tuple[OwnEntry, ...], tuple[tuple[str, str], ...]]:
    """Return the entries of a file, and the aliases as (topic, wording).

    Raises:
        Refusal: the file is too large, no TOML, or holds what it should not; the sentence says where.
    """
    if len(data) > MAX_BYTES:
        raise Refusal("import_size", most=MAX_BYTES // 1024)
    file = await asyncio.to_thread(_parsed, data)
    ids = [entry.id for entry in file.entry]
    if twice := [topic for topic in ids if ids.count(topic) > 1]:
        raise Refusal("import_wrong", where=twice[0], problem="the id stands there twice")
    entries = (
        OwnEntry(id=e.id, question=e.question, answer=e.answer, wordings=tuple(e.wordings), overrides=e.overrides)
        for e in file.entry
    )
    return tuple(entries), tuple((alias.topic, alias.wording) for alias in file.alias)


def written(content: OwnContent) -> bytes:
    """Return the file that `read` understands."""
    parts = ["# Own entries of a group. Send this file with `entry import` to restore them."]
    for own in content.entries.values():
        wordings = ", ".join(map(_string, own.wordings))
        parts.append(
            f"[[entry]]\nid = {_string(own.id)}\nquestion = {_string(own.question)}\nanswer = {_string(own.answer)}\n"
            f"wordings = [{wordings}]\noverrides = {_string(own.overrides)}"
        )
    parts += [
        f"[[alias]]\ntopic = {_string(alias.topic)}\nwording = {_string(alias.wording)}" for alias in content.aliases
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _parsed(data: bytes) -> _File:
    try:
        text = data.decode("utf-8-sig")
        if _depth(text) > _DEEPEST:
            raise Refusal("import_toml")
        return _File.model_validate(tomllib.loads(text))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise Refusal("import_wrong", where=_where(problem["loc"]), problem=problem["msg"][:100]) from None
    except (ValueError, RecursionError):
        # No UTF-8, no TOML, or a number with more digits than Python reads.
        raise Refusal("import_toml") from None


def _where(location: Iterable[int | str]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part[:40] for part in location) or "file"


def _depth(text: str) -> int:
    """Return a bound for what the parser nests: brackets that are open at most on the way, and dots between keys."""
    text = _QUOTED.sub("", text)
    deepest = depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth = max(0, depth - 1)
    # A dotted key takes the parser the square of its length, and a file that `written` made has none.
    return max(deepest, text.count("."))


def _string(text: str) -> str:
    """Return a TOML basic string. JSON escapes the same way, but leaves the delete character as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
