"""The commands of a desk that another process serves, through its owner-only socket."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any

from hushdesk.cli._commands import Tell
from hushdesk.cli._permissions import acting
from hushdesk.desk import DeskBusy, Progress
from hushdesk.errors import HushdeskError

CALL_PATH = "/call"


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=None)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


class _RemoteError(HushdeskError):
    """An error that the serving process told; its exit code is the instance's own."""

    def __init__(self, problem: str, remedy: str, exit_code: int, position: int | None) -> None:
        super().__init__(problem, remedy=remedy)
        self.position = position
        self.exit_code = exit_code  # type: ignore[misc]


class RemoteCommands:
    """Carried out in the process that serves the desk."""

    def __init__(self, owner: DeskBusy) -> None:
        self._owner = owner

    def _call(self, name: str, arguments: dict[str, Any], tell: Tell | None = None) -> Any:
        connection = _UnixConnection(self._owner.socket)
        try:
            body = json.dumps({"name": name, "arguments": arguments, "role": acting.get()})
            connection.request("POST", CALL_PATH, body, {"content-type": "application/json"})
            response = connection.getresponse()
            for line in response:
                event = json.loads(line)
                if "progress" in event:
                    if tell is not None:
                        tell(Progress(**event["progress"]))
                elif "error" in event:
                    error = event["error"]
                    raise _RemoteError(
                        error["problem"],
                        error.get("remedy", ""),
                        error.get("exit_code", 1),
                        error.get("position"),
                    )
                else:
                    return event["result"]
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            raise self._owner from None
        finally:
            connection.close()
        raise self._owner

    def load(self, inputs: list[Path], options: dict[str, Any], tell: Tell | None) -> dict[str, Any]:
        """See :class:`Commands`."""
        found: dict[str, Any] = self._call(
            "load", {"inputs": [str(path.absolute()) for path in inputs], "options": options}, tell
        )
        return found

    def reports(self) -> list[dict[str, Any]]:
        """See :class:`Commands`."""
        found: list[dict[str, Any]] = self._call("reports", {})
        return found

    def search(self, query: str, options: dict[str, Any]) -> dict[str, Any]:
        """See :class:`Commands`."""
        found: dict[str, Any] = self._call("search", {"query": query, "options": options})
        return found

    def show(self, case: str) -> dict[str, Any] | None:
        """See :class:`Commands`."""
        found: dict[str, Any] | None = self._call("show", {"case": case})
        return found

    def status(self) -> dict[str, Any]:
        """See :class:`Commands`."""
        found: dict[str, Any] = self._call("status", {})
        return found | {"used_by": f"process {self._owner.pid} ({self._owner.command})"}

    def certificates(self, *, verify: bool) -> list[dict[str, Any]]:
        """See :class:`Commands`."""
        found: list[dict[str, Any]] = self._call("certificates", {"verify": verify})
        return found

    def quarantine(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`. The passphrase goes through the owner-only socket and no further."""
        return self._call("quarantine", {"action": action, "arguments": arguments})

    def incident(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`. Passwords go through the owner-only socket and no further."""
        return self._call("incident", {"action": action, "arguments": arguments})

    def person(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`. Identifiers, and a person's file, go through the owner-only socket and no further."""
        return self._call("person", {"action": action, "arguments": arguments})

    def retention(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        return self._call("retention", {"action": action, "arguments": arguments})

    def reveal(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`. Passwords and what is opened go through the owner-only socket and no further."""
        return self._call("reveal", {"action": action, "arguments": arguments})

    def keys(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`. Passphrases and shares go through the owner-only socket and no further."""
        return self._call("keys", {"action": action, "arguments": arguments})

    def backup(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        return self._call("backup", {"action": action, "arguments": arguments})
