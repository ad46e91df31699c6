"""HCL's expressions, against values worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform import _evaluate
from hushdesk.guard.dialects.terraform._evaluate import Evaluator, Scope
from hushdesk.guard.dialects.terraform._syntax import SyntaxFault, parse
from hushdesk.guard.dialects.terraform._values import Fault, Ref, Several, Some

WHY = "no value"


class Names:
    """Names with fixed values."""

    values: dict[str, Any] = {  # noqa: RUF012 - never written to
        "list": ["a", "b", "c"],
        "map": {"x": 1, "y": [2, 3]},
        "unknown": Unknown("var.unknown", WHY),
        "spread": ["a", Several("var.rest", WHY)],
        "ref": Ref("aws_vpc.main"),
        "some": Some({"id": "s"}),
        "objects": [{"n": "p", "on": True}, {"n": "q", "on": False}],
    }

    def root(self, name: str) -> Any:
        if name not in self.values:
            raise Fault("no such name")
        return self.values[name]

    def member(self, of: Any, name: str) -> Any:
        del of, name
        return NotImplemented


def value(text: str) -> Any:
    return Evaluator().raw("${" + text + "}", Scope(Names(), {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 / 4", 2.5),
        ("10 / 5", 2),
        ("-7 % 3", -1),
        ("1 < 2 && !(2 >= 3) || false", True),
        ('"a" == "b"', False),
        ('"a" != "b" ? "yes" : "no"', "yes"),
        ("true ? 1 : nowhere", 1),
        ("false && nowhere.x", False),
        ('"x-${list[0]}-${1 + 1}"', "x-a-2"),
        ('"$${list}"', "${list}"),
        (r'"a\"b\n\u0041"', 'a"b\nA'),
        ("[1, 2, 3,]", [1, 2, 3]),
        ('{a = 1, "b c": 2\n d = 3}', {"a": 1, "b c": 2, "d": 3}),
        ("{(list[0]) = 1}", {"a": 1}),
        ("map.x", 1),
        ('map["y"][1]', 3),
        ("list.2", "c"),
        ("[for v in list : upper(v)]", ["A", "B", "C"]),
        ("[for i, v in list : i if v != list[1]]", [0, 2]),
        ("{for v in list : v => length(v)}", {"a": 1, "b": 1, "c": 1}),
        ("{for o in objects : o.on => o.n...}", {"true": ["p"], "false": ["q"]}),
        ("objects[*].n", ["p", "q"]),
        ("objects.*.n", ["p", "q"]),
        ("objects[*].n[0]", "fault"),
        ("some[*].id", ["s"]),
        ("some[3].id", "s"),
        ('join(",", concat(list, ["d"]))', "a,b,c,d"),
        ('format("%s:%03d-%t %%", "a", 7, true)', "a:007-true %"),
        ('formatlist("%s/32", ["1.2.3.4", "5.6.7.8"])', ["1.2.3.4/32", "5.6.7.8/32"]),
        ('split("/", "a/b")', ["a", "b"]),
        ('toset(["b", "a", "b"])', ["a", "b"]),
        ("merge({a = 1}, {a = 2, b = 3})", {"a": 2, "b": 3}),
        ('lookup({a = 1}, "z", 9)', 9),
        ("element(list, 4)", "b"),
        ("length(list)", 3),
        ('cidrsubnet("10.0.0.0/16", 8, 3)', "10.0.3.0/24"),
        ('cidrsubnet("fd00::/48", 16, 2)', "fd00:0:0:2::/64"),
        ('cidrhost("10.0.0.0/24", -2)', "10.0.0.254"),
        ('cidrsubnets("10.0.0.0/16", 8, 4)', ["10.0.0.0/24", "10.0.16.0/20"]),
        ('replace(lower("A.B"), ".", "-")', "a-b"),
        ("flatten([[1, [2]], 3])", [1, 2, 3]),
        ("try(nowhere.x, map.z, 5)", 5),
        ("can(map.z)", False),
        ('coalesce("", null, "x")', "x"),
        ("max([1, 5, 3]...)", 5),
        ('jsondecode("{\\"a\\": [1]}").a[0]', 1),
        ("<<EOT\nhello ${list[0]}\nEOT\n", "hello a\n"),
        ("<<-EOT\n    deep\n      er\n    EOT\n", "deep\n  er\n"),
    ],
)  # fmt: skip
def test_values(text: str, expected: Any) -> None:
    found = value(text)
    if expected == "fault":
        assert isinstance(found, Unknown)
    else:
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "unknown", "unknown.a.b[0]", '"x${unknown}"', "upper(unknown)", "unknown ? 1 : 2", "length(spread)",
        "element(spread, 0)", "spread[0]", "unknown && true", "[for v in unknown : v]", "{for v in spread : v => v}",
        "try(unknown, 1)",
    ],
)  # fmt: skip
def test_what_rests_on_an_unknown_value_is_unknown_with_its_reason(text: str) -> None:
    found = value(text)
    assert isinstance(found, Unknown)
    assert found.why == WHY


def test_an_unknown_that_does_not_matter_does_no_harm() -> None:
    assert value("unknown && false") is False
    assert value("unknown || true") is True
    assert value("unknown ? 1 : 1") == 1
    assert value("element([list[0], unknown], 0)") == "a"


def test_an_unknown_list_among_others_stands_for_any_number_of_members() -> None:
    assert value("concat(list, unknown)") == ["a", "b", "c", Several("var.unknown", WHY)]
    assert value("flatten([list, unknown])") == ["a", "b", "c", Several("var.unknown", WHY)]
    assert value('[for v in spread : "${v}/32"]') == ["a/32", Several("var.rest", WHY)]


def test_a_reference_stays_one_until_text_is_made_of_it() -> None:
    assert isinstance(value("[ref][0]"), Ref)
    assert isinstance(value('"${ref}"'), Ref)
    assert isinstance(value('"${ref}/x"'), Unknown)
    assert isinstance(value('split("/", ref)'), Unknown)
    assert value('ref == ""') is False
    assert isinstance(value('ref == "vpc-1"'), Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "1 +",
        "[1, 2",
        '"open',
        "${",
        "a b",
        "{a 1}",
        "f(1",
        "[for x of y : z]",
        "a.",
        "((((" * 40,
        "1 / 0",
        "nowhere",
    ],
)
def test_what_is_no_expression_is_unknown(text: str) -> None:
    assert isinstance(value(text), Unknown)


def test_deep_and_long_expressions_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_evaluate, "_STEPS", 5000)
    assert isinstance(value("[" * 500 + "]" * 500), Unknown)
    assert isinstance(value("!" * 5000 + "true"), Unknown)
    assert isinstance(
        value("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]"), Unknown
    )
    assert isinstance(value("range(100000000)"), Unknown)


@settings(max_examples=60)
@given(st.text(alphabet='ab1.[]{}()"$%:=?,<>-+*/! \n\\#for in', max_size=40))
def test_the_parser_takes_any_text(text: str) -> None:
    try:
        parse(text)
    except SyntaxFault:
        return
    value(text)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(0, 24), st.integers(0, 8), st.data())
def test_parts_of_a_network_lie_in_it(address: int, length: int, bits: int, data: st.DataObject) -> None:
    import ipaddress

    whole = ipaddress.ip_network((address >> (32 - length) << (32 - length) if length else 0, length))
    number = data.draw(st.integers(0, 2**bits - 1))
    part = ipaddress.ip_network(value(f'cidrsubnet("{whole}", {bits}, {number})'))
    assert part == list(whole.subnets(prefixlen_diff=bits))[number]
