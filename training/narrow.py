"""Makes a trained network narrower, as a start for training it on: what the layers mind least is left out.

python narrow.py WIDE.npz NARROW.npz --width 96 [--data FOLDER] [--declaration FOLDER] [--interfaces FOLDER]

The vectors of types are turned so that as many directions as stay hold most of what the first layer makes of them. Of the numbers that the
layers hand on, those stay that add most to the layers after them. What is left out of the mean is added to a bias, which is a little wrong at a text's
ends. A network so narrowed begins where the wide one was, and not from nothing; it is to be trained on.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

import declaration
import interfaces
import numpy as np
import torch
from data import arrays, epoch, in_one_order
from export import read, size_of, write
from net import Net, Size
from swap import Stream, stream
from torch import Tensor
from train import counted, windows

from hushdesk.redact.tagger._chars import tables

_BATCHES, _BATCH = 40, 48
_LEAST = 1e-8
"""Directions in which vectors hardly differ."""
_TAGS = 8.0
"""How much more the answer counts than a layer on the way to it."""


class Observed:
    """What a network's vectors are like on some texts.

    Args:
        net: The network.
        data: The texts.
    """

    def __init__(self, net: Net, data: Stream) -> None:
        width = net.size.out
        total, square = (
            torch.zeros(width, dtype=torch.float64),
            torch.zeros(width, width, dtype=torch.float64),
        )
        self.strength = [torch.zeros(width) for _ in net.convs]
        """Of each layer, how large each of its numbers is: the sum of squares."""
        count = 0
        net.eval()
        for where in islice(windows(data, _BATCH, np.random.default_rng(1)), _BATCHES):
            kind, gap = data.type[where].long(), data.gap[where].long()
            flat, real = kind.reshape(-1), (kind > 0).float()
            vectors = net.types(data.rows[flat], counted(data.shape[flat])).reshape(*kind.shape, -1)
            some = vectors[kind > 0].double()
            total += some.sum(0)
            square += some.T @ some
            count += len(some)
            for place, layer in zip(self.strength, net.layers(vectors, gap, real), strict=True):
                place.add_((layer**2).sum((0, 1)))
        self.mean = total / count
        """Of the vectors of types, as they are in texts."""
        self.spread = square / count - torch.outer(self.mean, self.mean)
        """How they vary together."""


def _turned(net: Net, seen: Observed, width: int) -> tuple[Tensor, Tensor]:
    """Matrices from the vectors of types to fewer numbers (out, width) and back, by which the first layer loses least."""
    parts = net.convs[0].weight.reshape(net.size.out, 3, net.size.out).double()
    minded = torch.einsum("opi,opj->ij", parts, parts)
    values, turn = torch.linalg.eigh(seen.spread)
    root = turn @ torch.diag(values.clamp(min=0).sqrt()) @ turn.T
    inverse = turn @ torch.diag(values.clamp(min=_LEAST).rsqrt()) @ turn.T
    kept, best = torch.linalg.eigh(root @ minded @ root)
    print(f"{float(kept[-width:].sum() / kept.sum()):.5f} of what the first layer sees stays")
    return (inverse @ best[:, -width:]).float(), (best[:, -width:].T @ root).float()


def _chosen(net: Net, seen: Observed, width: int) -> Tensor:
    """Which numbers of the layers stay."""
    out = net.size.out
    minds = [(layer.weight.reshape(out, 3, out) ** 2).sum((0, 1)) for layer in list(net.convs)[1:]]
    minds.append(_TAGS * (net.tags.weight**2).sum(0))
    worth = torch.stack([s * m for s, m in zip(seen.strength, minds, strict=True)]).sum(0)
    best = worth.argsort(descending=True)[:width].sort()[0]
    print(f"{float(worth[best].sum() / worth.sum()):.4f} of what later layers see stays")
    return best


def narrowed(net: Net, data: Stream, width: int) -> Net:
    """Return a network of ``width`` that says nearly what ``net`` says."""
    seen = Observed(net, data)
    there, back = _turned(net, seen, width)
    at = _chosen(net, seen, width)
    out = net.size.out
    new = Net(Size(net.size.width, net.size.inner, width, net.size.steps))
    lost = seen.mean.float() - seen.mean.float() @ there @ back
    new.table.copy_(net.table)
    new.hidden.load_state_dict(net.hidden.state_dict())
    new.out.weight.copy_(there.T @ net.out.weight)
    new.out.bias.copy_(net.out.bias @ there)
    new.gap.copy_(net.gap @ there)
    new.gate.weight.copy_(net.gate.weight @ back.T)
    new.gate.bias.copy_(net.gate.bias + net.gate.weight @ lost)
    first = net.convs[0].weight.reshape(out, 3, out)[at]
    new.convs[0].weight.copy_(torch.einsum("opi,wi->opw", first, back).reshape(width, 3 * width))
    new.convs[0].bias.copy_(net.convs[0].bias[at] + first.sum(1) @ lost)
    for mine, other in zip(list(new.convs)[1:], list(net.convs)[1:], strict=True):
        mine.weight.copy_(other.weight.reshape(out, 3, out)[at][:, :, at].reshape(width, 3 * width))
        mine.bias.copy_(other.bias[at])
    for mine, other in zip(new.about, net.about, strict=True):
        mine.weight.copy_(other.weight[at][:, at])
    new.tags.weight.copy_(net.tags.weight[:, at])
    new.tags.bias.copy_(net.tags.bias)
    return new


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wide", type=Path)
    parser.add_argument("narrow", type=Path)
    parser.add_argument("--width", type=int, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--declaration", type=Path)
    parser.add_argument("--interfaces", type=Path)
    parser.add_argument("--made", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=73)
    options = parser.parse_args()
    in_one_order()
    declaration.use(options.declaration)
    interfaces.use(options.interfaces)
    classes, folds = tables()
    net = Net(size_of(options.wide))
    read(net, options.wide)
    data = stream(arrays(epoch(options.data, options.made, options.seed), classes, folds), "cpu")
    with torch.no_grad():
        write(narrowed(net, data, options.width), options.narrow, classes, folds)


if __name__ == "__main__":
    main()
