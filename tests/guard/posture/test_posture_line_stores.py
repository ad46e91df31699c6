"""MySQL, Memcached, InfluxDB, Mosquitto, CouchDB, RabbitMQ, Neo4j, ZooKeeper, Solr, nginx: stores configured line by line."""

from __future__ import annotations

import pytest

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._findings import Authentication
from hushdesk.guard.posture._bind import LOOPBACK, LOOPBACK_V4
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._memcached import _parse

NONE, REQUIRED = Authentication.NONE, Authentication.REQUIRED
PARTLY, UNKNOWN = Authentication.PARTLY, Authentication.UNKNOWN


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("[mysqld]\n", EVERYWHERE, REQUIRED),
        ("[mysqld]\nbind-address = 127.0.0.1\n", LOOPBACK_V4, REQUIRED),
        ("[mysqld]\nbind_address=0.0.0.0\n", ALL_V4, REQUIRED),
        ("[mysqld]\nbind-address=*\nskip-networking\n", EMPTY, REQUIRED),
        ("[mysqld]\nbind-address=::\nskip-networking=0\n", EVERYWHERE, REQUIRED),
        ("[client]\nbind-address=0.0.0.0\n[mysqld]\nbind-address=127.0.0.1\n", LOOPBACK_V4, REQUIRED),
        ("[mysqld-8.0]\nbind-address=127.0.0.1,10.0.0.5 # two\n", ALL_V4, REQUIRED),
        ("[mariadb]\nskip-bind-address\nbind-address=127.0.0.1\n", EVERYWHERE, REQUIRED),
        ("[mariadb]\nbind-address=10.0.0.5\nskip-grant-tables\n", ALL_V4, NONE),
        ("[mysqld]\nloose-bind-address=127.0.0.1\nskip_grant_tables=OFF\n", LOOPBACK_V4, REQUIRED),
    ],
)
def test_mysql(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"my.cnf": text})
    assert found.connecting(3306).upper == found.connecting(3306).lower == sources
    assert found.login is login


def test_mysql_8_closes_its_ports_without_grant_tables(read) -> None:
    files = {"my.cnf": "[mysqld]\nskip-grant-tables\n"}
    found = read(files)
    assert found.login is NONE
    assert found.connecting(3306).upper == EVERYWHERE
    assert found.connecting(3306).lower == EMPTY
    assert read(files, mysql_version="5.7").connecting(3306).lower == EVERYWHERE
    assert read(files, mysql_version="8.0.30").connecting(3306).upper == EMPTY


def test_the_x_protocol_is_there_perhaps(read) -> None:
    found = read({"my.cnf": "[mysqld]\nbind-address=127.0.0.1\n"})
    assert found.connecting(33060).upper == EVERYWHERE
    assert found.connecting(33060).lower == EMPTY
    assert read({"my.cnf": "[mysqld]\nmysqlx=0\n"}).connecting(33060).upper == EMPTY
    assert read({"my.cnf": "[mariadb]\n"}).connecting(33060).upper == EMPTY


def test_fragments_of_mysql_are_one_server(read) -> None:
    found = read(
        {
            "etc/mysql/my.cnf": "[client]\nport=3306\n!includedir /etc/mysql/conf.d/\n!includedir /etc/mysql/mysql.conf.d/\n",
            "etc/mysql/conf.d/a.cnf": "[mysqld]\nbind-address=0.0.0.0\n",
            "etc/mysql/mysql.conf.d/mysqld.cnf": "[mysqld]\nport=3307\nbind-address=127.0.0.1\n",
        }
    )
    assert found.connecting(3307).lower == LOOPBACK_V4
    found = read(
        {
            "m/50-server.cnf": "[mysqld]\nbind-address=127.0.0.1\n",
            "m/60-open.cnf": "[mysqld]\nbind-address=0.0.0.0\n",
        }
    )
    assert found.connecting(3306).lower == ALL_V4


def test_client_options_alone_are_no_server(read) -> None:
    assert read({"my.cnf": "[client]\nport=3306\n"}).unclaimed


@pytest.mark.parametrize(
    ("text", "tcp", "udp", "login"),
    [
        ("-d\n-m 64\n", EVERYWHERE, EMPTY, NONE),
        ("-d\n-l 127.0.0.1\n", LOOPBACK_V4, EMPTY, NONE),
        ("-l127.0.0.1,10.0.0.5\n", ALL_V4, EMPTY, NONE),
        ("-l 0.0.0.0\n-U 11211\n", ALL_V4, ALL_V4, NONE),
        ("-l ::\n-S\n", ALL_V6, EMPTY, REQUIRED),
        ("--listen=127.0.0.1\n--auth-file=/a\n", LOOPBACK_V4, EMPTY, REQUIRED),
        ("-vS -l 10.0.0.5\n", ALL_V4, EMPTY, REQUIRED),
        ("-s /run/m.sock\n", EMPTY, EMPTY, NONE),
        ("-p 0\n-U 11211\n", EMPTY, EVERYWHERE, NONE),
        ("# -l 127.0.0.1\n-m 64\n", EVERYWHERE, EMPTY, NONE),
    ],
)
def test_memcached(read, text: str, tcp: AddressSet, udp: AddressSet, login: Authentication) -> None:
    found = read({"memcached.conf": text})
    assert found.connecting(11211).lower == tcp
    assert found.connecting(11211, "udp").lower == udp
    assert found.login is login


def test_memcached_of_red_hat(read) -> None:
    found = read({"sysconfig/memcached": 'PORT="11311"\nOPTIONS="-l 127.0.0.1,::1"\n'})
    assert found.connecting(11311).lower == AddressSet.parse("127.0.0.0/8", "::1")


def test_options_of_memcached_in_every_spelling() -> None:
    run = Run([], None)  # type: ignore[arg-type]
    place = ConfigFile.place  # any value will do
    found = _parse(run, "-vvSl 10.0.0.5 -p11300 --udp-port 5 --enable-sasl -u mc", place)  # type: ignore[arg-type]
    assert [one[:2] for one in found] == [
        ("v", ""), ("v", ""), ("S", ""), ("l", "10.0.0.5"), ("p", "11300"), ("U", "5"), ("S", ""), ("u", "mc"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("[http]\n", EVERYWHERE, NONE),
        ('[http]\nbind-address = "127.0.0.1:8086"\n', LOOPBACK_V4, NONE),
        ('[http]\nbind-address = "0.0.0.0:8086"\nauth-enabled = true\n', EVERYWHERE, REQUIRED),
        ("[http]\nenabled = false\n", EMPTY, NONE),
        ('bind-address = "10.0.0.5:8088"\n[http]\nauth-enabled = true\n', EVERYWHERE, PARTLY),
        ("[http]\nauth-enabled = true\n[[udp]]\nenabled = true\n", EVERYWHERE, PARTLY),
        ("[http]\nauth-enabled = tru\n", EVERYWHERE, UNKNOWN),
    ],
)
def test_influxdb_1(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"influxdb.conf": "reporting-disabled = true\n" + text})
    assert found.connecting(8086).upper == sources
    assert found.login is login


def test_influxdb_2_always_asks(read) -> None:
    for path, text in (
        ("config.toml", 'bolt-path = "/b"\nhttp-bind-address = "127.0.0.1:9999"\n'),
        ("config.yml", "bolt-path: /b\nhttp-bind-address: 127.0.0.1:9999\n"),
    ):
        found = read({path: text})
        assert found.login is REQUIRED
        assert found.connecting(9999).lower == LOOPBACK_V4


@pytest.mark.parametrize(
    ("text", "upper", "lower", "login"),
    [
        ("persistence true\n", EVERYWHERE, LOOPBACK, NONE),
        ("listener 1883\n", EVERYWHERE, EVERYWHERE, UNKNOWN),
        ("listener 1883 127.0.0.1\nallow_anonymous true\n", LOOPBACK_V4, LOOPBACK_V4, NONE),
        ("allow_anonymous false\nlistener 1883 10.0.0.5\n", ALL_V4, ALL_V4, REQUIRED),
        ("listener 1883\npassword_file /p\n", EVERYWHERE, EVERYWHERE, REQUIRED),
        ("listener 1883\npassword_file /p\nallow_anonymous true\n", EVERYWHERE, EVERYWHERE, NONE),
        ("listener 1883\nallow_anonymous true\nacl_file /a\n", EVERYWHERE, EVERYWHERE, PARTLY),
        ("port 1883\nbind_address 127.0.0.1\nallow_anonymous true\n", LOOPBACK_V4, LOOPBACK_V4, NONE),
        ("listener 0 /run/m.sock\n", EMPTY, EMPTY, NONE),
        ("listener 1883\nsocket_domain ipv4\nallow_anonymous true\n", ALL_V4, ALL_V4, NONE),
        ("listener 1883\nrequire_certificate true\nallow_anonymous true\n", EVERYWHERE, EVERYWHERE, REQUIRED),
    ],
)
def test_mosquitto(read, text: str, upper: AddressSet, lower: AddressSet, login: Authentication) -> None:
    found = read({"mosquitto.conf": text})
    assert found.connecting(1883).upper == upper
    assert found.connecting(1883).lower == lower
    if upper:
        assert found.login is login


def test_listeners_of_mosquitto_may_differ(read) -> None:
    text = "per_listener_settings true\nlistener 1883 127.0.0.1\nallow_anonymous true\nlistener 8883\npassword_file /p\ncertfile /c\n"
    found = read({"mosquitto.conf": text})
    assert found.login is PARTLY
    assert found.free.lower == LOOPBACK_V4
    assert found.connecting(8883).lower == EVERYWHERE


def test_the_version_of_mosquitto_settles_its_defaults(read) -> None:
    assert (
        read({"mosquitto.conf": "persistence true\n"}, mosquitto_version="2.0.11").connecting(1883).upper
        == LOOPBACK
    )
    assert (
        read({"mosquitto.conf": "persistence true\n"}, mosquitto_version="1.6").connecting(1883).lower
        == EVERYWHERE
    )
    assert read({"mosquitto.conf": "listener 1883\n"}, mosquitto_version="2.0").login is REQUIRED


def test_the_include_folder_of_mosquitto(read) -> None:
    files = {
        "mosquitto/mosquitto.conf": "include_dir /etc/mosquitto/conf.d\n",
        "mosquitto/conf.d/open.conf": "listener 1883\nallow_anonymous true\n",
    }
    assert read(files).login is NONE
    assert read(files).connecting(1883).lower == EVERYWHERE


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("[chttpd]\nport = 5984\n", LOOPBACK_V4, NONE),
        ("[chttpd]\nbind_address = 0.0.0.0\n", ALL_V4, NONE),
        ("[chttpd]\nbind_address = any\n[admins]\nroot = x\n", EVERYWHERE, UNKNOWN),
        ("[chttpd]\nbind_address = ::\nrequire_valid_user = true ; yes\n", EVERYWHERE, REQUIRED),
        ("[httpd]\nbind_address = 10.0.0.5\n[couchdb]\n", ALL_V4, NONE),
        ("[couchdb]\ndefault_security = admin_only\n[admins]\nroot = x\n", LOOPBACK_V4, REQUIRED),
        ("[couchdb]\ndefault_security = everyone\n[admins]\nroot = x\n", LOOPBACK_V4, PARTLY),
    ],
)
def test_couchdb(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"local.ini": text if "[c" in text else "[couchdb]\n" + text})
    assert found.connecting(5984).lower == sources
    assert found.login is login


def test_the_later_file_of_couchdb_counts(read) -> None:
    found = read(
        {
            "etc/default.ini": "[chttpd]\nbind_address = 127.0.0.1\n",
            "etc/local.ini": "[couchdb]\n[chttpd]\n;bind_address = 10.0.0.5\n",
            "etc/local.d/net.ini": "[chttpd]\nbind_address = 0.0.0.0\n",
        }
    )
    assert found.connecting(5984).lower == ALL_V4


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("vm_memory_high_watermark.relative = 0.4\n", EVERYWHERE, REQUIRED),
        ("listeners.tcp.local = 127.0.0.1:5672\n", LOOPBACK_V4, REQUIRED),
        ("listeners.tcp = none\nlisteners.ssl.default = 5671\n", EMPTY, REQUIRED),
        ("listeners.tcp.default = 5672\nloopback_users = none\n", EVERYWHERE, NONE),
        ("loopback_users.guest = false\nlisteners.tcp.1 = 10.0.0.5:5672\n", ALL_V4, NONE),
        ("loopback_users.guest = false\ndefault_pass = other\n", EVERYWHERE, REQUIRED),
        ("loopback_users.guest = true\n", EVERYWHERE, REQUIRED),
        ("anonymous_login_user = reader\n", EVERYWHERE, NONE),
    ],
)
def test_rabbitmq(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"rabbitmq.conf": text})
    assert found.connecting(5672).lower == sources
    assert found.login is login


def test_erlang_terms_are_not_looked_at_and_unknown(read) -> None:
    found = read({"rabbitmq.config": "[{rabbit, [{loopback_users, []}]}].\n"})
    assert found.skipped
    assert found.login is UNKNOWN


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("dbms.security.auth_enabled=true\n", LOOPBACK, REQUIRED),
        ("server.default_listen_address=0.0.0.0\ndbms.security.auth_enabled=false\n", EVERYWHERE, NONE),
        ("dbms.connectors.default_listen_address=10.0.0.5\n", ALL_V4, REQUIRED),
        (
            "dbms.default_listen_address=0.0.0.0\nserver.bolt.listen_address=127.0.0.1:7687\n",
            LOOPBACK_V4,
            REQUIRED,
        ),
        ("server.default_listen_address=0.0.0.0\nserver.bolt.enabled=false\n", EMPTY, REQUIRED),
    ],
)
def test_neo4j(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"neo4j.conf": text})
    assert found.connecting(7687).lower == sources
    assert found.login is login


@pytest.mark.parametrize(
    ("text", "sources", "login"),
    [
        ("clientPort=2181\n", EVERYWHERE, NONE),
        ("clientPort=2181\nclientPortAddress=127.0.0.1\n", LOOPBACK_V4, NONE),
        ("clientPort=2181\nsessionRequireClientSASLAuth=true\n", EVERYWHERE, REQUIRED),
        ("secureClientPort=2182\n", EMPTY, REQUIRED),
    ],
)
def test_zookeeper(read, text: str, sources: AddressSet, login: Authentication) -> None:
    found = read({"zoo.cfg": "tickTime=2000\ndataDir=/d\n" + text})
    assert found.connecting(2181).lower == sources
    assert found.login is login


def test_solr(read) -> None:
    text = 'SOLR_JETTY_HOST="0.0.0.0"\n'
    assert read({"solr.in.sh": text}).connecting(8983).lower == EVERYWHERE
    assert read({"solr.in.sh": text}).login is UNKNOWN
    assert read({"solr.in.sh": '#SOLR_HOME="/s"\n'}).connecting(8983).upper == EVERYWHERE
    assert read({"solr.in.sh": '#SOLR_HOME="/s"\n'}, solr_version="9.4").connecting(8983).upper == LOOPBACK


SITE = "server {{ listen 8080; {outside} location /dump {{ {inside} autoindex on; }} }}\n"


@pytest.mark.parametrize(
    ("outside", "inside", "login", "free"),
    [
        ("", "", NONE, ALL_V4),
        ("auth_basic 'x';", "", REQUIRED, EMPTY),
        ("auth_basic 'x';", "auth_basic off;", NONE, ALL_V4),
        ("auth_request /auth;", "", REQUIRED, EMPTY),
        ("allow 10.0.0.0/8; deny all;", "", PARTLY, AddressSet.parse("10.0.0.0/8")),
        ("deny 10.0.0.0/8;", "", PARTLY, ALL_V4 - AddressSet.parse("10.0.0.0/8")),
        ("deny all;", "allow 192.0.2.0/24; deny all;", PARTLY, AddressSet.parse("192.0.2.0/24")),
        (
            "auth_basic x; satisfy any; allow 192.0.2.0/24; deny all;",
            "",
            PARTLY,
            AddressSet.parse("192.0.2.0/24"),
        ),
    ],
)
def test_nginx(read, outside: str, inside: str, login: Authentication, free: AddressSet) -> None:
    found = read({"sites/dump.conf": SITE.format(outside=outside, inside=inside)})
    assert found.login is login
    assert found.free.upper == found.free.lower == free
    assert found.connecting(8080).lower == ALL_V4


def test_nginx_that_lists_nothing_is_no_store(read) -> None:
    text = "http {\n include mime.types;\n include sites/*;\n server {\n listen 80; # autoindex on;\n }\n}\n"
    found = read({"nginx.conf": text})
    assert not found.endpoints
    assert [one.place.line for one in found.skipped] == [3]


def test_addresses_of_nginx(read) -> None:
    text = (
        "server {\n autoindex on; listen 127.0.0.1:81; listen [::]:82; listen unix:/s;\n server_name f;\n}\n"
    )
    found = read({"n.conf": text})
    assert found.connecting(81).lower == LOOPBACK_V4
    assert found.connecting(82).lower == ALL_V6
    assert found.endpoint.aliases == ("f",)


def test_a_block_that_is_not_closed_is_told(read) -> None:
    assert read({"n.conf": "server {\n listen 80;\n autoindex on;\n"}).malformed
