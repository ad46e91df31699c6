"""Trains the tagger and writes its weights. See README.md for the recipe, data and licences.

    python train.py --out ../src/hushdesk/redact/tagger/weights.npz [--data FOLDER] [--epochs 9] [--made 100000]
    python train.py --out … --epochs 5 --passes 16 --wide 8 --device cuda --batch 256 --words words.tsv.xz

The first line is for two cores and two hours. The second first trains a wide network for eight passes over the texts of five epochs and
has the small one learn from it as well as from the labels: minutes on a GPU, days without.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import declaration
import interfaces
import numpy as np
import torch
from data import TAGS, Arrays, arrays, epoch, in_one_order, labelled
from export import read, size_of, write
from lexicon import Lexicon
from net import OWN, WIDE, Net
from swap import Stream, Swap, stream
from torch import Tensor
from torch.nn import functional as nnf
from torch.nn.utils import clip_grad_norm_

from hushdesk.redact.tagger._chars import tables
from hushdesk.redact.tagger._features import SINGLE
from hushdesk.redact.tagger._model import KNOWN

WINDOW = 256
TABLE_RATE = 2.5
"""How many times as fast as all else a new table learns, since each row is met seldom."""
SOFT = 0.5
"""How much the small network minds the wide one instead of the label."""
_ASIDE = (5, 6, 7, 8)
"""Tags of places and companies."""


class Source:
    """The texts of each epoch: made once, while others are learned from, and kept where they are needed again."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._kept: dict[int, Stream] = {}
        # It takes what the learning leaves: two threads that wait for one another must not wait for it.
        self._pool = ProcessPoolExecutor(
            options.makers, mp_context=get_context("spawn"), initializer=os.nice, initargs=(15,)
        )
        self._made = {
            n: self._pool.submit(made_texts, options, n) for n in range(min(options.epochs, options.makers))
        }

    def epoch(self, number: int) -> Stream:
        """Return the texts of one epoch."""
        if number in self._kept:
            return self._kept[number]
        data = stream(self._made.pop(number).result(), self._options.device)
        following = number + self._options.makers
        if following < self._options.epochs:
            self._made[following] = self._pool.submit(made_texts, self._options, following)
        if self._options.passes > 1 or self._options.wide:
            self._kept[number] = data
        return data


def made_texts(options: argparse.Namespace, number: int) -> Arrays:
    """The texts of one epoch; runs in a process of its own."""
    declaration.use(options.declaration)
    interfaces.use(options.interfaces)
    classes, folds = tables()
    return arrays(epoch(options.data, options.made, options.seed + number), classes, folds)


def windows(data: Stream, batch: int, rng: np.random.Generator) -> Iterator[Tensor]:
    """Yield places of ``batch`` windows each, shuffled, with a random offset."""
    starts = np.arange(int(rng.integers(WINDOW)), data.type.numel() - WINDOW, WINDOW)
    rng.shuffle(starts)
    within = np.arange(WINDOW)
    for at in range(0, starts.size, batch):
        yield torch.from_numpy(starts[at : at + batch, None] + within).to(data.type.device)


def counted(shape: Tensor) -> Tensor:
    """How much it counts that words of these shapes are known as a whole, as the package reads them."""
    return torch.where(shape < SINGLE, float(KNOWN), 1.0)


def personal(tag: Tensor) -> Tensor:
    """Where tags are of something that is masked: what can only be a company or a place is not."""
    return (tag > 0) & ((tag < _ASIDE[0]) | (tag > _ASIDE[-1]))


def score(net: Net, data: Stream) -> tuple[float, float, float]:
    """Label-blind precision, recall and F1 of personal tags by token."""
    net.eval()
    hit = said = gold = right = 0
    with torch.no_grad():
        for where in windows(data, 64, np.random.default_rng(0)):
            kind, tag = data.type[where].long(), data.tag[where].long()
            flat = kind.reshape(-1)
            vectors = net.types(data.rows[flat], counted(data.shape[flat]))
            best = net(vectors.reshape(*kind.shape, -1), data.gap[where].long(), (kind > 0).float()).argmax(
                -1
            )
            ours = personal(tag)
            found = personal(best) & (tag >= 0)
            gold += int(ours.sum())
            hit += int((ours & (best > 0)).sum())
            said += int(found.sum())
            right += int((found & (tag > 0)).sum())
    net.train()
    p, r = right / max(said, 1), hit / max(gold, 1)
    return p, r, 2 * p * r / max(p + r, 1e-9)


class Trainer:
    """What networks are trained with."""

    def __init__(self, options: argparse.Namespace, source: Source, words: Lexicon) -> None:
        self._options, self._source, self._words = options, source, words
        self._swap = Swap(words, options.exchanged, options.device)
        self._rng = np.random.default_rng(options.seed)
        self._begun = time.time()

    def train(
        self,
        name: str,
        net: Net,
        passes: int,
        teachers: Sequence[Net],
        after: Callable[[str], None],
        *,
        table_rate: float = TABLE_RATE,
    ) -> None:
        """Train ``net`` for ``passes`` over all texts; ``after`` is called after each with what was learned.

        The table learns ``table_rate`` times as fast as all else.
        """
        options = self._options
        dense = [p for n, p in net.named_parameters() if n != "table"]
        optimizer = torch.optim.AdamW(
            [{"params": [net.table], "weight_decay": 0.0, "times": table_rate}, {"params": dense, "weight_decay": 0.01, "times": 1.0}],
            lr=options.rate,
            betas=(0.9, 0.98),
        )  # fmt: skip
        step = total = 0
        for number in range(passes * options.epochs):
            data = self._source.epoch(number % options.epochs)
            total = total or passes * options.epochs * math.ceil(data.type.numel() / WINDOW / options.batch)
            running: list[Tensor] = []
            for where in windows(data, options.batch, self._rng):
                share = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1, step / total)))
                for group in optimizer.param_groups:
                    group["lr"] = options.rate * group["times"] * min(1.0, (step + 1) / 200) * share
                full, loss = self._loss(net, data, where, teachers)
                optimizer.zero_grad(set_to_none=True)
                full.backward()
                clip_grad_norm_(dense, 1.0)
                optimizer.step()
                running.append(loss.detach())
                step += 1
            mean = float(torch.stack(running).mean())
            after(f"{name} {step} of {total} steps, loss {mean:.4f}, {time.time() - self._begun:.0f} s")

    def _loss(self, net: Net, data: Stream, where: Tensor, teachers: Sequence[Net]) -> tuple[Tensor, Tensor]:
        """What is to be made less, and the part of it that the labels give."""
        options = self._options
        kind, tag, gap = data.type[where].long(), data.tag[where].long(), data.gap[where].long()
        flat, labels, real = kind.reshape(-1), tag.reshape(-1), (kind > 0).float()
        device = flat.device
        # A word is unknown in all its places of a batch.
        counts = counted(data.shape[flat])
        known = counts * (torch.rand(data.rows.shape[0], device=device)[flat] > options.unknown)
        rows = self._swap(data.rows[flat], labels, data.script[flat], data.shape[flat])
        words, goal, alone = self._words.sample(flat.numel() // 4, device)
        alone = counted(alone) * (torch.rand(alone.shape[0], device=device) > 0.1)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
            vectors = net.types(rows, known).reshape(*kind.shape, -1)
            out = net(vectors, gap, real)
            gate = net.gate(vectors)[..., 0].float()
            aside = net.lexicon(net.types(words, alone)).float()
        out = out.float().reshape(-1, len(TAGS))
        loss = nnf.cross_entropy(out, labels, ignore_index=-1, label_smoothing=0.02)
        full = loss
        if teachers:
            with (
                torch.no_grad(),
                torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"),
            ):
                soft = torch.zeros_like(out)
                for teacher in teachers:
                    vectors = teacher.types(rows, counts).reshape(*kind.shape, -1)
                    said = teacher(vectors, gap, real).float().reshape(-1, len(TAGS))
                    soft += torch.softmax(said, -1) / len(teachers)
            told = (labels >= 0).float()
            apart = -(soft * torch.log_softmax(out, -1)).sum(-1)
            full = (1 - SOFT) * loss + SOFT * (apart * told).sum() / told.sum()
        # The rest need not be looked at.
        gating = nnf.binary_cross_entropy_with_logits(gate, personal(tag).float(), reduction="none")
        full = full + 0.2 * (gating * (tag >= 0)).mean()
        return full + 0.3 * nnf.binary_cross_entropy_with_logits(aside, goal), loss


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument(
        "--declaration", type=Path, help="texts of the Declaration of Human Rights by language"
    )
    parser.add_argument("--interfaces", type=Path, help="packages with message catalogues")
    parser.add_argument("--words", type=Path, help="what teacher.py says of rare words")
    parser.add_argument("--epochs", type=int, default=9, help="how many times texts are made anew")
    parser.add_argument("--passes", type=int, default=1, help="how many times each is learned from")
    parser.add_argument(
        "--wide", type=int, default=0, help="passes of a wide network that the small one learns from"
    )
    parser.add_argument("--made", type=int, default=100_000)
    parser.add_argument("--makers", type=int, default=1, help="processes that make texts")
    parser.add_argument(
        "--unknown", type=float, default=0.18, help="share of words that are unknown in a batch"
    )
    parser.add_argument(
        "--exchanged",
        type=float,
        default=1.0,
        help="how often words are exchanged, 1 for as often as swap.py says",
    )
    parser.add_argument("--batch", type=int, default=32, help="windows a step")
    parser.add_argument(
        "--start", type=Path, help="weights to begin with, as far as they are of the same size"
    )
    parser.add_argument(
        "--teacher",
        type=Path,
        nargs="+",
        default=[],
        help="weights to learn from, besides the labels: from the mean of what they say",
    )
    parser.add_argument("--each", action="store_true", help="also keep the weights after each epoch")
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.003)
    options = parser.parse_args()
    in_one_order()
    if options.teacher and options.wide:
        parser.error("--teacher or --wide, not both")
    declaration.use(options.declaration)
    interfaces.use(options.interfaces)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    classes, folds = tables()
    source = Source(options)
    words = Lexicon(classes, folds, options.words)
    print(f"{words.size} words by themselves", flush=True)
    held = None
    if options.data is not None:
        held = stream(
            arrays((doc for _, _, doc in labelled(options.data, held=True)), classes, folds), options.device
        )
    trainer = Trainer(options, source, words)
    done = 0

    def told(net: Net, text: str) -> None:
        print(
            text,
            *(() if held is None else ("held out: P {:.4f} R {:.4f} F1 {:.4f}".format(*score(net, held)),)),
            flush=True,
        )

    def kept(text: str) -> None:
        nonlocal done
        told(net, text)
        write(net, options.out, classes, folds)
        if options.each:
            write(net, options.out.with_suffix(f".{done}.npz"), classes, folds)
        done += 1

    teachers = []
    for path in options.teacher:
        one = Net(size_of(path)).to(options.device)
        read(one, path)
        teachers.append(one.eval())
    if options.wide:
        wide = Net(WIDE).to(options.device)
        trainer.train("wide", wide, options.wide, (), lambda text: told(wide, text))
        teachers.append(wide.eval())
    net = Net(OWN).to(options.device)
    table_rate = TABLE_RATE
    if options.start is not None:
        left = read(net, options.start, partly=True)
        print("begun anew, being of another size:", *(left or ["nothing"]), flush=True)
        if "table" not in left:
            # Rows that know something are not to forget it.
            table_rate = 1.0
    trainer.train("own", net, options.passes, teachers, kept, table_rate=table_rate)


if __name__ == "__main__":
    main()
