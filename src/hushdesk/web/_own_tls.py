"""A certificate of the desk's own, for where no authority gives one: a private authority and a leaf, kept with the keys.

Whoever opens the pages checks the authority's fingerprint once, or installs its certificate; the leaf is made anew before
it expires, under the same authority, and nobody needs to be told. The authority's key is limited by its certificate to the
names that the leaf carries, so that whoever steals it cannot speak for any other name to those who trust it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hushdesk.errors import UsageError
from hushdesk.vault import private_folder, read_private, write_private

FOLDER: Final = "tls"
_AUTHORITY_DAYS: Final = 3_650
_LEAF_DAYS: Final = 90
RENEW_DAYS: Final = 30
"""With fewer days left the leaf is made anew."""
_EARLY: Final = dt.timedelta(hours=1)

_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?")


class CertificateNameError(UsageError):
    """A name cannot stand in a certificate."""

    def __init__(self) -> None:
        super().__init__(
            "A name for the certificate is neither a host name nor an address.",
            remedy="Give names such as desk.example.org or addresses such as 192.0.2.7.",
        )


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """Where the files are, and what to compare."""

    cert: Path
    """Leaf and authority, PEM."""
    key: Path
    authority: Path
    """The authority's certificate, to be installed where the pages are opened."""
    fingerprint: str
    """SHA-256 of the authority's certificate, as browsers show it."""
    names: tuple[str, ...]
    expires: dt.datetime
    """When the leaf does."""
    renewed: bool
    """Whether it was made just now."""


def own_certificate(
    keys: Path, names: tuple[str, ...] = (), *, now: dt.datetime | None = None
) -> OwnCertificate:
    """The desk's own certificate, made or made anew where that is due.

    Args:
        keys: Folder of the desk's keys; the files lie in ``tls`` beneath it, readable by the owner alone.
        names: Host names and addresses by which the pages are asked for, besides those of this machine.
        now: For tests.

    Raises:
        CertificateNameError: A name cannot stand in a certificate.
        KeysUnsafeError: The folder is open to others.
    """
    now = now or dt.datetime.now(dt.UTC)
    folder = keys / FOLDER
    private_folder(folder)
    wanted = _general(dict.fromkeys((*names, "localhost", "127.0.0.1", "::1", *_own_names())))
    paths = {each: folder / f"{each}.pem" for each in ("authority", "authority-key", "cert", "key")}
    authority = _authority(paths, wanted, now)
    kept = _kept(paths, authority[0], wanted, now)
    if kept is None:
        _make_leaf(paths, authority, wanted, now)
    leaf = kept or x509.load_pem_x509_certificates(paths["cert"].read_bytes())[0]
    return OwnCertificate(
        cert=paths["cert"],
        key=paths["key"],
        authority=paths["authority"],
        fingerprint=fingerprint(authority[0]),
        names=tuple(str(each.value) for each in wanted),
        expires=leaf.not_valid_after_utc,
        renewed=kept is None,
    )


def expiry(cert: Path) -> dt.datetime:
    """When the first certificate of a PEM file expires."""
    return x509.load_pem_x509_certificates(cert.read_bytes())[0].not_valid_after_utc


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate in pairs of hexadecimal digits."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _own_names() -> list[str]:
    name = socket.gethostname().lower()
    return [name] if _HOST.fullmatch(name) else []


def _general(names: dict[str, None]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
            continue
        except ValueError:
            pass
        labels = name.lower().rstrip(".").split(".")
        good = all(
            len(label) < 64
            and label[:1].isalnum()
            and label[-1:].isalnum()
            and label.replace("-", "").isalnum()
            for label in labels
        )
        if not good or not name.isascii() or len(name) > 250:
            raise CertificateNameError
        found.append(x509.DNSName(".".join(labels)))
    return sorted(set(found), key=lambda each: (type(each).__name__, str(each.value)))


def _authority(
    paths: dict[str, Path], wanted: list[x509.GeneralName], now: dt.datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    if paths["authority"].exists() and paths["authority-key"].exists():
        kept = x509.load_pem_x509_certificate(read_private(paths["authority"], "authority"))
        key = serialization.load_pem_private_key(
            read_private(paths["authority-key"], "authority's key"), None
        )
        speaks = set(_constraints(wanted)) <= set(_permitted(kept))
        lasts = kept.not_valid_after_utc - now > dt.timedelta(days=_LEAF_DAYS)
        if speaks and lasts and isinstance(key, ec.EllipticCurvePrivateKey):
            return kept, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hushdesk, this desk's own authority")])
    made = (
        _builder(name, name, key, now, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.NameConstraints(_constraints(wanted), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    # The key last: an authority without it is made anew, whole.
    write_private(paths["authority"], made.public_bytes(serialization.Encoding.PEM))
    write_private(paths["authority-key"], _pem(key))
    return made, key


def _constraints(names: list[x509.GeneralName]) -> list[x509.GeneralName]:
    return [
        x509.IPAddress(ipaddress.ip_network(each.value)) if isinstance(each, x509.IPAddress) else each
        for each in names
    ]


def _permitted(authority: x509.Certificate) -> list[x509.GeneralName]:
    try:
        return list(
            authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
        )
    except x509.ExtensionNotFound:
        return []


def _kept(
    paths: dict[str, Path], authority: x509.Certificate, wanted: list[x509.GeneralName], now: dt.datetime
) -> x509.Certificate | None:
    """The leaf on disk, if it will do."""
    if not paths["cert"].exists() or not paths["key"].exists():
        return None
    leaf = x509.load_pem_x509_certificates(read_private(paths["cert"], "certificate"))[0]
    key = serialization.load_pem_private_key(read_private(paths["key"], "certificate's key"), None)
    names = list(leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    try:
        leaf.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, a new one is right
        return None
    fresh = leaf.not_valid_after_utc - now > dt.timedelta(days=RENEW_DAYS)
    return leaf if fresh and names == wanted and key.public_key() == leaf.public_key() else None


def _make_leaf(
    paths: dict[str, Path],
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey],
    wanted: list[x509.GeneralName],
    now: dt.datetime,
) -> None:
    certificate, signer = authority
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hushdesk")])
    leaf = (
        _builder(name, certificate.subject, key, now, _LEAF_DAYS)
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, certificate))
    # A kill in between leaves two that do not belong together; the next start sees that and makes both anew.
    write_private(paths["key"], _pem(key))
    write_private(paths["cert"], chain)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: dt.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + dt.timedelta(days=days))
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
