"""The desk's settings file, and where its parts lie."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from hushdesk.desk import _policies as policies
from hushdesk.desk import _sign_in
from hushdesk.desk._errors import DeskError
from hushdesk.desk._policies import DisclosureSettings, ErasureSettings, HoldSettings, RetentionRule
from hushdesk.desk._sections import Section, flag, list_of, number, shaped, text
from hushdesk.desk._sign_in import OidcSettings, SignInSettings

FORMAT = 1
"""Version of the folder's layout."""

SETTINGS = "desk.toml"

MOST_SAMPLED = 100_000
"""What a sample may hold is in memory until the load ends."""

MOST_MINUTES = 24 * 60
MOST_REVEALS = 1_000


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
class RevealSettings:
    """How long a request to open a pseudonym is good for, and how many there may be."""

    approve_minutes: int = 30
    """So long may pass until a second officer approves."""
    open_minutes: int = 15
    """So long may pass from there until it is opened."""
    account_hour: int = 5
    """So many may one account ask for within an hour."""
    account_day: int = 20
    """And within 24 hours."""
    desk_hour: int = 20
    """So many may all accounts together ask for within an hour."""
    desk_day: int = 60
    """And within 24 hours."""


@dataclass(frozen=True, slots=True)
class SuppressionSettings:
    """When counts are hidden because they are about too few persons."""

    persons: int = 5
    """Counts about fewer persons are hidden; 2 to 50."""
    narrow_a_day: int = 500
    """How often a day an account may ask about fewer persons than that."""


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
    erasure: ErasureSettings = policies.USUAL_ERASURE
    retention: tuple[RetentionRule, ...] = ()
    holds: tuple[HoldSettings, ...] = ()
    disclosure: DisclosureSettings = policies.NOTHING_SAID
    reveal: RevealSettings = RevealSettings()
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    oidc: OidcSettings | None = None
    suppression: SuppressionSettings = SuppressionSettings()
    security: SecuritySettings = SecuritySettings()


_CONTACT = re.compile(r"(?:mailto:[^\s@]+@[^\s@]+|https://[^\s/]+\S*|tel:\+?[0-9.-]+)\Z")
_WEB = re.compile(r"(?:https://[^\s/]+\S*)?\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")

_CERTIFICATE: Final = Section(
    "certificate",
    {
        "sample": number(0, MOST_SAMPLED),
        "seed": lambda value: type(value) is int or value == "keys",
    },
    f'sample is a number from 0 to {MOST_SAMPLED:,}, seed is "keys" or a number.',
)
_GUARD: Final = Section(
    "guard",
    {"inputs": list_of(text), "intent": text, "service_tags": text},
    "inputs is a list of files and folders; intent and service_tags are a file each.",
)
_PAGES: Final = Section("pages", {"check": flag}, "check is true or false; nothing else is known.")
_REVEAL: Final = Section(
    "reveal",
    {
        "approve_minutes": number(1, MOST_MINUTES),
        "open_minutes": number(1, MOST_MINUTES),
        "account_hour": number(0, MOST_REVEALS),
        "account_day": number(0, MOST_REVEALS),
        "desk_hour": number(0, MOST_REVEALS),
        "desk_day": number(0, MOST_REVEALS),
    },
    f"approve_minutes and open_minutes are numbers from 1 to {MOST_MINUTES:,}; account_hour, account_day, "
    f"desk_hour and desk_day from 0 to {MOST_REVEALS:,}.",
)
_SUPPRESSION: Final = Section(
    "suppression",
    {"persons": number(2, 50), "narrow_a_day": number(0, 100_000)},
    "persons is a number from 2 to 50, narrow_a_day one from 0 to 100,000.",
)
_SECURITY: Final = Section(
    "security",
    {
        "contact": lambda value: list_of(shaped(_CONTACT))([value] if isinstance(value, str) else value),
        "policy": shaped(_WEB),
        "languages": list_of(shaped(_LANGUAGE)),
        "expires": lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    },
    "contact is a list of mailto:, https: or tel: addresses, policy an https address, languages a list such as "
    '["en"], expires a time with zone.',
)


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
        *_reveal_lines(settings.reveal),
        *_sign_in.lines(settings.sign_in, settings.oidc),
        *_suppression_lines(settings.suppression),
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
            certificate=CertificateSettings(**_CERTIFICATE.read(values.get("certificate", {}), path)),
            guard=_guard(values.get("guard", {}), path),
            pages=PageSettings(**_PAGES.read(values.get("pages", {}), path)),
            erasure=policies.erasure(values.get("erasure", {}), path),
            retention=policies.retention(values.get("retention", []), path),
            holds=policies.holds(values.get("hold", []), path),
            disclosure=policies.disclosure(values.get("disclosure", {}), path),
            reveal=RevealSettings(**_REVEAL.read(values.get("reveal", {}), path)),
            sign_in=_sign_in.sign_in(values.get("sign_in", {}), path),
            oidc=_sign_in.oidc(values.get("oidc"), path),
            suppression=SuppressionSettings(**_SUPPRESSION.read(values.get("suppression", {}), path)),
            security=_security(values.get("security", {}), path),
        )
    except KeyError as err:
        raise DeskError(f"{path} lacks {err}.", remedy="Restore it from a backup.") from None


def _guard(values: object, path: Path) -> GuardSettings:
    given = _GUARD.read(values, path)
    # A path that is not absolute is meant from the desk, wherever the command was started.
    here = path.parent.absolute()
    intent, service_tags = (here / given[key] if key in given else None for key in ("intent", "service_tags"))
    return GuardSettings(tuple(here / each for each in given.get("inputs", ())), intent, service_tags)


def _security(values: object, path: Path) -> SecuritySettings:
    given = _SECURITY.read(values, path)
    contact = given.get("contact", [])
    return SecuritySettings(
        tuple([contact] if isinstance(contact, str) else contact),
        given.get("policy", ""),
        tuple(given.get("languages", ())),
        given.get("expires"),
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


def _suppression_lines(settings: SuppressionSettings) -> list[str]:
    if settings == SuppressionSettings():
        return []
    return ["[suppression]", f"persons = {settings.persons}", f"narrow_a_day = {settings.narrow_a_day}", ""]


def _reveal_lines(settings: RevealSettings) -> list[str]:
    usual, given = asdict(RevealSettings()), asdict(settings)
    lines = [f"{name} = {value}" for name, value in given.items() if value != usual[name]]
    return ["[reveal]", *lines, ""] if lines else []


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


def read_settings(folder: Path) -> DeskSettings:
    """The settings of the desk in ``folder``, without opening or owning it.

    Raises:
        DeskError: There is no desk, or its settings cannot be used.
    """
    return read(folder)
