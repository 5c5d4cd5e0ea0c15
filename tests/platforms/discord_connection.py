"""One client's line to the gateway of the loopback Discord, and the session that outlives it."""

import asyncio
import enum
import importlib
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from tests.platforms.discord_json import JsonObject


class Intent(enum.IntFlag):
    """Which events a session gets. Source: Discord developer documentation, Gateway Intents."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


NO_INTENTS = Intent(0)
PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
KNOWN_INTENTS = (1 << 26) - 1


class CloseCode(enum.IntEnum):
    """Why the gateway hangs up. Source: Discord developer documentation, Gateway Close Event Codes."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Compressor(Protocol):
    """What zlib and zstandard have in common."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self, mode: int, /) -> bytes: ...


@dataclass(eq=False, kw_only=True)
class Connection:
    """One WebSocket.

    Attributes:
        silent: nothing is sent any more, as if the line were dead.
        heard: how many probes the client has answered; it answers in order, after all that came before.
    """

    socket: web.WebSocketResponse
    transport: asyncio.BaseTransport | None
    compressor: Compressor | None
    flush_mode: int
    outbox: asyncio.Queue[JsonObject | int | bytes] = field(default_factory=asyncio.Queue)
    session: "Session | None" = None
    silent: bool = False
    hung_up: int = 0
    heard: int = 0
    probes: int = 0
    received: deque[float] = field(default_factory=lambda: deque(maxlen=121))

    def send(self, payload: JsonObject) -> None:
        """Send a payload after all others."""
        self.outbox.put_nowait(payload)

    def close(self, code: int) -> None:
        """Hang up after what is still to be sent."""
        self.hung_up = self.hung_up or code
        self.outbox.put_nowait(code)

    def probe(self) -> int:
        """Ask whether all that was sent has been dealt with; the number that `heard` reaches then."""
        self.probes += 1
        self.outbox.put_nowait(str(self.probes).encode())
        return self.probes

    def cut(self) -> None:
        """Break the line."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def write(self) -> None:
        """Send what comes into the outbox, in order, until cancelled."""
        while True:
            payload = await self.outbox.get()
            if self.silent:
                continue
            try:
                if isinstance(payload, int):
                    await self.socket.close(code=payload)
                elif isinstance(payload, bytes):
                    await self.socket.ping(payload)
                else:
                    await self._send(json.dumps(payload))
            except ConnectionError:
                return

    async def _send(self, payload: str) -> None:
        if self.compressor is None:
            await self.socket.send_str(payload)
            return
        data = self.compressor.compress(payload.encode()) + self.compressor.flush(self.flush_mode)
        await self.socket.send_bytes(data)


@dataclass(eq=False, kw_only=True)
class Session:
    """What a client identified for; it outlives its connection until it is closed cleanly or invalidated."""

    id: str
    intents: Intent
    shard: tuple[int, int]
    connection: Connection | None
    sequence: int = 0
    sent: deque[tuple[int, JsonObject]] = field(default_factory=lambda: deque(maxlen=50_000))

    def dispatch(self, name: str, data: JsonObject) -> JsonObject:
        """Send an event, and keep it for a resume."""
        self.sequence += 1
        payload: JsonObject = {"op": 0, "t": name, "s": self.sequence, "d": data}
        self.sent.append((self.sequence, payload))
        if self.connection:
            self.connection.send(payload)
        return payload

    def wants(self, intent: Intent | None, guild_id: int | None) -> bool:
        """Whether an event of an intent and a guild goes to this session."""
        place, count = self.shard
        here = place == ((guild_id >> 22) % count if guild_id else 0)
        return here and (intent is None or bool(intent & self.intents))


def compression(name: str) -> tuple[Compressor | None, int]:
    """The compressor for a connection, and how it is flushed after each payload.

    Raises:
        web.HTTPBadRequest: there is no such compression here.
    """
    if not name:
        return None, 0
    if name == "zlib-stream":
        return zlib.compressobj(), zlib.Z_SYNC_FLUSH
    if name == "zstd-stream":
        zstandard = importlib.import_module("zstandard")
        compressor: Compressor = zstandard.ZstdCompressor().compressobj()
        return compressor, zstandard.COMPRESSOBJ_FLUSH_BLOCK
    raise web.HTTPBadRequest
