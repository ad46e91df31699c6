"""Cloud Custodian's own filters over security groups. Run by the benchmark with Custodian's Python.

Reads ``{"rows": [{"name", "platform", "filters": [...], "cases": {case: groups}}]}``; a row's filters are alternatives.
"""

from __future__ import annotations

import copy
import json
import sys
import time
from importlib.metadata import version
from typing import Any


def matches(platform: str, told: dict[str, Any], groups: list[dict[str, Any]]) -> bool:
    """Whether a filter finds one of the groups."""
    if platform == "azure":
        from c7n_azure.resources.network_security_group import IngressFilter

        return bool(IngressFilter(dict(told), None).process(copy.deepcopy(groups)))
    from c7n.resources.vpc import IPPermission

    return bool(IPPermission(copy.deepcopy(told), None).process(copy.deepcopy(groups)))


def main() -> None:
    """All rows."""
    rows, seconds = {}, 0.0
    for row in json.load(sys.stdin)["rows"]:
        found, read = [], []
        for case, groups in row["cases"].items():
            begun = time.process_time()
            try:
                if any(matches(row["platform"], told, groups) for told in row["filters"]):
                    found.append(case)
                read.append(case)
            except Exception as error:  # noqa: BLE001 - what it cannot read it does not judge
                print(f"{case}: {type(error).__name__}: {error}", file=sys.stderr)
            seconds += time.process_time() - begun
        rows[row["name"]] = {"alarms": found, "asked": read}
    title = f"custodian {version('c7n')}"
    print(json.dumps({"title": title, "rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main()
