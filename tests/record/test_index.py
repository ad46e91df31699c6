"""What is shown of a record is proven at each look, and the index finds exactly what reading everything finds."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.record import (
    ManifestReader,
    ManifestWriter,
    ProvenLog,
    Record,
    RecordIndex,
    RecordReader,
    alone_proof,
    sweep,
)
from hushdesk.record._index import cases_of
from hushdesk.record._manifest import pack, unpack
from hushdesk.record._proven import BLOCK
from hushdesk.record.errors import RecordDamagedError, RecordError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
IDS = st.text(ALPHABET, min_size=16, max_size=16)
EVENTS = ("analyst:case:search", "analyst:case:read", "account:sign-in:failure", "operator:load:start")


def opened(folder: Path, clock=None) -> Record:
    sign = lambda message: (1, KEY.sign(message))  # noqa: E731
    return Record(folder, "desk-1", sign, {1: PUBLIC}, **({"clock": clock} if clock else {}))


def proven(folder: Path) -> ProvenLog:
    log = ProvenLog(folder, lambda: {1: PUBLIC}, "desk-1")
    log.follow()
    return log


def some(number: int, seed: int = 1) -> list[tuple[str, str, dict]]:
    rng = random.Random(seed)
    pool = ["".join(rng.choices(ALPHABET, k=16)) for _ in range(60)] + ["odd id", "ünïcode"]
    found = []
    for _ in range(number):
        event = rng.choice(EVENTS)
        detail = {"page": rng.randrange(9)}
        if event.endswith("search"):
            detail["cases"] = rng.sample(pool, 5)
        elif event.endswith("read"):
            detail["case"] = rng.choice(pool)
        elif event.endswith("failure"):
            detail["account"] = rng.choice(["ada", "ben"])
        found.append((event, rng.choice(["ada", "ben", "eve"]), detail))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("index") / "record"
    at = iter(range(10**6))
    clock = lambda: f"2026-11-{1 + (next(at) // 40) % 28:02}T00:00:00.000000Z"  # noqa: E731
    with opened(place, clock) as record:
        for start in range(0, 1100, 50):
            record.append_many(some(50, start))
    return place


def test_the_index_finds_what_reading_everything_finds(folder):
    everything = list(RecordReader(folder).entries())
    log = proven(folder)
    with RecordIndex(log) as index:
        index.follow()
        assert index.size == len(everything) == 1100
        for who in ("ada", "eve", "nobody"):
            wanted = [e.number for e in everything if who in {e.who, e.detail.get("account")}]
            assert index.find(who=who, most=10**6) == wanted[::-1]
        for event in ("analyst:", "account:sign-in:failure", "none"):
            wanted = [e.number for e in everything if e.event.startswith(event)]
            assert index.find(event=event, most=10**6) == wanted[::-1]
        for first in range(1, 29, 3):
            start, end = (datetime(2026, 11, day, tzinfo=UTC) for day in (first, min(first + 5, 30)))
            wanted = [e.number for e in everything if start <= datetime.fromisoformat(e.at) < end]
            assert index.find(start=start, end=end, most=10**6) == wanted[::-1]
        every = {case for e in everything for case in cases_of(e.detail)}
        assert {"odd id", "ünïcode"} < every
        for case in sorted(every):
            wanted = [e.number for e in everything if case in cases_of(e.detail)]
            assert list(index.case(case)) == wanted[::-1]
            assert list(index.case(case, before=600)) == [n for n in wanted[::-1] if n < 600]
        assert list(index.case("Z" * 16)) == []
        assert sum(day.entries for who in ("ada", "ben", "eve") for day in index.days(who)) == 1100
        assert [e.number for e in log.entries([700, 3, 9999])] == [700, 3]


def test_it_follows_and_is_made_anew_where_it_does_not_fit(tmp_path):
    place = tmp_path / "record"
    with opened(place) as record:
        log = ProvenLog(place, lambda: {1: PUBLIC}, "desk-1")
        with RecordIndex(log) as index:
            for more in (1, 255, 1, 300, 0, 700):
                record.append_many(some(more, more))
                log.follow()
                index.follow()
                assert index.size == record.size
                assert index.find(most=10**6) == list(range(record.size))[::-1]
    assert (place / "index.sqlite").stat().st_mode & 0o777 == 0o600
    # Another record in its place, as after a backup was restored.
    other = tmp_path / "other"
    with opened(other) as record:
        record.append_many(some(400, 99))
    (other / "index.sqlite").write_bytes((place / "index.sqlite").read_bytes())
    wanted = [e.number for e in RecordReader(other).entries() if e.who == "eve"][::-1]
    with RecordIndex(proven(other)) as index:
        index.follow()
        assert (index.size, index.find(who="eve", most=10**6)) == (400, wanted)
    for junk in (b"", b"no database" * 1000):
        for path in other.glob("index.sqlite*"):
            path.unlink()
        (other / "index.sqlite").write_bytes(junk)
        with RecordIndex(proven(other)) as index:
            index.follow()
            assert index.find(who="eve", most=10**6) == wanted


def test_an_index_that_lies_is_put_right_by_making_it_anew(tmp_path):
    with opened(tmp_path / "record") as record:
        record.append_many(some(300))
    log = proven(tmp_path / "record")
    with RecordIndex(log) as index:
        index.follow()
        with sqlite3.connect(tmp_path / "record" / "index.sqlite") as db:
            db.execute("DELETE FROM entry WHERE n = 7")
        db.close()
        assert 7 not in index.find(most=10**6)
        index.rebuild()
        assert 7 in index.find(most=10**6)


@pytest.mark.parametrize("place", [0, 5, BLOCK - 1, BLOCK, 299])
def test_what_was_changed_after_it_was_proven_is_not_read(tmp_path, place):
    with opened(tmp_path) as record:
        record.append_many(some(300))
    log = proven(tmp_path)
    path = tmp_path / "entries.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[place] = lines[place].replace(b'"who":"', b'"who":"x', 1)[: len(lines[place])]
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(RecordDamagedError):
        log.entries([place])
    with pytest.raises(RecordDamagedError):
        proven(tmp_path)


def test_a_record_that_shrank_or_lost_its_heads_is_not_followed(tmp_path):
    with opened(tmp_path / "a") as record:
        record.append_many(some(20))
        log = proven(tmp_path / "a")
        kept = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir() if path.is_file()}
        record.append_many(some(5))
        log.follow()
    for name, data in kept.items():
        (tmp_path / "a" / name).write_bytes(data)
    with pytest.raises(RecordDamagedError, match="are gone"):
        log.follow()
    with opened(tmp_path / "b") as record:
        record.append_many(some(20))
    (tmp_path / "b" / "head.slots").write_bytes(b"")
    with pytest.raises(RecordDamagedError, match="no signed head"):
        proven(tmp_path / "b")


@given(st.lists(st.lists(IDS, max_size=40), max_size=12), st.integers(1, 60), IDS)
@settings(max_examples=15, deadline=None)
def test_a_manifest_holds_exactly_what_was_put_in(tmp_path_factory, batches, spill, stranger):
    folder = tmp_path_factory.mktemp("manifest")
    writer = ManifestWriter(folder, 3, spill)
    for batch in batches:
        writer.add(batch)
    manifest = writer.finish()
    wanted = {case for batch in batches for case in batch}
    assert [path.name for path in (folder / "exports").iterdir()] == ["3"]
    assert manifest.count == len(wanted)
    assert (folder / "exports" / "3").stat().st_size == manifest.size
    with ManifestReader(folder, 3) as reader:
        assert list(reader.cases()) == sorted(wanted)
        assert all(case in reader for case in wanted)
        assert (stranger in reader) == (stranger in wanted)
        assert "no id" not in reader
        assert reader.digest() == manifest.digest


def test_manifests_refuse_what_is_no_case_and_leave_nothing_behind(tmp_path):
    for bad in (["0" * 15], ["0" * 15 + "U"], ["0" * 15 + "é"], ["0" * 17, "0" * 15]):
        with pytest.raises(RecordError):
            pack(bad)
    assert unpack(pack([]).tobytes()) == []
    writer = ManifestWriter(tmp_path, 1, 1)
    writer.add(["0" * 16])
    assert list((tmp_path / "exports").iterdir())
    # As after a kill: the next owner clears up.
    sweep(tmp_path)
    assert list((tmp_path / "exports").iterdir()) == []
    sweep(tmp_path / "none")
    with pytest.raises(RecordError, match="missing"):
        ManifestReader(tmp_path, 1)
    (tmp_path / "exports" / "2").write_bytes(b'{"format":"hushdesk export/1","count":9}\n')
    with pytest.raises(RecordError, match="changed"):
        ManifestReader(tmp_path, 2)


@pytest.fixture(scope="module")
def proofs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proofs")
    with opened(folder) as record:
        record.append_many(some(11))
        earlier = record.head.to_json()
        record.append_many(some(14, 2))
        head = record.head
    reader = RecordReader(folder)
    shared = {"format": "hushdesk record proof/1", "head": head.to_json()}
    entry = {**shared, "proves": "entry", "number": 6, "entry": reader.line(6).decode()}
    entry["path"] = [step.hex() for step in reader.prove_entry(6, 25)]
    growth = {**shared, "proves": "growth", "since": 11}
    growth["path"] = [step.hex() for step in reader.prove_growth(11, 25)]
    return entry, growth, earlier


def test_proofs_are_checked_without_hushdesk(proofs, tmp_path):
    entry, growth, earlier = proofs
    assert alone_proof.check(entry, [PUBLIC])[0]
    assert alone_proof.check(growth, [PUBLIC], earlier)[0]
    assert not alone_proof.check(growth, [PUBLIC])[0]
    assert not alone_proof.check(entry, [bytes(32)])[0]
    source = Path(alone_proof.__file__)
    assert "hushdesk." not in source.read_text().split('"""', 2)[2]
    for name, value in (("p.json", growth), ("h.json", earlier)):
        (tmp_path / name).write_text(json.dumps(value))
    script = tmp_path / "alone_proof.py"
    script.write_bytes(source.read_bytes())
    command = [
        sys.executable,
        "-I",
        script,
        tmp_path / "p.json",
        "--key",
        PUBLIC.hex(),
        "--head",
        tmp_path / "h.json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:7]) == (0, "proven:")


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_proof_proves_nothing(proofs, data):
    entry, growth, earlier = proofs
    proof, given = json.loads(json.dumps(data.draw(st.sampled_from([entry, growth])))), earlier
    where = data.draw(st.sampled_from(["path", "root", "size", "entry", "number", "drop", "earlier"]))
    if where == "path":
        at = data.draw(st.integers(0, len(proof["path"]) - 1))
        flipped = bytearray.fromhex(proof["path"][at])
        flipped[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
        proof["path"][at] = flipped.hex()
    elif where == "drop":
        proof["path"].pop(data.draw(st.integers(0, len(proof["path"]) - 1)))
    elif where in {"root", "size"}:
        proof["head"][where] = {"root": "00" * 32, "size": 24}[where]
    elif where == "earlier":
        proof, given = growth, {**earlier, "size": 10}
    elif proof["proves"] == "growth":
        proof["proves"] = "entry"
    else:
        proof[where] = {"entry": proof["entry"].replace("page", "pace"), "number": 7}[where]
    assert not alone_proof.check(proof, [PUBLIC], given)[0]
