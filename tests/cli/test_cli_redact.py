"""``hushdesk redact`` as a filter, and the same from Python."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

import hushdesk
from hushdesk.cli import main

TEXT = (
    "Grüße 👋🏽 von mir: jane.roe@example.com\n"
    "und nochmal 𝔍 JANE.ROE@example.com, Tel. +49 30 2345 6789\n"
    "\n"
    "Zweiter Absatz: 日本語 bob@example.org, IP 203.0.113.77\n"
    "password: Zq7!hunter\n"
)
VALUES = ("jane.roe", "2345", "bob@", "203.0.113.77", "hunter")


@pytest.fixture
def filtered(monkeypatch, capsys):
    def run(text: str | bytes, *arguments: str) -> str:
        data = text.encode() if isinstance(text, str) else text
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        with pytest.raises(SystemExit) as ended:
            main(["redact", *arguments])
        assert ended.value.code == 0
        shown = capsys.readouterr()
        assert shown.err == ""
        return shown.out

    return run


def test_text_in_text_out(filtered):
    out = filtered(TEXT)
    assert out.count("[EMAIL_1]") == 2
    assert "[EMAIL_2]" in out
    assert "Grüße 👋🏽 von mir: " in out
    assert "日本語" in out
    assert out.count("\n") == TEXT.count("\n")
    for value in VALUES:
        assert value not in out.lower()


def test_findings_point_at_the_right_code_points_of_the_whole_input(filtered):
    findings = [json.loads(line) for line in filtered(TEXT, "--json").splitlines()]
    assert all(set(one) == {"start", "end", "kind", "score"} for one in findings)
    at = {TEXT[one["start"] : one["end"]].lower(): one["kind"] for one in findings}
    assert at["jane.roe@example.com"] == "EMAIL"
    assert at["bob@example.org"] == "EMAIL"
    assert at["203.0.113.77"] == "IP"
    assert at["+49 30 2345 6789"] == "PHONE"
    assert sum(one["kind"] == "EMAIL" for one in findings) == 3
    assert [one["start"] for one in findings] == sorted(one["start"] for one in findings)
    assert all(0 < one["score"] <= 1 for one in findings)


def test_explain_says_why_and_never_the_value(filtered):
    out = filtered(TEXT, "--explain")
    for line in out.splitlines():
        one = json.loads(line)
        assert one["detector"]
        assert isinstance(one["why"], str)
    for value in VALUES:
        assert value not in out.lower()


def test_any_bytes_pass(filtered):
    assert "[EMAIL_1]" in filtered(b"\xff\xfe caf\xe9 jane@example.com \x00\r\n")
    assert filtered("") == ""


def test_a_reader_that_goes_away_is_no_error():
    filter_process = subprocess.Popen(
        [sys.executable, "-m", "hushdesk", "redact"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    filter_process.stdout.close()
    _, err = filter_process.communicate(b"jane@example.com\n\n" * 20_000, timeout=60)
    assert filter_process.returncode == 0
    assert err == b""


ORDERS = [
    "import hushdesk; print(hushdesk.redact('a@example.com').text)",
    "from hushdesk.redact import find; import hushdesk; print(hushdesk.redact('a@example.com').text)",
    "from hushdesk import redact; print(redact('a@example.com').text)",
    "import hushdesk.redact; print(hushdesk.redact('a@example.com').text)",
    "import hushdesk; hushdesk.find('x'); print(hushdesk.redact('a@example.com').text)",
    "from hushdesk.redact import redact; import hushdesk; hushdesk.redact.find('x'); print(redact('a@example.com').text)",
]


@pytest.mark.parametrize("order", ORDERS)
def test_the_package_can_be_called_whichever_import_came_first(order):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", order], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "[EMAIL_1]\n"), done.stderr


def test_find_and_redact_from_python():
    findings = hushdesk.find(TEXT)
    assert isinstance(findings, list)
    first = findings[0]
    assert (TEXT[first.start : first.end], first.kind) == ("jane.roe@example.com", hushdesk.Kind.EMAIL)
    assert 0 < first.score <= 1
    assert "jane" not in repr(findings)
    known = [hushdesk.Known(hushdesk.Kind.ACCOUNT, "KX-1")]
    assert hushdesk.redact("order KX-1", known=known).text == "order [ACCOUNT_1]"
    assert isinstance(hushdesk.redact(""), hushdesk.Redacted)
    assert set(hushdesk.__all__) <= {name for name in hushdesk.__all__ if hasattr(hushdesk, name)}
