"""Reads Discord's JSON, of which the library gives away parts undecoded."""

from collections.abc import Iterator, Mapping

Raw = Mapping[str, object]

FILE = 11
"""Kind of an option that holds a file. Source: Discord developer documentation, Application Command Option Type."""


def inner(data: Raw, key: str) -> Raw:
    """Return the object under a key, an empty one if there is none."""
    found = data.get(key)
    return found if isinstance(found, Mapping) else {}


def listed(data: Raw, key: str) -> tuple[Raw, ...]:
    """Return the objects in the list under a key."""
    found = data.get(key)
    return tuple(item for item in found if isinstance(item, Mapping)) if isinstance(found, list) else ()


def text(data: Raw, key: str) -> str:
    """Return the text under a key, "" if there is none."""
    found = data.get(key)
    return found if isinstance(found, str) else ""


def options(data: Raw) -> Mapping[str, str]:
    """Return what was filled in behind a command, by option, files left out; a switch is "yes" or "no"."""
    found = {}
    for option in listed(data, "options"):
        value = option.get("value")
        if option.get("type") == FILE:
            continue
        found[text(option, "name")] = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return found


def focused(data: Raw) -> str:
    """Return what stands in the option that is being typed."""
    return next((str(option.get("value", "")) for option in listed(data, "options") if option.get("focused")), "")


def attachment(data: Raw) -> Raw:
    """Return the file that was given with a command, an empty object if there was none."""
    ids = [str(option.get("value")) for option in listed(data, "options") if option.get("type") == FILE]
    return inner(inner(inner(data, "resolved"), "attachments"), ids[0]) if ids else {}


def answers(data: Raw) -> Mapping[str, str]:
    """Return what was written into a form, by field."""
    return {text(part, "custom_id"): text(part, "value") for part in _inputs(listed(data, "components"))}


def _inputs(components: tuple[Raw, ...]) -> Iterator[Raw]:
    for component in components:
        yield from _inputs(listed(component, "components"))
        labelled = inner(component, "component")
        if labelled:
            yield labelled
        if "value" in component:
            yield component
