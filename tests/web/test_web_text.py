from __future__ import annotations

import csv
import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from hushdesk.redact import Kind
from hushdesk.web import _csv
from hushdesk.web._text import _GROUPS, highlighter, segments

TOKEN = "EMAIL_3KX9W2QH7M1R0T"


def test_every_kind_has_a_colour():
    assert set(_GROUPS) == {kind.value for kind in Kind}


def test_a_pseudonym_becomes_one_piece():
    found = segments(f"write to {TOKEN}, or {TOKEN}!")
    assert [(each.type, each.text) for each in found] == [
        ("text", "write to "),
        ("token", TOKEN),
        ("text", ", or "),
        ("token", TOKEN),
        ("text", "!"),
    ]
    assert (found[1].kind, found[1].group, found[1].head + found[1].tail) == ("EMAIL", "contact", TOKEN[6:])


def test_only_pseudonyms_become_chips():
    for text in (
        "FOO_3KX9W2QH7M1R0T",
        "EMAIL_3KX9W2QH7M1R0",
        "EMAIL_3KX9W2QH7M1R0TT",
        "xEMAIL_3KX9W2QH7M1R0T",
        "EMAIL_3KX9W2QH7M1RIL",
        "[ERROR]",
        "[EMAIL",
        "email_3kx9w2qh7m1r0t",
    ):
        assert [each.type for each in segments(text)] == ["text"], text


def test_a_placeholder_is_shown_as_removed():
    assert [each.type for each in segments("pw [SECRET].")] == ["text", "removed", "text"]


def marked(text: str, query: str) -> list[str]:
    return [each.text for each in segments(text, query) if each.type == "mark"]


def test_words_and_phrases_of_the_query_are_marked():
    assert marked("The Router was rebooted", "router") == ["Router"]
    assert marked("The routers", "router") == []
    assert marked("The routers", "rout*") == ["rout"]
    assert marked("lost  connection, lost", '"lost connection"') == ["lost  connection"]
    assert marked("Café CAFE cafe\u0301", "café") == ["Café"[:4], "CAFE", "cafe\u0301"]
    assert marked("refund router", "-refund router product:x") == ["router"]
    assert marked("更新后打印机无法识别", "打印机") == ["打印机"]
    assert marked("a OR b", "x OR y") == []
    assert marked("(router)", "(router OR modem)") == ["router"]


def test_nothing_to_mark_in_an_empty_query():
    assert highlighter("") is None
    assert highlighter("-a product:b OR *") is None


@given(st.text(), st.text())
def test_pieces_joined_are_the_text(text, query):
    cleaned = "".join(each.text for each in segments(text, query))
    assert len(cleaned) == len(text)
    for ours, theirs in zip(cleaned, text, strict=True):
        assert ours == theirs or (ours == "\ufffd" and unicodedata.category(theirs) in {"Cc", "Cs", "Cn"})


@given(st.text())
def test_no_cell_begins_like_a_formula(text):
    cell = _csv.safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert cell in {text, "'" + text}


def test_known_injections_are_disarmed():
    for text in (
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\u200b=1",
        "＝1",
        "\ufeff@x",
    ):
        assert _csv.safe_cell(text) == "'" + text
    assert _csv.safe_cell("plain = text") == "plain = text"


def test_the_export_has_every_case_and_every_text(signed_in, desk):
    desk.add(case_id="EVIL", subject='=HYPERLINK("http://evil")', remarks="secret remark")
    answer = signed_in("analyst").get("/cases.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="hushdesk-cases-')
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert {row["case_id"] for row in rows} == {case.case_id for case in desk.cases}
    evil = next(row for row in rows if row["case_id"] == "EVIL")
    assert evil["subject"].startswith("'=")
    assert "secret remark" not in answer.text
    assert all(row["remarks"] == row["notes"] == "" for row in rows)
    assert all("internal" not in row["conversation"] for row in rows)
    assert all(row["conversation"] for row in rows)
    lead = signed_in("lead").get("/cases.csv").text
    assert "secret remark" in lead
    assert "· internal]" in lead
