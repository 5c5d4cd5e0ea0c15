"""JSON objects as plain dictionaries, and typed ways to look into them.

What arrives over the wire may hold anything: each function gives an empty value where the key is absent, null or of
another type, so that the checks which read it can speak about limits and leave the shape to the specification.
"""

from typing import TypeAlias

JsonObject: TypeAlias = dict[str, object]


def as_object(value: object) -> JsonObject:
    """The value as an object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def child(data: JsonObject, key: str) -> JsonObject:
    """The object under a key."""
    return as_object(data.get(key))


def children(data: JsonObject, key: str) -> list[JsonObject]:
    """The objects in the array under a key."""
    return [item for item in items(data, key) if isinstance(item, dict)]


def items(data: JsonObject, key: str) -> list[object]:
    """The array under a key."""
    value = data.get(key)
    return value if isinstance(value, list) else []


def text(data: JsonObject, key: str) -> str:
    """The text under a key."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def number(data: JsonObject, key: str, default: int = 0) -> int:
    """The whole number under a key, also where it is written as text (as Discord's ids and bit sets are)."""
    value = data.get(key)
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else default


def present(data: JsonObject) -> JsonObject:
    """The object without its keys that are null."""
    return {key: value for key, value in data.items() if value is not None}
