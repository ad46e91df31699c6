"""What the keys of a keyring are for, and what may be done with each."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """What a key of the keyring is for."""

    CONTENT = "content"
    """Case ids and content MACs; has one version for ever."""
    DOMAIN = "domain"
    """Pseudonyms."""
    SIGNING = "signing"
    """Ed25519: record heads and certificates."""
    WRAP = "wrap"
    """Wraps the keys of persons."""


ROTATABLE: Final = frozenset({Purpose.DOMAIN, Purpose.SIGNING, Purpose.WRAP})
RETIRABLE: Final = frozenset({Purpose.SIGNING, Purpose.WRAP})
"""Of these, old versions can be destroyed. Old domain keys are needed to find a person under an old pseudonym."""
