"""The query language against rows that anybody can read, and against people who mean harm."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.analytics import FIELDS, QueryError, Scope
from hushdesk.analytics._compile import compile_query
from hushdesk.analytics._syntax import MAX_CHARS, MAX_DEPTH, MAX_TERMS, And, Not, Or, Text, Valued, parse

LEAD = Scope(internal=True)
VIEWER = Scope()


def found(desk, query: str, scope: Scope = LEAD, **more) -> list[int]:
    page = desk[0].search(query, scope=scope, page_size=100, facets=(), histogram=False, **more)
    places = sorted(int(hit.case_id[4:]) for hit in page.hits)
    assert page.total == len(places)
    return places


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("   ", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("printer", [1, 8]),
        ("PRINTER jams", [1, 8]),
        ('"printer jams"', [1]),
        ('"jams printer"', [8]),
        ("v2.3.4", [1]),
        ("v2.4.3", []),
        ("foo", [1]),
        ("reseau", [1, 2]),
        ("RÉSEAU", [1, 2]),
        ("école", [2]),
        ("strasse", [7]),
        ("lodz", [7]),
        ("слово", [7]),
        ("ивана елка", [7]),
        ("電話番号", [3]),
        ("話番", [3]),
        ("号番", []),
        ("サポート", [3]),
        ("โทรศัพท์", [4]),
        ("ได้ยิน", [4]),
        ("전화", [5]),
        ("번호", [5]),
        ("打印机", [6]),
        ("机印打", []),
        ("电话", []),
        ("prin*", [1, 8]),
        ("東京*", [3]),
        ("zzz*", []),
        ("EMAIL_3KX9QWERTY0123", [1]),
        ("email_3kx9qwerty0123", [1]),
        ('"EMAIL_3KX9QWERTY0123"', [1]),
        ("token:NATIONAL_ID_3KX9QWERTY0123", [1]),
        ("3KX9QWERTY0123", []),
        ("customer:EMAIL_3KX9QWERTY0123", [1]),
        ("agent:EMAIL_3KX9QWERTY0123", []),
        ("-printer", [2, 3, 4, 5, 6, 7, 9]),
        ("NOT printer", [2, 3, 4, 5, 6, 7, 9]),
        ("printer -customer:EMAIL_3KX9QWERTY0123", [8]),
        ("printer OR reseau", [1, 2, 8]),
        ("(printer OR reseau) language:en", [1]),
        ("printer OR reseau language:fr", [1, 2, 8]),
        ("printer AND jams", [1, 8]),
        ("product:router", [2, 3]),
        ('product:"Printer X"', [1, 6]),
        ("product:print*", [1, 6]),
        ('product:""', [8, 9]),
        ("-product:router language:ja", []),
        ("tag:reseau", [1]),
        ("tag:ref*", [1, 2]),
        ("country:fr", [1]),
        ("number:sr-3", [3]),
        ("number:SR", []),
        ("case:case000000000003", [3]),
        ("opened:2012", [1, 2, 3, 4, 5, 6, 7]),
        ("opened:2012-Q2", [3, 4, 5]),
        ("opened:2012-02", [1]),
        ("opened:2012-02-03", [1]),
        ("opened:2012-02-03T04:05", [1]),
        ("opened:2012-02-03T04:06", []),
        ("opened:>=2014-01-01", [9]),
        ("opened:>2012", [9]),
        ("opened:<2012", [8]),
        ("opened:2012-05..2013", [4, 5, 6, 7]),
        ("opened:2014..", [9]),
        ("opened:..2011", [8]),
        ("closed:2013", [7]),
        ("-closed:2013", [1, 2, 3, 4, 5, 6, 8, 9]),
        ("is:closed", [7]),
        ("is:OPEN opened:2014", [9]),
        ("messages:5", [8]),
        ("messages:>=2", [1, 8]),
        ("messages:1..2", [1, 9]),
        ("has:national_id", [1]),
        ("kind:PHONE", []),
        ("updated:2012", []),
    ],
)
def test_language(desk, query, places):
    assert found(desk, query) == places


@pytest.mark.parametrize(
    "word",
    [
        "zebrafish",
        "quokka",
        "wombat",
        "wombat.pdf",
        "numbat",
        "zebra*",
        "NATIONAL_ID_3KX9QWERTY0123",
        "has:NATIONAL_ID",
        '"a quokka"',
        '"passport NATIONAL_ID_3KX9QWERTY0123"',
    ],
)
def test_what_is_internal_is_found_by_those_alone_who_may_read_it(desk, word):
    assert len(found(desk, word, LEAD)) == 1
    assert found(desk, word, VIEWER) == []
    assert len(found(desk, f"-{word}", VIEWER)) == 9


def test_viewers_find_what_is_public(desk):
    for word in (
        "photo.png",
        '"jams again"',
        "EMAIL_3KX9QWERTY0123",
        "agent:USERNAME_AAAAAAAAAAAAAA",
        "has:EMAIL",
    ):
        assert found(desk, word, VIEWER) == [1]
    assert found(desk, "messages:1", VIEWER) == [1]


def test_scope_rows(desk):
    assert found(
        desk, "", Scope(internal=True, where={"product": ("Router", "Phone"), "country": ("JP",)})
    ) == [3]
    assert found(desk, "printer OR reseau", Scope(where={"country": ("DE",)})) == [2]
    assert found(desk, "", Scope(where={"country": ()})) == []
    with pytest.raises(ValueError):
        Scope(where={"tag": ("a",)})


@pytest.mark.parametrize("scope", [LEAD, VIEWER])
def test_index_and_scan_agree(desk, scope):
    """The same condition with every index switched off must find the same rows."""
    _, store = desk
    for query in (
        "printer", '"printer jams"', "jams printer", "v2.3.4", "電話番号", "号番", "打印机", "โทรศัพท์", "번호", "слово",
        "lodz", "prin*", "EMAIL_3KX9QWERTY0123", "-wombat", "quokka OR router", "number:SR-3", "case:CASE000000000003",
        "foo bar", "wombat.pdf", "has:EMAIL", "tag:reseau",
    ):  # fmt: skip
        condition = compile_query(store, query, scope)
        sql = f"SELECT case_id FROM cases WHERE {condition.sql} ORDER BY case_id"
        with_index = store.query(sql, condition.params)
        without = store.query(
            sql, condition.params, {"use_skip_indexes": 0, "query_plan_direct_read_from_text_index": 0}
        )
        assert with_index.to_pylist() == without.to_pylist(), query


@pytest.mark.parametrize(
    ("query", "position", "says"),
    [
        ("printer (jams", 8, "never closed"),
        ("printer) jams", 7, "never opened"),
        ('printer "jams', 8, "never closed"),
        ("printer OR", 10, "missing at the end"),
        ("OR printer", 0, "both sides"),
        ("a OR OR b", 5, "both sides"),
        ("(a OR)", 5, "before this parenthesis"),
        ("()", 1, "before this parenthesis"),
        ("printer colour:red", 8, "no such field"),
        ("printer status:", 8, "no value"),
        ("opened:yesterday", 7, "no date"),
        ("opened:2012-02-30", 7, "no such day"),
        ("opened:2012..x", 13, "no date"),
        ("opened:2014..2012", 7, "before it begins"),
        ("opened:..", 7, "no ends"),
        ("opened:0001", 7, "1900"),
        ("messages:many", 9, "whole number"),
        ("messages:>=x", 11, "whole number"),
        ("messages:5..2", 9, "before it begins"),
        ("customer:joe@example.com", 9, "no pseudonym"),
        ("is:maybe", 3, "open or closed"),
        ("printer ...", 8, "nothing to search"),
        ("foo-pri*", 0, "wild card"),
        ("*", 0, "nothing to search"),
        ("x" * (MAX_CHARS + 1), MAX_CHARS, "4,096"),
        ("(" * 5000 + ")" * 5000, MAX_CHARS, "4,096"),
        ("(" * 41 + "a" + ")" * 41, MAX_DEPTH, "40 deep"),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS, "100 terms"),
    ],
)  # fmt: skip
def test_errors_point_at_the_character(desk, query, position, says):
    with pytest.raises(QueryError) as caught:
        found(desk, query)
    assert caught.value.position == position
    assert says in str(caught.value)
    assert caught.value.remedy
    assert "example.com" not in str(caught.value)


def test_unknown_field_lists_the_fields():
    with pytest.raises(QueryError) as caught:
        parse("colour:red")
    assert all(name in caught.value.remedy for name in FIELDS)


def test_tree():
    assert parse('a -(b OR "c d") status:x*') == And(
        (
            Text("a", 0),
            Not(Or((Text("b", 4), Text("c d", 9)))),
            Valued("status", "x*", quoted=False, position=23),
        )
    )


HOSTILE = [
    "' OR 1=1 --", "'; DROP TABLE cases; --", "\\", "\\'", "{zz9:String}", "${x}", "`case_id`", "%", "_", "a'b\"c",
    "') OR true OR hasToken('", "\x00", "\n\t\r", "0x41", "/* */", "$$", "?", "\ud800", "\u202e", "(*)", ":", "a:b:c", "-", "--", "|",
]  # fmt: skip


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize(
    "frame",
    ['"{}"', "{}", "product:{}", 'product:"{}"', "number:{}", "tag:{}", "case:{}", "{}*", "opened:{}"],
)
def test_hostile_input_is_a_value_or_an_error(desk, frame, attack):
    query = frame.format(attack.replace('"', "") if '"{}"' in frame else attack)
    try:
        condition = compile_query(desk[1], query, VIEWER)
    except QueryError:
        return
    if len(attack) > 2:
        assert attack not in condition.sql
    assert desk[0].count(query, scope=Scope(where={"country": ()})) == 0
    assert desk[0].count("", scope=LEAD) == 9


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from([*HOSTILE, *(f"{f}:" for f in FIELDS), "OR", "(", ")", '"', "-", "a"])).map(
        " ".join
    )
)
def test_any_text_is_answered_or_refused_within_the_scope(desk, query):
    position, total = 0, 0
    try:
        total = desk[0].count(query, scope=Scope(where={"country": ("FR",)}))
    except QueryError as error:
        position = error.position
    assert total <= 1
    assert 0 <= position <= len(query)


def test_text_never_reaches_the_sql(desk):
    condition = compile_query(
        desk[1],
        'marker1 "marker2 marker3" product:marker4 tag:marker5 number:marker6 case:marker7',
        LEAD,
        {"source": ["marker8"]},
    )
    assert "marker" not in condition.sql.lower()
