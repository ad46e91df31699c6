"""Seal: make a case storable. Redact all text, replace people by pseudonyms, coarsen the rest, check for leaks."""

from hushdesk.seal._batch import BatchSealer, SealedBatch, Verdict, to_record_batch
from hushdesk.seal._identity import Cast, content_bytes
from hushdesk.seal._seal import Doubtful, Sealed, Sealer

__all__ = [
    "BatchSealer",
    "Cast",
    "Doubtful",
    "Sealed",
    "SealedBatch",
    "Sealer",
    "Verdict",
    "content_bytes",
    "to_record_batch",
]
