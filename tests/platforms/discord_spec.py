"""Holds requests, answers and events against the published specifications, where the checkout has them beside it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

from tests.platforms.discord_json import JsonObject, as_object, child, items, text

SPECIFICATIONS = Path(__file__).parents[2] / "../shared/specs"
HTTP, GATEWAY = "discord-openapi.json", "discord-gateway.schema.json"

EVENTS = {
    "READY": "GatewayReadyDispatch",
    "GUILD_CREATE": "GatewayGuildCreateDispatch",
    "MESSAGE_CREATE": "GatewayMessageCreateDispatch",
    "MESSAGE_UPDATE": "GatewayMessageUpdateDispatch",
    "INTERACTION_CREATE": "GatewayInteractionCreateDispatch",
}
"""The events that the specification has; the others are not held against anything. It has RESUMED without data, which
discord.py could not read and Discord does not send so."""

OPERATIONS = {1: "GatewayHeartbeat", 2: "GatewayIdentify", 6: "GatewayResume", 10: "GatewayHello"}

HARMLESS = {
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": "tts",
    "IncomingWebhookUpdateRequestPartial": "tts",
    "MessageEditRequestPartial": "tts",
    "ApplicationCommandUpdateRequest": "nsfw",
    "ApplicationCommandCreateRequest": "nsfw",
    "RichEmbed": "flags",
}
"""Keys that discord.py sends and Discord ignores, by schema."""


LIMITS = {"maxLength", "minLength", "maxItems", "minItems", "maximum", "minimum", "pattern", "uniqueItems"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong with a payload.

    Attributes:
        limit: only a limit is passed, for which Discord has a refusal of its own.
    """

    text: str
    limit: bool = False


class Specification:
    """The published schemas. Without the files it finds nothing wrong and `present` is False."""

    def __init__(self, folder: Path = SPECIFICATIONS) -> None:
        self._folder = folder
        self.present = (folder / HTTP).is_file() and (folder / GATEWAY).is_file()
        self._checkers: dict[str, Checker] = {}

    def request(self, method: str, template: str, body: object) -> Complaint | None:
        """What is wrong with a request's JSON body."""
        if not self.present:
            return None
        operation = self._operation(method, template)
        if not operation:
            return Complaint(text=f"the specification has no {method} {template}")
        wanted = child(operation, "requestBody")
        schema = child(child(child(wanted, "content"), "application/json"), "schema")
        if schema and body is not None:
            return self._complain(f"{method} {template}", schema, body)
        if body is None and wanted.get("required"):
            return Complaint(text=f"{method} {template}: a body is missing")
        return None if body is None else Complaint(text=f"{method} {template}: a body where none is expected")

    def answer(self, method: str, template: str, *, status: int, body: object) -> Complaint | None:
        """What is wrong with an answer of the loopback server."""
        if not self.present:
            return None
        responses = child(self._operation(method, template), "responses")
        response = child(responses, str(status)) or child(responses, f"{status // 100}XX")
        if "$ref" in response:
            response = _look_up(self._http, text(response, "$ref"))
        if not response:
            return None if status >= 400 else Complaint(text=f"{method} {template}: no status {status}")
        schema = child(child(child(response, "content"), "application/json"), "schema")
        if not schema:
            return None if body is None else Complaint(text=f"{method} {template}: a body with status {status}")
        return self._complain(f"{method} {template} {status}", schema, body)

    def event(self, payload: JsonObject) -> Complaint | None:
        """What is wrong with a gateway payload of either side, if the schema has its kind."""
        code = payload.get("op")
        name = EVENTS.get(text(payload, "t")) if code == 0 else OPERATIONS.get(code if isinstance(code, int) else -1)
        if not self.present or name is None:
            return None
        return self._complain(name, {"$ref": f"#/definitions/{name}"}, payload, gateway=True)

    def _operation(self, method: str, template: str) -> JsonObject:
        return child(child(child(self._http, "paths"), template), method.lower()) if self.present else {}

    def _complain(self, key: str, schema: JsonObject, instance: object, *, gateway: bool = False) -> Complaint | None:
        if key not in self._checkers:
            root = self._gateway if gateway else self._http
            checker = Unions(root).checker(Draft7Validator if gateway else Draft202012Validator)
            self._checkers[key] = checker(schema)
        error = best_match(self._checkers[key].iter_errors(instance))
        if error is None:
            return None
        return Complaint(
            text=f"{key}: {error.json_path}: {error.message[:200]} ({error.validator})", limit=error.validator in LIMITS
        )

    @cached_property
    def _http(self) -> JsonObject:
        """The document, stricter about unknown keys, laxer about ids as numbers and the codes of form errors.

        The latter are words on the wire, as Discord's documentation says, but numbers in the document.
        """
        document = as_object(json.loads((self._folder / HTTP).read_text("utf-8")))
        schemas = child(child(document, "components"), "schemas")
        schemas["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"}
        schemas["InnerErrors"] = {"type": "object", "required": ["_errors"]}
        _close(document, open_names=_names_in_all_of(document))
        for name, key in HARMLESS.items():
            child(child(schemas, name), "properties")[key] = {}
        return document

    @cached_property
    def _gateway(self) -> JsonObject:
        """The document, in which the parts of a forwarded message are those of a message, not whole messages.

        Stickers are among them only where there are any, as the other document says.
        """
        document = as_object(json.loads((self._folder / GATEWAY).read_text("utf-8")))
        definitions = child(document, "definitions")
        whole, forwarded = child(definitions, "APIMessage"), child(definitions, "APIMessageSnapshotFields")
        parts = child(forwarded, "properties")
        parts |= {name: child(child(whole, "properties"), name) for name in parts}
        forwarded["required"] = [name for name in parts if "sticker" not in name]
        return document


def _look_up(root: JsonObject, reference: str) -> JsonObject:
    node = root
    for part in unquote(reference).removeprefix("#/").split("/"):
        node = child(node, part.replace("~1", "/").replace("~0", "~"))
    return node


def _names_in_all_of(node: object) -> set[str]:
    """The names of schemas that others extend, which therefore cannot refuse unknown keys themselves."""
    if isinstance(node, list):
        return {name for item in node for name in _names_in_all_of(item)}
    if not isinstance(node, dict):
        return set()
    extended = {text(as_object(part), "$ref").rpartition("/")[2] for part in items(node, "allOf")}
    deeper = (value for key, value in node.items() if key != "multipart/form-data")
    return extended | {name for value in deeper for name in _names_in_all_of(value)}


def _close(node: object, *, open_names: set[str], name: str = "") -> None:
    """Let every object schema refuse keys that it does not name."""
    if isinstance(node, list):
        for item in node:
            _close(item, open_names=open_names)
    if not isinstance(node, dict):
        return
    if isinstance(node.get("properties"), dict) and node.get("type") == "object" and name not in open_names:
        node.setdefault("additionalProperties", False)
    for key, value in node.items():
        if key != "allOf":
            _close(value, open_names=open_names, name=key)


class Checker(Protocol):
    """What the validator classes of jsonschema can do, of which the stubs tell only a part."""

    def __init__(self, schema: JsonObject) -> None: ...

    def iter_errors(self, instance: object) -> Iterator[ValidationError]: ...

    def descend(self, instance: object, schema: JsonObject) -> Iterator[ValidationError]: ...

    def evolve(self, *, schema: JsonObject) -> "Checker": ...

    def is_valid(self, instance: object) -> bool: ...


class Unions:
    """Validator keywords that follow references within one document and pick a union's branch by the key "type".

    Without the picking an error in one branch would be told as "not valid under any of the schemas".
    """

    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._chosen: dict[tuple[int, str], list[JsonObject]] = {}

    def checker(self, kind: object) -> type[Checker]:
        """A jsonschema class with these keywords."""
        keywords = {"$ref": self.follow, "anyOf": self.choose, "oneOf": self.choose}
        checker: type[Checker] = extend(kind, keywords)  # type: ignore[no-untyped-call] # the stubs leave it untyped
        return checker

    def follow(self, checker: Checker, reference: str, instance: object, _: object) -> Iterator[ValidationError]:
        """The keyword $ref."""
        yield from checker.descend(instance, _look_up(self._root, reference))

    def choose(
        self, checker: Checker, union: list[JsonObject], instance: object, _: object
    ) -> Iterator[ValidationError]:
        """The keywords anyOf and oneOf."""
        if instance is None and any(branch.get("type") == "null" for branch in union):
            return
        candidates = self._branches(union, instance) if isinstance(instance, dict) else union
        if len(candidates) == 1:
            yield from checker.descend(instance, candidates[0])
        elif not any(checker.evolve(schema=branch).is_valid(instance) for branch in candidates):
            yield ValidationError(f"{str(instance)[:200]} fits none of {len(union)} schemas")

    def _branches(self, union: list[JsonObject], instance: JsonObject) -> list[JsonObject]:
        key = (id(union), str(instance.get("type")))
        if key not in self._chosen:
            self._chosen[key] = [branch for branch in union if self._admits(branch, instance.get("type"))]
        return self._chosen[key]

    def _admits(self, branch: JsonObject, tag: object) -> bool:
        while "$ref" in branch:
            branch = _look_up(self._root, text(branch, "$ref"))
        union = items(branch, "anyOf") or items(branch, "oneOf")
        if union:
            return any(self._admits(as_object(part), tag) for part in union)
        if branch.get("type") not in {None, "object"}:
            return False
        wanted = child(child(branch, "properties"), "type")
        return not {"const", "enum"} & set(wanted) or wanted.get("const") == tag or tag in items(wanted, "enum")
