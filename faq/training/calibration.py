"""What the masses of the classes mean: the chance that the best entry helps, and the chances that allow an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.linear import OFFTOPIC, Calibration, measures

Numbers = NDArray[np.float32]

PRECISION = 0.90
"""Share of outright answers that must help, on own lines that were not learned from.

An entry that is read next to the right one counts as helping here: own lines name one entry each, though two may help.
"""

FALSE_ALARMS = 0.005
"""Share of lines on other things, overheard, that may get an answer."""

FALSE_ALARMS_BITCOIN = 0.03
"""The same of lines on Bitcoin that no entry answers."""

KIN_HELPS = 0.5
"""How often an entry helps somebody who needs one that is read next to it."""

QUIET = 0.88
"""Share of lines on other things that get nothing at all when addressed."""

_STEPS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the model made of a line that it had not learned from.

    Attributes:
        topic: the line's class.
        measured: what tells whether the best entry helps.
        right: 1 if the best entry is the line's, `KIN_HELPS` if it is read next to it, else 0.
    """

    topic: str
    measured: NDArray[np.float64]
    right: float


def held_in(*, lines: int, seed: int = 1) -> NDArray[np.bool_]:
    """Return for each line whether it is learned from; a quarter, chosen by chance, is not."""
    return np.asarray(np.random.default_rng(seed).permutation(lines) % 4 != 0, dtype=np.bool_)


def outcome(topic: str, shares: Mapping[str, float], *, kin: Mapping[str, frozenset[str]]) -> Outcome:
    """Return what the model made of a line, from the shares of all entries."""
    best = max(shares, key=shares.__getitem__)
    measured = measures(shares, best=best, kin=kin[best], off=1 - sum(shares.values()))
    right = 1.0 if best == topic else KIN_HELPS * (topic in kin[best])
    return Outcome(topic=topic, measured=measured, right=right)


def calibrated(outcomes: Sequence[Outcome]) -> Calibration:
    """Return the calibration that fits what happened to held-out lines."""
    matrix = np.array([[*outcome.measured, 1.0] for outcome in outcomes])
    right = np.array([outcome.right for outcome in outcomes], np.float64)
    weights = _logistic(matrix, right)
    chance = 1 / (1 + np.exp(-matrix @ weights))
    kinds = np.array([outcome.topic if outcome.topic.startswith(OFFTOPIC) else "" for outcome in outcomes])
    other = np.sort(chance[np.isin(kinds, [f"{OFFTOPIC}chat", f"{OFFTOPIC}crypto"])])
    bitcoin = np.sort(chance[kinds == f"{OFFTOPIC}bitcoin"])
    answer = _least_for_precision(chance, right > 0)
    overheard = max(_quantile(other, 1 - FALSE_ALARMS), _quantile(bitcoin, 1 - FALSE_ALARMS_BITCOIN), answer)
    return Calibration(
        weights=tuple(float(weight) for weight in weights[:-1]),
        bias=float(weights[-1]),
        answer=answer,
        suggest=min(_quantile(other, QUIET), answer),
        overheard=overheard,
    )


def _logistic(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newton's method; a little penalty keeps it from running away."""
    weights = np.zeros(matrix.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (chance - right) + 1e-3 * weights
        bend = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + 1e-3 * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights


def _least_for_precision(chance: NDArray[np.float64], helping: NDArray[np.bool_]) -> float:
    order = np.argsort(-chance, kind="stable")
    precision = np.cumsum(helping[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    return float(chance[order[enough[-1]]]) if len(enough) else 1.0


def _quantile(ordered: NDArray[np.float64], share: float) -> float:
    return float(np.quantile(ordered, share)) if len(ordered) else 1.0
