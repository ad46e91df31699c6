"""Which documents speak of one machine, and what each of them holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from hushdesk.guard._addresses import AddressSet, Family
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.linux import _ipset, _iptables, _nft, _nft_text
from hushdesk.guard.dialects.linux._iptables import Section
from hushdesk.guard.dialects.linux._model import Table
from hushdesk.guard.dialects.linux._paths import Machine
from hushdesk.guard.dialects.linux._words import address_set, network

LISTING: Final = re.compile(r"^Chain \S+ \((?:policy [A-Z]+|\d+ references?)", re.MULTILINE)
DUMP: Final = re.compile(
    r"^(?:\*(?:raw|mangle|nat|filter|security)\s*$|(?:iptables\s+)?-P\s+\S+\s+(?:ACCEPT|DROP)\s*$|-A\s+\S+\s+-)",
    re.MULTILINE,
)
_LEGACY: Final = re.compile(r"#\s*Warning: (ip6?tables-legacy) tables present")
_NO_NAME: Final = re.compile(
    r"(?:ip6?tables|nft(?:ables)?|ipset|rules?|ruleset|firewall|save|legacy|list|dump|v[46]|ipv[46]|txt|json|conf|out|text|log|bak)"
)


@dataclass(slots=True)
class _Part:
    """What one document holds."""

    document: Document
    sections: list[Section] = field(default_factory=list)
    set_lines: list[tuple[int, str]] = field(default_factory=list)
    objects: list[Any] = field(default_factory=list)

    @property
    def families(self) -> set[Family]:
        """Of which families it shows the rules; a rule set of nftables always of both."""
        return {4, 6} if self.objects else {section.version for section in self.sections}

    def goes_with(self, other: _Part) -> bool:
        """Whether both can be of one machine: each language and family once."""
        if self.objects and other.objects:
            return False
        mine, theirs = ({one.version for one in part.sections} for part in (self, other))
        return not mine & theirs


def claims(document: Document) -> bool:
    """Whether a document is one of those read here. Never raises."""
    content = document.content
    if isinstance(content, Mapping):
        return isinstance(content.get("nftables"), list)
    if not isinstance(content, str):
        return False
    head = content[:200_000]
    return bool(
        DUMP.search(head)
        or LISTING.search(head)
        or _CREATES.search(head)
        or (
            _nft_text.CLAIM.search(head)
            and re.search(r"\bchain\s+\S+\s*\{|\bset\s+\S+\s*\{|^add rule\b", head, re.MULTILINE)
        )
    )


def machines(documents: Sequence[Document], world: World, findings: list[Finding]) -> Iterator[Machine]:
    """Group documents by machine and read them.

    Files in one folder whose names differ only in words like ``iptables``, ``nft``, ``v6`` or ``save`` are of one machine,
    unless two of them hold the same: ``rules.v4`` and ``rules.v6``, ``web.iptables`` and ``web.nft``.
    """
    groups: list[tuple[tuple[str, str], list[_Part]]] = []
    for document in documents:
        part = _part(document, findings)
        key = (str(PurePosixPath(document.file).parent), _own_name(document.file))
        for known, parts in groups:
            if known == key and all(part.goes_with(other) for other in parts):
                parts.append(part)
                break
        else:
            groups.append((key, [part]))
    for (folder, own_name), parts in groups:
        alone = len(parts) == 1
        name = PurePosixPath(parts[0].document.file).name if alone else own_name or PurePosixPath(folder).name
        made = _machine(name or "machine", parts, world, findings)
        if made is not None:
            yield made


def _own_name(file: str) -> str:
    words = re.split(r"[._\s-]+", PurePosixPath(file).name.lower())
    return "-".join(word for word in words if word and not _NO_NAME.fullmatch(word))


def _part(document: Document, findings: list[Finding]) -> _Part:
    part = _Part(document)
    content = document.content
    if isinstance(content, Mapping):
        part.objects = list(content.get("nftables", ()))
        return part
    text = str(content)
    if found := _LEGACY.search(text):
        what = f"{found[1]}: tables beside these"
        findings.append(
            NotLookedAt(Place(document.file), what, f"give the output of {found[1]}-save with it")
        )
    if LISTING.search(text) and not DUMP.search(text):
        why = "a listing leaves out interfaces; give the output of iptables-save"
        findings.append(NotLookedAt(Place(document.file, 1), "iptables -L", why))
        return part
    _split(text, part, findings)
    return part


def _split(text: str, part: _Part, findings: list[Finding]) -> None:
    """Lines of iptables, lines of ipset, and the rest, which is nftables' own language if it holds a table."""
    dump: list[tuple[int, str]] = []
    rest: list[str] = []
    inside = False
    has_sets = bool(_CREATES.search(text))
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if _iptables.TABLE.match(stripped):
            inside = True
        is_dump = inside or bool(_iptables.BARE.match(stripped)) or "Generated by ip" in stripped
        is_set = (
            has_sets and not inside and bool(_ipset.CREATE.match(stripped) or _SET_MEMBER.match(stripped))
        )
        rest.append("" if is_dump or is_set else line)
        if is_set:
            part.set_lines.append((number, stripped))
        elif is_dump and stripped:
            dump.append((number, stripped))
        if stripped.startswith("COMMIT"):
            inside = False
    part.sections = list(_iptables.sections(dump, part.document.file))
    other = "\n".join(rest)
    if _nft_text.CLAIM.search(other):
        part.objects = list(_nft_text.objects(other, part.document.file, 1, findings))


_CREATES: Final = re.compile(r"^[ \t]*create[ \t]+\S+[ \t]+(?:hash|bitmap|list):", re.MULTILINE)
_SET_MEMBER: Final = re.compile(r"add\s+(?!@|table\b|chain\b|rule\b|set\b|map\b|element\b)\S+\s+\S+")


def _machine(name: str, parts: list[_Part], world: World, findings: list[Finding]) -> Machine | None:
    place = Place(parts[0].document.file, 1)
    sets: dict[str, _ipset.IpSet] = {}
    for part in parts:
        sets |= _ipset.read(part.set_lines, part.document.file, findings)
    known = _ipset.conditions(sets)
    tables: list[Table] = []
    for part in parts:
        latest: dict[tuple[str, Family], Section] = {}
        for section in part.sections:
            key = (section.table, section.version)
            if key in latest:
                problem = (
                    f"the table {section.table} comes twice; the last one counts, as for iptables-restore"
                )
                findings.append(Malformed(section.place, problem, "give one dump a file"))
            latest[key] = section
        tables += [_iptables.table(section, known, findings) for section in latest.values()]
        if part.objects:
            tables += _nft.tables(part.objects, _where(part.document), findings)
    if not tables:
        return None
    families: tuple[Family, ...] = tuple(sorted({family for part in parts for family in part.families}))
    for family, tool in ((4, "iptables-save"), (6, "ip6tables-save")):
        if family not in families:
            why = f"the input shows no rules of IPv{family}; give the output of {tool} with it, or of nft list ruleset"
            findings.append(NotLookedAt(place, f"{name}: IPv{family}", why))
    return Machine(
        name, place, tables, families, _told_addresses(world, place, findings), _told(world, "linux.outside")
    )


def _where(document: Document) -> Any:
    def place(index: int, body: Mapping[str, Any]) -> Place:
        line = body.get(_nft.LINE)
        return Place(document.file, line) if isinstance(line, int) else document.place("nftables", index)

    return place


def _told(world: World, name: str) -> tuple[str, ...]:
    given = world.parameters.get(name, ())
    if isinstance(given, str):
        given = re.split(r"[,\s]+", given)
    return tuple(str(one) for one in given if str(one)) if isinstance(given, list | tuple) else ()


def _told_addresses(world: World, place: Place, findings: list[Finding]) -> AddressSet:
    found = []
    for text in _told(world, "linux.addresses"):
        try:
            found.append(network(text))
        except ValueError:
            findings.append(
                Unresolved(place, "linux.addresses", "one of the machine's own addresses is none")
            )
    return address_set(found)
