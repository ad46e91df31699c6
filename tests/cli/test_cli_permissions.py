"""Each command names a permission, and a role is held to its own."""

from __future__ import annotations

import importlib

import click
import pytest

from hushdesk.access import Permission, Role
from hushdesk.cli import main
from hushdesk.cli._main import COMMANDS
from hushdesk.cli._permissions import NEEDS, Anybody, UnlistedCommandError, guarded
from hushdesk.desk import Desk


def leaves(command, name):
    if isinstance(command, click.Group):
        for part, inner in command.commands.items():
            yield from leaves(inner, f"{name} {part}")
        if not command.invoke_without_command:
            return
    yield name


def test_every_command_names_a_permission_and_every_name_is_a_command():
    found = set()
    for name, (module, _) in COMMANDS.items():
        found |= set(leaves(getattr(importlib.import_module(module), name), name))
    assert found == set(NEEDS)
    for needs in NEEDS.values():
        assert isinstance(needs, Anybody) or Permission(needs)


def test_an_unlisted_command_runs_for_nobody():
    @click.command("stray")
    def stray() -> None:
        raise AssertionError

    with pytest.raises(UnlistedCommandError):
        guarded(stray, "stray").callback()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roles")
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    return folder / "desk"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_runs_what_it_holds_and_no_more(role, desk, capsys):
    """Not by the table alone: the commands themselves are run."""
    runs = {
        "search": ["search", "--desk", str(desk)],
        "show": ["show", "NONE", "--desk", str(desk)],
        "loads": ["loads", "--desk", str(desk)],
        "status": ["status", "--desk", str(desk)],
        "record verify": ["record", "verify", "--desk", str(desk)],
        "quarantine list": ["quarantine", "list", "--desk", str(desk)],
    }
    for name, arguments in runs.items():
        with pytest.raises(SystemExit) as ended:
            main(["--role", role.value, *arguments])
        refused = "needs the permission" in capsys.readouterr().err
        assert refused == (Permission(NEEDS[name]) not in role.permissions), name
        # An empty desk is about too few persons for who may only count; that ends with 77 as well.
        assert ended.value.code == 77 or not refused
