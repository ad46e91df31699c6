"""Windows from Google Cloud's audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from window_tell import firewall, gcp, spans

from hushdesk.guard import Intent
from hushdesk.incident import EVER, SECOND, Coverage, Opening, Outcome
from hushdesk.incident.window import Own, Replayed, windows

NEVER_ENDS = float("inf")
INSERT, PATCH, DELETE = (
    "v1.compute.firewalls.insert",
    "beta.compute.firewalls.patch",
    "v1.compute.firewalls.delete",
)
DB = {"targetTags": ["db"]}


def replay(*changes: Any, **more: Any) -> Replayed:
    return windows(changes, **{"intent": Intent(), **more})


def test_priorities_decide() -> None:
    found = replay(
        gcp(10, INSERT, "open", firewall("open", "9200", "0.0.0.0/0", **DB)),
        gcp(20, INSERT, "deny", firewall("deny", "9200", "0.0.0.0/0", action="denieds", priority=900)),
        gcp(30, PATCH, "deny", {"@type": "x", "disabled": True}),
        gcp(40, PATCH, "open", {"@type": "x", "sourceRanges": ["10.0.0.0/8"]}),
        gcp(50, PATCH, "open", {"@type": "x", "sourceRanges": ["8.8.8.0/24"]}),
        gcp(60, DELETE, "open"),
    )
    assert spans(found.windows) == [(10, 20), (30, 40), (50, 60)]
    window = found.windows[0]
    assert window.resource.endswith("network default, tag db")
    assert "open" in window.names
    assert (window.port, window.doubt) == (9200, "")


def test_first_and_last_entry_are_one_change() -> None:
    begun = gcp(
        10,
        INSERT,
        "open",
        firewall("open", "9200", "0.0.0.0/0", **DB),
        outcome=Outcome.BEGUN,
        correlation="op",
    )
    ended = gcp(13, INSERT, "open", {"@type": "x"}, correlation="op")
    assert spans(replay(ended, begun).windows) == [(13, NEVER_ENDS)]
    failed = gcp(13, INSERT, "open", {"@type": "x"}, correlation="op", outcome=Outcome.FAILED)
    assert not replay(begun, failed).windows
    (window,) = replay(begun).windows
    assert "not how it ended" in window.doubt


def test_what_was_there_before_is_said() -> None:
    found = replay(
        gcp(10, DELETE, "old"), gcp(20, PATCH, "older", {"@type": "x", "sourceRanges": ["0.0.0.0/0"]})
    )
    assert not found.windows
    assert len(found.unresolved) == 2


BUCKET = "projects/_/buckets/cases"


def delta(at: float, action: str, member: str, role: str = "roles/storage.objectViewer") -> Any:
    extra = {
        "service_data": {
            "policyDelta": {"bindingDeltas": [{"action": action, "role": role, "member": member}]}
        }
    }
    return gcp(
        at, "storage.setIamPermissions", "x", resource=BUCKET, extra=extra, correlation=f"{at}-{member}"
    )


def test_policies_of_buckets() -> None:
    found = replay(
        delta(10, "ADD", "allUsers"),
        delta(15, "ADD", "allUsers", "roles/storage.legacyBucketReader"),
        delta(20, "REMOVE", "allUsers"),
        delta(30, "REMOVE", "allUsers", "roles/storage.legacyBucketReader"),
        delta(40, "ADD", "allAuthenticatedUsers", "roles/storage.objectCreator"),
        delta(50, "ADD", "allAuthenticatedUsers"),
        gcp(60, "storage.buckets.delete", "x", resource=BUCKET),
    )
    assert [(each.opening, each.shared_with, *spans([each])[0]) for each in found.windows] == [
        (Opening.SHARE, "everybody", 10, 30), (Opening.SHARE, "everybody with a Google account", 50, 60),
    ]  # fmt: skip
    foreign = delta(10, "ADD", "user:somebody@other.example")
    assert not replay(foreign).windows
    assert replay(foreign).unresolved
    own = Own(accounts=frozenset({"desk.example"}))
    assert spans(replay(foreign, own=own).windows) == [(10, NEVER_ENDS)]
    assert not replay(delta(10, "ADD", "user:me@desk.example"), own=own).windows
    before = replay(delta(10, "REMOVE", "allUsers"))
    assert spans(before.windows) == [(float("-inf"), 10)]


def test_policies_of_images_are_written_whole() -> None:
    def policy(at: float, *members: str) -> Any:
        bindings = [{"role": "roles/compute.imageUser", "members": list(members)}]
        return gcp(
            at,
            "v1.compute.images.setIamPolicy",
            "x",
            {"policy": {"bindings": bindings}},
            resource="projects/desk/global/images/i",
        )

    assert spans(replay(policy(10, "allUsers"), policy(20, "user:me@desk.example")).windows) == [(10, 20)]


def test_databases() -> None:
    def patch(at: float, *networks: str, verb: str = "update") -> Any:
        settings = {
            "ipConfiguration": {
                "ipv4Enabled": True,
                "authorizedNetworks": [{"value": each} for each in networks],
            }
        }
        body = {"databaseVersion": "POSTGRES_15", "settings": settings}
        return gcp(
            at, f"cloudsql.instances.{verb}", "x", {"body": body}, resource="projects/desk/instances/cases"
        )

    found = replay(patch(1, verb="create"), patch(10, "0.0.0.0/0"), patch(20, "8.8.8.8/32"), patch(30))
    assert spans(found.windows, port=5432) == [(10, 30)]


def test_flow_logs_of_subnetworks() -> None:
    subnetwork = "projects/desk/regions/europe-west1/subnetworks/data"

    def config(at: float, *, on: bool) -> Any:
        return gcp(
            at, "v1.compute.subnetworks.patch", "x", {"logConfig": {"enable": on}}, resource=subnetwork
        )

    (coverage,) = (
        each
        for each in replay(config(10, on=True), config(20, on=False)).coverage
        if isinstance(each, Coverage)
    )
    assert (coverage.log, coverage.of) == ("gcp-vpc-flow", subnetwork)
    assert [(span.start, span.end) for span in coverage.spans] == [(10 * SECOND, 20 * SECOND)]
    (coverage,) = (each for each in replay(config(10, on=True)).coverage if isinstance(each, Coverage))
    assert [span.end for span in coverage.spans] == [EVER]


def test_with_a_baseline_the_way_in_counts(tmp_path: Path) -> None:
    start = "https://www.googleapis.com/compute/v1/projects/desk"
    network = f"{start}/global/networks/default"
    instance = {
        "kind": "compute#instance", "name": "db-1", "selfLink": f"{start}/zones/europe-west1-b/instances/db-1", "tags": {"items": ["db"]},
        "networkInterfaces": [{"name": "nic0", "network": network, "networkIP": "10.132.0.2", "accessConfigs": [{"natIP": "203.0.113.7"}]}],
    }  # fmt: skip
    listed = {"kind": "compute#firewallList", "items": []}
    for name, content in (
        ("i", {"kind": "compute#instanceList", "items": [instance]}),
        ("f", listed),
        ("n", {"kind": "compute#network", "name": "default", "selfLink": network}),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    tags = gcp(
        30,
        "v1.compute.instances.setTags",
        "x",
        {"items": ["web"]},
        resource="projects/desk/zones/europe-west1-b/instances/db-1",
    )
    found = replay(
        gcp(10, INSERT, "open", firewall("open", "9200", "0.0.0.0/0", **DB)), tags, baseline=[tmp_path]
    )
    assert spans(found.windows, resource="db-1", port=9200) == [(10, 30)]
    assert "203.0.113.7" in next(each for each in found.windows if each.resource == "db-1").names
    closed = gcp(
        20,
        "v1.compute.instances.deleteAccessConfig",
        "x",
        {"networkInterface": "nic0"},
        resource="projects/desk/zones/europe-west1-b/instances/db-1",
    )
    found = replay(
        gcp(10, INSERT, "open", firewall("open", "9200", "0.0.0.0/0", **DB)), closed, baseline=[tmp_path]
    )
    assert spans(found.windows, resource="db-1", port=9200) == [(10, 20)]
