"""Guesses a mapping from a table's header words and from the shapes of its values.

The outcome is for a person to check. It names columns and describes shapes; it never shows a value.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hushdesk.cases import Reason, Refused
from hushdesk.readers._dates import parse_time
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import Stream
from hushdesk.readers._mapping import PERSONS, SHORT_FIELDS, TEXT_FIELDS, TIME_FIELDS, UNMAPPED, Mapping
from hushdesk.readers._suggest_words import PART_WORDS, PERSON_WORDS, PREFIXES, WEAK_CUSTOMERS, WORDS
from hushdesk.readers._table_rows import Header, TableRow, head_of, part_of, table_rows

SAMPLE = 1_000
"""Rows that are looked at."""
CERTAIN = 0.9
"""Confidence from which the id and a text may be taken without asking."""
_MAPPED = 0.8
_MARKS = frozenset(("subject", "status", "priority", "resolution", "closed_at"))
_EMAIL = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+\.[^\s<>@,;]+$")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?$")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s()./-]{7,20}$")
_URL = re.compile(r"https?://", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column seems to be."""

    column: str
    field: str
    """One of :data:`hushdesk.readers._mapping.FIELDS`; ``unmapped`` if nothing fits."""
    confidence: float
    """0 to 1."""
    reason: str
    """Why, in words, without a value of the column."""
    shape: str
    """What its values look like, in words."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A guessed mapping."""

    columns: tuple[ColumnGuess, ...]
    group_by: tuple[str, ...] = ()
    """Columns that seem to join several rows to one case."""
    problem: str = ""
    """Why nothing can be suggested; empty if something can."""
    mapping: Mapping = field(default_factory=Mapping)
    """The guesses that are sure enough, as a mapping."""
    doubt: str = ""
    """Why the table may hold something other than one case in each row; empty if it looks like cases."""

    @property
    def certain(self) -> bool:
        """Whether it is beyond doubt that rows are cases, and which column is the id and which a text."""
        sure = {guess.field for guess in self.columns if guess.confidence >= CERTAIN}
        texts = sure.intersection((*TEXT_FIELDS, "message.text"))
        return not (self.problem or self.group_by or self.doubt) and "id" in sure and bool(texts)

    def to_toml(self) -> str:
        """The suggestion as a mapping file for a person to check and edit."""
        lines = [
            "# A guess from the header and from the shapes of the values. Check every line.",
            "# Columns that stay unmapped are never stored; their values are hunted in the texts.",
            '# "ignore" drops a column without looking at it: only for what is neither personal nor of interest.',
        ]
        if self.problem:
            lines.append(f"# Nothing could be guessed: {self.problem}.")
        if self.doubt:
            lines.append(f"# Perhaps this table holds no cases: {self.doubt}.")
        lines.append("")
        if self.group_by:
            lines += [
                "# Several rows share this value: together they are one case, and this is its id.",
                f"group_by = [{', '.join(map(_quoted, self.group_by))}]",
                "",
            ]
        lines.append("[columns]")
        if not self.group_by and all(guess.field != "id" for guess in self.columns):
            lines.append('# No column looks like an id. Name it: "<column>" = "id"')
        for guess in self.columns:
            sure = guess.confidence >= _MAPPED
            note = f"{guess.reason}; {guess.shape}" if guess.reason else guess.shape
            lines.append(f"{_quoted(guess.column)} = {_quoted(guess.field if sure else UNMAPPED)}  # {note}")
            if not sure and guess.field != UNMAPPED:
                lines.append(f"#   or perhaps {_quoted(guess.field)}")
        lines += [
            "",
            "# [dates]",
            '# zone = "Europe/Paris"  # of times that name none',
            "# day_first = true  # 3/4/2025 is the third of April",
            "",
            "# Messages are internal unless a column says that the customer saw them:",
            "# [visibility]",
            '# public = ["true"]  # the values of the column mapped to "message.visibility"',
            "",
        ]
        return "\n".join(lines)


@dataclass(slots=True)
class _Shape:
    """Counts over the values of one column."""

    rows: int = 0
    filled: int = 0
    emails: int = 0
    times: int = 0
    numbers: int = 0
    ips: int = 0
    phones: int = 0
    uuids: int = 0
    urls: int = 0
    chars: int = 0
    longest: int = 0
    several_lines: int = 0
    different: set[int] = field(default_factory=set)

    def take(self, values: Sequence[str]) -> None:
        self.rows += 1
        for value in values[:20]:
            self.filled += 1
            self.different.add(hash(value))
            self.chars += len(value)
            self.longest = max(self.longest, len(value))
            self.several_lines += "\n" in value
            if len(value) > 120:
                continue
            value = value.strip()  # noqa: PLW2901
            self.emails += bool(_EMAIL.match(value))
            self.uuids += bool(_UUID.match(value))
            self.urls += bool(_URL.match(value))
            self.ips += _is_ip(value)
            is_number = bool(_NUMBER.match(value))
            self.numbers += is_number
            self.phones += not is_number and bool(_PHONE.match(value)) and sum(map(str.isdigit, value)) >= 7
            parsed = parse_time(value)
            self.times += parsed.at is not None or parsed.problem is Reason.AMBIGUOUS_DATE

    def share(self, count: int) -> float:
        return count / self.filled if self.filled else 0.0

    @property
    def unique(self) -> float:
        return self.share(len(self.different))

    @property
    def mean(self) -> float:
        return self.chars / self.filled if self.filled else 0.0

    def words(self) -> str:
        """The shape in words."""
        if not self.filled:
            return "always empty in the rows looked at"
        kinds = (
            ("e-mail addresses", self.emails),
            ("UUIDs", self.uuids),
            ("IP addresses", self.ips),
            ("links", self.urls),
            ("times", self.times if self.numbers < self.filled else 0),
            ("numbers", self.numbers),
            ("telephone numbers", self.phones),
        )
        kind = next((name for name, count in kinds if self.share(count) >= 0.8), "")
        if not kind:
            kind = f"text of about {self.mean:.0f} characters" + (
                " in several lines" if self.several_lines else ""
            )
        variety = "all different" if self.unique == 1 else f"{len(self.different)} different values"
        return f"{kind}, {min(1.0, self.filled / self.rows):.0%} filled, {variety}"


def suggest(stream: Stream) -> Suggestion:
    """Guess the mapping of a stream; never raises on data."""
    try:
        part = part_of(head_of(stream))
    except CarrierError as error:
        return Suggestion((), problem=error.problem)
    if not part:
        return Suggestion((), problem="this is neither CSV nor JSON nor Parquet")
    header: Header | None = None
    rows: list[TableRow] = []
    problem = "it has no rows"
    for found in itertools.islice(table_rows(stream, part, None), 2 * SAMPLE):
        if isinstance(found, Header):
            header = found
        elif isinstance(found, TableRow):
            rows.append(found)
        elif isinstance(found, Refused) and found.whole_file:
            problem = found.problem
        if len(rows) >= SAMPLE:
            break
    if not rows:
        return Suggestion((), problem=problem)
    return suggest_for(header, rows)


def suggest_for(header: Header | None, rows: Sequence[TableRow]) -> Suggestion:
    """Guess the mapping of a table from its header and its first rows."""
    if header is not None and not header.sure and not looks_like_header(header.names):
        return Suggestion((), problem="the first row looks like data and not like column names")
    shapes: dict[str, _Shape] = {}
    for name in header.names if header is not None else ():
        shapes[name] = _Shape()
    for row in rows:
        for name in row.cells:
            shapes.setdefault(name, _Shape())
        for path, elements in row.inner.items():
            for name in itertools.chain.from_iterable(elements):
                shapes.setdefault(f"{path}[].{name}", _Shape())
    for row in rows:
        for name, shape in shapes.items():
            path, inside, key = name.rpartition("[].")
            if inside:
                elements = row.inner.get(path, [])
                shape.take([value for element in elements for value in element.get(key, [])])
            else:
                shape.take(row.cells.get(name, []))
    guesses = [_guess(name, shape) for name, shape in shapes.items()]
    guesses, group_by = _settle(guesses, shapes)
    mapped: dict[str, tuple[str, ...]] = {
        guess.column: (guess.field,)
        for guess in guesses
        # Which values mean public is for a person to say; until then everything is internal.
        if guess.confidence >= _MAPPED
        and guess.field not in (UNMAPPED, "message.visibility")
        and guess.column not in group_by
    }
    mapping = Mapping(columns=mapped, group_by=group_by)
    return Suggestion(
        tuple(guesses), group_by=group_by, mapping=mapping, doubt="" if group_by else _doubt(guesses)
    )


def _doubt(guesses: Sequence[ColumnGuess]) -> str:
    """Say why the rows may be users, comments or settings rather than cases."""
    names = {guess.column: _normal(guess.column) for guess in guesses}
    speaking = {
        column
        for column, words in names.items()
        if words.split(" ")[0] in PREFIXES and _by_words(words)[:1] in (("id",), ("number",))
    }
    chosen = {guess.column for guess in guesses if guess.field == "id" and guess.confidence >= CERTAIN}
    if any(names[column].endswith(" id") for column in speaking - chosen):
        return "besides its own id each row names a case to which it belongs"
    found = {guess.field for guess in guesses if guess.confidence >= _MAPPED}
    described = not found.isdisjoint(("description", "message.text"))
    marks = len(found & _MARKS) + any(name.startswith("agent.") for name in found)
    if not speaking and not (described and marks):
        return "no name speaks of a ticket or case, and too few are typical of one"
    return ""


def looks_like_header(names: Iterable[str]) -> bool:
    """Say whether a first row names columns rather than being data."""
    names = list(names)
    for name in names:
        if len(name) > 100 or "\n" in name or _EMAIL.match(name) or _UUID.match(name) or _URL.match(name):
            return False
        if _is_ip(name) or _NUMBER.match(name) or (_PHONE.match(name) and sum(map(str.isdigit, name)) >= 7):
            return False
        if any(char.isdigit() for char in name) and parse_time(name).at is not None:
            return False
    # Repeated names happen (several "Comment" columns), but a header of one word over and over is none.
    return len(set(names)) > max(1, len(names) // 4)


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _normal(name: str) -> str:
    """A column name as words: camel case and punctuation cut, accents and case gone."""
    name = _CAMEL.sub(" ", name.rpartition("[].")[2])
    name = unicodedata.normalize("NFKD", name)
    name = "".join(char for char in name if not unicodedata.combining(char)).casefold().replace("ß", "ss")
    return " ".join(re.findall(r"\w+", name.replace("_", " ")))


def _guess(column: str, shape: _Shape) -> ColumnGuess:
    words = _normal(column)
    found, confidence, reason = _by_words(words)
    if "[]." in column and found and not found.startswith(("message.", "author.")):
        found, confidence = _inside_list(found), min(confidence, 0.6)
    if found:
        found, confidence, reason = _by_shape(found, confidence, reason, shape)
    elif shape.filled and shape.share(shape.emails) >= 0.8:
        found, confidence, reason = (
            "customer.email",
            0.5,
            "the values are e-mail addresses, of whom is unclear",
        )
    if not found:
        return ColumnGuess(column, UNMAPPED, 1.0, "the name says nothing that is known", shape.words())
    return ColumnGuess(column, found, round(confidence, 2), reason, shape.words())


def _by_words(words: str) -> tuple[str, float, str]:
    if words in WORDS:
        # A bare "name" or "id" is less telling than "customer name".
        return WORDS[words], 0.95, "the name says so"
    person = _person_by_words(words)
    if person:
        return person, 0.9, "the name says so"
    for prefix in PREFIXES:
        rest = words.removeprefix(prefix + " ")
        if rest != words:
            found, confidence, reason = _by_words(rest)
            if not found and rest in PERSON_WORDS:
                found, confidence, reason = f"{PERSON_WORDS[rest]}.name", 0.85, "the name says so"
            if found:
                return found, round(0.98 * confidence, 2), reason
    for phrase in sorted(WORDS, key=len, reverse=True):
        if len(phrase) > 4 and re.search(rf"\b{re.escape(phrase)}\b", words):
            return WORDS[phrase], 0.5, "a part of the name hints at it"
    return "", 0.0, ""


def _person_by_words(words: str) -> str:
    if words in PERSON_WORDS:
        return f"{PERSON_WORDS[words]}.name"
    for separator in range(len(words.split()) - 1, 0, -1):
        parts = words.split()
        for who, what in (
            (" ".join(parts[:separator]), " ".join(parts[separator:])),
            (" ".join(parts[separator:]), " ".join(parts[:separator])),
        ):
            if who in PERSON_WORDS and what in PART_WORDS:
                return f"{PERSON_WORDS[who]}.{PART_WORDS[what]}"
    if words in PART_WORDS and PART_WORDS[words] not in ("id", "address"):
        return f"customer.{PART_WORDS[words]}"
    return ""


def _inside_list(found: str) -> str:
    return {"description": "message.text", "opened_at": "message.at", "customer.name": "author.name"}.get(
        found, UNMAPPED
    )


def _by_shape(found: str, confidence: float, reason: str, shape: _Shape) -> tuple[str, float, str]:
    """Believe a name less, or not at all, where the values do not look like it."""
    if not shape.filled:
        return found, confidence, reason
    if found in TIME_FIELDS or found == "message.at":
        if shape.share(shape.times) < 0.9:
            return UNMAPPED, 1.0, "the name speaks of a time but the values are none"
    elif found == "id":
        if shape.filled < 0.9 * shape.rows:
            return found, 0.5, "the name says so, but many rows have none"
        if shape.longest > 200:
            return found, 0.4, "the name says so, but the values are long"
    elif found.endswith(".email"):
        if shape.share(shape.emails) < 0.5:
            return found, 0.6, "the name says so, but few values are e-mail addresses"
        return found, max(confidence, 0.9), f"{reason} and the values are e-mail addresses"
    elif found.endswith(".ip"):
        confidence = confidence if shape.share(shape.ips) >= 0.5 else 0.6
    elif found.split(".", maxsplit=1)[0] in PERSONS and found.endswith((".name", ".username")):
        if shape.share(shape.emails) >= 0.5:
            return (
                found.rpartition(".")[0] + ".email",
                confidence,
                "the name means a person, the values are e-mail addresses",
            )
        if shape.share(shape.numbers) >= 0.8 or shape.share(shape.uuids) >= 0.8:
            return found.rpartition(".")[0] + ".id", confidence, "the name means a person, the values are ids"
        if shape.mean > 100:
            return UNMAPPED, 1.0, "the name means a person but the values are long texts"
    elif found in SHORT_FIELDS and found not in ("number", "location", "contract_number"):
        # These are stored as facets: what may be personal must not slip in by its name.
        personal = shape.emails + shape.ips + shape.phones + shape.urls
        if personal or shape.mean > 60 or (shape.filled >= 50 and shape.unique > 0.5):
            return found, 0.5, "the name says so, but the values are too various"
    elif found in ("description", "message.text") and shape.share(shape.numbers) >= 0.8:
        return found, 0.4, "the name says so, but the values are numbers"
    return found, confidence, reason


def _settle(
    guesses: list[ColumnGuess], shapes: dict[str, _Shape]
) -> tuple[list[ColumnGuess], tuple[str, ...]]:
    """Give each single-valued field to one column, and find out whether rows belong together."""
    ids = [guess for guess in guesses if guess.field == "id"]
    if not ids:
        # People quote the number; where there is no other id it is the id.
        numbers = [
            guess for guess in guesses if guess.field == "number" and shapes[guess.column].unique > 0.9
        ]
        guesses = [
            _changed(guess, "id", guess.confidence, "no other column is an id")
            if guess in numbers[:1]
            else guess
            for guess in guesses
        ]
        ids = [guess for guess in guesses if guess.field == "id"]
    ranks = {guess.column: _rank(guess) for guess in guesses}
    best_rank = min((rank for rank in ranks.values() if rank is not None), default=None)
    taken: set[str] = set()
    group_by: tuple[str, ...] = ()
    if ids:
        best = max(ids, key=lambda guess: (guess.confidence, shapes[guess.column].unique))
        if shapes[best.column].unique < 0.9 and shapes[best.column].rows > 3:
            group_by = (best.column,)
        ids.remove(best)
    settled = []
    for guess in guesses:
        single = guess.field == "id" or guess.field in SHORT_FIELDS
        if guess in ids or (single and guess.field in taken):
            settled.append(_changed(guess, UNMAPPED, 1.0, f"another column is the {guess.field}"))
            continue
        if ranks[guess.column] is not None and ranks[guess.column] != best_rank:
            # "Created by" beside "Requester" may well be somebody of the staff.
            other = guess.field.replace("customer.", "other.")
            settled.append(_changed(guess, other, guess.confidence, "another column names the customer"))
            continue
        if single and guess.confidence >= _MAPPED:
            taken.add(guess.field)
        if guess.column in group_by:
            settled.append(_changed(guess, UNMAPPED, 1.0, "several rows share it, see group_by"))
        elif group_by and guess.field == "description":
            settled.append(
                _changed(guess, "message.text", guess.confidence, f"{guess.reason}, one in each row")
            )
        elif group_by and guess.field == "opened_at":
            settled.append(
                _changed(guess, "message.at", guess.confidence, f"{guess.reason}, one in each row")
            )
        else:
            settled.append(guess)
    return settled, group_by


def _rank(guess: ColumnGuess) -> int | None:
    """How strongly a column of the customer says so: 0 strongly, 1 as whoever wrote; None if not at all."""
    if not guess.field.startswith("customer."):
        return None
    words = f" {_normal(guess.column)} "
    found = [who for who, role in PERSON_WORDS.items() if role == "customer" and f" {who} " in words]
    if not found:
        return None
    return 1 if all(who in WEAK_CUSTOMERS for who in found) else 0


def _changed(guess: ColumnGuess, name: str, confidence: float, reason: str) -> ColumnGuess:
    return ColumnGuess(guess.column, name, confidence, reason, guess.shape)


def _quoted(text: str) -> str:
    """A TOML string."""
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif unicodedata.category(char).startswith(("C", "Zl", "Zp")):
            out.append(f"\\U{ord(char):08X}" if ord(char) < 0xD800 or ord(char) > 0xDFFF else "\\uFFFD")
        else:
            out.append(char)
    return f'"{"".join(out)}"'
