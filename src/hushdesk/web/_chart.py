"""The histogram as geometry: everything a template needs to draw it with attributes alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hushdesk.analytics import Histogram
from hushdesk.web._state import SearchState, period_names

HEIGHT = 72
"""Height of the plot in pixels."""


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar, placed in per cent of the width and in pixels of the height."""

    x: float
    width: float
    y: float
    height: float
    label: str
    count: int
    hidden: bool
    """Whether its count is not shown."""
    first: str
    """Its ``from``."""
    last: str
    """Its ``to``."""
    url: str


@dataclass(frozen=True, slots=True)
class Tick:
    """One label under the chart."""

    x: float
    text: str
    minor: bool
    """Left out where the page is narrow."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole histogram."""

    grain: str
    bars: tuple[ChartBar, ...]
    ticks: tuple[Tick, ...]
    most: int
    undated: int
    """Cases without any known time; they are in no bar."""
    hidden: int = 0
    """How many bars are not shown."""


def chart(histogram: Histogram | None, state: SearchState) -> Chart | None:
    """Place the bars of a histogram; None if there is nothing to draw."""
    if histogram is None or not any(bar.count for bar in histogram.bars):
        return None
    start, end = histogram.bars[0].start, histogram.bars[-1].end
    span = (end - start).total_seconds() or 1.0
    most = max(bar.count for bar in histogram.bars)
    bars: list[ChartBar] = []
    for bar in histogram.bars:
        first, last = period_names(bar.start, bar.end)
        x = 100 * (bar.start - start).total_seconds() / span
        width = 100 * (bar.end - bar.start).total_seconds() / span
        height = max(round(HEIGHT * bar.count / most, 1), 1.5) if most and bar.count else 0.0
        bars.append(
            ChartBar(
                x=round(x, 4),
                width=round(width, 4),
                y=round(HEIGHT - height, 1),
                height=height,
                label=_label(bar.start, histogram.grain, long=True),
                count=bar.count,
                hidden=bar.hidden,
                first=first,
                last=last,
                url=state.within(first, last).url(),
            )
        )
    return Chart(
        histogram.grain,
        tuple(bars),
        _ticks(histogram, bars),
        most,
        histogram.undated,
        sum(bar.hidden for bar in bars),
    )


def _ticks(histogram: Histogram, bars: list[ChartBar]) -> tuple[Tick, ...]:
    places = list(range(len(bars)))
    grain = histogram.grain
    if len(bars) > 24 and grain != "year":
        # Too many to name each: name the years, or within one year the months.
        yearly = (
            grain in {"month", "quarter"} or histogram.bars[-1].start.year - histogram.bars[0].start.year > 2
        )
        places = [place for place in places if _opens(histogram, place, yearly=yearly)]
        grain = "year" if yearly else "month"
    places = places[:: max(1, -(-len(places) // 16))]
    wide = len(places) > 8
    return tuple(
        Tick(
            x=round(bars[place].x + bars[place].width / 2, 4),
            text=_label(histogram.bars[place].start, grain, long=False),
            minor=wide and order % 2 == 1,
        )
        for order, place in enumerate(places)
    )


def _opens(histogram: Histogram, place: int, *, yearly: bool) -> bool:
    """Whether a bar is the first of its year, or of its month."""
    if place == 0:
        return False
    here, before = histogram.bars[place].start, histogram.bars[place - 1].start
    return here.year != before.year or (not yearly and here.month != before.month)


def _label(at: datetime, grain: str, *, long: bool) -> str:
    month = f"{at:%b}"
    if grain == "year":
        return f"{at:%Y}"
    if grain == "quarter":
        quarter = f"Q{(at.month + 2) // 3}"
        return f"{quarter} {at:%Y}" if long or at.month == 1 else quarter
    if grain == "month":
        return f"{month} {at:%Y}" if long else (f"{at:%Y}" if at.month == 1 else month)
    day = f"{at.day} {month}"
    if grain == "week" and long:
        return f"week of {day} {at:%Y}"
    return f"{day} {at:%Y}" if long else day
