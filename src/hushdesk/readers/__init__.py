"""Readers: from a help desk's export to cases.

``read`` takes files and folders, looks into gzip and zip, lets every reader sniff at the content,
and yields cases. Each help desk or carrier is one :class:`Reader`, found by the entry point group
``hushdesk.readers``.

Errors: :class:`CarrierError` (bytes that cannot be read), :class:`NoSuchReaderError` (a name that no
reader has), :class:`ReaderFailedError` (a fault in a reader's code), :class:`MappingError` (a mapping
file that cannot be used).
"""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.readers._errors import CarrierError, NoSuchReaderError, ReaderError, ReaderFailedError
    from hushdesk.readers._interface import (
        HEAD_BYTES,
        NOT_MINE,
        Confidence,
        Options,
        Reader,
        Sniffed,
        Stream,
    )
    from hushdesk.readers._mapping import Mapping, MappingError, load_mapping
    from hushdesk.readers._plan import Plan, plan, read, read_plan
    from hushdesk.readers._registry import Broken, available
    from hushdesk.readers._suggest import ColumnGuess, Suggestion, suggest
else:
    __getattr__ = late(
        __name__,
        {
            "_errors": "CarrierError NoSuchReaderError ReaderError ReaderFailedError",
            "_interface": "HEAD_BYTES NOT_MINE Confidence Options Reader Sniffed Stream",
            "_mapping": "Mapping MappingError load_mapping",
            "_plan": "Plan plan read read_plan",
            "_registry": "Broken available",
            "_suggest": "ColumnGuess Suggestion suggest",
        },
    )

__all__ = [
    "HEAD_BYTES",
    "NOT_MINE",
    "Broken",
    "CarrierError",
    "ColumnGuess",
    "Confidence",
    "Mapping",
    "MappingError",
    "NoSuchReaderError",
    "Options",
    "Plan",
    "Reader",
    "ReaderError",
    "ReaderFailedError",
    "Sniffed",
    "Stream",
    "Suggestion",
    "available",
    "load_mapping",
    "plan",
    "read",
    "read_plan",
    "suggest",
]
