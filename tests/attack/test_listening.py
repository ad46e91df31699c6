"""Nothing beyond loopback is listened on without a certificate, and no option changes that."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import click
import httpx2 as httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hushdesk.cli import _serve, main
from hushdesk.desk import Desk

LISTEN = "0A"


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("listening")
    Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    return root / "desk"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "desk.example")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("desk.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


def hushdesk(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "hushdesk", *map(str, arguments)]


class Served:
    """A serving process; ended with the block."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            hushdesk("serve", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        line = self.process.stdout.readline()
        found = re.search(r"(https?)://(\S+):(\d+)/", line)
        assert found, (line, self.process.poll())
        self.scheme, self.port = found[1], int(found[3])
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, err


def inodes(pid: int) -> set[str]:
    found = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        try:
            match = re.fullmatch(r"socket:\[(\d+)\]", str(fd.readlink()))
        except OSError:
            continue
        if match:
            found.add(match[1])
    return found


def listeners(pid: int) -> tuple[list[tuple[str, int]], list[str]]:
    """What the process listens on, by the kernel's own tables: (address, port) and paths of Unix sockets."""
    mine = inodes(pid)
    found: list[tuple[str, int]] = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == LISTEN and parts[9] in mine:
                address, _, port = parts[1].partition(":")
                words = [bytes.fromhex(address[i : i + 8])[::-1] for i in range(0, len(address), 8)]
                found.append((str(ipaddress.ip_address(b"".join(words))), int(port, 16)))
    paths = []
    for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]:
        parts = line.split(maxsplit=7)
        # A flag of 10000 means that it accepts connections.
        if parts[6] in mine and int(parts[3], 16) & 0x10000:
            paths.append(parts[7] if len(parts) > 7 else "")
    for table in ("udp", "udp6", "raw", "raw6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            assert line.split()[9] not in mine, table
    return found, paths


def refused(err: str, out: str, code: object) -> None:
    """One clear line, and nothing that says that anything was served."""
    assert code == 7
    assert out == ""
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", socket.gethostname(), ""])
def test_beyond_loopback_is_refused_without_a_certificate(desk, host, capfd):
    if host == socket.gethostname():
        try:
            addresses = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
        except OSError:
            addresses = {"unresolved"}
        if all(one.startswith("127.") or one == "::1" for one in addresses):
            host = "::ffff:0.0.0.0"
    given = ("serve", "--desk", desk, "--host", host, "--port", 0)
    if host == "0.0.0.0":
        # The program itself; what follows is the same command within this process, whose start takes longest.
        done = subprocess.run(hushdesk(*given), capture_output=True, text=True, timeout=120)  # noqa: PLW1510
        out, err, code = done.stdout, done.stderr, done.returncode
    else:
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, given)))
        (out, err), code = capfd.readouterr(), ended.value.code
    refused(err, out, code)
    if host in {"0.0.0.0", "::"}:
        assert "without a certificate" in err
        assert "--tls-cert" in err
        assert "127.0.0.1" in err
    assert not (desk / "run").exists()


@pytest.mark.parametrize("given", [("--tls-cert",), ("--tls-key",)])
def test_half_a_certificate_is_none(desk, certificate, given, capfd):
    paths = {"--tls-cert": certificate[0], "--tls-key": certificate[1]}
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--desk", str(desk), "--host", "0.0.0.0", "--port", "0", *given, str(paths[given[0]])])
    out, err = capfd.readouterr()
    refused(err, out, ended.value.code)


def test_no_option_and_no_variable_of_the_environment_turns_it_off(desk, monkeypatch):
    """Whatever else is given, in whatever combination one option allows, the address is refused."""
    tried = 0
    for option in _serve.serve.params:
        assert isinstance(option, click.Option)
        if option.name in {"tls_cert", "tls_key", "tls_own", "host", "desk_path", "help"}:
            continue
        for value in {"port": ["0", "8419", "443"], "names": ["0.0.0.0", "*", "localhost"]}[option.name]:
            with pytest.raises(SystemExit) as ended:
                main(["serve", "--desk", str(desk), "--host", "0.0.0.0", option.opts[0], value])
            assert ended.value.code == 7
            tried += 1
    assert tried >= 6
    for name in (
        "HUSHDESK_SERVE_TLS",
        "HUSHDESK_INSECURE",
        "HUSHDESK_SERVE_INSECURE",
        "HUSHDESK_SERVE_FORCE",
    ):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HUSHDESK_SERVE_HOST", "0.0.0.0")
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--desk", str(desk)])
    assert ended.value.code == 7


def test_while_serving_only_loopback_and_the_owners_socket_listen(desk):
    with Served("--desk", desk, "--port", 0) as served:
        assert served.scheme == "http"
        found, paths = listeners(served.process.pid)
        assert found == [("127.0.0.1", served.port)]
        assert paths == [str(desk / "run" / "owner.sock")]
        assert (desk / "run").stat().st_mode & 0o077 == 0
        assert (desk / "run" / "owner.sock").stat().st_mode & 0o777 == 0o600
        assert httpx.get(f"http://127.0.0.1:{served.port}/health").status_code == 200
    assert not (desk / "run" / "owner.sock").exists()


def test_with_a_certificate_it_is_tls_and_nothing_else(desk, certificate):
    cert, key = certificate
    tls = ("--tls-cert", cert, "--tls-key", key)
    with Served("--desk", desk, "--host", "0.0.0.0", "--port", 0, *tls) as served:
        assert served.scheme == "https"
        assert listeners(served.process.pid)[0] == [("0.0.0.0", served.port)]
        trusted = ssl.create_default_context(cafile=str(cert))
        answer = httpx.get(f"https://127.0.0.1:{served.port}/health", verify=trusted)
        assert answer.status_code == 200
        # The cookie of a page over TLS never travels in the clear.
        page = httpx.get(f"https://127.0.0.1:{served.port}/sign-in", verify=trusted)
        assert all("Secure" in value for value in page.headers.get_list("set-cookie"))
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{served.port}/health")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with (
            socket.create_connection(("127.0.0.1", served.port)) as raw,
            old.wrap_socket(raw) as wrapped,
        ):
            assert wrapped.version() == "TLSv1.2"


@pytest.mark.slow
def test_a_desk_deep_in_folders_is_served_and_leaves_nothing_in_the_temporary_folder(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    Desk.create(deep / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp))
    with Served("--desk", deep / "desk", "--port", 0):
        done = subprocess.run(  # noqa: PLW1510
            hushdesk("status", "--desk", deep / "desk", "--json"), capture_output=True, timeout=30
        )
        assert json.loads(done.stdout)["used_by"]
        # The folder for the socket is the server's alone.
        assert [path.stat().st_mode & 0o777 for path in tmp.iterdir()] == [0o700]
    time.sleep(0.1)
    assert list(tmp.iterdir()) == []
