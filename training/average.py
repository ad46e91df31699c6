"""The mean of weights that were trained from one another: steadier on texts that none of them saw.

python average.py OUT.npz A.npz 3*B.npz …

``3*`` counts a file three times.
"""

from __future__ import annotations

import sys

import numpy as np

FIXED = frozenset({"names", "classes", "folds", "pad"})


def averaged(paths: list[str]) -> dict[str, np.ndarray]:
    """Return the arrays of the mean; the table is packed anew."""
    files = []
    for path in paths:
        times, star, name = path.partition("*")
        files += [np.load(name if star else path)] * (int(times) if star else 1)
    out = {
        name: files[0][name]
        if name in FIXED
        else np.mean([file[name] for file in files], axis=0).astype(files[0][name].dtype)
        for name in files[0].files
        if name not in {"table", "scale"} and not name.startswith("near")
    }
    table = np.mean(
        [f["table"].astype(np.float32) * f["scale"].astype(np.float32)[:, None] for f in files], axis=0
    )
    scale = np.abs(table).max(axis=1) / 127
    scale[scale == 0] = 1
    out["table"] = np.clip(np.rint(table / scale[:, None]), -127, 127).astype(np.int8)
    out["scale"] = scale.astype(np.float16)
    return out


if __name__ == "__main__":
    np.savez_compressed(sys.argv[1], **averaged(sys.argv[2:]))
