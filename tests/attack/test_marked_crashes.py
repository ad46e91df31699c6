"""Code that fails with a case's text in its message: the text is told to nobody."""

from __future__ import annotations

import json
import logging
import threading
import time
from pathlib import Path

import pytest

import hushdesk.seal._seal as sealing
from hushdesk.cli import main
from hushdesk.desk import Desk, _load
from hushdesk.readers import _spill, _zendesk, _zendesk_case
from hushdesk.store import EmbeddedStore


@pytest.fixture
def place(tmp_path, marks, exports, monkeypatch):
    """An empty desk, exports full of secrets, and a temporary folder of its own."""
    (tmp_path / "exports").mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    mint = marks.Mint(5)
    exports.zendesk(mint, tmp_path / "exports")
    Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    return tmp_path, marks.Finder(mint.marks)


def load(place: Path, capfd, code: int) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["load", "--desk", str(place / "desk"), "--workers", "0", "--json", str(place / "exports")])
    shown = capfd.readouterr()
    assert ended.value.code == code, shown.err
    return shown.out + shown.err


def check_desk(root: Path, finder) -> None:
    for part in ("desk", "vault", "keys", "tmp"):
        for path in (root / part).rglob("*"):
            if path.is_file():
                finder.check(path.read_bytes(), str(path.relative_to(root)))
    with Desk.open(root / "desk") as desk:
        for report in desk.reports():
            finder.check(json.dumps(report.to_json(), ensure_ascii=False), "the report")
        for table in desk.store.tables():
            for batch in desk.store.iter_rows(table):
                finder.check(repr(batch.to_pylist()), table)


def test_a_detector_that_fails_with_the_text_in_its_message(place, monkeypatch, capfd, caplog):
    root, finder = place
    caplog.set_level(logging.DEBUG)

    def fails(texts, **_):
        raise ValueError(f"cannot read {texts!r}")

    monkeypatch.setattr(sealing, "find_batch", fails)
    shown = load(root, capfd, 0)
    report = json.loads(shown)
    assert report["stored"] == 0
    assert report["quarantined"] > 50
    assert any(name.startswith("error ValueError at ") for name in report["doubts"])
    finder.check(shown + caplog.text, "output and logs")
    check_desk(root, finder)


@pytest.mark.parametrize(
    "where",
    [
        "reader",
        pytest.param("loader", marks=pytest.mark.slow),
        "store",
        pytest.param("ledger", marks=pytest.mark.slow),
    ],
)
def test_an_internal_error_with_a_case_in_its_message(place, monkeypatch, capfd, caplog, where):
    root, finder = place
    caplog.set_level(logging.DEBUG)
    text = (next((root / "exports").glob("tickets*"))).read_text("utf-8")
    assert len(finder.find(text)) > 200

    def fails(*_args, **_more):
        raise RuntimeError(text)

    owner, name = {
        "reader": (_zendesk_case.CaseBuilder, "case"),
        "loader": (_load, "content_bytes"),
        "store": (EmbeddedStore, "insert"),
        "ledger": (_load.Load, "_count"),
    }[where]
    monkeypatch.setattr(owner, name, fails)
    if where == "loader":
        # Reached when a case goes to quarantine.
        monkeypatch.setattr(sealing, "leftovers", fails)
    shown = load(root, capfd, 0 if where == "reader" else 1)
    assert "RuntimeError" in shown
    assert "Traceback" not in shown
    finder.check(shown + caplog.text, "output and logs")
    monkeypatch.undo()
    check_desk(root, finder)
    # Nothing is lost by it: the same load goes on, and all is stored.
    with pytest.raises(SystemExit) as ended:
        main(["load", "--desk", str(root / "desk"), "--workers", "0", "--json", str(root / "exports")])
    assert ended.value.code == 0
    again = json.loads(capfd.readouterr().out)
    assert again["balanced"]
    if where != "reader":
        assert again["stored"] > 70
        assert again["resumed"] == 1


def test_what_leaves_memory_while_reading_is_encrypted_and_gone_afterwards(place, monkeypatch, capfd):
    root, finder = place
    monkeypatch.setattr(_zendesk, "RAM_LIMIT", 2)
    seen: dict[str, bytes] = {}
    done = threading.Event()

    def look_once() -> None:
        for fd in Path("/proc/self/fd").iterdir():
            try:
                target = str(fd.readlink())
                if target.startswith(str(root / "tmp")):
                    # Opened anew, so that the file's own position stays where it is.
                    seen[target] = max(seen.get(target, b""), fd.read_bytes(), key=len)
            except OSError:
                continue

    def look() -> None:
        while not done.is_set():
            look_once()
            time.sleep(0.005)

    close = _spill.Spill.close

    def close_after_a_look(spill: _spill.Spill) -> None:
        # So little input stays in the database's cache: what would be written of more is written now.
        if spill._database is not None:
            spill._database.execute("COMMIT")
            look_once()
            spill._database.execute("BEGIN")
        close(spill)

    monkeypatch.setattr(_spill.Spill, "close", close_after_a_look)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        load(root, capfd, 0)
    finally:
        done.set()
        thread.join()
    assert seen, "nothing was spilled"
    assert sum(map(len, seen.values())) > 0
    for name, data in seen.items():
        finder.check(data, name)
    assert list((root / "tmp").iterdir()) == []
