"""What tests of flow logs share: reading a text, and sums that do not hang on how records were put together."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from hushdesk.incident import FLOWS, Account, Coverage, Gap, Source, Wanted, iso

ROOT = Path(__file__).resolve().parents[3]
KEYS = ("outside", "inside", "port", "protocol", "verdict", "seen_by", "sampled")


class Read:
    """All that a parser gave."""

    def __init__(self, parser, source, wanted):
        self.account = Account()
        pieces = list(parser.read(source, wanted, self.account))
        self.batches = [each for each in pieces if isinstance(each, pa.RecordBatch)]
        self.coverage = [each for each in pieces if isinstance(each, Coverage)]
        self.gaps = [each for each in pieces if isinstance(each, Gap)]
        assert len(pieces) == len(self.batches) + len(self.coverage) + len(self.gaps)
        assert all(batch.schema == FLOWS for batch in self.batches)
        for batch in self.batches:
            batch.validate(full=True)
            assert all(batch.column(field.name).null_count == 0 for field in FLOWS if not field.nullable)
        assert self.account.balanced
        self.rows = [row for batch in self.batches for row in batch.to_pylist()]

    @property
    def refused(self):
        return sorted((each.line, each.reason) for each in self.account.lines)

    def spans(self, of=None):
        """Covered, less gaps, as text."""
        return {
            each.of: [(iso(span.start), iso(span.end)) for span in each.spans]
            for each in self.coverage
            if of in {None, each.of}
        }

    def sums(self):
        """By the hour and both ends: records, bytes, what is not known."""
        found = {}
        for row in self.rows:
            assert row["start"] <= row["end"]
            assert (row["why"] == "") == (
                (row["sent_lower"], row["received_lower"]) == (row["sent_upper"], row["received_upper"])
            )
            key = (row["start"].replace(minute=0, second=0, microsecond=0), *(row[key] for key in KEYS))
            into = found.setdefault(key, Counter())
            for name in ("records", "sent_lower", "received_lower"):
                into[name] += row[name]
            for name in ("sent_upper", "received_upper", "sent_packets", "connections"):
                if row[name] is None:
                    into[f"no {name}"] = 1
                else:
                    into[name] += row[name]
        for into in found.values():
            # A sum that holds something unknown is none.
            for name in [name for name in into if f"no {name}" in into]:
                into[name] = 0
        return {key: +value for key, value in found.items()}


@pytest.fixture
def read(tmp_path):
    """Read a text or bytes with a parser."""

    def reading(parser, content, wanted=None, name="a.log", options=None):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(
            gzip.compress(data) if name.endswith(".gz") and not data.startswith(b"\x1f\x8b") else data
        )
        return Read(parser, Source(path, "", options or {}), wanted or Wanted())

    return reading


@pytest.fixture
def corpus():
    """Real logs for development; they are not part of the project."""
    folder = ROOT.parent / "shared" / "data" / "incident"
    if not folder.is_dir():
        pytest.skip("the development data are not beside this checkout")
    return folder
