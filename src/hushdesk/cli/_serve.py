"""``hushdesk serve``: the page, and the owner-only socket for the command line."""

from __future__ import annotations

import json
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hushdesk.cli._output import desk_option, stdout
from hushdesk.errors import HushdeskError

if TYPE_CHECKING:
    from hushdesk.access import OidcClient
    from hushdesk.cli._commands import Commands
    from hushdesk.desk import DeskSettings
    from hushdesk.web import OwnCertificate

SOCKET_NAME = "owner.sock"
_LONGEST_SOCKET_PATH = 100
"""The kernel's own limit is 107 bytes."""


@click.command("serve")
@desk_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Anything but loopback needs a certificate."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8419, show_default=True, help="0 takes a free one."
)
@click.option("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain (PEM).")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its private key (PEM).")
@click.option(
    "--tls-own",
    is_flag=True,
    help="Use a certificate of the desk's own, made and renewed in its keys' folder, for this machine's names and each --name.",
)
@click.option(
    "--name", "names", multiple=True, help="Further host name under which the page may be asked for."
)
def serve(
    desk_path: Path,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    names: tuple[str, ...],
    *,
    tls_own: bool,
) -> None:
    """Serve the desk's page until interrupted.

    Listens on loopback only, unless given a certificate or told to make one; nothing turns that off. A hang-up signal
    (SIGHUP) makes it read the certificate's files again.
    """
    if tls_own and (tls_cert or tls_key):
        raise click.UsageError("--tls-own makes a certificate; --tls-cert and --tls-key give one.")
    serve_desk(desk_path, host, port, tls_cert=tls_cert, tls_key=tls_key, tls_own=tls_own, names=names)


def serve_desk(
    folder: Path,
    host: str,
    port: int,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    tls_own: bool = False,
    names: tuple[str, ...] = (),
    other_port_if_taken: bool = False,
) -> None:
    """Serve the desk in ``folder`` until interrupted.

    Raises:
        ListenError: The address may not be listened on, or is taken.
    """
    import structlog

    from hushdesk.access import Door, RecordBook, open_accounts, owner
    from hushdesk.access.reveal import open_reveals
    from hushdesk.analytics import open_desk
    from hushdesk.cli._commands import LocalCommands
    from hushdesk.cli._permissions import role_of
    from hushdesk.cli._remote import CALL_PATH
    from hushdesk.web import check_host

    # Looked up at each line: whoever has put another stream in its place gets the lines.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    renew: Callable[[], object] | None = None
    if tls_own:
        made, renew = _own_certificate(folder, host, names)
        tls_cert, tls_key = made.cert, made.key
    # Before anything is opened: a refusal should cost nothing and leave no trace.
    check_host(host, tls=tls_cert is not None and tls_key is not None)
    with ExitStack() as opened:
        unix = opened.enter_context(socket_path(folder))
        desk = opened.enter_context(open_desk(folder, command="serve", socket=str(unix)))
        # The rest of the pages takes a second to come: not before it is sure that there is something to be served.
        from hushdesk.web import (
            DeskPages,
            WebSettings,
            checks_of,
            create_app,
            incidents_of,
            lookout_of,
            persons_of,
            security_txt,
        )
        from hushdesk.web import serve as serve_app

        desk.desk.store.start()
        # Else all who come first wait for it.
        desk.analytics.prepare()
        door = Door(desk)
        accounts = opened.enter_context(open_accounts(desk.desk))
        reveals = opened.enter_context(closing(open_reveals(desk, accounts)))
        lookout = lookout_of(desk)
        if lookout is not None:
            # What changed while nothing was served is found now, and the first page need not wait for it.
            lookout.look(wait=0)
        app = create_app(
            DeskPages(desk, door),
            accounts,
            WebSettings(hosts=names, security_txt=security_txt(desk.desk.settings.security)),
            lookout=lookout,
            incidents=incidents_of(desk),
            checks=checks_of(desk),
            persons=persons_of(desk, reveals),
            reveals=reveals,
            provider=provider_of(desk.desk.settings, folder),
            record=opened.enter_context(RecordBook.of(desk.desk, door.witness)),
        )
        calls = {
            CALL_PATH: OwnerCalls(lambda role: LocalCommands(desk, owner(role_of(role), "socket"), door))
        }

        def ready(url: str) -> None:
            stdout.print(f"The page is at [bold]{url}[/]  (Ctrl-C ends it)", soft_wrap=True)

        if other_port_if_taken and _taken(host, port):
            port = 0
        serve_app(
            app,
            host,
            port,
            tls_cert=tls_cert,
            tls_key=tls_key,
            uds=unix,
            local=calls,
            on_ready=ready,
            before_reload=renew,
        )


def provider_of(settings: DeskSettings, folder: Path) -> OidcClient | None:
    """What asks the provider of identities that the desk names; None if it names none.

    Raises:
        DeskError: The secret of the client would be copied with the desk.
        VaultError: It is missing, or others can reach it.
    """
    from hushdesk.access import OidcClient
    from hushdesk.desk import must_be_outside

    if settings.oidc is None:
        return None
    if settings.oidc.client_secret_file is not None:
        must_be_outside(settings.oidc.client_secret_file, folder, "client's secret")
    return OidcClient(settings.oidc, must=settings.sign_in.second_factor)


def _own_certificate(
    folder: Path, host: str, names: tuple[str, ...]
) -> tuple[OwnCertificate, Callable[[], object]]:
    """The desk's own certificate, and what renews it."""
    from hushdesk.cli._own_tls import tls_folder, told
    from hushdesk.web import own_certificate

    keys = tls_folder(folder)
    wanted = (*names, *(() if host in {"", "0.0.0.0", "::"} else (host,)))  # noqa: S104 - compared, not listened on
    made = own_certificate(keys, wanted)
    for line in told(made):
        stdout.print(line, soft_wrap=True, highlight=False)
    return made, lambda: own_certificate(keys, wanted)


def _taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as probe:
        return port != 0 and probe.connect_ex((host, port)) == 0


@contextmanager
def socket_path(folder: Path) -> Iterator[Path]:
    """Where the owner-only socket of a desk lies: in the desk, or in a temporary folder if that path is too long."""
    path = folder.absolute() / "run" / SOCKET_NAME
    if len(str(path).encode()) <= _LONGEST_SOCKET_PATH:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="hushdesk-") as private:
        yield Path(private) / SOCKET_NAME


class OwnerCalls:
    """The command line's calls over the owner's socket, as an ASGI application.

    A call is ``{"name": …, "arguments": {…}}``; the answer is lines of JSON: progress, then a result or an
    error. Whoever reaches the socket owns the desk's files; ``role`` says which role they want to act in.
    """

    def __init__(self, commands: Callable[[str], Commands]) -> None:
        self._commands = commands

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        from starlette.requests import Request
        from starlette.responses import StreamingResponse

        call = await Request(scope, receive).json()
        lines = self._lines(str(call["name"]), call["arguments"], str(call.get("role", "")))
        await StreamingResponse(lines, media_type="application/x-ndjson")(scope, receive, send)

    def _lines(self, name: str, arguments: dict[str, Any], role: str) -> Any:
        from hushdesk.cli._commands import answer

        try:
            for event in answer(self._commands(role), name, arguments):
                yield json.dumps(event, ensure_ascii=False, default=str) + "\n"
        except HushdeskError as error:
            told = {
                "problem": error.problem,
                "remedy": error.remedy,
                "exit_code": error.exit_code,
                "position": getattr(error, "position", None),
            }
            yield json.dumps({"error": told}) + "\n"
        except Exception as error:  # noqa: BLE001 - the message may quote a case
            told = {"problem": f"unexpected {type(error).__name__} in the serving process.", "exit_code": 1}
            yield json.dumps({"error": told}) + "\n"
