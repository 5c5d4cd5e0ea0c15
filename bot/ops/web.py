"""The bot's own web server: health, readiness, metrics, and the webhooks handed to it."""

from collections.abc import Sequence
from types import TracebackType

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.errors import SetupError
from bot.ops.observe import Metrics
from bot.ops.supervisor import Supervisor

BODY_BYTES = 1024 * 1024
CLOSING_S = 1.0


class Web:
    """Serves while it is entered.

    Args:
        host: address to listen on.
        port: 0 takes any that is free.
        metrics: what `/metrics` shows.
        supervisors: whose adapters `/readyz` asks.
        routes: further routes, such as a platform's webhook.

    Raises:
        SetupError: the address cannot be listened on (on entering).
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        metrics: Metrics,
        supervisors: Sequence[Supervisor],
        routes: Sequence[web.AbstractRouteDef] = (),
    ) -> None:
        self._host, self._port = host, port
        self._metrics = metrics
        self._supervisors = supervisors
        application = web.Application(client_max_size=BODY_BYTES)
        application.router.add_get("/healthz", self._health)
        application.router.add_get("/readyz", self._readiness)
        application.router.add_get("/metrics", self._show_metrics)
        application.add_routes(routes)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSING_S)

    async def __aenter__(self) -> "Web":
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SetupError(
                f"config: [web] cannot listen on {self._host}:{self._port} ({error.strerror}); choose another port"
            ) from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where it listens: "http://127.0.0.1:8466"."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def _health(self, _request: web.Request) -> web.Response:
        """Answer at all: the event loop turns. A platform that is down does not make this process worth killing."""
        return web.json_response({"status": "alive"})

    async def _readiness(self, _request: web.Request) -> web.Response:
        states = {supervisor.adapter.name: supervisor.state for supervisor in self._supervisors}
        return web.json_response(states, status=200 if "ready" in states.values() else 503)

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        for supervisor in self._supervisors:
            self._metrics.up.labels(supervisor.adapter.name).set(supervisor.state == "ready")
        shown = generate_latest(self._metrics.registry)
        return web.Response(body=shown, headers={"Content-Type": CONTENT_TYPE_LATEST})
