from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hushdesk.web import ListenError, serve
from hushdesk.web._serve import check_host, is_loopback

SCRIPT = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("double", sys.argv[1])
double = importlib.util.module_from_spec(spec)
sys.modules["double"] = double
spec.loader.exec_module(double)
from pathlib import Path
from hushdesk.web import create_app, serve
options = json.loads(sys.argv[2])
async def call(scope, receive, send):
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body[::-1]})
app = create_app(double.MemoryDesk(), double.make_accounts(Path(options.pop("accounts"))))
serve(app, port=0, local={"/call": call}, on_ready=lambda url: print(url, flush=True), **options)
"""


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1", "", " ", "no.such.name.invalid"]
)
def test_no_listener_beyond_loopback_without_a_certificate(app, host):
    with pytest.raises(ListenError) as caught:
        serve(app, host, 0)
    assert caught.value.remedy
    assert caught.value.exit_code == 7


def test_the_refusal_says_why_and_what_to_do(app):
    with pytest.raises(ListenError) as caught:
        serve(app, "0.0.0.0", 0)
    assert "0.0.0.0" in caught.value.problem
    assert "--tls-cert" in caught.value.remedy


def test_a_name_that_leads_beyond_loopback_is_refused(monkeypatch):
    def resolve(*_args, **_options):
        return [(socket.AF_INET, 0, 0, "", ("127.0.0.1", 0)), (socket.AF_INET, 0, 0, "", ("198.51.100.7", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(ListenError):
        check_host("mixed.example", tls=False)
    assert check_host("mixed.example", tls=True) == ["127.0.0.1", "198.51.100.7"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("127.255.0.3", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%lo", False),
    ],
)
def test_what_counts_as_loopback(address, expected):
    assert is_loopback(address) is expected


def test_certificate_and_key_go_together_and_must_fit(app, tmp_path):
    cert, key = certificate(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    _, foreign = certificate(other)
    for pair in ((cert, None), (None, key), (cert, foreign), (cert, tmp_path / "missing"), (key, cert)):
        with pytest.raises(ListenError):
            serve(app, "127.0.0.1", 0, tls_cert=pair[0], tls_key=pair[1])


def test_a_port_in_use_is_named(app):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=str(port)):
            serve(app, "127.0.0.1", port)


def test_a_socket_folder_open_to_others_is_refused(app, tmp_path):
    tmp_path.chmod(0o755)
    with pytest.raises(ListenError, match="open to others"):
        serve(app, "127.0.0.1", 0, uds=tmp_path / "s")


def test_a_file_in_the_place_of_the_socket_is_left_alone(app, tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "s").write_text("mine")
    with pytest.raises(ListenError, match="Something else"):
        serve(app, "127.0.0.1", 0, uds=tmp_path / "s")
    assert (tmp_path / "s").read_text() == "mine"


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk.example")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName(
        [x509.DNSName("desk.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return cert_path, key_path


@pytest.fixture
def start(tmp_path):
    """Serves in a process of its own; gives its address and the process."""
    running = []

    def begin(**options):
        options["accounts"] = str(tmp_path / f"accounts-{len(running)}.sqlite")
        double = Path(__file__).with_name("_double.py")
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(double), json.dumps(options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        url = process.stdout.readline().strip()
        assert url, process.stderr.read()
        return url, process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def test_served_pages_and_the_owners_socket(start, tmp_path):
    folder = tmp_path / "run"
    path = folder / "hushdesk.sock"
    url, process = start(uds=str(path))
    assert url.startswith("http://127.0.0.1:")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert httpx2.get(url + "sign-in").status_code == 200
    assert httpx2.get(url + "cases.json").status_code == 401
    assert httpx2.get(url + "sign-in", headers={"host": "evil.example"}).status_code == 421
    with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(path)), base_url="http://hushdesk") as local:
        answer = local.get("/cases.json", params={"q": "Escalate"})
        assert answer.status_code == 200
        assert answer.json()["found"]["total"] > 0
        assert local.get("/cases", params={"q": "("}).json()["error"]["position"] == 0
        assert local.get("/cases/NOPE").json()["error"]
        assert local.get("/loads/1").json()["report"]["id"] == 1
        assert local.post("/call", content=b"abc").content == b"cba"
    assert httpx2.post(url + "call", content=b"abc").status_code == 404
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert not path.exists()


@pytest.mark.slow
def test_a_socket_left_by_a_killed_process_is_taken_over(start, tmp_path):
    path = tmp_path / "run" / "s"
    _, first = start(uds=str(path))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert path.exists()
    _, second = start(uds=str(path))
    assert second.poll() is None
    with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(path)), base_url="http://x") as local:
        assert local.get("/status.json").status_code == 200


def test_over_tls_the_names_of_the_certificate_are_answered(start, tmp_path):
    cert, key = certificate(tmp_path)
    url, _ = start(host="0.0.0.0", tls_cert=str(cert), tls_key=str(key))
    assert url.startswith("https://127.0.0.1:")
    context = ssl.create_default_context(cafile=str(cert))
    with httpx2.Client(verify=context) as client:
        answer = client.get(url + "sign-in")
        assert answer.status_code == 200
        assert answer.headers["set-cookie"].startswith("__Host-")
        assert client.get(url + "sign-in", headers={"host": "desk.example"}).status_code == 200
        assert client.get(url + "sign-in", headers={"host": "other.example"}).status_code == 421


def test_an_interrupt_ends_it_quickly(start):
    _, process = start()
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    assert time.monotonic() - begun < 8
