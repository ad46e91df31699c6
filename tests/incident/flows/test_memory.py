"""Four times as much of a flow log takes about as much memory: what is kept is told in bytes for each record that is wanted."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, resource, sys
from pathlib import Path
from hushdesk.guard import AddressSet
from hushdesk.incident import Account, Wanted, sources
from hushdesk.incident._parser import Memory
from hushdesk.incident.evidence.aws_vpc_flow import AwsVpcFlow
from hushdesk.incident.evidence.azure_nsg_flow import AzureNsgFlow

parser = {"vpc": AwsVpcFlow, "nsg": AzureNsgFlow}[sys.argv[1]]()
files = sorted(sources([Path(sys.argv[2])]), key=lambda source: source.name)
accounts = [Account() for _ in files]
wanted = Wanted(inside=AddressSet.parse("10.0.0.5"), ports=frozenset({9200}))
memory = Memory()
for _ in parser.read_series(files, wanted, accounts, memory):
    pass
print(json.dumps({
    "kept": sum(each.kept for each in accounts), "records": sum(each.records for each in accounts),
    "refused": sum(each.refused for each in accounts), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
}))
"""
T = 1_575_158_400
HOURS = 16


def vpc(path, size):
    with path.open("w", encoding="ascii") as file:
        for number in range(size):
            at = T + number * 600_000 // size
            outside = f"{20 + number % 180}.{number // 7 % 250}.{number % 251}.{number // 250 % 240}"
            file.write(
                f"2 123456789012 eni-{number % 4} {outside} 10.0.0.{5 + number % 4} {1024 + number % 60000} 9200 6 {number % 900 + 1} "
                f"{number} {at} {at + 9} ACCEPT OK\n"
            )


def nsg(path, size):
    for hour in range(HOURS):
        records = []
        for minute in range(60):
            first = (hour * 60 + minute) * size // (HOURS * 60)
            tuples = [
                f"{T + hour * 3600 + minute * 60},{20 + number % 180}.{number // 7 % 250}.{number % 251}.{number // 250 % 240},"
                f"10.0.0.{5 + number % 2},{1024 + number % 60000},9200,T,I,A,{'BE'[number % 3 > 0]},{'1,2,3,4' if number % 3 else ',,,'}"
                for number in range(first, (hour * 60 + minute + 1) * size // (HOURS * 60))
            ]
            records.append(
                {
                    "time": f"2019-12-01T{hour:02}:{minute:02}:59.8950000Z",
                    "category": "NetworkSecurityGroupFlowEvent",
                    "resourceId": "/SUBSCRIPTIONS/S/NETWORKSECURITYGROUPS/STORE",
                    "properties": {
                        "Version": 2,
                        "flows": [{"rule": "R", "flows": [{"mac": "M", "flowTuples": tuples}]}],
                    },
                }
            )
        file = path / f"y=2019/m=12/d=01/h={hour:02}/PT1H.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"records": records}, separators=(",", ":")), "ascii")


def taken(kind, path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, kind, str(path)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "make", "each"), [("vpc", vpc, 64), ("nsg", nsg, 160)])
def test_four_times_as_much_takes_hardly_more(tmp_path, kind, make, each):
    sizes = (300_000, 1_200_000)
    found = []
    for size in sizes:
        path = tmp_path / str(size)
        if kind == "nsg":
            path.mkdir()
        make(path, size)
        found.append(taken(kind, path))
    less, more = found
    assert (less["records"], more["records"]) == sizes
    assert less["refused"] == more["refused"] == 0
    # What is remembered to find repeats and counts that come late, and room for chance.
    allowed = each * (more["kept"] - less["kept"]) + (48 << 20)
    assert more["peak"] - less["peak"] < allowed, (less, more)
