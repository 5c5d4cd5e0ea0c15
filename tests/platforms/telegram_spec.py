"""The published specification of the Bot API, held against every call, update and result.

Two files beside the repository are read where they are present: `telegram-bot-api.json` (Bot API 10.1: names, types,
required parameters) and `telegram-bot-api-10.3.schema.json` (JSON Schema of parameters, results and updates).
"""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

FOLDER = Path(__file__).parents[3] / "shared" / "specs"
_PUBLISHED = "telegram-bot-api.json"
_SCHEMA = "telegram-bot-api-10.3.schema.json"
_PLAIN: dict[str, set[type]] = {
    "Integer": {int},
    "Float": {int, float},
    "String": {str},
    "InputFile": {str},
    "Boolean": {bool},
}
ABSENT = f"the published Bot API specification ({_PUBLISHED}, {_SCHEMA}) is not beside the repository"


class Specification:
    """Says what is wrong with a call, an update or a result.

    Raises:
        FileNotFoundError: one of the two files is not in `folder`.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._published = json.loads((folder / _PUBLISHED).read_text(encoding="utf-8"))
        self._schema = json.loads((folder / _SCHEMA).read_text(encoding="utf-8"))
        self._validators: dict[str, Draft7Validator] = {}

    @classmethod
    def if_present(cls) -> "Specification | None":
        """Return the specification, or None where the files are not beside the repository."""
        return cls() if (FOLDER / _PUBLISHED).exists() and (FOLDER / _SCHEMA).exists() else None

    @cached_property
    def methods(self) -> frozenset[str]:
        """Names of all published methods."""
        return frozenset(self._published["methods"])

    def call(self, method: str, *, parameters: Mapping[str, object]) -> list[str]:
        """Return what is wrong with a call whose parameters are decoded JSON."""
        if method not in self.methods:
            return [f"{method}: no such method is published"]
        fields = {field["name"]: field for field in self._published["methods"][method].get("fields", [])}
        wrong = self._fields(method, fields=fields, values=parameters)
        if wrong or method not in self._schema["definitions"]["Params"]["properties"]:
            return wrong
        return self._against(f"Params/properties/{method}", value=dict(parameters), label=method)

    def result(self, method: str, *, value: object) -> list[str]:
        """Return what is wrong with this server's own result."""
        return self._against(f"Returns/properties/{method}", value=value, label=f"result of {method}")

    def update(self, value: object) -> list[str]:
        """Return what is wrong with an update that this server is about to hand out."""
        return self._against("TelegramUpdate", value=value, label="update")

    def _against(self, pointer: str, *, value: object, label: str) -> list[str]:
        validator = self._validators.get(pointer)
        if validator is None:
            root = {"$ref": f"#/definitions/{pointer}", "definitions": self._schema["definitions"]}
            validator = self._validators.setdefault(pointer, Draft7Validator(root))
        error = best_match(validator.iter_errors(value))
        return [] if error is None else [f"{label}: {error.json_path}: {error.message[:300]}"]

    def _fields(
        self, label: str, *, fields: Mapping[str, Mapping[str, object]], values: Mapping[str, object]
    ) -> list[str]:
        wrong = [f"{label}: {name!r} is no published field" for name in values if name not in fields]
        for name, field in fields.items():
            if name not in values:
                wrong += [f"{label}: {name!r} is missing"] if field["required"] else []
                continue
            types = field["types"]
            assert isinstance(types, list)
            tries = [self._typed(f"{label}.{name}", type_name=str(kind), value=values[name]) for kind in types]
            if all(tries):
                nearest = min(tries, key=len)
                wrong += nearest
        return wrong

    def _typed(self, label: str, *, type_name: str, value: object) -> list[str]:
        if type_name.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{label}: an array is wanted"]
            inner = type_name.removeprefix("Array of ")
            return [
                problem
                for place, item in enumerate(value)
                for problem in self._typed(f"{label}[{place}]", type_name=inner, value=item)
            ]
        if type_name in _PLAIN:
            fits = type(value) in _PLAIN[type_name]
            return [] if fits else [f"{label}: {type_name} is wanted, not {type(value).__name__}"]
        return self._object(label, type_name=type_name, value=value)

    def _object(self, label: str, *, type_name: str, value: object) -> list[str]:
        published = self._published["types"][type_name]
        if subtypes := published.get("subtypes"):
            tries = [self._typed(label, type_name=subtype, value=value) for subtype in subtypes]
            return min(tries, key=len) if all(tries) else []
        if not isinstance(value, dict):
            return [f"{label}: {type_name} is wanted"]
        fields = {field["name"]: field for field in published.get("fields", [])}
        return self._fields(label, fields=fields, values=value)
