"""Keyed hashes: what lets the bot recognise somebody without knowing who it is."""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from bot.errors import SetupError

_BYTES = 32


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

    Raises:
        SetupError: the file cannot be read or written, or holds no key.
    """
    file = path.with_name(f"{path.name}.key")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(file)
        key = file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: the key cannot be read or made ({error.strerror})") from None
    if len(key) < _BYTES:
        raise SetupError(f"{file}: the key is cut short, so delete the file; votes are then counted anew")
    return key


def _make(file: Path) -> None:
    """Write a new key whole or not at all."""
    if file.exists():
        return
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(secrets.token_bytes(_BYTES))
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
