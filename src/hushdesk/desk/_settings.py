"""The desk's settings file, and where its parts lie."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hushdesk.desk._errors import DeskError

FORMAT = 1
"""Version of the folder's layout."""

SETTINGS = "desk.toml"

MOST_SAMPLED = 100_000
"""What a sample may hold is in memory until the load ends."""


@dataclass(frozen=True, slots=True)
class CertificateSettings:
    """How the sample for a load's certificate is drawn."""

    sample: int = 1_000
    """At most so many cases of a load are looked at; 0 makes no certificate."""
    seed: str | int = "keys"
    """``keys``: the choice hangs on the desk's keys and cannot be foreseen; a number makes it repeatable elsewhere."""


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """What the page of stores looks at; without inputs nothing is looked at."""

    inputs: tuple[Path, ...] = ()
    """Files and folders: templates, plans, dumps, configuration."""
    intent: Path | None = None
    """Stores and who may reach them; without it only private addresses are taken as approved."""
    service_tags: Path | None = None
    """Azure's file of service tags; without it a tag is unknown, and taken as everybody."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Pages that answer without a sign-in; each is switched on by the desk's owner."""

    check: bool = False
    """The page on which whoever got a letter about an incident has its check code confirmed."""


@dataclass(frozen=True, slots=True)
class SecuritySettings:
    """Whom to tell of a weakness; served as ``/.well-known/security.txt``."""

    contact: tuple[str, ...] = ()
    """Addresses as URIs, the preferred one first: ``mailto:…``, ``https://…`` or ``tel:…``."""
    policy: str = ""
    """Where the rules for researchers stand; an https address."""
    languages: tuple[str, ...] = ()
    """Languages in which a report is welcome, such as ``en``."""
    expires: datetime | None = None
    """Until when this holds; by default half a year from each start."""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What ``desk.toml`` says. Holds no secret."""

    desk_id: str
    """Random, names the desk in keys and backups."""
    created: str
    keys: Path
    """Folder of the keys; never inside the desk."""
    vault: Path
    """Folder of the vault; never inside the desk."""
    officer_public_key: str
    """Hexadecimal X25519 key to which quarantine is encrypted."""
    certificate: CertificateSettings = CertificateSettings()
    guard: GuardSettings = GuardSettings()
    pages: PageSettings = PageSettings()
    security: SecuritySettings = SecuritySettings()


def home() -> Path:
    """Where keys and vaults are kept by default: ``$HUSHDESK_HOME``, else ``~/.hushdesk``."""
    return Path(os.environ.get("HUSHDESK_HOME") or Path.home() / ".hushdesk")


def write(folder: Path, settings: DeskSettings) -> None:
    """Write the settings of a new desk."""
    # JSON strings are valid TOML strings.
    lines = [
        "# Hushdesk desk. Copying this folder copies no key and no identity.",
        f"format = {FORMAT}",
        f"desk_id = {json.dumps(settings.desk_id)}",
        f"created = {json.dumps(settings.created)}",
        f"keys = {json.dumps(str(settings.keys))}",
        f"vault = {json.dumps(str(settings.vault))}",
        f"officer_public_key = {json.dumps(settings.officer_public_key)}",
        "",
        "[certificate]",
        f"sample = {settings.certificate.sample}",
        f"seed = {json.dumps(settings.certificate.seed)}",
        "",
        *_guard_lines(settings.guard),
        *(["[pages]", "check = true", ""] if settings.pages.check else []),
    ]
    path = folder / SETTINGS
    path.write_text("\n".join(lines), "utf-8")
    path.chmod(0o600)


def read(folder: Path) -> DeskSettings:
    """Read the settings of the desk in ``folder``.

    Raises:
        DeskError: There is no desk, or its settings cannot be used.
    """
    path = folder / SETTINGS
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DeskError(
            f"there is no desk at {folder}.", remedy=f"Make one with: hushdesk init {folder}"
        ) from None
    except (OSError, ValueError) as err:
        raise DeskError(
            f"{path} cannot be read ({type(err).__name__}).", remedy="Restore it from a backup."
        ) from None
    if values.get("format") != FORMAT:
        raise DeskError(
            f"{path} has format {values.get('format')!r}; this version knows {FORMAT}.",
            remedy="Use the version of Hushdesk that wrote it, or a later one.",
        )
    try:
        return DeskSettings(
            desk_id=values["desk_id"],
            created=values["created"],
            keys=Path(values["keys"]),
            vault=Path(values["vault"]),
            officer_public_key=values["officer_public_key"],
            certificate=_certificate(values.get("certificate", {}), path),
            guard=_guard(values.get("guard", {}), path),
            pages=_pages(values.get("pages", {}), path),
            security=_security(values.get("security", {}), path),
        )
    except KeyError as err:
        raise DeskError(f"{path} lacks {err}.", remedy="Restore it from a backup.") from None


def _certificate(values: object, path: Path) -> CertificateSettings:
    usual = CertificateSettings()
    if isinstance(values, dict) and values.keys() <= {"sample", "seed"}:
        sample, seed = values.get("sample", usual.sample), values.get("seed", usual.seed)
        # A bool is an int to Python, and none to anybody else.
        if type(sample) is int and 0 <= sample <= MOST_SAMPLED and (type(seed) is int or seed == "keys"):
            return CertificateSettings(sample, seed)
    raise DeskError(
        f"{path} says in [certificate] what cannot be used.",
        remedy=f'sample is a number from 0 to {MOST_SAMPLED:,}, seed is "keys" or a number.',
    )


def _guard_lines(settings: GuardSettings) -> list[str]:
    if settings == GuardSettings():
        return []
    files = {"intent": settings.intent, "service_tags": settings.service_tags}
    return [
        "[guard]",
        f"inputs = {json.dumps([str(each) for each in settings.inputs])}",
        *(f"{key} = {json.dumps(str(value))}" for key, value in files.items() if value),
        "",
    ]


def _guard(values: object, path: Path) -> GuardSettings:
    if isinstance(values, dict) and values.keys() <= {"inputs", "intent", "service_tags"}:
        inputs = values.get("inputs", [])
        files = [values.get(key) for key in ("intent", "service_tags")]
        named = [each for each in files if each is not None]
        if isinstance(inputs, list) and all(isinstance(each, str) and each for each in (*inputs, *named)):
            # A path that is not absolute is meant from the desk, wherever the command was started.
            here = path.parent.absolute()
            intent, service_tags = (here / each if each else None for each in files)
            return GuardSettings(tuple(here / each for each in inputs), intent, service_tags)
    raise DeskError(
        f"{path} says in [guard] what cannot be used.",
        remedy="inputs is a list of files and folders; intent and service_tags are a file each.",
    )


def _pages(values: object, path: Path) -> PageSettings:
    if isinstance(values, dict) and values.keys() <= {"check"}:
        check = values.get("check", False)
        if isinstance(check, bool):
            return PageSettings(check)
    raise DeskError(
        f"{path} says in [pages] what cannot be used.",
        remedy="check is true or false; nothing else is known.",
    )


_CONTACT = re.compile(r"(?:mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*|tel:\+?[0-9.-]+)\Z")
_WEB = re.compile(r"https://[^\s/]+\S*\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")


def _security(values: object, path: Path) -> SecuritySettings:
    if isinstance(values, dict) and values.keys() <= {"contact", "policy", "languages", "expires"}:
        contact, policy = values.get("contact", []), values.get("policy", "")
        contact = [contact] if isinstance(contact, str) else contact
        languages, expires = values.get("languages", []), values.get("expires")
        if (
            _all(contact, _CONTACT)
            and _all(languages, _LANGUAGE)
            and _all([policy] if policy != "" else [], _WEB)
            and (expires is None or (isinstance(expires, datetime) and expires.tzinfo is not None))
        ):
            return SecuritySettings(tuple(contact), policy, tuple(languages), expires)
    raise DeskError(
        f"{path} says in [security] what cannot be used.",
        remedy="contact is a list of mailto:, https: or tel: addresses, policy an https address, languages a list such as "
        '["en"], expires a time with zone.',
    )


def _all(values: object, shape: re.Pattern[str]) -> bool:
    return isinstance(values, list) and all(isinstance(each, str) and shape.match(each) for each in values)


def must_be_outside(folder: Path, desk: Path, what: str) -> None:
    """Refuse to put ``what`` inside the desk: a copy of the desk would then lead back to people.

    Raises:
        DeskError: It is inside.
    """
    if folder.resolve().is_relative_to(desk.resolve()):
        raise DeskError(
            f"the {what} folder would lie inside the desk folder.",
            remedy=f"Choose a folder elsewhere for the {what}, best on another volume.",
        )
