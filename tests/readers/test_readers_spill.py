from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.readers._spill import Spill

SECRET = b"jane.roe@example.com +44 20 7946 0018"


@pytest.mark.parametrize("limit", [0, 600, 10**9], ids=["disk", "both", "memory"])
def test_values_come_back_in_order(limit, tmp_path):
    with Spill(limit, tmp_path) as spill:
        for number in range(20):
            spill.add(f"k{number % 3}", b"v%d" % number)
        assert spill.take("k1") == [b"v%d" % number for number in range(1, 20, 3)]
        assert spill.take("k1") == spill.take("k1")
        assert spill.take("nothing") == []
        assert [values[0] for values in spill.untaken()] == [b"v0", b"v2"]
        assert spill.on_disk == (limit < 10**9)


@pytest.mark.parametrize("limit", [0, 10**9], ids=["disk", "memory"])
def test_marks_know_what_was_seen(limit, tmp_path):
    with Spill(limit, tmp_path) as spill:
        assert [spill.mark(key) for key in ("a", "b", "a", "a", "c")] == [True, True, False, False, True]


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.binary(max_size=40)), max_size=40),
    st.sets(st.sampled_from("abcd")),
)
@settings(deadline=None, max_examples=40)
def test_disk_and_memory_agree(entries, taken):
    with Spill(10**9) as memory, Spill(200) as disk:
        for spill in (memory, disk):
            for key, value in entries:
                spill.add(key, value)
            for key in sorted(taken):
                spill.take(key)
        assert list(memory.untaken()) == list(disk.untaken())
        assert all(memory.take(key) == disk.take(key) for key in "abcd")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks at open files through /proc")
def test_nothing_readable_reaches_the_disk_and_nothing_stays(tmp_path):
    with Spill(0, tmp_path) as spill:
        for number in range(4000):
            spill.add(f"user:{SECRET.decode()}:{number}", SECRET * 200)
            spill.mark(f"user:{SECRET.decode()}:{number}")
        links = [link for link in Path("/proc/self/fd").iterdir() if str(tmp_path) in _target(link)]
        assert links, "the file should be open"
        content = b"".join(link.read_bytes() for link in links)
        assert len(content) > 1_000_000
        assert SECRET not in content
        assert b"jane.roe" not in content
        # A name would outlive a killed process.
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def _target(link):
    try:
        return str(link.readlink())
    except OSError:
        return ""
