"""Who signed in over the network, or tried to, as OpenSSH and older servers tell syslog."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hushdesk.incident.evidence._clients import client
from hushdesk.incident.evidence._request_rows import count

_AT = r"(?P<host>(?=[^\s.:]*[.:])[0-9A-Za-z:.%_-]{1,255}?)(?:,? port (?P<port>\d{1,5}))?"
# Names come from the client, as it likes: "x from 192.0.2.1 port 1" is one. The last address is the server's word.
_WHO = r"(?:(?P<nobody>invalid user |illegal user )?(?P<user>.*) )?"
_METHODS: Final = frozenset(
    {
        "password",
        "publickey",
        "keyboard-interactive",
        "keyboard-interactive/pam",
        "hostbased",
        "gssapi-with-mic",
        "none",
    }
)


@dataclass(frozen=True, slots=True)
class Login:
    """What one message tells of a connection."""

    act: str
    asked: str
    host: str
    port: int | None
    user: str
    """Account that exists; a name that nobody has may be a password typed in the wrong place, and is left out."""
    times: int = 1


_SSH: Final = tuple(
    (re.compile(pattern, re.DOTALL), act, asked)
    for pattern, act, asked in (
        (rf"Accepted (?P<method>\S+) for (?P<user>.*) from {_AT}(?:\s.*)?", "authenticated", "login"),
        (rf"(?:Failed|Postponed) (?P<method>\S+) for {_WHO}from {_AT}(?:\s.*)?", "denied", "login"),
        (rf"(?:Invalid|Illegal) user (?P<nobody>.*) ?from {_AT}", "denied", "login"),
        (
            rf"(?:error: )?maximum authentication attempts exceeded for {_WHO}from {_AT}(?:\s.*)?",
            "denied",
            "login",
        ),
        (rf"User (?P<user>\S+) from {_AT} not allowed because .*", "denied", "login"),
        (rf"(?:error: )?PAM: .* for {_WHO}from {_AT}(?:\s.*)?", "denied", "login"),
        (rf"refused connect from (?:\S+ \()?{_AT}\)?", "denied", "connection"),
        (rf"Connection from {_AT}(?: on .*)?", "connected", "connection"),
        (rf"Did not receive identification string from {_AT}", "failed", "connection"),
        (rf"(?:error: )?Bad protocol version identification .* from {_AT}", "failed", "connection"),
        (
            (
                rf"(?:fatal: |error: )?(?:Unable to negotiate with|banner exchange: Connection from|"
                rf"ssh_dispatch_run_fatal: Connection from|kex_exchange_identification: .* from) (?:.*user \S+ )?{_AT}(?:[\s:].*)?"
            ),
            "failed",
            "connection",
        ),
        (rf"reverse mapping checking getaddrinfo for \S+ \[{_AT}\] failed.*", "connected", "connection"),
        (rf"Address {_AT} maps to .*", "connected", "connection"),
        (rf"(?:error: )?Received disconnect from {_AT}: ?.*", "ended", "connection"),
        (
            (
                rf"(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting|Timeout before authentication for|"
                rf"Timeout, client not responding from)"
                rf"(?: (?P<nobody>authenticating user|invalid user|illegal user) .*| user (?P<user>.*))? {_AT}(?:[\s:].*)?"
            ),
            "ended",
            "connection",
        ),
        (
            r"(?:pam_unix\(sshd:session\): )?session opened for user (?P<user>[^\s(]+).*",
            "authenticated",
            "session",
        ),
    )
)
_RHOST = re.compile(
    r"(?:pam_\w+\([^)]*\): )?(?:authentication failure|PAM \d+ more authentication failures?)[;:].*?"
    r"\bruser=\S* +rhost=(?P<host>[^\s;]*)(?:\s+user=(?P<user>\S+))?\s*",
    re.DOTALL,
)
_OTHERS: Final = tuple(
    (re.compile(pattern, re.DOTALL), act, asked)
    for pattern, act, asked in (
        (rf"(?:[Cc]onnect(?:ion)?|connect:) from {_AT}(?: \(.*?\))?(?: at .*)?", "connected", "connection"),
        (rf"refused connect from (?:\S+ \()?{_AT}\)?", "denied", "connection"),
        (rf"Received SNMP packet\(s\) from (?:UDP: \[)?{_AT}.*", "connected", "connection"),
        (rf"Authentication failed from {_AT} \(.*", "denied", "login"),
        (rf"(?:ANONYMOUS )?FTP LOGIN FROM {_AT}(?:[,\s].*)?", "authenticated", "login"),
        (rf"(?:Bad password attempt|Login attempt) .* from {_AT}", "denied", "login"),
    )
)
_REPEATED = re.compile(r"message repeated (\d{1,9}) times: \[ (.*)\]\s*", re.DOTALL)
_SERVERS: Final = frozenset(
    [
        "ftpd",
        "vsftpd",
        "proftpd",
        "pure-ftpd",
        "in.ftpd",
        "klogind",
        "in.rlogind",
        "in.telnetd",
        "telnetd",
        "login",
        "remote",
        "dropbear",
        "rshd",
        "xinetd",
        "imapd",
        "ipop3d",
        "dovecot",
        "gdm",
        "smbd",
        "rlogind",
        "sshd-session",
        "sshd-auth",
        "snmpd",
    ]
)


def login(tag: str, message: str) -> Login | None:
    """What a message of a server tells; ``None`` if it is about nobody from elsewhere."""
    times = 1
    if found := _REPEATED.fullmatch(message):
        times, message = int(found[1]), found[2]
    message = message.strip()
    program = re.sub(r"\(.*", "", tag).rpartition("/")[2]
    ssh = program.startswith("sshd")
    if not ssh and program not in _SERVERS:
        return None
    if found := _RHOST.match(message):
        host = client(found["host"]) if found["host"] else ""
        if host is None or (not host and not ssh):
            return None
        return Login("denied", "login", host, None, found["user"] or "", times)
    for pattern, act, asked in _SSH if ssh else _OTHERS:
        if found := pattern.fullmatch(message):
            return _made(found, act, asked, times)
    return None


def _made(found: re.Match[str], act: str, asked: str, times: int) -> Login | None:
    said = found.groupdict()
    host = client(said["host"]) if said.get("host") else ""
    if host is None:
        return None
    method = said.get("method") or ""
    if asked == "login" and method:
        asked = f"login {method}" if method in _METHODS else "login"
    port = count(said.get("port") or "")
    user = "" if said.get("nobody") is not None else said.get("user") or ""
    return Login(act, asked, host, port if port is not None and port < 65536 else None, user, times)
