"""Writes trained weights in the form that the package reads, and reads them to train on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from data import TAGS
from net import Net, Size


def _array(parameter: torch.Tensor) -> npt.NDArray[np.float32]:
    return parameter.detach().cpu().numpy().astype(np.float32)


def write(net: Net, path: Path, classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16]) -> None:
    """Write the weights: the table in eight bits with a scale a row, all else in 32-bit floats.

    The matrix of a layer stands for a token and its two neighbours: (3 * in, out).
    """
    table = _array(net.table)[:-1]
    scale = np.abs(table).max(axis=1) / 127
    scale[scale == 0] = 1
    arrays = {
        "table": np.clip(np.rint(table / scale[:, None]), -127, 127).astype(np.int8),
        "scale": scale.astype(np.float16),
        "gap": _array(net.gap),
        "gate": _array(net.gate.weight)[0],
        "gate_bias": _array(net.gate.bias),
        "names": np.array(TAGS),
        "pad": np.array(net.size.reach),
        "classes": classes,
        "folds": folds,
    }
    for name, layer in _layers(net).items():
        arrays[name] = np.ascontiguousarray(_array(layer.weight).T)
        if layer.bias is not None:
            arrays[f"{name}_bias"] = _array(layer.bias)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


def _layers(net: Net) -> dict[str, torch.nn.Linear]:
    convs = {f"conv{number}": layer for number, layer in enumerate(net.convs, 1)}
    about = {f"about{number}": layer for number, layer in enumerate(net.about, 2)}
    return {"hidden": net.hidden, "out": net.out, "tags": net.tags, **convs, **about}


def size_of(path: Path) -> Size:
    """How wide the network of a file is."""
    with np.load(path) as held:
        convs = sum(name.startswith("conv") and not name.endswith("bias") for name in held.files)
        # Each layer sees twice as far as the one before.
        steps = tuple(2**number for number in range(1, convs))
        return Size(held["table"].shape[1], *held["out"].shape, steps)


def read(net: Net, path: Path, *, partly: bool = False) -> list[str]:
    """Take the weights of a file into ``net``, and return which it did not have in the net's size; what only training needs begins anew.

    Args:
        net: The network.
        path: The file.
        partly: Whether some may be missing; else that is an error.
    """
    with np.load(path) as held, torch.no_grad():
        left: list[str] = []

        def put(name: str, place: torch.Tensor, value: torch.Tensor) -> None:
            if place.shape == value.shape:
                place.copy_(value)
            else:
                left.append(name)

        def given(name: str) -> torch.Tensor:
            return torch.from_numpy(held[name].astype(np.float32).copy()) if name in held else torch.zeros(0)

        put("table", net.table[:-1], given("table") * given("scale")[:, None])
        put("gap", net.gap, given("gap"))
        put("gate", net.gate.weight[0], given("gate"))
        put("gate_bias", net.gate.bias, given("gate_bias"))
        for name, layer in _layers(net).items():
            put(name, layer.weight, given(name).T)
            if layer.bias is not None:
                put(f"{name}_bias", layer.bias, given(f"{name}_bias"))
        if left and not partly:
            raise ValueError(f"{path} is of a network of another size: {', '.join(left)}")
        return left
