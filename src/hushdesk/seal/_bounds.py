"""Exact upper confidence bounds: of a share (Clopper and Pearson) and of a rate (Garwood).

Both are one-sided and exact: they hold at least as often as they say, for every true value.
"""

from __future__ import annotations

import math
from collections.abc import Callable

CONFIDENCE = 0.95

_TINY = 1e-300
_ROUNDS = 200


def share_bound(hits: int, sampled: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided Clopper-Pearson upper bound of a share, 0 to 1.

    It is the largest share under which ``hits`` or fewer would still be seen with a probability of
    ``1 - confidence``; 1 if nothing was sampled or everything was a hit.

    Args:
        hits: How many of the sampled had it.
        sampled: How many were looked at.
        confidence: How often the bound shall hold.

    Raises:
        ValueError: The counts do not fit each other, or the confidence is not between 0 and 1.
    """
    if not 0 <= hits <= sampled or not 0 < confidence < 1:
        raise ValueError("counts or confidence out of range")
    if hits == sampled:
        return 1.0
    # Of this many or fewer hits: I_{1-p}(sampled - hits, hits + 1), which falls as p grows.
    return _falling_to(
        1.0 - confidence, lambda p: regularised_beta(sampled - hits, hits + 1, 1.0 - p), 0.0, 1.0
    )


def rate_bound(events: int, confidence: float = CONFIDENCE) -> float:
    """Garwood's one-sided upper bound of the expected number of events, of which ``events`` were seen.

    Exact for events that occur independently of each other (Poisson).

    Raises:
        ValueError: The count is negative, or the confidence is not between 0 and 1.
    """
    if events < 0 or not 0 < confidence < 1:
        raise ValueError("count or confidence out of range")
    top = events + 10.0 * math.sqrt(events + 1.0) + 40.0 - 10.0 * math.log10(1.0 - confidence)
    return _falling_to(1.0 - confidence, lambda mean: _poisson_up_to(events, mean), 0.0, top)


def regularised_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b) for positive ``a`` and ``b``."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    # The fraction converges quickly on this side; the other one is its mirror.
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1.0 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, 10_000):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + part * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + part / c
            c = c if abs(c) > _TINY else _TINY
            value *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return value


def _poisson_up_to(events: int, mean: float) -> float:
    if mean <= 0.0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(events + 1))


def _falling_to(level: float, function: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function reaches ``level``, from above: the bound is never too small by rounding."""
    for _ in range(_ROUNDS):
        middle = (low + high) / 2.0
        if middle in {low, high}:
            break
        if function(middle) > level:
            low = middle
        else:
            high = middle
    return high
