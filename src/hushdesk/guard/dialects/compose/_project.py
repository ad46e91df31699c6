"""The files of one Compose project, merged as Compose merges them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.compose._interpolate import interpolated
from hushdesk.guard.dialects.compose._posture import engine

_OVERRIDE: Final = re.compile(r"(.*)\.override\.(ya?ml)")
_LISTS: Final = frozenset({"ports", "expose", "env_file", "profiles", "dns", "cap_add"})
_DEEPEST: Final = 16


@dataclass(slots=True)
class Service:
    """One service, with where its parts stand."""

    name: str
    values: dict[str, Any]
    place: Place
    port_places: list[Place] = field(default_factory=list)
    """One for each entry of ``ports``."""
    missing: str = ""
    """What of it is not in the input, so that it may publish more than the values say."""


@dataclass(slots=True)
class Project:
    """Services and networks that start together."""

    name: str
    services: dict[str, Service]
    networks: Mapping[str, Any]


def projects(documents: Sequence[Document], world: World, findings: list[Finding]) -> Iterator[Project]:
    """Group files by folder: a file and its override are one project, any other file is one of its own."""
    by_file = {document.file: document for document in documents}
    for document in documents:
        found = _OVERRIDE.fullmatch(document.file)
        if found and any(f"{found[1]}.{ending}" in by_file for ending in ("yml", "yaml")):
            continue
        stem, _, ending = document.file.rpartition(".")
        files = [document]
        names = (f"{stem}.override.{other}" for other in dict.fromkeys((ending, "yml", "yaml")))
        files += [by_file[override] for override in names if override in by_file]
        yield _project(files, by_file, world, findings)


def _project(
    files: Sequence[Document], by_file: Mapping[str, Document], world: World, findings: list[Finding]
) -> Project:
    services: dict[str, Service] = {}
    networks: dict[str, Any] = {}
    name = PurePosixPath(files[0].file).parent.name
    for document in files:
        content = document.content
        if isinstance(title := content.get("name"), str) and "$" not in title:
            name = title
        if content.get("include"):
            why = "files that are included are looked at on their own, if they are in the input"
            findings.append(NotLookedAt(document.place("include"), "include", why))
        if isinstance(content.get("networks"), Mapping):
            networks |= content["networks"]
        for key, raw in content["services"].items():
            if not isinstance(raw, Mapping):
                findings.append(
                    Malformed(
                        document.place("services", key), "the service is no mapping", "write image: or build:"
                    )
                )
                continue
            made = _service(document, str(key), raw, by_file, world, findings)
            known = services.get(made.name)
            services[made.name] = _merged(known, made) if known else made
    return Project(name, services, networks)


def _service(
    document: Document,
    name: str,
    raw: Mapping[str, Any],
    by_file: Mapping[str, Document],
    world: World,
    findings: list[Finding],
    chain: tuple[tuple[str, str], ...] = (),
) -> Service:
    place = document.place("services", name)
    missing: set[str] = set()
    values = interpolated(dict(raw), world.parameters, missing)
    # Of an application's environment nothing depends on who gets where; a store's may switch off its authentication.
    is_store = bool(engine(str(values.get("image") or "")))
    for key in ("ports", "image", "network_mode", "profiles", *(["environment"] if is_store else [])):
        unknown: set[str] = set()
        interpolated(raw.get(key), world.parameters, unknown)
        for variable in sorted(unknown):
            why = f"the variable {variable} has no value here; give it with --set"
            findings.append(Unresolved(document.place("services", name, key), f"${{{variable}}}", why))
    entries = values.get("ports")
    places = []
    if isinstance(entries, list):
        places = [document.place("services", name, "ports", index) for index in range(len(entries))]
    made = Service(name, values, place, places)
    extends = raw.get("extends")
    if not extends:
        return made
    base = _extended(document, extends, by_file)
    if base is None:
        what = "the service that it extends is not in the input"
        findings.append(
            Unresolved(
                document.place("services", name, "extends"), str(extends)[:80], f"{what}; give its file too"
            )
        )
        made.missing = what
        return made
    link = (base[0].file, base[1])
    if link in chain or len(chain) >= _DEEPEST:
        findings.append(Malformed(place, "the service extends itself", "take the circle out"))
        return made
    under = _service(*base, by_file, world, findings, (*chain, link))
    return _merged(under, made)


def _extended(
    document: Document, extends: Any, by_file: Mapping[str, Document]
) -> tuple[Document, str, Mapping[str, Any]] | None:
    file, name = (
        (extends.get("file"), extends.get("service")) if isinstance(extends, Mapping) else (None, extends)
    )
    source: Document | None = document
    if file:
        path = PurePosixPath(document.file).parent / str(file)
        wanted = [part for part in path.parts if part != "."]
        source = next(
            (one for one in by_file.values() if list(PurePosixPath(one.file).parts) == wanted), None
        )
    if source is None or not isinstance(name, str):
        return None
    raw = source.content["services"].get(name)
    return (source, str(name), raw) if isinstance(raw, Mapping) else None


def _merged(under: Service, over: Service) -> Service:
    values = dict(under.values)
    for key, value in over.values.items():
        below = values.get(key)
        if key == "environment":
            values[key] = {**environment(below), **environment(value)}
        elif key in _LISTS and below is not None:
            values[key] = [*_listed(below), *_listed(value)]
        elif isinstance(below, Mapping) and isinstance(value, Mapping):
            values[key] = {**below, **value}
        elif value is not None:
            values[key] = value
    return Service(
        over.name,
        values,
        over.place,
        [*under.port_places, *over.port_places],
        under.missing or over.missing,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def environment(value: Any) -> dict[str, str]:
    """``environment`` as a mapping, whichever way it is written. A name without a value comes from outside."""
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        pairs = [(str(key), one) for key, one in value.items()]
    elif isinstance(value, list):
        split = [(str(one).partition("=")) for one in value]
        pairs = [(key, text if equals else None) for key, equals, text in split]
    else:
        return found
    for key, one in pairs:
        found[key] = "\0" if one is None else str(one).lower() if isinstance(one, bool) else str(one)
    return found
