"""Places where nothing can be written, for real."""

import contextlib
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

NoSpace = Callable[[], contextlib.AbstractContextManager[None]]


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder of somebody whom file modes stop, also where the tests are run by root."""
    folder = Path(tempfile.mkdtemp())
    user = os.geteuid()
    if user == 0:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


@pytest.fixture
def no_space() -> NoSpace:
    """A block in which files can be made, but nothing can be written to them, as on a full disk."""

    @contextlib.contextmanager
    def block() -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return block
