"""Prints how much CPU the guard takes: `python tests/benchmarks/guard.py`."""

import statistics
import sys
import time
import tomllib
from pathlib import Path

from mnemonic import Mnemonic

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.core.guard import Guard  # noqa: E402 - the repository need not be installed

ENGLISH = Mnemonic("english").wordlist


def milliseconds(guard: Guard, text: str) -> float:
    started = time.thread_time()
    guard.catches(text, addressed=True)
    return (time.thread_time() - started) * 1000


def main() -> None:
    started = time.thread_time()
    guard = Guard()
    sys.stdout.write(f"load                     {(time.thread_time() - started) * 1000:8.1f} ms\n")
    files = sorted((ROOT / "faq/content/en").glob("*.toml"))
    prose = " ".join(
        entry["answer"] for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("entry", ())
    )
    for length in (100, 500, 2000, 4000):
        texts = [prose[start : start + length] for start in range(0, len(prose) - length, max(length, 50))]
        times = sorted(milliseconds(guard, text) for text in texts)
        sys.stdout.write(
            f"prose, {length:5} characters  median {statistics.median(times):7.3f} ms   "
            f"99 % {times[len(times) * 99 // 100]:7.3f} ms   ({len(times)} texts)\n"
        )
    for name, piece in (
        ("fillers", "then "),
        ("one word", "zoo "),
        ("glued letters", "k"),
        ("glued words", "act"),
        ("single letters", "a b "),
        ("key letters", "KLc5J"),
        ("Chinese", "的一是在不了有"),
        ("Korean", "가각"),
        ("lines", "a\n"),
        ("look-alikes", "wаllеt "),
        ("row names", "row the other of my half "),
        ("mistaken words", "act add age aim air aim all any arm art qxq act ask xqxqx "),
        ("mistakes", f"{' '.join(ENGLISH[:1600:160])} acess qzqzqz {' '.join(ENGLISH[7:1607:160])} zzo qxqxqx "),
        ("groups", "act age aim air of the "),
        ("groups of all", "".join(f"{' '.join(ENGLISH[at : at + 4])} of it " for at in range(0, 2000, 4))),
    ):
        took = milliseconds(guard, (piece * (10_000 // len(piece) + 1))[:10_000])
        sys.stdout.write(f"10000 characters of {name:14} {took:8.1f} ms\n")


if __name__ == "__main__":
    main()
