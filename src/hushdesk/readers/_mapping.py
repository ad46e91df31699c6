"""The mapping file: which column of a table means what.

A mapping is a TOML file that a person writes or edits. Everything in it is checked when it is read,
and what is wrong is said with the key, the line and the valid choices. It describes an export; it
holds no value of a case.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hushdesk.errors import UsageError
from hushdesk.readers._dates import FORMS

TEXT_FIELDS = ("subject", "description", "resolution", "remarks")
"""Long texts of a case; several columns for one of them are joined."""
TIME_FIELDS = ("opened_at", "updated_at", "closed_at")
SHORT_FIELDS = (
    "number",
    "location",
    "country",
    "product",
    "channel",
    "language",
    "status",
    "priority",
    "category",
    "contract_number",
)
LIST_FIELDS = ("tags", "attachments", "note")
"""Fields with several values; ``note`` is one internal note."""
MESSAGE_FIELDS = (
    "message.text",
    "message.at",
    "message.visibility",
    "message.role",
    "message.id",
    "message.channel",
    "message.attachments",
)
PERSONS = ("customer", "agent", "other", "author")
"""``author`` wrote the message of the row; ``other`` is anybody else that the case names."""
PERSON_PARTS = ("id", "name", "email", "phone", "username", "address", "ip")
PERSON_KINDS = {
    "account": "ACCOUNT",
    "bank": "BANK",
    "birth_date": "BIRTH_DATE",
    "card": "CARD",
    "coordinates": "COORDINATES",
    "device": "DEVICE",
    "iban": "IBAN",
    "mac": "MAC",
    "national_id": "NATIONAL_ID",
    "place": "PLACE",
    "plate": "PLATE",
    "secret": "SECRET",
    "url": "URL",
}
"""Further parts of a person, with the kind of personal data they are."""
IGNORE = "ignore"
"""Drop the column: a person has said that it holds nothing personal and nothing of interest."""
UNMAPPED = "unmapped"
"""Keep nothing of the column, but hunt its values in the case's text; so are columns not named."""
FIELDS: tuple[str, ...] = (
    "id",
    *TEXT_FIELDS,
    *TIME_FIELDS,
    *SHORT_FIELDS,
    *LIST_FIELDS,
    *MESSAGE_FIELDS,
    *(f"{person}.{part}" for person in PERSONS for part in (*PERSON_PARTS, *PERSON_KINDS)),
    IGNORE,
    UNMAPPED,
)
"""Every field that a column can be mapped to."""

_SINGLE = frozenset(("id", "message.visibility", "message.role", "message.id"))
"""Fields that only one column may give; of several for another short field, the last filled one counts."""
_NOT_CONSTANT = frozenset(("id", IGNORE, UNMAPPED, *TIME_FIELDS, "message.at", "message.id"))
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}$")
_DOMAIN = re.compile(r"(?:[^\s@]+@)?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$")
_SECTIONS = {
    "columns": None,
    "constants": None,
    "dates": ("zone", "day_first", "formats"),
    "visibility": ("public",),
    "roles": ("agent", "customer", "system"),
    "lists": ("separator", "separators"),
    "mail": ("support_domains",),
}
_TOP = ("source", "group_by", "rows", "header", "delimiter", "encoding", *_SECTIONS)


class MappingError(UsageError):
    """A mapping file cannot be used.

    Attributes:
        key: The key that is wrong, as ``section.key``; empty if the file as a whole is.
        line: Its line if it could be found, else None.
        valid: What would have been valid, if that can be listed.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str = "",
        key: str = "",
        line: int | None = None,
        valid: Iterable[str] = (),
        remedy: str = "",
    ) -> None:
        self.key = key
        self.line = line
        self.valid = tuple(valid)
        where = file or "mapping"
        if line is not None:
            where += f", line {line}"
        if key:
            where += f", key {key}"
        if self.valid and not remedy:
            remedy = f"Valid are: {', '.join(self.valid)}."
        super().__init__(f"{where}: {problem}.", remedy=remedy)


@dataclass(frozen=True, slots=True)
class Mapping:
    """What the columns of a table mean. See the mapping page of the documentation."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Column name to fields. Nested keys of JSON as ``a.b``, keys inside a list as ``list[].key``."""
    source: str = ""
    """The ``source`` of the cases; the carrier's name (``csv``, ``jsonl``, ``parquet``) if empty."""
    constants: dict[str, str] = field(default_factory=dict)
    """Field to a value that holds for every row."""
    group_by: tuple[str, ...] = ()
    """Columns whose values, equal in several rows, make these rows one case. They are its id."""
    rows: str = ""
    """JSON only: dotted path of the list that holds the rows, if the file is no list itself."""
    header: bool = True
    """CSV only: whether the first row names the columns. Without it they are named 1, 2, 3 …"""
    delimiter: str = ""
    """CSV only; found out if empty."""
    encoding: str = ""
    """Found out if empty."""
    zone: tzinfo | None = None
    day_first: bool | None = None
    formats: dict[str, str] = field(default_factory=dict)
    """Column name to ``strptime`` pattern or one of ``auto``, ``epoch_s``, ``epoch_ms``, ``excel``."""
    public: frozenset[str] = frozenset()
    """Values of the column ``message.visibility``, in lower case, that mean public. All others are internal."""
    roles: dict[str, str] = field(default_factory=dict)
    """Value of the column ``message.role``, in lower case, to ``agent``, ``customer`` or ``system``."""
    separator: str = ""
    """What parts list values in one cell; without it, comma, semicolon and pipe are tried in tags."""
    separators: dict[str, str] = field(default_factory=dict)
    """The same for single columns."""
    support_domains: frozenset[str] = frozenset()
    """Mail only: the domains, or whole addresses, of the help desk's own people, in lower case."""

    def columns_for(self, name: str) -> tuple[str, ...]:
        """Columns that are mapped to one field."""
        return tuple(column for column, fields in self.columns.items() if name in fields)


def load_mapping(path: Path | str) -> Mapping:
    """Read a mapping file.

    Raises:
        MappingError: It cannot be read, or something in it is wrong.
    """
    file = Path(path).name
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise MappingError(f"cannot be read ({error.strerror or 'input/output error'})", file=file) from None
    except UnicodeDecodeError:
        raise MappingError("is not UTF-8 text", file=file, remedy="Save it as UTF-8.") from None
    return parse_mapping(text, file=file)


def parse_mapping(text: str, *, file: str = "mapping") -> Mapping:
    """Read a mapping from its TOML text.

    Raises:
        MappingError: Something in it is wrong.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise MappingError(
            "is not valid TOML",
            file=file,
            line=int(found[1]) if found else None,
            remedy='Column names with spaces need quotes: "Ticket ID" = "id".',
        ) from None
    except RecursionError:
        raise MappingError("is nested too deep", file=file) from None
    except ValueError:
        raise MappingError("has a number of thousands of digits", file=file) from None
    return _Checker(text, file).mapping(data)


class _Checker:
    """Turns the parsed TOML into a mapping; knows the text so that it can name lines."""

    def __init__(self, text: str, file: str) -> None:
        self._lines = text.splitlines()
        self._file = file

    def mapping(self, data: dict[str, Any]) -> Mapping:
        for key in data:
            if key not in _TOP:
                raise self._error("is no key of a mapping", key, valid=_TOP)
        for section, keys in _SECTIONS.items():
            table = data.get(section, {})
            if not isinstance(table, dict):
                raise self._error(
                    "must be a table", section, remedy=f"Write [{section}] and the keys below it."
                )
            for key in table:
                if keys is not None and key not in keys:
                    raise self._error("is no key of this section", f"{section}.{key}", valid=keys)
        dates, lists = data.get("dates", {}), data.get("lists", {})
        columns = {column: self._fields(column, given) for column, given in data.get("columns", {}).items()}
        mapping = Mapping(
            columns=columns,
            source=self._source(data),
            constants=self._constants(data.get("constants", {})),
            group_by=self._texts(data.get("group_by", []), "group_by"),
            rows=self._text(data.get("rows", ""), "rows"),
            header=self._flag(data.get("header", True), "header") is not False,
            delimiter=self._delimiter(data.get("delimiter", "")),
            encoding=self._encoding(data.get("encoding", "")),
            zone=self._zone(dates.get("zone")),
            day_first=self._flag(dates.get("day_first"), "dates.day_first"),
            formats=self._formats(dates.get("formats", {})),
            public=frozenset(
                value.lower()
                for value in self._texts(data.get("visibility", {}).get("public", []), "visibility.public")
            ),
            roles=self._roles(data.get("roles", {})),
            separator=self._text(lists.get("separator", ""), "lists.separator"),
            separators=self._table_of_texts(lists.get("separators", {}), "lists.separators"),
            support_domains=self._domains(data.get("mail", {}).get("support_domains", [])),
        )
        self._check_whole(mapping)
        return mapping

    def _check_whole(self, mapping: Mapping) -> None:
        if not mapping.columns:
            return
        used: dict[str, str] = {}
        for column, fields in mapping.columns.items():
            for name in fields:
                if name in _SINGLE and name in used:
                    raise self._error(
                        f"maps a second column to {name}, which has one value only", f"columns.{column}"
                    )
                used[name] = column
        for key in ("formats", "separators"):
            for column in getattr(mapping, key):
                if column not in mapping.columns:
                    raise self._error("names a column that [columns] does not map", f"{key}.{column}")
        if mapping.group_by:
            if "id" in used and (used["id"],) != mapping.group_by:
                raise self._error(
                    "maps the id, but with group_by the grouping columns are the id", f"columns.{used['id']}"
                )
        elif "id" not in used:
            raise self._error(
                "maps no column to id", "columns", remedy='Say which column is the id: "Ticket ID" = "id".'
            )
        if "message.visibility" in used and not mapping.public:
            raise self._error(
                "maps message.visibility but [visibility] public is empty",
                f"columns.{used['message.visibility']}",
                remedy='List the values that mean public: [visibility] public = ["true"].',
            )
        prefixes = {column.rsplit("[].", 1)[0] for column in mapping.columns if "[]." in column}
        if len(prefixes) > 1:
            raise self._error("reads messages from more than one list", "columns")

    def _fields(self, column: str, given: Any) -> tuple[str, ...]:
        key = f"columns.{column}"
        fields = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else ()
        if not fields:
            raise self._error("needs a field or a list of fields", key, valid=FIELDS)
        for name in fields:
            if not isinstance(name, str) or name not in FIELDS:
                raise self._error("is mapped to a field that does not exist", key, valid=FIELDS)
        if len(fields) > 1 and (IGNORE in fields or UNMAPPED in fields):
            raise self._error(f"{IGNORE} and {UNMAPPED} stand alone", key)
        inner = [
            name
            for name in fields
            if not name.startswith(("message.", "author.")) and name not in (IGNORE, UNMAPPED)
        ]
        if "[]." in column and inner:
            raise self._error("is inside a list, which can only fill message and author fields", key)
        return fields

    def _source(self, data: dict[str, Any]) -> str:
        source = self._text(data.get("source", ""), "source")
        if source and not _SOURCE.match(source):
            raise self._error("must be 1 to 32 lower-case letters, digits, '-' or '_'", "source")
        return source

    def _constants(self, table: dict[str, Any]) -> dict[str, str]:
        valid = tuple(name for name in FIELDS if name not in _NOT_CONSTANT)
        for key, value in table.items():
            if key not in valid:
                hint = (
                    "must be quoted or is no field"
                    if isinstance(value, dict)
                    else "is no field that can be constant"
                )
                raise self._error(hint, f"constants.{key}", valid=valid)
        constants = self._table_of_texts(table, "constants")
        visible = constants.get("message.visibility")
        if visible is not None and visible not in ("public", "internal"):
            raise self._error(
                "has no such value", "constants.message.visibility", valid=("public", "internal")
            )
        return constants

    def _formats(self, table: Any) -> dict[str, str]:
        formats = self._table_of_texts(table, "dates.formats")
        for column, form in formats.items():
            if form not in FORMS and "%" not in form:
                raise self._error(
                    "is neither a strptime pattern nor a known form",
                    f"formats.{column}",
                    valid=(*FORMS, "%d.%m.%Y %H:%M"),
                )
        return formats

    def _roles(self, table: dict[str, Any]) -> dict[str, str]:
        roles: dict[str, str] = {}
        for role, values in table.items():
            for value in self._texts(values, f"roles.{role}"):
                if value.lower() in roles:
                    raise self._error("lists a value that another role has already", f"roles.{role}")
                roles[value.lower()] = role
        return roles

    def _domains(self, values: Any) -> frozenset[str]:
        domains = frozenset(value.strip().lower() for value in self._texts(values, "mail.support_domains"))
        if not all(_DOMAIN.match(domain) for domain in domains):
            raise self._error(
                "must be domains such as example.com, or whole addresses", "mail.support_domains"
            )
        return domains

    def _zone(self, name: Any) -> tzinfo | None:
        if name is None:
            return None
        try:
            return ZoneInfo(self._text(name, "dates.zone"))
        except (KeyError, ValueError, OSError):
            raise self._error(
                "is no time zone",
                "dates.zone",
                remedy="Use a name such as Europe/Paris, America/New_York or UTC.",
            ) from None

    def _delimiter(self, value: Any) -> str:
        delimiter = self._text(value, "delimiter")
        if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
            raise self._error("must be one character", "delimiter", valid=(",", ";", "\\t", "|"))
        return delimiter

    def _encoding(self, value: Any) -> str:
        encoding = self._text(value, "encoding")
        try:
            "".encode(encoding or "utf-8")
        except (LookupError, ValueError):
            raise self._error(
                "is no encoding", "encoding", valid=("utf-8", "utf-16", "cp1252", "latin-1")
            ) from None
        return encoding

    def _flag(self, value: Any, key: str) -> bool | None:
        if value is not None and not isinstance(value, bool):
            raise self._error("must be true or false", key)
        return value

    def _text(self, value: Any, key: str) -> str:
        if not isinstance(value, str):
            raise self._error("must be text in quotes", key)
        return value

    def _texts(self, value: Any, key: str) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(item, str) and item for item in values):
            raise self._error("must be a text or a list of texts", key)
        return tuple(values)

    def _table_of_texts(self, table: Any, key: str) -> dict[str, str]:
        if not isinstance(table, dict):
            raise self._error("must be a table", key)
        return {name: self._text(value, f"{key}.{name}") for name, value in table.items()}

    def _error(self, problem: str, key: str, *, valid: Iterable[str] = (), remedy: str = "") -> MappingError:
        return MappingError(
            problem, file=self._file, key=key, line=self._line(key), valid=valid, remedy=remedy
        )

    def _line(self, key: str) -> int | None:
        section, _, name = key.partition(".")
        wanted = re.compile(
            rf"""\s*["']?{re.escape(name or section)}["']?\s*[=\]]|\s*\[{re.escape(name or section)}\]"""
        )
        for number, line in enumerate(self._lines, 1):
            if wanted.match(line):
                return number
        return None
