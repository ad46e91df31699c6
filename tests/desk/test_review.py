"""The officer's review: nothing opens without the key, what is decided holds everywhere, and every case stays counted."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from hushdesk.desk import Desk, DeskError, NoSuchEntry, Resolution, ReviewError
from hushdesk.desk._lists import LISTS_FILE
from hushdesk.seal import Listed
from hushdesk.vault import KeysRefusedError

HEAD = "Ticket ID,Created,Updated,Customer name,Customer email,Subject,Description\n"
# The leak check takes what stands here for a mailbox; the detectors do not.
HARMLESS = "I changed nothing@all. It reboots."
PERSONAL = "Ask margit@nord. It is urgent."


def table(folder: Path, name: str, *texts: str, first: int = 1, updated: str = "2019-03-05T00:00Z") -> Path:
    path = folder / name
    path.write_text(
        HEAD
        + "".join(
            f'T-{n},2019-03-04T09:12Z,{updated},Ada Quillon,ada@example.org,Router,"{text}"\n'
            for n, text in enumerate(texts, first)
        )
    )
    return path


@pytest.fixture
def place(tmp_path):
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    with Desk.open(made.folder) as desk:
        yield desk, made.officer_passphrase, tmp_path


@pytest.fixture
def held(place):
    desk, passphrase, folder = place
    desk.load([table(folder, "a.csv", HARMLESS, PERSONAL, "All fine.")], workers=0)
    return desk, desk.review.unlock(passphrase), folder


def description(desk: Desk, number: str) -> str:
    ids = desk.store.query("SELECT case_id FROM cases").column(0).to_pylist()
    rows = {row["number"]: row["description"] for row in desk.store.sealed(ids).to_pylist()}
    return rows[number]


def tally(desk: Desk, load: int = 1) -> tuple[int, int, int, int]:
    report = desk.report(load)
    assert report.tally.balanced
    assert report.tally.stored == desk.store.count_loaded(load)
    return report.tally.cases, report.tally.stored, report.tally.quarantined, report.released


def test_listing_needs_no_key_and_tells_nothing(held):
    desk, _, _ = held
    entries = desk.review.entries()
    assert [entry.index for entry in entries] == [1, 0]
    assert all(entry.is_case and entry.open and entry.state is Resolution.OPEN for entry in entries)
    assert "margit" not in repr(entries)
    assert desk.status()["quarantine_open"] == 2
    with pytest.raises(KeysRefusedError):
        desk.review.unlock("wrong")


def test_an_opened_entry_shows_the_sealed_text_with_its_findings(held):
    desk, key, _ = held
    opened = desk.review.open(1, key)
    [finding] = opened.findings
    assert (finding.value, finding.kind, finding.fields) == ("margit@nord. It", "EMAIL", ("description",))
    texts = {text.name: text.pieces for text in opened.texts}
    assert [(piece.text, bool(piece.finding)) for piece in texts["description"]] == [
        ("Ask ", False),
        ("margit@nord. It", True),
        (" is urgent.", False),
    ]
    # People of the fields are pseudonyms by then: no more is shown than what is doubtful.
    assert "Quillon" not in str([piece.text for pieces in texts.values() for piece in pieces])
    assert not opened.releasable
    assert "margit" not in repr(opened)
    with pytest.raises(NoSuchEntry):
        desk.review.open(99, key)


def test_a_rejected_finding_lets_the_case_through_as_it_is(held):
    desk, key, _ = held
    [finding] = desk.review.open(0, key).findings
    with pytest.raises(ReviewError, match="not decided"):
        desk.review.release(0, key, by="ada")
    assert desk.review.decide(0, [finding.id], key, personal=False, by="ada").releasable
    assert tally(desk) == (3, 1, 2, 0)
    assert desk.review.release(0, key, by="ada").state is Resolution.RELEASED
    assert tally(desk) == (3, 2, 1, 1)
    assert description(desk, "T-1") == HARMLESS
    with pytest.raises(ReviewError, match="released"):
        desk.review.release(0, key, by="ada")
    with pytest.raises(ReviewError, match="released"):
        desk.review.decide(0, [finding.id], key, personal=True, by="ada")


def test_a_confirmed_value_is_masked_here_and_in_every_later_case(held):
    desk, key, folder = held
    [finding] = desk.review.open(1, key).findings
    opened = desk.review.decide(1, [finding.id], key, personal=True, by="ada")
    assert opened.findings[0].decision is Listed.DENY
    assert desk.review.release(1, key, by="ada").state is Resolution.RELEASED
    assert "margit" not in description(desk, "T-2")
    assert "EMAIL_" in description(desk, "T-2")
    later = table(folder, "b.csv", "So margit@nord. It is here again.", HARMLESS, first=7)
    report = desk.load([later], workers=0)
    assert (report.tally.stored, report.tally.quarantined) == (1, 1)
    assert "margit" not in description(desk, "T-7")
    # Loaded again, the released case is one that is there already.
    assert desk.load([folder / "a.csv"], workers=0).tally.unchanged == 2


def test_workers_know_the_lists_too(held):
    desk, key, folder = held
    for index, personal in ((0, False), (1, True)):
        [finding] = desk.review.open(index, key).findings
        desk.review.decide(index, [finding.id], key, personal=personal, by="ada")
    later = table(folder, "b.csv", "So margit@nord. It is here again.", HARMLESS, first=7)
    report = desk.load([later], workers=1)
    assert (report.tally.stored, report.tally.quarantined) == (2, 0)
    assert "margit" not in description(desk, "T-7")
    assert report.certificate.certificate.allowed == report.certificate.certificate.denied == 1


def test_a_decision_can_be_turned_round_until_the_case_is_released(held):
    desk, key, _ = held
    [finding] = desk.review.open(1, key).findings
    desk.review.decide(1, [finding.id], key, personal=False, by="ada")
    desk.review.decide(1, [finding.id], key, personal=True, by="ada")
    assert desk.review.release(1, key, by="ada").state is Resolution.RELEASED
    assert "margit" not in description(desk, "T-2")
    with pytest.raises(NoSuchEntry):
        desk.review.decide(0, ["0" * 16], key, personal=True, by="ada")


def test_what_is_still_doubtful_stays_with_its_reason(held, monkeypatch):
    from hushdesk.seal import BatchSealer, Doubtful, SealedBatch, Verdict

    desk, key, _ = held
    [finding] = desk.review.open(0, key).findings
    desk.review.decide(0, [finding.id], key, personal=False, by="ada")
    doubtful = SealedBatch(b"", (Verdict.DOUBTFUL,), (Doubtful(("PHONE",), ("notes",)),), (), {})
    monkeypatch.setattr(BatchSealer, "seal", lambda *_: doubtful)
    released = desk.review.release(0, key, by="ada")
    assert released.stays
    assert released.reason == "leak check: PHONE in notes"
    entry = next(one for one in desk.review.entries() if one.index == 0)
    assert (entry.state, entry.open) == (Resolution.KEPT, True)
    assert tally(desk) == (3, 1, 2, 0)


def test_a_release_interrupted_after_storing_is_counted_when_repeated(held, monkeypatch):
    desk, key, _ = held
    [finding] = desk.review.open(0, key).findings
    desk.review.decide(0, [finding.id], key, personal=False, by="ada")
    with monkeypatch.context() as patch:
        patch.setattr(desk.ledger, "resolve", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.review.release(0, key, by="ada")
    assert desk.store.count() == 2
    assert desk.review.release(0, key, by="ada").state is Resolution.RELEASED
    assert desk.store.count() == 2
    assert tally(desk) == (3, 2, 1, 1)


def test_a_newer_version_in_the_store_is_not_overwritten(held):
    desk, key, folder = held
    newer = table(folder, "n.csv", "Newer text.", updated="2019-06-01T00:00Z")
    assert desk.load([newer], workers=0).tally.stored == 1
    [finding] = desk.review.open(0, key).findings
    desk.review.decide(0, [finding.id], key, personal=False, by="ada")
    assert desk.review.release(0, key, by="ada").state is Resolution.SUPERSEDED
    assert description(desk, "T-1") == "Newer text."
    assert desk.store.count() == 2


def test_an_older_version_in_the_store_is_replaced(place):
    desk, passphrase, folder = place
    desk.load([table(folder, "a.csv", "Older text.", updated="2019-03-05T00:00Z")], workers=0)
    desk.load([table(folder, "b.csv", HARMLESS, updated="2019-06-05T00:00Z")], workers=0)
    # The older version was taken out when the newer one was doubtful.
    assert desk.store.count() == 0
    desk.load([table(folder, "c.csv", "Middle text.", updated="2019-05-05T00:00Z")], workers=0)
    key = desk.review.unlock(passphrase)
    [finding] = desk.review.open(0, key).findings
    desk.review.decide(0, [finding.id], key, personal=False, by="ada")
    assert desk.review.release(0, key, by="ada").state is Resolution.RELEASED
    assert description(desk, "T-1") == HARMLESS
    assert desk.store.count() == 1


def test_a_refused_row_is_shown_and_dismissed_but_never_sealed(place):
    desk, passphrase, folder = place
    path = folder / "bad.csv"
    path.write_text(HEAD + "T-1,03/04/2019,,Ada Quillon,ada@example.org,Router,Text\n")
    desk.load([path], workers=0)
    key = desk.review.unlock(passphrase)
    opened = desk.review.open(0, key)
    assert not opened.entry.is_case
    assert not opened.sealed
    assert "Ada Quillon" in opened.texts[0].pieces[0].text
    with pytest.raises(ReviewError, match="refused row"):
        desk.review.release(0, key, by="ada")
    desk.review.dismiss(0, by="ada")
    assert desk.review.entries()[0].state is Resolution.DISMISSED
    with pytest.raises(ReviewError):
        desk.review.dismiss(0, by="ada")
    with pytest.raises(NoSuchEntry):
        desk.review.dismiss(5, by="ada")
    assert desk.report(1).tally.refused == 1


def test_a_case_that_broke_sealing_is_shown_as_it_came_and_sealed_when_that_is_mended(place, monkeypatch):
    from hushdesk.seal import _seal

    desk, passphrase, folder = place
    with monkeypatch.context() as patch:
        patch.setattr(_seal, "find_batch", lambda *_, **__: 1 / 0)
        desk.load([table(folder, "a.csv", "All fine, says Ada Quillon.")], workers=0)
        key = desk.review.unlock(passphrase)
        opened = desk.review.open(0, key)
        assert not opened.sealed
        assert "Ada Quillon" in str([piece.text for text in opened.texts for piece in text.pieces])
        released = desk.review.release(0, key, by="ada")
        assert released.stays
        assert "ZeroDivisionError" in released.reason
    assert desk.review.release(0, key, by="ada").state is Resolution.RELEASED
    assert "Quillon" not in description(desk, "T-1")
    assert tally(desk) == (1, 1, 0, 1)


def test_nothing_is_released_while_a_load_runs(held):
    desk, key, folder = held
    [finding] = desk.review.open(0, key).findings
    desk.review.decide(0, [finding.id], key, personal=False, by="ada")
    tried = []

    def tell(_progress):
        with pytest.raises(ReviewError, match="load is running"):
            desk.review.release(0, key, by="ada")
        tried.append(1)

    desk.load([table(folder, "b.csv", "Text.", first=9)], workers=0, on_progress=tell)
    assert tried
    assert desk.review.release(0, key, by="ada").state is Resolution.RELEASED


# -- what is kept ---------------------------------------------------------------------------------------


def test_the_record_of_decisions_cannot_be_changed(held):
    desk, key, _ = held
    [finding] = desk.review.open(0, key).findings
    desk.review.decide(0, [finding.id], key, personal=False, by="ada")
    db = desk.ledger._db
    for statement in ("DELETE FROM resolutions", "UPDATE resolutions SET account = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement)
    assert db.execute("SELECT entry, load_id, action, kind, account FROM resolutions").fetchall() == [
        (0, 1, "rejected", "EMAIL", "ada")
    ]


@pytest.fixture
def listed(held):
    desk, key, _ = held
    for index, personal in ((0, False), (1, True)):
        [finding] = desk.review.open(index, key).findings
        desk.review.decide(index, [finding.id], key, personal=personal, by="ada")
    folder = desk.folder
    desk.close()
    return folder


def test_lists_are_read_again_and_hold_no_value(listed):
    text = (listed / LISTS_FILE).read_text()
    assert (listed / LISTS_FILE).stat().st_mode & 0o077 == 0
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["list"] for row in rows] == ["allow", "deny"]
    assert set(rows[0]) == {"list", "kind", "mac", "head", "words", "at", "tag"}
    assert "margit" not in text
    assert "nothing" not in text
    with Desk.open(listed) as desk:
        assert desk.lists.lists.allowed("nothing@all. It")
        assert desk.lists.lists.decided("margit@nord. it") is Listed.DENY


def test_a_denied_value_cannot_be_made_an_allowed_one(listed):
    path = listed / LISTS_FILE
    path.write_text(path.read_text().replace('"deny"', '"allow"'))
    with pytest.raises(DeskError, match="lists were changed"):
        Desk.open(listed)


def test_lists_of_another_desk_are_refused(listed, tmp_path):
    made = Desk.create(tmp_path / "other", keys=tmp_path / "ok", vault=tmp_path / "ov")
    (made.folder / LISTS_FILE).write_bytes((listed / LISTS_FILE).read_bytes())
    (made.folder / LISTS_FILE).chmod(0o600)
    with pytest.raises(DeskError, match="lists were changed"):
        Desk.open(made.folder)


def test_a_torn_line_is_dropped_and_written_over(listed):
    path = listed / LISTS_FILE
    with path.open("ab") as file:
        file.write(b'{"list":"deny","ki')
    with Desk.open(listed) as desk:
        from hushdesk.redact import Kind

        assert desk.lists.lists.count(Listed.DENY) == 1
        desk.lists.decide(Listed.DENY, Kind.PERSON, "Quillonvrax")
    assert len(path.read_text().splitlines()) == 3
    with Desk.open(listed) as desk:
        assert desk.lists.lists.count(Listed.DENY) == 2
