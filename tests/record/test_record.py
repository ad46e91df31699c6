"""The record keeps what was acknowledged, and whatever is changed afterwards is found and named."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hushdesk.record import (
    Head,
    Record,
    RecordReader,
    alone,
    consistent,
    leaf_hash,
    root_from_inclusion,
    verify,
)
from hushdesk.record._merkle import Peaks, root_of
from hushdesk.record.errors import RecordDamagedError, RecordError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
KEYS = {1: PUBLIC}


def sign(message: bytes) -> tuple[int, bytes]:
    return 1, KEY.sign(message)


def opened(folder: Path) -> Record:
    return Record(folder, "desk-1", sign, KEYS)


def filled(folder: Path, entries: int, each: int = 7) -> None:
    with opened(folder) as record:
        for start in range(0, entries, each):
            record.append_many(
                [("test:thing:done", "somebody", {"n": n}) for n in range(start, min(entries, start + each))]
            )


def test_what_was_appended_is_read_again_and_verifies(tmp_path):
    with opened(tmp_path) as record:
        record.append("test:first:done", "somebody", {"count": 3, "words": ["a", "b"]})
        record.append("test:second:done", "desk")
    with opened(tmp_path) as record:
        record.append("test:third:done", "desk")
    assert [entry.event for entry in RecordReader(tmp_path).entries()] == [
        "test:first:done",
        "test:second:done",
        "test:third:done",
    ]
    found = verify(tmp_path, KEYS, "desk-1")
    assert found.whole
    assert found.entries == 3
    assert found.newest is not None
    assert found.newest.size == 3
    assert alone.check(tmp_path, [PUBLIC])[0] == 3
    assert alone.check(tmp_path, [PUBLIC])[2] == []


def test_an_empty_record_has_no_head(tmp_path):
    with opened(tmp_path) as record:
        assert record.head is None
        assert record.size == 0
    assert verify(tmp_path, KEYS).whole


def test_details_of_other_than_plain_values_are_refused_and_the_rest_goes_on(tmp_path):
    with opened(tmp_path) as record:
        for detail in ({"x": object()}, {"x": float("nan")}, {"x": b"bytes"}, {"x": "long" * 400_000}):
            with pytest.raises(RecordError):
                record.append("test:thing:done", "somebody", detail)
        record.append("test:thing:done", "somebody")
        assert record.size == 1
    assert verify(tmp_path, KEYS).whole


def test_two_processes_write_in_turn(tmp_path):
    with opened(tmp_path) as one, opened(tmp_path) as other:
        for n in range(5):
            assert one.append("test:thing:done", "one", {"n": n}).number == 3 * n
            assert [e.number for e in other.append_many([("test:thing:done", "other", {})] * 2)] == [
                3 * n + 1,
                3 * n + 2,
            ]
    assert verify(tmp_path, KEYS).whole
    assert verify(tmp_path, KEYS).entries == 15


def test_a_write_that_fails_is_not_acknowledged_and_the_next_goes_on(tmp_path, monkeypatch):
    with opened(tmp_path) as record:
        record.append("test:first:done", "desk")
        real = os.fdatasync
        monkeypatch.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(28, "no space")))
        with pytest.raises(OSError, match="no space"):
            record.append("test:second:done", "desk")
        monkeypatch.setattr(os, "fdatasync", real)
        record.append("test:third:done", "desk")
    events = [entry.event for entry in RecordReader(tmp_path).entries()]
    assert events[0] == "test:first:done"
    assert events[-1] == "test:third:done"
    assert verify(tmp_path, KEYS).whole


def test_threads_share_writes_and_lose_nothing(tmp_path):
    with opened(tmp_path) as record:

        def work(who: int) -> None:
            for n in range(40):
                record.append("test:thing:done", f"thread-{who}", {"n": n})

        threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    entries = list(RecordReader(tmp_path).entries())
    assert [entry.number for entry in entries] == list(range(320))
    for who in range(8):
        assert [entry.detail["n"] for entry in entries if entry.who == f"thread-{who}"] == list(range(40))
    assert verify(tmp_path, KEYS).whole


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 100])
def test_every_entry_is_proven_and_every_earlier_tree(tmp_path, size):
    filled(tmp_path, size)
    reader = RecordReader(tmp_path)
    head = reader.head()
    assert head is not None
    for number in range(size):
        path = reader.prove_entry(number, size)
        hashed = leaf_hash(reader.line(number))
        assert root_from_inclusion(hashed, number, size, path) == head.root
        assert root_from_inclusion(leaf_hash(b"other"), number, size, path) != head.root
        if size > 1:
            assert root_from_inclusion(hashed, (number + 1) % size, size, path) != head.root
    leaves = [leaf_hash(reader.line(number)) for number in range(size)]
    for old in range(1, size + 1):
        old_root = root_of(leaves.__getitem__, 0, old)
        path = reader.prove_growth(old, size)
        assert consistent(old, old_root, size, head.root, path)
        assert not consistent(old, leaf_hash(b"other"), size, head.root, path)
        if old < size:
            assert not consistent(old, old_root, size, leaf_hash(b"other"), path)


def test_known_root_of_rfc_6962_trees():
    # The test vectors of the reference implementation of Certificate Transparency.
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    peaks = Peaks()
    for size, text in enumerate(inputs, 1):
        peaks.append(leaf_hash(bytes.fromhex(text)))
        if size in roots:
            assert peaks.root().hex() == roots[size]


def _both_find(folder: Path) -> list[str]:
    """Faults by the package and by the script that knows nothing of it; both or neither must find some."""
    ours = [f"{fault.entry} {fault.what}" for fault in verify(folder, KEYS, "desk-1").faults]
    try:
        theirs = alone.check(folder, [PUBLIC])[2]
    except FileNotFoundError as error:
        theirs = [str(error)]
    return ours if theirs or not ours else [*ours, "(ours alone)"]


@pytest.mark.parametrize("seed", range(100))
def test_one_flipped_bit_anywhere_is_found(tmp_path, seed):
    filled(tmp_path, 40)
    choice = random.Random(seed)
    name = choice.choice(["entries.jsonl", "hashes.bin", "heads.jsonl", "head.slots"])
    path = tmp_path / name
    data = bytearray(path.read_bytes())
    at = choice.randrange(len(data))
    data[at] ^= 1 << choice.randrange(8)
    path.write_bytes(data)
    faults = _both_find(tmp_path)
    assert faults
    if name in {"entries.jsonl", "hashes.bin"}:
        lines = bytes(data).split(b"\n") if name == "entries.jsonl" else []
        number = at // 32 if name == "hashes.bin" else None
        assert any(fault[:4] != "None" for fault in faults), faults
        if number is not None:
            assert any(fault.startswith(f"{number} ") for fault in faults)
        assert name == "hashes.bin" or lines


@pytest.mark.parametrize("beside", ["bytes", "peaks"])
def test_what_stands_beside_the_signature_is_checked_too(tmp_path, beside):
    filled(tmp_path, 10)
    path = tmp_path / "head.slots"
    data = path.read_bytes()
    slots = [json.loads(data[at : at + 4096].rstrip(b"\0")) for at in (0, 4096)]
    newest = max(slots, key=lambda slot: slot["size"])
    newest[beside] = newest["bytes"] + 1 if beside == "bytes" else ["00" * 32 for _ in newest["peaks"]]
    path.write_bytes(
        b"".join(json.dumps(s, separators=(",", ":")).encode().ljust(4096, b"\0") for s in slots)
    )
    ours = verify(tmp_path, KEYS, "desk-1").faults
    assert any("newest head" in fault.what for fault in ours)
    assert alone.check(tmp_path, [PUBLIC])[2]


def test_the_stand_alone_verifier_is_short_enough_to_be_read():
    assert len(Path(alone.__file__).read_text(encoding="utf-8").splitlines()) < 150


def test_a_dropped_entry_is_named(tmp_path):
    filled(tmp_path, 20)
    path = tmp_path / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:7] + lines[8:]))
    assert any(fault.startswith("7 ") for fault in _both_find(tmp_path))


def test_two_entries_in_the_wrong_order_are_named(tmp_path):
    filled(tmp_path, 20)
    path = tmp_path / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[4], lines[9] = lines[9], lines[4]
    path.write_bytes(b"".join(lines))
    found = _both_find(tmp_path)
    assert any(fault.startswith("4 ") for fault in found)
    assert any(fault.startswith("9 ") for fault in found)


def test_entries_cut_off_the_end_are_found(tmp_path):
    filled(tmp_path, 20)
    path = tmp_path / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:15]))
    assert _both_find(tmp_path)
    with pytest.raises(RecordDamagedError):
        opened(tmp_path)


def test_a_record_rolled_back_with_its_heads_is_found_by_a_head_kept_elsewhere(tmp_path):
    filled(tmp_path / "a", 12)
    copy = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    with opened(tmp_path / "a") as record:
        record.append("test:thing:done", "somebody")
        kept = record.head
    for name, data in copy.items():
        (tmp_path / "a" / name).write_bytes(data)
    assert verify(tmp_path / "a", KEYS).whole
    assert not verify(tmp_path / "a", KEYS, earlier=kept).whole
    file = tmp_path / "head.json"
    file.write_text(json.dumps(kept.to_json()))
    assert alone.check(tmp_path / "a", [PUBLIC], file)[2]


def test_a_head_of_another_key_or_desk_is_refused(tmp_path):
    filled(tmp_path, 5)
    assert not verify(tmp_path, {1: Ed25519PrivateKey.generate().public_key().public_bytes_raw()}).whole
    assert not verify(tmp_path, {}).whole
    assert not verify(tmp_path, KEYS, "desk-2").whole
    with pytest.raises(RecordDamagedError):
        Record(tmp_path, "desk-2", sign, KEYS)


def test_hashes_that_were_lost_are_made_again(tmp_path):
    filled(tmp_path, 30)
    (tmp_path / "hashes.bin").write_bytes((tmp_path / "hashes.bin").read_bytes()[: 32 * 11 + 5])
    assert not verify(tmp_path, KEYS).whole
    opened(tmp_path).close()
    assert verify(tmp_path, KEYS).whole
    (tmp_path / "hashes.bin").unlink()
    opened(tmp_path).close()
    assert verify(tmp_path, KEYS).whole


def test_a_half_line_and_unsigned_entries_after_a_crash(tmp_path):
    filled(tmp_path, 10)
    reader = RecordReader(tmp_path)
    tenth = json.loads(reader.line(9))
    tenth["n"] = 10
    with (tmp_path / "entries.jsonl").open("ab") as file:
        file.write(json.dumps(tenth, separators=(",", ":")).encode() + b'\n{"n":11,"at')
    found = verify(tmp_path, KEYS)
    assert found.whole
    assert found.unsigned == 1
    with opened(tmp_path) as record:
        assert record.size == 12
    last = list(RecordReader(tmp_path).entries())[-1]
    assert last.event == "record:tail:adopted"
    assert last.detail["entries"] == 1
    assert verify(tmp_path, KEYS).whole


def test_a_slot_cut_off_by_a_crash_is_mended(tmp_path):
    filled(tmp_path, 10)
    data = bytearray((tmp_path / "head.slots").read_bytes())
    heads = [json.loads(data[at : at + 4096].rstrip(b"\0"))["size"] for at in (0, 4096)]
    newest = 4096 * heads.index(max(heads))
    data[newest + 50 : newest + 4096] = bytes(4046)
    (tmp_path / "head.slots").write_bytes(data)
    assert not verify(tmp_path, KEYS).whole
    with opened(tmp_path) as record:
        assert record.size == 11 + 0
    assert verify(tmp_path, KEYS).whole


def test_kill_at_any_time_keeps_what_was_acknowledged(tmp_path):
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from hushdesk.record import Record
        key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        public = {1: key.public_key().public_bytes_raw()}
        record = Record(Path(sys.argv[1]), "desk-1", lambda m: (1, key.sign(m)), public)
        while True:
            print(record.append("test:thing:done", "somebody", {"filler": "x" * 50}).number, flush=True)
        """
    )
    acknowledged = -1
    choice = random.Random(4)
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(choice.randrange(5, 60)):
            acknowledged = int(process.stdout.readline())
        process.kill()
        rest = process.stdout.read().split(b"\n")
        acknowledged = max([acknowledged, *(int(line) for line in rest[:-1] if line)])
        process.wait()
        process.stdout.close()
        found = verify(tmp_path, KEYS, "desk-1")
        assert all("slot" in fault.what or "cut off" in fault.what for fault in found.faults), found.faults
        assert found.entries > acknowledged
    opened(tmp_path).close()
    assert verify(tmp_path, KEYS, "desk-1").whole


def test_heads_are_plain_json_and_refuse_what_is_none(tmp_path):
    filled(tmp_path, 3)
    head = RecordReader(tmp_path).head()
    assert head is not None
    assert Head.from_json(json.loads(json.dumps(head.to_json()))) == head
    for broken in (
        {},
        {"format": "other"},
        {**head.to_json(), "root": "zz"},
        {**head.to_json(), "size": None},
    ):
        with pytest.raises(ValueError):
            Head.from_json(broken)


def test_the_verifier_alone_is_short_and_needs_no_hushdesk(tmp_path):
    source = Path(alone.__file__)
    assert len(source.read_text().splitlines()) < 170
    assert "import hushdesk" not in source.read_text()
    assert "from hushdesk" not in source.read_text()
    filled(tmp_path / "r", 9)
    copy = tmp_path / "verify.py"
    copy.write_bytes(source.read_bytes())
    run = [sys.executable, "-I", str(copy), str(tmp_path / "r"), "--key", PUBLIC.hex()]
    done = subprocess.run(
        run, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": ""}
    )
    assert done.returncode == 0, done.stderr
    assert "9 entries" in done.stdout
    (tmp_path / "r" / "entries.jsonl").write_bytes(b"")
    assert subprocess.run(run, capture_output=True, check=False).returncode == 1
