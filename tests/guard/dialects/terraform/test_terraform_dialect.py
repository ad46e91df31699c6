"""Documents of Terraform: which are claimed, how they belong together, and real ones without a fault."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import hcl2
import pytest

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, NotLookedAt
from hushdesk.guard.dialects.terraform import TerraformDialect
from hushdesk.guard.reach import reach

DATA = next(
    (
        beside
        for folder in Path(__file__).resolve().parents[4:7]
        if (beside := folder / "shared/data/guard").is_dir()
    ),
    None,
)
TERRAFORM = TerraformDialect()
GROUP = 'resource "aws_security_group" "g" {\n ingress {\n from_port = 22\n to_port = 22\n protocol = "tcp"\n cidr_blocks = [var.c]\n}\n}'
OFFICE = AddressSet.parse("25.25.100.0/24")


def hcl(file: str, text: str) -> Document:
    return Document(file, "hcl", hcl2.loads(text))


def endpoints(*documents: Document) -> dict[str, AddressSet]:
    assert all(TERRAFORM.claims(one) for one in documents)
    found = TERRAFORM.read(documents, World())
    return {one.name: reach(one, 22).upper for one in found if isinstance(one, Endpoint)}


def test_all_files_of_a_folder_are_one_module_and_those_of_another_are_not() -> None:
    one = hcl("a/main.tf", GROUP), hcl("a/vars.tf", 'variable "c" { default = "25.25.100.0/24" }')
    assert endpoints(*one) == {"aws_security_group.g": OFFICE}
    apart = hcl("a/main.tf", GROUP), hcl("b/vars.tf", 'variable "c" { default = "25.25.100.0/24" }')
    assert endpoints(*apart) != {"aws_security_group.g": OFFICE}


def test_a_called_folder_is_read_only_as_it_is_called() -> None:
    files = (
        hcl(
            "main.tf",
            'module "m" {\n source = "./m"\n for_each = toset(["x", "y"])\n c = "25.25.100.0/24"\n}',
        ),
        hcl("m/main.tf", GROUP + '\nvariable "c" {}'),
    )
    assert endpoints(*files) == {
        f'module.m["{key}"].aws_security_group.g': OFFICE for key in ("x", "y")
    }  # fmt: skip


def test_a_plan_says_what_the_configuration_leaves_open() -> None:
    group = {
        "address": "aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g",
        "values": {"name": "g", "ingress": [{
            "from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["25.25.100.0/24"], "self": False,
        }]},
    }  # fmt: skip
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [group]}},
    }
    assert endpoints(Document("p.json", "json", plan)) == {"aws_security_group.g": OFFICE}


@pytest.mark.parametrize(
    ("file", "kind", "content", "ours"),
    [
        ("a.tf", "hcl", {}, True),
        ("a.hcl", "hcl", {"resource": []}, True),
        ("a.hcl", "hcl", {"path": []}, False),
        ("a.tf.json", "json", {}, True),
        ("terraform.tfvars", "hcl", {"x": 1}, True),
        ("a.json", "json", {"resources": []}, False),
        ("a.json", "json", {"planned_values": {}}, True),
        ("a.json", "json", {"version": 4, "terraform_version": "1", "resources": []}, True),
        ("a.json", "json", [1], False),
        ("a.yaml", "yaml", {"resource": {}}, False),
        ("a.txt", "text", "resource", False),
    ],
)
def test_which_documents_are_claimed(file: str, kind: str, content: Any, ours: bool) -> None:
    assert TERRAFORM.claims(Document(file, kind, content)) is ours


def test_real_files_are_read_and_no_security_resource_goes_unsaid() -> None:
    if DATA is None:
        pytest.skip("the development data is not beside this checkout")
    files = [*sorted(DATA.glob("checkov/terraform/**/*.tf"))[::8], *sorted(DATA.glob("kics/terraform/**/*.tf"))[::24],
             *sorted(DATA.glob("trivy/**/*.tf"))[::8], *DATA.glob("tfplan/**/*.json")]  # fmt: skip
    found: Counter[str] = Counter()
    for file in files:
        text = file.read_text()
        one = (
            Document(str(file), "json", json.loads(text)) if file.suffix == ".json" else hcl(str(file), text)
        )
        assert TERRAFORM.claims(one)
        said = list(TERRAFORM.read([one], World()))
        found.update(type(finding).__name__ for finding in said)
        for type_ in ("_security_group", "_firewall", "_db_instance", "_network_security_rule"):
            if f'{type_}" "' in text:
                assert any(isinstance(finding, Endpoint | NotLookedAt) for finding in said), file.name
    assert found["Endpoint"] >= 10
    assert found["NotLookedAt"] >= 10


@pytest.mark.parametrize(
    "type_", ["docker_container", "helm_release", "aws_cloudformation_stack", "azurerm_resource_group_template_deployment", "azapi_resource"]
)  # fmt: skip
def test_what_holds_other_resources_is_said(type_: str) -> None:
    said = TERRAFORM.read([hcl("main.tf", f'resource "{type_}" "x" {{\n name = "x"\n}}\n')], World())
    assert [type(one) for one in said] == [NotLookedAt]


def test_values_that_nothing_takes_are_said() -> None:
    files = [
        hcl("main.tf", 'variable "c" { default = "10.0.0.0/8" }\n'),
        hcl("terraform.tfvars", 'c = "10.0.0.0/9"\n'),
        hcl("prod.tfvars", 'c = "0.0.0.0/0"\n'),
        hcl("envs/prod/terraform.tfvars", 'c = "0.0.0.0/0"\n'),
        hcl("terragrunt.hcl", 'terraform { source = "." }\ninputs = { c = "0.0.0.0/0" }\n'),
    ]
    noted = [one.place.file for one in TERRAFORM.read(files, World()) if isinstance(one, NotLookedAt)]
    assert sorted(noted) == ["envs/prod/terraform.tfvars", "prod.tfvars", "terragrunt.hcl"]
