"""Finds private keys in a text, as wallets write them or as plain digits that are called one."""

import re
from itertools import islice

import base58

_KEYS_AT_MOST = 1_000
"""Runs of letters that are tried as keys, so that a text of nothing but such letters is read in bounded time."""

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_KEY = re.compile(
    r"(?=([xyztuvXYZTUV]prv[1-9A-HJ-NP-Za-km-z]{107}"  # BIP32 and SLIP-0132
    r"|(?:5[HJK]|9[1-3])[1-9A-HJ-NP-Za-km-z]{49}"  # WIF: uncompressed, then compressed
    r"|[KLc][1-9A-HJ-NP-Za-km-z]{51}))"
)
_HEX = re.compile(r"(?<![0-9a-f])(?:0x)?([0-9a-f](?:[\s:-]{0,2}[0-9a-f]){63})(?![0-9a-f])")
_KEY_NAMED = re.compile(
    r"(?:priv(?:ate|at)?|secret|signing|spend(?:ing)?|master)[\W_]*(?:hex[\W_]*)?(?:key|exponent)|\bpriv\b|\bsk\b"
)
_SOMETHING_ELSE = re.compile(r"\btx|trans?action|\bhash|\bblock\b|\bpayment|\bpub(?:lic)?[\W_]*key|checksum|sha-?256")
_BESIDE = 100
"""Characters within which "private key" names the hex digits that follow it."""


def holds_key(text: str) -> bool:
    """Return whether the text holds a WIF or extended private key, however it is broken up. Source: BIP32."""
    glued = _NOT_ALPHANUMERIC.sub("", text)
    candidates = dict.fromkeys(match[1] for match in islice(_KEY.finditer(glued), _KEYS_AT_MOST))
    return any(map(_has_checksum, candidates))


def _has_checksum(candidate: str) -> bool:
    try:
        base58.b58decode_check(candidate)
    except ValueError:
        return False
    return True


def holds_hex_key(folded: str) -> bool:
    """Return whether 64 hexadecimal digits are called a private key; without a name they are a transaction's id."""
    if not _KEY_NAMED.search(folded):
        return False
    for match in _HEX.finditer(folded):
        before = folded[max(0, match.start() - _BESIDE) : match.start()]
        named = list(_KEY_NAMED.finditer(before))
        if named and not _SOMETHING_ELSE.search(before, named[-1].end()):
            return True
        after = folded[match.end() : match.end() + _BESIDE // 2]
        named_after = _KEY_NAMED.search(after)
        if named_after and not _SOMETHING_ELSE.search(before[-30:] + after[: named_after.start()]):
            return True
    return False
