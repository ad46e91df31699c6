"""``hushdesk serve``: the page, and the owner-only socket for the command line."""

from __future__ import annotations

import json
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hushdesk.cli._output import desk_option, stdout
from hushdesk.cli._witnessed import ACCOUNTS
from hushdesk.errors import HushdeskError

if TYPE_CHECKING:
    from hushdesk.cli._commands import Commands

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
    "--name", "names", multiple=True, help="Further host name under which the page may be asked for."
)
def serve(
    desk_path: Path, host: str, port: int, tls_cert: Path | None, tls_key: Path | None, names: tuple[str, ...]
) -> None:
    """Serve the desk's page until interrupted.

    Listens on loopback only, unless given a certificate; nothing turns that off.
    """
    serve_desk(desk_path, host, port, tls_cert=tls_cert, tls_key=tls_key, names=names)


def serve_desk(
    folder: Path,
    host: str,
    port: int,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    names: tuple[str, ...] = (),
    other_port_if_taken: bool = False,
) -> None:
    """Serve the desk in ``folder`` until interrupted.

    Raises:
        ListenError: The address may not be listened on, or is taken.
    """
    import structlog

    from hushdesk.access import Door, RecordBook, owner, witnessed_accounts
    from hushdesk.analytics import open_desk
    from hushdesk.cli._commands import LocalCommands
    from hushdesk.cli._connect import CALL_PATH
    from hushdesk.cli._permissions import role_of
    from hushdesk.web import (
        DeskPages,
        WebSettings,
        check_host,
        checks_of,
        create_app,
        incidents_of,
        lookout_of,
    )
    from hushdesk.web import serve as serve_app

    # Looked up at each line: whoever has put another stream in its place gets the lines.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    # Before anything is opened: a refusal should cost nothing and leave no trace.
    check_host(host, tls=tls_cert is not None and tls_key is not None)
    with ExitStack() as opened:
        unix = opened.enter_context(socket_path(folder))
        desk = opened.enter_context(open_desk(folder, command="serve", socket=str(unix)))
        door = Door(desk)
        accounts = opened.enter_context(
            witnessed_accounts(folder / ACCOUNTS, desk.desk.record, door.witness.seal)
        )
        lookout = lookout_of(desk)
        if lookout is not None:
            # What changed while nothing was served is found now, and the first page need not wait for it.
            lookout.look(wait=0)
        app = create_app(
            DeskPages(desk, door),
            accounts,
            WebSettings(hosts=names),
            lookout=lookout,
            incidents=incidents_of(desk),
            checks=checks_of(desk),
            record=opened.enter_context(RecordBook.of(desk.desk, door.witness)),
        )
        calls = {
            CALL_PATH: OwnerCalls(lambda role: LocalCommands(desk, owner(role_of(role), "socket"), door))
        }

        def ready(url: str) -> None:
            stdout.print(f"The page is at [bold]{url}[/]  (Ctrl-C ends it)", soft_wrap=True)

        if other_port_if_taken and _taken(host, port):
            port = 0
        serve_app(app, host, port, tls_cert=tls_cert, tls_key=tls_key, uds=unix, local=calls, on_ready=ready)


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
