"""What each service answers on a calm day, written from the shapes that it documents."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
Price = Callable[[str], Decimal]

_SECONDS = {"15m": 900, "1h": 3600, "6h": 21_600, "1D": 86_400}


def document(name: str, path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    """Return the JSON with which a service answers a path."""
    service = {
        "kraken": _kraken,
        "coinbase": _coinbase,
        "bitstamp": _bitstamp,
        "bitfinex": _bitfinex,
        "gemini": _gemini,
        "mempool": _mempool,
        "coinbase_v2": _coinbase_v2,
        "coingecko": _coingecko,
        "token_metrics": _token_metrics,
    }[name]
    return service(path, query, price=price, now=now)


def _kraken(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    asked = query["pair"]
    currency = asked.removeprefix("XBT")
    key = asked if currency in {"CHF", "AUD"} else f"XXBTZ{currency}"
    amount = price(currency)
    if path == "/0/public/OHLC":
        step = int(query["interval"]) * 60
        rows: list[Json] = [
            [moment, str(first), str(high), str(low), str(last), str(last), "12.50000000", 310]
            for moment, first, high, low, last in candles(amount, step_s=step, count=720, now=now)
            if moment >= int(query.get("since", 0))
        ]
        return {"error": [], "result": {key: rows, "last": _unix(now) - step}}
    pair: Json = {
        "a": [f"{amount + 1:.5f}", "1", "1.000"],
        "b": [f"{amount - 1:.5f}", "2", "2.000"],
        "c": [f"{amount:.5f}", "0.00046000"],
        "v": ["1370.40000000", f"{2000 + now.timestamp() % 1000:.8f}"],
        "p": [f"{amount:.5f}", f"{amount:.5f}"],
        "t": [66_000, 93_000],
        "l": [f"{amount * Decimal('0.995'):.5f}", f"{amount * Decimal('0.99'):.5f}"],
        "h": [f"{amount * Decimal('1.005'):.5f}", f"{amount * Decimal('1.01'):.5f}"],
        "o": f"{amount * Decimal('0.9'):.5f}",
    }
    return {"error": [], "result": {key: pair}}


def _coinbase(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    _, _, product, what = path.split("/")
    amount = price(product.removeprefix("BTC-"))
    if what == "stats":
        return {
            "open": f"{amount / Decimal('1.0062'):.2f}",
            "high": f"{amount * Decimal('1.01'):.2f}",
            "low": f"{amount * Decimal('0.99'):.2f}",
            "last": f"{amount:.2f}",
            "volume": "4779.60000000",
        }
    if what == "candles":
        step = int(query["granularity"])
        start, end = (datetime.fromisoformat(query[name]).timestamp() for name in ("start", "end"))
        rows = candles(amount, step_s=step, count=720, now=now)
        wanted = [row for row in rows if start <= row[0] <= end]
        if len(wanted) > 300:
            return {"message": "granularity too small for the requested time range"}
        return [
            [moment, float(low), float(high), float(first), float(last), 12.5]
            for moment, first, high, low, last in reversed(wanted)
        ]
    return {
        "ask": f"{amount + 1:.2f}",
        "bid": f"{amount - 1:.2f}",
        "volume": "4779.50000000",
        "trade_id": 1_095_000_000,
        "price": f"{amount:.2f}",
        "size": "0.00180000",
        "time": f"{now:%Y-%m-%dT%H:%M:%S}.302086389Z",
    }


def _bitstamp(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    currency = path.split("/")[4].removeprefix("btc").upper()
    amount = price(currency)
    if path.startswith("/api/v2/ohlc/"):
        rows: list[Json] = [
            {
                "timestamp": str(moment),
                "open": str(first),
                "high": str(high),
                "low": str(low),
                "close": str(last),
                "volume": "12.50000000",
            }
            for moment, first, high, low, last in candles(
                amount, step_s=int(query["step"]), count=int(query["limit"]), now=now
            )
        ]
        return {"data": {"pair": f"BTC/{currency}", "ohlc": rows}}
    return {
        "timestamp": str(_unix(now)),
        "open": f"{amount * Decimal('0.9'):.2f}",
        "high": f"{amount * Decimal('1.01'):.2f}",
        "low": f"{amount * Decimal('0.99'):.2f}",
        "last": f"{amount:.2f}",
        "volume": "1136.20000000",
        "vwap": f"{amount:.2f}",
        "bid": f"{amount - 1:.2f}",
        "ask": f"{amount + 1:.2f}",
        "side": "0",
        "open_24": f"{amount / Decimal('1.0071'):.2f}",
        "percent_change_24": "0.71",
        "market_type": "SPOT",
    }


def _bitfinex(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    if path.startswith("/v2/candles/"):
        _, frame, symbol = path.split("/")[3].split(":")
        rows = candles(price(symbol[4:]), step_s=_SECONDS[frame], count=int(query["limit"]), now=now)
        return [
            [moment * 1000, float(first), float(last), float(high), float(low), 12.5]
            for moment, first, high, low, last in reversed(rows)
        ]
    symbol = query["symbols"]
    amount = float(price(symbol[4:]))
    volume = 2000 + now.timestamp() % 1000
    return [[symbol, amount - 1, 77.3, amount + 1, 95.8, 550.5, 0.0069, amount, volume, amount * 1.01, amount * 0.99]]


def _gemini(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    currency = path.rsplit("/btc", 1)[1].upper()
    amount = price(currency)
    # The offers of a living market move a little with every minute; the last trade may be old.
    drift = Decimal(int(now.timestamp()) // 60 % 7) / 100
    return {
        "symbol": f"BTC{currency}",
        "open": f"{amount / Decimal('1.0065'):.2f}",
        "high": f"{amount * Decimal('1.01'):.2f}",
        "low": f"{amount * Decimal('0.99'):.2f}",
        "close": f"{amount * Decimal('0.9988'):.2f}",
        "changes": [f"{amount:.2f}" for _ in range(24)],
        "bid": f"{amount - 1 + drift:.2f}",
        "ask": f"{amount + 1 + drift:.2f}",
    }


def _mempool(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    codes = ("USD", "EUR", "GBP", "CAD", "CHF", "AUD", "JPY")
    return {"time": _unix(now - timedelta(minutes=2)), **{code: int(price(code)) for code in codes}, "BGN": -1}


def _coinbase_v2(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    currency = path.split("/")[3].removeprefix("BTC-")
    return {"data": {"amount": str(price(currency)), "base": "BTC", "currency": currency}}


def _coingecko(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    code = query["vs_currencies"]
    figures: Json = {code: float(price(code.upper())), f"{code}_24h_change": 0.66, "last_updated_at": _unix(now)}
    return {"bitcoin": figures}


def _token_metrics(path: str, query: Mapping[str, str], *, price: Price, now: datetime) -> Json:
    amount = float(price("USD"))
    token: Json = {"TOKEN_ID": 3375, "TOKEN_NAME": "Bitcoin", "TOKEN_SYMBOL": "BTC", "CURRENT_PRICE": amount}
    return {"success": True, "message": "ok", "length": 1, "data": [token]}


def candles(
    amount: Decimal, *, step_s: int, count: int, now: datetime
) -> list[tuple[int, Decimal, Decimal, Decimal, Decimal]]:
    """Return rows of (opening time in seconds, open, high, low, close), oldest first, that end at `amount` now."""
    newest = _unix(now) // step_s * step_s
    rows = []
    for age in range(count - 1, -1, -1):
        first = amount * (1 - Decimal(age + 1) / 10_000)
        last = amount * (1 - Decimal(age) / 10_000)
        rows.append((newest - age * step_s, first, last + 5, first - 5, last))
    return rows


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
