"""Keyed hashes: what lets the bot recognise somebody without knowing who it is."""

import hashlib
import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

from bot.errors import SetupError

_BYTES = 32
_log = logging.getLogger(__name__)


class Hasher:
    """Hashes with a secret key; without the key nobody can tell whose hash it is.

    Args:
        key: at least 16 bytes.
    """

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        self._keyed = hashlib.blake2b(key=hashlib.sha256(key).digest(), digest_size=16)

    def __call__(self, *parts: str) -> str:
        """Return 32 hex digits that stand for the parts together."""
        keyed = self._keyed.copy()
        for part in parts:
            raw = part.encode("utf-8", "replace")
            keyed.update(len(raw).to_bytes(4))
            keyed.update(raw)
        return keyed.hexdigest()


def key_beside(path: Path) -> bytes:
    """Return the key from the owner-only file beside a database; it is made the first time.

    Where it cannot be made, as on a full disk, a key that nobody keeps stands in for it.

    Raises:
        SetupError: the file cannot be read or holds no key, or what should be its folder is none.
    """
    file = path.with_name(f"{path.name}.key")
    try:
        return _kept(file) if file.exists() else _made(file)
    except OSError as error:
        raise SetupError(f"{file}: the key cannot be read or made ({error.strerror})") from None


def _kept(file: Path) -> bytes:
    key = file.read_bytes()
    if len(key) < _BYTES:
        raise SetupError(f"{file}: the key is cut short, so delete the file; votes are then counted anew")
    return key


def _made(file: Path) -> bytes:
    """Write a new key whole or not at all."""
    key = secrets.token_bytes(_BYTES)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
            opened.write(key)
        os.link(draft, file)
    except FileExistsError:
        return _kept(file)  # another process was faster
    except NotADirectoryError:
        raise
    except OSError as error:
        _log.warning(
            "The key of the hashes cannot be kept (%s); one in memory stands in for it until the next start.",
            error.strerror,
        )
    finally:
        with suppress(OSError):
            draft.unlink()
    return key
