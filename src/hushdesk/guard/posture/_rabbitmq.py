"""RabbitMQ: ``rabbitmq.conf``. The Erlang form (``rabbitmq.config``, ``advanced.config``) is not evaluated.

Source: the pages "Configuration", "Networking" and "Access control". The user guest with the password guest is there after installation, and is
let in from loopback alone unless ``loopback_users`` says otherwise. Since its password is known to everybody, it proves nothing.
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.guard._policy import Place
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import Bound, bound, everywhere, host_port, port, unknown
from hushdesk.guard.posture._files import ConfigFile, Run, Setting
from hushdesk.guard.posture._lines import clean, placed, properties, value
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_false, is_true

_NAME: Final = re.compile(r"^(rabbitmq|advanced)[\w-]*\.conf(ig)?([\w.-]*)$")
_OWN: Final = re.compile(
    r"(?m)^[ \t]*(listeners\.(tcp|ssl)\b|loopback_users\b|management\.(tcp|ssl|listener)\.|default_vhost[ \t]*=|vm_memory_high_watermark)"
)
_ERLANG: Final = re.compile(r"\{\s*rabbit\s*,")


class RabbitMQ:
    """RabbitMQ."""

    name = "rabbitmq"

    def claims(self, file: ConfigFile) -> bool:
        """``rabbitmq.conf``, and files with its keys."""
        if file.is_tree:
            return False
        return bool(_OWN.search(file.text) or _ERLANG.search(file.text)) or (
            bool(_NAME.match(file.name)) and file.name.startswith("rabbitmq")
        )

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _endpoint(run, file))


def _endpoint(run: Run, file: ConfigFile) -> None:
    if _ERLANG.search(file.text) or file.text.lstrip("% \t\r\n").startswith("["):
        why = "the Erlang form of the configuration is not evaluated"
        run.skipped(file.place(), "a configuration in Erlang terms", f"{why}; write it as rabbitmq.conf")
        listeners = [
            _listener(unknown("tcp_listeners", why), 5672, "", Login.unknown(why), file.place(), tls=False)
        ]
        login = Login.unknown(why, file.place())
    else:
        found = {name: Setting(clean(one.value, "#"), one.place) for name, one in properties(file).items()}
        login = _login(file, found)
        listeners = _listeners(run, file, found, login)
    run.findings.append(
        Server(
            engine="rabbitmq",
            name=file.document.file,
            place=file.place(),
            listeners=listeners,
            login=login,
        ).endpoint()
    )


def _listeners(run: Run, file: ConfigFile, found: dict[str, Setting], login: Login) -> list[Listener]:
    listeners = []
    for kind, default in (("tcp", "5672"), ("ssl", ""), ("tcp.mqtt", ""), ("tcp.stomp", "")):
        prefix = f"listeners.{kind}"
        own = {
            name: one
            for name, one in found.items()
            if name == prefix or re.fullmatch(rf"{re.escape(prefix)}\.\w+", name)
        }
        if any(one.value == "none" for one in own.values()):
            continue
        if not own and default:
            own = {f"{prefix}.default": Setting(default, file.place())}
        for setting in own.values():
            host, number = host_port(setting.value)
            if number is None:
                run.malformed(setting.place, "the listener names no port", "write a port, or address:port")
            one = bound(host, words=setting.value) if host else everywhere(setting.value)
            listeners.append(_listener(one, number, prefix, login, setting.place, tls=kind == "ssl"))
    for kind in ("tcp", "ssl", "listener"):
        number_name = f"management.{kind}.port"
        if number_name in found:
            number = port(found[number_name].value)
            host = value(found, f"management.{kind}.ip")
            one = bound(host) if host else everywhere("every address")
            tls = kind == "ssl" or is_true(value(found, "management.listener.ssl"))
            listeners.append(_listener(one, number, "management", login, found[number_name].place, tls=tls))
    return listeners


def _listener(
    one: Bound, number: int | None, setting: str, login: Login, place: Place, *, tls: bool
) -> Listener:
    return Listener(
        label=f"port {number}" if number is not None else "an unknown port",
        bound=one,
        services=Services.of("tcp", *([] if number is None else [number])),
        setting=setting,
        login=login,
        encrypted=tls,
        place=place,
    )


def _login(file: ConfigFile, found: dict[str, Setting]) -> Login:
    anonymous = found.get("anonymous_login_user")
    if anonymous is not None and anonymous.value not in {"none", "guest"}:
        return Login.none(
            f"anonymous clients act as {anonymous.value} (anonymous_login_user)", anonymous.place
        )
    guest = found.get("loopback_users.guest")
    users = found.get("loopback_users")
    opened = (guest is not None and is_false(guest.value)) or (users is not None and users.value == "none")
    place = placed(found, file, "loopback_users.guest", "loopback_users")
    replaced = (
        value(found, "default_user", default="guest") != "guest"
        or value(found, "default_pass", default="guest") != "guest"
    )
    if opened and not replaced:
        return Login.none(
            "guest with the password guest, which everybody knows, is let in from everywhere (loopback_users)",
            place,
        )
    if opened:
        return Login.required(
            "default_user or default_pass takes the place of guest",
            placed(found, file, "default_user", "default_pass"),
        )
    return Login.required(
        "guest is let in from loopback alone (loopback_users), and every other user needs a password", place
    )
