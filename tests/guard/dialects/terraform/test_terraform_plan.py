"""Plans and states: what is known only after apply is linked by what the configuration refers to."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Finding, Malformed
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform._block import Block
from hushdesk.guard.dialects.terraform._plan import is_plan, is_state, read_plan, read_state
from hushdesk.guard.dialects.terraform._values import Several


def resource(address: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    type_, name = address.split(".")[-2:]
    return {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": name.partition("[")[0],
        "values": values,
        **more,
    }


def change(address: str, unknown: Any) -> dict[str, Any]:
    return {"address": address, "change": {"actions": ["create"], "after_unknown": unknown}}


def configured(address: str, /, **expressions: Any) -> dict[str, Any]:
    type_, name = address.split(".")
    return {"address": address, "mode": "managed", "type": type_, "name": name, "expressions": expressions}


def referring(*references: str) -> dict[str, Any]:
    return {"references": list(references)}


PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "planned_values": {
        "root_module": {
            "resources": [
                resource("t_group.a", {"name": "a"}),
                resource("t_group.b[0]", {}, index=0),
                resource("t_group.b[1]", {}, index=1),
                resource("t_group.old", {"id": "sg-1", "arn": "arn:aws:x:sg-1"}),
                resource(
                    "t_host.h", {"groups": [None, "sg-9"], "rule": [{"port": 1}], "link": "arn:aws:x:sg-1"}
                ),
                resource("t_host.i[1]", {}, index=1),
            ],
            "child_modules": [
                {
                    "address": 'module.net["x"]',
                    "resources": [resource('module.net["x"].t_net.n', {"cidr": "10.0.0.0/8"})],
                }
            ],
        }
    },
    "resource_changes": [
        change("t_group.a", {"id": True, "arn": True, "computed": True}),
        change(
            "t_host.h",
            {
                "id": True,
                "group": True,
                "existing": True,
                "all": True,
                "groups": [True, False],
                "address": True,
                "net": True,
                "mixed": True,
                "rule": [{"source": True, "unset": True}],
            },
        ),
        change("t_host.i[1]", {"group": True}),
        change('module.net["x"].t_net.n', {"id": True, "given": True}),
    ],
    "configuration": {
        "root_module": {
            "resources": [
                configured("t_group.a", name={"constant_value": "a"}),
                configured(
                    "t_host.h",
                    group=referring("t_group.a.id", "t_group.a"),
                    existing=referring("t_group.old.id", "t_group.old"),
                    all=referring("t_group.b"),
                    groups=referring("t_group.a.id", "t_group.a"),
                    address=referring("t_group.a.public_ip", "t_group.a"),
                    net=referring('module.net["x"].id', 'module.net["x"]', "module.net"),
                    mixed=referring("t_group.a.id", "t_group.a", "local.more"),
                    rule=[{"source": referring("t_group.a.id", "t_group.a"), "port": {"constant_value": 1}}],
                ),
                configured("t_host.i", group=referring("t_group.b", "count.index")),
            ],
            "module_calls": {
                "net": {
                    "expressions": {"group": referring("t_group.a.id", "t_group.a")},
                    "module": {
                        "outputs": {"id": {"expression": referring("t_net.n.id", "t_net.n")}},
                        "resources": [configured("t_net.n", given=referring("var.group"))],
                    },
                }
            },
        }
    },
}


def plan(content: Any = PLAN) -> tuple[dict[str, Block], list[Finding]]:
    notes: list[Finding] = []
    return {block.address: block for block in read_plan(Document("p.json", "json", content), notes)}, notes


def test_ids_that_are_known_only_after_apply_are_addresses() -> None:
    values = plan()[0]["t_host.h"].values
    assert values["group"] == "t_group.a"
    assert values["groups"] == ["t_group.a", "sg-9"]
    assert values["all"] == ["t_group.b[0]", "t_group.b[1]"]
    assert values["rule"] == [{"port": 1, "source": "t_group.a"}]


def test_ids_that_are_known_are_used_whichever_way_they_are_named() -> None:
    found, _ = plan()
    assert found["t_group.old"].id == "sg-1"
    assert found["t_host.h"].values["existing"] == "sg-1"
    assert found["t_host.h"].values["link"] == "sg-1"


def test_what_is_no_id_stays_unknown() -> None:
    values = plan()[0]["t_host.h"].values
    assert isinstance(values["address"], Unknown)
    assert values["mixed"][0] == "t_group.a"
    assert isinstance(values["mixed"][1], Several)


def test_what_nobody_set_is_left_to_the_provider() -> None:
    assert "computed" not in plan()[0]["t_group.a"].values


def test_the_same_index_is_meant_where_the_index_is_taken() -> None:
    assert plan()[0]["t_host.i[1]"].values["group"] == "t_group.b[1]"


def test_modules_are_followed_in_both_directions() -> None:
    found, _ = plan()
    assert found["t_host.h"].values["net"] == 'module.net["x"].t_net.n'
    assert found['module.net["x"].t_net.n'].values["given"] == "t_group.a"


def test_without_its_configuration_a_plan_knows_less() -> None:
    content = copy.deepcopy(PLAN)
    del content["configuration"]
    values = plan(content)[0]["t_host.h"].values
    assert isinstance(values["group"], Unknown)
    assert isinstance(values["rule"][0]["source"], Unknown)


def test_a_plan_of_changes_alone_is_read() -> None:
    content = {"format_version": "0.1", "resource_changes": [
        {**resource("t_x.a", {}), "change": {"actions": ["create"], "after": {"v": 1}, "after_unknown": {"w": True}}},
        {**resource("t_x.b", {}), "change": {"actions": ["delete"], "after": None}},
    ]}  # fmt: skip
    assert is_plan(content)
    found, _ = plan(content)
    assert list(found) == ["t_x.a"]
    assert found["t_x.a"].values["v"] == 1
    assert isinstance(found["t_x.a"].values["w"], Unknown)


STATE = {
    "version": 4,
    "terraform_version": "1.9.0",
    "lineage": "x",
    "resources": [
        {"mode": "data", "type": "t_x", "name": "d", "instances": [{"attributes": {"id": "d-1"}}]},
        {"mode": "managed", "type": "t_group", "name": "g", "module": "module.net", "instances": [
            {"index_key": "k", "attributes": {"id": "sg-1", "arn": "arn:aws:x:sg-1"}},
            {"index_key": "l", "attributes": {"id": "sg-2", "arn": "arn:aws:x:sg-2"}},
        ]},
        {"mode": "managed", "type": "t_host", "name": "h", "instances": [{"attributes": {"id": "i-1", "g": "arn:aws:x:sg-2"}}]},
        {"mode": "managed", "type": "t_host"},
    ],
}  # fmt: skip


def test_a_state_file_has_real_ids() -> None:
    notes: list[Finding] = []
    found = {block.address: block for block in read_state(Document("s.tfstate", "json", STATE), notes)}
    assert {address: block.id for address, block in found.items()} == {
        'module.net.t_group.g["k"]': "sg-1", 'module.net.t_group.g["l"]': "sg-2", "t_host.h": "i-1",
    }  # fmt: skip
    assert found["t_host.h"].values["g"] == "sg-2"
    assert all(block.exists for block in found.values())
    assert [type(note) for note in notes] == [Malformed]


def test_a_state_as_it_is_shown() -> None:
    content = {
        "format_version": "1.0",
        "terraform_version": "1.9.0",
        "values": {"root_module": {"resources": [resource("t_x.a", {"id": "x-1"})]}},
    }
    assert is_state(content)
    (found,) = read_state(Document("s.json", "json", content), [])
    assert (found.id, found.exists) == ("x-1", True)


@pytest.mark.parametrize("wrong", [None, 5, "x", [], {}, [1], [[]], {"a": 1}])
@pytest.mark.parametrize("key", ["planned_values", "resource_changes", "configuration"])
def test_parts_of_wrong_types_never_raise(key: str, wrong: Any) -> None:
    read_plan(Document("p.json", "json", {**PLAN, key: wrong}), [])
    broken = copy.deepcopy(PLAN)
    broken["planned_values"] = {
        "root_module": {"resources": [wrong, {"address": "t_x.a", "values": wrong}], "child_modules": wrong}
    }
    read_plan(Document("p.json", "json", broken), [])
    read_state(
        Document(
            "s.json", "json", {**STATE, "resources": [wrong, {"type": "t", "name": "n", "instances": wrong}]}
        ),
        [],
    )
