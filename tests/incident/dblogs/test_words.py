"""What was asked, in fixed words: never a value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident.evidence._mongo_words import command_words
from hushdesk.incident.evidence._search_words import by_action, by_request, target_of
from hushdesk.incident.evidence._sql_words import statement

SECRET = "hushsecret"


@pytest.mark.parametrize(
    ("sql", "act", "words", "tables", "answers"),
    [
        (
            "select * from cases c, public.persons p where c.a = 'from x'",
            "read",
            "select",
            "cases public.persons",
            True,
        ),
        ('SELECT 1 FROM "Cases" JOIN other USING (a)', "read", "select", "Cases other", True),
        ("COPY cases TO STDOUT", "read", "copy to", "cases", True),
        ("COPY cases (a, b) FROM STDIN", "written", "copy from", "cases", False),
        ("COPY (SELECT * FROM cases) TO PROGRAM 'curl'", "read", "copy to", "cases", True),
        ("COPY cases FROM PROGRAM 'curl'", "read", "copy to", "cases", True),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "read", "with", "t x", True),
        ("insert into a.b select * from c", "written", "insert", "a.b c", False),
        ("insert into t values (1) returning *", "written", "insert", "t", True),
        ("update t set a = $$from x$$; select 1", "read", "update; select", "t", True),
        ("delete from t", "written", "delete", "t", False),
        ("begin", "other", "begin", "", False),
        ("do $$ begin perform 1; end $$", "read", "do", "", True),
        ("frobnicate x", "read", "other", "", True),
        ("", "read", "other", "", True),
        ("/* a /* nested */ from x */ drop table t", "written", "drop", "t", False),
        ("select 'unterminated from x", "read", "select", "", True),
        ("select E'a\\' from x' from t", "read", "select", "t", True),
        # Without knowing a setting, nobody can say where this literal ends.
        ("update t set a = 'b\\' from x'", "read", "update", "t", True),
    ],
)
def test_statements(sql: str, act: str, words: str, tables: str, answers: bool) -> None:
    done = statement(sql)
    assert (done.act, done.words, " ".join(done.tables), done.answers) == (act, words, tables, answers)


QUOTED = st.sampled_from(
    [
        f"'{SECRET}'", f"'it''s from {SECRET}'", f"E'a\\' from {SECRET}'", f"$${SECRET} from {SECRET}$$",
        f"$tag$ $$ from {SECRET} $tag$", f"/* from {SECRET} */ 1", f"1 -- from {SECRET}\n", f"'a\nfrom {SECRET}'",
        f"'a\\' from {SECRET}'", f"e'\\\\'||' from {SECRET}'", f'"from {SECRET}"', f"'\\\\\\' from {SECRET}'",
        f"/* 'x' /* */ from {SECRET} */ 2",
    ]
)  # fmt: skip
PARTS = st.sampled_from(
    ["select", "from cases", "where a =", ",", "and", "update t set b =", ";", "(", ")", "join p on"]
)


@given(st.lists(st.one_of(PARTS, QUOTED), max_size=12), st.booleans())
def test_nothing_quoted_comes_out(parts: list[str], cut: bool) -> None:
    sql = " ".join(parts)
    done = statement(sql[: len(sql) // 2] if cut else sql)
    assert SECRET not in repr(done)


@given(
    st.lists(
        st.sampled_from(
            ["'", '"', "$a$", "$$", "\\", "/*", "*/", "--", "\n", "e'", "from", " ", "x", "(", ";"]
        ),
        max_size=40,
    )
)
def test_no_text_is_too_odd(parts: list[str]) -> None:
    for backslashes in (False, True):
        done = statement("".join(parts), backslashes=backslashes)
        assert done.act in {"read", "written", "other"}


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "act", "words", "most"),
    [
        ("GET", "/cases/_search", "", "{}", "read", "search size=10", 10),
        ("POST", "/cases/_search", "", '{"size":10000,"query":{}}', "read", "search size=10000", 10000),
        ("POST", "/cases/_search", "size=5", '{"size":10000}', "read", "search size=5", 5),
        ("POST", "/_search", "scroll=1m", '{"size":1000}', "read", "search size=1000 scroll", 1000),
        ("POST", "/_search", "", '{"aggs":{"a":{}}}', "read", "search size=10 aggregations", None),
        (
            "POST",
            "/_search",
            "",
            '{"query":{"nested":{"inner_hits":{}}}}',
            "read",
            "search size=10 aggregations",
            None,
        ),
        ("POST", "/_search", "", '{"size":"many"}', "read", "search", None),
        ("POST", "/_search", "", "{", "read", "search", None),
        ("GET", "/_search", "size=20", None, "read", "search size=20", None),
        ("GET", "/_search", "source=%7B%7D", "", "read", "search size=10", None),
        ("POST", "/_search/scroll", "", "{}", "read", "scroll", None),
        ("DELETE", "/_search/scroll", "", "{}", "other", "close scroll", 0),
        ("GET", "/cases/_doc/7", "", "", "read", "get", 1),
        ("GET", "/cases/case/7", "", "", "read", "get", 1),
        ("PUT", "/cases/_doc/7", "", "", "written", "index", 0),
        ("DELETE", "/cases/_doc/7", "", "", "written", "delete", 0),
        ("DELETE", "/cases", "", "", "written", "delete index", 0),
        ("GET", "/cases/_count", "", "", "read", "count", 0),
        ("GET", "/_cat/indices", "", "", "other", "list", 0),
        ("PUT", "/_snapshot/mine", "", "{}", "written", "repository", 0),
        ("PUT", "/_snapshot/mine/one", "", "{}", "read", "snapshot", None),
        ("POST", "/_bulk", "", "", "written", "bulk", None),
        ("POST", "/_sql", "", "{}", "read", "sql", None),
        ("GET", "/_not/yet/known", "", "", "read", "other", None),
        ("HEAD", "/cases", "", "", "other", "exists", 0),
        ("GET", "/", "", "", "other", "banner", 0),
    ],
)
def test_searches(
    method: str, path: str, query: str, body: str | None, act: str, words: str, most: int | None
) -> None:
    asked = by_request(method, path, query, body)
    assert (asked.act, asked.words, asked.most) == (act, words, most)
    assert asked.most is not None or asked.why


def test_actions() -> None:
    assert by_action("indices:data/read/search").most is None
    assert by_action("indices:data/read/get").most == 1
    assert by_action("cluster:admin/snapshot/create").most is None
    assert by_action("indices:data/read/of/tomorrow") == by_action("indices:data/read/sort")
    assert by_action("unheard:of").most is None


@settings(max_examples=40)
@given(
    st.recursive(
        st.just(SECRET) | st.integers(),
        lambda inner: st.dictionaries(st.sampled_from(["query", "size", "aggs", SECRET]), inner),
    )
)
def test_no_value_of_a_search_comes_out(body: object) -> None:
    asked = by_request(
        "POST", f"/{SECRET}@x.example/_doc/{SECRET}", f"q={SECRET}&size={SECRET}", json.dumps(body)
    )
    again = by_request("POST", "/cases/_search", f"q={SECRET}&size={SECRET}", json.dumps(body))
    assert SECRET not in repr((asked, again))


def test_names_of_indices() -> None:
    assert target_of(["cases", 7, "a b", "-x*", "A"]) == "cases,-x*"
    assert target_of([f"i{n}" for n in range(12)]).endswith(",+2")


@pytest.mark.parametrize(
    ("command", "original", "kind", "act", "words", "answers"),
    [
        (
            {"find": "cases", "filter": {"a": SECRET}, "limit": 7},
            None,
            "command",
            "read",
            "find limit=7",
            True,
        ),
        ({"find": "cases", "limit": {"$numberLong": "9"}}, None, "command", "read", "find limit=9", True),
        ({"getMore": 1}, {"aggregate": "x", "pipeline": []}, "command", "read", "getMore of aggregate", True),
        ({"aggregate": "x", "pipeline": [{"$out": SECRET}]}, None, "command", "read", "aggregate out", True),
        ({"count": "x"}, None, "command", "other", "count", False),
        ({"findandmodify": "x"}, None, "command", "written", "findAndModify", True),
        ({"insert": "x"}, None, "command", "written", "insert", False),
        ({"q": {"find": SECRET}, "u": {}}, None, "update", "written", "update", False),
        ({SECRET: 1, "find": "x"}, None, "command", "other", "other", True),
        ({}, None, "remove", "written", "delete", False),
        (None, None, "command", "other", "other", True),
    ],
)
def test_commands(command: object, original: object, kind: str, act: str, words: str, answers: bool) -> None:
    done = command_words(command, original, kind)
    assert (done.act, done.words, done.answers) == (act, words, answers)
