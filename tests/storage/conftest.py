"""Fixtures of the storage tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.store import Store
from tests.fakes import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "state" / "bot.sqlite3"


@pytest.fixture
async def store(path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    """A real store in a new file."""
    async with Store.opened(path, now=lambda: clock.now().timestamp(), clock=clock.seconds) as opened:
        yield opened
