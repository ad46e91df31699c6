"""np-guard's expected connections, exposures and differences, cluster by cluster, as exact text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from hushdesk.guard._dialect import Document
from hushdesk.guard.dialects.kubernetes import (
    Connection,
    Exposure,
    Focus,
    connections,
    connections_text,
    differences_text,
    exposures,
    exposures_text,
)
from hushdesk.guard.dialects.kubernetes._cluster import read_cluster
from hushdesk.guard.load import load

ROOT = Path(__file__).resolve().parents[5] / "shared" / "data" / "guard" / "npguard-k8s"
CLUSTERS, EXPECTED = ROOT / "tests", ROOT / "test_outputs"

CORE = "anp_bad_path_test_1/manifests.yaml"
PAIR = "exposure_matched_and_unmatched_rules_test/namespace_and_deployments.yaml"
SINGLE = "exposure_allow_all_in_cluster_test/ns_and_deployments.yaml"
PODS = "core_pods_without_host_ip/pods_list.yaml"
TOPOLOGY = "multiple_topology_resources_4/policy_4.yaml"
MATCHING = "exposure_test_with_match_expression_exists_op_with_matching_pods/matching_pods.yaml"

# The data keep a file once that several clusters have: these clusters borrow theirs back.
BORROWED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("anp_np_banp_core_test", "anp_test_10", "anp_test_12_swapping_rules", "anp_test_5", "anp_test_7", "anp_test_8",
         "anp_test_combining_test_6_and_test_10", "banp_test_core_egress_tcp_swapping_rules",
         "banp_test_core_ingress_sctp_rules", "banp_test_core_ingress_sctp_swapping_rules",
         "banp_test_core_ingress_tcp_rules", "banp_test_core_ingress_tcp_swapping_rules"),
        (CORE,),
    ),
    **dict.fromkeys(
        ("exposure_allow_all_test", "exposure_allow_egress_deny_ingress_test", "exposure_multiple_unmatched_rules_test",
         "exposure_test_conn_entire_cluster_with_empty_selectors", "exposure_test_conn_with_only_pod_selector",
         "exposure_test_to_namespace_except_specific_pod", "exposure_test_with_anp_9"),
        (SINGLE,),
    ),
    **dict.fromkeys(
        ("exposure_test_pod_exposed_only_to_representative_peers",
         "exposure_test_rule_with_multiple_match_expressions", "exposure_test_with_anp_10_with_real_pod",
         "exposure_test_with_anp_12", "exposure_test_with_anp_14", "exposure_test_with_anp_16",
         "exposure_test_with_anp_2_w_np", "exposure_test_with_anp_3_w_banp", "exposure_test_with_different_rules_2",
         "exposure_test_with_different_rules_3", "exposure_test_with_different_rules_4",
         "exposure_test_with_different_rules_5", "exposure_test_with_different_rules_6",
         "exposure_test_with_match_expression_does_not_exist_op", "exposure_test_with_match_expression_not_in_op",
         "exposure_to_new_namespace_conn_and_entire_cluster"),
        (PAIR,),
    ),
    **dict.fromkeys(
        ("semanticDiff-orig-topologies-no-policy", "semanticDiff-orig-topologies-policy-a",
         "test_with_named_ports_changed_netpol", "with_end_port_example_new"),
        (PODS,),
    ),
    "example_pods_w_same_owner_and_labels_gap_with_policy_selector_not_in_gap": (
        "example_pods_w_same_owner_and_labels_gap_anp_good/pods.yaml",
    ),
    "exposure_test_conn_to_new_pod_in_an_existing_ns": (
        SINGLE, "exposure_test_conn_to_all_pods_in_an_existing_ns/backend.yaml",
    ),
    "exposure_test_real_namespace_without_real_pod": ("exposure_test_real_namespace_with_matching_pod/netpols.yaml",),
    "exposure_test_rule_with_multiple_match_expressions_with_matching_pod": (
        PAIR, "exposure_test_rule_with_multiple_match_expressions/netpol.yaml",
    ),
    "exposure_test_with_different_rules_5_with_matching_pods": (
        PAIR, "exposure_test_with_different_rules_5/netpol.yaml",
    ),
    "exposure_test_with_match_expression_not_in_op_with_matching_pods": (
        PAIR, MATCHING, "exposure_test_with_match_expression_not_in_op/netpol.yaml",
    ),
    "exposure_test_with_multiple_policies_1_with_matching_pod": (
        SINGLE, "exposure_test_with_multiple_policies_1/netpols.yaml",
    ),
    "exposure_to_new_namespace_conn_and_entire_cluster_with_matching_pod": (
        PAIR, "exposure_to_new_namespace_conn_and_entire_cluster/netpol.yaml",
        "exposure_test_egress_with_named_port_with_matching_pod/matching_pod.yaml",
    ),
    "semanticDiff-different-topologies-policy-a": (
        "semanticDiff-different-topologies-policy-a-with-ipblock/pods_list_a.json", TOPOLOGY,
    ),
    "semanticDiff-different-topologies-policy-a-with-ipblock": (TOPOLOGY,),
    "udn_and_vms_test_3": ("udn_and_vms_test_1/green_ns_udn.yaml",),
    "udn_test_3": ("udn_and_vms_test_1/green_ns_udn.yaml", "udn_and_vms_test_3/policies.yaml"),
    "nad_test_14": ("nad_test_13/nad.yaml", "nad_test_13/ns.yaml", "nad_test_13/pods.yaml"),
}  # fmt: skip


def workload(kind: str, namespace: str, name: str, **labels: str) -> dict[str, object]:
    version = "kubevirt.io/v1" if kind == "VirtualMachine" else "apps/v1"
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    metadata = {"namespace": namespace, "name": name}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {"template": pod}}


def own_network(namespace: str) -> dict[str, object]:
    return {
        "apiVersion": "k8s.ovn.org/v1",
        "kind": "UserDefinedNetwork",
        "metadata": {"namespace": namespace, "name": "own"},
        "spec": {"topology": "Layer2", "layer2": {"role": "Primary"}},
    }


TWO_PODS = [workload("Deployment", f"ns{number}", "pod1", app="a-app") for number in (1, 2)]
COLOURS = [
    workload("VirtualMachine", f"{name}-namespace", name) for name in ("blue", "green", "red", "yellow")
]
NETWORKS = [own_network("ns-udn-a"), own_network("ns-udn-b")]

# Objects whose file no cluster in the data has, but which the expected output lets no doubt about.
WRITTEN: dict[str, list[dict[str, object]]] = {
    "anp_and_banp_using_networks_with_ipv6_test": TWO_PODS,
    "anp_test_ingress_egress_intersection": [
        workload("Deployment", *name.split("/"))
        for name in ("bar-ns/bar", "foo-ns-1/foo", "foo-ns-2/foo", "kube-system/kube-dns", "monitoring-ns/monitoring")
    ],
    "anp_with_np_and_banp_pass_test": TWO_PODS,
    "anp_with_np_pass_test": TWO_PODS,
    "cudn_test_2": COLOURS,
    "cudn_test_3": COLOURS,
    "nad_test_13": NETWORKS,
    "nad_test_14": NETWORKS,
}  # fmt: skip

POLICY_LACKS, PODS_LACK = "a policy is not among the data", "pods and their labels are not among the data"
UNDECIDED = {
    "anp_test_multiple_anps": POLICY_LACKS,
    "exposure_test_conn_to_all_pods_in_an_existing_ns": POLICY_LACKS,
    "exposure_test_egress_with_named_port_with_matching_pod": POLICY_LACKS,
    "exposure_test_with_match_expression_exists_op_with_matching_pods": POLICY_LACKS,
    "ipblockstest_2": PODS_LACK,
    "netpol-analysis-example-minimal": PODS_LACK,
    "semanticDiff-same-topologies-new3": PODS_LACK,
    "semanticDiff-same-topologies-old2": PODS_LACK,
    "semanticDiff-same-topologies-old3": PODS_LACK,
    "udn_test_4": PODS_LACK,
}
"""Clusters of which an essential part is missing, so that nothing can be compared."""

REASONS_ARE_TEXT = "*_explain_*"
"""Outputs that explain each connection: whether a connection is allowed is compared, the prose is not."""

OTHER_STATE_LACKS = {
    "acs-security-demos-added-workloads": "the earlier state",
    "anp_test_12_swapping_rules": "the earlier state",
    "ipblockstest_2": "both states",
    "multiple_ingress_objects_with_different_ports_new": "both states",
    "onlineboutique_workloads_changed_netpols_and_workloads": "the earlier state",
    "with_end_port_example_new": "the earlier state",
}
"""Differences of which a state is not among the data, by the later state."""

NAME = re.compile(
    r"(?:focus_workload_(?P<focus>.*?)_)?(?:(?P<way>ingress|egress)_)?(?:(?P<protocol>tcp|udp|sctp)-(?P<port>\d+)_)?"
    r"(?P<explain>explain_)?(?P<kind>connlist_|exposure_)?output\.(?P<form>txt|json)"
)


@dataclass(frozen=True)
class Case:
    """One expected output."""

    file: str
    cluster: str
    focus: Focus
    exposure: bool

    @property
    def expected(self) -> str:
        return (EXPECTED / "connlist" / self.file).read_text().rstrip("\n")


def known() -> list[str]:
    names = {path.name for path in CLUSTERS.iterdir()} | set(BORROWED) | set(WRITTEN) | set(UNDECIDED)
    return sorted(names, key=len, reverse=True)


def cases(form: str, *, explain: bool = False) -> list[Case]:
    if not ROOT.is_dir():
        return []
    found = []
    names = known()
    for path in sorted((EXPECTED / "connlist").iterdir()):
        cluster = next(name for name in names if path.name.startswith(f"{name}_"))
        parts = NAME.fullmatch(path.name.removeprefix(f"{cluster}_"))
        assert parts is not None, path.name
        if parts["form"] != form or bool(parts["explain"]) != explain:
            continue
        wanted = parts["focus"] or ""
        focus = Focus(
            workloads=(wanted, wanted.replace("_", "/", 1)) if wanted else (),
            inward=parts["way"] != "egress",
            outward=parts["way"] != "ingress",
            service=(parts["protocol"].upper(), int(parts["port"])) if parts["port"] else None,
            families=(4,),
        )
        found.append(Case(path.name, cluster, focus, parts["kind"] == "exposure_"))
    return found


@cache
def documents(cluster: str) -> tuple[Document, ...]:
    paths = [path for path in (CLUSTERS / cluster,) if path.is_dir()]
    found = load([*paths, *(CLUSTERS / name for name in BORROWED.get(cluster, ()))]).documents
    return (*found, *(Document("written", "yaml", item) for item in WRITTEN.get(cluster, ())))


def skipped_without_data(function: object) -> object:
    mark = pytest.mark.skipif(not ROOT.is_dir(), reason="the development data are not beside this checkout")
    return mark(function)


@skipped_without_data
@pytest.mark.parametrize("case", cases("txt"), ids=lambda case: case.file)
def test_text_is_exactly_as_expected(case: Case) -> None:
    render = exposures_text if case.exposure else connections_text
    found = render(documents(case.cluster), case.focus)
    if case.cluster in UNDECIDED:
        assert found != case.expected, "this cluster can be compared by now"
    else:
        assert found == case.expected


def row(source: str, destination: str, traffic: object, focus: Focus) -> dict[str, str]:
    found = {"src": source, "dst": destination}
    return found if focus.service else {**found, "conn": str(traffic)}


def rows(found: list[Connection], focus: Focus) -> list[dict[str, str]]:
    return ordered([row(str(item.source), str(item.destination), item.traffic, focus) for item in found])


def ordered(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(found, key=lambda item: (item["src"], item["dst"], item.get("conn", "")))


@skipped_without_data
@pytest.mark.parametrize("case", cases("json"), ids=lambda case: case.file)
def test_values_are_exactly_as_expected(case: Case) -> None:
    if case.cluster in UNDECIDED:
        pytest.skip(f"development data: {UNDECIDED[case.cluster]}")
    expected = json.loads(case.expected or "[]")
    focus = case.focus
    if not case.exposure:
        assert rows(focus.among(connections(documents(case.cluster))), focus) == ordered(expected or [])
        return
    analysis = exposures(documents(case.cluster))
    key = "_conn_focus_results" if focus.service else "_results"
    assert rows(focus.among(analysis.connections), focus) == ordered(expected[f"connlist{key}"] or [])
    for way, inward in (("egress_exposure", False), ("ingress_exposure", True)):
        found = [exposed(item, focus) for item in focus.exposed(analysis.exposures) if item.inward == inward]
        assert ordered(found) == ordered(expected[f"exposure{key}"][way] or [])


def exposed(item: Exposure, focus: Focus) -> dict[str, str]:
    ends = (item.other, str(item.workload)) if item.inward else (str(item.workload), item.other)
    return row(*ends, item.traffic, focus)


PAIR_OF_ENDS = re.compile(r"^Connections between (.*?) => (.*?):$", re.MULTILINE)


@skipped_without_data
@pytest.mark.parametrize("case", cases("txt", explain=True), ids=lambda case: case.file)
def test_explained_connections_are_allowed_or_not_as_expected(case: Case) -> None:
    if case.cluster in UNDECIDED:
        pytest.skip(f"development data: {UNDECIDED[case.cluster]}")
    pairs = {}
    text = case.expected.partition("Exposure Analysis Result")[0]
    for part in re.split(r"^-{40,}$|^#+$", text, flags=re.MULTILINE):
        if ends := PAIR_OF_ENDS.search(part):
            pairs[ends.groups()] = "\tAllowed " in part
    names = {name.replace("[udn]", "") for ends in pairs for name in ends if "/" in name}
    if names - set(read_cluster(documents(case.cluster)).workloads):
        pytest.skip(f"development data: {PODS_LACK}")
    allowed: dict[tuple[str, ...], bool] = {}
    for item in connections(documents(case.cluster)):
        if case.focus.service is None or item.traffic.covers(*case.focus.service):
            allowed[str(item.source), str(item.destination)] = True
    wrong = {ends for ends, expected in pairs.items() if not expected and "nad_test" in case.cluster}
    assert {ends: allowed.get(ends, False) for ends in pairs if ends not in wrong} == {
        ends: expected for ends, expected in pairs.items() if ends not in wrong
    }


def differences_expected() -> list[Path]:
    return sorted((EXPECTED / "diff").iterdir()) if ROOT.is_dir() else []


@skipped_without_data
@pytest.mark.parametrize("path", differences_expected(), ids=lambda path: path.stem)
def test_differences_are_exactly_as_expected(path: Path) -> None:
    rest = path.stem.removeprefix("diff_between_")
    later = next(name for name in known() if rest.startswith(f"{name}_and_"))
    earlier = rest.removeprefix(f"{later}_and_")
    found = differences_text(documents(earlier), documents(later), (4,))
    expected = path.read_text().rstrip("\n")
    if later in OTHER_STATE_LACKS:
        assert found != expected, "this difference can be compared by now"
    else:
        assert found == expected


@skipped_without_data
def test_names_of_what_is_not_compared_are_names_of_the_data() -> None:
    compared = {case.cluster for form in ("txt", "json") for case in cases(form)}
    assert set(UNDECIDED) <= compared
    assert set(BORROWED) | set(WRITTEN) <= compared | {case.cluster for case in cases("txt", explain=True)}


@skipped_without_data
def test_a_focus_without_family_shows_both() -> None:
    case = next(case for case in cases("txt") if case.file.startswith("anp_demo_connlist"))
    both = connections_text(documents(case.cluster), replace(case.focus, families=(4, 6)))
    assert "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff[External]" in both
