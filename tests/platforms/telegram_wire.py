"""HTTP as the Bot API speaks it: parameters from any kind of body, answers as JSON."""

import json
import re
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from tests.platforms.telegram_methods import METHODS
from tests.platforms.telegram_objects import Json
from tests.platforms.telegram_parameters import DeleteWebhook, GetUpdates, Nothing, Parameters, SetWebhook
from tests.platforms.telegram_refusals import Refused, bad_request

UPLOAD_BYTES = 50 * 1024 * 1024
WAITING_METHODS: dict[str, type[Parameters]] = {
    "getUpdates": GetUpdates,
    "setWebhook": SetWebhook,
    "deleteWebhook": DeleteWebhook,
    "getWebhookInfo": Nothing,
}
"""Methods that the server itself plays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a call."""

    name: str
    data: bytes = field(repr=False)
    content_type: str


@dataclass(slots=True, kw_only=True)
class Body:
    """What came with a call: parameters as they were written, and files by the name of their part."""

    values: dict[str, object] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    is_json: bool = False


def model_of(method: str) -> type[Parameters] | None:
    """Return the shape of a method's parameters; None if it is not played."""
    if method in METHODS:
        return METHODS[method].model
    return WAITING_METHODS.get(method)


async def read_body(request: web.Request) -> Body:
    """Return what came with a call.

    Raises:
        Refused: the body is no JSON object, or larger than Telegram takes.
    """
    if request.content_type == "application/json":
        try:
            values = json.loads(await request.read() or b"{}")
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        return Body(values={**request.query, **values}, is_json=True)
    body = Body(values=dict(request.query))
    if request.content_type == "multipart/form-data":
        await _read_parts(request, body)
    else:
        body.values.update({name: str(value) for name, value in (await request.post()).items()})
    return body


async def _read_parts(request: web.Request, body: Body) -> None:
    size = 0
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader), "parts within parts are not played"
        data = bytes(await part.read())
        size += len(data)
        if size > UPLOAD_BYTES:
            raise Refused("Request Entity Too Large", code=413)
        if part.filename is None:
            body.values[part.name or ""] = data.decode()
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            body.uploads[part.name or ""] = Upload(name=part.filename, data=data, content_type=kind)


def decoded(method: str, body: Body) -> Json:
    """Return the parameters of a form with their JSON read; those of a JSON body are returned as they are.

    Raises:
        Refused: a parameter is no JSON although it should be.
    """
    if body.is_json:
        return dict(body.values)
    model = model_of(method) or Parameters
    found: Json = {}
    for name, value in body.values.items():
        text = str(value)
        if name in {"chat_id", "user_id"}:
            found[name] = int(text) if re.fullmatch(r"-?\d{1,18}", text) else text
        elif model.takes_text(name):
            found[name] = text
        else:
            try:
                found[name] = json.loads(text)
            except ValueError:
                raise bad_request(f"can't parse {name}: it is no JSON") from None
    return found


def with_files(value: object, file_ids: dict[str, str]) -> object:
    """Return the parameters with each "attach://name" replaced by the id of the file that was uploaded so."""
    if isinstance(value, dict):
        return {key: with_files(item, file_ids) for key, item in value.items()}
    if isinstance(value, list):
        return [with_files(item, file_ids) for item in value]
    if isinstance(value, str) and value.startswith("attach://"):
        return file_ids.get(value.removeprefix("attach://"), value)
    return value


def success(result: object) -> web.Response:
    """Return the answer to a call that was done."""
    return web.json_response({"ok": True, "result": result})


def failure(refused: Refused) -> web.Response:
    """Return the answer to a call that was refused."""
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return web.json_response(body, status=refused.code)
