"""Flow logs against the examples of the clouds' documentation, and a staged theft of which the bytes are known."""

from __future__ import annotations

import json

import pytest
import yaml

from hushdesk.guard import AddressSet
from hushdesk.incident import Sees, Wanted
from hushdesk.incident.evidence import _flow_aws as aws
from hushdesk.incident.evidence.aws_vpc_flow import AwsVpcFlow
from hushdesk.incident.evidence.azure_nsg_flow import AzureNsgFlow
from hushdesk.incident.evidence.azure_vnet_flow import AzureVnetFlow

TIMED = {"start", "end"}


def test_each_line_of_the_aws_documentation(read, corpus):
    examples = list(
        map(json.loads, (corpus / "aws_docs" / "flow_log_examples.parsed.jsonl").read_text().splitlines())
    )
    assert len(examples) == 27
    for example in examples:
        layout = aws.Format(aws.named(example["format"]))
        assert aws.fields_of(example["line"], layout) == example["fields"]
        found = read(AwsVpcFlow(), f"{example['format']}\n{example['line']}\n")
        fields = example["fields"]
        if not set(fields) >= TIMED:
            # Shortened in the documentation: without a time nothing can be said of when.
            assert found.refused == [(2, aws.NO_TIME)]
            continue
        assert found.account.kept == 1
        (observer,) = {each.of for each in (*found.coverage, *found.gaps)}
        assert observer == fields["interface-id"]
        if fields["log-status"] != "OK":
            assert (len(found.rows), len(found.coverage), len(found.gaps)) == (
                0,
                fields["log-status"] == "NODATA",
                fields["log-status"] == "SKIPDATA",
            )
            continue
        (row,) = found.rows
        assert {row["outside"], row["inside"]} == {fields["srcaddr"], fields["dstaddr"]}
        assert row["verdict"] == {"ACCEPT": "accepted", "REJECT": "denied"}[fields["action"]]
        assert row["port"] in {int(fields["srcport"]), int(fields["dstport"])}
        size = int(fields["bytes"]) if row["verdict"] == "accepted" else 0
        sent = row["inside"] == fields["srcaddr"]
        assert (row["sent_upper"], row["received_upper"]) == ((size, 0) if sent else (0, size))


def test_the_totals_of_the_azure_documentation(read, corpus):
    examples = json.loads((corpus / "azure_docs" / "bandwidth_examples.json").read_text())
    for name, parser, sample in (
        ("nsg_v2", AzureNsgFlow(), "nsg_v2.json"),
        ("nsg_v2_older_doc_out_of_order", AzureNsgFlow(), "nsg_v2.json"),
        ("vnet_v4", AzureVnetFlow(), "vnet_v4.json"),
    ):
        document = json.loads((corpus / "azure_docs" / sample).read_text())
        record = document["records"][0]
        if "properties" in record:
            record["properties"]["flows"] = [
                {"rule": "r", "flows": [{"mac": "m", "flowTuples": examples[name]["tuples"]}]}
            ]
        else:
            record["flowRecords"]["flows"] = [
                {"aclID": "a", "flowGroups": [{"rule": "r", "flowTuples": examples[name]["tuples"]}]}
            ]
        rows = read(parser, json.dumps({"records": [record]})).rows
        expected = examples[name]["expected"]
        sent, received = (sum(row[f"{side}_lower"] for row in rows) for side in ("sent", "received"))
        assert all(
            row["sent_upper"] == row["sent_lower"] and row["received_upper"] == row["received_lower"]
            for row in rows
        )
        assert sent + received == expected["bytes_total"]
        assert sent == expected.get("bytes_to_client", sent)
        assert received == expected.get("bytes_from_client", received)
        assert sum(row["connections"] for row in rows) == 1


@pytest.mark.parametrize(
    ("parser", "name", "tuples", "repeated", "sees"),
    [
        (AzureNsgFlow(), "nsg_v1.json", 21, 9, Sees.CONNECTIONS | Sees.DENIALS),
        (AzureNsgFlow(), "nsg_v2.json", 11, 0, Sees.CONNECTIONS | Sees.DENIALS | Sees.BYTES),
        (AzureVnetFlow(), "vnet_v4.json", 19, 0, Sees.CONNECTIONS | Sees.DENIALS | Sees.BYTES),
    ],
)
def test_the_samples_of_the_azure_documentation(read, corpus, parser, name, tuples, repeated, sees):
    found = read(parser, (corpus / "azure_docs" / name).read_bytes())
    assert (found.account.records, found.account.duplicate, found.account.refused) == (tuples, repeated, 0)
    (coverage,) = found.coverage
    assert coverage.sees == sees
    if name == "nsg_v1.json":
        assert all(row["sent_upper"] is None for row in found.rows if row["verdict"] == "accepted")


def test_the_staged_theft(read, corpus):
    expected = json.loads((corpus / "panther" / "expected_scenario.json").read_text())
    scenario = corpus / "panther" / "test_scenarios" / "compromised-root-creds" / "attacker_vpc.yml"
    lines = yaml.safe_load(scenario.read_text())["Logs"]
    for wanted in (Wanted(), Wanted(inside=AddressSet.parse(expected["inside_address"]))):
        found = read(AwsVpcFlow(), "\n".join(lines), wanted)
        rows = [row for row in found.rows if row["outside"] == expected["outside_address"]]
        assert {row["inside"] for row in rows} == {expected["inside_address"]}
        for bound in ("lower", "upper"):
            assert sum(row[f"sent_{bound}"] for row in rows) == expected["bytes_to_outside_accepted"]
            assert sum(row[f"received_{bound}"] for row in rows) == expected["bytes_from_outside_accepted"]
        assert found.coverage[0].addresses == AddressSet.parse(expected["inside_address"])


def test_rules_on_flow_logs_and_their_labels(read, corpus):
    """The detection rules' own test events, written as lines of a custom format."""
    seen = 0
    for line in (corpus / "panther" / "aws_vpc_flow_rules.tests.jsonl").read_text().splitlines():
        test = json.loads(line)
        log = test["log"]
        if log.get("status") in {"OK", "SKIPDATA"}:
            text = f"2 1 eni-1 - - - - - - - 1600000000 1600000060 - {log['status'].replace('OK', 'NODATA')}"
            assert bool(read(AwsVpcFlow(), text).gaps) == test["rule_fires"]
            seen += 1
        elif test["rule_id"] == "AWS.VPC.SSHAllowedSignal" and "srcAddr" in log:
            text = f"srcaddr dstaddr dstport action start end\n{log['srcAddr']} {log['dstAddr']} {log['dstPort']} {log['action']} 1600000000 1600000060"
            inner = AddressSet.parse("10.0.0.0/8")
            rows = read(AwsVpcFlow(), text, Wanted(inside=inner, ports=frozenset({22}), own=inner)).rows
            assert any(row["verdict"] == "accepted" for row in rows) == test["rule_fires"]
            seen += 1
    assert seen >= 6
