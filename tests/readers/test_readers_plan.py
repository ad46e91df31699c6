import dataclasses
import gzip
import io
import json

import pytest

from hushdesk.cases import Case, Locator, Reason, Refused
from hushdesk.readers import (
    NOT_MINE,
    CarrierError,
    Confidence,
    NoSuchReaderError,
    Options,
    Reader,
    ReaderFailedError,
    Sniffed,
    available,
    plan,
    read,
    read_plan,
)
from hushdesk.readers import _registry as registry

SECRET = "jane.roe@example.com"


class Lines(Reader):
    """Reads any text that begins with its name, one case a line."""

    name = "lines"
    confidence = Confidence.CERTAIN

    def sniff(self, head, name):
        return Sniffed(self.confidence, "all") if head.startswith(b"lines") else NOT_MINE

    def read(self, streams, options):
        for part, stream in streams:
            with stream.open() as file:
                for number, line in enumerate(file, 1):
                    yield Case(
                        source=self.name, source_id=f"{part}:{stream.name}:{number}", subject=line.decode()
                    )


class Grumpy(Lines):
    name = "grumpy"

    def sniff(self, head, name):
        raise ValueError(SECRET)


class Faulty(Lines):
    name = "faulty"

    def read(self, streams, options):
        yield Refused(Reason.BAD_ROW, Locator("x", 1), "the row is bad")
        raise ValueError(f"could not convert {SECRET}")


class Cut(Lines):
    name = "cut"

    def read(self, streams, options):
        raise CarrierError(Reason.TRUNCATED, "the data ends")
        yield


class Table(Lines):
    name = "tabular"
    confidence = Confidence.CARRIER


class Early(Lines):
    name = "a"
    confidence = Confidence.CARRIER


class Point:
    def __init__(self, name, load):
        self.name = self.value = name
        self.load = load


@pytest.fixture
def installed(monkeypatch):
    def install(**readers):
        points = [Point(name, load) for name, load in readers.items()]
        monkeypatch.setattr(registry, "entry_points", lambda group: points)

    return install


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.txt"
    path.write_text("lines\nof text\n")
    return path


def test_every_built_in_reader_is_found_through_its_entry_point():
    assert set(available()) >= {"elasticsearch", "jira", "zendesk"}


def test_a_plugin_reads(installed, export):
    installed(lines=lambda: Lines)
    assert [case.subject for case in read([export])] == ["lines\n", "of text\n"]


def test_a_broken_plugin_is_told_and_skipped(installed, export):
    def explode():
        raise ImportError(SECRET)

    installed(
        broken=explode, lines=lambda: Lines, other=lambda: dict, twin=lambda: Lines, grumpy=lambda: Grumpy
    )
    planned = plan([export])
    assert [(one.name, one.problem) for one in planned.broken] == [
        ("broken", "it could not be loaded (ImportError)"),
        ("other", "it is not a Reader"),
        ("twin", "another reader has the same name"),
    ]
    assert [reader.name for reader, _ in planned.groups] == ["lines"]


def test_where_only_the_carrier_fits_the_tabular_reader_asks(installed, export):
    installed(a=lambda: Early, tabular=lambda: Table)
    assert [reader.name for reader, _ in plan([export]).groups] == ["tabular"]
    installed(a=lambda: Early, tabular=lambda: Table, lines=lambda: Lines)
    assert [reader.name for reader, _ in plan([export]).groups] == ["lines"]


def test_a_named_reader_takes_everything(installed, tmp_path):
    installed(lines=lambda: Lines, tabular=lambda: Table)
    (tmp_path / "x").write_text("something else\n")
    assert [case.subject for case in read([tmp_path], reader="lines")] == ["something else\n"]
    with pytest.raises(NoSuchReaderError) as caught:
        plan([tmp_path], reader="nobody")
    assert caught.value.available == ["lines", "tabular"]


def test_a_fault_in_a_reader_is_told_without_what_it_says(installed, export):
    installed(faulty=lambda: Faulty)
    got = read([export])
    assert next(got).reason is Reason.BAD_ROW
    with pytest.raises(ReaderFailedError) as caught:
        next(got)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert caught.value.error_type == "ValueError"
    assert caught.value.where.startswith("test_readers_plan.py:")


def test_a_carrier_error_that_a_reader_lets_through_is_a_refusal(installed, export):
    installed(cut=lambda: Cut)
    assert [(one.reason, one.whole_file) for one in read([export])] == [(Reason.TRUNCATED, True)]


def test_a_disk_that_fails_costs_one_input(tmp_path):
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 100_000:
                raise OSError(5, SECRET)
            return super().read(min(size, 50_000) if size > 0 else 50_000)

    data = "".join(
        json.dumps({"_index": "i", "_id": n, "_source": {"title": "t"}}) + "\n" for n in range(10_000)
    ).encode()
    (tmp_path / "a").write_bytes(data)
    planned = plan([tmp_path])
    ((reader, [(part, stream)]),) = planned.groups
    planned.groups[0] = (reader, [(part, dataclasses.replace(stream, open=lambda: Failing(data)))])
    *cases, refused = read_plan(planned)
    assert len(cases) > 1000
    assert (refused.reason, refused.at.file) == (Reason.NOT_READABLE, "a")
    assert SECRET not in repr(refused)


def test_progress_counts_every_byte_once(installed, tmp_path):
    class Twice(Lines):
        name = "twice"

        def read(self, streams, options):
            options.on_bytes(1_000_000)  # readers need not, and must not be able to count twice
            for _ in range(2):
                yield from super().read(streams, options)

    installed(twice=lambda: Twice)
    text = b"lines\n" * 5000
    (tmp_path / "a.txt").write_bytes(text)
    (tmp_path / "b.gz").write_bytes(gzip.compress(text))
    told = []
    assert len(list(read([tmp_path], Options(on_bytes=told.append)))) == 20_000
    assert sum(told) == len(text) * 2 == plan([tmp_path]).total_bytes


@pytest.mark.parametrize(
    ("data", "reason", "word"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", Reason.UNKNOWN_FORMAT, "PDF"),
        (b"\x89PNG\r\n\x1a\n", Reason.UNKNOWN_FORMAT, "picture"),
        (b"[" * 10_000 + b"]" * 10_000, Reason.TOO_DEEP, "nested"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, Reason.TOO_DEEP, "nested"),
        (b'{"nothing": "known"', Reason.UNKNOWN_FORMAT, "JSON"),
        (b"<html><body>hello", Reason.UNKNOWN_FORMAT, "markup"),
        (b"\x00\x01\x02\x03" * 50, Reason.UNKNOWN_FORMAT, "binary"),
        (b"dear diary", Reason.UNKNOWN_FORMAT, "text"),
    ],
    ids=["pdf", "png", "deep arrays", "deep objects", "json", "html", "binary", "text"],
)
def test_what_nobody_knows_is_refused_by_what_it_is(installed, tmp_path, data, reason, word):
    installed(lines=lambda: Lines)
    (tmp_path / "x").write_bytes(data)
    (tmp_path / "y").write_text("lines\n")
    refused, case = read([tmp_path])
    assert (refused.reason, refused.at.file) == (reason, "x")
    assert word in refused.problem
    assert refused.remedy
    assert isinstance(case, Case)


def test_nothing_of_the_input_is_shown(tmp_path):
    for name, data in {
        "a.jsonl": f'{{"id": 1, "subject": "{SECRET}", "requester_id": 1, "assignee_id": 2, "via": 3}}\n{{"{SECRET}\n',
        "b.csv": f'Issue id,Summary,Status,Reporter\n{SECRET},"{SECRET},x,y\n,{SECRET},{SECRET},{SECRET}\n',
        "c.jsonl": json.dumps({"_index": "i", "_id": "1", "_source": {"created_at": SECRET}}),
        "d.pdf": f"%PDF-{SECRET}",
        "e.txt": SECRET,
    }.items():
        (tmp_path / name).write_text(data)
    got = list(read([tmp_path]))
    assert len(got) >= 6
    assert SECRET not in repr(got) + "".join(str(one.at) for one in got if isinstance(one, Refused))
    quarantined = [one.raw for one in got if isinstance(one, Refused) and one.at.row]
    assert quarantined
    assert all(SECRET.encode() in raw for raw in quarantined)


def test_the_order_depends_on_the_input_alone(tmp_path):
    for name in ("z", "a", "m"):
        (tmp_path / f"{name}.jsonl").write_text(
            "".join(
                json.dumps({"id": f"{name}{n}", "requester_id": 1, "assignee_id": 2, "via": None}) + "\n"
                for n in range(3)
            )
        )
    first = [case.source_id for case in read([tmp_path]) if isinstance(case, Case)]
    assert first == ["a0", "a1", "a2", "m0", "m1", "m2", "z0", "z1", "z2"]
    assert first == [case.source_id for case in read([tmp_path]) if isinstance(case, Case)]
