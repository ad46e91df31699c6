"""The benchmark of flow logs, small and without its peer."""

from __future__ import annotations

import importlib.util
import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "incident"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("made", "measured"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    spec = importlib.util.spec_from_file_location("hushdesk_bench_incident", FOLDER / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("made", None)


def test_what_is_made_is_read_whole(bench, tmp_path):
    sizes = {"vpc": 4000, "nsg": 3600}
    told = bench.compared(tmp_path, sizes, 1, alone=True)
    for kind, size in sizes.items():
        found = told[kind]["ours"]
        assert "error" not in found
        assert (found["records"], found["refused"]) == (size, 0)
        assert 0 < found["groups"] <= found["wanted"] < size
        assert found["bytes"] > 0
    text = io.StringIO()
    told["nsg"]["duckdb"] = {**told["nsg"]["ours"], "seconds": 1e9}
    told["vpc"]["duckdb"] = {"error": "cannot be installed"}
    bench.shown(Console(file=text, width=150), told)
    assert "times DuckDB's speed" in text.getvalue()
    assert "cannot be installed" in text.getvalue()


def test_the_same_seed_makes_the_same(bench, tmp_path):
    one, two = (
        [bench.made.vpc(folder, 500), bench.made.nsg(folder, 360)]
        for folder in (tmp_path / "a", tmp_path / "b")
        if not folder.mkdir()
    )
    assert one[0].read_bytes() == two[0].read_bytes()
    files = [sorted(each[1].rglob("*.json")) for each in (one, two)]
    assert len(files[0]) == 3
    assert [each.read_bytes() for each in files[0]] == [each.read_bytes() for each in files[1]]
