"""The desk's own certificate: verified as a browser would, renewed in time, of no use for other names."""

from __future__ import annotations

import datetime as dt
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from hushdesk.vault import KeysUnsafeError
from hushdesk.web import CertificateNameError, certificate_expiry, own_certificate

NAMES = ("desk.example.org", "192.0.2.7")


@pytest.fixture
def keys(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


def leaf(own) -> x509.Certificate:
    return x509.load_pem_x509_certificates(own.cert.read_bytes())[0]


def test_files_are_the_owners_alone_and_belong_together(keys):
    own = own_certificate(keys, NAMES)
    assert own.renewed
    folder = keys / "tls"
    assert folder.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "authority-key.pem",
        "authority.pem",
        "cert.pem",
        "key.pem",
    ]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(own.cert, own.key)
    assert set(NAMES) <= set(own.names)
    assert {"localhost", "127.0.0.1", "::1"} <= set(own.names)
    authority = x509.load_pem_x509_certificate(own.authority.read_bytes())
    assert own.fingerprint.count(":") == 31
    assert leaf(own).issuer == authority.subject
    assert certificate_expiry(own.cert) == own.expires


def verify(own, name: x509.GeneralName, at: dt.datetime) -> None:
    authority = x509.load_pem_x509_certificate(own.authority.read_bytes())
    verifier = PolicyBuilder().store(Store([authority])).time(at)
    subject = x509.DNSName(name.value) if isinstance(name, x509.DNSName) else name
    verifier.build_server_verifier(subject).verify(leaf(own), [])


def test_kept_until_a_month_before_the_end_and_then_made_anew_under_the_same_authority(keys):
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    first = own_certificate(keys, NAMES, now=begin)
    again = own_certificate(keys, NAMES, now=begin + dt.timedelta(days=50))
    assert not again.renewed
    assert leaf(again) == leaf(first)
    later = own_certificate(keys, NAMES, now=begin + dt.timedelta(days=61))
    assert later.renewed
    assert later.fingerprint == first.fingerprint
    assert later.expires > first.expires
    # An authority near its own end is replaced before a leaf would outlive it.
    last = own_certificate(keys, NAMES, now=begin + dt.timedelta(days=3_600))
    assert last.fingerprint != first.fingerprint


def test_a_further_name_makes_both_anew_since_the_authority_speaks_for_its_names_alone(keys):
    first = own_certificate(keys, NAMES)
    more = own_certificate(keys, (*NAMES, "other.example.org"))
    assert more.renewed
    assert more.fingerprint != first.fingerprint
    fewer = own_certificate(keys, NAMES)
    assert fewer.fingerprint == more.fingerprint
    assert "other.example.org" not in fewer.names


def test_a_verifier_takes_it_for_its_names_and_for_no_other(keys):
    own = own_certificate(keys, NAMES)
    now = dt.datetime.now(dt.UTC)
    try:
        verify(own, x509.DNSName("desk.example.org"), now)
    except VerificationError as error:
        pytest.fail(str(error))
    for name in ("evil.example.org", "example.org"):
        with pytest.raises(VerificationError):
            verify(own, x509.DNSName(name), now)
    with pytest.raises(VerificationError):
        verify(own, x509.DNSName("desk.example.org"), now + dt.timedelta(days=91))


@pytest.mark.parametrize("lost", ["key.pem", "cert.pem", "authority-key.pem", "authority.pem"])
def test_whatever_file_a_kill_has_left_out_the_next_start_has_a_whole_pair(keys, lost):
    first = own_certificate(keys, NAMES)
    (keys / "tls" / lost).unlink()
    own = own_certificate(keys, NAMES)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(own.cert, own.key)
    assert own.renewed
    assert (own.fingerprint == first.fingerprint) == (lost in {"key.pem", "cert.pem"})


def test_a_key_of_another_certificate_is_noticed(keys):
    own = own_certificate(keys, NAMES)
    other = own_certificate(keys.parent / "other", NAMES)
    own.key.write_bytes(other.key.read_bytes())
    mended = own_certificate(keys, NAMES)
    assert mended.renewed
    key = serialization.load_pem_private_key(mended.key.read_bytes(), None)
    assert key.public_key() == leaf(mended).public_key()


@pytest.mark.parametrize(
    "name", ["", "a b", "*.example.org", "exa\nmple.org", "ä.example", "-", "a..b", "a" * 70]
)
def test_what_is_no_name_is_refused_without_being_repeated(keys, name):
    with pytest.raises(CertificateNameError) as caught:
        own_certificate(keys, ("fine.example.org", name))
    assert not name.strip("- ") or name not in str(caught.value)


def test_a_folder_open_to_others_is_refused(keys):
    own_certificate(keys, NAMES)
    (keys / "tls").chmod(0o755)
    with pytest.raises(KeysUnsafeError):
        own_certificate(keys, NAMES)
