"""Error logs of nginx and Apache: the requests that they complain of."""

from __future__ import annotations

import re
from typing import Final

from hushdesk.incident.evidence._stamps import MONTHS
from hushdesk.incident.evidence._web_formats import Counts, Plan

NO_ERROR: Final = "not a line of an error log, or cut off"
NOBODY: Final = "-"

_APACHE = re.compile(
    r"\[(?:\w{3} )?(\w{3}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)(\.\d+)? (\d{4})\] \[(?:\w*:)?\w+\] (?:\[(?!client)[^\]]*\] )*"
    r"(?:\[client ([^\]]+)\] ?)?(.*)",
    re.DOTALL,
)
_NGINX = re.compile(r"(\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d) \[\w+\] \d+#\d+: (?:\*(\d+) )?(.*)", re.DOTALL)
_CLIENT = re.compile(r", client: ([^,\s]+)")
_REQUEST = re.compile(r', request: "((?:[^"\\]|\\.)*)"')
_HOST = re.compile(r', (?:host: "([^"]*)"|server: ([^,]*))')
_FORBIDDEN = re.compile(
    r"(?i)forbidden|denied|not allowed|authentication failure|user .* not found|password mismatch|limiting|unauthorized"
)


def claims(line: str) -> bool:
    """Whether a line stands in an error log."""
    return bool(_APACHE.fullmatch(line) or _NGINX.fullmatch(line))


def takes(text: str) -> tuple[str, ...] | str:
    """The fields of one line; the client ``-`` where it tells of no request."""
    if found := _APACHE.fullmatch(text):
        month, day, clock, fraction, year, who, said = found.groups()
        number = MONTHS.get(month.lower())
        if number is None:
            return NO_ERROR
        time = f"{year}-{number:02}-{int(day):02}T{clock}{fraction or ''}"
        status = "403" if _FORBIDDEN.search(said) else "400"
        return (who or NOBODY, "", time, "-", status, "", "", "", "", _peer_port(who or ""), "", "")
    if found := _NGINX.fullmatch(text):
        year, month, day, clock, connection, said = found.groups()
        who, request, host = _CLIENT.search(said), _REQUEST.search(said), _HOST.search(said)
        status = "403" if _FORBIDDEN.search(said) else "500"
        return (
            who[1] if who else NOBODY,
            "",
            f"{year}-{month}-{day}T{clock}",
            request[1] if request else "-",
            status,
            "",
            "",
            "",
            (host[1] or host[2] or "") if host else "",
            "",
            "",
            connection or "",
        )
    return NO_ERROR


def _peer_port(who: str) -> str:
    port = who.rpartition(":")[2]
    return port if port.isdigit() and (who.count(":") == 1 or who.startswith("[")) else ""


PLAN: Final = Plan(takes, Counts.SENT, None, errors=True)
