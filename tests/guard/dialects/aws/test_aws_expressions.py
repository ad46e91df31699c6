"""Functions of CloudFormation: what they give, and what cannot be known before a stack is made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.aws._expressions import Expressions
from hushdesk.guard.dialects.aws._values import Made

TEMPLATE = {
    "Parameters": {
        "Port": {"Type": "Number", "Default": 5432},
        "Nets": {"Type": "CommaDelimitedList", "Default": "10.0.0.0/8, 192.168.0.0/16"},
        "Given": {"Type": "String"},
        "Missing": {"Type": "String"},
        "Looked": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"},
    },
    "Mappings": {"Stages": {"prod": {"cidr": "10.1.0.0/16"}}},
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "Port"}, "5432"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Perhaps": {"Fn::Equals": [{"Ref": "Missing"}, "x"]},
        "One": {"Condition": "Other"},
        "Other": {"Fn::And": [{"Condition": "One"}, {"Condition": "Yes"}]},
    },
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Fn::Sub": "10.${Port}.0.0/16"}}},
        "Loop": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Fn::GetAtt": ["Loop", "CidrBlock"]}}},
    },
}


def expressions() -> Expressions:
    return Expressions(
        TEMPLATE, {"Given": "10.9.0.0/16", "import:shared-sg": "sg-77", "AWS::Region": "eu-west-1"}
    )


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Port"}, 5432),
        ({"Ref": "Nets"}, ["10.0.0.0/8", "192.168.0.0/16"]),
        ({"Ref": "Given"}, "10.9.0.0/16"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "Vpc"}, Made("Vpc")),
        ({"Fn::GetAtt": ["Vpc", "VpcId"]}, Made("Vpc")),
        ({"Fn::GetAtt": "Vpc.CidrBlock"}, "10.5432.0.0/16"),
        ({"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}, Made("Vpc.DefaultSecurityGroup")),
        ({"Fn::Join": ["/", ["10.0.0.0", {"Ref": "Port"}]]}, "10.0.0.0/5432"),
        ({"Fn::Join": ["", [{"Ref": "Vpc"}]]}, Made("Vpc")),
        ({"Fn::Sub": "${Given}"}, "10.9.0.0/16"),
        ({"Fn::Sub": ["${a}-${!b}-${Port}", {"a": "x"}]}, "x-${b}-5432"),
        ({"Fn::Sub": "${Vpc}"}, Made("Vpc")),
        ({"Fn::Select": ["1", {"Ref": "Nets"}]}, "192.168.0.0/16"),
        ({"Fn::Select": [0, {"Fn::Split": [".", "a.b"]}]}, "a"),
        ({"Fn::FindInMap": ["Stages", "prod", "cidr"]}, "10.1.0.0/16"),
        ({"Fn::FindInMap": ["Stages", "test", "cidr", {"DefaultValue": "none"}]}, "none"),
        ({"Fn::Cidr": ["10.0.0.0/24", 2, 6]}, ["10.0.0.0/26", "10.0.0.64/26"]),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", "b"]}, "b"),
        ({"Fn::If": ["Perhaps", "a", "a"]}, "a"),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ({"Fn::ImportValue": "shared-sg"}, "sg-77"),
        ({"Fn::Length": {"Ref": "Nets"}}, 2),
        ({"Fn::ToJsonString": {"a": 1}}, '{"a": 1}'),
        (
            [{"Fn::If": ["Perhaps", {"IpProtocol": "tcp"}, {"Ref": "AWS::NoValue"}]}],
            [
                {
                    "IpProtocol": "tcp",
                    "Doubt": "Equals of parameter Missing is not known: it has no default; give a value for Missing",
                }
            ],
        ),
    ],
)
def test_what_is_known(node: Any, expected: Any) -> None:
    found = expressions()
    assert found.value(node) == expected
    assert type(found.value(node)) is type(expected)
    assert not found.problems


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ({"Ref": "Missing"}, "no default"),
        ({"Ref": "Looked"}, "looked up"),
        ({"Ref": "AWS::AccountId"}, "depends on where"),
        ({"Fn::Sub": "${Vpc}/32"}, "only when it makes"),
        ({"Fn::Sub": "${Missing}/32"}, "no default"),
        ({"Fn::Join": ["/", [{"Fn::GetAtt": ["Vpc", "CidrBlockAssociations"]}, "32"]]}, "only when it makes"),
        ({"Fn::If": ["Perhaps", "a", "b"]}, "no default"),
        ({"Fn::ImportValue": "other"}, "another stack"),
        ({"Fn::GetAZs": ""}, "depends on where"),
        ({"Fn::Transform": {"Name": "x"}}, "not understood"),
        ({"Fn::FindInMap": ["Stages", {"Ref": "Missing"}, "cidr"]}, "no default"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "depends on where"),
        ({"Fn::Split": [",", {"Ref": "Missing"}]}, "no default"),
        ({"Fn::Cidr": [{"Ref": "Missing"}, 1, 8]}, "no default"),
        ("{{resolve:ssm:x:1}}", "looked up"),
    ],
)
def test_what_is_not_known_says_what_is_missing(node: Any, why: str) -> None:
    found = expressions()
    value = found.value(node)
    assert isinstance(value, Unknown)
    assert why in value.why
    assert not found.problems


@pytest.mark.parametrize(
    "node",
    [
        {"Ref": "Nobody"},
        {"Ref": ["x"]},
        {"Fn::GetAtt": ["Nobody", "Arn"]},
        {"Fn::GetAtt": ["Loop", "CidrBlock"]},
        {"Fn::Select": [7, {"Ref": "Nets"}]},
        {"Fn::Select": [-1, {"Ref": "Nets"}]},
        {"Fn::Join": "x"},
        {"Fn::Cidr": ["10.0.0.0/24", 300, 8]},
        {"Fn::FindInMap": ["Stages", "test", "cidr"]},
        {"Fn::If": ["Nobody", 1, 2]},
        {"Fn::If": ["One", 1, 2]},
        {"Fn::Sub": 5},
    ],
)
def test_what_is_wrong_is_a_problem_and_unknown(node: Any) -> None:
    found = expressions()
    assert isinstance(found.value(node), Unknown)
    assert found.problems


def test_depth_is_limited() -> None:
    node: Any = "x"
    for _ in range(5000):
        node = {"Fn::Join": ["", [node]]}
    found = expressions()
    assert isinstance(found.value(node), Unknown)
    assert "nested too deeply" in found.problems[0]


names = st.sampled_from(
    [
        *(
            f"Fn::{name}"
            for name in (
                "GetAtt",
                "Sub",
                "Join",
                "Select",
                "Split",
                "If",
                "FindInMap",
                "Cidr",
                "Equals",
                "And",
                "Or",
                "Not",
                "Length",
                "Contains",
                "ForEach",
            )
        ),
        "Ref",
        "Condition",
        "x",
    ]
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-3, 70000)
    | st.sampled_from(["Port", "Vpc", "Vpc.CidrBlock", "${Port}", "${", "10.0.0.0/8", "Yes", "One", ""])
    | st.floats(allow_nan=True)
)
nodes = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=2),
    max_leaves=12,
)


@settings(max_examples=60)
@given(nodes)
def test_it_never_raises(node: Any) -> None:
    expressions().value(node)
