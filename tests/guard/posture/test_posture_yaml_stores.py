"""Elasticsearch, OpenSearch, Kibana, MongoDB, Cassandra, etcd: stores configured in YAML."""

from __future__ import annotations

import pytest

from hushdesk.guard._addresses import ALL_V4, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._findings import Authentication
from hushdesk.guard.posture._bind import LOOPBACK, LOOPBACK_V4

NONE, REQUIRED = Authentication.NONE, Authentication.REQUIRED
PARTLY, UNKNOWN = Authentication.PARTLY, Authentication.UNKNOWN


@pytest.mark.parametrize(
    ("text", "http", "transport"),
    [
        ("cluster.name: c\n", LOOPBACK, LOOPBACK),
        ("network.host: 0.0.0.0\n", EVERYWHERE, EVERYWHERE),
        ("network:\n  host: 10.0.0.5\n", ALL_V4, ALL_V4),
        ("network.host: _site_\nhttp.host: _local_\n", LOOPBACK, EVERYWHERE),
        ("network.host: [_local_, _site_]\n", EVERYWHERE, EVERYWHERE),
        ("network.host: _local:ipv4_\n", LOOPBACK, LOOPBACK),
        ("network.host: 127.0.0.1\nhttp.host: _global_\n", EVERYWHERE, LOOPBACK_V4),
        ("network.host: 0\ntransport.host: localhost\n", EVERYWHERE, LOOPBACK),
        ("network.bind_host: 127.0.0.1\nnetwork.publish_host: 10.0.0.5\n", LOOPBACK_V4, LOOPBACK_V4),
        ("network.host: 0.0.0.0\nhttp.enabled: false\n", EMPTY, EVERYWHERE),
        ("network.host: _eth0_\n", EVERYWHERE, EVERYWHERE),
    ],
)
def test_elasticsearch_addresses(read, text: str, http: AddressSet, transport: AddressSet) -> None:
    found = read({"elasticsearch.yml": text})
    assert found.connecting(9200).lower == found.connecting(9200).upper == http
    assert found.connecting(9300).lower == found.connecting(9300).upper == transport


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("xpack.security.enabled: true\n", REQUIRED),
        ("xpack:\n  security:\n    enabled: true\n", REQUIRED),
        ("xpack.security.enabled: false\n", NONE),
        ("cluster.name: c\n", UNKNOWN),
        ("discovery.zen.ping.unicast.hosts: [a]\n", NONE),
        ("node.master: true\n", NONE),
        ("xpack.security.enrollment.enabled: true\n", REQUIRED),
        ("xpack.security.enabled: ${SECURE}\n", UNKNOWN),
        ("readonlyrest:\n  enable: true\n", UNKNOWN),
        ("xpack.security.enabled: true\nxpack.security.authc.anonymous.roles: [reader]\n", PARTLY),
        ("xpack.security.enabled: true\nxpack.security.authc:\n  anonymous:\n    roles: superuser\n", NONE),
    ],
)
def test_elasticsearch_logins(read, text: str, login: Authentication) -> None:
    for raw in (False, True):
        found = read({"elasticsearch.yml": "network.host: 0.0.0.0\n" + text}, raw=raw)
        assert found.login is login
        assert found.endpoint.engine == "elasticsearch"


def test_the_version_of_elasticsearch_settles_the_default(read) -> None:
    files = {"elasticsearch.yml": "network.host: 0.0.0.0\n"}
    assert read(files, elasticsearch_version="7.17.0").login is NONE
    assert read(files, elasticsearch_version="8.1").login is REQUIRED
    assert read(files).free.upper == EVERYWHERE
    assert read(files).free.lower == EMPTY


def test_a_variable_as_address_is_unknown(read) -> None:
    found = read({"elasticsearch.yml": "network.host: ${HOST}\nxpack.security.enabled: false\n"})
    assert found.connecting(9200).upper == EVERYWHERE
    assert found.connecting(9200).lower == EMPTY
    assert found.unresolved


def test_before_2_0_the_default_was_every_address(read) -> None:
    found = read({"elasticsearch.yml": "index.number_of_shards: 5\n"})
    assert found.connecting(9200).upper == EVERYWHERE
    assert found.connecting(9200).lower == LOOPBACK


def test_ports_of_elasticsearch(read) -> None:
    found = read({"elasticsearch.yml": "network.host: 0.0.0.0\nhttp.port: 9500-9502\ntransport.port: 9600\n"})
    assert found.connecting(9501).upper == found.connecting(9600).upper == EVERYWHERE
    assert found.connecting(9200).upper == EMPTY
    assert read({"elasticsearch.yml": "http.port: many\n"}).malformed


@pytest.mark.parametrize(
    ("files", "login"),
    [
        ({"opensearch.yml": "plugins.security.disabled: true\n"}, NONE),
        ({"opensearch.yml": "plugins.security.ssl.http.enabled: true\n"}, REQUIRED),
        ({"opensearch.yml": "cluster.name: c\n"}, UNKNOWN),
        (
            {
                "o/opensearch.yml": "plugins.security.ssl.http.enabled: true\n",
                "o/opensearch-security/config.yml": "config:\n  dynamic:\n    http:\n      anonymous_auth_enabled: true\n",
            },
            PARTLY,
        ),
    ],
)
def test_opensearch(read, files: dict[str, str], login: Authentication) -> None:
    found = read(files)
    assert found.login is login
    assert found.endpoint.engine == "opensearch"


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("server.port: 5601\n", LOOPBACK, UNKNOWN),
        ('server.host: "0.0.0.0"\n', ALL_V4, UNKNOWN),
        ("server.host: 0\nelasticsearch.username: kibana_system\n", ALL_V4, REQUIRED),
        ("server.host: 10.0.0.5\nxpack.security.enabled: false\n", ALL_V4, NONE),
        (
            "server.host: '::'\nxpack.security.authc.providers:\n  anonymous.anonymous1:\n    order: 0\n",
            EVERYWHERE,
            PARTLY,
        ),
    ],
)
def test_kibana(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"kibana.yml": text})
    assert found.connecting(5601).lower == sources
    assert found.login is login


@pytest.mark.parametrize(
    ("text", "upper", "lower", "login"),
    [
        ("net:\n  bindIp: 127.0.0.1\n", LOOPBACK_V4, LOOPBACK_V4, NONE),
        ("net:\n  bindIp: localhost,10.0.0.5\n", ALL_V4, ALL_V4, NONE),
        ("net:\n  bindIp: [127.0.0.1, 10.0.0.5]\n", ALL_V4, ALL_V4, NONE),
        ("net:\n  bindIp: '0.0.0.0'\nsecurity:\n  authorization: enabled\n", ALL_V4, ALL_V4, REQUIRED),
        ("net:\n  bindIp: '::,0.0.0.0'\n  ipv6: true\n", EVERYWHERE, EVERYWHERE, NONE),
        ("net:\n  bindIpAll: true\nsecurity:\n  keyFile: /k\n", ALL_V4, ALL_V4, REQUIRED),
        ("net:\n  bindIp: '*'\nsecurity:\n  keyFile: /k\n  transitionToAuth: true\n", ALL_V4, ALL_V4, NONE),
        ("net:\n  port: 27017\n", EVERYWHERE, LOOPBACK_V4, NONE),
        ("net:\n  tls:\n    mode: requireTLS\n    CAFile: /ca\n", LOOPBACK_V4, LOOPBACK_V4, REQUIRED),
        ("net:\n  http:\n    enabled: true\n", ALL_V4, ALL_V4, NONE),
        ("net:\n  bindIp: /tmp/m.sock\n", EMPTY, EMPTY, NONE),
        ("net:\n  bindIp: db.internal\nsecurity:\n  authorization: disabled\n", EVERYWHERE, EMPTY, NONE),
    ],
)
def test_mongodb(read, text: str, upper: AddressSet, lower: AddressSet, login: Authentication) -> None:
    found = read({"mongod.conf": "storage:\n  dbPath: /d\n" + text})
    assert found.connecting(27017).upper == upper
    assert found.connecting(27017).lower == lower
    assert found.login is login


def test_mongodb_in_its_older_form(read) -> None:
    found = read({"mongodb.conf": "dbpath=/d\nbind_ip = 0.0.0.0\nport = 27117\nauth = true\n"})
    assert found.connecting(27117).lower == ALL_V4
    assert found.login is REQUIRED
    found = read({"mongodb.conf": "dbpath=/d\nbind_ip = 127.0.0.1\nnoauth = true\n"})
    assert found.login is NONE


def test_roles_of_mongodb_have_their_ports(read) -> None:
    assert (
        read({"mongod.conf": "net:\n  bindIpAll: true\nsharding:\n  clusterRole: configsvr\n"})
        .connecting(27019)
        .lower
        == ALL_V4
    )


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("rpc_address: localhost\nauthenticator: AllowAllAuthenticator\n", LOOPBACK, NONE),
        ("rpc_address: 0.0.0.0\n", EVERYWHERE, NONE),
        ("rpc_address: 10.0.0.5\nauthenticator: PasswordAuthenticator\n", ALL_V4, REQUIRED),
        (
            "rpc_address: 10.0.0.5\nauthenticator:\n  class_name: org.apache.cassandra.auth.PasswordAuthenticator\n",
            ALL_V4,
            REQUIRED,
        ),
        ("rpc_interface: eth1\nauthenticator: com.example.Mine\n", EVERYWHERE, UNKNOWN),
        (
            "rpc_address: 10.0.0.5\nclient_encryption_options: {enabled: true, optional: false, require_client_auth: true}\n",
            ALL_V4,
            REQUIRED,
        ),
    ],
)
def test_cassandra(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"cassandra.yaml": "cluster_name: c\n" + text})
    assert found.connecting(9042).lower == sources
    assert found.login is login


def test_cassandra_without_an_address_takes_the_machines_own(read) -> None:
    found = read({"cassandra.yaml": "cluster_name: c\nrpc_address:\n"})
    assert found.connecting(9042).upper == EVERYWHERE
    assert found.connecting(9042).lower == EMPTY


@pytest.mark.parametrize(
    ("files", "sources", "login"),
    [
        ({"default/etcd": "## ETCD_NAME=x\n"}, LOOPBACK_V4, NONE),
        ({"default/etcd": 'ETCD_LISTEN_CLIENT_URLS="http://0.0.0.0:2379"\n'}, EVERYWHERE, NONE),
        (
            {"default/etcd": "ETCD_LISTEN_CLIENT_URLS=http://10.0.0.5:2379,http://127.0.0.1:2379\n"},
            ALL_V4,
            NONE,
        ),
        (
            {"etcd.env": "ETCD_LISTEN_CLIENT_URLS=https://0.0.0.0:2379\nETCD_CLIENT_CERT_AUTH=true\n"},
            EVERYWHERE,
            REQUIRED,
        ),
        (
            {"etcd.env": "ETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:2379\nETCD_CLIENT_CERT_AUTH=true\n"},
            EVERYWHERE,
            NONE,
        ),
        ({"default/etcd": "DAEMON_ARGS='--listen-client-urls http://0.0.0.0:2379'\n"}, EVERYWHERE, NONE),
        (
            {
                "etcd.conf.yml": "listen-client-urls: https://0.0.0.0:2379\nname: n\n"
                "client-transport-security:\n  client-cert-auth: true\n  trusted-ca-file: /ca\n"
            },
            EVERYWHERE,
            REQUIRED,
        ),
    ],
)
def test_etcd(read, files: dict[str, str], sources: AddressSet, login: Authentication) -> None:
    found = read(files)
    assert found.connecting(2379).lower == sources
    assert found.login is login


@pytest.mark.parametrize(
    "path", ["elasticsearch.yml", "kibana.yml", "mongod.conf", "cassandra.yaml", "etcd.conf.yml"]
)
def test_broken_yaml_is_told_and_unknown(read, path: str) -> None:
    found = read({path: "net: [\nnetwork.host: {{ host }}\n"}, raw=True)
    assert found.malformed
    (endpoint,) = found.endpoints
    assert endpoint.posture.authentication is UNKNOWN
    assert any(way.reaching.upper == EVERYWHERE for way in endpoint.paths)


def test_manifests_with_a_stores_name_are_not_ours(read) -> None:
    manifest = "apiVersion: v1\nkind: Service\nnetwork.host: 0.0.0.0\n"
    compose = "services:\n  elasticsearch: {image: e}\n"
    found = read(
        {
            "elasticsearch.yml": manifest,
            "kibana.yml": compose,
            "mongod.yaml": manifest,
            "cassandra.yaml": manifest,
        }
    )
    assert not found.findings
    assert len(found.unclaimed) == 4
