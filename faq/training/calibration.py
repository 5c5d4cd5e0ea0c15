"""What the masses of the classes mean: the chance that the best entry helps, and the chances that allow an answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faq.evaluation import Question
from faq.linear import OFFTOPIC, Calibration, measures
from faq.mixture import Mixture

Numbers = NDArray[np.float32]

QUESTIONS = Path(__file__).parent
"""The folder with the questions set apart: nobody who wrote wordings wrote them, and nothing is learned from them."""

PRECISION = 0.967
"""Share of outright answers that must be right on the questions set apart.

It lies above the 0.90 that strangers are promised: invented questions are clearer than those of people in need.
"""

OFF_COUNTS = 2.0
"""How often a line that no entry answers counts while the score is fitted: a chat holds more of them than the file."""

OFF_TOPIC = 0.03
"""Share of being a line that no entry answers, from which an overheard question is left alone."""

QUIET = 0.93
"""Share of lines on other things than Bitcoin that get nothing at all when addressed."""

FOLDS = 10
"""The thresholds are set on chances that each tenth of the questions gets from a fit to the others."""

_STEPS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the matcher made of a question.

    Attributes:
        topic: the question's.
        measured: what tells whether the best entry helps.
        right: it does.
    """

    topic: str
    measured: NDArray[np.float64]
    right: bool


def outcomes(questions: Iterable[Question], *, mixture: Mixture, kin: Mapping[str, frozenset[str]]) -> list[Outcome]:
    """Return what a mixture makes of questions that it has not learned from."""
    found = []
    for question in questions:
        opinion = mixture.opinion(question.text)
        if opinion is None:
            continue
        best = max(opinion.shares, key=opinion.shares.__getitem__)
        measured = measures(opinion.shares, best=best, kin=kin[best], off=1 - sum(opinion.shares.values()))
        found.append(Outcome(topic=question.topic, measured=measured, right=best in question.accepted))
    return found


def calibrated(outcomes: Sequence[Outcome]) -> Calibration:
    """Return the calibration that fits what happened to the questions set apart; its thresholds are cross-validated."""
    matrix = np.array([[*outcome.measured, 1.0] for outcome in outcomes])
    right = np.array([outcome.right for outcome in outcomes], np.float64)
    outside = np.array([outcome.topic.startswith(OFFTOPIC) and not outcome.right for outcome in outcomes])
    counts = np.where(outside, OFF_COUNTS, 1.0)
    chance = cross_validated(matrix, right, counts=counts)
    other = np.array([outcome.topic in {f"{OFFTOPIC}chat", f"{OFFTOPIC}crypto"} for outcome in outcomes])
    weights = _logistic(matrix, right, counts=counts)
    answer = _least_for_precision(chance, right)
    return Calibration(
        weights=tuple(float(weight) for weight in weights[:-1]),
        bias=float(weights[-1]),
        answer=answer,
        suggest=min(_quantile(np.sort(chance[other]), QUIET), answer),
        off_topic=OFF_TOPIC,
    )


def cross_validated(
    matrix: NDArray[np.float64], right: NDArray[np.float64], *, counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return for each question the chance that its best entry helps, as a fit to the other folds says.

    Args:
        matrix: what is measured, one row a question, a column of ones at the end.
        right: 1 where the best entry helps, else 0.
        counts: how often each question counts.
    """
    fold = np.random.default_rng(FOLDS).permutation(len(right)) % FOLDS
    chance = np.zeros(len(right))
    for held in range(FOLDS):
        known, unknown = fold != held, fold == held
        weights = _logistic(matrix[known], right[known], counts=counts[known])
        chance[unknown] = 1 / (1 + np.exp(-matrix[unknown] @ weights))
    return chance


def _logistic(
    matrix: NDArray[np.float64], right: NDArray[np.float64], *, counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Newton's method; a little penalty keeps it from running away."""
    weights = np.zeros(matrix.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (counts * (chance - right)) + 1e-3 * weights
        bend = (matrix * (counts * chance * (1 - chance))[:, None]).T @ matrix + 1e-3 * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights


def _least_for_precision(chance: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    order = np.argsort(-chance, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    return float(chance[order[enough[-1]]]) if len(enough) else 1.0


def _quantile(ordered: NDArray[np.float64], share: float) -> float:
    return float(np.quantile(ordered, share)) if len(ordered) else 1.0
