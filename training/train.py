"""Trains the tagger and writes its weights. See README.md for the recipe, data and licences.

    python train.py --out ../src/hushdesk/redact/tagger/weights.npz [--data FOLDER] [--epochs 9] [--made 100000]
    python train.py --out … --start WEIGHTS --epochs 6 --rate 0.0015 --seed 2020 [--data FOLDER]

The second line goes on from weights that were written before, with a lower rate.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import declaration
import interfaces
import numpy as np
import torch
from data import PAD, TAGS, Arrays, arrays, epoch, labelled
from export import read, write
from lexicon import Lexicon
from torch import nn

from hushdesk.redact.tagger._chars import tables
from hushdesk.redact.tagger._features import ROWS

WIDTH = 48
HIDDEN = 160
H = 96
WINDOW = 256
BATCH = 32
ALONE = 0.2


class Net(nn.Module):
    """Types to vectors, then three convolutions over the line of tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(ROWS + 1, WIDTH, mode="sum", sparse=True, padding_idx=ROWS)
        nn.init.normal_(self.table.weight, std=0.15)
        with torch.no_grad():
            self.table.weight[ROWS] = 0
        self.hidden = nn.Linear(WIDTH, HIDDEN)
        self.out = nn.Linear(HIDDEN, H)
        self.gap = nn.Embedding(4, H)
        nn.init.normal_(self.gap.weight, std=0.1)
        self.conv1 = nn.Conv1d(H, H, 3, padding=1)
        self.conv2 = nn.Conv1d(H, H, 3, padding=2, dilation=2)
        self.conv3 = nn.Conv1d(H, H, 3, padding=4, dilation=4)
        # What the text as a whole is like: its language, who writes, whether names have capitals in it.
        self.about2 = nn.Linear(H, H, bias=False)
        self.about3 = nn.Linear(H, H, bias=False)
        nn.init.zeros_(self.about2.weight)
        nn.init.zeros_(self.about3.weight)
        self.tags = nn.Linear(H, len(TAGS))
        self.gate = nn.Linear(H, 1)
        self.lexicon = nn.Linear(H, 4)
        self.drop = nn.Dropout(0.1)

    def types(self, rows: torch.Tensor, drop: float = 0.0) -> torch.Tensor:
        """Vectors of types, (n, H)."""
        weights = torch.ones_like(rows, dtype=torch.float32)
        if drop:
            # Now and then a word is unknown: then its beginning, end and shape must do.
            weights[:, :3] *= (torch.rand(rows.shape[0], 1) > drop).float()
        return self.out(torch.relu(self.hidden(self.table(rows, per_sample_weights=weights))))

    def forward(
        self, vectors: torch.Tensor, index: torch.Tensor, gap: torch.Tensor, real: torch.Tensor
    ) -> torch.Tensor:
        """Tag scores, (batch, window, tags). ``real`` is 0 for padding."""
        x = (vectors[index] + self.gap(gap)) * real[..., None]
        x = self.drop(x).transpose(1, 2)
        keep = real[:, None, :]
        # Padding stays nothing in every layer, as it is when texts are read one by one.
        y = torch.relu(self.conv1(x)) * keep
        mean, text = about(y, real)
        if self.training:
            # Now and then nothing is known of the text: then the words around must do.
            mean = mean * (torch.rand(mean.shape[0], 1) > ALONE)
        for conv, matrix in ((self.conv2, self.about2), (self.conv3, self.about3)):
            whole = matrix(mean)[text].transpose(1, 2)
            y = (y + torch.relu(conv(self.drop(y)) + whole)) * keep
        return self.tags(y.transpose(1, 2))


def about(y: torch.Tensor, real: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean of the vectors ``y`` (batch, H, window) over each text, and each token's text (batch, window).

    Texts are what stands between padding; a window may begin or end within one.
    """
    begins = (real > 0) & (nn.functional.pad(real, (1, 0))[:, :-1] == 0)
    text = begins.reshape(-1).cumsum(0).reshape(real.shape) * (real > 0)
    # A window's first text is not the last one of the window before, since it begins there.
    flat = text.reshape(-1)
    count = torch.zeros(int(flat.max()) + 1).index_add_(0, flat, real.reshape(-1))
    total = torch.zeros(count.shape[0], y.shape[1]).index_add(
        0, flat, y.transpose(1, 2).reshape(-1, y.shape[1])
    )
    return total / count.clamp(min=1)[:, None], text


def windows(data: Arrays, rng: np.random.Generator) -> np.ndarray:
    """Starts of windows, shuffled, with a random offset."""
    starts = np.arange(int(rng.integers(WINDOW)), data.type.size - WINDOW, WINDOW)
    rng.shuffle(starts)
    return starts


def score(net: Net, data: Arrays) -> tuple[float, float, float, float]:
    """Label-blind precision and recall of core tags by token, and exact-tag accuracy of PERSON tokens."""
    net.eval()
    hit = said = gold = right = persons = 0
    with torch.no_grad():
        for start in range(0, data.type.size - WINDOW, WINDOW * BATCH):
            piece = slice(start, min(start + WINDOW * BATCH, data.type.size))
            ids = torch.from_numpy(data.type[piece].astype(np.int64))
            unique, index = torch.unique(ids, return_inverse=True)
            vectors = net.types(torch.from_numpy(data.rows[unique.numpy()].astype(np.int64)))
            tag = torch.from_numpy(data.tag[piece].astype(np.int64))
            out = net(
                vectors,
                index[None],
                torch.from_numpy(data.gap[piece].astype(np.int64))[None],
                (ids > 0).float()[None],
            )[0]
            best = out.argmax(1)
            core_gold = (tag > 0) & ~((tag >= 5) & (tag <= 8))
            core_said = (best > 0) & ~((best >= 5) & (best <= 8)) & (tag >= 0)
            gold += int(core_gold.sum())
            hit += int((core_gold & (best > 0)).sum())
            said += int(core_said.sum())
            right += int((core_said & (tag > 0)).sum())
            person = (tag == 1) | (tag == 2)
            persons += int((person & ((best == 1) | (best == 2))).sum())
    net.train()
    p, r = right / max(said, 1), hit / max(gold, 1)
    return (
        p,
        r,
        2 * p * r / max(p + r, 1e-9),
        persons / max(1, int(((data.tag == 1) | (data.tag == 2)).sum())),
    )


def made_texts(options: argparse.Namespace, number: int) -> Arrays:
    """The texts of one epoch; runs in a process of its own."""
    declaration.use(options.declaration)
    interfaces.use(options.interfaces)
    classes, folds = tables()
    return arrays(epoch(options.data, options.made, options.seed + number), classes, folds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument(
        "--declaration", type=Path, help="texts of the Declaration of Human Rights by language"
    )
    parser.add_argument("--interfaces", type=Path, help="packages with message catalogues")
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--made", type=int, default=100_000)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--each", action="store_true", help="also keep the weights after each epoch")
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rate", type=float, default=0.003)
    options = parser.parse_args()
    declaration.use(options.declaration)
    interfaces.use(options.interfaces)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    rng = np.random.default_rng(options.seed)
    begun = time.time()
    classes, folds = tables()
    net = Net()
    if options.start is not None:
        read(net, options.start)
    lexicon = Lexicon(classes, folds, options.seed)
    print(f"lexicon {lexicon.size} words, {time.time() - begun:.0f} s", flush=True)
    held = None
    if options.data is not None:
        held = arrays((doc for _, _, doc in labelled(options.data, held=True)), classes, folds)
    sparse = torch.optim.SparseAdam(net.table.parameters(), lr=options.rate * 2.5)
    dense = torch.optim.AdamW(
        [p for n, p in net.named_parameters() if not n.startswith("table")],
        lr=options.rate,
        weight_decay=0.01,
    )
    scale = torch.ones(len(TAGS))
    step = 0
    total = None
    # The texts of the next epoch are made while this one's are learned from.
    # It takes what the learning leaves: two threads that wait for one another must not wait for it.
    maker = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=os.nice, initargs=(15,))
    made = maker.submit(made_texts, options, 0)
    for number in range(options.epochs):
        data = made.result()
        if number + 1 < options.epochs:
            made = maker.submit(made_texts, options, number + 1)
        starts = windows(data, rng)
        batches = math.ceil(len(starts) / BATCH)
        total = total or batches * options.epochs
        print(
            f"epoch {number}: {data.type.size} tokens, {len(data.rows)} types, {time.time() - begun:.0f} s",
            flush=True,
        )
        running = 0.0
        for b in range(batches):
            rate = (
                options.rate
                * min(1.0, (step + 1) / 200)
                * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, step / total))))
            )
            for group in dense.param_groups:
                group["lr"] = rate
            for group in sparse.param_groups:
                group["lr"] = rate * 2.5
            at = starts[b * BATCH : (b + 1) * BATCH]
            where = at[:, None] + np.arange(WINDOW)
            ids = torch.from_numpy(data.type[where].astype(np.int64))
            unique, index = torch.unique(ids, return_inverse=True)
            vectors = net.types(torch.from_numpy(data.rows[unique.numpy()].astype(np.int64)), drop=0.18)
            tag = torch.from_numpy(data.tag[where].astype(np.int64))
            out = net(vectors, index, torch.from_numpy(data.gap[where].astype(np.int64)), (ids > 0).float())
            loss = nn.functional.cross_entropy(
                out.reshape(-1, len(TAGS)),
                tag.reshape(-1),
                weight=scale,
                ignore_index=-1,
                label_smoothing=0.02,
            )
            gate = net.gate(vectors)[index][..., 0]
            # What can only be a company or a place need not be looked at.
            wanted = ((tag > 0) & ((tag < 5) | (tag > 8))).float()
            gating = nn.functional.binary_cross_entropy_with_logits(gate, wanted, reduction="none")
            word_rows, word_labels = lexicon.sample(2048, rng)
            aside = nn.functional.binary_cross_entropy_with_logits(
                net.lexicon(net.types(word_rows, drop=0.1)), word_labels
            )
            full = loss + 0.2 * (gating * (tag >= 0)).mean() + 0.3 * aside
            sparse.zero_grad()
            dense.zero_grad()
            full.backward()
            nn.utils.clip_grad_norm_([p for n, p in net.named_parameters() if not n.startswith("table")], 1.0)
            sparse.step()
            dense.step()
            running += float(loss.detach())
            step += 1
            if b % 200 == 199:
                print(
                    f"  {b + 1}/{batches} loss {running / 200:.4f} lexicon {float(aside.detach()):.4f} {time.time() - begun:.0f} s",
                    flush=True,
                )
                running = 0.0
        if held is not None:
            print(
                "  held out: P {:.4f} R {:.4f} F1 {:.4f} person {:.4f}".format(*score(net, held)), flush=True
            )
        write(net, options.out, classes, folds, PAD)
        if options.each:
            write(net, options.out.with_suffix(f".{number}.npz"), classes, folds, PAD)
    print(f"done in {time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
