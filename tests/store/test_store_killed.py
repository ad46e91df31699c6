"""kill -9 at random moments: what was acknowledged is there, a repeated batch is there once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pytest

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.store import EmbeddedStore

CHILD = """
import sys
import pyarrow as pa
from hushdesk.store import EmbeddedStore
path, data, mode = sys.argv[1:]
with EmbeddedStore.open(path) as store:
    print("open", flush=True)
    for place, batch in enumerate(pa.ipc.open_file(data)):
        getattr(store, mode)(pa.RecordBatch.from_arrays(batch.columns, schema=batch.schema), f"{mode}{place}")
        print(place, flush=True)
    print("done", flush=True)
"""


def write(path, batches: list[pa.Table]) -> None:
    with pa.ipc.new_file(path, SEALED_SCHEMA) as out:
        for batch in batches:
            out.write_batch(batch.combine_chunks().to_batches()[0])


def run_and_kill(store, data, mode: str, after: float) -> tuple[int, bool]:
    """The number of acknowledged batches, and whether the child got to its end."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(store), str(data), mode], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    time.sleep(after)
    os.kill(child.pid, signal.SIGKILL)
    said = child.stdout.read().split()
    child.stdout.close()
    child.wait()
    return len([line for line in said if line.isdigit()]), "done" in said


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["insert", "replace"])
def test_exactly_once_over_kills(tmp_path, rows, mode):
    count, size, rounds = 24, 120, 6
    batches = [rows(size, seed=3, start=place * size, years=3) for place in range(count)]
    write(tmp_path / "data", batches)
    expected = tmp_path / "undisturbed"
    with EmbeddedStore.create(expected) as store:
        for place, batch in enumerate(batches):
            store.insert(batch, str(place))
        content = store.content_hash()
    with EmbeddedStore.create(tmp_path / "killed") as store:
        if mode == "replace":
            for place in range(count):
                store.insert(rows(size, seed=2, start=place * size, years=3), f"old{place}")
    rnd = random.Random(11)
    cut = 0
    for _ in range(rounds):
        acknowledged, ended = run_and_kill(
            tmp_path / "killed", tmp_path / "data", mode, rnd.uniform(0.05, 1.2)
        )
        cut += not ended
        with EmbeddedStore.open(tmp_path / "killed") as store:
            assert store.check()
            # What was acknowledged is there in its new version, each case exactly once.
            for batch in batches[:acknowledged]:
                held = store.sealed(batch.column("case_id").to_pylist())
                assert held.sort_by("case_id").equals(batch.sort_by("case_id"))
            doubled = store.query(
                "SELECT count() FROM (SELECT case_id FROM cases GROUP BY case_id HAVING count() > 1)"
            )
            assert doubled.column(0)[0].as_py() == 0
            if mode == "replace":
                assert store.count() == count * size
    assert cut >= 3, "the kills came too late to prove anything"
    with EmbeddedStore.open(tmp_path / "killed") as store:
        for place, batch in enumerate(batches):
            getattr(store, mode)(batch, f"{mode}{place}")
        assert store.count() == count * size
        assert store.content_hash() == content
