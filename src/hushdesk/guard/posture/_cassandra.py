"""Cassandra and ScyllaDB: ``cassandra.yaml``, ``scylla.yaml``.

Source: the comments of the shipped ``cassandra.yaml`` and the class ``Config`` behind it.
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import Bound, Stack, bound, everywhere, port, unknown
from hushdesk.guard.posture._files import ConfigFile, Run, flat_settings
from hushdesk.guard.posture._server import Listener, Login, Server
from hushdesk.guard.posture._tree import Flat, is_false, is_true

_NAME: Final = re.compile(r"^(cassandra|scylla)([\w.-]*)\.ya?ml([\w.-]*)$")
_PROOFS: Final = frozenset({
    "PasswordAuthenticator", "MutualTlsAuthenticator", "MutualTlsWithPasswordFallbackAuthenticator",
    "CertificateAuthenticator", "SaslauthdAuthenticator", "com.scylladb.auth.CertificateAuthenticator",
})  # fmt: skip


class Cassandra:
    """Cassandra and ScyllaDB."""

    name = "cassandra"

    def claims(self, file: ConfigFile) -> bool:
        """``cassandra*.yaml`` and YAML with its settings."""
        if _NAME.match(file.name):
            return not file.is_tree or bool(
                file.settings.under("cluster_name", "rpc_", "listen_", "native_", "authenticator", "seed_")
            )
        return file.is_tree and len(
            file.settings.under("cluster_name", "rpc_address", "native_transport_port", "authenticator", "endpoint_snitch", "partitioner")
        ) > 2  # fmt: skip

    def read(self, run: Run) -> None:
        """One endpoint for each file."""
        run.guarded(run.files, lambda file: _endpoint(run, file))


def _endpoint(run: Run, file: ConfigFile) -> None:
    flat_settings(run, file)
    flat = file.settings
    login = _login(file, flat)
    tls = is_true(flat.text("client_encryption_options.enabled"))
    forced = tls and not is_true(flat.text("client_encryption_options.optional"))
    if forced and login.free.lower and is_true(flat.text("client_encryption_options.require_client_auth")):
        where = file.place(flat.line("client_encryption_options.require_client_auth"))
        login = Login.required("clients need a TLS certificate (require_client_auth)", where)
    one, setting = _rpc(flat)
    place = file.place(flat.line(setting), setting)
    listeners = []
    for label, default, key, started in (
        ("native", "9042", "native_transport_port", not is_false(flat.text("start_native_transport"))),
        ("native TLS", "", "native_transport_port_ssl", not is_false(flat.text("start_native_transport"))),
        ("thrift", "9160", "rpc_port", is_true(flat.text("start_rpc"))),
        (
            "shard-aware",
            "",
            "native_shard_aware_transport_port",
            not is_false(flat.text("start_native_transport")),
        ),
    ):
        text = flat.text(key, default=default)
        if not started or not text:
            continue
        number = port(text)
        if number is None:
            run.malformed(file.place(flat.line(key), key), f"{key} is no port", "write the number alone")
        listeners.append(
            Listener(
                label=f"{label} port {text}",
                bound=one,
                services=Services.of("tcp", *([] if number is None else [number])),
                setting=setting or "rpc_address (default)",
                login=login,
                encrypted=forced or label == "native TLS",
                place=place,
            )
        )
    listen = flat.text("listen_address", default="localhost")
    for key, default in (("storage_port", "7000"), ("ssl_storage_port", "7001")):
        number = port(flat.text(key, default=default))
        if number is not None and not flat.problem:
            peer = (
                bound(listen, Stack.ONE_SOCKET)
                if not flat.has("listen_interface")
                else everywhere("listen_interface")
            )
            listeners.append(
                Listener(
                    label=f"port {number} between nodes",
                    bound=peer,
                    services=Services.of("tcp", number),
                    setting="listen_address",
                    encrypted=None,
                    place=file.place(flat.line("listen_address"), "listen_address"),
                )
            )
    run.findings.append(
        Server(
            engine="cassandra",
            name=file.document.file,
            place=file.place(),
            listeners=listeners,
            login=login,
        ).endpoint()
    )


def _rpc(flat: Flat) -> tuple[Bound, str]:
    if flat.problem:
        return unknown("an unknown address", f"the file {flat.problem}"), ""
    if flat.has("rpc_interface"):
        return everywhere(flat.text("rpc_interface")), "rpc_interface"
    address = flat.text("rpc_address")
    if address:
        return bound(address, Stack.ONE_SOCKET), "rpc_address"
    return unknown(
        "the machine's own name", "rpc_address is empty: the address that the machine's name has is taken"
    ), "rpc_address"


def _login(file: ConfigFile, flat: Flat) -> Login:
    if flat.problem:
        return Login.unknown(f"the file {flat.problem}", file.place())
    key = "authenticator" if flat.has("authenticator") else "authenticator.class_name"
    where = file.place(flat.line(key), key)
    name = flat.text(key).removeprefix("org.apache.cassandra.auth.")
    if not name:
        return Login.none("authenticator is not set: AllowAllAuthenticator by default", file.place())
    if name == "AllowAllAuthenticator":
        return Login.none("authenticator is AllowAllAuthenticator", where)
    if name == "TransitionalAuthenticator" or name.endswith(".TransitionalAuthenticator"):
        return Login.none(
            "authenticator is TransitionalAuthenticator, which lets wrong passwords in", where, some=True
        )
    if name in _PROOFS:
        return Login.required(f"authenticator is {name}", where)
    return Login.unknown(f"authenticator is {name}, which this version does not know", where)
