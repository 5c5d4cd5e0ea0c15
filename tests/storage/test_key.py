"""The key of the hashes on a first start where nothing can be written."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.errors import SetupError, StoreUnavailable
from bot.storage.groups import Group
from bot.storage.store import Store

NoSpace = Callable[[], contextlib.AbstractContextManager[None]]


@pytest.fixture
def sealed(ordinary_user: Path) -> Iterator[Path]:
    """A folder that is only to be read."""
    ordinary_user.chmod(0o500)
    yield ordinary_user
    ordinary_user.chmod(0o700)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if " key " in record.getMessage()]


def unkept(cause: str) -> str:
    return f"The key of the hashes cannot be kept ({cause}); one in memory stands in for it until the next start."


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def starts_and_knows_people(path: Path) -> str:
    """Return how somebody is known in a store that opens, but does not answer."""
    async with Store.opened(path) as store:
        alice = store.hash_of("test", "alice")
        assert store.hash_of("test", "alice") == alice != store.hash_of("test", "bob")
        with pytest.raises(StoreUnavailable):
            await store.groups.state(Group("test", "beginners"))
    return alice


async def test_a_full_disk_does_not_stop_the_first_start_and_gathers_no_drafts(
    path: Path, no_space: NoSpace, caplog: pytest.LogCaptureFixture
) -> None:
    with no_space():
        known = {await starts_and_knows_people(path) for _ in range(3)}
    assert len(known) == 3
    assert not any(".key" in name for name in names(path.parent))
    assert told(caplog) == [unkept("File too large")] * 3
    assert not any(record.exc_info for record in caplog.records)
    async with Store.opened(path) as store:
        alice = store.hash_of("test", "alice")
    async with Store.opened(path) as store:
        assert store.hash_of("test", "alice") == alice


@pytest.mark.parametrize("name", ["bot.sqlite3", "state/bot.sqlite3"])
async def test_a_folder_that_is_only_to_be_read_does_not_stop_the_first_start(
    sealed: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await starts_and_knows_people(sealed / name)
    assert names(sealed) == []
    assert told(caplog) == [unkept("Permission denied")]


async def test_a_key_file_that_cannot_be_read_is_refused(ordinary_user: Path) -> None:
    path = ordinary_user / "bot.sqlite3"
    async with Store.opened(path):
        pass
    path.with_name(f"{path.name}.key").chmod(0)
    with pytest.raises(SetupError, match="the key cannot be read or made"):
        async with Store.opened(path):
            pass
