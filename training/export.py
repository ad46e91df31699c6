"""Writes trained weights in the form that the package reads, and reads them to train on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from data import TAGS


def _array(parameter: Any) -> npt.NDArray[np.float32]:
    return parameter.detach().numpy().astype(np.float32)


def write(
    net: Any, path: Path, classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16], pad: int
) -> None:
    """Write the weights: the table in eight bits with a scale a row, all else in 32-bit floats."""
    table = _array(net.table.weight)[:-1]
    scale = np.abs(table).max(axis=1) / 127
    scale[scale == 0] = 1
    packed = np.clip(np.rint(table / scale[:, None]), -127, 127).astype(np.int8)

    def conv(layer: Any) -> npt.NDArray[np.float32]:
        # (out, in, 3) becomes (3 * in, out): one matrix for a token and its two neighbours.
        weight = _array(layer.weight)
        return np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(-1, weight.shape[0]))

    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        table=packed, scale=scale.astype(np.float16),
        hidden=_array(net.hidden.weight).T, hidden_bias=_array(net.hidden.bias),
        out=_array(net.out.weight).T, out_bias=_array(net.out.bias), gap=_array(net.gap.weight),
        conv1=conv(net.conv1), conv1_bias=_array(net.conv1.bias), conv2=conv(net.conv2), conv2_bias=_array(net.conv2.bias),
        conv3=conv(net.conv3), conv3_bias=_array(net.conv3.bias),
        about2=_array(net.about2.weight).T, about3=_array(net.about3.weight).T, tags=_array(net.tags.weight).T, tags_bias=_array(net.tags.bias),
        gate=_array(net.gate.weight)[0], gate_bias=_array(net.gate.bias), names=np.array(TAGS), pad=np.array(pad),
        classes=classes, folds=folds,
    )  # fmt: skip


def read(net: Any, path: Path) -> None:
    """Take the weights of a file into ``net``; what only training needs begins anew."""
    with np.load(path) as held, torch.no_grad():
        table = held["table"].astype(np.float32) * held["scale"].astype(np.float32)[:, None]
        net.table.weight[:-1] = torch.from_numpy(table)
        for name, layer in (("hidden", net.hidden), ("out", net.out), ("tags", net.tags)):
            layer.weight.copy_(torch.from_numpy(held[name].T.copy()))
            layer.bias.copy_(torch.from_numpy(held[f"{name}_bias"]))
        net.gap.weight.copy_(torch.from_numpy(held["gap"]))
        net.gate.weight[0] = torch.from_numpy(held["gate"])
        net.gate.bias.copy_(torch.from_numpy(held["gate_bias"]))
        for name in ("about2", "about3"):
            if name in held:
                getattr(net, name).weight.copy_(torch.from_numpy(held[name].T.copy()))
        for name in ("conv1", "conv2", "conv3"):
            layer = getattr(net, name)
            width = layer.weight.shape[0]
            layer.weight.copy_(torch.from_numpy(held[name].reshape(3, -1, width).transpose(2, 1, 0).copy()))
            layer.bias.copy_(torch.from_numpy(held[f"{name}_bias"]))
