"""A certificate with its signature, as it is kept and as it is verified."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hushdesk.desk._errors import CertificateRefused
from hushdesk.seal import Certificate
from hushdesk.vault import verify_signature


@dataclass(frozen=True, slots=True)
class SignedCertificate:
    """A certificate with its signature."""

    certificate: Certificate
    key_version: int
    """Which of the desk's signing keys."""
    signature: bytes
    """Ed25519, 64 bytes."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            **self.certificate.to_json(),
            "values": self.certificate.values,
            "complete": self.certificate.complete,
            "key_version": self.key_version,
            "signature": self.signature.hex(),
        }

    def to_text(self) -> str:
        """As the ledger keeps it."""
        return json.dumps(
            {
                "certificate": self.certificate.to_json(),
                "key_version": self.key_version,
                "signature": self.signature.hex(),
            }
        )

    @classmethod
    def from_text(cls, text: str) -> SignedCertificate:
        """The inverse of :meth:`to_text`.

        Raises:
            CertificateRefused: It is none.
        """
        try:
            values = json.loads(text)
            return cls(
                Certificate.from_json(values["certificate"]),
                int(values["key_version"]),
                bytes.fromhex(values["signature"]),
            )
        except (ValueError, KeyError, TypeError):
            raise CertificateRefused("it cannot be read") from None


def verify(signed: SignedCertificate, keys: dict[int, bytes], desk_id: str) -> None:
    """Make sure that a certificate is of that desk and signed by one of its keys.

    Raises:
        CertificateRefused: It is not.
    """
    key = keys.get(signed.key_version)
    if key is None or not verify_signature(key, signed.certificate.to_bytes(), signed.signature):
        raise CertificateRefused("the signature is not that of this desk's key")
    if signed.certificate.desk_id != desk_id:
        raise CertificateRefused("it is of another desk")
