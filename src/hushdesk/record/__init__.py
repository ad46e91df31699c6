"""The record: who did what, append-only, in a Merkle tree (RFC 6962) whose heads are signed (Ed25519).

A record is a folder: ``entries.jsonl`` (one entry a line, hashed as it stands there), ``hashes.bin`` (32 bytes an entry),
``head.slots`` (the newest signed head and the one before), ``heads.jsonl`` (a head now and then, for ever). Whoever changes,
drops or reorders entries under a head is found by :func:`verify`; whoever takes entries off the end together with the heads is
found by a head that somebody else holds.
"""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.record._copy import copy_signed
    from hushdesk.record._index import DayCount, ExportRow, RecordIndex
    from hushdesk.record._manifest import Manifest, ManifestReader, ManifestWriter, sweep
    from hushdesk.record._merkle import consistent, leaf_hash, root_from_inclusion
    from hushdesk.record._proven import ProvenLog
    from hushdesk.record._read import RecordReader
    from hushdesk.record._record import Record
    from hushdesk.record._types import Entry, Head
    from hushdesk.record._verify import Fault, Verified, verify
else:
    __getattr__ = late(
        __name__,
        {
            "_copy": "copy_signed",
            "_index": "DayCount ExportRow RecordIndex",
            "_manifest": "Manifest ManifestReader ManifestWriter sweep",
            "_merkle": "consistent leaf_hash root_from_inclusion",
            "_proven": "ProvenLog",
            "_read": "RecordReader",
            "_record": "Record",
            "_types": "Entry Head",
            "_verify": "Fault Verified verify",
        },
    )

__all__ = [
    "DayCount",
    "Entry",
    "ExportRow",
    "Fault",
    "Head",
    "Manifest",
    "ManifestReader",
    "ManifestWriter",
    "ProvenLog",
    "Record",
    "RecordIndex",
    "RecordReader",
    "Verified",
    "consistent",
    "copy_signed",
    "leaf_hash",
    "root_from_inclusion",
    "sweep",
    "verify",
]
