"""One reader over one set of flow logs, in a process of its own, so that its peak memory is its own.

Usage: python measured.py ours|duckdb vpc|nsg PATH

Prints one object: rows of the log, groups, bytes to the outside, seconds of the clock and of the processor, peak memory in MB.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STORE, PORT = "10.0.0.5", 9200

VPC = """
SELECT count(*), sum(n), sum(b) FROM (
  SELECT outside, port, action, hour, count(*) n, sum(b) FILTER (action = 'ACCEPT') b FROM (
    SELECT CASE WHEN src = '{store}' THEN dst ELSE src END outside, {port} port, action, start // 3600 AS hour,
           CASE WHEN src = '{store}' THEN bytes ELSE 0 END b
    FROM read_csv('{path}', delim=' ', header=false, quote='', escape='', nullstr='-', columns={{
      'version': 'UTINYINT', 'account': 'VARCHAR', 'eni': 'VARCHAR', 'src': 'VARCHAR', 'dst': 'VARCHAR', 'sport': 'USMALLINT',
      'dport': 'USMALLINT', 'protocol': 'UTINYINT', 'packets': 'BIGINT', 'bytes': 'BIGINT', 'start': 'BIGINT', 'end': 'BIGINT',
      'action': 'VARCHAR', 'status': 'VARCHAR'}})
    WHERE (src = '{store}' AND sport = {port}) OR (dst = '{store}' AND dport = {port}))
  GROUP BY ALL)
"""
NSG = """
SELECT count(*), sum(n), sum(b) FROM (
  SELECT f[2] outside, f[8] decision, f[1]::BIGINT // 3600 AS hour, count(*) n, sum(TRY_CAST(f[13] AS BIGINT)) b FROM (
    SELECT string_split(unnest(g.flowTuples), ',') f FROM (
      SELECT unnest(r.flows) g FROM (
        SELECT unnest(records.properties.flows) r FROM (
          SELECT unnest(records) records FROM read_json('{path}/**/*.json', maximum_object_size=16777216, columns={{
            'records': 'STRUCT(properties STRUCT(flows STRUCT(rule VARCHAR, flows STRUCT(mac VARCHAR, flowTuples VARCHAR[])[])[]))[]'}})))))
  WHERE f[3] = '{store}' AND f[5] = '{port}'
  GROUP BY ALL)
"""


def duckdb(kind: str, path: Path) -> dict[str, int]:
    """The same question in SQL: what the store sent to each outsider on one port, by the hour."""
    peer = importlib.import_module("duckdb")
    peer.sql("SET threads = 2")
    query = (VPC if kind == "vpc" else NSG).format(path=path, store=STORE, port=PORT)
    groups, wanted, sent = peer.sql(query).fetchall()[0]
    return {"groups": groups, "wanted": wanted, "bytes": int(sent)}


def ours(kind: str, path: Path) -> dict[str, int]:
    """Rows, coverage, repeats, refusals."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from hushdesk.guard import AddressSet
    from hushdesk.incident import Account, Wanted, sources
    from hushdesk.incident._parser import Memory

    name, what = PARSERS[kind]
    parser = getattr(importlib.import_module(name), what)()
    wanted = Wanted(inside=AddressSet.parse(STORE), ports=frozenset({PORT}))
    files = sorted(sources([path]), key=lambda source: source.name)
    accounts = [Account() for _ in files]
    groups = sent = 0
    for piece in parser.read_series(files, wanted, accounts, Memory()):
        if isinstance(piece, pa.RecordBatch):
            groups += piece.num_rows
            sent += pc.sum(piece.column("sent_lower")).as_py()

    def total(name: str) -> int:
        return sum(getattr(account, name) for account in accounts)

    return {
        "groups": groups, "wanted": total("kept") + total("duplicate"), "bytes": sent,
        "records": total("records"), "repeated": total("duplicate"), "refused": total("refused"),
    }  # fmt: skip


PARSERS = {
    "vpc": ("hushdesk.incident.evidence.aws_vpc_flow", "AwsVpcFlow"),
    "nsg": ("hushdesk.incident.evidence.azure_nsg_flow", "AzureNsgFlow"),
}
READERS: dict[str, Callable[[str, Path], dict[str, int]]] = {"ours": ours, "duckdb": duckdb}


def main() -> None:
    """Read, and say what it took."""
    name, kind, path = sys.argv[1:]
    # To load a reader is no part of reading.
    for each in (PARSERS[kind][0], "hushdesk.incident", "pyarrow.compute") if name == "ours" else ("duckdb",):
        importlib.import_module(each)
    if name == "ours":
        # With its first array Arrow loads pandas, where that is.
        importlib.import_module("pyarrow").array(importlib.import_module("numpy").zeros(1))
    before, begin = os.times(), time.perf_counter()
    found: dict[str, Any] = dict(READERS[name](kind, Path(path)))
    after = os.times()
    found["seconds"] = time.perf_counter() - begin
    found["cpu"] = after.user + after.system - before.user - before.system
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()
