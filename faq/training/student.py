"""Fits the softmax over words and pieces of words that the bot carries."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.features import Features
from faq.linear import MEASURES, Calibration, Linear, softmax

Numbers = NDArray[np.float32]

_BATCH = 512
_FIRST, _SECOND = 0.9, 0.99
_LEAST_WORD = 3
_LEAST_PAIR, _LEAST_PIECE = 3, 4
_LEAST_GENERATED_WORD, _LEAST_GENERATED_PIECE = 8, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long and how hard to learn.

    Attributes:
        rounds: through all lines.
        rate: of the first steps; it falls to nothing.
        penalty: on large weights.
    """

    rounds: int = 6
    rate: float = 0.03
    penalty: float = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparse:
    """Many lines as rows and values, line after line.

    Attributes:
        starts: where each line starts in the other two, and where the last one ends.
        rows: of the features.
        values: what each counts.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: Numbers


def rarities(own: Sequence[Features], generated: Sequence[Features]) -> dict[str, float]:
    """Return the features to learn with their inverse document frequency, in a fixed order."""
    counts: Counter[str] = Counter()
    further: Counter[str] = Counter()
    for features in own:
        counts.update(features.phrases.keys())
        counts.update(features.pieces.keys())
    for features in generated:
        further.update(phrase for phrase in features.phrases if " " not in phrase)
        further.update(features.pieces.keys())
    kept = {name for name, count in counts.items() if count >= _least(name, pair=_LEAST_PAIR, piece=_LEAST_PIECE)}
    kept |= {
        name
        for name, count in further.items()
        if count >= _least(name, word=_LEAST_GENERATED_WORD, piece=_LEAST_GENERATED_PIECE)
    }
    return {name: 1 + math.log((1 + len(own)) / (1 + counts[name])) for name in sorted(kept)}


def frequent_words(own: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the words that stand in several lines, most frequent first."""
    counts = Counter(word for words in own for word in set(words))
    often = [word for word, count in counts.items() if count >= _LEAST_WORD]
    return tuple(sorted(often, key=lambda word: (-counts[word], word)))


def untrained(rarity: Mapping[str, float], *, classes: tuple[str, ...], words: tuple[str, ...] = ()) -> Linear:
    """Return a model that knows the features and nothing about them."""
    size = len(rarity)
    return Linear(
        classes=classes,
        features=tuple(rarity),
        words=words,
        rarity=np.array(list(rarity.values()), np.float32),
        weights=np.zeros((size, len(classes)), np.int8),
        scales=np.zeros(size, np.float32),
        bias=np.zeros(len(classes), np.float32),
        calibration=Calibration(weights=(0.0,) * MEASURES, bias=0.0, answer=1.0, suggest=1.0, off_topic=0.0),
    )


def sparse(model: Linear, lines: Sequence[Features]) -> Sparse:
    """Return lines as the rows and values of a model's features."""
    found = [model.evidence(features) for features in lines]
    sizes = np.array([len(evidence.rows) for evidence in found], np.int64)
    return Sparse(
        starts=np.concatenate([[0], np.cumsum(sizes)]),
        rows=np.concatenate([evidence.rows for evidence in found]),
        values=np.concatenate([evidence.values for evidence in found]),
    )


def fit(data: Sparse, targets: Numbers, *, size: int, effort: Effort, seed: int = 1) -> tuple[Numbers, Numbers]:
    """Return weights, one row a feature, and bias, by Adam on the rows that a batch touches.

    Args:
        data: the lines.
        targets: the share of each class, one row a line.
        size: how many features there are.
        effort: how long and how hard to learn.
        seed: of the order of the lines.
    """
    chance = np.random.default_rng(seed)
    classes = targets.shape[1]
    weights, speed, spread = (np.zeros((size + 1, classes), np.float32) for _ in range(3))
    steps = effort.rounds * math.ceil(len(targets) / _BATCH)
    step = 0
    for _ in range(effort.rounds):
        order = chance.permutation(len(targets))
        for start in range(0, len(order), _BATCH):
            step += 1
            rows, gradient = _gradient(data, targets, order[start : start + _BATCH], weights, penalty=effort.penalty)
            speed[rows] += (1 - _FIRST) * (gradient - speed[rows])
            spread[rows] += (1 - _SECOND) * (gradient**2 - spread[rows])
            rate = effort.rate * (1 - (step - 1) / steps) * math.sqrt(1 - _SECOND**step) / (1 - _FIRST**step)
            weights[rows] -= rate * speed[rows] / (np.sqrt(spread[rows]) + 1e-8)
    return weights[:-1], weights[-1]


def packed(model: Linear, weights: Numbers, bias: Numbers) -> Linear:
    """Return the model with what was learned, the weights as small whole numbers."""
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-6) / 127
    scales = scales.astype(np.float16).astype(np.float32)
    return Linear(
        classes=model.classes,
        features=model.features,
        words=model.words,
        rarity=np.array([model.rarity(name) for name in model.features], np.float32),
        weights=np.clip(np.round(weights / scales[:, None]), -127, 127).astype(np.int8),
        scales=scales,
        bias=bias,
        calibration=model.calibration,
    )


def _least(name: str, *, word: int = 1, pair: int = 1, piece: int) -> int:
    """Return how often a feature must occur to be learned."""
    if name.startswith("#"):
        return piece
    return pair if " " in name else word


def _logits(data: Sparse, lines: NDArray[np.int64], weights: Numbers) -> tuple[Numbers, NDArray[np.int64], Numbers]:
    """Return the logits of some lines, and the rows and values they were made of, the bias row included."""
    bias = len(weights) - 1
    sizes = data.starts[lines + 1] - data.starts[lines]
    ends = np.cumsum(sizes + 1)
    within = np.arange(ends[-1]) - np.repeat(ends - sizes - 1, sizes + 1)
    last = within == np.repeat(sizes, sizes + 1)
    source = np.minimum(np.repeat(data.starts[lines], sizes + 1) + within, len(data.rows) - 1)
    rows = np.where(last, bias, data.rows[source]).astype(np.int64)
    values = np.where(last, np.float32(1), data.values[source])
    logits = np.add.reduceat(weights[rows] * values[:, None], ends - sizes - 1, axis=0)
    return logits, rows, values


def _gradient(
    data: Sparse, targets: Numbers, lines: NDArray[np.int64], weights: Numbers, *, penalty: float
) -> tuple[NDArray[np.int64], Numbers]:
    logits, rows, values = _logits(data, lines, weights)
    sizes = data.starts[lines + 1] - data.starts[lines] + 1
    error = (softmax(logits) - targets[lines]) / np.float32(len(lines))
    order = np.argsort(rows, kind="stable")
    touched, firsts = np.unique(rows[order], return_index=True)
    spread = (values[:, None] * np.repeat(error, sizes, axis=0))[order]
    gradient = np.add.reduceat(spread, firsts, axis=0)
    return touched, gradient + np.float32(2 * penalty / len(lines)) * weights[touched]
