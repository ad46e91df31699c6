"""Help costs nothing, says all, and every exit code is documented."""

from __future__ import annotations

import importlib
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
import sys
from hushdesk.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    code = ended.code
sys.stderr.write(repr([code, [name for name in {engines} if name in sys.modules]]))
"""


@pytest.mark.parametrize("command", [(), *((name,) for name in sorted(COMMANDS))])
def test_help_starts_no_engine(command):
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(engines=ENGINES), *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == "[0, []]"
    assert "Usage: hushdesk" in done.stdout


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
