"""Mosquitto: ``mosquitto.conf`` with its include folder.

Source: mosquitto.conf(5) of 1.6 and 2.0, and the page "Migrating from 1.x to 2.0": without any listener 2.0 serves loopback alone, and with one it
lets nobody in anonymously unless told to; 1.x serves everybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._policy import Place
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import LOOPBACK, Bound, bound, every_v4, everywhere, loopback, port, unknown
from hushdesk.guard.posture._files import MOST_INCLUDES, ConfigFile, Run, Setting
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import is_true

_NAME: Final = re.compile(r"^mosquitto[\w-]*\.conf([\w.-]*)$")
_OWN: Final = re.compile(
    r"(?m)^[ \t]*(allow_anonymous[ \t]+(true|false)|listener[ \t]+\d+|per_listener_settings[ \t]|persistence_location[ \t]"
    r"|password_file[ \t]|acl_file[ \t]|max_queued_messages[ \t]|bridge_\w+[ \t])"
)
_CHECKS: Final = ("password_file", "psk_file", "plugin", "auth_plugin", "global_plugin")


class Mosquitto:
    """Eclipse Mosquitto."""

    name = "mosquitto"

    def claims(self, file: ConfigFile) -> bool:
        """``mosquitto.conf``, and files with its options."""
        return not file.is_tree and bool(
            _NAME.match(file.name) or (file.name.endswith(".conf") and _OWN.search(file.text))
        )

    def read(self, run: Run) -> None:
        """One endpoint for each file that no other includes."""
        confs = {file.path: _Conf(run, file) for file in run.files}
        run.guarded(run.files, lambda file: confs[file.path].load(file, ()))
        roots = [file for file in run.files if not run.included(file)]
        run.guarded(roots, lambda file: _endpoint(run, confs[file.path]))


@dataclass(slots=True)
class _Section:
    """The default listener, or one that a ``listener`` line begins."""

    port: str
    address: str
    place: Place
    options: dict[str, Setting] = field(default_factory=dict)


class _Conf:
    """All sections of one server."""

    def __init__(self, run: Run, main: ConfigFile) -> None:
        self.run = run
        self.main = main
        self.sections = [_Section("", "", main.place())]
        self.shared: dict[str, Setting] = {}
        """The last of each option, wherever it stands."""
        self.unknown = ""
        self.reads = 0

    def load(self, file: ConfigFile, above: tuple[str, ...]) -> None:
        """Reads a file and its include folder."""
        self.reads += 1
        if file.path in above or len(above) > 10 or self.reads > MOST_INCLUDES:
            self.run.malformed(
                file.place(), "the files include each other, or too many", "take an include line out"
            )
            return
        for number, raw in enumerate(file.text.splitlines(), 1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            name, _, value = line.partition(" ")
            value = value.strip()
            place = file.place(number, name)
            if name == "listener":
                words = value.split()
                self.sections.append(
                    _Section(words[0] if words else "", words[1] if len(words) > 1 else "", place)
                )
            elif name == "include_dir":
                self._include(file, number, value, (*above, file.path))
            else:
                self.sections[-1].options[name] = self.shared[name] = Setting(value, place)

    def _include(self, file: ConfigFile, number: int, target: str, above: tuple[str, ...]) -> None:
        found = self.run.find(file, target.rstrip("/") + "/*.conf")
        for one in found:
            self.run.use(one)
            self.load(one, above)
        if not found and self.run.report_missing(file, number, target, many=True):
            self.unknown = f"{target} is included and was not given"

    def option(self, section: _Section, name: str) -> Setting | None:
        """An option as it counts for one listener."""
        apart = self.shared.get("per_listener_settings")
        if apart is not None and is_true(apart.value):
            return section.options.get(name)
        return self.shared.get(name)


def _endpoint(run: Run, conf: _Conf) -> None:
    version = run.version("mosquitto")
    first, others = conf.sections[0], conf.sections[1:]
    chosen = [section for section in others if section.port != "0"]
    used = any(name in first.options for name in ("port", "bind_address", "bind_interface"))
    listeners: list[Listener] = []
    if used or not others:
        first.port = first.options["port"].value if "port" in first.options else "1883"
        first.address = first.options["bind_address"].value if "bind_address" in first.options else ""
        chosen.insert(0, first)
    implicit = not used and not others
    for section in chosen:
        number = port(section.port)
        if number is None:
            run.malformed(
                section.place, "the listener names no port", "write listener 1883, and an address if wanted"
            )
        one = _bound(conf, section, implicit=implicit, version=version)
        listeners.append(
            Listener(
                label=f"port {section.port}" if number is not None else "an unknown port",
                bound=one,
                services=Services.of("tcp", *([] if number is None else [number])),
                setting="" if implicit else "listener" if section is not first else "bind_address",
                login=_login(conf, section, implicit=implicit, version=version),
                encrypted="certfile" in section.options or "psk_hint" in section.options,
                place=section.place,
            )
        )
    run.findings.append(
        Server(
            engine="mosquitto",
            name=conf.main.document.file,
            place=conf.main.place(),
            listeners=listeners,
            login=_login(conf, first, implicit=implicit, version=version),
        ).endpoint()
    )


def _bound(conf: _Conf, section: _Section, *, implicit: bool, version: tuple[int, ...]) -> Bound:
    if section.address:
        return bound(section.address)
    if not implicit:
        domain = section.options.get("socket_domain")
        if domain is not None and domain.value == "ipv4":
            return every_v4("every IPv4 address")
        return everywhere("every address")
    if conf.unknown:
        return unknown("no listener is set", conf.unknown, surely=LOOPBACK)
    if version >= (2,):
        return loopback("loopback (no listener is set)")
    if version:
        return everywhere("every address (no listener is set)")
    why = (
        "no listener is set: 2.0 then serves loopback alone, 1.x every address; which version this is decides "
        "(parameter mosquitto.version)"
    )
    return unknown("no listener is set", why, surely=LOOPBACK)


def _login(conf: _Conf, section: _Section, *, implicit: bool, version: tuple[int, ...]) -> Login:
    certificate = section.options.get("require_certificate")
    if certificate is not None and is_true(certificate.value):
        return Login.required("clients need a TLS certificate (require_certificate)", certificate.place)
    if conf.unknown:
        return Login.unknown(conf.unknown, conf.main.place())
    limited = conf.option(section, "acl_file") is not None
    anonymous = conf.option(section, "allow_anonymous")
    if anonymous is not None and is_true(anonymous.value):
        return Login.none("allow_anonymous is true", anonymous.place, some=limited)
    if anonymous is not None:
        return Login.required("allow_anonymous is false", anonymous.place)
    for name in _CHECKS:
        check = conf.option(section, name)
        if check is not None and check.value:
            return Login.required(f"{name} is set, and allow_anonymous is not", check.place)
    if implicit or (version and version < (2,)):
        return Login.none(
            "allow_anonymous is not set, and nothing checks passwords", section.place, some=limited
        )
    if version:
        return Login.required("allow_anonymous is not set: false for a listener since 2.0", section.place)
    return Login.unknown(
        "allow_anonymous is not set: false for a listener since 2.0, true before; which version this is decides (parameter "
        "mosquitto.version)",
        section.place,
    )
