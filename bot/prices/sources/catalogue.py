"""Every public API that the bot knows, by the name under which it is switched on."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import ClientSession
from pydantic import SecretStr

from bot.errors import SetupError
from bot.prices.breaker import Breaker
from bot.prices.fetch import CONNECT_S, TOTAL_S, Feed
from bot.prices.sources import coingecko, token_metrics
from bot.prices.sources.bitfinex import Bitfinex
from bot.prices.sources.bitstamp import Bitstamp
from bot.prices.sources.coinbase import Coinbase
from bot.prices.sources.coinbase_v2 import CoinbaseV2
from bot.prices.sources.coingecko import CoinGecko
from bot.prices.sources.gemini import Gemini
from bot.prices.sources.kraken import Kraken
from bot.prices.sources.mempool import Mempool
from bot.prices.sources.source import CandleSource, PriceSource
from bot.prices.sources.token_metrics import TokenMetrics

_Venue = Kraken | Coinbase | Bitstamp | Bitfinex
_AnySource = _Venue | Gemini | Mempool | CoinbaseV2 | CoinGecko | TokenMetrics

_CLASSES: dict[str, type[_AnySource]] = {
    "coinbase": Coinbase,
    "kraken": Kraken,
    "bitstamp": Bitstamp,
    "bitfinex": Bitfinex,
    "gemini": Gemini,
    "mempool": Mempool,
    "coinbase_v2": CoinbaseV2,
    "coingecko": CoinGecko,
    "token_metrics": TokenMetrics,
}
_KEY_HEADERS = {"coingecko": coingecko.KEY_HEADER, "token_metrics": token_metrics.KEY_HEADER}

NAMES = tuple(_CLASSES)
"""The names under which sources are switched on."""

DEFAULT_NAMES = tuple(name for name in NAMES if name != "token_metrics")
"""The sources that need no key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The sources that are switched on.

    Attributes:
        prices: in the order in which they are named to people.
        candles: in the order in which they are tried.
    """

    prices: tuple[PriceSource, ...]
    candles: tuple[CandleSource, ...]


def open_sources(
    *,
    session: ClientSession,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    enabled: Collection[str] = DEFAULT_NAMES,
    addresses: Mapping[str, str] | None = None,
    keys: Mapping[str, SecretStr] | None = None,
    connect_s: float = CONNECT_S,
    total_s: float = TOTAL_S,
) -> Sources:
    """Return the sources that are switched on, each with a circuit breaker of its own.

    Args:
        session: the bot's one HTTP session.
        now: the moment, aware UTC.
        clock: monotonic seconds.
        enabled: some of `NAMES`.
        addresses: base addresses by name, where another one than the public one is wanted.
        keys: keys by name, for "coingecko" (optional) and "token_metrics".
        connect_s: seconds for a connection.
        total_s: seconds for a whole reply.

    Raises:
        SetupError: a name is unknown, or Token Metrics is switched on without a key.
    """
    addresses, keys = addresses or {}, keys or {}
    if unknown := sorted({*enabled, *addresses, *keys} - {*NAMES}):
        named = ", ".join(map(repr, unknown))
        raise SetupError(f"config: [prices] there is no source {named}; the sources are {', '.join(NAMES)}")
    if "token_metrics" in enabled and "token_metrics" not in keys:
        raise SetupError(
            "config: [prices] the source 'token_metrics' needs a key; set TOKEN_METRICS_KEY or leave it out"
        )
    spread = random.SystemRandom()
    opened = {
        name: _CLASSES[name](
            feed=Feed(
                session=session,
                address=addresses.get(name, _CLASSES[name].address),
                breaker=Breaker(clock=clock, spread=lambda: spread.uniform(0.8, 1.2)),
                now=now,
                headers={_KEY_HEADERS[name]: keys[name].get_secret_value()} if name in keys else None,
                connect_s=connect_s,
                total_s=total_s,
            )
        )
        for name in NAMES
        if name in enabled
    }
    candles = (opened.get(name) for name in ("kraken", "coinbase", "bitstamp", "bitfinex"))
    return Sources(
        prices=tuple(opened.values()),
        candles=tuple(source for source in candles if isinstance(source, _Venue)),
    )
