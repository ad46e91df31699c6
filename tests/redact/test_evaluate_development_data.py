"""Our figures beside those of another scorer; skipped where the development data is not at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hushdesk.redact import Kind
from hushdesk.redact.evaluate import Corpus, evaluate

BESIDE = [folder / "shared" for folder in Path(__file__).resolve().parents[3:5]]
SHARED = next(filter(Path.is_dir, BESIDE), BESIDE[0])
DATA = SHARED / "data" / "pii"
SCORER = SHARED / "tools" / "score_pii.py"
SETS = ("presidio_synth", "slurp")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (DATA.is_dir() and SCORER.is_file()), reason="the development data is not beside this checkout"
    ),
]

ADAPTER = """
from hushdesk.redact import find
NAMES = {names!r}
def detect(text):
    return [(one.start, one.end, NAMES.get(one.kind.value, "unscored")) for one in find(text)]
"""
THEIRS = {
    **{kind.value: kind.value for kind in Kind if kind not in {Kind.COORDINATES, Kind.MAC}},
    **dict.fromkeys(("ACCOUNT", "BANK", "DEVICE", "NATIONAL_ID", "PLATE"), "ID"),
    "BIRTH_DATE": "DATE_OF_BIRTH",
    "CARD": "CREDIT_CARD",
    "PLACE": "LOCATION",
}


# Products of matrices round differently for a text alone and among others: now and then one span of thousands differs.
CLOSE = 0.005


def test_another_scorer_counts_alike(tmp_path):
    (tmp_path / "adapter.py").write_text(ADAPTER.format(names=THEIRS))
    out = tmp_path / "out.json"
    subprocess.run(
        [
            sys.executable,
            str(SCORER),
            "--adapter",
            f"{tmp_path / 'adapter.py'}:detect",
            "--sources",
            ",".join(SETS),
            "--all",
            "--json",
            str(out),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=250,
    )
    theirs = json.loads(out.read_text())
    done = evaluate(Corpus([DATA / f"{name}.jsonl.gz" for name in SETS]))
    total, all_core = done.total, theirs["all_core"]
    assert total.documents == theirs["docs"] > 1500
    assert done.speed.bytes / 1e6 == pytest.approx(theirs["mb"], abs=CLOSE)
    assert total.entities == all_core["n"] > 1500
    assert total.any_recall == pytest.approx(all_core["anyR"], abs=CLOSE)
    assert total.full == pytest.approx(all_core["full"], abs=CLOSE)
    assert total.mask_precision == pytest.approx(all_core["maskP"], abs=CLOSE)
    assert total.mask_f1 == pytest.approx(all_core["maskF1"], abs=CLOSE)
    for name, one in theirs["sources"].items():
        mine = done.sources[name]
        assert mine.entities == one["n"]
        assert (mine.any_recall, mine.full, mine.mask_precision) == pytest.approx(
            (one["anyR"], one["full"], one["maskP"]), abs=CLOSE
        )
    assert len(done.rows) > 8
    for name, row in done.rows.items():
        one = theirs["labels"][THEIRS.get(name, name)]
        assert row.cover.entities == one["n"], name
        assert row.cover.full == pytest.approx(one["full"], abs=CLOSE), name
        assert row.cover.any_recall == pytest.approx(one["anyR"], abs=CLOSE), name
        for tally, (precision, recall, f1) in ((row.exact, one["exact"]), (row.chars, one["char"])):
            assert tally.recall == pytest.approx(recall, abs=CLOSE), name
            if row.precise:
                assert tally.precision == pytest.approx(precision, abs=CLOSE), name
                assert tally.f1 == pytest.approx(f1, abs=CLOSE), name
