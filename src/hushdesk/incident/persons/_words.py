"""Kinds of data as bits of one number, and the kinds that only the user can tell: marks by product, category and the like."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hushdesk.incident.errors import IncidentError
from hushdesk.store import EmbeddedStore
from hushdesk.vault import KINDS

FREE_TEXT: Final = "FREE_TEXT"
"""What people wrote in their own words: nobody knows what it holds."""

OTHER: Final = "OTHER"
"""Kinds beyond the 64 that are told apart."""

MARKED: Final = ("category", "channel", "priority", "product", "source", "status", "tag")
"""Fields by which a kind can be told."""

_WORD: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_MOST: Final = 64


class MarksError(IncidentError):
    """The file that tells kinds by product or category cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Kinds of data that a case's product, category or tag gives away, as the user says.

    Whether a text speaks of an illness or a creed no list of words can tell in all languages, and nothing is guessed here. A
    company knows what its products and categories mean, and says it in a file::

        [HEALTH]
        product = ["Insulin pump*"]
        category = ["medical device", "allergy"]

        [FINANCE]
        tag = ["direct debit"]

    A value is compared as the query language does it (accents and case do not matter) and may end in ``*``. Without a file
    no case is marked. A mark is about the customer of a case, and not about others who are named in it.
    """

    by_word: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Kind, then field, then values."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file.

        Raises:
            MarksError: It is missing, or holds something else; the message quotes nothing of it but its keys.
        """
        try:
            found = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            raise MarksError("the file of marks cannot be read as TOML.", remedy=f"Check {path}.") from None
        for word, fields in found.items():
            if not _WORD.fullmatch(word) or not isinstance(fields, dict):
                raise MarksError(
                    "a kind in the file of marks is not a word in capitals with fields.",
                    remedy="Write [HEALTH].",
                )
            for name, values in fields.items():
                good = isinstance(values, list) and all(
                    isinstance(one, str) and one.strip("* ") for one in values
                )
                if name not in MARKED or not good:
                    raise MarksError(
                        f"in the file of marks, a field of {word} is unknown or no list of texts.",
                        remedy=f"The fields are {', '.join(MARKED)}.",
                    )
        return cls({word: {name: tuple(v) for name, v in fields.items()} for word, fields in found.items()})

    def tests(self, params: dict[str, Any]) -> dict[str, str]:
        """A condition on a case for each kind; the values go into ``params``."""
        return {word: self._test(fields, params) for word, fields in self.by_word.items()}

    @staticmethod
    def _test(fields: Mapping[str, Sequence[str]], params: dict[str, Any]) -> str:
        tests = []
        for name, values in fields.items():
            whole = [value for value in values if not value.endswith("*")]
            parts = [(whole, "arrayExists(v -> hushFold(v) = hushFold($), {p})")] if whole else []
            begins = [value.rstrip("*") for value in values if value.endswith("*")]
            if begins:
                parts.append((begins, "arrayExists(v -> startsWith(hushFold($), hushFold(v)), {p})"))
            for chosen, test in parts:
                key = f"mark{len(params)}"
                params[key] = chosen
                text = test.replace("{p}", f"{{{key}:Array(String)}}")
                text = text.replace("$", "x" if name == "tag" else name)
                tests.append(f"arrayExists(x -> {text}, tags)" if name == "tag" else text)
        return f"({' OR '.join(tests) or 'false'})"


@dataclass(frozen=True, slots=True)
class Words:
    """Which kind is which bit."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, store: EmbeddedStore, held: Iterable[str], marks: Marks) -> Self:
        """The kinds that a store, its vault and the user know."""
        rows = store.query("SELECT DISTINCT arrayJoin(kinds) AS kind FROM cases ORDER BY kind")
        stored = rows.column(0).to_pylist() if rows.num_columns else []
        names = list(dict.fromkeys((FREE_TEXT, *marks.by_word, *KINDS, *stored, *sorted(held))))
        return cls(tuple(names if len(names) <= _MOST else [*names[: _MOST - 1], OTHER]))

    def bit(self, name: str) -> int:
        """The bit of a kind."""
        return 1 << (self.names.index(name) if name in self.names else len(self.names) - 1)

    def bits(self, numbers: Mapping[str, int]) -> NDArray[np.uint64]:
        """The bit of each of 256 numbers of kinds."""
        found = np.zeros(256, np.uint64)
        for name, number in numbers.items():
            found[number] = self.bit(name)
        return found

    def lists(self, masks: NDArray[np.uint64]) -> Any:
        """An Arrow array of lists of names, sorted, for each mask."""
        distinct, places = np.unique(masks, return_inverse=True)
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        rows = [[self.names[n] for n in order if mask >> n & 1] for mask in distinct.tolist()]
        return pa.array(rows, pa.list_(pa.string())).take(pa.array(places.reshape(-1)))
