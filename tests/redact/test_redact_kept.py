"""The compiled triggers are kept between starts, and nothing but what we wrote is taken from there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from hushdesk.redact._kept import compiled
from hushdesk.redact.detect._scanner import Scanner
from hushdesk.redact.leak._gate import _Scanner

EXPRESSIONS = [("abc", False), ("x{3}", True)]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hushdesk"


def hits():
    return Scanner(EXPRESSIONS).scan("an ABC and xxx")


def test_a_second_start_reads_what_the_first_one_kept(cache):
    first = hits()
    (kept,) = cache.iterdir()
    written = kept.stat().st_mtime_ns
    assert hits() == first == [(6, 0), (14, 1)]
    assert kept.stat().st_mtime_ns == written
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("harm", ["cut", "changed", "open to others", "link"])
def test_what_is_not_as_we_left_it_is_made_anew(cache, harm, tmp_path):
    first = hits()
    (kept,) = cache.iterdir()
    data = kept.read_bytes()
    if harm == "cut":
        kept.write_bytes(data[:-5])
    elif harm == "changed":
        kept.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif harm == "open to others":
        kept.chmod(0o666)
    else:
        (tmp_path / "elsewhere").write_bytes(data)
        kept.unlink()
        kept.symlink_to(tmp_path / "elsewhere")
    assert hits() == first


def test_a_cache_that_cannot_be_written_is_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compiled(EXPRESSIONS) is not None


def test_each_name_has_its_own_few_files(cache):
    for number in range(6):
        compiled([(f"a{{{number + 1}}}", 0)], "gate")
    hits()
    assert len(list(cache.glob("gate-*.bin"))) == 4
    assert len(list(cache.glob("triggers-*.bin"))) == 1


def test_a_kept_gate_lets_through_what_a_new_one_does(cache):
    looks = ["nothing here", "call +49 30 1234567", "AKIAABCDEFGHIJKLMNOP", "a b c d e f", "٠١٢", "x@y.de"]
    first = [_Scanner().scan(look.encode()) for look in looks]
    assert len(list(cache.glob("gate-*.bin"))) == 1
    assert [_Scanner().scan(look.encode()) for look in looks] == first
    assert len(set(first)) > 3


def test_triggers_are_the_same_at_every_start():
    code = (
        "from hushdesk.redact.detect._engine import _BUILT_IN\n"
        "from hushdesk.redact.views import TRIGGERS\n"
        "import hashlib\n"
        "print(hashlib.sha256(repr([sorted(d.triggers) for d in _BUILT_IN] + [sorted(v) for v in TRIGGERS.values()]).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
