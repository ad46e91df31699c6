"""From Terraform to who gets in, over the lowering of each cloud."""

from __future__ import annotations

from typing import Any

import hcl2
import pytest

from hushdesk.guard import survey
from hushdesk.guard._addresses import EMPTY, PRIVATE, AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Finding, NotLookedAt
from hushdesk.guard.dialects.terraform import TerraformDialect, _lower
from hushdesk.guard.reach import reach

TERRAFORM = TerraformDialect()
OFFICE = AddressSet.parse("25.25.100.0/24")
PUBLIC_V4 = AddressSet.parse("0.0.0.0/0") - PRIVATE
PLATFORM = AddressSet.parse("168.63.129.16")
"""Of Azure; every security group admits it."""


def read(text: str, **parameters: Any) -> list[Finding]:
    one = Document("m/main.tf", "hcl", hcl2.loads(text))
    assert TERRAFORM.claims(one)
    return list(TERRAFORM.read([one], World(parameters=parameters)))


def endpoint(text: str, name: str, **parameters: Any) -> Endpoint:
    found = [one for one in read(text, **parameters) if isinstance(one, Endpoint)]
    (chosen,) = [one for one in found if one.name == name]
    assert chosen.dialect == "terraform"
    assert chosen.place.file == "m/main.tf"
    return chosen


def bounds(text: str, name: str, port: int, **parameters: Any) -> tuple[AddressSet, AddressSet]:
    found = reach(endpoint(text, name, **parameters), port)
    return found.upper - PRIVATE, found.lower - PRIVATE


AWS = """
variable "cidr" { default = "25.25.100.0/24" }
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "g" { vpc_id = aws_vpc.v.id }
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.g.id
  }
}
resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, 1)
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.t.id
}
resource "aws_instance" "db" {
  subnet_id                   = aws_subnet.s.id
  vpc_security_group_ids      = [aws_security_group.db.id]
  associate_public_ip_address = true
}
"""
GROUP = """
resource "aws_security_group" "db" {
  vpc_id = aws_vpc.v.id
  %s
}
"""
INLINE = 'ingress {\n from_port = 9200\n to_port = 9200\n protocol = "tcp"\n cidr_blocks = [var.cidr]\n}'


def test_an_instance_behind_an_inline_rule() -> None:
    text = AWS + GROUP % INLINE
    assert bounds(text, "aws_instance.db", 9200) == (OFFICE, OFFICE)
    assert bounds(text, "aws_instance.db", 5432) == (EMPTY, EMPTY)
    assert bounds(text, "aws_instance.db", 9200, cidr="0.0.0.0/0") == (PUBLIC_V4, PUBLIC_V4)


def test_a_variable_that_nobody_gave_is_unknown_not_safe() -> None:
    text = AWS.replace('{ default = "25.25.100.0/24" }', "{}") + GROUP % INLINE
    upper, lower = bounds(text, "aws_instance.db", 9200)
    assert upper >= PUBLIC_V4
    assert lower == EMPTY


@pytest.mark.parametrize(
    "rule",
    [
        """resource "aws_security_group_rule" "r" {
          type              = "ingress"
          security_group_id = aws_security_group.db.id
          protocol          = "all"
          from_port         = 0
          to_port           = 0
          cidr_blocks       = [var.cidr]
        }""",
        """resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = aws_security_group.db.id
          ip_protocol       = "tcp"
          from_port         = 5432
          to_port           = 5432
          cidr_ipv4         = var.cidr
        }""",
    ],
)
def test_rules_that_stand_alone_join_the_inline_ones(rule: str) -> None:
    text = AWS + GROUP % INLINE + rule
    assert bounds(text, "aws_instance.db", 5432) == (OFFICE, OFFICE)
    assert bounds(text, "aws_instance.db", 9200) == (OFFICE, OFFICE)


def test_an_egress_rule_lets_nobody_in() -> None:
    rule = """resource "aws_security_group_rule" "r" {
      type              = "egress"
      security_group_id = aws_security_group.db.id
      protocol          = "-1"
      from_port         = 0
      to_port           = 0
      cidr_blocks       = ["0.0.0.0/0"]
    }"""
    assert bounds(AWS + GROUP % "" + rule, "aws_instance.db", 9200) == (EMPTY, EMPTY)


def test_a_network_acl_narrows() -> None:
    acl = """resource "aws_network_acl" "n" {
      vpc_id     = aws_vpc.v.id
      subnet_ids = [aws_subnet.s.id]
      ingress {
        rule_no    = 10
        action     = "deny"
        protocol   = "-1"
        cidr_block = "25.25.100.0/25"
        from_port  = 0
        to_port    = 0
      }
      ingress {
        rule_no    = 20
        action     = "allow"
        protocol   = "-1"
        cidr_block = "0.0.0.0/0"
        from_port  = 0
        to_port    = 0
      }
      egress {
        rule_no    = 20
        action     = "allow"
        protocol   = "-1"
        cidr_block = "0.0.0.0/0"
        from_port  = 0
        to_port    = 0
      }
    }"""
    expected = AddressSet.parse("25.25.100.128/25")
    assert bounds(AWS + GROUP % INLINE + acl, "aws_instance.db", 9200) == (expected, expected)


def test_a_database_is_private_unless_it_says_otherwise() -> None:
    database = """
    resource "aws_db_subnet_group" "g" {
      name       = "main"
      subnet_ids = [aws_subnet.s.id]
    }
    resource "aws_db_instance" "d" {
      engine                 = "postgres"
      db_subnet_group_name   = aws_db_subnet_group.g.name
      vpc_security_group_ids = [aws_security_group.db.id]
      %s
    }"""
    rule = INLINE.replace("9200", "5432")
    text = AWS + GROUP % rule + database
    assert bounds(text % "publicly_accessible = true", "aws_db_instance.d", 5432) == (OFFICE, OFFICE)
    assert bounds(text % "", "aws_db_instance.d", 5432) == (EMPTY, EMPTY)


def test_the_default_group_of_a_network_is_the_one_that_is_taken_over() -> None:
    text = AWS.replace("[aws_security_group.db.id]", "[aws_vpc.v.default_security_group_id]")
    text += GROUP.replace('"aws_security_group" "db"', '"aws_default_security_group" "d"') % INLINE
    assert bounds(text, "aws_instance.db", 9200) == (OFFICE, OFFICE)


STATEMENT = """
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["es:*"]
    resources = ["${aws_opensearch_domain.d.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "IpAddress"
      variable = "aws:SourceIp"
      values   = ["25.25.100.0/24"]
    }
  }
}
"""
ENCODED = """jsonencode({
  Statement = [{
    Effect    = "Allow"
    Action    = "es:*"
    Principal = "*"
    Resource  = "${aws_opensearch_domain.d.arn}/*"
    Condition = { IpAddress = { "aws:SourceIp" = "25.25.100.0/24" } }
  }]
})"""


@pytest.mark.parametrize("policy", ["data.aws_iam_policy_document.p.json", ENCODED])
def test_the_policy_of_a_domain_says_who_needs_no_credentials(policy: str) -> None:
    text = f"""
    resource "aws_opensearch_domain" "d" {{ domain_name = "d" }}
    resource "aws_opensearch_domain_policy" "p" {{
      domain_name     = aws_opensearch_domain.d.domain_name
      access_policies = {policy}
    }}
    """
    found = reach(endpoint(text + STATEMENT, "aws_opensearch_domain.d"), 443)
    rules = [step.rule.sources for part in found.parts() for step in part.deciders if step.rule]
    assert [OFFICE] == [one.upper for one in rules] == [one.lower for one in rules]


AZURE = """
resource "azurerm_virtual_network" "v" {
  name          = "v"
  address_space = ["10.0.0.0/16"]
}
resource "azurerm_subnet" "s" {
  name                 = "s"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["10.0.1.0/24"]
}
resource "azurerm_public_ip" "p" {
  name = "p"
  sku  = "Standard"
}
resource "azurerm_network_interface" "n" {
  name = "n"
  ip_configuration {
    name                 = "c"
    subnet_id            = azurerm_subnet.s.id
    public_ip_address_id = azurerm_public_ip.p.id
  }
}
resource "azurerm_network_security_group" "g" {
  name = "g"
  security_rule {
    name                       = "office"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_ranges    = ["9200", "9300"]
    source_address_prefix      = "25.25.100.0/24"
    destination_address_prefix = "*"
  }
}
resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  network_security_group_name = azurerm_network_security_group.g.name
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "25.25.100.0/25"
  destination_address_prefix  = "*"
}
"""


@pytest.mark.parametrize(
    "association",
    [
        """resource "azurerm_subnet_network_security_group_association" "a" {
          subnet_id                 = azurerm_subnet.s.id
          network_security_group_id = azurerm_network_security_group.g.id
        }""",
        """resource "azurerm_network_interface_security_group_association" "a" {
          network_interface_id      = azurerm_network_interface.n.id
          network_security_group_id = azurerm_network_security_group.g.id
        }""",
    ],
)
def test_a_rule_that_stands_alone_and_one_inside_decide_by_priority(association: str) -> None:
    expected = AddressSet.parse("25.25.100.128/25")
    for port, wanted in ((9200, expected), (5432, EMPTY)):
        upper, lower = bounds(AZURE + association, "azurerm_network_interface.n", port)
        assert (upper - PLATFORM, lower - PLATFORM) == (wanted, wanted)


def test_a_group_that_is_attached_to_nothing_says_what_it_would_let_in() -> None:
    found = endpoint(AZURE, "azurerm_network_security_group.g")
    assert not found.attached


@pytest.mark.parametrize(
    ("server", "rule", "port"),
    [
        ("azurerm_postgresql_flexible_server", "server_id = azurerm_postgresql_flexible_server.d.id", 5432),
        ("azurerm_postgresql_server", "server_name = azurerm_postgresql_server.d.name", 5432),
        ("azurerm_mysql_flexible_server", "server_name = azurerm_mysql_flexible_server.d.name", 3306),
        ("azurerm_mssql_server", "server_id = azurerm_mssql_server.d.id", 1433),
        ("azurerm_mariadb_server", "server_name = azurerm_mariadb_server.d.name", 3306),
    ],
)  # fmt: skip
def test_firewall_rules_of_databases(server: str, rule: str, port: int) -> None:
    kind = (
        server.replace("_server", "_firewall_rule") if "flexible" not in server else f"{server}_firewall_rule"
    )
    text = f"""
    resource "{server}" "d" {{
      name = "d"
      public_network_access_enabled = %s
    }}
    resource "{kind}" "r" {{
      {rule}
      start_ip_address = "25.25.100.0"
      end_ip_address   = "25.25.100.255"
    }}"""
    assert bounds(text % "true", f"{server}.d", port) == (OFFICE, OFFICE)
    assert bounds(text % "false", f"{server}.d", port) == (EMPTY, EMPTY)


def test_a_storage_account_with_rules_of_its_own_and_apart() -> None:
    account = 'resource "azurerm_storage_account" "d" {\n name = "d"\n %s\n}\n'
    rules = 'default_action = "Deny"\n ip_rules = ["25.25.100.0/24"]\n'
    apart = f'resource "azurerm_storage_account_network_rules" "r" {{\n storage_account_id = azurerm_storage_account.d.id\n {rules} }}'
    assert bounds(account % f"network_rules {{\n {rules} }}", "azurerm_storage_account.d", 443) == (
        OFFICE,
        OFFICE,
    )
    assert bounds(account % "" + apart, "azurerm_storage_account.d", 443) == (OFFICE, OFFICE)
    assert bounds(account % "", "azurerm_storage_account.d", 443)[1] >= PUBLIC_V4


GOOGLE = """
resource "google_compute_network" "v" { name = "v" }
resource "google_compute_firewall" "f" {
  name          = "f"
  network       = google_compute_network.v.name
  source_ranges = ["25.25.100.0/24"]
  target_tags   = ["db"]
  allow {
    protocol = "tcp"
    ports    = ["6379"]
  }
}
resource "google_compute_instance" "db" {
  name = "db"
  tags = ["db"]
  network_interface {
    network = google_compute_network.v.self_link
    access_config {}
  }
}
"""


def test_a_google_instance_behind_its_rules() -> None:
    assert bounds(GOOGLE, "google_compute_instance.db", 6379) == (OFFICE, OFFICE)
    assert bounds(GOOGLE, "google_compute_instance.db", 5432) == (EMPTY, EMPTY)
    assert bounds(GOOGLE.replace("access_config {}", ""), "google_compute_instance.db", 6379) == (
        EMPTY,
        EMPTY,
    )


def test_a_network_policy_after_the_rules() -> None:
    policy = """
    resource "google_compute_network_firewall_policy" "p" { name = "p" }
    resource "google_compute_network_firewall_policy_association" "a" {
      firewall_policy   = google_compute_network_firewall_policy.p.name
      attachment_target = google_compute_network.v.id
    }
    resource "google_compute_network_firewall_policy_rule" "r" {
      firewall_policy = google_compute_network_firewall_policy.p.name
      priority        = 1
      action          = "allow"
      direction       = "INGRESS"
      match {
        src_ip_ranges = ["25.25.100.0/24"]
        layer4_configs {
          ip_protocol = "tcp"
          ports       = ["5432"]
        }
      }
    }"""
    assert bounds(GOOGLE + policy, "google_compute_instance.db", 5432) == (OFFICE, OFFICE)


def test_cloud_sql() -> None:
    text = """
    resource "google_sql_database_instance" "d" {
      database_version = "POSTGRES_16"
      settings {
        ip_configuration {
          ipv4_enabled = true
          dynamic "authorized_networks" {
            for_each = var.networks
            content { value = authorized_networks.value }
          }
        }
      }
    }
    variable "networks" {}
    """
    name = "google_sql_database_instance.d"
    assert bounds(text, name, 5432, networks=["25.25.100.0/24"]) == (OFFICE, OFFICE)
    assert bounds(text, name, 5432, networks=[]) == (EMPTY, EMPTY)
    assert bounds(text, name, 5432) == (PUBLIC_V4, EMPTY)


def test_providers_and_types_that_are_not_understood_are_named() -> None:
    text = """
    resource "digitalocean_firewall" "f" {}
    resource "oci_core_security_list" "l" {}
    resource "aws_db_security_group" "g" {}
    resource "aws_iam_role" "r" {}
    """
    found = read(text)
    assert {one.what.split()[0] for one in found if isinstance(one, NotLookedAt)} == {
        "digitalocean_firewall", "oci_core_security_list", "aws_db_security_group",
    }  # fmt: skip
    assert len(found) == 3


@pytest.mark.parametrize("table", [_lower.AWS, _lower.AZURE, _lower.GOOGLE], ids=["aws", "azure", "google"])
@pytest.mark.parametrize(
    "value",
    [None, "${var.u}", 7, "x", ["${var.u}", 7], {"id": "${var.u}"}, [{"from_port": {}}], True, [[1]]],
    ids=repr,
)
def test_every_type_takes_missing_unknown_and_wrong_arguments(table: dict[str, Any], value: Any) -> None:
    arguments = {} if value is None else dict.fromkeys(KEYS, value)
    content = {"variable": {"u": {}}, "resource": {type_: {"x": arguments} for type_ in table}}
    assert list(TERRAFORM.read([Document("m/main.tf.json", "json", content)], World()))


KEYS = (
    "ingress", "egress", "route", "cidr_blocks", "cidr_block", "vpc_id", "subnet_id", "subnet_ids", "vpc_security_group_ids",
    "security_group_id", "security_rule", "ip_configuration", "network_interface", "settings", "allow", "deny", "match",
    "source_ranges", "priority", "launch_template", "default_action", "network_rules", "engine", "port", "name", "type",
    "network", "address_prefixes", "address_space", "frontend_ip_configuration", "policy", "target_tags", "tags", "entry",
    "instances", "listener", "load_balancer", "redis_configuration", "ip_range_filter", "backend", "path_matcher", "container",
    "broker_node_group_info", "vpc_options", "mixed_instances_policy", "nat_rule_collection", "backend_address_pool", "grant",
)  # fmt: skip


def test_network_rules_of_a_storage_account_that_is_not_shown(tmp_path):
    (tmp_path / "main.tf").write_text(
        'resource "azurerm_storage_account_network_rules" "lone" {\n'
        '  storage_account_id = var.account\n  default_action = "Allow"\n}\nvariable "account" {}\n'
    )
    (account,) = survey([tmp_path]).endpoints
    assert reach(account, 443).lower == AddressSet.parse("0.0.0.0/0", "::/0")
