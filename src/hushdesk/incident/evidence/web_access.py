"""Access logs of web servers: nginx, Apache, and what writes like them.

What is known from where: nginx writes a line when a request ends, Apache with the time of its start; ``$body_bytes_sent`` and
``%O`` count what left, ``%b`` is the size of the answer; ``X-Forwarded-For`` can be made up by anybody, so it counts only
from proxies that the user trusts. Whoever logs nothing of a compression leaves bytes without a bound on documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident.evidence import _web_errors, _web_json, _web_lines
from hushdesk.incident.evidence._clients import trusted
from hushdesk.incident.evidence._envelope import unwrapped
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._stamps import any_stamp, zone_of
from hushdesk.incident.evidence._track import Track
from hushdesk.incident.evidence._web_formats import NAMED, USUAL, Counts, Plan, Stamped, compiled
from hushdesk.incident.evidence._web_rows import Maker, Taken

ZEROS: Final = "nothing but zero bytes, as after a crash or a rotation by copying"
_BLOCK: Final = 16 << 20
_NAMES = re.compile(r"(?i)access|nginx|apache|httpd|\bweb\b|requests?")
UNZONED: Final = (
    "the log names no zone and none was given: its times were read as UTC, so its silence proves nothing"
)


class WebAccess:
    """nginx and Apache access logs in common, combined and custom formats, JSON lines, and their error logs."""

    name = "web-access"
    title = "Web server access log (nginx, Apache)"
    options: Mapping[str, str] = {
        "format": "nginx log_format or Apache LogFormat, or a name: " + ", ".join(NAMED),
        "server": "nginx or apache: what its number of bytes means; without it the smaller meaning counts",
        "trusted-proxies": "addresses and networks whose X-Forwarded-For is believed",
        "zone": "zone of times that name none: +02:00, Europe/Paris",
        "covers": "what the log watches, as the store is called in the incident; * if nothing gets in beside it",
    }

    def claims(self, head: Head) -> int:
        """By the first lines."""
        hits, asked = 0, 0
        for line in _first_lines(head.start, whole=head.whole):
            asked += 1
            plan = _plan_of_line(line)
            hits += plan is not None and not isinstance(plan.takes(_bare(line)), str)
            if asked >= 50:
                break
        if not hits or hits * 4 < asked:
            return 0
        return 90 if hits * 2 > asked and _NAMES.search(head.path) else 85 if hits * 2 > asked else 50

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows of requests and one coverage, from the first line to the last."""
        head, whole = source.head()
        plan = _plan(source, head, whole=whole)
        track = Track()
        maker = Maker(
            plan,
            wanted,
            account,
            track,
            zone=zone_of(source.options.get("zone", "")),
            proxies=trusted(source.options.get("trusted-proxies", "")),
        )
        for first, block in source.blocks(account, _BLOCK):
            yield from maker.batch(_taken(plan, first, block))
        sees = Sees.NOTHING if plan.errors or maker.unzoned else Sees.REQUESTS | Sees.BYTES | Sees.DENIALS
        why = (
            "an error log tells of some requests only"
            if plan.errors
            else UNZONED
            if maker.unzoned
            else "first to last line"
        )
        yield from track.pieces(self.name, source.options.get("covers") or source.plain_name, sees, why)


def _first_lines(start: bytes, *, whole: bool) -> list[str]:
    lines = start.split(b"\n")
    if not whole:
        lines.pop()
    return [
        text for line in lines[:200] if (text := line.rstrip(b"\r").decode(errors="replace").lstrip("\0"))
    ]


def _bare(line: str) -> str:
    """Without the envelope of syslog, if it came by that way."""
    return unwrapped(line) or line


def _plan_of_line(line: str) -> Plan | None:
    if line.startswith("{"):
        return _web_json.plan(line)
    if _web_errors.claims(line):
        return _web_errors.PLAN
    for plan in (USUAL, *_BUILT_IN):
        for text in (line, _bare(line)):
            taken = plan.takes(text)
            if not isinstance(taken, str) and any_stamp(taken[2]):
                return plan
    return None


def _plan(source: Source, head: bytes, *, whole: bool) -> Plan:
    said = source.options.get("format", "")
    plan = compiled(said) if said else None
    if plan is None:
        votes: dict[int, tuple[int, Plan]] = {}
        for line in _first_lines(head, whole=whole)[:50]:
            if found := _plan_of_line(line):
                key = id(found.takes)
                votes[key] = (votes.get(key, (0, found))[0] + 1, found)
        plan = max(votes.values(), key=lambda vote: vote[0], default=(0, USUAL))[1]
    server = source.options.get("server", "").lower() or (
        "" if plan is not USUAL else _server(str(source.path))
    )
    if plan.counts is Counts.EITHER and server in {"nginx", "apache"}:
        nginx = server == "nginx"
        plan = replace(
            plan,
            counts=Counts.SENT if nginx else Counts.PLANNED,
            stamped=Stamped.END if nginx else Stamped.START,
        )
    return plan


def _server(path: str) -> str:
    lowered = path.lower()
    if "nginx" in lowered:
        return "nginx"
    return "apache" if "apache" in lowered or "httpd" in lowered else ""


def _taken(plan: Plan, first: int, block: bytes) -> Taken:
    """The lines of a block, taken apart."""
    lines = _web_lines.series(block)
    hashes = lines.hash()
    if plan.usual:
        fields, usual = _web_lines.usual(lines, first)
        rest = (~usual).arg_true()
    else:
        fields = pl.DataFrame(schema=_web_lines.SCHEMA)
        rest = pl.int_range(len(lines), eager=True)
    odd: list[tuple[int, tuple[str, ...]]] = []
    refused: list[tuple[int, str]] = []
    torn: list[int] = []
    for row, text in zip(rest.to_list(), lines.gather(rest).to_list(), strict=True):
        bare = text.lstrip("\0")
        if not bare:
            if text:
                refused.append((first + row, ZEROS))
            continue
        if bare is not text and len(bare) < len(text):
            torn.append(first + row)
        taken = plan.takes(bare)
        if isinstance(taken, str) and (inner := unwrapped(bare)):
            taken = plan.takes(inner)
        if isinstance(taken, str):
            refused.append((first + row, taken))
        else:
            odd.append((first + row, taken))
    if odd:
        more = _web_lines.frame_of(odd)
        fields = pl.concat([fields, more]).sort("line") if fields.height else more
    return Taken(fields, refused, torn, hashes.gather(fields["line"] - first))


_BUILT_IN: Final = tuple(plan for name in ("jira",) if (plan := compiled(NAMED[name])))
