"""`price`, `chart` and prices in the terminal chat, run in a process of their own against loopback services."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from tests.prices.exchange_server import ExchangeServer, exchange_server

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Done:
    """What a finished process left."""

    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Done]]


@pytest.fixture
async def exchanges() -> AsyncIterator[ExchangeServer]:
    async with exchange_server(now=lambda: datetime.now(UTC)) as server:
        yield server


@pytest.fixture
def run(tmp_path: Path, exchanges: ExchangeServer) -> Run:
    """Run `btc-safety-bot` with prices from the loopback services."""
    addresses = ", ".join(f'{name} = "{address}"' for name, address in exchanges.addresses().items())
    (tmp_path / "mine.toml").write_text(f"[prices]\naddresses = {{{addresses}}}\n")
    environment = {key: value for key, value in os.environ.items() if not key.endswith(("_TOKEN", "_KEY"))}
    environment |= {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path), "COLUMNS": "100"}

    async def ran(*arguments: str, said: str = "") -> Done:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "--config", "mine.toml", *arguments),
            cwd=tmp_path,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate(said.encode())
        return Done(process.returncode or 0, out.decode(), err.decode())

    return ran


async def test_price_is_one_line(run: Run) -> None:
    done = await run("price")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("1 BTC = $81,420 ")
    assert done.out.count("\n") == 1


async def test_price_as_json_holds_texts_and_the_sources(run: Run) -> None:
    row = json.loads((await run("price", "eur", "--json")).out)
    assert set(row) == {"amount", "currency", "change_24h", "high_24h", "low_24h", "as_of", "sources"}
    assert row["currency"] == "EUR"
    assert isinstance(row["amount"], str)
    assert len(row["sources"]) >= 3
    assert datetime.fromisoformat(row["as_of"]).tzinfo


async def test_chart_is_written_as_a_picture(run: Run, tmp_path: Path) -> None:
    done = await run("chart", "7d", "EUR", "-o", "picture.png")
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert "7d" in done.out


async def test_without_any_service_it_is_one_sentence_and_exit_69(run: Run, exchanges: ExchangeServer) -> None:
    exchanges.everyone(out_of_order)
    for arguments in (("price",), ("price", "--json"), ("chart", "24h", "-o", "picture.png")):
        done = await run(*arguments)
        assert (done.code, done.out) == (69, "")
        assert done.err.count("\n") == 1
        assert "check the network" in done.err


async def test_a_currency_that_nobody_serves_is_named(run: Run) -> None:
    done = await run("price", "XYZ")
    assert done.code == 2
    assert "XYZ is not served" in done.err


async def test_an_unknown_source_is_one_sentence_and_exit_78(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "mine.toml").open("a") as file:
        file.write('sources = ["goldbugs"]\n')
    done = await run("price")
    assert done.code == 78
    assert "goldbugs" in done.err
    assert done.err.count("\n") == 1


async def test_who_asks_to_be_named_is_named(run: Run) -> None:
    assert "Price data by CoinGecko (https://www.coingecko.com)" in (await run("price", "pln")).out


async def test_prices_that_are_switched_off_are_one_sentence_and_exit_78(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[prices]\nsources = []\n")
    for arguments in (("price",), ("chart", "-o", "picture.png")):
        done = await run(*arguments)
        assert (done.code, done.out) == (78, "")
        assert done.err == "btc-safety-bot: prices are switched off; name some sources under [prices] in config.toml\n"


async def test_the_terminal_chat_shows_prices_and_draws_charts(run: Run) -> None:
    done = await run("chat", said="btc price?\n/chart 24h usd\nWhy is the Bitcoin price so volatile?\n")
    assert (done.code, done.err) == (0, "")
    assert "1 BTC = $81,420" in done.out
    assert "┤" in done.out
    assert done.out.count("1 BTC = $81,420") >= 2


async def out_of_order(_: web.Request) -> web.StreamResponse:
    return web.Response(status=503)
