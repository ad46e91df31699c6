"""The tagger's network as PyTorch knows it; ``hushdesk.redact.tagger._model`` computes the same with numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from data import TAGS
from torch import Tensor, nn
from torch.nn import functional as nnf

from hushdesk.redact.tagger._features import FEATURES, ROWS, WHOLE

ALONE = 0.2
"""So many texts must do without what is known of them as a whole."""


@dataclass(frozen=True)
class Size:
    """How wide a network is."""

    width: int
    """Numbers a row of the table."""
    inner: int
    """Of the layer between the sum of rows and the vector of a type."""
    out: int
    """Of the vector of a type, and of every layer after it."""
    steps: tuple[int, ...]
    """How far the layers after the first see to either side."""

    @property
    def reach(self) -> int:
        """Tokens to either side that the answer depends on."""
        return 1 + sum(self.steps)


OWN = Size(48, 256, 96, (2, 4))
"""The network that ships."""
WIDE = Size(128, 512, 256, (2, 4, 8))
"""The one that it may learn from."""


class _Sum(torch.autograd.Function):
    """Sum of the table's rows of each type, feature by feature: the gather of all would be eleven times as large."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, rows: Tensor, known: Tensor) -> Tensor:
        ctx.save_for_backward(rows, known)
        ctx.size = table.shape
        total = table[rows[:, 0]]
        for column in range(1, WHOLE):
            total = total + table[rows[:, column]]
        total = total * known[:, None]
        for column in range(WHOLE, FEATURES):
            total = total + table[rows[:, column]]
        return total

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None, None]:
        rows, known = ctx.saved_tensors
        slope = slopes[0].float()
        out = torch.zeros(ctx.size, device=slope.device)
        whole = slope * known[:, None]
        for column in range(FEATURES):
            out.index_add_(0, rows[:, column], whole if column < WHOLE else slope)
        out[-1] = 0
        return out, None, None


class Net(nn.Module):
    """Types to vectors, then convolutions over the line of tokens."""

    def __init__(self, size: Size = OWN) -> None:
        super().__init__()
        self.size = size
        self.table = nn.Parameter(torch.randn(ROWS + 1, size.width) * 0.15)
        with torch.no_grad():
            self.table[ROWS] = 0
        self.hidden = nn.Linear(size.width, size.inner)
        self.out = nn.Linear(size.inner, size.out)
        self.gap = nn.Parameter(torch.randn(4, size.out) * 0.1)
        # A token between its two neighbours: (left, itself, right) to one vector.
        self.convs = nn.ModuleList(nn.Linear(3 * size.out, size.out) for _ in range(1 + len(size.steps)))
        # What the text as a whole is like: its language, who writes, whether names have capitals in it.
        self.about = nn.ModuleList(nn.Linear(size.out, size.out, bias=False) for _ in size.steps)
        for layer in self.about:
            nn.init.zeros_(layer.weight)
        self.tags = nn.Linear(size.out, len(TAGS))
        self.gate = nn.Linear(size.out, 1)
        self.lexicon = nn.Linear(size.out, 4)
        self.drop = nn.Dropout(0.1)

    def types(self, rows: Tensor, known: Tensor) -> Tensor:
        """Vectors of types, (n, out).

        Args:
            rows: Rows of the table, (n, FEATURES).
            known: (n,) 0 where the word is to be unknown: then its beginning, end and shape must do.
        """
        return self.out(torch.relu(self.hidden(_Sum.apply(self.table, rows, known))))

    def forward(self, vectors: Tensor, gap: Tensor, real: Tensor) -> Tensor:
        """Tag scores, (batch, window, tags). ``real`` is 0 for padding, ``vectors`` (batch, window, out)."""
        return self.tags(self.layers(vectors, gap, real)[-1])

    def layers(self, vectors: Tensor, gap: Tensor, real: Tensor) -> list[Tensor]:
        """What each layer hands on to the next, (batch, window, out) each."""
        keep = real[..., None]
        gaps = self.gap.index_select(0, gap.reshape(-1)).reshape(*gap.shape, -1)
        x = (vectors + gaps) * keep
        # Padding stays nothing in every layer, as it is when texts are read one by one.
        y = torch.relu(self._conv(0, x, 1)) * keep
        out = [y]
        mean, text = _wholes(y, real)
        if self.training:
            # Now and then nothing is known of the text: then the words around must do.
            mean = mean * (torch.rand(mean.shape[0], 1, device=mean.device) > ALONE)
        for number, (matrix, step) in enumerate(zip(self.about, self.size.steps, strict=True), 1):
            whole = matrix(mean).index_select(0, text).reshape(y.shape)
            y = (y + torch.relu(self._conv(number, y, step) + whole)) * keep
            out.append(y)
        return out

    def _conv(self, number: int, y: Tensor, step: int) -> Tensor:
        y = self.drop(y)
        size = y.shape[1]
        wide = nnf.pad(y, (0, 0, step, step))
        return self.convs[number](torch.cat((wide[:, :size], y, wide[:, 2 * step : 2 * step + size]), dim=-1))


def _wholes(y: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
    """Mean of the vectors ``y`` (batch, window, out) over each text, and each token's text (batch * window,).

    Texts are what stands between padding; a window may begin or end within one.
    """
    begins = (real > 0) & (nnf.pad(real, (1, 0))[:, :-1] == 0)
    text = begins.reshape(-1).cumsum(0) * (real.reshape(-1) > 0)
    # More texts than half of the places there cannot be: each has padding before it. The count is not asked for, which would wait for the GPU.
    most = text.numel() // 2 + 2
    count = torch.zeros(most, device=y.device).index_add_(0, text, real.reshape(-1))
    total = torch.zeros(most, y.shape[-1], device=y.device).index_add(
        0, text, y.reshape(-1, y.shape[-1]).float()
    )
    return total / count.clamp(min=1)[:, None], text
