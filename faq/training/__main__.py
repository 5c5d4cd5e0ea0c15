"""`python -m faq.training`: learns from the project's own lines and writes the learned file."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faq import library
from faq.entry import kinships
from faq.features import Features, Reader
from faq.library import Library
from faq.linear import DATA, OFFTOPIC, Calibration, Linear
from faq.training.calibration import Outcome, calibrated, held_in, outcome
from faq.training.lines import EVERYDAY, Line, generated_lines, lines_on_others, own_lines
from faq.training.student import Effort, fit, frequent_words, packed, rarities, sparse, untrained
from faq.training.teacher import Judge, Teacher, common_words

Numbers = NDArray[np.float32]

OTHERS_SHARE = 0.8
"""How sure it is that no entry answers a wording in which something else stands for Bitcoin."""


class Course:
    """Everything that one language is learned from.

    Args:
        content: the language's library.
        teacher: labels the generated lines.
    """

    def __init__(self, content: Library, *, teacher: Teacher) -> None:
        self.reader = Reader(kinds=content.kinds, synonyms=content.synonyms)
        self.own = own_lines(content)
        self.classes = tuple(content.entries) + tuple(OFFTOPIC + kind for kind in content.offtopic)
        self.kin = kinships(content.entries)
        texts = [line.text for line in self.own]
        self.generated = generated_lines(self.own, neighbours=teacher.neighbours(texts), common=common_words())
        coins = [name for name in content.kinds.get("coin", ()) if len(name) > 2]
        self.coins = lines_on_others(self.own, names=coins)
        self.everyday = lines_on_others(self.own, names=EVERYDAY)
        self.vectors = teacher.embed(texts)
        self.generated_vectors = teacher.embed([line.text for line in self.generated])
        self._features = {
            line.text: self.reader.features(self.reader.words(line.text))
            for line in (*self.own, *self.generated, *self.coins, *self.everyday)
        }

    def learn(self, kept: NDArray[np.bool_], *, effort: Effort, calibration: Calibration) -> Linear:
        """Return what the own lines that are kept, and the lines made from them, teach."""
        own = [line for line in self.own if kept[line.origin]]
        generated = [number for number, line in enumerate(self.generated) if kept[line.origin]]
        coins = [line for line in self.coins if kept[line.origin]]
        everyday = [line for line in self.everyday if kept[line.origin]]
        judge = Judge(self.vectors[kept], targets=self._certain(own))
        # The own lines stand there twice: they are certain, the generated ones are not.
        lines = [*own, *own, *(self.generated[number] for number in generated), *coins, *everyday]
        targets = np.concatenate(
            [
                self._certain(own),
                self._certain(own),
                judge.shares(self.generated_vectors[generated]),
                self._others_shares(coins, kind="crypto"),
                self._others_shares(everyday, kind="chat"),
            ]
        )
        model = untrained(
            rarities(self.features(own), self.features(lines[2 * len(own) : 2 * len(own) + len(generated)])),
            classes=self.classes,
            words=frequent_words(self.features(own)),
        )
        data = sparse(model, self.features(lines))
        weights, bias = fit(data, targets.astype(np.float32), size=len(model.features), effort=effort)
        return packed(model, weights, bias, calibration=calibration)

    def features(self, lines: Sequence[Line]) -> list[Features]:
        """Return the features of lines."""
        return [self._features[line.text] for line in lines]

    def held_out(self, *, effort: Effort, untold: Calibration) -> list[Outcome]:
        """Return what a model that has not seen a quarter of the own lines makes of them."""
        kept = held_in(lines=len(self.own))
        model = self.learn(kept, effort=effort, calibration=untold)
        outcomes = []
        for line in self.own:
            if not kept[line.origin]:
                masses = model.masses(model.evidence(self._features[line.text])).tolist()
                shares = {name: mass for name, mass in zip(self.classes, masses, strict=True) if name in self.kin}
                outcomes.append(outcome(line.topic, shares, kin=self.kin))
        return outcomes

    def _certain(self, lines: Sequence[Line]) -> Numbers:
        targets = np.zeros((len(lines), len(self.classes)), np.float32)
        targets[np.arange(len(lines)), [self.classes.index(line.topic) for line in lines]] = 1
        return targets

    def _others_shares(self, lines: Sequence[Line], *, kind: str) -> Numbers:
        targets = self._certain(lines) * np.float32(1 - OTHERS_SHARE)
        targets[:, self.classes.index(OFFTOPIC + kind)] += OTHERS_SHARE
        return targets


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn one language and write its file; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m faq.training", description=__doc__)
    parser.add_argument("--language", default="en")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "btc-safety-bot")
    parser.add_argument("--output", type=Path, default=DATA)
    chosen = parser.parse_args(arguments)
    started = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - started:6.0f} s  {text}\n")
        sys.stdout.flush()

    course = Course(library.load(chosen.language), teacher=Teacher(chosen.cache))
    say(f"{len(course.own)} own lines, {len(course.generated)} generated, {2 * len(course.coins)} on other things")
    effort = Effort()
    untold = Calibration(weights=(), bias=0.0, answer=1.0, suggest=1.0, overheard=1.0)
    outcomes = course.held_out(effort=effort, untold=untold)
    calibration = calibrated(outcomes)
    inside = [each.right == 1 for each in outcomes if not each.topic.startswith(OFFTOPIC)]
    say(f"held-out lines of entries found: {np.mean(inside):.3f}; {calibration}")
    model = course.learn(np.ones(len(course.own), np.bool_), effort=effort, calibration=calibration)
    path = chosen.output / f"{chosen.language}.npz"
    model.save(path)
    say(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {len(model.features)} features")
    return 0


if __name__ == "__main__":
    sys.exit(main())
