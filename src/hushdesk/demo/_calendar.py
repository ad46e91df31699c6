"""When cases come in: growth over the years, weekly and yearly rhythm, release spikes."""

from __future__ import annotations

import math
from bisect import bisect
from datetime import UTC, date, datetime
from functools import cache
from itertools import accumulate

from hushdesk.demo._products import RELEASES

FIRST_DAY = date(2005, 1, 3)
LAST_DAY = date(2019, 12, 27)
END = int(datetime(2019, 12, 31, 23, 30, tzinfo=UTC).timestamp())
"""Nothing in a case happens later than this."""

_WEEK = (1.18, 1.12, 1.05, 1.0, 0.9, 0.24, 0.18)
_YEAR = (1.12, 1.08, 1.1, 1.0, 0.97, 0.93, 0.8, 0.78, 1.06, 1.1, 1.12, 0.72)
_HOURS = tuple(
    accumulate((1, 1, 1, 1, 1, 2, 5, 12, 30, 44, 46, 42, 30, 38, 44, 42, 36, 26, 14, 9, 7, 5, 3, 2))
)


@cache
def _days() -> tuple[tuple[float, ...], int]:
    start = FIRST_DAY.toordinal()
    count = LAST_DAY.toordinal() - start + 1
    spikes = [0.0] * count
    for release in RELEASES:
        at = release.day.toordinal() - start
        for later in range(28):
            if 0 <= at + later < count:
                spikes[at + later] += release.weight * math.exp(-later / 7)
    weights = []
    for number in range(count):
        day = date.fromordinal(start + number)
        growth = math.exp(2.3 * number / count)
        weights.append(growth * _WEEK[day.weekday()] * _YEAR[day.month - 1] * (1 + spikes[number]))
    return tuple(accumulate(weights)), int(
        datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp()
    )


def opening(share: float, rnd: float, hours: int) -> int:
    """Seconds since the epoch at which the case opens that stands at ``share`` of all cases.

    Args:
        share: 0 to 1, place of the case among all cases.
        rnd: A random number below 1 that decides the time of day.
        hours: Hours that the customer's clock is ahead of UTC.
    """
    running, start = _days()
    day = min(bisect(running, share * running[-1]), len(running) - 1)
    point = rnd * _HOURS[-1]
    hour = bisect(_HOURS, point)
    below = _HOURS[hour - 1] if hour else 0
    seconds = int((point - below) / (_HOURS[hour] - below) * 3600)
    return start + day * 86400 + (hour - hours) * 3600 + seconds
