"""Folders as modules: variables, locals, instances, dynamic blocks, calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import hcl2
import pytest

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform._block import DOUBT, Block
from hushdesk.guard.dialects.terraform._folder import folders
from hushdesk.guard.dialects.terraform._module import Module, Shared
from hushdesk.guard.dialects.terraform._values import Ref, Several


def document(file: str, text: str) -> Document:
    if file.endswith(".json"):
        return Document(file, "json", json.loads(text))
    return Document(file, "hcl", hcl2.loads(text))


def blocks(
    files: Mapping[str, str] | str, folder: str = ".", **parameters: Any
) -> tuple[dict[str, Block], list[Finding]]:
    written = {"main.tf": files} if isinstance(files, str) else files
    notes: list[Finding] = []
    known = folders([document(file, text) for file, text in written.items()], notes)
    shared = Shared(known, parameters)
    found = {block.address: block for block in Module(shared, known[folder]).blocks()}
    return found, [*notes, *shared.findings]


def argument(text: str, **parameters: Any) -> Any:
    found, _ = blocks(text, **parameters)
    return found["t_x.a"].values["v"]


def test_a_variable_has_its_default_unless_a_value_is_given() -> None:
    text = 'variable "p" { default = 1 }\nresource "t_x" "a" { v = var.p }'
    assert argument(text) == 1
    assert argument(text, p=2) == 2


def test_values_of_variables_files_come_in_terraforms_order() -> None:
    files = {
        "main.tf": 'variable "p" {}\nresource "t_x" "a" { v = var.p }',
        "b.auto.tfvars": "p = 3",
        "a.auto.tfvars": "p = 2",
        "terraform.tfvars": "p = 1",
        "other.tfvars": "p = 9",
    }
    assert blocks(files)[0]["t_x.a"].values["v"] == 3


def test_a_variable_without_a_value_is_unknown_and_says_what_to_do() -> None:
    found = argument('variable "p" {}\nresource "t_x" "a" { v = var.p }')
    assert found == Unknown("var.p", "the variable p has no default; give a value for it")


def test_optional_attributes_of_a_type_are_filled_in() -> None:
    text = """
    variable "p" {
      type    = map(object({ port = number, cidr = optional(string, "10.0.0.0/8"), note = optional(string) }))
      default = { a = { port = "5432" } }
    }
    resource "t_x" "a" { v = var.p }
    """
    assert argument(text) == {"a": {"port": 5432, "cidr": "10.0.0.0/8", "note": None}}


def test_locals_may_rest_on_each_other_but_not_in_a_circle() -> None:
    text = 'locals {\n a = "${local.b}-x"\n b = "y"\n c = local.d\n d = local.c\n}\nresource "t_x" "a" {\n v = local.a\n w = local.c\n}'
    found, notes = blocks(text)
    assert found["t_x.a"].values["v"] == "y-x"
    assert isinstance(found["t_x.a"].values["w"], Unknown)
    assert any(isinstance(note, Malformed) and "itself" in note.problem for note in notes)


def test_count_and_for_each_make_instances() -> None:
    text = """
    resource "t_x" "a" {
      count = 2
      v     = "n${count.index}"
    }
    resource "t_x" "b" {
      for_each = { k = 1, l = 2 }
      v        = "${each.key}${each.value}"
    }
    resource "t_x" "c" {
      v = t_x.a[1].v
      w = t_x.a[*].id
      x = t_x.b["l"].id
      y = [for one in t_x.b : one.v]
    }
    resource "t_x" "none" { count = 0 }
    """
    found, _ = blocks(text)
    assert {address: block.values["v"] for address, block in found.items()} == {
        "t_x.a[0]": "n0", "t_x.a[1]": "n1", 't_x.b["k"]': "k1", 't_x.b["l"]': "l2", "t_x.c": "n1",
    }  # fmt: skip
    assert found["t_x.c"].values["w"] == ["t_x.a[0]", "t_x.a[1]"]
    assert found["t_x.c"].values["x"] == Ref('t_x.b["l"]')
    assert found["t_x.c"].values["y"] == ["k1", "l2"]


def test_an_unknown_number_of_instances_is_one_in_doubt() -> None:
    text = 'variable "n" {}\nresource "t_x" "a" {\n count = var.n\n v = "n${count.index}"\n}\nresource "t_x" "b" { v = t_x.a[0].id }'
    found, notes = blocks(text)
    assert found["t_x.a[?]"].doubt
    assert found["t_x.b"].values["v"] == "t_x.a[?]"
    assert any(isinstance(note, Unresolved) and note.expression == "var.n" for note in notes)


def test_dynamic_blocks_join_the_written_ones() -> None:
    text = """
    variable "ports" { default = [1, 2] }
    resource "t_x" "a" {
      rule { port = 0 }
      dynamic "rule" {
        for_each = var.ports
        iterator = it
        content {
          port = it.value
          dynamic "deep" {
            for_each = { k = it.value }
            content { v = "${deep.key}${deep.value}" }
          }
        }
      }
    }
    """
    found, _ = blocks(text)
    assert found["t_x.a"].values["rule"] == [
        {"port": 0}, {"port": 1, "deep": [{"v": "k1"}]}, {"port": 2, "deep": [{"v": "k2"}]},
    ]  # fmt: skip


def test_a_dynamic_block_over_something_unknown_is_one_in_doubt() -> None:
    text = 'variable "r" {}\nresource "t_x" "a" {\n dynamic "rule" {\n for_each = var.r\n content {\n port = rule.value.port\n to = 5\n}\n}\n}'
    found, notes = blocks(text)
    (rule,) = found["t_x.a"].values["rule"]
    assert rule["to"] == 5
    assert isinstance(rule["port"], Unknown)
    assert rule[DOUBT]
    assert any(isinstance(note, Unresolved) for note in notes)


def test_references_to_what_is_not_there_are_addresses_or_unknown() -> None:
    text = (
        'resource "t_x" "a" {\n v = [aws_vpc.main.id, data.aws_subnet.s.id]\n w = aws_vpc.main.cidr_block\n}'
    )
    found, _ = blocks(text)
    assert found["t_x.a"].values["v"] == [Ref("aws_vpc.main"), Ref("data.aws_subnet.s")]
    assert "not declared" in found["t_x.a"].values["w"].why


CALLS = {
    "main.tf": """
        module "net" {
          source = "./net"
          cidrs  = ["10.0.0.0/8"]
        }
        module "far" { source = "terraform-aws-modules/vpc/aws" }
        resource "t_x" "a" {
          v = module.net.first
          w = module.net.id
          x = module.far.vpc_id
          y = module.far.cidrs
          z = concat(["k"], module.far.cidrs)
        }
        """,
    "net/net.tf": """
        variable "cidrs" { type = list(string) }
        resource "t_x" "n" { v = var.cidrs }
        output "first" { value = var.cidrs[0] }
        output "id" { value = t_x.n.id }
        """,
}


def test_a_local_module_is_followed_and_another_named() -> None:
    found, notes = blocks(CALLS)
    assert found["module.net.t_x.n"].values["v"] == ["10.0.0.0/8"]
    values = found["t_x.a"].values
    assert values["v"] == "10.0.0.0/8"
    assert values["w"] == Ref("module.net.t_x.n")
    assert values["x"] == Ref("module.far.vpc_id")
    assert isinstance(values["y"], Unknown)
    assert isinstance(values["z"][1], Several)
    assert any(isinstance(note, NotLookedAt) and "terraform-aws-modules" in note.what for note in notes)


def test_a_module_that_calls_itself_is_malformed() -> None:
    found, notes = blocks(
        {"a/a.tf": 'module "b" { source = "../b" }', "b/b.tf": 'module "a" { source = "../a" }'}, "a"
    )
    assert found == {}
    assert any(isinstance(note, Malformed) for note in notes)


def test_json_configurations_are_the_same_language() -> None:
    text = json.dumps({
        "locals": {"p": 5432},
        "resource": {"t_x": {"a": {"v": "${local.p}", "w": "p-${local.p}", "rule": [{"port": "${local.p}"}]}}},
    })  # fmt: skip
    found, _ = blocks({"main.tf.json": text})
    assert found["t_x.a"].values == {"v": 5432, "w": "p-5432", "rule": [{"port": 5432}]}


def test_files_that_declare_the_same_are_read_apart_with_what_they_share() -> None:
    files = {
        "one.tf": 'resource "t_x" "a" { v = local.p + 1 }',
        "two.tf": 'resource "t_x" "a" { v = local.p + 2 }',
        "both.tf": 'locals { p = 10 }\nresource "t_x" "c" { v = 0 }',
    }
    notes: list[Finding] = []
    known = folders([document(file, text) for file, text in files.items()], notes)
    shared = Shared(known, {})
    found = [
        (block.address, block.values["v"])
        for folder in (known["."], *known["."].apart)
        for block in Module(shared, folder).blocks()
    ]
    assert found == [("t_x.c", 0), ("t_x.a", 11), ("t_x.a", 12)]
    assert [type(note) for note in notes] == [Malformed]


def test_an_override_file_lies_over_the_others() -> None:
    files = {
        "a_override.tf": 'resource "t_x" "a" { v = 2 }',
        "main.tf": 'resource "t_x" "a" {\n v = 1\n w = 1\n}',
    }
    found, notes = blocks(files)
    assert found["t_x.a"].values == {"v": 2, "w": 1}
    assert notes == []


@pytest.mark.parametrize(
    "content",
    [
        [],
        "text",
        {"resource": 5},
        {"resource": {"t_x": 5}},
        {"resource": {"t_x": {"a": 5}}},
        {"variable": [1]},
    ],
)
def test_wrong_documents_are_malformed_and_nothing_is_raised(content: Any) -> None:
    notes: list[Finding] = []
    known = folders([Document("main.tf.json", "json", content)], notes)
    shared = Shared(known, {})
    assert list(Module(shared, known["."]).blocks()) == []
    assert content in ({"variable": [1]}, {"resource": 5}, {"resource": {"t_x": 5}}) or notes
