"""Quarantine: whoever writes cannot read, whoever copies learns nothing, no crash loses an entry."""

from __future__ import annotations

import os
import stat
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.vault import KeysUnsafeError, Quarantine, Sealer, VaultDamagedError, unseal
from hushdesk.vault._quarantine import QUARANTINE_FILE
from hushdesk.vault._sealer import OVERHEAD

OFFICER = X25519PrivateKey.generate()
PUBLIC = OFFICER.public_key().public_bytes_raw()


@pytest.fixture
def quarantine(tmp_path):
    with Quarantine(tmp_path / "q", PUBLIC) as made:
        yield made


@given(st.binary(max_size=300), st.binary(max_size=20))
def test_sealing_round_trip(data, context):
    blob = Sealer(PUBLIC).seal(data, context=context)
    assert len(blob) == len(data) + OVERHEAD
    assert unseal(OFFICER, blob, context=context) == data


@given(st.data())
def test_no_flipped_bit_opens(data):
    blob = bytearray(Sealer(PUBLIC).seal(b"payload", context=b"c"))
    position = data.draw(st.integers(0, len(blob) * 8 - 1))
    # The top bit of an X25519 public key is ignored on purpose by RFC 7748; the MAC covers it here.
    blob[position // 8] ^= 1 << position % 8
    with pytest.raises(VaultDamagedError):
        unseal(OFFICER, bytes(blob), context=b"c")


def test_other_key_other_context_and_cut_blobs_do_not_open():
    blob = Sealer(PUBLIC).seal(b"payload", context=b"c")
    for key, sealed, context in (
        (X25519PrivateKey.generate(), blob, b"c"),
        (OFFICER, blob, b"d"),
        (OFFICER, blob[:-1], b"c"),
        (OFFICER, blob[:10], b"c"),
        (OFFICER, b"", b"c"),
        (OFFICER, b"HDS1" + bytes(32) + blob[36:], b"c"),
    ):
        with pytest.raises(VaultDamagedError):
            unseal(key, sealed, context=context)


def test_the_same_payload_never_looks_the_same():
    sealer = Sealer(PUBLIC)
    assert len({sealer.seal(b"x") for _ in range(50)}) == 50


def test_entries_without_a_key_and_contents_with_it(quarantine, tmp_path):
    quarantine.put("load-1", "mbox/Jane Roe.eml, row 3", "bad_encoding", b"secret-payload")
    quarantine.put_many(
        [("load-2", "b.csv, row 9", "leak:EMAIL", b""), ("load-2", "c", "too_deep", b"x" * 70_000)]
    )
    assert quarantine.count() == 3
    assert [(e.index, e.load_id, e.reason, e.size) for e in quarantine.entries()] == [
        (0, "load-1", "bad_encoding", 14),
        (1, "load-2", "leak:EMAIL", 0),
        (2, "load-2", "too_deep", 70_000),
    ]
    item = quarantine.read(0, OFFICER)
    assert (item.locator, item.payload) == ("mbox/Jane Roe.eml, row 3", b"secret-payload")
    assert quarantine.read(2, OFFICER).payload == b"x" * 70_000
    on_disk = (tmp_path / "q" / QUARANTINE_FILE).read_bytes()
    for value in (b"secret-payload", b"Jane Roe", b"Roe.eml"):
        assert value not in on_disk
    assert "Jane" not in repr(item)
    with pytest.raises(IndexError):
        quarantine.read(3, OFFICER)
    with pytest.raises(VaultDamagedError):
        quarantine.read(0, X25519PrivateKey.generate())


def test_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        Quarantine(tmp_path / "q", PUBLIC).close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "q").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "q" / QUARANTINE_FILE).stat().st_mode) == 0o600
    (tmp_path / "q" / QUARANTINE_FILE).chmod(0o644)
    with pytest.raises(KeysUnsafeError):
        Quarantine(tmp_path / "q", PUBLIC)


def test_a_tear_at_any_byte_costs_only_the_torn_entry(tmp_path):
    with Quarantine(tmp_path / "q", PUBLIC) as whole:
        whole.put("l", "a", "r", b"first")
        one = (tmp_path / "q" / QUARANTINE_FILE).stat().st_size
        whole.put("l", "b", "r", b"second")
    data = (tmp_path / "q" / QUARANTINE_FILE).read_bytes()
    for cut in range(one, len(data)):
        (tmp_path / "q" / QUARANTINE_FILE).write_bytes(data[:cut])
        with Quarantine(tmp_path / "q", PUBLIC) as torn:
            assert torn.count() == 1
            torn.put("l", "c", "r", b"third")
            assert [torn.read(i, OFFICER).payload for i in range(torn.count())] == [b"first", b"third"]
        for aside in (tmp_path / "q").glob("*.torn-*"):
            assert aside.read_bytes() == data[one:cut]
            aside.unlink()


def test_zeros_after_a_power_cut_are_a_tear(quarantine, tmp_path):
    quarantine.put("l", "a", "r", b"first")
    with (tmp_path / "q" / QUARANTINE_FILE).open("ab") as file:
        file.write(bytes(5000))
    quarantine.put("l", "b", "r", b"second")
    assert [quarantine.read(i, OFFICER).payload for i in range(2)] == [b"first", b"second"]


def test_damage_is_set_aside_and_never_cut_off(tmp_path):
    with Quarantine(tmp_path / "q", PUBLIC) as made:
        made.put_many([("l", str(i), "r", b"x" * 100) for i in range(5)])
    path = tmp_path / "q" / QUARANTINE_FILE
    data = bytearray(path.read_bytes())
    data[len(data) // 5 + 20] ^= 0xFF  # metadata of the second entry
    path.write_bytes(data)
    with Quarantine(tmp_path / "q", PUBLIC) as made:
        kept = path.read_bytes() + b"".join(p.read_bytes() for p in (tmp_path / "q").glob("*.torn-*"))
        assert kept == bytes(data)
        assert made.count() == 1


def test_swapped_metadata_is_noticed(quarantine, tmp_path):
    quarantine.put("load-1", "a", "reason-one", b"first")
    path = tmp_path / "q" / QUARANTINE_FILE
    import zlib

    data = path.read_bytes()
    meta_size = int.from_bytes(data[2:4], "big")
    meta = data[12 : 12 + meta_size].replace(b"reason-one", b"reason-two")
    path.write_bytes(data[:8] + zlib.crc32(meta).to_bytes(4, "big") + meta + data[12 + meta_size :])
    with pytest.raises(VaultDamagedError):
        quarantine.read(0, OFFICER)


def test_two_writers_do_not_tear_each_other(tmp_path):
    with Quarantine(tmp_path / "q", PUBLIC) as first, Quarantine(tmp_path / "q", PUBLIC) as second:

        def write(mine: Quarantine, name: str) -> None:
            for i in range(40):
                mine.put(name, str(i), "r", name.encode() * 50)

        threads = [threading.Thread(target=write, args=pair) for pair in ((first, "a"), (second, "b"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert first.count() == second.count() == 80
        assert all(first.read(i, OFFICER).payload for i in range(80))
