"""What Discord's client makes of typing and clicking: the data of interactions, checked as the client does."""

from dataclasses import dataclass, field
from typing import TypeAlias

from tests.platforms.discord_interaction import Modal, ModalField
from tests.platforms.discord_json import JsonObject, child, children, number, text
from tests.platforms.discord_limits import BUTTON, LINK, SELECTS, nested
from tests.platforms.discord_payloads import channel_json, file_json, member_json, role_json, user_json
from tests.platforms.discord_permissions import Permission
from tests.platforms.discord_world import Channel, ChannelKind, File, Message, Role, User

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, NUMBER, ATTACHMENT = 1, 2, 3, 4, 5, 6, 7, 8, 10, 11
"""Kinds of options. Source: Discord developer documentation, Application Command Option Type."""

Value: TypeAlias = str | int | float | bool | User | Channel | Role | File


class NotPossible(Exception):
    """Discord's client would not let a person do that."""


@dataclass(kw_only=True)
class Resolved:
    """The objects that options name by id, for the interaction's data."""

    place: Channel
    objects: dict[str, JsonObject] = field(default_factory=dict)

    def add(self, value: User | Channel | Role | File) -> str:
        """Remember an object; its id."""
        key = str(value.id)
        match value:
            case User():
                self._put("users", key, user_json(value))
                self._put_member(value)
            case Channel():
                self._put("channels", key, _partial_channel(value))
            case Role():
                self._put("roles", key, role_json(value, position=1))
            case File():
                self._put("attachments", key, file_json(value, ephemeral=True))
        return key

    def _put(self, kind: str, key: str, data: JsonObject) -> None:
        self.objects.setdefault(kind, {})[key] = data

    def _put_member(self, user: User) -> None:
        guild = self.place.guild
        member = guild.members.get(user.id) if guild else None
        if member:
            data = member_json(member, with_user=False)
            data["permissions"] = str(int(self.place.permissions(user)))
            for key in ("deaf", "mute"):
                del data[key]
            self._put("members", str(user.id), data)


def _partial_channel(channel: Channel) -> JsonObject:
    data = channel_json(channel)
    shown: JsonObject = {key: value for key, value in data.items() if key in {"id", "name", "type"}}
    if channel.kind is ChannelKind.THREAD:
        shown |= {key: value for key, value in data.items() if key in {"parent_id", "thread_metadata"}}
    return {**shown, "permissions": str(int(Permission.VIEW_CHANNEL))}


def command_data(
    command: JsonObject, path: list[str], values: dict[str, Value], *, place: Channel, focused: str = ""
) -> JsonObject:
    """The data of a slash command.

    Args:
        command: as registered.
        path: names of the subcommand group and subcommand.
        values: the options filled in.
        place: where.
        focused: the option that is being typed, for autocomplete.

    Raises:
        NotPossible: the client would not send that.
    """
    resolved = Resolved(place=place)
    options = _options(command, path, values, resolved, focused)
    data: JsonObject = {"id": command["id"], "name": command["name"], "type": 1}
    if options:
        data["options"] = options
    if resolved.objects:
        data["resolved"] = resolved.objects
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data


def _options(
    definition: JsonObject, path: list[str], values: dict[str, Value], resolved: Resolved, focused: str
) -> list[JsonObject]:
    defined = {text(option, "name"): option for option in children(definition, "options")}
    if path:
        inner = defined.get(path[0])
        if inner is None:
            raise NotPossible(f"no {path[0]} in {text(definition, 'name')}: {', '.join(defined)}")
        return [
            {
                "type": number(inner, "type"),
                "name": path[0],
                "options": _options(inner, path[1:], values, resolved, focused),
            }
        ]
    if any(number(option, "type") in {SUBCOMMAND, GROUP} for option in defined.values()):
        raise NotPossible(f"{text(definition, 'name')} is used with one of {', '.join(defined)}")
    unknown = set(values) - set(defined)
    missing = {name for name, option in defined.items() if option.get("required")} - set(values)
    if unknown or (missing and not focused):
        raise NotPossible(f"{text(definition, 'name')}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    return [_option(defined[name], value, resolved, focused=name == focused) for name, value in values.items()]


def _option(definition: JsonObject, value: Value, resolved: Resolved, *, focused: bool) -> JsonObject:
    name, kind = text(definition, "name"), number(definition, "type")
    if focused and not definition.get("autocomplete"):
        raise NotPossible(f"{name} has no autocomplete")
    if not focused:
        _check_value(definition, value)
    sent = resolved.add(value) if isinstance(value, User | Channel | Role | File) else value
    option: JsonObject = {"type": kind, "name": name, "value": str(sent) if focused else sent}
    return {**option, "focused": True} if focused else option


TYPES: dict[int, type | tuple[type, ...]] = {
    STRING: str,
    INTEGER: int,
    BOOLEAN: bool,
    USER: User,
    CHANNEL: Channel,
    ROLE: Role,
    NUMBER: (int, float),
    ATTACHMENT: File,
}


def _check_value(definition: JsonObject, value: Value) -> None:
    name, kind = text(definition, "name"), number(definition, "type")
    if not isinstance(value, TYPES.get(kind, object)):
        raise NotPossible(f"{name} takes no {type(value).__name__}")
    choices = [choice.get("value") for choice in children(definition, "choices")]
    if choices and value not in choices:
        raise NotPossible(f"{name} is one of {choices}")
    size = len(value) if isinstance(value, str) else value
    low, high = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    for key, wrong in ((low, "too small"), (high, "too large")):
        limit = definition.get(key)
        if isinstance(limit, int | float) and isinstance(size, int | float):
            outside = size < limit if key == low else size > limit
            if outside:
                raise NotPossible(f"{name} is {wrong}: {size}, {limit}")


def find_button(message: Message, wanted: str) -> JsonObject:
    """The button with a label or custom id.

    Raises:
        NotPossible: there is none, or it cannot be pressed.
    """
    buttons = [component for component in nested(message.components) if number(component, "type") == BUTTON]
    for button in buttons:
        names = {text(button, "label"), text(button, "custom_id"), text(child(button, "emoji"), "name")}
        if wanted in names:
            if number(button, "style") == LINK or button.get("disabled"):
                raise NotPossible(f"{wanted} is a link or disabled")
            return button
    raise NotPossible(f"no button {wanted!r}, only {[text(button, 'label') for button in buttons]}")


def find_menu(message: Message, wanted: str) -> JsonObject:
    """The menu with a placeholder or custom id; "": the first.

    Raises:
        NotPossible: there is none, or it is disabled.
    """
    menus = [component for component in nested(message.components) if number(component, "type") in SELECTS]
    for menu in menus:
        if wanted in {"", text(menu, "placeholder"), text(menu, "custom_id")}:
            if menu.get("disabled"):
                raise NotPossible("the menu is disabled")
            return menu
    raise NotPossible(f"no menu {wanted!r}, only {[text(menu, 'placeholder') for menu in menus]}")


def chosen_values(menu: JsonObject, wanted: tuple[str, ...]) -> list[str]:
    """The values of the options with some labels or values.

    Raises:
        NotPossible: there is no such option, or too few or many were chosen.
    """
    options = children(menu, "options")
    values = []
    for one in wanted:
        found = [text(option, "value") for option in options if one in {text(option, "label"), text(option, "value")}]
        if not found:
            raise NotPossible(f"no option {one!r}, only {[text(option, 'label') for option in options]}")
        values.append(found[0])
    if not number(menu, "min_values", 1) <= len(values) <= number(menu, "max_values", 1):
        raise NotPossible(f"{len(values)} options cannot be chosen")
    return values


def modal_data(modal: Modal, answers: dict[str, str]) -> JsonObject:
    """The data of a submitted modal; a field that is not answered keeps what stood in it.

    Args:
        modal: as opened.
        answers: by label or custom id.

    Raises:
        NotPossible: an unknown field, or a text that the client would not send.
    """
    unknown = set(answers) - {name for asked in modal.fields for name in (asked.label, asked.custom_id)}
    if unknown:
        raise NotPossible(f"no fields {sorted(unknown)}, only {[asked.label for asked in modal.fields]}")
    return {"custom_id": modal.custom_id, "components": [_submitted(asked, answers) for asked in modal.fields]}


def _submitted(asked: ModalField, answers: dict[str, str]) -> JsonObject:
    value = answers.get(asked.label, answers.get(asked.custom_id, asked.value))
    if asked.required and not value:
        raise NotPossible(f"{asked.label} is required")
    if value and not asked.min_length <= len(value) <= asked.max_length:
        raise NotPossible(f"{asked.label} takes {asked.min_length} to {asked.max_length} characters")
    if asked.options and value not in asked.options:
        raise NotPossible(f"{asked.label} is one of {asked.options}")
    inner: JsonObject = {"type": 4, "id": 2, "custom_id": asked.custom_id, "value": value}
    if asked.options:
        inner = {"type": 3, "id": 2, "custom_id": asked.custom_id, "values": [value]}
    if number(asked.row, "type") == 18:
        return {"type": 18, "id": 1, "component": inner}
    return {"type": 1, "id": 1, "components": [inner]}
