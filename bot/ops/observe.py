"""Logs without secrets, and what is counted."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterable
from typing import TextIO

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

HIDDEN = "[hidden]"
LAG_S = 0.2
"""Seconds by which the event loop may be late before that is logged."""

_TOKENS = re.compile(
    r"\d{5,}:[\w-]{30,}"  # Telegram. Source: Telegram Bot API, "Authorizing your bot"; the length is observed.
    r"|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"  # Discord: user id, moment and signature, each in base64url
)
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TALKATIVE = ("telegram", "httpx", "httpcore", "discord", "aiosqlite", "markdown_it", "matplotlib")
"""Libraries whose DEBUG lines hold what people wrote, or URLs with the token."""

_log = logging.getLogger(__name__)


class Redacting(logging.Formatter):
    """Formats records, tracebacks included, without secrets.

    Args:
        secrets: what never appears, besides everything that looks like a token.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__(_FORMAT)
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it may be kept."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return _TOKENS.sub(HIDDEN, line)


def set_up_logging(level: str, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Log to `stream` (standard error by default) from `level` on, without secrets and without what people wrote."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Redacting(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    for name in ("httpx", "httpcore"):  # they log each URL at INFO
        logging.getLogger(name).setLevel(logging.WARNING)


class Metrics:
    """Counters and gauges in a registry of their own.

    Attributes:
        events: what came in, by platform and how it ended: "handled", "unknown" (nobody knows whether the reply
            arrived), "stale" (too old), "duplicate", "undecodable", "shed" (too much at once), "failed".
        replies: what became of replies, by platform and fate.
        calls: calls to the platform, by platform and result ("done", "refused", "unknown", "waited", "repeated").
        answer_seconds: from an event's arrival to the end of its handling.
        waiting: events in the queue.
        up: 1 while the platform is served.
        restarts: how often an adapter was started again.
        last_event: when the platform last said something, seconds since 1970.
        loop_lag: seconds by which the event loop was late lately.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        name, platform, registry = "btc_safety_bot_", ("platform",), self.registry
        self.events = Counter(f"{name}events", "Events by how they ended", (*platform, "outcome"), registry=registry)
        self.replies = Counter(
            f"{name}replies", "Replies by what became of them", (*platform, "fate"), registry=registry
        )
        self.calls = Counter(f"{name}calls", "Calls to the platform", (*platform, "result"), registry=registry)
        self.answer_seconds = Histogram(
            f"{name}answer_seconds",
            "Seconds from an event's arrival to the end of its handling",
            platform,
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=registry,
        )
        self.waiting = Gauge(f"{name}waiting", "Events in the queue", platform, registry=registry)
        self.up = Gauge(f"{name}up", "1 while the platform is served", platform, registry=registry)
        self.restarts = Counter(f"{name}restarts", "Restarts of an adapter", platform, registry=registry)
        self.last_event = Gauge(
            f"{name}last_event_timestamp_seconds", "When the platform last said something", platform, registry=registry
        )
        self.loop_lag = Gauge(f"{name}loop_lag_seconds", "How late the event loop was lately", registry=registry)


async def watch_loop(metrics: Metrics, *, clock: Callable[[], float] = time.monotonic, every_s: float = 1.0) -> None:
    """Measure how late the event loop is, until cancelled; a long stall is logged."""
    while True:
        wanted = clock() + every_s
        await asyncio.sleep(every_s)
        lag = max(0.0, clock() - wanted)
        metrics.loop_lag.set(lag)
        if lag > LAG_S:
            _log.warning("the event loop was blocked for %.2f s", lag)
