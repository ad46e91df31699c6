"""What ``desk.toml`` says about signing in: ``[sign_in]`` and ``[oidc]``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hushdesk.desk._errors import DeskError
from hushdesk.desk._sections import Section, list_of, number, one_of, refused

ROLE_NAMES: Final = frozenset({"admin", "analyst", "lead", "operator", "privacy-officer", "viewer"})
"""The roles there are; which of them may do what is said further up, where accounts are."""
IDLE_MINUTES: Final = (5, 240)
ABSOLUTE_HOURS: Final = (1, 24)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """How accounts sign in."""

    second_factor: tuple[str, ...] = ("admin", "operator", "privacy-officer")
    """Roles that must have a second factor: those who can let others in, change the desk, or lead back to people."""
    breached_passwords: Path | None = None
    """Passwords that are known to thieves: a list of SHA-1 ordered by hash, or of passwords, one a line."""
    idle_minutes: int = 30
    """A session ends after so long without use."""
    absolute_hours: int = 12
    """A session ends after so long in any case."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """A provider of identities that accounts may sign in with."""

    issuer: str
    """https, or plain http on this machine alone."""
    client_id: str
    roles: tuple[tuple[str, str], ...]
    """Groups and the role each gives; of several groups the first one here counts."""
    client_secret_file: Path | None = None
    """0600, outside the desk. Without one the desk is a public client, and PKCE alone protects the code."""
    scopes: tuple[str, ...] = ("openid", "profile")
    groups_claim: str = "groups"
    """Where the groups stand; a dot leads into what is nested."""
    name_claim: str = "preferred_username"
    """What an account is called on pages; who it is hangs on issuer and subject alone."""
    second_factor: str = "claim"
    """``claim``: the provider has to say (``amr``) that roles which need a second factor used one; ``provider``:
    it is trusted to ask for one."""
    ca_file: Path | None = None
    """Certificates of a house's own authority that the provider's is checked by."""
    label: str = ""
    """What the button of the sign-in page calls the provider; its host name if empty."""

    @property
    def shown(self) -> str:
        """What the button of the sign-in page calls the provider."""
        return self.label or urlsplit(self.issuer).hostname or self.issuer


def safe_url(url: object) -> bool:
    """Whether a password or a code may be sent there: https, or plain http that does not leave this machine."""
    if not isinstance(url, str) or len(url) > 2_000:
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


_SIGN_IN: Final = Section(
    "sign_in",
    {
        "second_factor": list_of(one_of(*ROLE_NAMES)),
        "breached_passwords": _text,
        "idle_minutes": number(*IDLE_MINUTES),
        "absolute_hours": number(*ABSOLUTE_HOURS),
    },
    "second_factor is a list of roles, breached_passwords a file, "
    f"idle_minutes {IDLE_MINUTES[0]} to {IDLE_MINUTES[1]}, absolute_hours {ABSOLUTE_HOURS[0]} to {ABSOLUTE_HOURS[1]}.",
)


def sign_in(values: object, path: Path) -> SignInSettings:
    """Read ``[sign_in]``.

    Raises:
        DeskError: It says what cannot be used.
    """
    given = _SIGN_IN.read(values, path)
    roles, breached = given.pop("second_factor", None), given.pop("breached_passwords", None)
    if roles is not None:
        given["second_factor"] = tuple(dict.fromkeys(roles))
    if breached is not None:
        given["breached_passwords"] = path.parent.absolute() / breached
    return SignInSettings(**given)


def oidc(values: object, path: Path) -> OidcSettings | None:
    """Read ``[oidc]``; None if there is none.

    Raises:
        DeskError: It says what cannot be used.
    """
    if values is None:
        return None

    def wrong(what: str) -> DeskError:
        return refused(path, "[oidc]", what)

    if not isinstance(values, dict) or not values.keys() <= set(OidcSettings.__slots__):
        raise wrong("It knows these keys: " + ", ".join(sorted(OidcSettings.__slots__)) + ".")
    if not safe_url(values.get("issuer")) or "?" in values["issuer"]:
        raise wrong("issuer is an https address (http only on this machine), as the provider writes it.")
    for key in ("client_id", "groups_claim", "name_claim", "client_secret_file", "ca_file", "label"):
        if (key in values or key == "client_id") and not _text(values.get(key)):
            raise wrong(f"{key} is a text of 1 to {_LONGEST} characters.")
    scopes = values.get("scopes", ["openid", "profile"])
    if not (isinstance(scopes, list) and "openid" in scopes and all(map(_scope, scopes))):
        raise wrong('scopes is a list of words, and "openid" is among them.')
    roles = values.get("roles")
    if not (
        isinstance(roles, dict) and roles and all(_text(k) and v in ROLE_NAMES for k, v in roles.items())
    ):
        raise wrong('roles gives a role to each group: { "group" = "analyst" }; nobody else signs in.')
    factor = values.get("second_factor", "claim")
    if factor not in {"claim", "provider"}:
        raise wrong('second_factor is "claim" or "provider".')
    here = path.parent.absolute()
    usual = OidcSettings(values["issuer"], values["client_id"], tuple(roles.items()))
    secret, ca = (here / values[k] if k in values else None for k in ("client_secret_file", "ca_file"))
    return OidcSettings(
        usual.issuer,
        usual.client_id,
        usual.roles,
        secret,
        tuple(scopes),
        values.get("groups_claim", usual.groups_claim),
        values.get("name_claim", usual.name_claim),
        factor,
        ca,
        values.get("label", ""),
    )


def lines(sign: SignInSettings, provider: OidcSettings | None) -> list[str]:
    """Both sections as they stand in the file; nothing of what is usual."""
    # JSON strings, numbers and lists are valid TOML.
    out: list[str] = []
    usual = SignInSettings()
    if sign != usual:
        out.append("[sign_in]")
        for key in SignInSettings.__slots__:
            value = getattr(sign, key)
            if value != getattr(usual, key):
                out.append(f"{key} = {_toml(value)}")
        out.append("")
    if provider is not None:
        out.append("[oidc]")
        plain = OidcSettings("", "", ())
        for key in OidcSettings.__slots__:
            value = getattr(provider, key)
            if key != "roles" and value != getattr(plain, key):
                out.append(f"{key} = {_toml(value)}")
        pairs = ", ".join(f"{json.dumps(group)} = {json.dumps(role)}" for group, role in provider.roles)
        out += [f"roles = {{ {pairs} }}", ""]
    return out


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return json.dumps(str(value) if isinstance(value, Path) else value)


def _scope(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isascii() and " " not in value
