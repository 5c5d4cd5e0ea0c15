"""What may go wrong with a service: ways to answer, and ways to spoil a good document."""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal

from aiohttp import web

from tests.prices.exchange_server import Answer
from tests.prices.payloads import Json

Leaf = str | int | float


async def stall(request: web.Request) -> web.StreamResponse:
    """Take the request and say nothing."""
    await asyncio.Event().wait()
    raise AssertionError


async def drip(request: web.Request) -> web.StreamResponse:
    """Send a byte now and then, for ever."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


async def cut(request: web.Request) -> web.StreamResponse:
    """Promise a long body and hang up in its midst."""
    response = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"error": [')
    if request.transport is not None:
        request.transport.abort()
    return response


async def flood(request: web.Request) -> web.StreamResponse:
    """Send ten megabytes."""
    return web.Response(body=b"[" + b" " * 10_000_000 + b"]", content_type="application/json")


async def redirect(request: web.Request) -> web.StreamResponse:
    """Point to another service, which would answer."""
    raise web.HTTPFound(str(request.url).replace("/kraken/", "/elsewhere/"))


async def html(request: web.Request) -> web.StreamResponse:
    """Show a web page with status 200."""
    return web.Response(text="<!doctype html><title>Just a moment</title>", content_type="text/html")


async def deep(request: web.Request) -> web.StreamResponse:
    """Nest lists until a parser gives up."""
    return web.Response(body=b"[" * 100_000, content_type="application/json")


def status(code: int, **headers: str) -> Answer:
    """Answer with a status; underscores in the names of headers stand for hyphens."""

    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=code, text='{"message":"no"}', headers=named, content_type="application/json")

    return answer


def says(document: Json) -> Answer:
    """Answer with this document and status 200."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text=json.dumps(document), content_type="text/plain")

    return answer


def each_figure(change: Callable[[Leaf], Json]) -> Callable[[Json], Json]:
    """Return a rewrite that changes every figure, whether it stands as a number or as a string."""

    def rewrite(document: Json) -> Json:
        match document:
            case dict():
                return {key: rewrite(value) for key, value in document.items()}
            case list():
                return [rewrite(value) for value in document]
            case bool() | None:
                return document
            case _:
                return change(document) if _is_figure(document) else document

    return rewrite


def swapped(leaf: Leaf) -> Json:
    """Return a string as a number, and a number as a string."""
    return float(leaf) if isinstance(leaf, str) else str(leaf)


def times(factor: str) -> Callable[[Leaf], Json]:
    """Return a change that multiplies prices, and leaves moments and small figures alone."""

    def change(leaf: Leaf) -> Json:
        amount = Decimal(str(leaf))
        if not 10_000 < amount < 1_000_000:
            return leaf
        return str(amount * Decimal(factor)) if isinstance(leaf, str) else float(amount * Decimal(factor))

    return change


def _is_figure(leaf: Leaf) -> bool:
    try:
        return Decimal(str(leaf)).is_finite()
    except ArithmeticError:
        return False
