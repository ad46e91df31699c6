"""Pseudonyms: a keyed MAC of kind and canonical value, so that the same value is the same word everywhere."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from hushdesk.vault._base32 import ALPHABET, text70, text80

# The members of hushdesk.redact.Kind (a test compares them), spelled out here: importing that package
# would load its pattern engines into every process that only opens a vault.
KINDS: Final = (
    "ACCOUNT",
    "ADDRESS",
    "BANK",
    "BIRTH_DATE",
    "CARD",
    "COORDINATES",
    "DEVICE",
    "EMAIL",
    "IBAN",
    "IP",
    "MAC",
    "NATIONAL_ID",
    "PERSON",
    "PHONE",
    "PLACE",
    "PLATE",
    "SECRET",
    "URL",
    "USERNAME",
)

# ASCII look-arounds instead of \b: in Chinese or Thai text a pseudonym stands without blanks.
TOKEN_PATTERN: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?:{'|'.join(sorted(KINDS, key=len, reverse=True))})_[{ALPHABET}]{{14}}(?![0-9A-Za-z])"
)
"""Finds pseudonyms in text."""


class _State(Protocol):
    """What this module needs of a hash object."""

    def copy(self) -> _State: ...
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


_BLOCK: Final = 64
_CACHE: Final = 1 << 16


class PseudonymKeys(NamedTuple):
    """What :meth:`Pseudonymiser.to_wire` sends: plain data for a pipe to an own worker process, never for disk."""

    domain: bytes
    content: bytes
    version: int
    older: tuple[tuple[bytes, int], ...] = ()
    """Domain keys before this one, newest first, with their versions."""

    def __repr__(self) -> str:
        return f"PseudonymKeys(version={self.version})"


class Pseudonymiser:
    """Makes pseudonyms, case ids and content MACs from the desk's keys.

    Tokens depend on the version of the domain key; case ids and content MACs have a key of their
    own that is never rotated, so that a load repeated after a rotation still changes nothing.

    Args:
        key: Domain key, at least 32 bytes.
        version: Version of the domain key.
        content_key: Key of case ids and content MACs; derived from ``key`` if left out.
        older: Domain keys before this one, newest first, with their versions: who had a pseudonym under one of them is the
            same person, and the vault is told so.
    """

    __slots__ = ("_content_key", "_inner", "_key", "_kinds", "_outer", "older", "token", "version")

    def __init__(
        self,
        key: bytes,
        version: int = 1,
        *,
        content_key: bytes = b"",
        older: Iterable[tuple[bytes, int]] = (),
    ) -> None:
        if len(key) < 32 or len(key) > _BLOCK:
            raise ValueError("the domain key needs 32 to 64 bytes")
        if not 1 <= version < 1 << 32:
            raise ValueError("the version of the domain key is out of range")
        self.version = version
        self._key = key
        self._content_key = content_key or hmac.digest(key, b"hushdesk content key", "sha256")
        # HMAC from prepared states, copied for each value: twice as fast as one-shot HMAC here.
        block = key.ljust(_BLOCK, b"\0")
        self._inner: _State = hashlib.sha256(bytes(b ^ 0x36 for b in block))
        self._inner.update(_fields(b"token", version.to_bytes(4, "big")))
        self._outer: _State = hashlib.sha256(bytes(b ^ 0x5C for b in block))
        self._kinds: dict[str, tuple[_State, str]] = {}
        self.token = lru_cache(_CACHE)(self._token)
        self.older = tuple(
            Pseudonymiser(before, number, content_key=self._content_key) for before, number in older
        )
        """One for each earlier version of the domain key, newest first."""

    def _token(self, kind: str, canonical: str) -> str:
        """The pseudonym of a value: kind, ``_`` and 14 characters (70 bits)."""
        found = self._kinds.get(kind)
        if found is None:
            state = self._inner.copy()
            state.update(_fields(kind.encode()))
            found = self._kinds[kind] = (state, f"{kind}_")
        value = canonical.encode("utf-8", "surrogatepass")
        inner = found[0].copy()
        inner.update(len(value).to_bytes(4, "big") + value)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return found[1] + text70(outer.digest())

    def case_token(self, kind: str, canonical: str, case_id: str) -> str:
        """A pseudonym that links within one case only, for free names."""
        message = _fields(
            b"case-token",
            self.version.to_bytes(4, "big"),
            kind.encode(),
            canonical.encode("utf-8", "surrogatepass"),
            case_id.encode("utf-8", "surrogatepass"),
        )
        return f"{kind}_{text70(hmac.digest(self._key, message, 'sha256'))}"

    def case_id(self, source: str, source_id: str) -> str:
        """Sixteen characters that stand for a case of a source; the same for ever."""
        message = _fields(
            b"case-id", source.encode("utf-8", "surrogatepass"), source_id.encode("utf-8", "surrogatepass")
        )
        return text80(hmac.digest(self._content_key, message, "sha256"))

    def content_mac(self, data: bytes) -> bytes:
        """Sixteen bytes that tell whether a case has changed, and tell a finder nothing."""
        return hmac.digest(self._content_key, _fields(b"content") + data, "sha256")[:16]

    def to_wire(self) -> PseudonymKeys:
        """The keys as plain data, to be sent through a pipe to a worker process of one's own."""
        older = tuple((one._key, one.version) for one in self.older)  # noqa: SLF001 - of this class
        return PseudonymKeys(self._key, self._content_key, self.version, older)

    @classmethod
    def from_wire(cls, keys: PseudonymKeys) -> Pseudonymiser:
        """The twin of :meth:`to_wire`, in the worker."""
        domain, content, version, older = keys
        return cls(domain, version, content_key=content, older=older)

    def __reduce__(self) -> str:
        raise TypeError("a Pseudonymiser is not pickled by accident: use to_wire() and from_wire()")

    def __repr__(self) -> str:
        return f"Pseudonymiser(version={self.version})"


def _fields(*parts: bytes) -> bytes:
    """Length before each part, so that no two lists of parts give the same bytes."""
    return b"".join(len(p).to_bytes(4, "big") + p for p in parts)
