"""Drawing the sample, signing what was found, and refusing what was changed."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from hushdesk.desk import CertificateRefused, CertificateSettings, Desk, DeskError, SignedCertificate
from hushdesk.desk._certify import Reservoir
from hushdesk.redact import Kind, Known

HEAD = "Ticket ID,Created,Customer name,Customer email,Subject,Description\n"


def rows(numbers: range, text: str = "All fine.") -> str:
    return HEAD + "".join(
        f"T-{n},2019-03-04T09:12Z,Ada Quillonvrax,ada{n}@example.org,Router,{text}\n" for n in numbers
    )


def settings(desk: Path, text: str) -> None:
    path = desk / "desk.toml"
    path.write_text(path.read_text("utf-8").partition("[certificate]")[0] + text, "utf-8")


def drawn(reservoir: Reservoir) -> list[str]:
    return [case_id for case_id, _, _ in reservoir.items()]


def test_a_reservoir_is_bounded_uniform_and_does_not_ask_for_what_it_leaves():
    asked = []

    def fill(key: bytes, ids: range) -> Reservoir:
        made = Reservoir(key, 20)
        for n in ids:
            made.offer(f"C{n}", b"m", lambda n=n: asked.append(n) or [Known(Kind.PERSON, "x")] * 9_000)
            assert len(made._heap) == len(made._held) <= 20
        return made

    counts: Counter[str] = Counter()
    for n in range(300):
        counts.update(drawn(fill(n.to_bytes(4, "big"), range(100))))
    # Each of a hundred is drawn in one of five: 60 of 300, give or take.
    assert len(counts) == 100
    assert min(counts.values()) > 25
    assert max(counts.values()) < 100
    assert len(asked) < 300 * 20 * 4
    one = fill(b"k", range(100))
    assert all(len(known) == 500 for _, _, known in one.items())
    assert drawn(one) == drawn(fill(b"k", range(99, -1, -1)))
    assert drawn(one) != drawn(fill(b"l", range(100)))


def test_a_later_version_takes_the_place_of_an_earlier_one():
    made = Reservoir(b"k", 5)
    made.offer("A", b"1", list)
    made.offer("A", b"2", lambda: [Known(Kind.PERSON, "x")])
    assert [(case_id, mac, len(known)) for case_id, mac, known in made.items()] == [("A", b"2", 1)]
    none = Reservoir(b"k", 0)
    none.offer("A", b"1", list)
    assert none.items() == []


def test_each_load_that_stores_something_gets_a_signed_certificate(desk, tmp_path):
    (tmp_path / "a.csv").write_text(rows(range(30)))
    report = desk.load([tmp_path / "a.csv"], workers=0)
    signed = report.certificate
    assert (signed.certificate.sampled, signed.certificate.population) == (30, 30)
    assert signed.certificate.desk_id == desk.settings.desk_id
    assert desk.certificates() == [signed]
    desk.certifier.verify(signed)
    assert desk.load([tmp_path / "a.csv"], workers=0).certificate is None
    (tmp_path / "b.csv").write_text(rows(range(29, 35), "Another text."))
    second = desk.load([tmp_path / "b.csv"], workers=0).certificate
    # One was there in another version: it belongs to the second load now.
    assert (second.certificate.load_id, second.certificate.population, second.certificate.sampled) == (
        3,
        6,
        6,
    )
    assert [one.certificate.load_id for one in desk.certificates()] == [3, 1]
    assert desk.status()["certificate"]["load_id"] == 3
    assert SignedCertificate.from_text(second.to_text()) == second
    assert "Quillonvrax" not in json.dumps(second.to_json()) + repr(second)


def test_what_sealing_overlooks_the_certificate_counts(desk, tmp_path, monkeypatch):
    from hushdesk.seal import _seal

    real = _seal.find_batch
    monkeypatch.setattr(
        _seal,
        "find_batch",
        lambda contexts, **more: [[[] for _ in texts] for texts in real(contexts, **more)],
    )
    monkeypatch.setattr(_seal, "leftovers", lambda *_, **__: [])
    (tmp_path / "a.csv").write_text(rows(range(3), "Yours Ada Quillonvrax; ring +47 22 85 51 27"))
    made = desk.load([tmp_path / "a.csv"], workers=0).certificate.certificate
    assert made.leaking == made.sampled == 3
    assert made.found == {"PERSON": 3, "PHONE": 3}
    assert made.cases_bound == 1000
    assert made.values_bound >= 2000


@pytest.mark.parametrize("seed", ["keys", 7])
def test_the_sample_hangs_on_the_seed_and_survives_a_resume(tmp_path, monkeypatch, seed):
    from hushdesk.desk import _load
    from hushdesk.seal import _certificate

    looked: list[str] = []
    real = _certificate.Looker.look

    def look(self, sample):
        looked.extend(text for case in sample for text in case.texts if text.startswith("T-"))
        return real(self, sample)

    monkeypatch.setattr(_certificate.Looker, "look", look)
    (tmp_path / "a.csv").write_text(rows(range(40)))
    draws = []
    for name, killed in (("one", False), ("other", True)):
        Desk.create(tmp_path / name, keys=tmp_path / f"{name}k", vault=tmp_path / f"{name}v")
        settings(tmp_path / name, f"[certificate]\nsample = 8\nseed = {json.dumps(seed)}\n")
        looked.clear()
        with Desk.open(tmp_path / name) as desk:
            assert desk.settings.certificate == CertificateSettings(8, seed)
            if killed:
                landed = []
                land = _load.Load._land

                def fails(self, flight, landed=landed, land=land):
                    landed.append(1)
                    if len(landed) == 4:
                        raise OSError
                    land(self, flight)

                with monkeypatch.context() as patch:
                    patch.setattr(_load.Load, "_land", fails)
                    with pytest.raises(OSError):
                        desk.load([tmp_path / "a.csv"], workers=0, batch_cases=5)
                assert looked == []
            report = desk.load([tmp_path / "a.csv"], workers=0, batch_cases=5)
            assert report.resumed == killed
            made = report.certificate.certificate
            assert (made.sampled, made.population, made.seed) == (8, 40, str(seed))
            ids = {
                hit
                for (hit,) in zip(
                    desk.store.query("SELECT case_id FROM cases").column(0).to_pylist(), strict=True
                )
            }
            assert len(ids) == 40
            again = desk.certifier.sample(report.id)
            for case_id in ids:
                again._reservoir.offer(case_id, b"", list)
            numbers = desk.store.sealed(drawn(again._reservoir)).column("number").to_pylist()
            assert sorted(looked) == sorted(numbers)
        draws.append(sorted(looked))
    # Other keys make other case ids, so no seed makes two desks look at the same cases.
    assert len(draws[0]) == len(draws[1]) == 8


def test_no_sample_no_certificate(desk, tmp_path):
    settings(desk.folder, "[certificate]\nsample = 0\n")
    folder = desk.folder
    desk.close()
    (tmp_path / "a.csv").write_text(rows(range(3)))
    with Desk.open(folder) as again:
        assert again.load([tmp_path / "a.csv"], workers=0).certificate is None


@pytest.mark.parametrize(
    "text",
    [
        "sample = -1",
        "sample = 200000",
        "sample = true",
        'sample = "9"',
        'seed = "x"',
        "seed = 1.5",
        "other = 1",
        "seed = true",
    ],
)
def test_settings_that_cannot_be_used_are_refused(desk, text):
    folder = desk.folder
    desk.close()
    settings(folder, f"[certificate]\n{text}\n")
    with pytest.raises(DeskError, match="certificate"):
        Desk.open(folder)


def test_a_desk_of_before_has_the_usual_settings(desk):
    folder = desk.folder
    desk.close()
    settings(folder, "")
    with Desk.open(folder) as again:
        assert again.settings.certificate == CertificateSettings()


def test_a_changed_certificate_is_refused(desk, tmp_path):
    (tmp_path / "a.csv").write_text(rows(range(3)))
    desk.load([tmp_path / "a.csv"], workers=0)
    folder = desk.folder
    desk.close()
    with sqlite3.connect(folder / "ledger.sqlite") as db:
        (text,) = db.execute("SELECT document FROM certificates").fetchone()
        changed = json.loads(text)
        changed["certificate"]["cases_bound"] = 0.1
        db.execute("INSERT INTO certificates (load_id, document) VALUES (1, ?)", (json.dumps(changed),))
    db.close()
    with Desk.open(folder) as again:
        [signed] = again.certificates()
        with pytest.raises(CertificateRefused) as refused:
            again.certifier.verify(signed)
        assert refused.value.exit_code == 12
    with pytest.raises(CertificateRefused):
        SignedCertificate.from_text("{}")


def test_a_certificate_of_another_desk_is_refused(desk, tmp_path):
    (tmp_path / "a.csv").write_text(rows(range(3)))
    foreign = desk.load([tmp_path / "a.csv"], workers=0).certificate
    desk.close()
    made = Desk.create(tmp_path / "b", keys=tmp_path / "bk", vault=tmp_path / "bv")
    with Desk.open(made.folder) as other, pytest.raises(CertificateRefused):
        other.certifier.verify(foreign)
