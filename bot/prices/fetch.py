"""GET of a small JSON document from one public API, with every bound that a stranger's server needs."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import NoReturn, TypeVar

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from pydantic import ValidationError

from bot.prices.breaker import Breaker
from bot.prices.failures import BadReply, SourceDown

CONNECT_S = 2.0
TOTAL_S = 3.7
"""Under the four seconds that a cold quote may take."""

BODY_BYTES = 512 * 1024
"""The largest honest reply, 720 candles of Kraken, has about 70 KB."""

REFUSED_PAUSE_S = 3600.0
"""After 401, 402, 403, 418 and 451: only a person mends these, and insisting turns 429 into a ban."""

RATE_LIMIT_PAUSE_S = 60.0
"""After 429 without `Retry-After`. Source: Bitfinex blocks for 10 to 60 seconds."""

LEAST_PAUSE_S = 5.0
"""After 429 with a `Retry-After` of nothing."""

USER_AGENT = "btc-safety-bot"
_LONGEST_RETRY_S = 24 * 3600.0

Parsed = TypeVar("Parsed")


class Feed:
    """The line to one public API.

    Args:
        session: the bot's one HTTP session; it stays open.
        address: base address without a final slash.
        breaker: leaves the API alone while it fails.
        now: the moment, aware UTC.
        headers: sent with each request; may hold a key.
        connect_s: seconds for the connection.
        total_s: seconds for the whole reply.
    """

    def __init__(
        self,
        *,
        session: ClientSession,
        address: str,
        breaker: Breaker,
        now: Callable[[], datetime],
        headers: Mapping[str, str] | None = None,
        connect_s: float = CONNECT_S,
        total_s: float = TOTAL_S,
    ) -> None:
        self._session = session
        self._address = address.rstrip("/")
        self._breaker = breaker
        self._now = now
        self._headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **(headers or {})}
        self._timeout = ClientTimeout(total=total_s, connect=connect_s, sock_connect=connect_s)

    def now(self) -> datetime:
        """Return the moment, aware UTC."""
        return self._now()

    async def read(
        self,
        path: str,
        *,
        parse: Callable[[object, datetime], Parsed],
        params: Mapping[str, str] | None = None,
    ) -> Parsed:
        """Return what `parse` makes of the JSON document and the moment of receipt (aware UTC).

        Args:
            path: behind the base address, with a leading slash.
            parse: may raise `SourceDown`, `BadReply` or pydantic's `ValidationError`.
            params: the query.

        Raises:
            SourceDown: the API does not serve, or is being left alone.
            BadReply: it serves, but not this.
        """
        with self._breaker.attempt():
            payload = _document(await self._body(path, params or {}))
            try:
                return parse(payload, self._now())
            except ValidationError as error:
                raise BadReply(_first_fault(error)) from None
            except (ArithmeticError, ValueError) as error:
                raise BadReply(type(error).__name__) from None

    async def _body(self, path: str, params: Mapping[str, str]) -> bytes:
        try:
            async with self._session.get(
                self._address + path,
                params=params,
                headers=self._headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                self._refuse_status(response)
                return await _bounded(response)
        except (ClientError, TimeoutError, OSError) as error:
            # Without the cause: aiohttp's errors may hold the request's headers, and so a key.
            raise SourceDown(type(error).__name__) from None

    def _refuse_status(self, response: ClientResponse) -> None:
        status = response.status
        if status == 200:
            return
        asked_s = self._retry_after_s(response.headers.get("Retry-After", ""))
        match status:
            case 400 | 404 | 422:
                raise BadReply(f"HTTP {status}")
            case 401 | 402 | 403 | 418 | 451:
                raise SourceDown(f"HTTP {status}", pause_s=max(REFUSED_PAUSE_S, asked_s or 0.0))
            case 429:
                raise SourceDown(
                    "HTTP 429", pause_s=RATE_LIMIT_PAUSE_S if asked_s is None else max(asked_s, LEAST_PAUSE_S)
                )
            case _:
                raise SourceDown(f"HTTP {status}", pause_s=asked_s)

    def _retry_after_s(self, header: str) -> float | None:
        """Return the seconds of a Retry-After header, a number or a date; None if there is none. Source: RFC 9110."""
        if header.isascii() and header.isdigit():
            return min(float(header), _LONGEST_RETRY_S)
        try:
            until = parsedate_to_datetime(header)
        except (ValueError, OverflowError):
            return None
        return min(max((until.replace(tzinfo=UTC) - self._now()).total_seconds(), 0.0), _LONGEST_RETRY_S)


async def _bounded(response: ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > BODY_BYTES:
            raise SourceDown("the reply is too long")
    return bytes(body)


def _document(body: bytes) -> object:
    """Return the JSON value whatever its content type says; numbers with a point come as exact `Decimal`."""
    try:
        document: object = json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError):
        raise SourceDown("the reply is not JSON") from None
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise BadReply(f"{name} instead of a number")


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['type']}"
