"""Two looks at a token's vectors, after the first and after the second layer, which say that it is part of nothing.

python probe.py WEIGHTS.npz [--data FOLDER]

Most tokens are, and the layers that follow need not be computed for them. The looks are fitted by logistic regression to what
the whole network says of texts that may be trained on, and are added to the file of weights. Weights without them work as well, at
half the speed.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import declaration
import interfaces
import numpy as np
import numpy.typing as npt
from data import epoch, in_one_order

from hushdesk.redact.tagger._model import BREAK, Model
from hushdesk.redact.tagger._tag import BATCH
from hushdesk.redact.tagger._tokens import tokens

_ROUNDS = 12
_KEPT = {"near": 0.997, "nearer": 0.999}
"""Of what the network finds, so many tokens at least are not passed over."""
_LIKELY = 0.2
"""A token that is part of something personal with this probability is to be looked at."""


def batches(docs: Iterator[tuple[str, object]]) -> Iterator[str]:
    """Yield texts joined as the tagger joins them."""
    texts: list[str] = []
    size = 0
    for text, _ in docs:
        if not text or BREAK in text or len(text) > BATCH:
            continue
        if size + len(text) > BATCH:
            yield BREAK.join(texts)
            texts, size = [], 0
        texts.append(text)
        size += len(text) + 1


def observed(
    model: Model, texts: Iterator[str]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return the vectors of both layers, which tokens the network finds, and which it finds likely."""
    out: list[tuple[npt.NDArray[np.float32], ...]] = []
    for text in texts:
        line = model._line(tokens(text, model.classes, model.folds))  # noqa: SLF001
        at = np.flatnonzero(line.token >= 0)
        line.second[at] = model._layer(0, line, at)  # noqa: SLF001
        some = at[line.wanted[at]]
        scores = model._layer(1, line, some) @ model._tags + model._tags_bias  # noqa: SLF001
        scores = np.exp(scores - scores.max(axis=1)[:, None])
        scores /= scores.sum(axis=1)[:, None]
        aside = [0, *model._others]  # noqa: SLF001
        likely = 1 - scores[:, aside].sum(axis=1)
        found = ~np.isin(scores.argmax(axis=1), aside) | (likely > _LIKELY)
        out.append(
            (line.first[some].astype(np.float16), line.second[some].astype(np.float16), found, likely > 0.5)
        )
    first, second, found, sure = (np.concatenate(parts) for parts in zip(*out, strict=True))
    return first, second, found, sure


def fitted(vectors: npt.NDArray[np.float32], found: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return the weights of a logistic regression, bias last, by Newton's method."""
    width = vectors.shape[1] + 1
    weights = np.zeros(width)
    for _ in range(_ROUNDS):
        slope, bend = 1e-2 * weights, np.eye(width) * 1e-2
        for part in np.array_split(np.arange(found.size), 1 + found.size // 50_000):
            x = np.concatenate([vectors[part].astype(np.float64), np.ones((part.size, 1))], axis=1)
            p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
            slope += x.T @ (p - found[part])
            bend += (x.T * np.maximum(p * (1 - p), 1e-5)) @ x
        weights -= np.linalg.solve(bend, slope)
    return weights


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path)
    parser.add_argument("--data", type=Path, help="folder of labelled sets")
    parser.add_argument("--declaration", type=Path, help="folder of the Declaration's texts")
    parser.add_argument("--interfaces", type=Path, help="folder of packages with translated messages")
    parser.add_argument("--batches", type=int, default=320)
    parser.add_argument("--made", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=71)
    options = parser.parse_args()
    in_one_order()
    declaration.use(options.declaration)
    interfaces.use(options.interfaces)
    with np.load(options.weights) as file:
        held = {name: file[name] for name in file.files if not name.startswith("near")}
    model = Model(held)
    texts = list(islice(batches(epoch(options.data, options.made, options.seed)), options.batches))
    random.Random(options.seed).shuffle(texts)
    first, second, found, sure = observed(model, iter(texts))
    print(f"{found.size:,} tokens, {found.mean():.3f} to be found")
    # Fitted to three quarters; the thresholds are those of the rest.
    rest = np.arange(found.size) >= found.size * 3 // 4
    for name, vectors in (("near", first), ("nearer", second)):
        weights = fitted(vectors[~rest], found[~rest])
        scores = vectors[rest].astype(np.float64) @ weights[:-1]
        least = np.quantile(scores[found[rest] & sure[rest]], 1 - _KEPT[name])
        print(f"{name}: {_KEPT[name]} of them above {least:.3f}, as are {(scores > least).mean():.3f} of all")
        held[name] = weights[:-1].astype(np.float32)
        held[f"{name}_least"] = np.array([least], dtype=np.float32)
    with tempfile.NamedTemporaryFile(dir=options.weights.parent, suffix=".npz", delete=False) as new:
        np.savez_compressed(new, **held)
    Path(new.name).chmod(0o644)
    Path(new.name).replace(options.weights)


if __name__ == "__main__":
    main()
