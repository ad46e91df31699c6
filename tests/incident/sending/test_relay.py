"""Where letters go, and that nobody on the way reads them."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import threading
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sending_help import QUICK, everyone, plan

from hushdesk.incident.sending import Ended, PlainRelayError, Relay, RelayError, State, Tls, send
from hushdesk.incident.sending._relay import Login

NAMED = {"sender": "desk@example.com"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    "host", ["192.0.2.7", "relay.example.com", "127.0.0.1.example.com", "0.0.0.0", "2001:db8::1"]
)
def test_no_other_machine_is_spoken_to_in_the_clear(host, outbox):
    plan(outbox, 1)
    opened = []
    with pytest.raises(PlainRelayError):
        send(outbox, Relay(host=host, tls=Tls.NONE, **NAMED), opened.append, QUICK)
    assert not opened
    assert outbox.counts()[State.PLANNED] == 1


def test_a_local_name_that_leads_elsewhere_is_not_spoken_to(outbox, monkeypatch):
    plan(outbox, 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.settimeout(10)
        heard = []

        def listen():
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(1000))

        thread = threading.Thread(target=listen)
        thread.start()
        monkeypatch.setattr("hushdesk.incident.sending._relay._loopback", lambda ip: ip == "localhost")
        relay = Relay(host="localhost", port=port, tls=Tls.NONE, **NAMED)
        monkeypatch.setattr("hushdesk.incident.sending._relay._loopback_name", lambda _: True)
        found = send(outbox, relay, everyone("ok"), replace(QUICK, failures=1))
        thread.join()
    assert found.ended is Ended.RELAY
    assert heard == [b""]
    assert outbox.counts()[State.PLANNED] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 0},
        {"host": ""},
        {"host": "a b"},
        {"sender": "no address"},
        {"sender": "ü@example.com"},
        {"sender_name": "Desk\r\nBcc: x"},
        {"return_path": "a" * 50 + "@example.com"},
    ],
)
def test_settings_that_cannot_be_used(wrong):
    with pytest.raises(RelayError):
        Relay(**{"host": "relay.example.com", **NAMED, **wrong}).check()


def test_the_password_is_read_from_a_file_of_the_owner_alone(tmp_path):
    path = tmp_path / "login"
    path.write_text('{"user": "desk", "password": "correct horse"}')
    path.chmod(0o640)
    with pytest.raises(RelayError, match="others"):
        Login.read(path)
    path.chmod(0o600)
    assert (Login.read(path).user, Login.read(path).password) == ("desk", "correct horse")
    assert "horse" not in repr(Login.read(path))
    path.write_text("desk\ncorrect horse\n")
    assert Login.read(path).password == "correct horse"
    path.write_text("correct horse\n")
    with pytest.raises(RelayError, match="form") as caught:
        Login.read(path)
    assert "horse" not in str(caught.value)
    with pytest.raises(RelayError, match="read"):
        Login.read(tmp_path / "none")


def test_letters_go_through_tls_with_a_login(start, certificate, outbox, tmp_path):
    sink = start("--certificate", str(certificate), "--login")
    login = tmp_path / "login"
    login.write_text('{"user": "desk", "password": "correct horse"}')
    login.chmod(0o600)
    relay = replace(sink.relay, tls=Tls.STARTTLS, authorities=certificate, login=login)
    plan(outbox, 5)
    assert send(outbox, relay, everyone("ok"), QUICK).counts[State.ACCEPTED] == 5
    assert set(sink.taken().values()) == {1}


def test_a_wrong_password_ends_the_run_at_once(start, certificate, outbox, tmp_path):
    sink = start("--certificate", str(certificate), "--login")
    login = tmp_path / "login"
    login.write_text('{"user": "desk", "password": "wrong horse"}')
    login.chmod(0o600)
    relay = replace(sink.relay, tls=Tls.STARTTLS, authorities=certificate, login=login)
    plan(outbox, 5)
    found = send(outbox, relay, everyone("ok"), replace(QUICK, failures=100, connections=1))
    assert (found.ended, found.code) == (Ended.RELAY, 535)
    assert found.counts[State.PLANNED] == 5


def test_a_certificate_nobody_vouches_for_is_not_trusted(start, certificate, outbox):
    sink = start("--certificate", str(certificate))
    plan(outbox, 1)
    found = send(outbox, replace(sink.relay, tls=Tls.STARTTLS), everyone("ok"), replace(QUICK, failures=2))
    assert found.ended is Ended.RELAY
    assert not sink.taken()
    assert not any(line.get("event") == "rcpt" for line in sink.lines())


def test_a_relay_without_starttls_gets_nothing(sink, outbox):
    plan(outbox, 1)
    found = send(outbox, replace(sink.relay, tls=Tls.STARTTLS), everyone("ok"), replace(QUICK, failures=2))
    assert found.ended is Ended.RELAY
    assert found.counts[State.PLANNED] == 1
    assert not sink.taken()
