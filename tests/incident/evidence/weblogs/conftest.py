"""What the tests of parsers of servers' logs share: a text is written, read, and what came of it is looked at."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from hushdesk.incident import (
    ALWAYS,
    FLOWS,
    REQUESTS,
    SECOND,
    Account,
    Coverage,
    EvidenceParser,
    Gap,
    Head,
    Sees,
    Source,
    Spans,
    Wanted,
)
from hushdesk.incident.evidence.aws_s3_access import AwsS3Access
from hushdesk.incident.evidence.haproxy import HaProxy
from hushdesk.incident.evidence.nftables import Nftables
from hushdesk.incident.evidence.syslog import Syslog
from hushdesk.incident.evidence.web_access import WebAccess
from hushdesk.incident.evidence.zeek_conn import ZeekConn

ROOT = Path(__file__).resolve().parents[4]
PARSERS: dict[str, EvidenceParser] = {
    parser.name: parser
    for parser in (WebAccess(), HaProxy(), AwsS3Access(), ZeekConn(), Nftables(), Syslog())
}


@dataclass
class Reading:
    """What came of one file."""

    requests: list[dict[str, Any]]
    flows: list[dict[str, Any]]
    coverage: list[Coverage]
    gaps: list[Gap]
    account: Account
    claims: dict[str, int]

    @property
    def refused(self) -> list[int]:
        return [each.line for each in self.account.lines]

    @property
    def seen(self) -> Spans:
        """Where silence would have meant something."""
        found = Spans(span for each in self.coverage if each.sees is not Sees.NOTHING for span in each.spans)
        return found - Spans(span for gap in self.gaps for span in gap.spans)


Read = Callable[..., Reading]


def read_file(
    path: Path, parser: str, options: dict[str, str] | None = None, wanted: Wanted | None = None
) -> Reading:
    source, account = Source(path, "", options or {}), Account()
    head = Head(source.plain_name, str(path), *source.head())
    found = Reading([], [], [], [], account, {name: each.claims(head) for name, each in PARSERS.items()})
    for piece in PARSERS[parser].read(source, wanted or Wanted(spans=ALWAYS), account):
        if isinstance(piece, pa.RecordBatch):
            assert piece.schema.equals(REQUESTS) or piece.schema.equals(FLOWS)
            piece.validate(full=True)
            for name in (field.name for field in piece.schema if not field.nullable):
                assert piece.column(name).null_count == 0, name
            rows = piece.to_pylist()
            for row in rows:
                for low, high in (
                    ("bytes_lower", "bytes_upper"),
                    ("rows_lower", "rows_upper"),
                    ("sent_lower", "sent_upper"),
                    ("received_lower", "received_upper"),
                ):
                    if low in row:
                        assert row[low] >= 0
                        assert row[high] is None or row[low] <= row[high]
                        assert row["why"] or row[low] == row[high]
                assert row["start"] <= row["end"]
            (found.requests if piece.schema.equals(REQUESTS) else found.flows).extend(rows)
        elif isinstance(piece, Coverage):
            found.coverage.append(piece)
        elif isinstance(piece, Gap):
            found.gaps.append(piece)
        else:
            raise TypeError(type(piece).__name__)
    assert account.balanced, account
    return found


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes a text as a file and reads it by a parser."""

    def reading(
        parser: str,
        text: str | bytes,
        name: str = "access.log",
        wanted: Wanted | None = None,
        written: int | None = None,
        **options: str,
    ) -> Reading:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(errors="surrogateescape"))
        if written is not None:
            os.utime(path, ns=(written * 1000, written * 1000))
        return read_file(
            path, parser, {key.replace("_", "-"): value for key, value in options.items()}, wanted
        )

    return reading


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real logs for development; they are not part of the project."""
    folder = ROOT.parent / "shared" / "data" / "incident"
    if not folder.is_dir():
        pytest.skip("the development data on incidents is not beside this checkout")
    return folder


def at(seconds: float) -> int:
    """Microseconds."""
    return round(seconds * SECOND)
