"""A client without a password, run alone in a network namespace: ``anonymous_client.py protocol host port``.

Prints ``closed`` if no connection comes about, ``asked`` if it gets no data, ``open`` if it does. As ``anonymous_client.py sweep host port`` it
reads lines ``source user database`` and prints for each ``trust``, ``password`` or ``refused``, as a PostgreSQL server answers. Only the standard
library, so that it starts fast.
"""

from __future__ import annotations

import socket
import struct
import sys
import urllib.error
import urllib.request
from contextlib import suppress

PATIENCE = 5.0


def exchange(host: str, port: int, message: bytes, *, greeting: bool = False) -> tuple[bytes, bytes]:
    """What the server says first, and what it answers."""
    with socket.create_connection((host, port), PATIENCE) as connection:
        connection.settimeout(PATIENCE)
        try:
            first = connection.recv(4096) if greeting else b""
            connection.sendall(message)
            return first, connection.recv(4096)
        except OSError:
            return b"", b""


def redis(host: str, port: int) -> bool:
    return exchange(host, port, b"DBSIZE\r\n")[1].startswith(b":")


def memcached(host: str, port: int) -> bool:
    return b"END" in exchange(host, port, b"get x\r\n")[1]


def startup(user: str, database: str) -> bytes:
    """The first message of a PostgreSQL client; without a database one for physical replication."""
    words = b"user\0" + user.encode() + b"\0"
    words += b"database\0" + database.encode() + b"\0" if database else b"replication\0true\0"
    return struct.pack("!ii", len(words) + 9, 196608) + words + b"\0"


def postgresql(host: str, port: int) -> bool:
    for user, database in (
        ("nobody", "postgres"),
        ("monitor", "postgres"),
        ("nobody", "template1"),
        ("nobody", ""),
    ):
        answer = exchange(host, port, startup(user, database))[1]
        if answer.startswith(b"R\0\0\0\x08\0\0\0\0"):
            return True
    return False


def mysql(host: str, port: int) -> bool:
    with socket.create_connection((host, port), PATIENCE) as connection:
        connection.settimeout(PATIENCE)
        greeting = connection.recv(4096)
        if greeting[4:5] == b"\xff":
            return False
        login = struct.pack("<IIB23x", 0x0000A205, 2**24, 33) + b"root\0\0" + b"mysql_native_password\0"
        connection.sendall(struct.pack("<I", len(login))[:3] + b"\x01" + login)
        return connection.recv(4096)[4:5] == b"\0"


def mosquitto(host: str, port: int) -> bool:
    message = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x05\x00\x05guard"
    return exchange(host, port, message)[1] == b"\x20\x02\x00\x00"


PAGES = {
    "etcd": ("/v3/kv/range", b'{"key":"AA==","range_end":"AA=="}'),
    "influxdb": ("/query?q=SHOW%20DATABASES", None),
    "clickhouse": ("/?query=SELECT%201", None),
    "nginx": ("/dump/", None),
}


def page(protocol: str, host: str, port: int) -> bool:
    path, body = PAGES[protocol]
    with socket.create_connection((host, port), PATIENCE):
        pass
    shown = f"[{host}]" if ":" in host else host
    request = urllib.request.Request(f"http://{shown}:{port}{path}", data=body)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return False
    except OSError:
        return False


def sweep(host: str, port: int) -> str:
    found = []
    for line in sys.stdin:
        source, user, database = line.split(" ")
        with socket.create_connection((host, port), PATIENCE, (source, 0)) as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(startup(user, database.strip()))
            answer = connection.recv(4096)
        kind = answer[:1] + answer[8:9]
        found.append(
            "refused"
            if kind[:1] != b"R"
            else "trust"
            if kind == b"R\0" and answer[5:9] == b"\0\0\0\0"
            else "password"
        )
    return "\n".join(found)


def main(protocol: str, host: str, port: int) -> str:
    if protocol == "sweep":
        return sweep(host, port)
    try:
        known = page(protocol, host, port) if protocol in PAGES else globals()[protocol](host, port)
    except OSError:
        return "closed"
    return "open" if known else "asked"


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.stdout.write(main(sys.argv[1], sys.argv[2], int(sys.argv[3])) + "\n")
