"""Keys, pseudonyms, the people vault and the quarantine.

The vault is the one place that knows who a pseudonym is. It lives apart from the desk: own folder,
own keys, own permissions.
"""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.vault._chain import KeyLink
    from hushdesk.vault._files import (
        check_private,
        destroy,
        private_folder,
        read_private,
        sync_folder,
        touch_private,
        write_private,
    )
    from hushdesk.vault._keyring import KEYRING_FILE, Keyring, keyring_exists
    from hushdesk.vault._officer import (
        OFFICER_FILE,
        OfficerDoors,
        OfficerKey,
        OfficerSecret,
        add_officer_passphrase,
        close_other_doors,
        officer_doors,
        split_officer_key,
        unlock_officer_key,
        unlock_officer_key_with_shares,
    )
    from hushdesk.vault._packed import PackedTokens
    from hushdesk.vault._people import PeopleVault
    from hushdesk.vault._people_types import PersonId, PersonProfile, ShredProof, Stored, Value, VaultEntry
    from hushdesk.vault._profiles import PROFILES
    from hushdesk.vault._provider import KeyProvider, PassphraseFileProvider
    from hushdesk.vault._provider_environment import DEFAULT_VARIABLE
    from hushdesk.vault._pseudonyms import KINDS, TOKEN_PATTERN, Pseudonymiser, PseudonymKeys
    from hushdesk.vault._purpose import Purpose
    from hushdesk.vault._quarantine import QUARANTINE_FILE, Quarantine, QuarantineEntry, QuarantineItem
    from hushdesk.vault._sealer import Sealer, unseal
    from hushdesk.vault._split import Share, share_threshold
    from hushdesk.vault._wrapper import PersonKeyWrapper, verify_signature
    from hushdesk.vault.errors import (
        ExtraMissingError,
        KeyInUseError,
        KeysChangedError,
        KeyServiceError,
        KeysExistError,
        KeysMissingError,
        KeysRefusedError,
        KeysUnsafeError,
        SharesError,
        SharesNeededError,
        UnknownKeyError,
        VaultDamagedError,
        VaultError,
        VaultLockedError,
    )
else:
    __getattr__ = late(
        __name__,
        {
            "_chain": "KeyLink",
            "_files": "check_private destroy private_folder read_private sync_folder touch_private write_private",
            "_keyring": "KEYRING_FILE Keyring keyring_exists",
            "_officer": "OFFICER_FILE OfficerDoors OfficerKey OfficerSecret add_officer_passphrase close_other_doors officer_doors split_officer_key unlock_officer_key unlock_officer_key_with_shares",
            "_packed": "PackedTokens",
            "_people": "PeopleVault",
            "_people_types": "PersonId PersonProfile ShredProof Stored Value VaultEntry",
            "_profiles": "PROFILES",
            "_provider": "KeyProvider PassphraseFileProvider",
            "_provider_environment": "DEFAULT_VARIABLE",
            "_pseudonyms": "KINDS TOKEN_PATTERN Pseudonymiser PseudonymKeys",
            "_purpose": "Purpose",
            "_quarantine": "QUARANTINE_FILE Quarantine QuarantineEntry QuarantineItem",
            "_sealer": "Sealer unseal",
            "_split": "Share share_threshold",
            "_wrapper": "PersonKeyWrapper verify_signature",
            "errors": "ExtraMissingError KeyInUseError KeysChangedError KeyServiceError KeysExistError KeysMissingError KeysRefusedError KeysUnsafeError SharesError SharesNeededError UnknownKeyError VaultDamagedError VaultError VaultLockedError",
        },
    )

__all__ = [
    "DEFAULT_VARIABLE",
    "KEYRING_FILE",
    "KINDS",
    "OFFICER_FILE",
    "PROFILES",
    "QUARANTINE_FILE",
    "TOKEN_PATTERN",
    "ExtraMissingError",
    "KeyInUseError",
    "KeyLink",
    "KeyProvider",
    "KeyServiceError",
    "Keyring",
    "KeysChangedError",
    "KeysExistError",
    "KeysMissingError",
    "KeysRefusedError",
    "KeysUnsafeError",
    "OfficerDoors",
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
    "Share",
    "SharesError",
    "SharesNeededError",
    "ShredProof",
    "Stored",
    "UnknownKeyError",
    "Value",
    "VaultDamagedError",
    "VaultEntry",
    "VaultError",
    "VaultLockedError",
    "add_officer_passphrase",
    "check_private",
    "close_other_doors",
    "destroy",
    "keyring_exists",
    "officer_doors",
    "private_folder",
    "read_private",
    "share_threshold",
    "split_officer_key",
    "sync_folder",
    "touch_private",
    "unlock_officer_key",
    "unlock_officer_key_with_shares",
    "unseal",
    "verify_signature",
    "write_private",
]
