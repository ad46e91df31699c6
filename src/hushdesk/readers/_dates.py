"""Times as help desks write them, read without guessing.

Nothing here raises on data: a time that cannot be read comes back as a :class:`ParsedTime` with the
reason, so that no value of a case can end up in an exception.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from hushdesk.cases import Reason

AMBIGUOUS_PROBLEM = "the date fits both day-month and month-day"
AMBIGUOUS_REMEDY = "Say which comes first with --day-first or --month-first."
BAD_PROBLEM = "the date cannot be read or does not exist"
BAD_REMEDY = "Correct the date at the source, or name its format in the mapping file."

FORMS = ("auto", "epoch_s", "epoch_ms", "excel")
"""Names a mapping may give instead of a ``strptime`` pattern."""

_MAX_CHARS = 120
_YEARS = range(1900, 2201)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day zero has no zone
_ABSENT = frozenset(
    ("", "-", "--", "n/a", "na", "none", "null", "nil", "nan", "nat", "never", "unknown", "\\n")
)
# MySQL, .NET and Oracle write these for "no date".
_ABSENT_DATES = ("0000-00-00", "0001-01-01", "9999-12-31")

_UTC_STAMP = re.compile(r"(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAY_MONTH_YEAR = re.compile(
    r"(\d\d?)/([A-Za-z]{3})/(\d\d(?:\d\d)?) (\d\d?):(\d\d)(?: ([AaPp])[Mm])?", re.ASCII
)
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:\.\d{0,12})?$")
_ISO_START = re.compile(r"\d{4}-?\d\d-?\d\d(?:$|[T ]\d)")
_CLOCK = re.compile(
    r"(?<![\d:])(?P<h>\d{1,2})[:h](?P<m>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?(?![\d:])",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:\b(?:UTC|GMT)\s*)?(?P<sign>[+\u2212-])(?P<h>\d\d?):?(?P<m>\d\d)?\b")
_REGION = re.compile(r"\[([A-Za-z_]+(?:/[A-Za-z_+-]+)*)\]")
_COMMENT = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W\d_]+\.?")
_NUMERIC_DATE = re.compile(
    r"(?<!\d)(?P<a>\d{1,4})(?P<sep>[./-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<c>\d{1,4})(?!\d)"
)
_CJK_DATE = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")

_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60,
    "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "jst": 540, "kst": 540, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
_MONTH_NAMES = (
    "jan january januar janvier janv ene enero gennaio gen janeiro januari styczeń stycznia sty янв января",
    "feb february februar février fevrier févr febrero febbraio fev fevereiro februari luty lutego lut фев февраля",
    "mar march märz mär mrz mars marzo março marco maart mrt marzec marca мар марта",
    "apr april avril avr abr abril aprile kwiecień kwietnia kwi апр апреля",
    "may mai mayo maggio mag maio mei maj maja май мая",
    "jun june juni juin junio giugno giu junho czerwiec czerwca cze июн июня",
    "jul july juli juillet juil julio luglio lug julho lipiec lipca lip июл июля",
    "aug august août aout ago agosto augustus sierpień sierpnia sie авг августа",
    "sep sept september septembre septiembre settembre set setembro wrzesień września wrz сен сент сентября",
    "oct october okt oktober octobre octubre ottobre ott out outubro październik października paź окт октября",
    "nov november novembre noviembre novembro listopad listopada lis ноя нояб ноября",
    "dec december dez dezember décembre decembre déc dic diciembre dicembre dezembro grudzień grudnia gru дек декабря",
)
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}


@dataclass(frozen=True, slots=True, repr=False)
class ParsedTime:
    """What one field that should hold a time says."""

    at: datetime | None = None
    """The time in UTC; None if the field is empty or cannot be read."""
    problem: Reason | None = None
    """``AMBIGUOUS_DATE`` or ``BAD_DATE`` if it cannot be read, None if it was read or is empty."""
    zoned: bool = True
    """False if the field names no zone, so that the given zone, or UTC, was assumed."""

    def __repr__(self) -> str:
        return f"ParsedTime(problem={self.problem!r}, zoned={self.zoned!r})"


_NOTHING = ParsedTime()
_BAD = ParsedTime(problem=Reason.BAD_DATE)
_AMBIGUOUS = ParsedTime(problem=Reason.AMBIGUOUS_DATE)


def parse_time(
    value: object, *, zone: tzinfo | None = None, day_first: bool | None = None, form: str = "auto"
) -> ParsedTime:
    """Read one time.

    Args:
        value: Text, number, ``datetime``, ``date`` or None, as a carrier delivers it.
        zone: Zone of times that carry none; UTC if None.
        day_first: Order of day and month where both fit; None refuses such a date.
        form: One of :data:`FORMS`, or a ``strptime`` pattern.

    Returns:
        The time, or why there is none. Never raises on data.
    """
    if type(value) is str and len(value) == 20 and form in ("", "auto") and _UTC_STAMP.fullmatch(value):
        # What most help desks write; everything below would come to the same.
        parsed = _from_iso(value, zone)
        if parsed.problem is None:
            return parsed
    if value is None or isinstance(value, bool):
        return _NOTHING if value is None else _BAD
    if isinstance(value, datetime):
        return _finish(value, zone)
    if isinstance(value, date):
        return _finish(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001
    if isinstance(value, int | float):
        return _from_number(float(value), zone, form) if abs(value) < 1e20 else _BAD
    if not isinstance(value, str):
        return _BAD
    text = value.strip()
    if text.lower() in _ABSENT or text.startswith(_ABSENT_DATES):
        return _NOTHING
    if len(text) > _MAX_CHARS:
        return _BAD
    if form not in ("", *FORMS):
        return _from_pattern(text, zone, form)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).strip()
    if _NUMBER.match(text):
        if form in ("", "auto") and len(text) == 8:
            return _from_iso(text, zone)
        return _from_number(float(text), zone, form)
    if form in ("epoch_s", "epoch_ms", "excel"):
        return _BAD
    if _ISO_START.match(text):
        parsed = _from_iso(text, zone)
        if parsed.problem is None:
            return parsed
    if usual := _DAY_MONTH_YEAR.fullmatch(text):
        read = _from_usual(usual, zone)
        if read is not None:
            return read
    return _from_words(text, zone, day_first)


def _from_usual(found: re.Match[str], zone: tzinfo | None) -> ParsedTime | None:
    """Read ``07/Jan/05 9:52 AM``, as :func:`_from_words` would; None if it is not quite that."""
    month = _MONTHS.get(found[2].lower())
    hour = int(found[4])
    if month is None or (found[6] and not 1 <= hour <= 12):
        return None
    if found[6]:
        hour = hour % 12 + (12 if found[6] in "pP" else 0)
    try:
        return _finish(
            datetime(_full_year(found[3]), month, int(found[1]), hour, int(found[5])),  # noqa: DTZ001
            zone,
        )
    except ValueError:
        return None


def day_order(values: Iterable[object]) -> bool | None:
    """Tell from a column's own values whether the day comes first.

    Returns:
        True or False if at least one value proves the order and none proves the other one; None if
        nothing proves it, or the column contradicts itself.
    """
    proofs = set()
    for value in values:
        if not isinstance(value, str) or len(value) > _MAX_CHARS:
            continue
        found = _NUMERIC_DATE.search(value)
        if found is None or len(found["a"]) > 2 or len(found["c"]) not in (2, 4):
            continue
        if len(found["c"]) == 2 and found["sep"] == "-" and len(found["a"]) == 2:
            continue  # may just as well begin with the year
        first, second = int(found["a"]), int(found["b"])
        if 12 < first <= 31 and 1 <= second <= 12:
            proofs.add(True)
        elif 12 < second <= 31 and 1 <= first <= 12:
            proofs.add(False)
    return proofs.pop() if len(proofs) == 1 else None


def _finish(value: datetime, zone: tzinfo | None) -> ParsedTime:
    if value.year not in _YEARS:
        return _BAD
    zoned = value.tzinfo is not None
    try:
        aware = value if zoned else value.replace(tzinfo=zone or UTC)
        return ParsedTime(at=aware.astimezone(UTC), zoned=zoned)
    except (ValueError, OverflowError):
        return _BAD


def _from_number(number: float, zone: tzinfo | None, form: str) -> ParsedTime:
    try:
        if form == "excel":
            return _finish(_EXCEL_ZERO + timedelta(seconds=round(number * 86_400)), zone)
        if form == "epoch_s":
            seconds = number
        elif form == "epoch_ms":
            seconds = number / 1_000
        else:
            # The magnitude tells the unit: 1973 to 5138 in seconds, then milli-, micro-, nanoseconds.
            for unit in (1, 1_000, 1_000_000, 1_000_000_000):
                if 1e8 <= number / unit < 1e11:
                    seconds = number / unit
                    break
            else:
                return _BAD
        return _finish(_EPOCH + timedelta(seconds=seconds), zone)
    except (ValueError, OverflowError):
        return _BAD


def _from_pattern(text: str, zone: tzinfo | None, pattern: str) -> ParsedTime:
    try:
        return _finish(datetime.strptime(text, pattern), zone)  # noqa: DTZ007 - _finish adds the zone
    except (ValueError, OverflowError, re.error):
        return _BAD


def _from_iso(text: str, zone: tzinfo | None) -> ParsedTime:
    try:
        return _finish(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        return _BAD


def _from_words(text: str, zone: tzinfo | None, day_first: bool | None) -> ParsedTime:
    """Read a date from its parts: a clock time, a zone, a month by name or number, day and year."""
    named = _REGION.search(text)
    offset: tzinfo | None = None
    text = _REGION.sub(" ", text)
    text = _COMMENT.sub(" ", text)
    hour = minute = second = micro = 0
    if clock := _CLOCK.search(text):
        hour, minute, second = int(clock["h"]), int(clock["m"]), int(clock["s"] or 0)
        micro = int((clock["f"] or "0").ljust(6, "0")[:6])
        if clock["half"]:
            if not 1 <= hour <= 12:
                return _BAD
            hour = hour % 12 + (12 if clock["half"] in "pP" else 0)
        rest = text[clock.end() :]
        text = text[: clock.start()]
        if shift := _OFFSET.search(rest):
            minutes = int(shift["h"]) * 60 + int(shift["m"] or 0)
            if minutes >= 24 * 60:
                return _BAD
            offset = timezone(timedelta(minutes=-minutes if shift["sign"] != "+" else minutes))
            rest = rest[: shift.start()] + " " + rest[shift.end() :]
        text = f"{text} {rest}"
    else:
        if re.search(r"\d:\d", text):
            return _BAD
        text = text.replace(" T ", " ")
    day_parts = _day(text, day_first)
    if isinstance(day_parts, ParsedTime):
        return day_parts
    year, month, day, words = day_parts
    if offset is None:
        for word in words:
            if word in _ZONES:
                offset = timezone(timedelta(minutes=_ZONES[word]))
    if offset is None and named:
        offset = _region(named[1])
    try:
        # A leap second is real but no datetime holds it.
        return _finish(
            datetime(
                year, month, day, hour, minute, min(second, 59) if second == 60 else second, micro, offset
            ),
            zone,
        )
    except (ValueError, OverflowError):
        return _BAD


def _region(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _day(text: str, day_first: bool | None) -> tuple[int, int, int, list[str]] | ParsedTime:
    words = [word.lower().rstrip(".") for word in _WORD.findall(text)]
    if found := _CJK_DATE.search(text):
        return int(found[1]), int(found[2]), int(found[3]), words
    if found := _NUMERIC_DATE.search(text):
        parts = _numeric_day(found, day_first)
        return parts if isinstance(parts, ParsedTime) else (*parts, words)
    # In Romance languages "mar" before the date is the weekday as well.
    named = words[1:] if words[:1] == ["mar"] and len(words) > 1 else words
    months = [_MONTHS[word] for word in named if word in _MONTHS] or [3 for word in words if word == "mar"]
    numbers = re.findall(r"\d+", text)
    if len(months) != 1 or len(numbers) != 2:
        return _BAD
    first, second = numbers
    if len(first) == 4:
        first, second = second, first
    if len(first) > 2 or len(second) not in (2, 4):
        return _BAD
    return _full_year(second), months[0], int(first), words


def _numeric_day(found: re.Match[str], day_first: bool | None) -> tuple[int, int, int] | ParsedTime:
    a, b, c = found["a"], found["b"], found["c"]
    if len(a) == 4 and len(c) <= 2:
        return int(a), int(b), int(c)
    if len(a) > 2 or len(c) not in (2, 4):
        return _BAD
    first, second, year = int(a), int(b), _full_year(c)
    readings = set()
    if day_first is not False:
        readings.add((year, second, first))
    if day_first is not True:
        readings.add((year, first, second))
    if day_first is None and found["sep"] == "-" and len(a) == len(c) == 2:
        readings.add((_full_year(a), int(b), int(c)))
    real = [reading for reading in readings if _exists(*reading)]
    if not real:
        return _BAD
    return real[0] if len(real) == 1 else _AMBIGUOUS


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _full_year(digits: str) -> int:
    # The POSIX pivot: 69 to 99 are the last century.
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= 69 else 2000)
