"""Flow logs that are cut into files: what is counted hangs neither on where they are cut nor on when each part is added."""

from __future__ import annotations

import itertools
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.guard import AddressSet
from hushdesk.incident import Sees, Wanted, sources
from hushdesk.incident.dossier._adding import added
from hushdesk.incident.drill._plan import STORE_ADDRESS, plan
from hushdesk.incident.drill._write import write
from hushdesk.incident.errors import IncidentError
from hushdesk.incident.evidence import _flow_azure
from hushdesk.incident.gather import Shelf

from .test_azure_flow import T, document, flow, nsg, vnet

ANY = Wanted()
BOUNDS = ("sent_lower", "sent_upper", "received_lower", "received_upper", "records")


class Desk:
    """A shelf, and files to put on it."""

    def __init__(self, folder):
        self.folder = folder
        self.shelf = Shelf(folder / "shelf")
        self.told = []

    def file(self, name, text):
        path = self.folder / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def add(self, *paths, wanted=ANY, **kwargs):
        return added(self.shelf, list(sources(list(paths))), wanted, will_keep=self.told.append, **kwargs)

    def sums(self):
        """By the hour, what Shelf gives."""
        rows = self.shelf.flows().sort("start", "outside", "inside", "port", "verdict", "seen_by").to_dicts()
        return [
            {
                key: row[key]
                for key in (*BOUNDS, "outside", "inside", "port", "verdict", "seen_by", "connections")
            }
            | {"hour": row["start"].replace(minute=0, second=0, microsecond=0)}
            for row in rows
        ]

    def accounts(self):
        found = defaultdict(int)
        for kept in self.shelf:
            assert kept.account.balanced
            for name in ("records", "kept", "other", "duplicate", "refused"):
                found[name] += getattr(kept.account, name)
        return dict(found)

    def covered(self):
        return sorted(
            (
                (one.of, tuple(one.spans), one.sees, tuple(one.addresses.cidrs()))
                for kept in self.shelf
                for one in kept.coverage
            ),
            key=str,
        )


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def desks(tmp_path_factory):
    return lambda: Desk(tmp_path_factory.mktemp("desk"))


def hours(desk, *parts, make=nsg):
    return [
        desk.file(
            f"y=2019/m=12/d=04/h={23 - len(parts) + number:02}/PT1H.json",
            document(make(tuples, T + 3600 * (number - len(parts)) + 60)),
        )
        for number, tuples in enumerate(parts)
    ]


@pytest.mark.parametrize("kind", ["nsg", "vnet"])
def test_a_flow_that_goes_on_in_the_next_hour_is_counted(desk, kind):
    begin, end = flow("B", at=T - 3700), flow("E", "1,100,2,5000", at=T - 3500)
    if kind == "vnet":
        begin, end = (
            f"{(T + at) * 1000},203.0.113.9,10.0.0.4,40000,9200,6,I,{state},NX,{counts}"
            for state, at, counts in (("B", -3700, "0,0,0,0"), ("E", -3500, "1,100,2,5000"))
        )
    paths = hours(desk, [begin], [end], make=nsg if kind == "nsg" else vnet)
    found = desk.add(*paths)
    assert [(kept.account.records, kept.account.kept, new) for kept, new in found] == [
        (1, 1, True),
        (1, 1, True),
    ]
    rows = desk.sums()
    assert [(row["sent_lower"], row["sent_upper"]) for row in rows] == [(0, 0), (5000, 5000)]
    # Once more, alone, in another order: nothing is counted twice.
    before = desk.sums(), desk.covered()
    assert [new for _, new in desk.add(*reversed(paths), paths[0])] == [False] * 3
    assert (desk.sums(), desk.covered()) == before


def test_added_apart_the_first_stays_unknown_and_sums_hold(desk):
    first, second = hours(desk, [flow("B", at=T - 3700)], [flow("E", "1,100,2,5000", at=T - 3500)])
    desk.add(first)
    desk.add(second)
    assert [(row["sent_lower"], row["sent_upper"]) for row in desk.sums()] == [(0, None), (5000, 5000)]
    # Two flows of the same ends, begun in two series, of which one is counted: it could be either.
    third = desk.file("c.json", document(nsg([flow("B", at=T), flow("E", "1,1,1,7", at=T + 9)], T)))
    desk.add(third)
    assert desk.sums()[-1]["sent_upper"] == 7
    fourth = desk.file(
        "d.json", document(nsg([flow("B", at=T + 60), flow("C", "1,1,1,9", at=T + 90)], T + 60))
    )
    desk.add(fourth)
    assert desk.sums()[-1]["sent_upper"] is None


def test_the_same_record_in_two_files_counts_once(desk):
    half, whole = [flow("E", "1,2,3,4")], [flow("E", "1,2,3,4"), flow("E", "1,2,3,5", at=T + 1)]
    early, late = desk.file("a.json", document(nsg(half))), desk.file("b.json", document(nsg(whole)))
    (one, _), (other, _) = desk.add(early, late)
    assert (one.account.kept, other.account.kept, other.account.duplicate) == (1, 1, 1)
    assert sum(row["sent_lower"] for row in desk.sums()) == 9
    # Also if it comes in another series.
    third = desk.file("c.json", document(nsg([*whole, flow("E", "1,2,3,6", at=T + 2)])))
    ((kept, _),) = desk.add(third)
    assert (kept.account.kept, kept.account.duplicate) == (1, 2)
    assert sum(row["sent_lower"] for row in desk.sums()) == 15


def test_each_file_has_its_own_line_numbers(desk):
    paths = hours(desk, [flow("B"), "junk"], [], [flow("B"), flow("E", "1,2,3,4"), "", flow("B", port=1)])
    found = [kept for kept, _ in desk.add(*paths)]
    assert [[line.line for line in kept.account.lines] for kept in found] == [[2], [], [3]]
    assert [kept.account.records for kept in found] == [2, 1, 4]
    assert desk.sums()[-1]["records"] >= 1


def test_read_again_as_one_or_not_at_all(desk):
    begin, end = [flow("B", at=T - 3700)], [flow("E", "1,100,2,5000", at=T - 3500)]
    first, second = hours(desk, begin, end)
    desk.add(first, second)
    before = desk.sums(), desk.covered(), desk.accounts()
    # The one that was read with it is read too.
    assert [new for _, new in desk.add(first, again=True)] == [True]
    assert (desk.sums(), desk.covered(), desk.accounts()) == before
    assert Desk(desk.folder).sums() == before[0]
    second.rename(second.with_name("moved.json"))
    with pytest.raises(IncidentError, match="read as one"):
        desk.add(first, again=True)
    assert (desk.sums(), desk.accounts()) == (before[0], before[2])
    desk.add(first, second.with_name("moved.json"), again=True)
    assert (desk.sums(), desk.accounts()) == (before[0], before[2])
    # Another parser is forced on one of them.
    desk.add(first, again=True, parser="syslog")
    assert {kept.parser for kept in desk.shelf} == {"syslog", "azure-nsg-flow"}
    assert [row["sent_lower"] for row in desk.sums()] == [5000]
    assert len(list(desk.shelf)) == 2
    desk.add(second.with_name("moved.json"), again=True, parser="syslog")
    assert desk.sums() == []
    desk.add(first, second.with_name("moved.json"), again=True)
    assert (desk.sums(), desk.accounts()) == (before[0], before[2])


def test_killed_at_any_file_operation_and_repeated_it_is_the_same(desks, monkeypatch):
    def prepared():
        desk = desks()
        paths = hours(desk, [flow("B", at=T - 3700)], [flow("E", "1,100,2,5000", at=T - 3500)])
        desk.add(paths[0])
        return desk, paths

    desk, paths = prepared()
    desk.add(*paths, again=True)
    expected = desk.sums(), desk.accounts()
    assert expected[0][0]["sent_upper"] == 0

    class Killed(BaseException):
        pass

    done, step = False, 0
    while not done:
        step += 1
        desk, paths = prepared()
        left = step

        def hooked(name):
            real = getattr(Path, name)

            def operation(self, *args, **kwargs):
                nonlocal left
                if "shelf" in self.parts:
                    left -= 1
                    if not left:
                        raise Killed
                return real(self, *args, **kwargs)

            return operation

        with monkeypatch.context() as patch:
            for name in ("replace", "unlink"):
                patch.setattr(Path, name, hooked(name))
            try:
                desk.add(*paths, again=True)
                done = True
            except Killed:
                pass
        again = Desk(desk.folder)
        # What stands there is the old or the new, never both.
        assert again.sums() in (
            expected[0],
            expected[0][:1],
            [expected[0][0] | {"sent_upper": None, "received_upper": None}],
            [],
        )
        again.add(*paths, again=True)
        assert (again.sums(), again.accounts()) == expected
    assert step > 4


@pytest.mark.parametrize("single", [True, False])
def test_what_is_kept_is_on_disk_and_its_owners_alone(desk, monkeypatch, single):
    """Each file is synced before its name is there, so that a power cut leaves no account of rows that are gone."""
    synced, named = [], []
    sync, replace = os.fsync, Path.replace

    def noted(self, target):
        assert self.stat().st_ino in synced
        named.append(Path(target).name)
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(os.fstat(file).st_ino), sync(file)))
    monkeypatch.setattr(Path, "replace", noted)
    paths = hours(desk, [flow("B", at=T - 3700)], [flow("E", "1,100,2,5000", at=T - 3500)])
    desk.add(*paths[: 1 if single else 2], again=True)
    assert [name.split(".", 1)[1] for name in named][-1] == "json"
    kept = [path for path in (desk.folder / "shelf").rglob("*") if path.is_file()]
    assert {path.name for path in kept} == set(named)
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_what_a_kill_left_of_a_file_goes_when_it_is_read_again(desk):
    path = desk.file("a.log", "Dec  5 10:00:00 host kernel: nothing of interest\n")
    ((kept, _),) = desk.add(path, parser="syslog")
    left = desk.folder / "shelf" / f".{kept.ident}.flows.parquet.0123456789ab.tmp"
    left.write_bytes(b"192.0.2.7")
    desk.add(path, again=True, parser="syslog")
    assert not left.exists()


def test_a_parser_that_fails_on_the_series_reads_file_by_file(desk, monkeypatch):
    paths = hours(desk, [flow("E", "1,2,3,4")], [flow("E", "1,2,3,5")])
    real = _flow_azure.read

    def failing(log, dialect, given_sources, wanted, accounts, memory):
        if len(accounts) > 1:
            raise RuntimeError("a value")
        return real(log, dialect, given_sources, wanted, accounts, memory)

    monkeypatch.setattr(_flow_azure, "read", failing)
    desk.add(*paths)
    assert sum(row["sent_lower"] for row in desk.sums()) == 9
    assert desk.accounts()["kept"] == 2


def test_versions_may_change_on_the_way(desk):
    old = nsg([f"{T - 3700},203.0.113.9,10.0.0.4,40000,9200,T,I,A"], T - 3600, version=1)
    paths = [
        desk.file("a.json", document(old)),
        desk.file("b.json", document(nsg([flow("E", "1,2,3,4")], T))),
    ]
    desk.add(*paths)
    counted = [sees for _, spans, sees, _ in desk.covered() if Sees.BYTES in sees]
    assert len(counted) == 1
    assert [row["sent_upper"] for row in desk.sums()] == [None, 4]


def test_the_drill_crosses_an_hour(desk):
    december = plan(11, 400, 900)
    files = write(desk.folder / "drill", december)
    wanted = Wanted(inside=AddressSet.parse(STORE_ADDRESS), ports=frozenset({9200}))
    desk.add(files.flows, wanted=wanted)
    records = [
        record
        for path in sorted(files.flows.rglob("*.json"))
        for record in json.loads(path.read_text())["records"]
    ]
    whole = Desk(desk.folder / "whole")
    whole.add(whole.file("all.json", json.dumps({"records": records})), wanted=wanted)
    assert desk.sums() == whole.sums()
    crossing = [one for one in december.connections if one.start // 3_600_000_000 != one.end // 3_600_000_000]
    assert crossing


# Random flows, cut anywhere.


@st.composite
def _records(draw):
    """Records in the order of time, with flows that use the same ends one after another, and repeats."""
    found = []
    for number in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, 9000))
        port, out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
        counted = draw(st.sampled_from([True, True, False]))
        states = "B" + "C" * draw(st.integers(0, 2)) + "E"
        for step, state in enumerate(states):
            if draw(st.integers(0, 9)) == 0:
                continue
            counts = (
                f"{number},{draw(st.integers(0, 99))},1,{draw(st.integers(0, 99))}"
                if counted and state != "B"
                else ""
            )
            text = flow(state, counts, T + at + 300 * step, port=4000 + port, outside=f"203.0.113.{out}")
            found += [(at + 300 * step, text)] * draw(st.sampled_from([1, 1, 1, 2]))
    return [text for _, text in sorted(found)] or [flow("B")]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_records(), st.data())
def test_where_files_are_cut_and_how_they_are_added(desks, records, data):
    whole = desks()
    whole.add(whole.file("all.json", document(nsg(records))))
    expected = {(row["hour"], row["outside"], row["port"]): row for row in whole.sums()}
    cut = desks()
    of = data.draw(st.lists(st.integers(0, 3), min_size=len(records), max_size=len(records)))
    paths = []
    for number in sorted(set(of)):
        mine = [text for text, each in zip(records, of, strict=True) if each == number]
        paths.append(cut.file(f"{number}.json", document(nsg(mine)) + " " * number))
    # All at once: the same, wherever they are cut.
    cut.add(*paths)
    assert cut.sums() == whole.sums()
    assert cut.accounts() == whole.accounts()
    assert cut.covered() == whole.covered()
    # In several calls, in any order: the same or unknown; added up over time, unknown wherever all at once is.
    apart = desks()
    left = data.draw(st.permutations(paths))
    while left:
        size = data.draw(st.integers(1, len(left)))
        apart.add(*left[:size])
        left = left[size:]
    assert apart.accounts() == whole.accounts()
    known = defaultdict(lambda: True)
    for row in apart.sums():
        other = expected[row["hour"], row["outside"], row["port"]]
        known[row["outside"], row["port"]] &= row["sent_upper"] is not None
        assert (row["records"], row["sent_lower"], row["received_lower"]) == (
            other["records"], other["sent_lower"], other["received_lower"],
        )  # fmt: skip
        if row["sent_upper"] is not None and other["sent_upper"] is not None:
            assert row["sent_upper"] == other["sent_upper"]
    assert len(apart.sums()) == len(expected)
    for (_, outside, port), row in expected.items():
        if row["sent_upper"] is None:
            assert not known[outside, port]


# AWS: lines of many files.

HEADING = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"


def line(at, size=100, outside="203.0.113.9", eni="eni-1", action="ACCEPT"):
    return f"2 123456789012 {eni} 10.0.0.4 {outside} 9200 40000 6 1 {size} {T + at} {T + at + 59} {action} OK"


def test_aws_files_of_one_series(desk):
    other = "interface-id srcaddr dstaddr srcport dstport protocol bytes start end action log-status"
    custom = f"eni-1 10.0.0.4 203.0.113.9 9200 40000 6 7 {T + 240} {T + 299} ACCEPT OK"
    texts = [
        "\n".join([HEADING, line(0), line(60, 5)]) + "\n",
        "\n".join([HEADING, line(60, 5), "junk", line(120, 6)]),
        "",
        HEADING,
        "\n".join([line(180, 8), "2 1 eni-1 - - - - - - - - - - NODATA", ""]),
        "\n".join([other, custom, "", "more junk", HEADING, line(300, 9)]),
        "\n".join([line(360, 10), line(0)]),
    ]
    found = [
        kept
        for kept, _ in desk.add(
            *(desk.file(f"{number}.log", text) for number, text in enumerate(texts)), parser="aws-vpc-flow"
        )
    ]
    accounts = [
        (kept.account.records, kept.account.kept, kept.account.duplicate, kept.account.refused)
        for kept in found
    ]
    assert accounts == [
        (2, 2, 0, 0),
        (3, 1, 1, 1),
        (0, 0, 0, 0),
        (0, 0, 0, 0),
        (2, 1, 0, 1),
        (3, 2, 0, 1),
        (2, 1, 1, 0),
    ]
    assert [[each.line for each in kept.account.lines] for kept in found] == [[], [3], [], [], [2], [4], []]
    (row,) = desk.sums()
    assert (row["sent_lower"], row["sent_upper"], row["records"]) == (145, 145, 7)
    (coverage,) = [one for kept in desk.shelf for one in kept.coverage]
    assert coverage.spans.size == 420 * 1_000_000
    # What is added later and was there before counts once.
    ((late, _),) = desk.add(desk.file("z.log", "\n".join([line(0), line(420, 1)])))
    assert (late.account.kept, late.account.duplicate) == (1, 1)
    assert desk.sums()[0]["sent_lower"] == 146


lines_ = st.lists(
    st.one_of(
        st.builds(line, st.integers(0, 400).map(lambda at: at * 10), st.integers(0, 3), st.sampled_from(["203.0.113.9", "2001:db8::9"])),
        st.sampled_from(["x", HEADING, "", line(5, eni="eni-2"), line(7, action="REJECT"), line(9).replace("10.0.0.4", "10.0.0.04")]),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines_, st.data())
def test_where_aws_files_are_cut_and_how_they_are_added(desks, lines, data):
    def added_up(parts, calls):
        desk = desks()
        paths = [
            desk.file(f"{number}.log", "\n".join([HEADING + " " * number, *part]))
            for number, part in enumerate(parts)
        ]
        for some in calls:
            desk.add(*(paths[number] for number in some), parser="aws-vpc-flow")
        refused = {
            Path(kept.name).name: [each.line - 2 for each in kept.account.lines] for kept in desk.shelf
        }
        wrong = [[at for at, text in enumerate(part) if text == "x" or "10.0.0.04" in text] for part in parts]
        assert refused == {f"{number}.log": rows for number, rows in enumerate(wrong)}
        return desk.sums(), desk.accounts()

    whole = added_up([lines], [[0]])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=4)))
    edges = [0, *cuts, len(lines)]
    parts = [lines[begin:end] for begin, end in itertools.pairwise(edges)]
    order = data.draw(st.permutations(range(len(parts))))
    for calls in ([range(len(parts))], [[number] for number in order]):
        assert added_up(parts, calls) == whole
