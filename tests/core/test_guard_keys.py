"""Private keys that the guard must catch, and the identifiers that look like them."""

import random
from collections.abc import Callable

import base58
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.guard import Guard

GUARD = Guard()
BEFORE = ("", "help please, is this right:\n", "My wallet is empty! I wrote down ", "hi all\n\n", "key=")
AFTER = ("", "\nwhat should I do now?", ". Is it safe?", " thanks in advance", '"')

seeds = st.integers(min_value=0, max_value=2**64)
surroundings = st.tuples(st.sampled_from(BEFORE), st.sampled_from(AFTER))
thorough = settings(max_examples=400, deadline=None, derandomize=True)


def full_width(word: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in word)


EXTENDED = (
    "0488ADE4",
    "049D7878",
    "04B2430C",
    "04358394",
    "044A4E28",
    "045F18BC",
    "0295B005",
    "02AA7A99",
    "024285B5",
    "02575048",
)


def key_bytes(seed: int, *, size: int = 32) -> bytes:
    return random.Random(seed).randbytes(size)


def encoded(payload: bytes) -> str:
    return base58.b58encode_check(payload).decode()


keys = st.one_of(
    st.builds(
        lambda seed, network, end: encoded(network + key_bytes(seed) + end),
        seeds,
        st.sampled_from([b"\x80", b"\xef"]),
        st.sampled_from([b"", b"\x01"]),
    ),
    st.builds(
        lambda seed, version: encoded(bytes.fromhex(version) + key_bytes(seed, size=74)),
        seeds,
        st.sampled_from(EXTENDED),
    ),
)


def in_pieces(separator: str, size: int) -> Callable[[str], str]:
    return lambda key: separator.join(key[place : place + size] for place in range(0, len(key), size))


KEY_ARRANGEMENTS: tuple[Callable[[str], str], ...] = (
    str,
    full_width,
    in_pieces("\n", 20),
    in_pieces(" ", 4),
    in_pieces("\n> ", 30),
    in_pieces("\u200b", 7),
    in_pieces("-", 10),
    "`{}`".format,
    "https://example.org/?key={}&lang=en".format,
    '{{"wif": "{}"}}'.format,
    "key{}isMine".format,
    "wpkh({}/84h/0h/0h)#abcd".format,
    lambda key: " " * 30_000 + key,
)


@thorough
@given(keys, st.sampled_from(KEY_ARRANGEMENTS), surroundings)
def test_a_private_key_is_caught_however_it_is_written(
    key: str, arranged: Callable[[str], str], around: tuple[str, str]
) -> None:
    assert GUARD.catches(around[0] + arranged(key) + around[1], addressed=False)


@thorough
@given(keys, st.integers(min_value=1, max_value=50))
def test_a_mistyped_key_is_none(key: str, place: int) -> None:
    changed = key[:place] + ("2" if key[place] != "2" else "3") + key[place + 1 :]
    assert not GUARD.catches(changed, addressed=True)


@thorough
@given(
    seeds,
    st.sampled_from(
        [
            "my private key is {}",
            "privkey: {}",
            "PRIVATE KEY\n{}",
            "private_key=0x{}",
            "secret key {}",
            "secretKey:'{}'",
            "{} is the private key",
            "{}\n^ my private key, is it safe",
            "priv: {}",
            "private key (hex): {}",
            "here is the privateKey of my first wallet from 2013, please tell me whether it still works: {}",
        ]
    ),
    st.sampled_from([str, str.upper, in_pieces(" ", 8), in_pieces("\n", 32), in_pieces(":", 2), full_width]),
)
def test_hexadecimal_digits_called_a_private_key_are_caught(
    seed: int, sentence: str, arranged: Callable[[str], str]
) -> None:
    assert GUARD.catches(sentence.format(arranged(key_bytes(seed).hex())), addressed=False)


@thorough
@given(
    seeds,
    st.sampled_from(
        [
            "{}",
            "txid {}",
            "https://mempool.space/tx/{}",
            "is my transaction 0x{} stuck?",
            "block hash: {}",
            "sha256 {}",
            "someone got my private key, the transaction is {}",
            "tx {} - what does private key mean?",
            "I never showed anybody my private key. The payment: {}",
            "{} is the hash of the file",
            "public key 02{}",
        ]
    ),
)
def test_a_transaction_id_is_let_pass(seed: int, sentence: str) -> None:
    assert not GUARD.catches(sentence.format(key_bytes(seed).hex()), addressed=True)
