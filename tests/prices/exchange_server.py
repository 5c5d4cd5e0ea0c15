"""Nine price services on one loopback port, each under a path of its own; each can be told to misbehave."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from aiohttp import web

from bot.prices.sources.catalogue import NAMES
from tests.prices.payloads import Json, document

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def calm_prices() -> dict[str, Decimal]:
    """Return what 1 BTC costs on a calm day."""
    amounts = {"USD": 81_420, "EUR": 70_840, "GBP": 60_830, "CHF": 66_930, "CAD": 113_890, "AUD": 114_360}
    others = {"JPY": 12_778_300, "SGD": 105_000, "PLN": 300_100}
    return {code: Decimal(amount) for code, amount in (amounts | others).items()}


@dataclass
class ExchangeServer:
    """Plays all services.

    Attributes:
        now: the services' clock.
        prices: what 1 BTC costs, by currency.
        factors: what a service multiplies its prices with, by its name.
        answers: what a service does instead of answering, by its name.
        rewrites: what becomes of a service's document, by its name.
        requests: how often each service was asked, by its name.
        headers: of the last request to each service.
        root: the base address of all.
    """

    now: Callable[[], datetime]
    prices: dict[str, Decimal] = field(default_factory=calm_prices)
    factors: dict[str, Decimal] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    rewrites: dict[str, Callable[[Json], Json]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    root: str = ""

    def addresses(self) -> dict[str, str]:
        """Return the base address of each service."""
        return {name: f"{self.root}/{name}" for name in NAMES}

    def everyone(self, answer: Answer) -> None:
        """Let all services do the same."""
        self.answers = dict.fromkeys(NAMES, answer)

    def document(self, name: str, path: str, query: dict[str, str]) -> Json:
        """Return what a service answers."""
        factor = self.factors.get(name, Decimal(1))
        right = document(name, path, query, price=lambda code: self.prices[code] * factor, now=self.now())
        return self.rewrites[name](right) if name in self.rewrites else right

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Count a request and answer it as told."""
        name = request.match_info["name"]
        self.requests[name] += 1
        self.headers[name] = dict(request.headers)
        return await self.answers.get(name, self.answer)(request)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request as on a calm day."""
        name = request.match_info["name"]
        return web.json_response(self.document(name, "/" + request.match_info["path"], dict(request.query)))


@asynccontextmanager
async def exchange_server(*, now: Callable[[], datetime]) -> AsyncIterator[ExchangeServer]:
    """Run the services until the block is left."""
    server = ExchangeServer(now=now)
    application = web.Application()
    application.router.add_get("/{name}/{path:.*}", server.handle)
    # Whoever stalls is not waited for at the end.
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
