"""The audit of dependencies never takes for harmless what it could not look up."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def audit():
    spec = importlib.util.spec_from_file_location("hushdesk_audit", ROOT / "tools" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tool(audit, tmp_path, monkeypatch):
    """Puts a tool in the place of the real one: what it writes and how it ends."""

    def put(words: str, code: int) -> None:
        path = tmp_path / "tool"
        path.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit {code}\n")
        path.chmod(0o700)
        monkeypatch.setattr(audit, "TOOL", path)

    return put


def test_everything_is_locked_to_a_version_and_a_hash(audit):
    assert audit.unlocked((ROOT / "requirements.lock").read_text("utf-8")) == []
    assert audit.main(["--offline"]) == 0


@pytest.mark.parametrize(
    "entry", ["thing>=1", "thing==1", "thing==1 \\\n    # via other", "thing @ https://example.org/thing.whl"]
)
def test_what_is_not_locked_is_named(audit, entry):
    good = "other==2 \\\n    --hash=sha256:00\n"
    assert len(audit.unlocked(good + entry + "\n" + good)) == 1


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        ("No known vulnerabilities found", 0, 0),
        ("Found 1 known vulnerability in 1 package", 1, 1),
        ("ERROR: thing could not be audited", 1, 2),
        ("requests.exceptions.ConnectionError: Max retries exceeded", 1, 2),
    ],
)
def test_unknown_is_not_harmless(audit, tool, words, code, expected):
    tool(words, code)
    assert audit.main([]) == expected
