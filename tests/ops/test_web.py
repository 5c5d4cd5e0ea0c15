"""The web server: what an orchestrator asks, and what it is told."""

import asyncio
import socket

import aiohttp
import pytest
from aiohttp import web

from bot.errors import SetupError
from bot.ops.observe import Metrics
from bot.ops.supervisor import Supervisor
from bot.ops.web import Web


class Platform:
    """An adapter that is ready or not, and refuses to run."""

    def __init__(self, name: str, *, ready: bool) -> None:
        self.name, self.ready = name, ready

    async def run(self) -> None:
        raise SetupError("the token is refused")


def supervised(*adapters: Platform) -> list[Supervisor]:
    return [Supervisor(adapter, metrics=Metrics()) for adapter in adapters]


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_it_is_alive_even_when_no_platform_is_served() -> None:
    supervisors = supervised(Platform("telegram", ready=False))
    async with Web(host="127.0.0.1", port=0, metrics=Metrics(), supervisors=supervisors) as server:
        assert (await get(f"{server.url}/healthz"))[0] == 200
        assert await get(f"{server.url}/readyz") == (503, '{"telegram": "connecting"}')


async def test_it_is_ready_when_one_platform_is_served_although_another_is_parked() -> None:
    supervisors = supervised(Platform("telegram", ready=True), Platform("discord", ready=False))
    parking = asyncio.create_task(supervisors[1].run())
    await supervisors[1].parked.wait()
    async with Web(host="127.0.0.1", port=0, metrics=Metrics(), supervisors=supervisors) as server:
        status, text = await get(f"{server.url}/readyz")
    parking.cancel()
    assert status == 200
    assert '"discord": "parked"' in text


async def test_metrics_tell_which_platform_is_up() -> None:
    metrics = Metrics()
    metrics.events.labels("telegram", "handled").inc()
    supervisors = supervised(Platform("telegram", ready=True), Platform("discord", ready=False))
    async with Web(host="127.0.0.1", port=0, metrics=metrics, supervisors=supervisors) as server:
        status, text = await get(f"{server.url}/metrics")
    assert status == 200
    assert 'btc_safety_bot_up{platform="telegram"} 1.0' in text
    assert 'btc_safety_bot_up{platform="discord"} 0.0' in text
    assert 'btc_safety_bot_events_total{outcome="handled",platform="telegram"} 1.0' in text


async def test_routes_handed_to_it_are_served() -> None:
    async def take(request: web.Request) -> web.Response:
        return web.Response(text="taken")

    routes = [web.get("/telegram", take)]
    async with Web(host="127.0.0.1", port=0, metrics=Metrics(), supervisors=[], routes=routes) as server:
        assert await get(f"{server.url}/telegram") == (200, "taken")


async def test_a_port_that_is_taken_is_one_sentence_for_the_operator() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=rf"127\.0\.0\.1:{port} .* choose another port"):
            async with Web(host="127.0.0.1", port=port, metrics=Metrics(), supervisors=[]):
                pass
