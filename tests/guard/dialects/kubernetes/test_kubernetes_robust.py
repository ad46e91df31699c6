"""Whatever an object holds, reading it raises nothing; and it never makes anything safer than the same object would."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard._dialect import Document, World
from hushdesk.guard.dialects.kubernetes import KubernetesDialect, connections, exposures

OBJECTS: list[Any] = list(
    yaml.safe_load_all("""
{apiVersion: v1, kind: Namespace, metadata: {name: n, labels: {a: b, k8s.ovn.org/primary-user-defined-network: ""}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d, namespace: n}
spec:
  template:
    metadata: {labels: {app: d}, annotations: {k8s.v1.cni.cncf.io/networks: '[{"name": "x", "ips": ["10.0.0.1/8"]}]'}}
    spec: {hostNetwork: false, containers: [{name: c, image: redis, ports: [{name: p, containerPort: 1, hostPort: 2}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: q, ownerReferences: [{kind: Job, name: j, controller: true}]}
spec: {containers: [{name: c}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: n}
spec:
  podSelector: {matchExpressions: [{key: app, operator: In, values: [d]}]}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80, endPort: 90}, {port: p}]}]
  egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {a: b}}}]}]
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: a}
spec:
  priority: 3
  subject: {pods: {namespaceSelector: {}, podSelector: {}}}
  ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portRange: {start: 1, end: 9}}, {namedPort: p}]}]
  egress: [{action: Pass, to: [{networks: [10.0.0.0/8]}]}]
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: b}
spec:
  tier: Baseline
  priority: 3
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{udp: {destinationPort: {range: {start: 1, end: 2}}}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: n, annotations: {service.beta.kubernetes.io/azure-allowed-ip-ranges: "10.0.0.0/8,x"}}
spec:
  type: LoadBalancer
  selector: {app: d}
  externalIPs: [192.0.2.1]
  loadBalancerSourceRanges: [10.0.0.0/8]
  ports: [{name: h, port: 80, targetPort: p, nodePort: 30001, protocol: TCP}]
status: {loadBalancer: {ingress: [{ip: 192.0.2.2}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i, namespace: n}
spec:
  defaultBackend: {service: {name: s, port: {name: h}}}
  rules: [{host: h, http: {paths: [{backend: {service: {name: s, port: {number: 80}}}}]}}]
---
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: r, namespace: n}
spec: {host: h, to: {kind: Service, name: s}, alternateBackends: [{kind: Service, name: s}], port: {targetPort: p}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g, namespace: n}
spec: {listeners: [{port: 80}], addresses: [{value: 192.0.2.3}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: g, namespace: n}
spec: {parentRefs: [{name: g}], hostnames: [h], rules: [{backendRefs: [{name: s, port: 80}]}]}
---
apiVersion: k8s.ovn.org/v1
kind: UserDefinedNetwork
metadata: {name: u, namespace: n}
spec: {topology: Layer2, layer2: {role: Primary}}
---
apiVersion: k8s.ovn.org/v1
kind: ClusterUserDefinedNetwork
metadata: {name: u}
spec: {namespaceSelector: {matchLabels: {a: b}}, network: {topology: Layer2, layer2: {role: Primary}}}
---
apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: {name: x, namespace: n}
spec: {config: '{"name": "x"}'}
---
apiVersion: k8s.cni.cncf.io/v1beta1
kind: MultiNetworkPolicy
metadata: {name: m, namespace: n, annotations: {k8s.v1.cni.cncf.io/policy-for: x}}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}
---
{apiVersion: v1, kind: Node, metadata: {name: k}, status: {addresses: [{type: ExternalIP, address: 192.0.2.9}]}}
""")
)


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [before, *(path for key, item in inner for path in paths(item, (*before, key)))]


PLACES = [(number, path) for number, item in enumerate(OBJECTS) for path in paths(item) if path]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [-1, 0, 70000, 2**70, 1.5, "", "x", "999.1.1.1", "{", "[", "[1]", "a/b/c@d", "Deny", "Node"]
    ),
    st.sampled_from([[], {}, [[]], [None], [{}], {"a": {"b": []}}, {1: 2}, {"": ""}]),
)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
def test_junk_anywhere_raises_nothing(changes: list[tuple[tuple[int, tuple[Any, ...]], Any]]) -> None:
    objects = copy.deepcopy(OBJECTS)
    for (number, path), junk in changes:
        inner = objects[number]
        try:
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = junk
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change took the place away
    documents = [Document("f.yaml", "yaml", item, index) for index, item in enumerate(objects)]
    list(KubernetesDialect().read(documents, World()))
    connections(documents)
    exposures(documents)
