"""Serving: platforms and web server start together, and leave together."""

import asyncio
import os
import re
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SetupError
from bot.ops.observe import Metrics
from bot.ops.serving import serve


class Platform:
    """An adapter that serves until it is stopped, or is refused.

    Attributes:
        running: set while it serves.
        left: it was stopped and has said goodbye.
    """

    def __init__(self, name: str, *, refusal: str = "") -> None:
        self.name, self.ready = name, False
        self.running = asyncio.Event()
        self.left = False
        self._refusal = refusal

    async def run(self) -> None:
        if self._refusal:
            raise SetupError(self._refusal)
        self.ready = True
        self.running.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.left = True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@asynccontextmanager
async def served(
    *platforms: Platform, port: int, routes: Sequence[web.AbstractRouteDef] = (), metrics: Metrics | None = None
) -> AsyncIterator["asyncio.Task[None]"]:
    """Yield the serving task once the first platform is served."""
    serving = asyncio.create_task(
        serve(platforms, metrics=metrics or Metrics(), host="127.0.0.1", port=port, routes=routes)
    )
    started = asyncio.create_task(platforms[0].running.wait())
    await asyncio.wait([serving, started], return_when=asyncio.FIRST_COMPLETED)
    assert not serving.done(), serving.exception()
    yield serving
    serving.cancel()
    await asyncio.wait([serving])


async def get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, await response.text()


async def test_health_readiness_metrics_and_routes_are_served_beside_the_platforms() -> None:
    async def take(_request: web.Request) -> web.Response:
        return web.Response(text="taken")

    port = free_port()
    async with served(Platform("telegram"), port=port, routes=[web.get("/telegram", take)]):
        assert await get(port, "/healthz") == (200, '{"status": "alive"}')
        assert await get(port, "/readyz") == (200, '{"telegram": "ready"}')
        assert await get(port, "/telegram") == (200, "taken")
        status, text = await get(port, "/metrics")
        assert status == 200
        assert 'btc_safety_bot_up{platform="telegram"} 1.0' in text


async def test_it_is_ready_while_one_platform_is_served_though_another_was_refused() -> None:
    port = free_port()
    async with served(Platform("telegram"), Platform("discord", refusal="the token is refused"), port=port):
        assert await get(port, "/readyz") == (200, '{"telegram": "ready", "discord": "parked"}')


async def test_no_platform_is_started_when_the_port_is_taken_and_one_sentence_says_so() -> None:
    platform = Platform("telegram")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = rf"config: \[web\] cannot listen on 127\.0\.0\.1:{port} \(.*\); choose another port"
        with pytest.raises(SetupError) as raised:
            await serve([platform], metrics=Metrics(), host="127.0.0.1", port=port)
    assert re.fullmatch(sentence, str(raised.value))
    assert not platform.running.is_set()


async def test_it_ends_with_every_reason_once_no_platform_is_left() -> None:
    platforms = [Platform("telegram", refusal="the token is refused"), Platform("discord", refusal="so is this one")]
    with pytest.raises(SetupError, match=r"^the token is refused; so is this one$"):
        await serve(platforms, metrics=Metrics())


async def test_stopping_lets_the_platforms_leave_and_frees_the_port() -> None:
    platforms, port = (Platform("telegram"), Platform("discord")), free_port()
    async with served(*platforms, port=port) as serving:
        await platforms[1].running.wait()
        serving.cancel()
        await asyncio.wait([serving])
        assert serving.cancelled()
    assert [platform.left for platform in platforms] == [True, True]
    with socket.create_server(("127.0.0.1", port)):
        pass


async def test_sigterm_stops_it_as_ctrl_c_does() -> None:
    platform = Platform("telegram")
    async with served(platform, port=free_port()) as serving:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait([serving])
        assert serving.cancelled()
    assert platform.left
