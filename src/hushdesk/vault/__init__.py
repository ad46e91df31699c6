"""Keys, pseudonyms, the people vault and the quarantine.

The vault is the one place that knows who a pseudonym is. It lives apart from the desk: own folder,
own keys, own permissions.
"""

from __future__ import annotations

from hushdesk.vault._files import check_private, private_folder, read_private, touch_private, write_private
from hushdesk.vault._keyring import Keyring, PersonKeyWrapper, Purpose, keyring_exists, verify_signature
from hushdesk.vault._officer import OfficerKey, OfficerSecret, unlock_officer_key
from hushdesk.vault._packed import PackedTokens
from hushdesk.vault._people import PeopleVault
from hushdesk.vault._people_types import PersonId, PersonProfile, ShredProof, Stored, Value, VaultEntry
from hushdesk.vault._profiles import PROFILES
from hushdesk.vault._provider import KeyProvider, PassphraseFileProvider
from hushdesk.vault._pseudonyms import KINDS, TOKEN_PATTERN, Pseudonymiser, PseudonymKeys
from hushdesk.vault._quarantine import Quarantine, QuarantineEntry, QuarantineItem
from hushdesk.vault._sealer import Sealer, unseal
from hushdesk.vault.errors import (
    KeysChangedError,
    KeysExistError,
    KeysMissingError,
    KeysRefusedError,
    KeysUnsafeError,
    UnknownKeyError,
    VaultDamagedError,
    VaultError,
    VaultLockedError,
)

__all__ = [
    "KINDS",
    "PROFILES",
    "TOKEN_PATTERN",
    "KeyProvider",
    "Keyring",
    "KeysChangedError",
    "KeysExistError",
    "KeysMissingError",
    "KeysRefusedError",
    "KeysUnsafeError",
    "OfficerKey",
    "OfficerSecret",
    "PackedTokens",
    "PassphraseFileProvider",
    "PeopleVault",
    "PersonId",
    "PersonKeyWrapper",
    "PersonProfile",
    "PseudonymKeys",
    "Pseudonymiser",
    "Purpose",
    "Quarantine",
    "QuarantineEntry",
    "QuarantineItem",
    "Sealer",
    "ShredProof",
    "Stored",
    "UnknownKeyError",
    "Value",
    "VaultDamagedError",
    "VaultEntry",
    "VaultError",
    "VaultLockedError",
    "check_private",
    "keyring_exists",
    "private_folder",
    "read_private",
    "touch_private",
    "unlock_officer_key",
    "unseal",
    "verify_signature",
    "write_private",
]
