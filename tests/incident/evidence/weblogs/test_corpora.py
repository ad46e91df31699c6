"""Real logs with results that others wrote down beside them; skipped where they are not at hand."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from hushdesk.incident import Head
from hushdesk.incident.evidence.zeek_conn import ZeekConn

from .conftest import Read, read_file


def expected(corpus: Path, parser: str, test: str = "testProcess") -> dict:
    found = json.loads((corpus / "plaso" / "expected_from_unit_tests.json").read_text())
    return next(each for each in found[f"tests/parsers/text_plugins/{parser}.py"] if each["test"] == test)


def test_plaso_apache(corpus: Path) -> None:
    want = expected(corpus, "apache_access")
    found = read_file(corpus / "plaso" / "apache_access.log", "web-access")
    assert len(found.requests) == want["counts"]["event_data"]
    assert found.account.refused == want["counts"]["extraction_warning"]
    for event in want["events"]:
        assert [
            row
            for row in found.requests
            if row["start"] == datetime.fromisoformat(event["recorded_time"])
            and row["outside"] == event["ip_address"]
            and row["status"] == event["http_response_code"]
            and row["bytes_upper"] == event["http_response_bytes"]
            and row["user"] == (event["username"] or "")
            and row["agent"] == (event.get("http_request_user_agent") or row["agent"])
            and row["server"] == event.get("server_name", "")
        ], event["recorded_time"]


def test_plaso_jira_and_application_gateway(corpus: Path) -> None:
    rows = read_file(corpus / "plaso" / "jira_access.log", "web-access").requests
    assert [(row["user"], row["bytes_upper"]) for row in rows] == [
        ("admin", 12345),
        ("", 4201),
        ("jdoe", 0),
        ("admin", 0),
    ]
    event = json.loads((corpus / "plaso" / "expected_from_unit_tests.json").read_text())[
        "tests/parsers/jsonl_plugins/azure_application_gateway_log.py"
    ][0]["events"][0]
    row = read_file(corpus / "plaso" / "azure_application_gateway_access.json", "web-access").requests[0]
    assert (row["outside"], row["outside_port"], row["bytes_upper"], row["status"]) == (
        event["client_ip"], event["client_port"], event["sent_bytes"], event["http_status"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "test", "continued", "refused"),
    [
        ("syslog", "testProcess", 1, 1),
        ("syslog_chromeos", "testProcessChromeOS", 1, 0),
        ("syslog_cron.log", "testProcessCron", 0, 0),
        ("syslog_osx", "testProcessDarwin", 0, 0),
        ("syslog_rsyslog", "testProcessRsyslog", 0, 0),
        ("syslog_ssh.log", "testProcessSshd", 0, 0),
        # A second line of a message that is not indented cannot be told from one that was torn: it is refused.
        ("syslog_rsyslog_SysklogdFileFormat", "testProcessRsyslogSysklogd", 0, 1),
        ("syslog_rsyslog_SyslogProtocol23Format", "testProcessRsyslogProtocol23", 0, 1),
        ("syslog_rsyslog_traditional", "testProcessRsyslogTraditional", 2, 1),
    ],
)
def test_plaso_syslog_dialects(corpus: Path, file: str, test: str, continued: int, refused: int) -> None:
    want = expected(corpus, "syslog", test)["counts"]["event_data"]
    found = read_file(corpus / "plaso" / "syslog" / file, "syslog")
    assert found.account.records - found.account.refused - continued == want
    assert found.account.refused == refused


def test_plaso_compressed_syslogs_are_alike(corpus: Path) -> None:
    counts = [
        read_file(corpus / "plaso" / f"syslog.{ending}", "syslog").account for ending in ("gz", "bz2", "xz")
    ]
    assert counts[0] == counts[1] == counts[2]
    assert (counts[0].records, counts[0].refused) == (15, 2)


def test_plaso_ssh(corpus: Path) -> None:
    found = read_file(
        corpus / "plaso" / "syslog" / "syslog_ssh.log", "syslog", {"zone": "UTC", "year": "2015"}
    )
    assert Counter(row["act"] for row in found.requests) == {"authenticated": 5, "denied": 2, "connected": 1}
    assert {row["outside"] for row in found.requests} == {
        "192.168.0.1", "2001:db8:a0b:12f0::1", "1:db8:a0b:12f0::1", "188.124.3.41", "192.0.2.60",
    }  # fmt: skip


def test_loghub(corpus: Path) -> None:
    folder = corpus / "loghub"
    options = {"zone": "UTC", "year": "2005"}

    def contents(name: str) -> list[dict[str, str]]:
        with (folder / name / f"{name}_2k.log_structured.csv").open() as file:
            return list(csv.DictReader(file))

    ssh = read_file(folder / "OpenSSH" / "OpenSSH_2k.log", "syslog", options)
    by_line: dict[int, dict] = {row["line"]: row for row in ssh.requests}
    for row in contents("OpenSSH"):
        said, line = row["Content"], int(row["LineId"])
        address = re.search(r"(?:from|by|rhost=|\[) ?(\d+\.\d+\.\d+\.\d+)\b(?!\.)", said)
        if said.startswith(("Accepted", "Failed", "message repeated")):
            assert by_line[line]["act"] == ("authenticated" if said.startswith("Accepted") else "denied")
        if address and "rhost" not in said:
            assert by_line[line]["outside"] == address[1], said
    assert ssh.account.refused == 0

    linux = read_file(folder / "Linux" / "Linux_2k.log", "syslog", options)
    kept = {row["line"] for row in linux.requests}
    for row in contents("Linux"):
        if re.search(r"rhost=\S|(?i:from) \d+\.\d+\.\d+\.\d+", row["Content"]):
            assert int(row["LineId"]) in kept, row["LineId"]
    assert linux.account.refused == 0

    apache = read_file(folder / "Apache" / "Apache_2k.log", "web-access")
    told = [int(row["LineId"]) for row in contents("Apache") if row["Content"].startswith("[client")]
    assert [row["line"] for row in apache.requests] == told
    assert {row["act"] for row in apache.requests} == {"denied"}


def test_zeek_baselines_and_their_json_twins(corpus: Path, tmp_path: Path) -> None:
    """All of them in one file, whose headings change, and once more in JSON."""
    times = iter(range(1_500_000_000, 1_600_000_000))
    texts, twins, records, files = [], [], 0, 0
    for path in sorted((corpus / "zeek_baseline").rglob("conn*.log")):
        # Times are masked in these files; each gets one of its own.
        text = re.sub(r"X{10}\.X{6}", lambda _: f"{next(times)}.123456", path.read_bytes().decode("latin-1"))
        heads = {
            line.partition("\t")[0]: line.split("\t")[1:]
            for line in text.splitlines()
            if line.startswith("#")
        }
        if "#fields" not in heads:
            continue
        head = Head(path.name, str(path), text.encode("latin-1")[: 1 << 16], whole=True)
        assert ZeekConn().claims(head) == 95, path
        texts.append(text)
        files += 1
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        records += len(lines)
        for line in lines:
            parts = zip(heads["#fields"], heads["#types"], line.split("\t"), strict=True)
            # As Zeek writes JSON: fields that are unset are left out.
            twins.append(json.dumps({name: typed(said, kind) for name, kind, said in parts if said != "-"}))
    (tmp_path / "conn.log").write_bytes("".join(texts).encode("latin-1"))
    (tmp_path / "conn.json").write_bytes("\n".join(twins).encode())
    found = read_file(tmp_path / "conn.log", "zeek-conn")
    assert files > 130
    assert (found.account.records, found.account.kept) == (records, records)
    other = read_file(tmp_path / "conn.json", "zeek-conn")
    renamed = {row["line"] for row in other.flows}
    assert found.account.records - other.account.refused == len(renamed)
    by_number = dict(zip(range(1, records + 1), found.flows, strict=True))
    for row in other.flows:
        assert {**row, "line": 0} == {**by_number[row["line"]], "line": 0}


def typed(text: str, kind: str) -> object:
    if kind.startswith(("set", "vector")):
        return [] if text == "(empty)" else text.split(",")
    if kind in {"count", "port", "int"}:
        return int(text)
    return float(text) if kind in {"time", "interval"} else text == "T" if kind == "bool" else text


def test_otrf_zeek(corpus: Path) -> None:
    for path in sorted((corpus / "otrf_zeek").glob("*_conn.log")):
        records = [json.loads(line) for line in path.read_text().splitlines()]
        rows = read_file(path, "zeek-conn").flows
        assert len(rows) == len(records)
        for row, record in zip(rows, records, strict=True):
            assert (row["outside"], row["inside"]) == (record["id_orig_h"], record["id_resp_h"])
            if not record.get("missed_bytes") and record["conn_state"] == "SF" and row["why"] == "":
                assert row["sent_upper"] == record.get("resp_bytes", record["resp_ip_bytes"])
    assert len(read_file(corpus / "otrf_zeek" / "SCRANTON_http.log", "zeek-conn").requests) == 62


def test_otrf_honey_bucket(corpus: Path) -> None:
    path = corpus / "otrf_aws" / "AWS_S3_HoneyBucketLogs.csv"
    with path.open(encoding="utf-8-sig") as file:
        events = list(csv.DictReader(file))
    found = read_file(path, "aws-s3-access")
    assert [row["outside"] for row in found.requests] == [event["Source IP"] for event in events]
    assert [row["start"] for row in found.requests] == [
        datetime.fromisoformat(event["Event DateTime"]) for event in events
    ]
    listed = [row for row in found.requests if row["asked"].startswith("list")]
    assert len(listed) == sum(event["Event Name"].startswith("ListObjects") for event in events)


def test_panther_s3(corpus: Path, read: Read) -> None:
    scenario = yaml.safe_load(
        (
            corpus / "panther" / "test_scenarios" / "compromised-root-creds" / "attacker_s3_access.yml"
        ).read_text()
    )
    found = read("aws-s3-access", "\n".join(scenario["Logs"]) + "\n")
    assert [(row["outside"], row["act"], row["asked"]) for row in found.requests] == [
        ("172.31.77.31", "read", "get object")
    ] * 3
    tests = [
        json.loads(line)["log"]
        for line in (corpus / "panther" / "aws_s3_rules.tests.jsonl").read_text().splitlines()
    ]
    found = read("aws-s3-access", "\n".join(map(json.dumps, tests)) + "\n")
    whole = [test for test in tests if "operation" in test and "time" in test]
    assert found.account.kept + found.account.duplicate == len(whole)
    assert all((row["act"] == "denied") == (row["status"] == 403) for row in found.requests)
