"""What the files say against what real servers do: each is started with a configuration, and clients without a password try it.

The server stands in a network namespace of its own, and its clients on loopback and in a second one, under addresses that are reserved for
documentation. Nothing leaves the two.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Authentication, Endpoint
from hushdesk.guard.posture import StoreConfigDialect
from hushdesk.guard.reach import reach

pytestmark = pytest.mark.slow

CLIENT = Path(__file__).with_name("anonymous_client.py")
SERVER_4, SERVER_6 = "203.0.113.10", "2001:db8::10"
OUTSIDER_4, OUTSIDER_6 = "203.0.113.66", "2001:db8::66"
POSTGRES = Path("/usr/lib/postgresql/15/bin")
ORDINARY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
PATIENCE = 60.0
BINARIES = {
    "redis": "redis-server", "postgresql": str(POSTGRES / "postgres"), "mysql": "mariadbd", "influxdb": "influxd", "clickhouse": "clickhouse-server",
}  # fmt: skip


def run(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=PATIENCE)


@dataclass
class Net:
    """Two namespaces with a wire between them."""

    server: str
    client: str

    def ask(self, protocol: str, host: str, port: int, *, outside: bool) -> str:
        space = self.client if outside else self.server
        words = ["ip", "netns", "exec", space, sys.executable, "-I", "-S", CLIENT, protocol, host, str(port)]
        done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout.strip()


@pytest.fixture(scope="module")
def net() -> Iterator[Net]:
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("setpriv"):
        pytest.skip("network namespaces need root, ip and setpriv")
    names = Net(f"gps{os.getpid()}", f"gpc{os.getpid()}")
    for name in (names.server, names.client):
        made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True)
        if made.returncode:
            pytest.skip("this machine allows no network namespaces")
    try:
        a, b = f"va{os.getpid()}", f"vb{os.getpid()}"
        run(
            "ip",
            "link",
            "add",
            a,
            "netns",
            names.server,
            "type",
            "veth",
            "peer",
            "name",
            b,
            "netns",
            names.client,
        )
        for space, wire, four, six in (
            (names.server, a, SERVER_4, SERVER_6),
            (names.client, b, OUTSIDER_4, OUTSIDER_6),
        ):
            run("ip", "-n", space, "addr", "add", f"{four}/24", "dev", wire)
            run("ip", "-n", space, "addr", "add", f"{six}/64", "dev", wire, "nodad")
            run("ip", "-n", space, "link", "set", wire, "up")
            run("ip", "-n", space, "link", "set", "lo", "up")
        yield names
    finally:
        for name in (names.server, names.client):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


@dataclass
class Case:
    """One server with one configuration."""

    engine: str
    port: int
    files: dict[str, str]
    """By name; ``{here}`` is the folder."""
    login: Authentication
    """What must be said of it, so that an empty verdict cannot agree by saying nothing."""
    command: Callable[[Path], list[str]]
    version: str = ""
    mode: str = ""
    """How the data folder was prepared."""
    ready: str = ""
    """A file that appears when the server is up, where no port opens."""
    extra: dict[str, str] = field(default_factory=dict)
    """Files that are not configuration."""


NONE, REQUIRED, PARTLY = Authentication.NONE, Authentication.REQUIRED, Authentication.PARTLY


def redis(text: str, login: Authentication, **more: str) -> Case:
    files = {"redis.conf": text + "\nsave ''\nappendonly no\n", **more}
    return Case(
        "redis", 6379, files, login, lambda here: ["redis-server", str(here / "redis.conf")], "7.0.15"
    )


def memcached(text: str, login: Authentication) -> Case:
    def command(here: Path) -> list[str]:
        # As Debian's start script: only lines that begin with a dash count.
        lines = [line for line in (here / "memcached.conf").read_text().splitlines() if line.startswith("-")]
        return [*ORDINARY, "memcached", *(word for line in lines for word in line.split())]

    return Case("memcached", 11211, {"memcached.conf": text}, login, command, extra={"auth": "a:b"})


def postgresql(conf: str, hba: str, login: Authentication) -> Case:
    files = {
        "data/postgresql.conf": conf + "\nunix_socket_directories = ''\nmax_wal_senders = 3\n",
        "data/pg_hba.conf": hba,
    }
    return Case(
        "postgresql",
        5432,
        files,
        login,
        lambda here: [*ORDINARY, str(POSTGRES / "postgres"), "-D", str(here / "data")],
        mode="pg",
    )


def mariadb(text: str, login: Authentication) -> Case:
    def command(here: Path) -> list[str]:
        own = [
            "--datadir",
            here / "data",
            "--socket",
            here / "s.sock",
            "--pid-file",
            here / "p.pid",
            "--user=root",
        ]
        return ["mariadbd", f"--defaults-file={here / 'my.cnf'}", *(str(word) for word in own)]

    return Case("mysql", 3306, {"my.cnf": text}, login, command, mode="mariadb", ready="s.sock")


def etcd(text: str, login: Authentication) -> Case:
    def command(here: Path) -> list[str]:
        settings = [line for line in (here / "etcd").read_text().splitlines() if line.startswith("ETCD_")]
        return [
            "env",
            *(line.replace('"', "") for line in settings),
            "etcd",
            "--data-dir",
            str(here / "data"),
        ]

    return Case("etcd", 2379, {"etcd": text}, login, command)


def influxdb(text: str, login: Authentication) -> Case:
    folders = '[meta]\n  dir = "{here}/meta"\n[data]\n  dir = "{here}/data"\n  wal-dir = "{here}/wal"\n'
    files = {"influxdb.conf": "reporting-disabled = true\n" + folders + text}
    return Case(
        "influxdb", 8086, files, login, lambda here: ["influxd", "-config", str(here / "influxdb.conf")]
    )


def mosquitto(text: str, login: Authentication, **extra: str) -> Case:
    def command(here: Path) -> list[str]:
        return ["mosquitto", "-c", str(here / "mosquitto.conf")]

    return Case("mosquitto", 1883, {"mosquitto.conf": text}, login, command, "2.0.11", extra=extra)


def clickhouse(hosts: str, user: str, login: Authentication) -> Case:
    config = (
        f"<yandex><logger><console>1</console></logger><http_port>8123</http_port><tcp_port>9000</tcp_port>{hosts}"
        "<path>{here}/d/</path><tmp_path>{here}/t/</tmp_path><users_config>users.xml</users_config>"
        "<default_profile>default</default_profile><default_database>default</default_database>"
        "<mark_cache_size>5368709120</mark_cache_size></yandex>"
    )
    users = (
        f"<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default>{user}"
        "<profile>default</profile><quota>default</quota></default></users></yandex>"
    )
    files = {"config.xml": config, "users.xml": users}
    return Case(
        "clickhouse",
        8123,
        files,
        login,
        lambda here: ["clickhouse-server", f"--config-file={here / 'config.xml'}"],
    )


def nginx(text: str, login: Authentication) -> Case:
    files = {
        "nginx.conf": "pid {here}/nginx.pid;\nerror_log stderr;\nevents { }\nhttp {\n access_log off;\n server {\n"
        + text
        + "\n }\n}\n"
    }

    def command(here: Path) -> list[str]:
        return ["nginx", "-c", str(here / "nginx.conf"), "-g", "daemon off;"]

    return Case("nginx", 8080, files, login, command, extra={"dump/a.txt": "x"})


LISTED = "listen 8080; listen [::]:8080; root {here}; location /dump/ { autoindex on; {more} }"
ALL = "0.0.0.0/0"
HOSTS = "<listen_host>::</listen_host>"
CASES = {
    "redis open": redis("bind 0.0.0.0\nprotected-mode no", NONE),
    "redis both families": redis("bind * -::*\nprotected-mode no", NONE),
    "redis six alone": redis("bind ::\nprotected-mode no", NONE),
    "redis loopback": redis("bind 127.0.0.1 -::1", NONE),
    "redis protected": redis("bind 0.0.0.0", PARTLY),
    "redis password": redis("requirepass secret\nprotected-mode no", REQUIRED),
    "redis user off": redis("user default off\nuser a on >p ~* +@all\nbind 0.0.0.0", REQUIRED),
    "redis acl file": redis(
        "bind 0.0.0.0\nprotected-mode no\nrequirepass x\naclfile {here}/users.acl",
        NONE,
        **{"users.acl": "user a on >p ~* +@all"},
    ),
    "redis no tcp": redis("port 0\nunixsocket {here}/s.sock", NONE),
    "memcached open": memcached("-m 64\n", NONE),
    "memcached four alone": memcached("-m 64\n-l 0.0.0.0\n", NONE),
    "memcached loopback": memcached("-l 127.0.0.1\n# -l 0.0.0.0\n", NONE),
    "memcached password": memcached("-l 0.0.0.0\n-Y {here}/auth\n", REQUIRED),
    "postgresql debian": postgresql(
        "", "local all all peer\nhost all all 127.0.0.1/32 scram-sha-256\n", REQUIRED
    ),
    "postgresql trust": postgresql("listen_addresses = '*'", f"host all all {ALL} trust\n", NONE),
    "postgresql order": postgresql(
        "listen_addresses = '*'",
        "host all all 203.0.113.0/24 scram-sha-256\nhost all all all trust\n",
        PARTLY,
    ),
    "postgresql one database": postgresql(
        "listen_addresses = '*'",
        "host postgres all all scram-sha-256\nhost all all 203.0.113.0/24 trust\n",
        PARTLY,
    ),
    "postgresql one user": postgresql(
        "listen_addresses = '0.0.0.0'",
        "host all monitor 203.0.113.64/26 trust\nhost all all all reject\n",
        PARTLY,
    ),
    "postgresql tls is off": postgresql(
        "listen_addresses = '*'\nssl = off",
        "hostssl all all all trust\nhost all all 0.0.0.0 0.0.0.0 scram-sha-256\n",
        REQUIRED,
    ),
    "postgresql six": postgresql("listen_addresses = '::'", "host all all ::/0 trust\n", NONE),
    "postgresql replication": postgresql(
        "listen_addresses = '*'",
        "host all all all scram-sha-256\nhost replication all 203.0.113.0/24 trust\n",
        PARTLY,
    ),
    "postgresql ident": postgresql("listen_addresses = '*'", "host all all samehost trust\n", NONE),
    "mariadb loopback": mariadb("[mariadb]\nbind-address = 127.0.0.1\n", REQUIRED),
    "mariadb asks": mariadb("[mariadb]\nbind-address = 0.0.0.0\n", REQUIRED),
    "mariadb without grants": mariadb("[mariadb]\nskip-grant-tables\n", NONE),
    "mariadb no tcp": mariadb("[mariadb]\nskip-networking\nskip-grant-tables\n", NONE),
    "etcd default": etcd("# ETCD_NAME=x\n", NONE),
    "etcd open": etcd(
        'ETCD_LISTEN_CLIENT_URLS="http://0.0.0.0:2379"\nETCD_ADVERTISE_CLIENT_URLS="http://203.0.113.10:2379"\n',
        NONE,
    ),
    "influxdb open": influxdb("[http]\n", NONE),
    "influxdb four": influxdb('[http]\n  bind-address = "0.0.0.0:8086"\n', NONE),
    "influxdb loopback by name": influxdb('[http]\n  bind-address = "localhost:8086"\n', NONE),
    "influxdb loopback": influxdb('[http]\n  bind-address = "127.0.0.1:8086"\n', NONE),
    "influxdb asks": influxdb("[http]\n  auth-enabled = true\n", REQUIRED),
    "mosquitto default": mosquitto("persistence false\n", NONE),
    "mosquitto listener": mosquitto("persistence false\nlistener 1883\n", REQUIRED),
    "mosquitto open": mosquitto("persistence false\nlistener 1883\nallow_anonymous true\n", NONE),
    "mosquitto four": mosquitto("listener 1883 0.0.0.0\nallow_anonymous true\n", NONE),
    "clickhouse default": clickhouse("", "<password></password><networks><ip>::/0</ip></networks>", NONE),
    "clickhouse open": clickhouse(HOSTS, "<password></password><networks><ip>::/0</ip></networks>", NONE),
    "clickhouse four alone": clickhouse(
        HOSTS, "<password></password><networks><ip>203.0.113.0/255.255.255.0</ip></networks>", PARTLY
    ),
    "clickhouse password": clickhouse(
        HOSTS, "<password>x</password><networks><ip>::/0</ip></networks>", REQUIRED
    ),
    "nginx listing": nginx(LISTED.replace("{more}", ""), NONE),
    "nginx password": nginx(
        LISTED.replace("{more}", "auth_basic x; auth_basic_user_file {here}/none;"), REQUIRED
    ),
    "nginx allow": nginx(LISTED.replace("{more}", "allow 203.0.113.0/24; deny all;"), PARTLY),
}


@pytest.fixture(scope="module")
def prepared() -> Iterator[Callable[[str], Path]]:
    """Data folders that take seconds to make, made once."""
    base = Path(tempfile.mkdtemp(prefix="guard-"))
    base.chmod(0o755)

    def make(mode: str) -> Path:
        data = base / mode
        if data.exists():
            return data
        data.mkdir()
        os.chown(data, 65534, 65534)
        if mode == "pg":
            run(
                *ORDINARY,
                POSTGRES / "initdb",
                "-D",
                data,
                "-U",
                "nobody",
                "-A",
                "trust",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C",
            )
        else:
            run("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root", "--skip-test-db")
        return data

    yield make
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def here() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="guard-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def endpoint(case: Case, here: Path) -> Endpoint:
    dialect = StoreConfigDialect()
    documents = []
    for name in case.files:
        shown = "mariadb/my.cnf" if name == "my.cnf" else name
        documents.append(Document(shown, "text", (here / name).read_text().replace(f"{here}/", "")))
    documents = [document for document in documents if dialect.claims(document)]
    parameters = {f"{case.engine}.version": case.version} if case.version else {}
    (found,) = [
        one for one in dialect.read(documents, World(parameters=parameters)) if isinstance(one, Endpoint)
    ]
    return found


def wait(net: Net, case: Case, process: subprocess.Popen[bytes], here: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"the server ended: {(here / 'log').read_text(errors='replace')[-1500:]}")
        if case.ready and (here / case.ready).exists():
            return
        for host in () if case.ready else ("127.0.0.1", "::1"):
            if net.ask(case.engine, host, case.port, outside=False) != "closed":
                return
        time.sleep(0.1)
    pytest.fail("the server did not come up")


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_agrees_with_what_a_client_without_a_password_gets(
    name: str, net: Net, here: Path, prepared: Callable[[str], Path]
) -> None:
    case = CASES[name]
    if not shutil.which(BINARIES.get(case.engine, case.engine)):
        pytest.skip(f"{case.engine} is not installed")
    if case.mode:
        shutil.copytree(prepared(case.mode), here / "data", dirs_exist_ok=True)
    for file, text in {**case.files, **case.extra}.items():
        (here / file).parent.mkdir(exist_ok=True)
        (here / file).write_text(text.replace("{here}", str(here)))
    if case.mode == "pg":
        run("chown", "-R", "65534:65534", here / "data")
        (here / "data").chmod(0o700)
    if name == "redis no tcp":
        case.ready = "s.sock"
    found = endpoint(case, here)
    assert found.posture is not None
    assert found.posture.without_password is not None
    assert found.posture.authentication is case.login
    with (here / "log").open("wb") as log:
        process = subprocess.Popen(
            ["ip", "netns", "exec", net.server, *case.command(here)],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=here,
        )
    try:
        wait(net, case, process, here)
        connecting, free = reach(found, case.port), found.posture.without_password
        assert connecting.exact
        assert free.upper == free.lower
        for source, host, outside in (
            (OUTSIDER_4, SERVER_4, True),
            (OUTSIDER_6, SERVER_6, True),
            ("127.0.0.1", "127.0.0.1", False),
            ("::1", "::1", False),
        ):
            known = ipaddress.ip_address(source)
            got = net.ask(case.engine, host, case.port, outside=outside)
            said = "open" if known in free.lower else "asked" if known in connecting.lower else "closed"
            # PostgreSQL takes the connection before it looks into pg_hba.conf, and then drops it.
            if case.mode == "pg" and said == "closed" and got == "asked":
                continue
            assert (name, source, got) == (name, source, said)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_the_client_itself_tells_closed_from_asked() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(CLIENT), "redis", "127.0.0.1", str(port)],
        check=True,
        capture_output=True,
    )
    assert done.stdout == b"closed\n"
