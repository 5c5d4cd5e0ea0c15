"""The gateway of the loopback Discord: sessions over WebSocket, compressed, resumable."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from tests.platforms.discord_connection import (
    KNOWN_INTENTS,
    NO_INTENTS,
    PRIVILEGED,
    CloseCode,
    Connection,
    Intent,
    Session,
    compression,
)
from tests.platforms.discord_faults import unguessable
from tests.platforms.discord_json import JsonObject, as_object, child, items, number, text
from tests.platforms.discord_signal import Signal
from tests.platforms.discord_spec import Complaint

RECONNECT, INVALID_SESSION, HELLO, ACKNOWLEDGED = 7, 9, 10, 11
CLIENT_OPERATIONS = {1, 2, 3, 4, 6, 8, 31}
"""What clients send. Source: Discord developer documentation, Gateway Opcodes."""


@dataclass(kw_only=True)
class GatewaySettings:
    """How the gateway behaves.

    Attributes:
        token: what a bot must identify with.
        granted: the privileged intents that the application has.
        heartbeat_interval: seconds.
        remaining: identifies left of the day; the token is reset with the one after the last.
    """

    token: str
    granted: Intent = NO_INTENTS
    heartbeat_interval: float = 41.25
    total: int = 1000
    remaining: int = 1000
    reset_after: float = 14_400


class Gateway:
    """All sessions of the application.

    Args:
        settings: may be changed at any time.
        signal: is told whenever something happens.
        clock: seconds, for the limit of 120 payloads a minute.
        check: looks for faults in a payload.
        report: is told of them.
        greet: what a new session is sent after READY: (event, data, guild) each.
        ready: the data of READY for a session.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        signal: Signal,
        clock: Callable[[], float],
        check: Callable[[JsonObject], Complaint | None],
        report: Callable[[str], None],
        ready: Callable[[Session], JsonObject],
        greet: Callable[[Session], list[tuple[str, JsonObject]]],
    ) -> None:
        self.settings = settings
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identifies = 0
        self.resumes = 0
        self.closed_with: list[int] = []
        self.refuses_connections = False
        self._refusals: deque[int] = deque()
        self._signal = signal
        self._clock = clock
        self._check = check
        self._report = report
        self._ready = ready
        self._greet = greet

    def cut(self, code: int | None = None) -> None:
        """Lose all connections: with a close code, or just like that."""
        for connection in self.connections:
            if code is None:
                connection.cut()
            else:
                connection.close(code)

    def falls_silent(self) -> None:
        """Send nothing more on the connections of now, no acknowledgement of a heartbeat either."""
        for connection in self.connections:
            connection.silent = True

    def asks_to_reconnect(self) -> None:
        """Ask all clients to connect anew and resume."""
        for connection in self.connections:
            connection.send({"op": RECONNECT, "d": None})

    def invalidates(self, *, resumable: bool = False) -> None:
        """Declare all sessions invalid."""
        for connection in self.connections:
            connection.send({"op": INVALID_SESSION, "d": resumable})
        if not resumable:
            self.sessions.clear()

    def refuses_identify(self, code: int = INVALID_SESSION, *, times: int = 1) -> None:
        """Answer the next identifies with a close code, or with "invalid session"."""
        self._refusals.extend([code] * times)

    def dispatch(
        self,
        name: str,
        data: JsonObject,
        *,
        intent: Intent | None = None,
        guild_id: int | None = None,
        veiled: JsonObject | None = None,
    ) -> None:
        """Send an event to every session that wants it.

        Args:
            name: of the event.
            data: of the event.
            intent: needed to get it; None: everybody does.
            guild_id: where it happened; None: in private.
            veiled: what sessions without the intent for message content get instead.
        """
        for session in self.sessions.values():
            if session.wants(intent, guild_id):
                plain = veiled is None or Intent.MESSAGE_CONTENT in session.intents
                self._examine(session.dispatch(name, data if plain or veiled is None else veiled))

    @property
    def connected(self) -> list[Session]:
        """The sessions whose client is connected now."""
        return [session for session in self.sessions.values() if session.connection]

    async def heard(self) -> bool:
        """Wait until every connected client has dealt with all that was sent; False: a line broke meanwhile."""
        waiting = [(connection, connection.probe()) for connection in self.connections if connection.session]

        def lost() -> bool:
            return any(connection not in self.connections for connection, _ in waiting)

        def answered() -> bool:
            return lost() or all(connection.heard >= probe for connection, probe in waiting)

        await self._signal.until(answered, what="the client to read its events")
        return not lost()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A client connects."""
        if self.refuses_connections:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(autoping=False, timeout=1)
        await socket.prepare(request)
        compressor, flush_mode = compression(request.query.get("compress", ""))
        connection = Connection(
            socket=socket, transport=request.transport, compressor=compressor, flush_mode=flush_mode
        )
        self.connections.append(connection)
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(connection.write())
                await self._converse(connection, version=request.query.get("v", ""))
                writer.cancel()
        finally:
            self._forget(connection)
        return socket

    async def _converse(self, connection: Connection, *, version: str) -> None:
        if version != "10":
            connection.close(CloseCode.INVALID_VERSION)
        interval = int(self.settings.heartbeat_interval * 1000)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}})
        while True:
            message = await connection.socket.receive()
            if message.type is WSMsgType.TEXT:
                self._received(connection, message.data)
            elif message.type is WSMsgType.PONG:
                connection.heard = int(bytes(message.data))
            elif message.type is WSMsgType.PING:
                await connection.socket.pong(message.data)
            else:
                return
            self._signal.changed()

    def _forget(self, connection: Connection) -> None:
        self.connections.remove(connection)
        code = connection.hung_up or int(connection.socket.close_code or 1006)
        self.closed_with.append(code)
        session = connection.session
        if session and session.connection is connection:
            session.connection = None
            if code in {1000, 1001}:
                self.sessions.pop(session.id, None)
        self._signal.changed()

    def _received(self, connection: Connection, message: str) -> None:
        try:
            payload = as_object(json.loads(message))
        except ValueError:
            connection.close(CloseCode.DECODE_ERROR)
            return
        self._examine(payload)
        connection.received.append(self._clock())
        if len(connection.received) > 120 and connection.received[-1] - connection.received[0] < 60:
            connection.close(CloseCode.RATE_LIMITED)
            return
        operation = number(payload, "op", -1)
        match operation:
            case 1:
                connection.send({"op": ACKNOWLEDGED})
            case 2:
                self._identify(connection, child(payload, "d"))
            case 6:
                self._resume(connection, child(payload, "d"))
            case _ if operation not in CLIENT_OPERATIONS:
                connection.close(CloseCode.UNKNOWN_OPCODE)
            case _ if connection.session is None:
                connection.close(CloseCode.NOT_AUTHENTICATED)

    def _identify(self, connection: Connection, data: JsonObject) -> None:
        self.identifies += 1
        refusal = self._identify_refusal(connection, data)
        if refusal == INVALID_SESSION:
            connection.send({"op": INVALID_SESSION, "d": False})
            return
        if refusal is not None:
            connection.close(refusal)
            return
        self.settings.remaining -= 1
        shard = items(data, "shard")
        place, count = (int(str(part)) for part in shard) if shard else (0, 1)
        intents = Intent(number(data, "intents"))
        session = Session(id=unguessable(), intents=intents, shard=(place, count), connection=connection)
        self.sessions[session.id] = session
        connection.session = session
        self._examine(session.dispatch("READY", self._ready(session)))
        for name, event in self._greet(session):
            self._examine(session.dispatch(name, event))

    def _identify_refusal(self, connection: Connection, data: JsonObject) -> int | None:
        intents = number(data, "intents", -1)
        shard = [int(str(part)) for part in items(data, "shard")]
        if self._refusals:
            return self._refusals.popleft()
        if connection.session:
            return CloseCode.ALREADY_AUTHENTICATED
        if self.settings.remaining <= 0:
            self.settings.token = unguessable()  # Discord resets the token of a bot that identifies too often
        if text(data, "token") != self.settings.token:
            return CloseCode.AUTHENTICATION_FAILED
        if shard and not 0 <= shard[0] < shard[1]:
            return CloseCode.INVALID_SHARD
        if not 0 <= intents <= KNOWN_INTENTS:
            return CloseCode.INVALID_INTENTS
        return CloseCode.DISALLOWED_INTENTS if intents & PRIVILEGED & ~self.settings.granted else None

    def _resume(self, connection: Connection, data: JsonObject) -> None:
        self.resumes += 1
        session = self.sessions.get(text(data, "session_id"))
        sequence = number(data, "seq")
        if text(data, "token") != self.settings.token:
            self.sessions.clear()
            connection.close(CloseCode.AUTHENTICATION_FAILED)
        elif session is None or (session.sent and sequence + 1 < session.sent[0][0]):
            connection.send({"op": INVALID_SESSION, "d": False})
        elif sequence > session.sequence:
            connection.close(CloseCode.INVALID_SEQUENCE)
        else:
            connection.session = session
            session.connection = connection
            for number_, payload in session.sent:
                if number_ > sequence:
                    connection.send(payload)
            session.dispatch("RESUMED", {"_trace": []})

    def _examine(self, payload: JsonObject) -> None:
        complaint = self._check(payload)
        if complaint:
            self._report(complaint.text)
