"""`python -m faq.training`: learns from the project's own lines and writes the learned file."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faq import library
from faq.entry import kinships
from faq.evaluation import read_questions
from faq.features import Features, Reader
from faq.library import Library
from faq.linear import DATA, OFFTOPIC, Linear
from faq.mixture import Mixture
from faq.spelling import Spelling
from faq.training.calibration import QUESTIONS, calibrated, outcomes
from faq.training.judge import Judge
from faq.training.lines import EVERYDAY, Line, generated_lines, lines_on_others, own_lines, slips
from faq.training.student import Effort, fit, frequent_words, packed, rarities, sparse, untrained
from faq.training.teacher import Teacher, common_words, is_english

Numbers = NDArray[np.float32]

OTHERS_SHARE = 0.8
"""How sure it is that no entry answers a wording in which something else stands for Bitcoin."""


class Course:
    """Everything that one language is learned from.

    Args:
        content: the language's library.
        teacher: knows the words of like meaning that lines are generated with.
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
        read = [self.reader.words(text) for text in texts]
        self.words = frequent_words(read)
        names = {part for kind in content.kinds.values() for name in kind for part in name.split()}
        meant = slips(read, names=names, is_english=is_english, spelling=Spelling(self.words))
        self._features = {
            line.text: self.reader.features([meant.get(word, word) for word in self.reader.words(line.text)])
            for line in (*self.own, *self.generated, *self.coins, *self.everyday)
        }

    def judge(self, *, cache: Path, say: Callable[[str], None]) -> Judge:
        """Return a judge that has learned the own lines."""
        labels = [self.classes.index(line.topic) for line in self.own]
        return Judge.taught([line.text for line in self.own], labels=labels, cache=cache, say=say)

    def learn(self, shares: Numbers) -> Linear:
        """Return what the own lines, and the lines made from them, teach; uncalibrated.

        Args:
            shares: of each class in the generated lines, as the judge says.
        """
        certain = self._certain(self.own)
        # The own lines stand there twice: they are certain, the generated ones are not.
        lines = [*self.own, *self.own, *self.generated, *self.coins, *self.everyday]
        targets = np.concatenate(
            [
                certain,
                certain,
                shares,
                self._others_shares(self.coins, kind="crypto"),
                self._others_shares(self.everyday, kind="chat"),
            ]
        )
        own = self.features(self.own)
        rarity = rarities(own, self.features(self.generated))
        model = untrained(rarity, classes=self.classes, words=self.words)
        data = sparse(model, self.features(lines))
        weights, bias = fit(data, targets.astype(np.float32), size=len(model.features), effort=Effort())
        return packed(model, weights, bias)

    def features(self, lines: Sequence[Line]) -> list[Features]:
        """Return the features of lines."""
        return [self._features[line.text] for line in lines]

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
    parser.add_argument("--calibrate", action="store_true", help="keep what was learned, and only calibrate it anew")
    chosen = parser.parse_args(arguments)
    started = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - started:6.0f} s  {text}\n")
        sys.stdout.flush()

    content = library.load(chosen.language)
    if chosen.calibrate:
        model = Linear.load(chosen.language, data=chosen.output)
    else:
        course = Course(content, teacher=Teacher(chosen.cache))
        others = len(course.coins) + len(course.everyday)
        say(f"{len(course.own)} own lines, {len(course.generated)} generated, {others} on other things")
        shares = course.judge(cache=chosen.cache, say=say).shares([line.text for line in course.generated])
        say("the generated lines are judged")
        model = course.learn(shares)
    questions = read_questions(QUESTIONS / f"questions-{chosen.language}.jsonl")
    judged = outcomes(questions, mixture=Mixture.of(content, model=model), kin=kinships(content.entries))
    model = model.calibrated(calibrated(judged))
    right = sum(each.right for each in judged if not each.topic.startswith(OFFTOPIC))
    inside = sum(question.inside for question in questions)
    say(f"entries found for the questions set apart: {right} of {inside}; {model.calibration}")
    path = chosen.output / f"{chosen.language}.npz"
    model.save(path)
    say(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {len(model.features)} features")
    return 0


if __name__ == "__main__":
    sys.exit(main())
