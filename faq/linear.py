"""What was learned offline: how much each feature of a text speaks for each entry."""

import copy
import io
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from faq.features import Features

DATA = Path(__file__).parent / "data"
"""The folder with one learned file a language."""

OFFTOPIC = "oos-"
"""How the classes begin that stand for lines which no entry answers."""


MEASURES = 5
"""How many numbers `measures` returns."""

_LEAST = 1e-3
_TINY = 1e-12


class ModelError(Exception):
    """The learned file is missing or broken; the message says so in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How the masses of the classes become the chance that the best entry helps, and what that chance allows.

    Attributes:
        weights: of what `measures` returns, in that order.
        bias: added to them.
        answer: least chance for an outright answer, when addressed.
        suggest: least chance for suggestions, when addressed.
        off_topic: largest share of being a line that no entry answers, for an answer when nobody asked.
    """

    weights: tuple[float, ...]
    bias: float
    answer: float
    suggest: float
    off_topic: float

    def chance(self, measured: NDArray[np.float64]) -> float:
        """Return how likely it is that the best entry helps."""
        return 1 / (1 + math.exp(-(float(np.dot(measured, self.weights)) + self.bias)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The known features of a text.

    Attributes:
        rows: of the known features in the matrix, phrases first.
        values: what each counts.
        known: share of the text's words that were met while learning, 0 to 1.
    """

    rows: NDArray[np.int32]
    values: NDArray[np.float32]
    known: float


class Linear:
    """A softmax over weighted features.

    Args:
        classes: ids of entries, and names that begin with `OFFTOPIC`.
        features: names of the rows; pieces begin with "#".
        words: that were met often while learning, most frequent first.
        rarity: of each feature, its inverse document frequency.
        weights: one row a feature, one column a class, as small whole numbers.
        scales: what a row is multiplied with.
        bias: one number a class.
        calibration: what the masses mean.
    """

    def __init__(
        self,
        *,
        classes: tuple[str, ...],
        features: tuple[str, ...],
        words: tuple[str, ...],
        rarity: NDArray[np.float32],
        weights: NDArray[np.int8],
        scales: NDArray[np.float32],
        bias: NDArray[np.float32],
        calibration: Calibration,
    ) -> None:
        self.classes = classes
        self.features = features
        self.words = words
        self.calibration = calibration
        self._rarity = rarity.tolist()
        self._weights = weights
        self._scales = scales
        self._bias = bias
        self._row = {feature: row for row, feature in enumerate(features)}

    @classmethod
    def load(cls, language: str = "en", *, data: Path = DATA) -> "Linear":
        """Return what was learned for a language.

        Raises:
            ModelError: the file is missing or broken.
        """
        path = data / f"{language}.npz"
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                return cls(
                    classes=tuple(about["classes"]),
                    features=tuple(file["features"].tobytes().decode().split("\n")),
                    words=tuple(file["words"].tobytes().decode().split("\n")),
                    rarity=file["rarity"].astype(np.float32),
                    weights=file["weights"],
                    scales=file["scales"].astype(np.float32),
                    bias=file["bias"].astype(np.float32),
                    calibration=Calibration(
                        **{**about["calibration"], "weights": tuple(about["calibration"]["weights"])}
                    ),
                )
        except FileNotFoundError:
            raise ModelError(f"{path}: the file is missing; make it with: python -m faq.training") from None
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
            raise ModelError(f"{path}: not readable ({error}); make it anew with: python -m faq.training") from None

    def calibrated(self, calibration: Calibration) -> "Linear":
        """Return the same model with another calibration."""
        model = copy.copy(self)
        model.calibration = calibration
        return model

    def save(self, path: Path) -> None:
        """Write everything to a file that `load` reads; equal models make equal bytes."""
        calibration = {name: getattr(self.calibration, name) for name in Calibration.__dataclass_fields__}
        about = json.dumps({"classes": self.classes, "calibration": calibration})
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            about=np.frombuffer(about.encode(), dtype=np.uint8),
            features=np.frombuffer("\n".join(self.features).encode(), dtype=np.uint8),
            words=np.frombuffer("\n".join(self.words).encode(), dtype=np.uint8),
            rarity=np.asarray(self._rarity, dtype=np.float16),
            weights=self._weights,
            scales=self._scales.astype(np.float16),
            bias=self._bias,
        )

    def rarity(self, feature: str) -> float | None:
        """Return how rare a feature was while learning; None if it is unknown."""
        row = self._row.get(feature)
        return None if row is None else self._rarity[row]

    def knows(self, word: str) -> bool:
        """Tell whether the stem of a word was met while learning."""
        return word in self._row

    def evidence(self, features: Features) -> Evidence:
        """Return the known features, each group brought to length 1."""
        rows: list[int] = []
        values: list[float] = []
        for group in (features.phrases, features.pieces):
            own, weighed = self._weighed(group)
            rows += own
            values += weighed
        alone = [phrase for phrase in features.phrases if " " not in phrase]
        known = sum(phrase in self._row for phrase in alone) / len(alone) if alone else 0.0
        return Evidence(rows=np.array(rows, np.int32), values=np.array(values, np.float32), known=known)

    def masses(self, evidence: Evidence) -> NDArray[np.float32]:
        """Return how likely each class is; the sum is 1."""
        scaled = evidence.values * self._scales[evidence.rows]
        return softmax(scaled @ self._weights[evidence.rows].astype(np.float32) + self._bias)

    def contributions(self, evidence: Evidence, *, topic: str) -> dict[str, float]:
        """Return what each known feature adds for a class against the average class."""
        column = self.classes.index(topic)
        rows = self._weights[evidence.rows].astype(np.float32)
        against = (rows[:, column] - rows.mean(axis=1)) * self._scales[evidence.rows] * evidence.values
        return {self.features[row]: float(worth) for row, worth in zip(evidence.rows, against, strict=True)}

    def _weighed(self, group: Mapping[str, int]) -> tuple[list[int], list[float]]:
        rows = []
        values = []
        for feature, count in group.items():
            row = self._row.get(feature)
            if row is not None:
                rows.append(row)
                values.append(self._rarity[row] * (1 + math.log(count)) if count > 1 else self._rarity[row])
        length = math.sqrt(sum(value * value for value in values))
        return rows, [value / length for value in values]


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return shares that add up to 1 along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def measures(shares: Mapping[str, float], *, best: str, kin: Collection[str], off: float) -> NDArray[np.float64]:
    """Return what tells whether the best entry helps.

    Args:
        shares: of the entries, by id.
        best: the entry with the largest share.
        kin: the entries that are read next to it: who needs those is helped by it as well.
        off: share of the lines that no entry answers.
    """
    others = [share for topic, share in shares.items() if topic != best]
    near = shares[best] + sum(shares.get(topic, 0.0) for topic in kin)
    masses = np.array([*shares.values(), off])
    return np.array(
        [
            _log_odds(shares[best]),
            _log_odds(min(near, 1.0)),
            math.log(max(others, default=0.0) + _LEAST),
            _log_odds(off),
            -float(masses @ np.log(np.maximum(masses, _TINY))),
        ]
    )


def _log_odds(share: float) -> float:
    return math.log((share + _LEAST) / (1 - share + _LEAST))
