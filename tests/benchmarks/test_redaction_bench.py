"""The benchmark of redaction beside other tools, as far as it works without them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from hushdesk.redact import find
from hushdesk.redact.evaluate import Corpus, Document

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "redaction"


def load(name):
    spec = importlib.util.spec_from_file_location(f"hushdesk_bench_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


peers, texts = load("peers"), load("texts")
HUSHDESK = peers.Peer("hushdesk")


def test_every_peer_has_an_adapter_and_an_environment():
    adapters = load("adapter").ADAPTERS
    assert [peer.name for peer in peers.PEERS] == list(adapters)
    assert {peer.environment for peer in peers.PEERS} == {"", *peers.ENVIRONMENTS}


def test_cases_are_joined_from_texts_of_one_source_and_language():
    documents = [
        Document("f", number, f"{source}-{lang} " + "x" * size, (), lang, source)
        for number, (source, lang, size) in enumerate(
            [("a", "en", 700), ("a", "de", 700), ("b", "en", 5)] * 4
        )
    ]
    documents.append(Document("f", 99, "y" * 5000, (), "en", "c"))
    cases = texts.joined(documents)
    assert sorted(part for case in cases for part in case.split("\n\n")) == sorted(d.text for d in documents)
    assert all(len({part.split(" ")[0] for part in case.split("\n\n")}) == 1 for case in cases)
    assert [len(case) for case in cases if case.startswith("a-en")] == [2 * 705 + 2] * 2


def test_our_own_texts_are_labelled(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "DEMO_CASES", 30)
    corpus = Corpus([texts.write_own(tmp_path)])
    assert corpus.counts["demo"] > 100
    assert corpus.notes == []
    assert "PERSON" in corpus.complete["demo"]
    assert "DATE" not in corpus.complete["demo"]
    spans = [(one.text[s.start : s.end], s.row) for one in corpus if one.source == "demo" for s in one.spans]
    assert {"PERSON", "EMAIL", "PHONE"} <= {row for _, row in spans}
    assert all(value == value.strip() for value, _ in spans)
    assert sum("@" in value for value, row in spans if row == "EMAIL") > 10


def test_a_tool_is_a_process_that_answers_with_spans_and_its_own_cpu_time(tmp_path):
    said = ["Write to jane.roe@example.com", "", "日本語 👋 bob@example.org \ud83d"]
    with peers.Running(HUSHDESK, Path(sys.executable), tmp_path / "log", 120) as run:
        spans, cpu = run.ask(said)
        assert run.title.startswith("hushdesk ")
        assert cpu > 0
        run.finish()
        assert run.peak > 10_000_000
        assert run.failures == {}
    assert [[tuple(one) for one in found] for found in spans] == [
        [(one.start, one.end, one.kind.value) for one in find(text)] for text in said
    ]
    assert spans[0]


@pytest.mark.parametrize(
    ("name", "limit", "reason"),
    [("nobody", 120, "stopped by itself: KeyError"), ("hushdesk", 0.01, "stopped after")],
)
def test_a_tool_that_stops_is_named_with_the_reason(tmp_path, name, limit, reason):
    run = peers.Running(peers.Peer(name), Path(sys.executable), tmp_path / "log", limit)
    with pytest.raises(peers.PeerError, match=reason), run:
        pass


def test_an_environment_takes_the_first_choice_that_can_be_installed(tmp_path, monkeypatch):
    done = []

    def fake(command):
        done.append(command[-1])
        if "venv" in command:
            Path(command[-1]).mkdir()
        if command[-1].startswith("broken"):
            raise peers.PeerError(f"cannot be installed: {command[-1]}")

    monkeypatch.setattr(peers, "_done", fake)
    monkeypatch.setitem(peers.ENVIRONMENTS, "x", ((("one",),), (("broken",), ("two",), ("three",))))
    home = tmp_path / "x"
    assert peers.python_of("x", tmp_path) == home / "bin" / "python"
    assert done == [str(home), "one", "broken", "two"]
    peers.python_of("x", tmp_path)
    assert len(done) == 4  # it is there
    monkeypatch.setitem(peers.ENVIRONMENTS, "x", ((("broken-1",), ("broken-2",)),))
    with pytest.raises(peers.PeerError, match="broken-1"):
        peers.python_of("x", tmp_path)
    assert not (home / "made").exists()
    assert peers.python_of("", tmp_path) == Path(sys.executable)


def test_why_an_installation_failed_is_told():
    with pytest.raises(peers.PeerError, match="cannot be installed: ERROR: no such thing"):
        peers._done([sys.executable, "-c", "import sys; sys.exit('ERROR: no such thing')"])
