"""Entries and signed heads, and their bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

FORMAT: Final = "hushdesk record/1"

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
"""What a detail may be made of. Never a value from a case, nor a search's words."""

Sign = Callable[[bytes], tuple[int, bytes]]
"""Gives the version of the signing key and the Ed25519 signature."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did."""

    number: int
    """From 0."""
    at: str
    """ISO 8601 in UTC with microseconds."""
    event: str
    """``source:subject:action``."""
    who: str
    """Account, ``cli:<system user>`` or ``desk``."""
    detail: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """As it lies in the file, without the end of the line; what is hashed."""
        return json.dumps(
            {
                "n": self.number,
                "at": self.at,
                "event": self.event,
                "who": self.who,
                "detail": dict(self.detail),
            },
            ensure_ascii=True,
            separators=(",", ":"),
            allow_nan=False,
        ).encode()

    @classmethod
    def from_bytes(cls, line: bytes) -> Entry:
        """The inverse of :meth:`to_bytes`.

        Raises:
            ValueError: It is no entry.
        """
        try:
            values = json.loads(line)
            number, at, event, who, detail = (values[key] for key in ("n", "at", "event", "who", "detail"))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ValueError("this is no entry") from None
        texts = all(isinstance(text, str) for text in (at, event, who))
        if type(number) is not int or not texts or not isinstance(detail, dict):
            raise ValueError("this is no entry")
        return cls(number, at, event, who, detail)


@dataclass(frozen=True, slots=True)
class Head:
    """The root of the first ``size`` entries, signed."""

    desk: str
    size: int
    root: bytes
    at: str
    key_version: int
    signature: bytes

    def signed_bytes(self) -> bytes:
        """What the signature is over: five lines."""
        return head_bytes(self.desk, self.size, self.root, self.at)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "format": FORMAT,
            "desk": self.desk,
            "size": self.size,
            "root": self.root.hex(),
            "at": self.at,
            "key": self.key_version,
            "signature": self.signature.hex(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Head:
        """The inverse of :meth:`to_json`; what else stands there is left out.

        Raises:
            ValueError: It is no head.
        """
        try:
            if values["format"] != FORMAT:
                raise ValueError
            head = cls(
                str(values["desk"]),
                int(values["size"]),
                bytes.fromhex(values["root"]),
                str(values["at"]),
                int(values["key"]),
                bytes.fromhex(values["signature"]),
            )
            # One head, one spelling: capital digits would be another file that says the same.
            if head.to_json() != {name: values[name] for name in head.to_json()}:
                raise ValueError
            return head
        except (KeyError, TypeError, ValueError):
            raise ValueError("this is no head") from None


def head_bytes(desk: str, size: int, root: bytes, at: str) -> bytes:
    """The bytes that are signed."""
    return f"{FORMAT}\n{desk}\n{size}\n{root.hex()}\n{at}\n".encode()
