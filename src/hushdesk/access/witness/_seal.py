"""What staff typed goes into the record sealed: the words of a search may be the name of a person."""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SEALED: Final = "sealed"
"""Key of the sealed words in an entry's detail."""
_NONCE: Final = 12
_STEP: Final = 64
"""Words are filled up to a multiple of so many bytes, for their length tells something too."""


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """Seals words of entries of one desk's record, and opens them again.

    AES-256-GCM under a key derived from the keyring, which lies outside the desk's folder; the associated data are the desk, the
    event, the account and all the rest of the detail, so that words moved to another entry do not open there.
    """

    _aead: AESGCM
    _digests: bytes
    _desk: str

    @classmethod
    def of(cls, derived: Callable[[str], bytes], desk: str) -> Seal:
        """With keys as :meth:`hushdesk.vault.Keyring.derived` gives them.

        Args:
            derived: Gives a key for a use.
            desk: Id of the desk.
        """
        return cls(AESGCM(derived("record words")), derived("record digests"), desk)

    def digest(self, value: Any) -> str:
        """The same for equal values of this desk; tells nothing without its keys. 32 hexadecimal digits."""
        return hmac.digest(self._digests, _canonical(value), "sha256")[:16].hex()

    def seal(self, event: str, who: str, detail: Mapping[str, Any], words: Any) -> dict[str, Any]:
        """The detail with words sealed in it.

        Args:
            event: Of the entry.
            who: Of the entry.
            detail: The rest of its detail: plain values.
            words: What to seal: plain values.
        """
        text = _canonical(words)
        text = text.ljust(-(-len(text) // _STEP) * _STEP)
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._aead.encrypt(nonce, text, self._bound(event, who, detail))
        return {**detail, SEALED: base64.b64encode(sealed).decode()}

    def open(self, event: str, who: str, detail: Mapping[str, Any]) -> Any:
        """The words of an entry; None if it has none, or they are not those that were sealed there."""
        try:
            sealed = base64.b64decode(detail[SEALED], validate=True)
            rest = {name: value for name, value in detail.items() if name != SEALED}
            return json.loads(
                self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(event, who, rest))
            )
        except (KeyError, ValueError, TypeError, InvalidTag):
            return None

    def _bound(self, event: str, who: str, detail: Mapping[str, Any]) -> bytes:
        return b"hushdesk record words|" + _canonical([self._desk, event, who, detail])

    def __repr__(self) -> str:
        return "Seal()"


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
