"""Discord's HTTP side: takes requests in, lets them go wrong on demand, checks them, answers."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from tests.platforms.discord_faults import Broken, Cut, Fault, RateLimited, Stall
from tests.platforms.discord_json import JsonObject, as_object
from tests.platforms.discord_post import Upload
from tests.platforms.discord_refusals import INVALID_FORM, NO_ROUTE, NO_TOKEN, Refused
from tests.platforms.discord_refusals import Fault as FormFault
from tests.platforms.discord_stage import Request, Stage

PREFIX = "/api/v10"
WITHOUT_TOKEN = ("/interactions/", "/webhooks/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as a route sees it."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: JsonObject
    json: object
    uploads: Mapping[int, Upload] = field(repr=False)

    def id(self, name: str) -> int:
        """An id in the path; 0 for what is no id."""
        value = self.path[name]
        return int(value) if value.isdecimal() else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a route answers."""

    body: object = None
    status: int = 200


Route = Callable[[Call], Result]


@dataclass(kw_only=True)
class _Exchange:
    """One request on its way through."""

    method: str
    route: str
    path: str
    json: object = None
    uploads: dict[int, Upload] = field(default_factory=dict)


class Rest:
    """The HTTP API.

    Args:
        stage: what it acts upon.
        routes: by method and template of the specification.
        token: gives the bot's token of now.
    """

    def __init__(self, stage: Stage, routes: Mapping[tuple[str, str], Route], *, token: Callable[[], str]) -> None:
        self.in_flight = 0
        self.handled = 0
        self._stage = stage
        self._routes = routes
        self._token = token

    def mount(self, app: web.Application) -> None:
        """Add all routes to a web application."""
        for method, template in self._routes:
            app.router.add_route(method, PREFIX + template, self._serve)
        app.router.add_route("*", PREFIX + "/{unknown:.*}", self._serve_unknown)

    async def _serve_unknown(self, request: web.Request) -> web.StreamResponse:
        self._stage.record.violations.append(f"{request.method} {request.path}: not a route of the loopback server")
        return _response(Refused(NO_ROUTE).body(), status=404)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.in_flight += 1
        try:
            return await self._exchange(request)
        finally:
            self.in_flight -= 1
            self.handled += 1
            self._stage.signal.changed()

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = resource.canonical.removeprefix(PREFIX) if resource else ""
        exchange = _Exchange(method=request.method, route=route, path=request.path.removeprefix(PREFIX))
        await _read(request, exchange)
        fault = self._stage.faults.take(request.method, route)
        if isinstance(fault, Stall):
            fault.arrived.set()
            await fault.released.wait()
            if fault.lost:
                return self._cut(request, exchange)
        early = self._early(fault)
        if early is not None:
            self._note(exchange, status=early.status)
            return early
        if isinstance(fault, Cut) and not fault.after_effect:
            return self._cut(request, exchange)
        status, body, headers = self._answer(request, exchange)
        if isinstance(fault, Cut):
            return self._cut(request, exchange)
        self._note(exchange, status=status, code=as_object(body).get("code") if status >= 400 else 0)
        return _response(body, status=status, headers={**_limits(request.method, route), **headers})

    def _early(self, fault: Fault | None) -> web.Response | None:
        """The answer to a request that never reaches Discord's own code."""
        if isinstance(fault, RateLimited) and not fault.via:
            return web.Response(status=429, text="error code: 1015", headers=fault.headers)
        if isinstance(fault, RateLimited):
            body: JsonObject = {"message": "You are being rate limited.", "code": 0}
            body |= {"retry_after": fault.retry_after, "global": fault.everywhere}
            return _response(body, status=429, headers=fault.headers)
        if isinstance(fault, Broken):
            return web.Response(status=fault.status, text="upstream connect error", headers={"Via": "1.1 google"})
        return None

    def _cut(self, request: web.Request, exchange: _Exchange) -> web.StreamResponse:
        self._note(exchange, status=0)
        if isinstance(request.transport, asyncio.Transport):
            request.transport.abort()
        return web.Response()

    def _answer(self, request: web.Request, exchange: _Exchange) -> tuple[int, object, Mapping[str, str]]:
        headers: dict[str, str] = {}
        try:
            result = self._act(request, exchange)
            status, body = result.status, result.body
        except Refused as refusal:
            self._stage.record.refusals.append(f"{exchange.method} {exchange.path}: {refusal.code} {refusal}")
            status, body = refusal.status, refusal.body()
            if refusal.retry_after is not None:
                headers = {"Via": "1.1 google", "Retry-After": str(refusal.retry_after)}
            interaction = self._stage.interactions.by_token(request.match_info.get("webhook_token", ""))
            interaction = interaction or self._stage.interactions.by_token(
                request.match_info.get("interaction_token", "")
            )
            if interaction:
                interaction.refused.append(refusal.code)
        complaint = self._stage.specification.answer(exchange.method, exchange.route, status=status, body=body)
        if complaint:
            self._stage.record.violations.append(f"own answer: {complaint.text}")
        return status, body, headers

    def _act(self, request: web.Request, exchange: _Exchange) -> Result:
        needs_token = not exchange.path.startswith(WITHOUT_TOKEN)
        if needs_token and request.headers.get("Authorization") != f"Bot {self._token()}":
            raise Refused(NO_TOKEN)
        complaint = self._stage.specification.request(exchange.method, exchange.route, exchange.json)
        if complaint and not complaint.limit:
            self._stage.record.violations.append(complaint.text)
            raise Refused(INVALID_FORM, faults=[FormFault("body", "SPECIFICATION", complaint.text)])
        call = Call(
            path=request.match_info,
            query=request.query,
            body=as_object(exchange.json),
            json=exchange.json,
            uploads=exchange.uploads,
        )
        result = self._routes[exchange.method, exchange.route](call)
        if complaint:
            self._stage.record.violations.append(f"over a limit, yet not refused: {complaint.text}")
        return result

    def _note(self, exchange: _Exchange, *, status: int, code: object = 0) -> None:
        self._stage.record.requests.append(
            Request(
                method=exchange.method,
                route=exchange.route,
                path=exchange.path,
                body=exchange.json,
                files=tuple(upload.name for upload in exchange.uploads.values()),
                status=status,
                code=code if isinstance(code, int) else 0,
            )
        )
        if status in {401, 403, 429}:
            self._stage.record.invalid += 1


async def _read(request: web.Request, exchange: _Exchange) -> None:
    """Read a body: JSON, or a form with the part `payload_json` and files."""
    if request.content_type.startswith("multipart/"):
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            name = part.name or ""
            data = bytes(await part.read(decode=True))
            if name == "payload_json":
                exchange.json = json.loads(data)
            elif name.startswith("files["):
                kind = part.headers.get("Content-Type", "application/octet-stream")
                upload = Upload(name=part.filename or "file", content_type=kind, data=data)
                exchange.uploads[int(name.removeprefix("files[").removesuffix("]"))] = upload
        return
    data = await request.read()
    exchange.json = json.loads(data) if data else None


def _response(body: object, *, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer as Discord sends it: the content type has no charset, which clients compare literally."""
    if body is None:
        return web.Response(status=status, headers=headers)
    data = json.dumps(body).encode()
    return web.Response(status=status, body=data, headers={**(headers or {}), "Content-Type": "application/json"})


def _limits(method: str, route: str) -> Mapping[str, str]:
    """The headers of a bucket that is nowhere near its end."""
    return {
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999",
        "X-RateLimit-Reset": "0",
        "X-RateLimit-Reset-After": "1.0",
        "X-RateLimit-Bucket": f"{method}:{route}",
    }
