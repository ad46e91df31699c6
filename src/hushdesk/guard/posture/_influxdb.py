"""InfluxDB: ``influxdb.conf`` of 1.x, and ``config.toml``, ``.yml``, ``.json`` of 2.x.

Source: the pages "Configuration settings" of 1.8 and "InfluxDB configuration options" of 2. Go listens for both families on either wildcard.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

from hushdesk.guard._policy import Place
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import Bound, bound_by_go, host_port, unknown
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._server import Listener, Login, Server, loopback_only
from hushdesk.guard.posture._tree import Flat, from_content, is_true

_NAME: Final = re.compile(r"^influxdb?[\w-]*\.(conf|toml|ya?ml|json)([\w.-]*)$")
_V1: Final = re.compile(
    r"(?m)^[ \t]*\[(http|meta|data|coordinator|retention|shard-precreation|continuous_queries)\]"
)
_V2: Final = re.compile(r"(?m)^[ \t]*\"?(http-bind-address|bolt-path|engine-path|sqlite-path)\"?[ \t]*[=:]")
_WRITERS: Final = (
    ("graphite", ":2003", "tcp"),
    ("collectd", ":25826", "udp"),
    ("opentsdb", ":4242", "tcp"),
    ("udp", ":8089", "udp"),
)


class InfluxDB:
    """InfluxDB 1.x and 2.x."""

    name = "influxdb"

    def claims(self, file: ConfigFile) -> bool:
        """``influxdb.conf``, and files with its sections or keys."""
        if file.is_tree:
            return bool(file.settings.under("http-bind-address", "bolt-path", "engine-path"))
        if _V2.search(file.text):
            return True
        return len({match[1] for match in _V1.finditer(file.text)}) > (0 if _NAME.match(file.name) else 2)

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _endpoint(run, file))


def _flat(run: Run, file: ConfigFile) -> Flat:
    if file.is_tree:
        return file.settings
    content: Any
    try:
        content = tomllib.loads(file.text)
    except (ValueError, RecursionError):
        if not _V1.search(file.text) and re.search(r"(?m)^[\w-]+[ \t]*:", file.text):
            return file.settings
        flat = Flat(problem="is no valid TOML")
        run.malformed(file.place(), "the file is no valid TOML", "correct it")
        return flat
    return from_content(content, lambda path: _line(file.text, path))


def _line(text: str, path: tuple[str | int, ...]) -> int:
    """The line of a key of a TOML file: the first with its name behind its section's head."""
    names = [str(step) for step in path if isinstance(step, str)]
    if not names:
        return 0
    section, key = ".".join(names[:-1]), names[-1]
    inside = not section
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped.strip("[] ").split("#")[0].strip("[] ") == section
        elif inside and re.match(rf'"?{re.escape(key)}"?\s*=', stripped):
            return number
    return 0


def _endpoint(run: Run, file: ConfigFile) -> None:
    flat = _flat(run, file)
    if file.is_tree or flat.under("http-bind-address", "bolt-path", "engine-path", "sqlite-path"):
        listeners, login = _second(file, flat)
    else:
        listeners, login = _first(file, flat)
    run.add(
        Server(
            engine="influxdb",
            name=file.document.file,
            place=file.place(),
            listeners=listeners,
            login=login,
        )
    )


def _second(file: ConfigFile, flat: Flat) -> tuple[list[Listener], Login]:
    login = Login.required("InfluxDB 2 always asks for a token, once it is set up", file.place())
    key = "http-bind-address"
    place = file.place(flat.line(key), key)
    return [_listener(flat, "http", key, ":8086", place, login, tls=flat.has("tls-cert"))], login


def _first(file: ConfigFile, flat: Flat) -> tuple[list[Listener], Login]:
    def place(key: str) -> Place:
        return file.place(flat.line(key), key if key in flat.values else "")

    if flat.problem:
        login = Login.unknown(f"the file {flat.problem}", file.place())
    elif is_true(flat.text("http.auth-enabled")):
        login = Login.required("auth-enabled is true", place("http.auth-enabled"))
    else:
        said = "is false" if flat.has("http.auth-enabled") else "is not set: off by default"
        login = Login.none(f"auth-enabled {said}", place("http.auth-enabled"))
    listeners = []
    if is_true(flat.text("http.enabled", default="true")):
        tls = is_true(flat.text("http.https-enabled"))
        listeners.append(
            _listener(flat, "http", "http.bind-address", ":8086", place("http.bind-address"), login, tls=tls)
        )
    backup = Login.none("the backup port asks for no password", place("bind-address"))
    one = _listener(flat, "backup", "bind-address", "127.0.0.1:8088", place("bind-address"), None, tls=False)
    if not loopback_only(one.bound) and not flat.problem:
        one = _listener(
            flat, "backup", "bind-address", "127.0.0.1:8088", place("bind-address"), backup, tls=False
        )
    listeners.append(one)
    for section, default, protocol in _WRITERS:
        for prefix in sorted({section, *(key.rpartition(".")[0] for key in flat.under(f"{section}."))}):
            if not is_true(flat.text(f"{prefix}.enabled")):
                continue
            key = f"{prefix}.bind-address"
            written = Login.none(f"{section} lets everybody write", place(f"{prefix}.enabled"), some=True)
            kind = flat.text(f"{prefix}.protocol", default=protocol)
            listeners.append(
                _listener(flat, section, key, default, place(key), written, tls=False, protocol=kind)
            )
    return listeners, login


def _listener(
    flat: Flat,
    label: str,
    key: str,
    default: str,
    place: Place,
    login: Login | None,
    *,
    tls: bool,
    protocol: str = "tcp",
) -> Listener:
    text = flat.text(key, default=default)
    host, number = host_port(text)
    one: Bound
    if flat.problem:
        one = unknown("an unknown address", f"the file {flat.problem}")
    else:
        one = bound_by_go(host, text)
    return Listener(
        label=f"{label} port {number}" if number is not None else f"an unknown {label} port",
        bound=one,
        services=Services.of(protocol, *([] if number is None else [number])),
        setting=key if flat.has(key) else f"{key} (default)",
        login=login,
        encrypted=tls,
        place=place,
    )
