"""The command group. Commands are imported when they are called: ``--help`` must not start an engine."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from hushdesk._version import __version__
from hushdesk.cli._output import fail
from hushdesk.cli._permissions import ROLES, acting, guarded
from hushdesk.errors import HushdeskError

COMMANDS = {
    "account": ("hushdesk.cli._account", "Accounts, their roles, passwords, second factors and API tokens."),
    "backup": ("hushdesk.cli._backup", "Back up a desk in use; verify and list backups."),
    "certificate": ("hushdesk.cli._certificate", "Show what is certified of each load, or verify it."),
    "demo": (
        "hushdesk.cli._demo",
        "Make a desk of generated cases, check it against the truth, and serve it.",
    ),
    "drill": ("hushdesk.cli._drill", "Rehearse an incident: plant it, answer it, score the answer."),
    "evaluate": ("hushdesk.cli._evaluate", "Measure redaction on labelled texts."),
    "guard": ("hushdesk.cli._guard", "Compute who can reach a data store, and by which rule."),
    "incident": ("hushdesk.cli._incident", "What was open, who came, whose data, whom to tell by when."),
    "init": ("hushdesk.cli._init", "Make an empty desk, its keys and its first account."),
    "keys": ("hushdesk.cli._keys", "Show and rotate keys, move them, split the officer's key."),
    "load": ("hushdesk.cli._load", "Load exports into the desk."),
    "loads": ("hushdesk.cli._load", "List loads, or show the report of one."),
    "mapping": ("hushdesk.cli._mapping", "Suggest a mapping file for a table, and ask."),
    "person": ("hushdesk.cli._person", "Find, export or erase a person who asks (officer)."),
    "quarantine": (
        "hushdesk.cli._quarantine",
        "List, open, decide and release what was held back (officer).",
    ),
    "record": ("hushdesk.cli._record", "Show and verify the record of who did what."),
    "redact": ("hushdesk.cli._redact", "Filter: text in, text without personal data out."),
    "restore": ("hushdesk.cli._backup", "Restore a backup into a new folder."),
    "retention": ("hushdesk.cli._retention", "Let cases go whose time is up, by product and age."),
    "reveal": ("hushdesk.cli._reveal", "Open a pseudonym: ask, approve as the second officer, open once."),
    "search": ("hushdesk.cli._search", "Search the cases of a desk."),
    "serve": ("hushdesk.cli._serve", "Serve the page on loopback, or with TLS elsewhere."),
    "show": ("hushdesk.cli._search", "Read one case."),
    "status": ("hushdesk.cli._status", "What the desk holds, and who is using it."),
}

EPILOG = """Exit codes: 0 done; 1 an error; 2 the command was given wrongly; 3 no usable desk; 4 the desk is in use;
5 the load cannot begin; 6 a sealing process died (run again to resume); 7 the address may not be listened on;
8 with --strict: rows were refused or quarantined; 9 not found; 10 the leak count missed the demo's floor;
11 a quarantined case stays there; 12 a certificate is refused; 13 labelled texts cannot be used;
14 an input of the guard could not be read; 15 a step of an incident cannot be done; 16 the record is damaged; 17 the drill missed something;
18 a person or a case cannot leave as asked; 19 what was erased is not proven to be gone;
20 a backup cannot be made or restored, or is not what it claims to be; 70 a reader has a bug; 75 try again later; 77 not permitted; 130 interrupted."""


class _Lazy(click.Group):
    """Knows its commands' names and one-line helps, and imports a command only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return guarded(command, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader of a pipe went away: no error of ours, and nothing more to say to it. Caught here, before
            # the library takes it for a failure.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "HUSHDESK"},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name="hushdesk")
@click.option("--role", type=click.Choice(ROLES), help="Act with the permissions of this role alone.")
def cli(role: str | None) -> None:
    """Hushdesk: the support-case analytics store that is safe to lose."""
    acting.set(role or "")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit. One line for each expected error, and never a traceback with a value."""
    code: Any = 1
    try:
        code = cli.main(arguments, prog_name="hushdesk", standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        fail("interrupted.", "What was acknowledged is kept; run the same command to go on.")
        code = 130
    except HushdeskError as error:
        position = getattr(error, "position", None)
        fail(
            error.problem if position is None else f"at character {position + 1}: {error.problem}",
            error.remedy,
        )
        code = error.exit_code
    except Exception as error:  # noqa: BLE001 - a message of a library may quote a case
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "unknown place"
        fail(
            f"unexpected {type(error).__name__} at {where}.",
            "This is a bug. Its message is withheld, since it may quote a case; please report type and place.",
        )
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
