"""How one signing key follows another: a statement signed by both, so that old signatures stay worth something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from hushdesk.vault._wrapper import verify_signature
from hushdesk.vault.errors import KeysRefusedError

FORMAT: Final = "hushdesk signing key/1"


def link_bytes(
    desk: str, previous: int, previous_public: bytes, version: int, public: bytes, at: str
) -> bytes:
    """What both keys sign: seven lines."""
    return (
        f"{FORMAT}\n{desk}\n{previous}\n{previous_public.hex()}\n{version}\n{public.hex()}\n{at}\n".encode()
    )


@dataclass(frozen=True, slots=True)
class KeyLink:
    """One rotation of the signing key. Holds nothing secret."""

    desk: str
    """Id of the desk."""
    previous: int
    """Version of the key that was the newest."""
    previous_public: bytes
    version: int
    """Version of the key that followed."""
    public: bytes
    at: str
    """ISO 8601 in UTC."""
    signature: bytes
    """By the new key: it stands for the old one's past."""
    previous_signature: bytes
    """By the old key: whoever trusts it may trust the new one, unless the old one had leaked by then."""

    @property
    def holds(self) -> bool:
        """Whether both signatures fit."""
        message = link_bytes(
            self.desk, self.previous, self.previous_public, self.version, self.public, self.at
        )
        return verify_signature(self.public, message, self.signature) and verify_signature(
            self.previous_public, message, self.previous_signature
        )

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "format": FORMAT,
            "desk": self.desk,
            "previous": self.previous,
            "previous_public": self.previous_public.hex(),
            "version": self.version,
            "public": self.public.hex(),
            "at": self.at,
            "signature": self.signature.hex(),
            "previous_signature": self.previous_signature.hex(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`.

        Raises:
            KeysRefusedError: It is none.
        """
        try:
            return cls(
                str(values["desk"]),
                int(values["previous"]),
                bytes.fromhex(values["previous_public"]),
                int(values["version"]),
                bytes.fromhex(values["public"]),
                str(values["at"]),
                bytes.fromhex(values["signature"]),
                bytes.fromhex(values["previous_signature"]),
            )
        except (KeyError, TypeError, ValueError):
            raise KeysRefusedError("chain of signing keys") from None
