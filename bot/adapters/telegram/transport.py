"""HTTP for python-telegram-bot on aiohttp: connections are kept, their number is bounded, no error names a URL."""

import json

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_S = 5.0
KEPT_S = 30.0
"""Seconds for which an idle connection is kept. Telegram closes them after about 39: a request written into a
connection that is just being closed is lost, and nobody can tell whether it was done."""

SHORTEST_WAIT_S = 1.0
"""Seconds that are waited at least if Telegram, or a proxy in between, is asked too much."""

_OF_USE = ("message_id", "date", "chat")


class NotSent(NetworkError):
    """The request has certainly not reached Telegram."""


class TooFast(TelegramError):
    """Telegram asks to wait.

    Args:
        seconds: how long.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """Carries calls to the Bot API.

    Args:
        connections: how many are open at once at most.
        read_timeout_s: how long an answer may take, in seconds.
    """

    __slots__ = ("_connections", "_read_timeout_s", "_session")

    def __init__(self, *, connections: int, read_timeout_s: float = 20.0) -> None:
        self._connections = connections
        self._read_timeout_s = read_timeout_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer may take, in seconds."""
        return self._read_timeout_s

    async def initialize(self) -> None:
        """Open the pool of connections."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEPT_S),
            headers={"User-Agent": self.USER_AGENT},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """Return a decoded answer; one that cannot be read is not logged, for it may hold what people wrote.

        Raises:
            NetworkError: it is no JSON object.
        """
        try:
            found = json.loads(payload)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise NetworkError("the answer is no JSON object")
        if isinstance(sent := found.get("result"), dict) and "message_id" in sent:
            # What was sent comes back whole; only its id is of use, and building the rest costs more than sending.
            found["result"] = {key: sent[key] for key in _OF_USE if key in sent}
        return found

    async def do_request(  # noqa: PLR0917 - the interface of python-telegram-bot
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - as above
        connect_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - as above
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - as above
    ) -> tuple[int, bytes]:
        """Return status and body of the answer.

        Raises:
            NotSent: nothing has reached Telegram.
            TooFast: Telegram asks to wait.
            NetworkError: nobody knows whether it was done.
        """
        if self._session is None:
            raise NotSent("the pool is not open")
        answer_s = float(read_timeout) if isinstance(read_timeout, int | float) else self._read_timeout_s
        timeout = aiohttp.ClientTimeout(total=CONNECT_S + answer_s, connect=CONNECT_S, sock_read=answer_s)
        headers, data = _body(request_data)
        try:
            async with self._session.request(
                method, url, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from None
        if status == 429:  # the library's own error for it warns of a change to come each time it is made
            raise TooFast(_wait_of(body))
        return status, body


def _body(request_data: RequestData | None) -> tuple[dict[str, str], bytes | aiohttp.FormData | None]:
    if request_data is None:
        return {}, None
    if not request_data.contains_files:
        return {"Content-Type": "application/json"}, json.dumps(request_data.parameters).encode()
    form = aiohttp.FormData()
    for name, text in request_data.json_parameters.items():
        form.add_field(name, text)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {}, form


def _wait_of(body: bytes) -> float:
    """Return how long to wait, in seconds; a proxy in between does not say so."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    parameters = answer.get("parameters") if isinstance(answer, dict) else None
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return max(SHORTEST_WAIT_S, float(wait)) if isinstance(wait, int | float) else SHORTEST_WAIT_S
