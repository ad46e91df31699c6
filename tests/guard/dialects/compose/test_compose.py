"""Compose files: what is published where, and which stores ask for nothing."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard import (
    AddressSet,
    Authentication,
    Document,
    Endpoint,
    Malformed,
    NotLookedAt,
    Unresolved,
    World,
    reach,
)
from hushdesk.guard.dialects.compose import ComposeDialect

ALL = AddressSet.parse("0.0.0.0/0", "::/0")
NOBODY = AddressSet()


def read(*texts, **parameters):
    documents = [
        Document(file, "yaml", yaml.safe_load(text))
        for file, text in (one if isinstance(one, tuple) else ("shop/compose.yaml", one) for one in texts)
    ]
    assert all(ComposeDialect().claims(document) for document in documents)
    found = list(ComposeDialect().read(documents, World(parameters=parameters)))
    return {one.name: one for one in found if isinstance(one, Endpoint)}, [
        one for one in found if not isinstance(one, Endpoint)
    ]


def service(body, image="postgres:16"):
    return f"services:\n  db:\n    image: {image}\n" + "".join(f"    {line}\n" for line in body.splitlines())


def db(body, **parameters):
    endpoints, findings = read(service(body), **parameters)
    return endpoints["shop/db"], findings


@pytest.mark.parametrize(
    ("entry", "protocol", "port", "front", "upper", "lower"),
    [
        ('"5432:5432"', "tcp", 5432, 5432, ALL, ALL),
        ('"15432:5432"', "tcp", 5432, 15432, ALL, ALL),
        ('"15432:5432"', "udp", 5432, None, NOBODY, NOBODY),
        ("5432", "tcp", 5432, 5432, ALL, ALL),
        ('"127.0.0.1:5432:5432"', "tcp", 5432, None, NOBODY, NOBODY),
        ('"[::1]:5432:5432"', "tcp", 5432, None, NOBODY, NOBODY),
        (
            '"0.0.0.0:5432:5432"',
            "tcp",
            5432,
            5432,
            AddressSet.parse("0.0.0.0/0"),
            AddressSet.parse("0.0.0.0/0"),
        ),
        ('"8.8.4.4::5432"', "tcp", 5432, 5432, AddressSet.parse("0.0.0.0/0"), AddressSet.parse("0.0.0.0/0")),
        ('"9000-9002:5431-5433"', "tcp", 5432, 9001, ALL, ALL),
        ('"9000-9001:5432/udp"', "udp", 5432, 9000, ALL, ALL),
        ("{target: 5432, published: 15432, protocol: tcp, mode: host}", "tcp", 5432, 15432, ALL, ALL),
        ('{target: 5432, published: "15432", host_ip: 127.0.0.1}', "tcp", 5432, None, NOBODY, NOBODY),
        ('"${ADDRESS:-127.0.0.1}:5432:5432"', "tcp", 5432, None, NOBODY, NOBODY),
        ('"${PORT-15432}:5432"', "tcp", 5432, 15432, ALL, ALL),
        ('"${ADDRESS}:5432:5432"', "tcp", 5432, 5432, ALL, NOBODY),
        ('"${PORTS}"', "tcp", 6379, 6379, ALL, NOBODY),
    ],
)
def test_what_an_entry_publishes(entry, protocol, port, front, upper, lower):
    endpoint, _ = db(f"ports:\n  - {entry}")
    found = reach(endpoint, port, protocol)
    assert (found.upper, found.lower) == (upper, lower)
    assert front is None or front in {part.frontend_port for part in found.parts()}
    assert not reach(endpoint, 1).upper or "PORTS" in entry


def test_a_private_address_may_have_a_public_one_before_it():
    endpoint, _ = db('ports: ["10.0.0.4:5432:5432"]')
    found = reach(endpoint, 5432)
    assert found.upper == AddressSet.parse("0.0.0.0/0")
    assert "10.9.9.9" in found.lower
    assert "8.8.8.8" not in found.lower


def test_the_entry_is_named_with_what_it_does():
    endpoint, _ = db('ports: ["15432:5432"]')
    names = {decider.name for part in reach(endpoint, 5432).parts() for decider in part.deciders}
    assert names == {"ports: 15432:5432"}
    assert endpoint.engine == "postgresql"


def test_exposed_ports_stay_inside():
    endpoint, _ = db('expose: ["5432"]')
    assert endpoint.paths == ()


def test_networks_without_a_boundary():
    endpoint, _ = db("network_mode: host")
    assert reach(endpoint, 5432).upper == ALL
    assert not reach(endpoint, 5432).lower
    assert db("network_mode: none")[0].paths == ()
    text = service('network_mode: "service:proxy"') + '  proxy:\n    image: envoy\n    ports: ["5432:5432"]\n'
    assert reach(read(text)[0]["shop/db"], 5432).lower == ALL
    text = service("networks: [lan]") + "networks:\n  lan:\n    driver: macvlan\n"
    assert "8.8.8.8" in reach(read(text)[0]["shop/db"], 5432).upper
    assert "192.168.1.9" in reach(read(text)[0]["shop/db"], 5432).lower
    findings = read(service("networks: [lan]") + "networks:\n  lan:\n    external: true\n")[1]
    assert any(isinstance(one, NotLookedAt) and "lan" in one.what for one in findings)
    in_doubt, _ = db('profiles: [debug]\nports: ["5432:5432"]')
    assert reach(in_doubt, 5432).upper == ALL
    assert not reach(in_doubt, 5432).lower


def test_variables_come_from_parameters_and_are_missed_otherwise():
    endpoint, findings = db('ports: ["${A}:5432:${B}"]', A="127.0.0.1", B="5432")
    assert not endpoint.paths
    assert not findings
    _, findings = db('ports: ["${A}:5432:5432"]')
    (one,) = [one for one in findings if isinstance(one, Unresolved)]
    assert one.expression == "${A}"
    assert one.place.pointer == "services.db.ports"
    endpoint, _ = db('ports: ["${A:-${B:-127.0.0.1}}:5432:5432"]')
    assert not endpoint.paths


def test_overrides_and_extensions():
    base, over = service('ports: ["127.0.0.1:5432:5432"]'), "services:\n  db:\n    ports: ['5432:5432']\n"
    endpoints, _ = read(("shop/compose.yaml", base), ("shop/compose.override.yaml", over))
    assert list(endpoints) == ["shop/db"]
    assert reach(endpoints["shop/db"], 5432).lower == ALL
    common = "services:\n  base:\n    image: redis:7\n    ports: ['6379:6379']\n"
    mine = "services:\n  cache:\n    extends: {file: common.yaml, service: base}\n"
    endpoints, _ = read(("shop/compose.yaml", mine), ("shop/common.yaml", common))
    assert reach(endpoints["shop/cache"], 6379).lower == ALL
    assert endpoints["shop/cache"].engine == "redis"
    _, findings = read(mine)
    assert any(isinstance(one, Unresolved) for one in findings)
    _, findings = read("services:\n  a: {extends: {service: b}}\n  b: {extends: {service: a}}\n")
    assert any(isinstance(one, Malformed) and "extends itself" in one.problem for one in findings)


@pytest.mark.parametrize(
    ("image", "body", "authentication"),
    [
        ("postgres:16", "environment: {POSTGRES_HOST_AUTH_METHOD: trust}", "none"),
        ("postgres:16", "environment: [POSTGRES_PASSWORD=x]", "required"),
        ("postgis/postgis:16-3.4", "environment: [POSTGRES_HOST_AUTH_METHOD=trust]", "none"),
        ("postgres:16", "environment: ['POSTGRES_HOST_AUTH_METHOD=${METHOD}']", "unknown"),
        ("postgres:16", "env_file: .env", "unknown"),
        ("mysql:8", 'environment: {MYSQL_ALLOW_EMPTY_PASSWORD: "no"}', "none"),
        ("mariadb:11", "environment: {MARIADB_ROOT_PASSWORD: x}", "required"),
        ("mysql:8", "command: --skip-grant-tables", "none"),
        (
            "docker.elastic.co/elasticsearch/elasticsearch:7.17.1",
            "environment: [discovery.type=single-node]",
            "none",
        ),
        ("elasticsearch:8.11.1", "environment: {discovery.type: single-node}", "required"),
        ("elasticsearch:8.11.1", "environment: [xpack.security.enabled=false]", "none"),
        ("elasticsearch:8.11.1", "environment: {xpack.security.enabled: false}", "none"),
        ("elasticsearch", "environment: {}", "unknown"),
        ("opensearchproject/opensearch:2", "environment: [DISABLE_SECURITY_PLUGIN=true]", "none"),
        ("redis:7", "command: [redis-server, --appendonly, 'yes']", "none"),
        ("redis:7", "command: redis-server --requirepass x", "required"),
        ("redis:7", "command: redis-server /etc/redis.conf", "unknown"),
        ("bitnami/redis:7", "environment: [REDIS_PASSWORD=x]", "required"),
        ("mongo:7", "environment: {}", "none"),
        ("mongo:7", "environment: {MONGO_INITDB_ROOT_USERNAME: root}", "required"),
        ("memcached", "environment: {}", "none"),
        ("influxdb:1.8", "environment: {}", "none"),
        ("neo4j:5", "environment: [NEO4J_AUTH=none]", "none"),
        ("clickhouse/clickhouse-server:24.8", "environment: {CLICKHOUSE_PASSWORD: x}", "required"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "environment: {}", "required"),
    ],
)
def test_postures(image, body, authentication):
    endpoints, _ = read(service(body, image))
    assert endpoints["shop/db"].posture.authentication == Authentication(authentication)
    assert endpoints["shop/db"].posture.why


def test_what_is_no_store_has_no_posture():
    endpoints, _ = read(service("environment: {}", "nginx:1"))
    assert endpoints["shop/db"].posture is None
    assert endpoints["shop/db"].engine == ""


@pytest.mark.parametrize(
    "entry",
    ["a:b", "1:2:3:4", "70000:1", "{published: 1}", "9000-9003:1-2", "true", "[1]", '"5432:5432/http"'],
)
def test_wrong_entries_are_said_and_the_others_go_on(entry):
    endpoint, findings = db(f'ports:\n  - {entry}\n  - "5432:5432"')
    assert any(isinstance(one, Malformed) and one.place.pointer == "services.db.ports[0]" for one in findings)
    assert reach(endpoint, 5432).lower == ALL


def test_manifests_of_others_are_not_claimed():
    dialect = ComposeDialect()
    for content in (
        {"apiVersion": "v1", "services": {"a": {"image": "x"}}},
        {"services": []},
        [],
        None,
        {"services": {"a": {}}},
    ):
        assert not dialect.claims(Document("x.yaml", "yaml", content))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="${}:-/0159abP", max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["ports", "target", "published", "environment", "networks", "network_mode", "file", "service", "driver"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            ["ports", "environment", "networks", "extends", "network_mode", "labels", "profiles", "command"]
        ),
        VALUES,
    ),
    VALUES,
)
def test_no_content_raises(body, networks):
    content = {"services": {"db": {"image": "postgres", **body}, "x": networks}, "networks": networks}
    for one in ComposeDialect().read([Document("x.yaml", "yaml", content)], World()):
        if isinstance(one, Endpoint):
            reach(one, 5432)


def test_a_service_of_which_a_part_is_not_in_the_input_may_publish_anything() -> None:
    made, findings = db("extends: {file: ../base.yml, service: db}")
    found = reach(made, 5432)
    assert (found.lower, found.upper) == (NOBODY, ALL)
    assert any(isinstance(one, Unresolved) for one in findings)


def test_an_entry_of_ports_that_cannot_be_read_may_publish_anything() -> None:
    made, findings = db("ports: ['5432:5432:5432:5432']")
    found = reach(made, 5432)
    assert (found.lower, found.upper) == (NOBODY, ALL)
    assert any(isinstance(one, Malformed) for one in findings)


@pytest.mark.parametrize(
    ("mode", "opens"), [("nat-unprotected", True), ("${MODE}", True), ("nat", False), ("routed", False)]
)
def test_a_bridge_without_protection_lets_in_to_ports_that_are_not_published(mode: str, opens: bool) -> None:
    text = service("networks: [open]") + (
        f"networks:\n  open:\n    driver_opts: {{com.docker.network.bridge.gateway_mode_ipv4: '{mode}'}}\n"
    )
    endpoints, _ = read(text)
    assert reach(endpoints["shop/db"], 5432).upper == (ALL if opens else NOBODY)


@pytest.mark.parametrize(
    ("image", "body", "expected"),
    [
        ("redis:7", "environment: {REDIS_PASSWORD: x}", Authentication.NONE),
        ("docker.io/library/redis:7", "environment: {REDIS_PASSWORD: x}", Authentication.NONE),
        ("bitnami/redis:7", "environment: {REDIS_PASSWORD: x}", Authentication.REQUIRED),
        ("example/redis:7", "environment: {REDIS_PASSWORD: x}", Authentication.UNKNOWN),
        ("redis:7", "environment: {REDIS_ARGS: --requirepass x}", Authentication.NONE),
        ("redis/redis-stack:7", "environment: {REDIS_ARGS: --requirepass x}", Authentication.REQUIRED),
        ("redis:7", "command: redis-server --requirepass ''", Authentication.NONE),
        ("redis:7", "command: [redis-server, --requirepass, x]", Authentication.REQUIRED),
        ("redis:7", "command: redis-server --requirepass ${PASSWORD}", Authentication.UNKNOWN),
        ("mongo:7", "environment: {MONGODB_ROOT_PASSWORD: x}", Authentication.NONE),
        ("bitnami/mongodb:7", "environment: {MONGODB_ROOT_PASSWORD: x}", Authentication.REQUIRED),
        ("etcd:3", "environment: {ETCD_ROOT_PASSWORD: x}", Authentication.NONE),
    ],
)
def test_only_variables_that_the_image_reads_count(image: str, body: str, expected: Authentication) -> None:
    endpoints, _ = read(service(body, image))
    assert endpoints["shop/db"].posture.authentication is expected
