"""The limits of what may be sent: messages, embeds, components, modals, choices, commands."""

import re
from collections.abc import Iterator

from tests.platforms.discord_json import JsonObject, child, children, items, number, text
from tests.platforms.discord_refusals import (
    EMPTY_MESSAGE,
    INVALID_FORM,
    Fault,
    Refused,
    refuse,
    required,
    too_long,
    wrong_length,
)
from tests.platforms.discord_world import MessageFlag

ROW, BUTTON, SELECT, INPUT, TEXT_DISPLAY, LABEL = 1, 2, 3, 4, 10, 18
SELECTS = {SELECT, 5, 6, 7, 8}
LEGACY = {ROW, BUTTON, *SELECTS}
LINK = 5
COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")


def check_message(data: JsonObject, *, files: int = 0, flags: MessageFlag) -> None:
    """Hold the contents of a message to Discord's limits.

    Args:
        data: the whole message that would result.
        files: how many files it would have.
        flags: its flags.

    Raises:
        Refused: 50006 for an empty message, 50035 for anything over a limit.
    """
    if not any((text(data, "content").strip(), items(data, "embeds"), items(data, "components"), files)):
        raise Refused(EMPTY_MESSAGE)
    refuse(_message_faults(data, flags))


def _message_faults(data: JsonObject, flags: MessageFlag) -> Iterator[Fault]:
    if len(text(data, "content")) > 2000:
        yield too_long("content", 2000)
    if MessageFlag.COMPONENTS_V2 in flags:
        for key in ("content", "embeds"):
            if data.get(key):
                yield Fault(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Not with components v2.")
    yield from _embeds_faults(children(data, "embeds"))
    yield from _components_faults(children(data, "components"), new=MessageFlag.COMPONENTS_V2 in flags)
    mentions = child(data, "allowed_mentions")
    for kind in ("users", "roles"):
        if kind in items(mentions, "parse") and items(mentions, kind):
            yield Fault("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", f"parse and {kind} exclude.")


EMBED_TEXTS = (("title", 256), ("description", 4096))


def _embeds_faults(embeds: list[JsonObject]) -> Iterator[Fault]:
    if len(embeds) > 10:
        yield wrong_length("embeds", 0, 10)
    for index, embed in enumerate(embeds):
        yield from _embed_faults(embed, f"embeds.{index}")
    if sum(embed_length(embed) for embed in embeds) > 6000:
        yield Fault("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _embed_faults(embed: JsonObject, path: str) -> Iterator[Fault]:
    for key, limit in EMBED_TEXTS:
        if len(text(embed, key)) > limit:
            yield too_long(f"{path}.{key}", limit)
    if len(text(child(embed, "footer"), "text")) > 2048:
        yield too_long(f"{path}.footer.text", 2048)
    if len(text(child(embed, "author"), "name")) > 256:
        yield too_long(f"{path}.author.name", 256)
    for key in ("footer", "author", "image", "thumbnail"):
        url = text(child(embed, key), "icon_url" if key in {"footer", "author"} else "url")
        if url and not url.startswith(("http://", "https://", "attachment://")):
            yield Fault(f"{path}.{key}", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of http, https.")
    yield from _fields_faults(children(embed, "fields"), path)


def _fields_faults(fields: list[JsonObject], path: str) -> Iterator[Fault]:
    if len(fields) > 25:
        yield wrong_length(f"{path}.fields", 0, 25)
    for index, field in enumerate(fields):
        for key, limit in (("name", 256), ("value", 1024)):
            if not text(field, key).strip():
                yield required(f"{path}.fields.{index}.{key}")
            if len(text(field, key)) > limit:
                yield too_long(f"{path}.fields.{index}.{key}", limit)


def embed_length(embed: JsonObject) -> int:
    """How many characters of the 6000 an embed uses."""
    texts = [text(embed, key) for key, _ in EMBED_TEXTS]
    texts += [text(child(embed, "footer"), "text"), text(child(embed, "author"), "name")]
    texts += [text(field, key) for field in children(embed, "fields") for key in ("name", "value")]
    return sum(map(len, texts))


def nested(components: list[JsonObject]) -> Iterator[JsonObject]:
    """All components, those inside others too."""
    for component in components:
        yield component
        yield from nested(children(component, "components"))
        if isinstance(component.get("component"), dict):
            yield from nested([child(component, "component")])
        if isinstance(component.get("accessory"), dict):
            yield from nested([child(component, "accessory")])


def _components_faults(components: list[JsonObject], *, new: bool) -> Iterator[Fault]:
    everything = list(nested(components))
    if new and len(everything) > 40:
        yield wrong_length("components", 1, 40)
    if new and sum(len(text(component, "content")) for component in everything) > 4000:
        yield Fault("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "At most 4000 characters of text.")
    if not new and len(components) > 5:
        yield wrong_length("components", 1, 5)
    if not new and any(number(component, "type") not in LEGACY for component in everything):
        yield Fault("components", "UNION_TYPE_CHOICES", "Needs the flag for components v2.")
    if not new and any(number(component, "type") != ROW for component in components):
        yield Fault("components", "UNION_TYPE_CHOICES", "Value of field 'type' must be one of (1,).")
    for index, row in enumerate(components):
        if number(row, "type") == ROW:
            yield from _row_faults(children(row, "components"), f"components.{index}")
    seen: set[str] = set()
    for component in everything:
        custom_id = text(component, "custom_id")
        if custom_id and custom_id in seen:
            yield Fault("components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        seen.add(custom_id)


def _row_faults(row: list[JsonObject], path: str) -> Iterator[Fault]:
    selects = [component for component in row if number(component, "type") in SELECTS]
    if not 1 <= len(row) <= 5:
        yield wrong_length(f"{path}.components", 1, 5)
    if selects and len(row) > 1:
        yield Fault(f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is full.")
    for index, component in enumerate(row):
        place = f"{path}.components.{index}"
        match number(component, "type"):
            case 2:
                yield from _button_faults(component, place)
            case 3:
                yield from _select_faults(component, place)


def _button_faults(button: JsonObject, path: str) -> Iterator[Fault]:
    if len(text(button, "label")) > 80:
        yield too_long(f"{path}.label", 80)
    if not text(button, "label") and not child(button, "emoji"):
        yield Fault(path, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")
    if number(button, "style") == LINK:
        url = text(button, "url")
        if not url.startswith(("http://", "https://", "discord://")):
            yield Fault(f"{path}.url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of http, https, discord.")
        if len(url) > 512:
            yield too_long(f"{path}.url", 512)
        if button.get("custom_id"):
            yield Fault(path, "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A link has no custom id.")
        return
    yield from _custom_id_faults(button, path)


def _custom_id_faults(component: JsonObject, path: str) -> Iterator[Fault]:
    if not 1 <= len(text(component, "custom_id")) <= 100:
        yield wrong_length(f"{path}.custom_id", 1, 100)


def _select_faults(select: JsonObject, path: str) -> Iterator[Fault]:
    yield from _custom_id_faults(select, path)
    options = children(select, "options")
    if not 1 <= len(options) <= 25:
        yield wrong_length(f"{path}.options", 1, 25)
    if len(text(select, "placeholder")) > 150:
        yield too_long(f"{path}.placeholder", 150)
    if number(select, "max_values", 1) > max(len(options), 1):
        yield Fault(f"{path}.max_values", "SELECT_COMPONENT_MAX_VALUES", "More than there are options.")
    values = [text(option, "value") for option in options]
    if len(set(values)) < len(values):
        yield Fault(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The option value is used twice.")
    for index, option in enumerate(options):
        for key in ("label", "value"):
            if not 1 <= len(text(option, key)) <= 100:
                yield wrong_length(f"{path}.options.{index}.{key}", 1, 100)
        if len(text(option, "description")) > 100:
            yield too_long(f"{path}.options.{index}.description", 100)


def check_choices(data: JsonObject) -> None:
    """Hold an answer to autocomplete to Discord's limits.

    Raises:
        Refused: over 25 choices, a name or value outside 1 to 100.
    """
    choices = children(data, "choices")
    faults = [wrong_length("data.choices", 0, 25)] if len(choices) > 25 else []
    for index, choice in enumerate(choices):
        if not 1 <= len(text(choice, "name")) <= 100:
            faults.append(wrong_length(f"data.choices.{index}.name", 1, 100))
        if isinstance(choice.get("value"), str) and not 1 <= len(text(choice, "value")) <= 100:
            faults.append(wrong_length(f"data.choices.{index}.value", 1, 100))
    refuse(faults)


def check_modal(data: JsonObject) -> None:
    """Hold a modal to Discord's limits.

    Raises:
        Refused: title over 45, not one to five components, a label over 45, an id that is missing or used twice.
    """
    refuse(_modal_faults(data))


def _modal_faults(data: JsonObject) -> Iterator[Fault]:
    if not 1 <= len(text(data, "title")) <= 45:
        yield wrong_length("data.title", 1, 45)
    yield from _custom_id_faults(data, "data")
    components = children(data, "components")
    if not 1 <= len(components) <= 5:
        yield wrong_length("data.components", 1, 5)
    inputs = [component for component in nested(components) if "custom_id" in component]
    ids = [text(component, "custom_id") for component in inputs]
    if len(set(ids)) < len(ids):
        yield Fault("data.components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    for component in nested(components):
        place = "data.components"
        if len(text(component, "label")) > 45:
            yield too_long(f"{place}.label", 45)
        if number(component, "type") == INPUT:
            yield from _custom_id_faults(component, place)
            limit = number(component, "max_length", 4000)
            if len(text(component, "value")) > limit:
                yield too_long(f"{place}.value", limit)
            if len(text(component, "placeholder")) > 100:
                yield too_long(f"{place}.placeholder", 100)
        if number(component, "type") == SELECT:
            yield from _select_faults(component, place)


def check_commands(commands: list[JsonObject]) -> None:
    """Hold a list of application commands to Discord's limits.

    Raises:
        Refused: 100 slash, 15 user or 15 message commands, names, descriptions, options, 8000 characters.
    """
    refuse(fault for index, command in enumerate(commands) for fault in _command_faults(command, str(index)))
    for kind, limit, code in ((1, 100, 30032), (2, 15, 30034), (3, 15, 30034)):
        names = [text(command, "name") for command in commands if number(command, "type", 1) == kind]
        if len(names) > limit:
            raise Refused((400, code, f"Maximum number of application commands reached ({limit})"))
        if len(set(names)) < len(names):
            duplicate = Fault("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
            raise Refused(INVALID_FORM, faults=[duplicate])


def _command_faults(command: JsonObject, path: str) -> Iterator[Fault]:
    slash = number(command, "type", 1) == 1
    name = text(command, "name")
    if slash and not (COMMAND_NAME.match(name) and name == name.lower()):
        yield Fault(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    if not slash and not 1 <= len(name) <= 32:
        yield wrong_length(f"{path}.name", 1, 32)
    if not (1 if slash else 0) <= len(text(command, "description")) <= (100 if slash else 0):
        yield wrong_length(f"{path}.description", 1, 100)
    if command_length(command) > 8000:
        yield Fault(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
    if 2 in items(command, "contexts") and 1 not in items(command, "integration_types"):
        yield Fault(f"{path}.contexts", "APPLICATION_COMMAND_CONTEXTS", "Private channels need the user install.")
    yield from _options_faults(command, path)


def _options_faults(command: JsonObject, path: str) -> Iterator[Fault]:
    options = children(command, "options")
    if len(options) > 25:
        yield wrong_length(f"{path}.options", 0, 25)
    needed = [option.get("required") is True for option in options]
    if needed != sorted(needed, reverse=True):
        yield Fault(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required ones come first.")
    names = [text(option, "name") for option in options]
    if len(set(names)) < len(names):
        yield Fault(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option names are unique.")
    for index, option in enumerate(options):
        place = f"{path}.options.{index}"
        name = text(option, "name")
        if not (COMMAND_NAME.match(name) and name == name.lower()):
            yield Fault(f"{place}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
        if not 1 <= len(text(option, "description")) <= 100:
            yield wrong_length(f"{place}.description", 1, 100)
        choices = children(option, "choices")
        if len(choices) > 25:
            yield wrong_length(f"{place}.choices", 0, 25)
        if choices and option.get("autocomplete"):
            yield Fault(place, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Either choices or autocomplete.")
        yield from _options_faults(option, place)


def command_length(command: JsonObject) -> int:
    """How many characters of the 8000 a command uses, the longest localisation counting."""
    total = 0
    for key in ("name", "description"):
        words = [text(command, key), *(str(word) for word in child(command, f"{key}_localizations").values())]
        total += max(map(len, words))
    for choice in children(command, "choices"):
        total += len(text(choice, "name")) + len(str(choice.get("value", "")))
    return total + sum(command_length(option) for option in children(command, "options"))
