"""Seal: make a case storable. Redact all text, replace people by pseudonyms, coarsen the rest, check for leaks."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.seal._batch import BatchSealer, SealedBatch, Verdict, to_record_batch
    from hushdesk.seal._bounds import rate_bound, share_bound
    from hushdesk.seal._certificate import Certificate, Looker, Sampled, make_certificate, texts_of
    from hushdesk.seal._erased import CASE, ErasedValues, ErasedWire
    from hushdesk.seal._identity import Cast, case_of, content_bytes
    from hushdesk.seal._seal import Doubt, Doubtful, Reviewed, Sealed, Sealer
    from hushdesk.seal._values import PER_CASE, Entry, Listed, ValueLists, ValuesWire, ValueTooShort
else:
    __getattr__ = late(
        __name__,
        {
            "_batch": "BatchSealer SealedBatch Verdict to_record_batch",
            "_bounds": "rate_bound share_bound",
            "_certificate": "Certificate Looker Sampled make_certificate texts_of",
            "_erased": "CASE ErasedValues ErasedWire",
            "_identity": "Cast case_of content_bytes",
            "_seal": "Doubt Doubtful Reviewed Sealed Sealer",
            "_values": "PER_CASE Entry Listed ValueLists ValuesWire ValueTooShort",
        },
    )

__all__ = [
    "CASE",
    "PER_CASE",
    "BatchSealer",
    "Cast",
    "Certificate",
    "Doubt",
    "Doubtful",
    "Entry",
    "ErasedValues",
    "ErasedWire",
    "Listed",
    "Looker",
    "Reviewed",
    "Sampled",
    "Sealed",
    "SealedBatch",
    "Sealer",
    "ValueLists",
    "ValueTooShort",
    "ValuesWire",
    "Verdict",
    "case_of",
    "content_bytes",
    "make_certificate",
    "rate_bound",
    "share_bound",
    "texts_of",
    "to_record_batch",
]
