"""Bad input: one clear line each, the rest is loaded, and the counts add up."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from hushdesk.desk import Desk, LoadReport

HEADER = "Ticket ID,Customer Name,Customer Email,Subject,Description,Created\n"


def ticket(number: int) -> str:
    return json.dumps(
        {
            "url": f"https://acme.zendesk.com/api/v2/tickets/{number}.json",
            "id": number,
            "subject": f"Subject {number}",
            "raw_subject": f"Subject {number}",
            "description": f"Text {number}",
            "created_at": "2019-01-01T00:00:00Z",
            "updated_at": "2019-01-02T00:00:00Z",
            "status": "open",
            "requester_id": 5,
            "via": {"channel": "web"},
        }
    )


def rows(count: int, first: int = 0) -> list[str]:
    return [
        f'{n},Jane Roe,jane{n}@example.com,Subject {n},"body {n}",2019-03-{n % 28 + 1:02d}\n'
        for n in range(first, first + count)
    ]


def truncated_gzip(folder: Path) -> Path:
    data = gzip.compress("\n".join(ticket(n) for n in range(200)).encode())
    path = folder / "tickets.jsonl.gz"
    path.write_bytes(data[: len(data) * 2 // 3])
    return path


def stray_quote(folder: Path) -> Path:
    lines = rows(30)
    lines[20] = '20,Jane Roe,jane@example.com,"Subject" 20",body,2019-03-01\n'
    path = folder / "cases.csv"
    path.write_text(HEADER + "".join(lines))
    return path


def utf_16(folder: Path) -> Path:
    path = folder / "cases.csv"
    path.write_bytes((HEADER + "".join(rows(30))).encode("utf-16"))
    return path


def mixed_encodings(folder: Path) -> Path:
    lines = [
        f"{n},Zoë,zoe@example.com,Sujet,déjà vu,2019-01-{n + 13}\n".encode("utf-8" if n % 2 else "cp1252")
        for n in range(10)
    ]
    path = folder / "cases.csv"
    path.write_bytes(HEADER.encode() + b"".join(lines))
    return path


def long_line(folder: Path) -> Path:
    path = folder / "tickets.jsonl"
    huge = b'{"id": 2, "subject": "' + b"x" * 50_000_000 + b'"}'
    path.write_bytes(b"\n".join([ticket(1).encode(), huge, ticket(3).encode()]))
    return path


def deep_json(folder: Path) -> Path:
    path = folder / "tickets.jsonl"
    deep = '{"id": 2, "a": ' + "[" * 10_000 + "]" * 10_000 + "}"
    path.write_text("\n".join([ticket(1), deep, ticket(3)]))
    return path


def duplicate_ids(folder: Path) -> Path:
    path = folder / "cases.csv"
    path.write_text(
        HEADER + "1,A B,a@example.com,S,first,2019-01-20\n1,A B,a@example.com,S,second,2019-01-21\n"
        "2,A B,a@example.com,S,third,2019-01-22\n"
    )
    return path


def two_readings(folder: Path) -> Path:
    path = folder / "cases.csv"
    path.write_text(
        HEADER + "1,A B,a@example.com,S,first,03/04/2019\n2,A B,a@example.com,S,second,05/06/2019\n"
    )
    return path


def empty_file(folder: Path) -> Path:
    path = folder / "cases.csv"
    path.write_bytes(b"")
    return path


def empty_folder(folder: Path) -> Path:
    path = folder / "exports"
    path.mkdir()
    return path


def pdf(folder: Path) -> Path:
    path = folder / "cases.pdf"
    path.write_bytes(b"%PDF-1.7\n" + random.Random(1).randbytes(2_000))
    return path


CASES: list[tuple[Callable[[Path], Path], str | None, int, int]] = [
    # what, the reason of its one line, lines, cases stored (None: some, but not all)
    (truncated_gzip, "truncated", 1, -1),
    (stray_quote, "bad_row", 1, 29),
    (utf_16, None, 0, 30),
    (mixed_encodings, None, 0, 10),
    (long_line, "too_large", 1, 2),
    (deep_json, "too_deep", 1, 2),
    (duplicate_ids, "duplicate_id", 1, 2),
    (two_readings, "ambiguous_date", 2, 0),
    (empty_file, "empty", 1, 0),
    (empty_folder, "empty", 1, 0),
    (pdf, "unknown_format", 1, 0),
]


def load(desk: Desk, path: Path) -> LoadReport:
    report = desk.load([path], workers=0)
    assert report.state == "finished"
    assert report.tally.balanced
    return report


@pytest.mark.parametrize(
    ("make", "reason", "lines", "stored"), CASES, ids=[case[0].__name__ for case in CASES]
)
def test_one_line_and_the_rest_is_loaded(
    desk: Desk, tmp_path: Path, make: Callable[[Path], Path], reason: str | None, lines: int, stored: int
) -> None:
    path = make(tmp_path)
    report = load(desk, path)
    assert [line.reason for line in report.refused] == [reason] * lines
    for line in report.refused:
        assert line.problem
        assert line.remedy
        assert path.name in line.place
    if stored >= 0:
        assert report.tally.stored == stored
    else:
        assert 0 < report.tally.stored < 200
    assert desk.store.count() == report.tally.stored
    again = load(desk, path)
    assert again.tally.stored == 0
    assert again.tally.unchanged == report.tally.stored
    assert again.tally.refused == report.tally.refused


def test_bad_files_do_not_take_good_ones_with_them(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for make in (stray_quote, pdf, truncated_gzip):
        make(folder)
    (folder / "empty.csv").write_bytes(b"")
    report = load(desk, folder)
    assert {line.reason for line in report.refused} == {"bad_row", "unknown_format", "truncated", "empty"}
    assert report.tally.sources["csv"] == 29
    assert report.tally.sources["zendesk"] > 0
    assert report.tally.stored == report.tally.sources.total()


def test_refused_rows_lie_in_quarantine_for_the_officer_alone(desk: Desk, tmp_path: Path) -> None:
    load(desk, stray_quote(tmp_path))
    assert desk.quarantine.count() == 1
    for path in desk.folder.rglob("*"):
        if path.is_file():
            assert b"jane@example.com" not in path.read_bytes()


def test_an_interrupted_load_is_not_taken_up_for_a_changed_file(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(HEADER + "".join(rows(3)))
    first = load(desk, path)
    desk.ledger._db.execute("UPDATE loads SET state = 'interrupted'")
    same = load(desk, path)
    assert (same.id, same.resumed) == (first.id, 1)
    desk.ledger._db.execute("UPDATE loads SET state = 'interrupted'")
    path.write_text(path.read_text().replace("body 1", "new! 1"))
    other = load(desk, path)
    assert other.id != first.id
    assert other.tally.newer == 1
