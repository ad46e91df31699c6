"""Help costs nothing, says all, and every exit code is documented."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys

import click
import pytest

import hushdesk
from hushdesk.cli._main import COMMANDS, EPILOG, cli, main
from hushdesk.errors import HushdeskError

ENGINES = ("chdb", "hyperscan", "faker", "pyarrow", "phonenumbers", "fastapi")

LOOK = """
import contextlib, io, json, sys
from hushdesk.cli import main
told = []
for arguments in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
    told.append([code, said.getvalue(), sorted({name.partition(".")[0] for name in sys.modules})])
print(json.dumps(told))
"""


def look(*commands: list[str], given: str = "") -> list[tuple[int, str, set[str]]]:
    """Exit code, output and the packages that are imported after each of the commands, in one new interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, json.dumps(commands)],
        input=given,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [(code, said, set(imported)) for code, said, imported in json.loads(done.stdout.splitlines()[-1])]


def test_help_starts_no_engine():
    # One after the other: what one imports is there after it and after all that follow, and none may be the first.
    commands = [["--help"], ["--version"], ["nonsense"], *([name, "--help"] for name in sorted(COMMANDS))]
    for command, (code, said, imported) in zip(commands, look(*commands), strict=True):
        assert not imported & {*ENGINES, "cryptography", "numpy", "polars", "starlette"}, command
        assert code == (2 if command == ["nonsense"] else 0), command
        assert "--help" not in command or "Usage: hushdesk" in said


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick") / "desk"
    ((code, _, _),) = look(
        ["init", str(folder), "--keys", str(folder.parent / "keys"), "--vault", str(folder.parent / "vault")]
    )
    assert code == 0
    return folder


BESIDE = {"chdb", "hyperscan", "lark", "numpy", "phonenumbers", "polars", "pyarrow", "starlette"}
"""What no command imports that works beside whoever owns the desk."""
OPENED = {"chdb", "lark", "phonenumbers", "polars", "starlette"}
"""What no command imports that opens the desk and asks nothing about cases: the engine above all."""


@pytest.mark.parametrize(
    ("command", "without"),
    [
        pytest.param("account list", BESIDE, id="account list"),
        pytest.param("record head", BESIDE, id="record head"),
        pytest.param("record verify", BESIDE, id="record verify"),
        pytest.param("certificate", OPENED, id="certificate"),
        pytest.param("keys status", OPENED, id="keys status"),
        pytest.param("loads", OPENED, id="loads"),
        pytest.param("quarantine list", OPENED - {"lark"}, id="quarantine list"),
        pytest.param("incident list", OPENED - {"polars"}, id="incident list"),
        pytest.param("status", OPENED - {"chdb"}, id="status"),
    ],
)
def test_a_command_imports_what_it_needs(desk, command, without):
    ((code, _, imported),) = look([*command.split(), "--desk", str(desk)])
    assert code == 0
    assert "cryptography" in imported
    assert not imported & without


def test_filters_of_text_and_templates_need_no_desk(tmp_path):
    (tmp_path / "main.tf").write_text('resource "null_resource" "a" {}')
    checked, redacted = look(
        ["guard", "check", str(tmp_path)], ["redact"], given="write to jane.roe@example.com"
    )
    assert {"hcl2", "numpy"} <= checked[2]
    assert not checked[2] & {"chdb", "phonenumbers", "polars", "pyarrow", "starlette"}
    assert "[EMAIL_1]" in redacted[1]
    assert not redacted[2] & {"chdb", "polars", "pyarrow", "starlette"}


def test_every_command_says_what_it_does_and_what_its_options_are():
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help or parameter.show_default, (name, parameter.name)


def documented() -> set[int]:
    return {int(number) for number in re.findall(r"(?:^|[:;]\s+)(\d+) ", EPILOG)}


def every_error(root: type[HushdeskError] = HushdeskError) -> set[type[HushdeskError]]:
    return {root}.union(*(every_error(one) for one in root.__subclasses__()))


def test_every_exit_code_is_documented():
    for module in pkgutil.walk_packages(hushdesk.__path__, "hushdesk."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    codes = {error.exit_code for error in every_error()}
    assert len(codes) > 8
    from hushdesk.cli import _demo, _drill, _guard, _load, _person

    codes |= {
        0,
        130,
        _load.EXIT_STRICT,
        _demo.EXIT_LEAK,
        _drill.EXIT_MISSED,
        _guard.EXIT_MALFORMED,
        _person.EXIT_NOT_PROVEN,
    }
    assert codes == documented()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nonsense"], 2, "No such command"),
        (["search", "--rows", "0"], 2, "--rows"),
        (["status", "--desk", "{nowhere}"], 3, "there is no desk"),
        (["load", "--desk", "{nowhere}", "x"], 3, "hushdesk init"),
        (["load", "--desk", "{nowhere}", "--zone", "Mars", "x"], 2, "time zone"),
        (["serve", "--desk", "{nowhere}", "--host", "0.0.0.0"], 7, "certificate"),
        (["--version"], 0, ""),
    ],
)
def test_what_goes_wrong_is_said_in_one_line_with_a_documented_code(tmp_path, capsys, arguments, code, said):
    with pytest.raises(SystemExit) as ended:
        main([one.format(nowhere=tmp_path / "nowhere") for one in arguments])
    assert ended.value.code == code
    err = capsys.readouterr().err
    assert said in err
    if err.startswith("hushdesk:"):
        assert len(err.strip().splitlines()) == 1
    assert code in documented()


def test_an_unexpected_error_says_its_type_and_place_and_not_its_message(monkeypatch, capsys):
    from hushdesk.cli import _connect

    def fails(*_):
        raise RuntimeError("jane.roe@example.com")

    monkeypatch.setattr(_connect, "connect", fails)
    with pytest.raises(SystemExit) as ended:
        main(["status"])
    assert ended.value.code == 1
    shown = capsys.readouterr()
    assert "jane" not in shown.err + shown.out
    assert "RuntimeError" in shown.err
    assert "Traceback" not in shown.err
