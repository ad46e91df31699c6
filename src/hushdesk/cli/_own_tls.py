"""What the command line says of the desk's own certificate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hushdesk.web import OwnCertificate

_NEAR_DAYS = 14


def tls_folder(desk: Path) -> Path:
    """The folder of the desk's keys, beneath which its own certificate lies."""
    from hushdesk.desk import DeskSettings, read_settings

    settings: DeskSettings = read_settings(desk)
    return settings.keys


def own_tls(desk: Path) -> list[tuple[str, str]]:
    """Until when the desk's own certificate holds, for the table of ``status``; nothing if there is none."""
    from datetime import UTC, datetime

    from hushdesk.web import certificate_expiry

    cert = tls_folder(desk) / "tls" / "cert.pem"
    try:
        until = certificate_expiry(cert)
    except (OSError, ValueError):
        return []
    near = (until - datetime.now(UTC)).days < _NEAR_DAYS
    note = "[yellow]start serve again to renew it[/]" if near else "own certificate, renewed by serve"
    return [(f"until {until:%Y-%m-%d}", note)]


def told(own: OwnCertificate) -> list[str]:
    """What to say when it is used."""
    state = "made" if own.renewed else "kept"
    return [
        f"Own certificate {state}, until {own.expires:%Y-%m-%d}, for {', '.join(own.names)}.",
        f"Its authority: {own.authority}",
        f"SHA-256 {own.fingerprint}",
    ]
