"""Listening: never beyond loopback without a certificate, one process, an owner-only socket beside it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import resource
import signal
import socket
import ssl
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from cryptography import x509
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from hushdesk.errors import HushdeskError
from hushdesk.web._guard import LOCAL
from hushdesk.web._protocol import ConnectionLimits, Connections, protocol_for

log = structlog.get_logger("hushdesk.web")

_BACKLOG = 512
_DAY = 86_400
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2, with forward secrecy and nothing older; those of 1.3 are all good."""


class ListenError(HushdeskError):
    """The pages cannot be served in the way asked for."""

    exit_code = 7


def serve(
    app: FastAPI,
    host: str = "127.0.0.1",
    port: int = 8419,
    *,
    tls_cert: str | Path | None = None,
    tls_key: str | Path | None = None,
    uds: str | Path | None = None,
    local: Mapping[str, ASGIApp] | None = None,
    on_ready: Callable[[str], None] | None = None,
    limits: ConnectionLimits | None = None,
    before_reload: Callable[[], object] | None = None,
) -> None:
    """Serve until the process is told to stop (interrupt or terminate).

    Args:
        app: What :func:`hushdesk.web.create_app` built.
        host: Address or name to listen on. Anything but loopback needs a certificate.
        port: Port; 0 takes a free one.
        tls_cert: Certificate chain in PEM.
        tls_key: Its private key in PEM.
        uds: Path of a Unix socket for the command line, in a folder that only the owner may enter. It
            answers the pages' JSON twins, as the owner.
        local: Further applications by path, answered on that socket alone.
        on_ready: Called with the address once the port is open.
        limits: How long a connection may take, and how many there may be.
        before_reload: Called before the certificate's files are read again: once a day, and on a hang-up signal.

    Raises:
        ListenError: The host, the certificate, the port or the socket's folder will not do.
    """
    tls = _check_tls(tls_cert, tls_key)
    limits = limits or ConnectionLimits()
    _more_files(limits.total + 200)
    addresses = check_host(host, tls=tls)
    if tls_cert is not None:
        app.state.hosts |= _certificate_names(Path(tls_cert))
    if not any(ipaddress.ip_address(address.partition("%")[0]).is_unspecified for address in addresses):
        app.state.hosts |= {host.lower(), *addresses}
    with contextlib.ExitStack() as stack:
        sockets = _listen(addresses, port)
        for each in sockets:
            stack.callback(each.close)
        servers = [_server(app, sockets, tls_cert, tls_key, limits)]
        if uds is not None:
            own = stack.enter_context(_owner_socket(Path(uds)))
            servers.append(_server(_Local(app, local or {}), [own], None, None, ConnectionLimits()))
        url = _url(host, sockets[0].getsockname()[1], tls=tls)

        def reload() -> None:
            if tls_cert is not None and tls_key is not None:
                _reload(servers[0][0], tls_cert, tls_key, before_reload)

        asyncio.run(_run(servers, (lambda: on_ready(url)) if on_ready else None, reload))


def _more_files(wanted: int) -> None:
    """Let the process hold as many connections as it is to admit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def check_host(host: str, *, tls: bool) -> list[str]:
    """Resolve a host to the addresses to listen on.

    Raises:
        ListenError: It does not resolve, or leads beyond loopback and there is no certificate.
    """
    try:
        if not host.strip():
            raise OSError
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ListenError(
            "The host to listen on is not an address of this machine.",
            remedy="Use 127.0.0.1 or leave it out.",
        ) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not tls and not all(is_loopback(address) for address in addresses):
        raise ListenError(
            f"Refusing to listen on {host}: others could reach it, and without a certificate passwords and "
            "cases would cross the network in the clear.",
            remedy="Give --tls-cert and --tls-key, or stay on 127.0.0.1 and come through a tunnel "
            "(ssh -L 8419:127.0.0.1:8419 …).",
        )
    return addresses


def is_loopback(address: str) -> bool:
    """Whether an address can only be reached from this machine."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)


def _check_tls(cert: str | Path | None, key: str | Path | None) -> bool:
    if cert is None and key is None:
        return False
    if cert is None or key is None:
        raise ListenError(
            "A certificate and its key go together.", remedy="Give both --tls-cert and --tls-key."
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password="")
    except (OSError, ssl.SSLError, ValueError, TypeError):
        raise ListenError(
            "The certificate and key cannot be used.",
            remedy="Both must be readable PEM files that belong together; the key must have no passphrase.",
        ) from None
    return True


def _certificate_names(cert: Path) -> set[str]:
    """Names for which the certificate speaks; the pages answer to these."""
    leaf = x509.load_pem_x509_certificates(cert.read_bytes())[0]
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    found = {name.lower() for name in names.get_values_for_type(x509.DNSName) if "*" not in name}
    return found | {str(address) for address in names.get_values_for_type(x509.IPAddress)}


def _listen(addresses: list[str], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    problem = "no address"
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            each = socket.socket(family, socket.SOCK_STREAM)
        except OSError:
            continue
        try:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            each.bind((address, sockets[0].getsockname()[1] if sockets else port))
            each.listen(_BACKLOG)
        except OSError as error:
            problem = os.strerror(error.errno or 0).lower()
            each.close()
        else:
            sockets.append(each)
    if not sockets:
        raise ListenError(f"Port {port} cannot be opened: {problem}.", remedy="Choose another with --port.")
    return sockets


@contextlib.contextmanager
def _owner_socket(path: Path) -> Iterator[socket.socket]:
    """A Unix socket of mode 0600 in a folder of mode 0700, gone afterwards."""
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.stat()
    if about.st_uid != os.geteuid() or stat.S_IMODE(about.st_mode) & 0o077:
        raise ListenError(
            "The folder of the command line's socket is open to others.",
            remedy="Set its mode to 0700: chmod 700.",
        )
    if path.exists() or path.is_symlink():
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise ListenError(
                "Something else lies where the command line's socket belongs.", remedy="Move it away."
            )
        if _answers(path):
            raise ListenError("Another process already serves this desk.", remedy="Stop it first.")
        path.unlink()
    each = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # The mask is for the whole process, but nothing else runs before the servers do.
        mask = os.umask(0o177)
        try:
            each.bind(str(path))
        except OSError:
            raise ListenError(
                "The command line's socket cannot be made.",
                remedy="Its path may be longer than 100 characters.",
            ) from None
        finally:
            os.umask(mask)
        path.chmod(0o600)
        each.listen(_BACKLOG)
        yield each
    finally:
        each.close()
        with contextlib.suppress(OSError):
            path.unlink()


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


class _Local:
    """Marks requests that came over the owner's socket: they are answered in JSON, as the owner."""

    def __init__(self, app: ASGIApp, local: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._local.get(scope.get("path", ""), self._app)
        await app({**scope, LOCAL: True}, receive, send)


class _QuietServer(uvicorn.Server):
    """A server that leaves the process's signals alone: several run in one loop."""

    def __init__(self, config: uvicorn.Config, board: Connections) -> None:
        super().__init__(config)
        self.board = board

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the sockets; TLS that is not agreed upon in time is given up, which the server beneath knows no option for."""
        await self.lifespan.startup()
        loop, config = asyncio.get_running_loop(), self.config
        patience = self.board.limits.handshake if config.ssl else None

        def connect() -> asyncio.Protocol:
            make: Any = config.http_protocol_class
            protocol: asyncio.Protocol = make(
                config=config, server_state=self.server_state, app_state=self.lifespan.state, _loop=loop
            )
            return protocol

        self.servers = [
            await loop.create_server(
                connect, sock=each, ssl=config.ssl, backlog=_BACKLOG, ssl_handshake_timeout=patience
            )
            for each in sockets or []
        ]
        self.started = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to :func:`_run`."""
        yield


def _server(
    app: ASGIApp, sockets: list[socket.socket], cert: Any, key: Any, limits: ConnectionLimits
) -> tuple[_QuietServer, list[socket.socket]]:
    board = Connections(limits)
    config = uvicorn.Config(
        app,
        access_log=False,
        date_header=True,
        h11_max_incomplete_event_size=32_768,
        http=protocol_for(board),
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        ssl_certfile=cert,
        ssl_ciphers=_CIPHERS,
        ssl_context_factory=_tls_context if cert else None,
        ssl_keyfile=key,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=int(limits.keep_alive),
        workers=1,
        ws="none",
    )
    return _QuietServer(config, board), sockets


def _tls_context(_config: uvicorn.Config, make: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = make()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    return context


def _reload(
    server: _QuietServer, cert: str | Path, key: str | Path, before: Callable[[], object] | None
) -> None:
    """Read the certificate's files again, for the connections to come; what cannot be used changes nothing."""
    try:
        if before is not None:
            before()
        _check_tls(cert, key)
    except (HushdeskError, OSError):
        log.error(  # noqa: TRY400 - what it says of files is known, and a traceback may say more
            "certificate not read again", problem="its files cannot be used; the one in use stays"
        )
    else:
        if server.config.ssl is not None:
            server.config.ssl.load_cert_chain(cert, key)
            log.info("certificate read again")


class _NoTraceback(logging.Filter):
    """Drops tracebacks from the server's own log: an exception's message may hold a value."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, drop the rest."""
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True


async def _run(
    servers: list[tuple[_QuietServer, list[socket.socket]]],
    ready: Callable[[], None] | None,
    reload: Callable[[], None],
) -> None:
    quiet = _NoTraceback()
    for name in ("uvicorn.error", "uvicorn", "asyncio"):
        logging.getLogger(name).addFilter(quiet)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)

    watches = [asyncio.ensure_future(server.board.watch()) for server, _ in servers]

    def stop() -> None:
        for server, _ in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Only the main thread may; elsewhere (tests) the caller stops the servers.
        with contextlib.suppress(ValueError, RuntimeError):
            loop.add_signal_handler(number, stop)
    with contextlib.suppress(ValueError, RuntimeError):
        loop.add_signal_handler(signal.SIGHUP, reload)

    async def daily() -> None:
        while True:
            await asyncio.sleep(_DAY)
            reload()

    watches.append(asyncio.ensure_future(daily()))
    tasks = [asyncio.ensure_future(server.serve(sockets=sockets)) for server, sockets in servers]
    while not all(server.started for server, _ in servers):
        await asyncio.sleep(0.01)
        if any(task.done() for task in tasks):
            break
    else:
        if ready is not None:
            ready()
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop()
    await asyncio.gather(*tasks)
    for watch in watches:
        watch.cancel()


def _url(host: str, port: int, *, tls: bool) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http{'s' if tls else ''}://{shown}:{port}/"
