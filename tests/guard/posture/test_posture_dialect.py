"""The dialect as a whole: what it claims, hostile input, and the default configurations of real packages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard import PUBLIC
from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._engines import engine_of
from hushdesk.guard._findings import Authentication, Endpoint
from hushdesk.guard.load import load
from hushdesk.guard.posture import StoreConfigDialect
from hushdesk.guard.posture._bind import LOOPBACK
from hushdesk.guard.posture._engines import ENGINES
from hushdesk.guard.posture._tree import DEEPEST, from_content, from_yaml
from hushdesk.guard.reach import reach

NAMES = [
    "postgresql.conf", "pg_hba.conf", "redis.conf", "users.acl", "memcached.conf", "my.cnf", "mongod.conf", "influxdb.conf",
    "mosquitto.conf", "local.ini", "rabbitmq.conf", "neo4j.conf", "zoo.cfg", "solr.in.sh", "nginx.conf", "config.xml",
    "etcd.conf.yml", "default/etcd", "elasticsearch.yml", "kibana.yml", "cassandra.yaml",
]  # fmt: skip


def test_every_store_is_one_that_the_guard_knows() -> None:
    # A web server that lists folders is no store of its own.
    assert [one.name for one in ENGINES if engine_of(one.name) is None] == ["nginx"]


@pytest.mark.parametrize(
    "text",
    [
        "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 5432 -j ACCEPT\nCOMMIT\n",
        "table inet filter {\n chain input {\n  type filter hook input priority 0; policy drop;\n }\n}\n",
        "The host was local, all of it md5.\n",
        "[Unit]\nDescription=redis\n[Service]\nExecStart=/usr/bin/redis-server\n",
        "#!/bin/sh\nETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:2379\n",
        "FROM redis\nEXPOSE 6379\n",
        "port = 80\nbind = 1\n",
        "",
    ],
)
def test_other_texts_are_not_claimed(text: str) -> None:
    assert not StoreConfigDialect().claims(Document("some.conf", "text", text))


@pytest.mark.parametrize(
    "content", [None, [], "x", 3, {"a": 1}, {"Resources": {}}, {"kind": "Pod", "network.host": "x"}]
)
@pytest.mark.parametrize("kind", ["json", "hcl"])
def test_other_documents_are_not_claimed(kind: str, content: object) -> None:
    assert not StoreConfigDialect().claims(Document("elasticsearch.json", kind, content))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text", ["", "\0\x01", "= = =\n", "{[(<'\"\n", "[" * 5000, "a: " * 3000, "-" * 4000, "<a>" * 3000]
)
def test_nonsense_never_raises(name: str, text: str) -> None:
    documents = [Document(name, "text", text)]
    dialect = StoreConfigDialect()
    if dialect.claims(documents[0]):
        list(dialect.read(documents, World()))


@settings(max_examples=150)
@given(
    st.sampled_from(NAMES),
    st.lists(
        st.sampled_from(
            ["host", "all", "trust", "bind", "0.0.0.0", "::/0", "'", '"', "\n", " ", "=", "[mysqld]", "include", "*", "#", "{", "}", ";",
             "server", "listen", "user", "default", "port", "99999", "net:", "-l", "\\", "listener", "<users>", "</users>", "@", "/", ","]
        ),
        max_size=40,
    ),
)  # fmt: skip
def test_any_mixture_of_words_is_read_without_raising(name: str, words: list[str]) -> None:
    document = Document(name, "text", "".join(words))
    dialect = StoreConfigDialect()
    if dialect.claims(document):
        for found in dialect.read([document], World()):
            if isinstance(found, Endpoint):
                assert found.posture is not None
                free = found.posture.without_password
                assert free is not None
                assert free.lower <= free.upper
                assert all(path.reaching.lower <= path.reaching.upper for path in found.paths)


def test_a_tree_that_contains_itself_or_grows_by_aliases_is_bounded() -> None:
    loop: dict[str, object] = {"network.host": "0.0.0.0"}
    loop["a"] = loop
    assert from_content(loop, lambda _: 0).problem
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [" + ",".join([f"*{chr(97 + i)}"] * 9) + "]\n" for i in range(8)
    )
    assert from_yaml(bomb).problem
    assert from_content(yaml.safe_load(bomb), lambda _: 0).problem
    assert from_yaml("a: [" * 3000).problem
    assert not from_yaml("a:\n" + "".join("  " * (i + 1) + "b:\n" for i in range(DEEPEST - 2))).problem


def test_lines_and_pointers_of_yaml_are_kept() -> None:
    text = "network:\n  host: 0.0.0.0\n# c\nhttp.port: 9200\n"
    flat = from_yaml(text)
    assert (flat.lines["network.host"], flat.lines["http.port"]) == (2, 4)


def test_what_the_loader_gives_is_read(tmp_path: Path) -> None:
    (tmp_path / "elasticsearch.yml").write_text(
        "cluster.name: c\nnetwork.host: 0.0.0.0\nxpack.security.enabled: false\n"
    )
    (tmp_path / "influx.json").write_text(json.dumps({"bolt-path": "/b", "http-bind-address": ":8086"}))
    (tmp_path / "my.cnf").write_text("[mysqld]\nbind-address = 127.0.0.1\n")
    (tmp_path / "pg_hba.conf").write_text("host all all 0.0.0.0/0 trust\n")
    dialect = StoreConfigDialect()
    documents = [document for document in load([tmp_path]).documents if dialect.claims(document)]
    found = {one.engine: one for one in dialect.read(documents, World()) if isinstance(one, Endpoint)}
    assert sorted(found) == ["elasticsearch", "influxdb", "mysql", "postgresql"]
    assert found["elasticsearch"].paths[0].place.line == 2


def test_the_defaults_of_debian_and_one_real_pg_hba(default_configurations: Path) -> None:
    dialect = StoreConfigDialect()
    loaded = load([default_configurations])
    documents = [document for document in loaded.documents if dialect.claims(document)]
    assert len(documents) == len(loaded.documents) == 12
    found = {
        (one.engine, one.name.removeprefix(str(default_configurations) + "/").split("/")[0]): one
        for one in dialect.read(documents, World())
        if isinstance(one, Endpoint)
    }
    public = {}
    for key, one in found.items():
        assert one.listening is not None
        ports = [(protocol, low) for protocol, numbers in one.listening.entries for low, _ in numbers]
        upper, lower = EMPTY, EMPTY
        for protocol, port in ports:
            reached = reach(one, port, protocol)
            upper, lower = upper | reached.upper, lower | reached.lower
        assert one.posture is not None
        public[key] = (bool(lower & PUBLIC), bool(upper & PUBLIC), one.posture.authentication)
    none, required = Authentication.NONE, Authentication.REQUIRED
    assert public == {
        ("clickhouse", "debian"): (False, False, none),
        ("etcd", "debian"): (False, False, none),
        ("influxdb", "debian"): (True, True, none),
        ("mariadb", "debian"): (False, False, required),
        ("memcached", "debian"): (False, False, none),
        # 1.x would serve everybody, and the file does not tell its version.
        ("mosquitto", "debian"): (False, True, none),
        ("postgresql", "cartodb"): (False, True, none),
        ("postgresql", "debian"): (False, False, required),
        ("redis", "debian"): (False, False, none),
    }
    assert found["redis", "debian"].posture.without_password.upper <= LOOPBACK
    free = found["postgresql", "cartodb"].posture.without_password.upper
    assert free == AddressSet.parse("172.0.0.0/8", "127.0.0.1", "::1")
    assert (free & PUBLIC).v4.size == 15_728_640
    assert found["influxdb", "debian"].posture.without_password.lower == EVERYWHERE
