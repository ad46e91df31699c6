"""Message-IDs and return paths that say nothing about a person and are the same each time."""

from __future__ import annotations

import base64
import hmac
import re
from typing import Final

TOKEN_BYTES: Final = 15

TOKEN: Final = re.compile(rb"(?<![A-Za-z0-9])([a-z2-7]{24})(?![A-Za-z0-9])", re.IGNORECASE)
"""What may be a token in a text; whether it is one, the outbox says."""


class Ids:
    """Makes the tokens of one notice of one incident.

    A token is HMAC-SHA-256 of incident, kind of notice, person and the place of the address in the person's list, cut to 120
    bits. The place is part of it since a letter that was taken for one address and came back goes to the next one as another
    message: with the same Message-ID, a relay's record could not tell which of the two it took.
    """

    def __init__(self, key: bytes, incident: str, kind: str) -> None:
        self._mac = hmac.new(key, b"hushdesk letter\0", "sha256")
        for part in (incident, kind):
            encoded = part.encode()
            self._mac.update(len(encoded).to_bytes(4, "big") + encoded)

    def token(self, person: int, route: int) -> bytes:
        """The token of a person's letter to their ``route``-th address, counted from 0."""
        mac = self._mac.copy()
        mac.update(person.to_bytes(8, "big") + route.to_bytes(4, "big"))
        return mac.digest()[:TOKEN_BYTES]

    def boundary(self, token: bytes, number: int) -> str:
        """Where the parts of a letter are cut: unguessable, and the same each time."""
        mac = self._mac.copy()
        mac.update(b"boundary" + token + number.to_bytes(4, "big"))
        return "=_" + text(mac.digest()[:TOKEN_BYTES])


def text(token: bytes) -> str:
    """A token as 24 small letters and digits, which survive relays that fold the case of addresses."""
    return base64.b32encode(token).decode().lower()


def token_of(written: bytes | str) -> bytes:
    """The token that 24 characters stand for; whatever their case."""
    return base64.b32decode(written.upper() if isinstance(written, bytes) else written.upper().encode())


def message_id(token: bytes, domain: str) -> str:
    """The Message-ID, in angle brackets."""
    return f"<{text(token)}@{domain}>"


def return_path(token: bytes, address: str) -> str:
    """The envelope's sender that brings a bounce back to its letter: ``bounces+TOKEN@example.com``."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{text(token)}@{domain}"


def ids_in(line: bytes, domain: bytes) -> list[bytes]:
    """Tokens of all Message-IDs of a domain, which is given in small letters, that stand in some bytes."""
    found = []
    for match in TOKEN.finditer(line):
        end = match.end()
        if line[end : end + 1] == b"@" and line[end + 1 : end + 1 + len(domain)].lower() == domain:
            after = line[end + 1 + len(domain) : end + 2 + len(domain)]
            # "example.com.evil" and "example.community" are other domains.
            if not after or not (after.isalnum() or after in b".-"):
                found.append(token_of(match.group(1)))
    return found
