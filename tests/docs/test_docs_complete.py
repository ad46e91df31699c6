"""Whatever a user can type, meet or set is in the documentation."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterable
from pathlib import Path

import click
import pytest

import hushdesk
from hushdesk.access import Permission, Role
from hushdesk.analytics import FACETS, FIELDS, SORTS
from hushdesk.analytics._syntax import parse
from hushdesk.cases import Reason
from hushdesk.cli._main import COMMANDS, EPILOG, cli
from hushdesk.desk import Tally
from hushdesk.errors import HushdeskError
from hushdesk.incident import Reading
from hushdesk.incident.answering._service import FACTS
from hushdesk.incident.duties import EVENTS
from hushdesk.incident.gather._registry import installed
from hushdesk.incident.sending import State
from hushdesk.readers import _mapping, available
from hushdesk.redact import Kind

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted({ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")})


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def missing(words: Iterable[str], text: str) -> list[str]:
    """Words that do not stand in the text as code: between backticks, alone or at their beginning."""
    return [word for word in words if not re.search(rf"`{re.escape(word)}(?=[`=: \[])", text)]


def load_updater(name: str = "update_cli"):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_commands_shows_the_real_help() -> None:
    updater = load_updater()
    assert page("docs/cli.md") == updater.rewritten(page("docs/cli.md")), (
        "run: python tests/docs/update_cli.py"
    )


def test_the_page_of_duties_shows_the_real_rules() -> None:
    updater = load_updater("update_duties")
    assert page("docs/duties.md") == updater.rewritten(page("docs/duties.md")), (
        "run: python tests/docs/update_duties.py"
    )


def test_every_parser_of_logs_is_explained_with_its_options() -> None:
    text = page("docs/incident.md")
    built_in = [parser for parser in installed().parsers if "hushdesk." in type(parser).__module__]
    assert len(built_in) >= 18
    for parser in built_in:
        row = re.search(rf"^\| `{parser.name}` \|.*$", text, re.MULTILINE)
        assert row is not None, parser.name
        assert not missing(parser.options, row[0].rpartition(" | ")[2]), parser.name


def test_every_word_that_is_set_in_an_incident_is_explained() -> None:
    text = page("docs/incident.md")
    assert not missing((*EVENTS, *FACTS), text)
    words = {word.value for kind in FACTS.values() for word in kind}
    assert not missing((*words, *Reading, *State), text)


def test_every_command_and_option_is_on_the_page_of_commands() -> None:
    text = page("docs/cli.md")
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        assert f"## hushdesk {name}\n" in text
        section = text.partition(f"## hushdesk {name}\n")[2].partition("\n## ")[0]
        options = {
            o for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)
        }
        assert not [option for option in options if not re.search(rf"{re.escape(option)}\b", section)], name


def test_every_exit_code_is_explained() -> None:
    codes = re.findall(r"(?:^|[:;]\s)(?:Exit codes: )?(\d+) ", EPILOG.replace("\n", " "))
    assert len(codes) >= 12
    assert not missing(codes, page("docs/operations.md"))


def test_every_reason_of_a_refusal_is_explained() -> None:
    assert not missing((reason.value for reason in Reason), page("docs/data-engineers.md"))


def test_every_field_of_the_query_language_is_explained() -> None:
    text = page("docs/analysts.md")
    assert not missing((f"{name}:" for name in FIELDS), text.replace(":", "::"))
    assert not missing(FACETS, text)
    assert not missing(SORTS, text)


def test_every_query_in_the_tables_can_be_parsed() -> None:
    text = page("docs/analysts.md").partition("<!-- queries -->")[2].partition("<!-- end of queries -->")[0]
    queries = [
        query for query in re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE) if not query.endswith(":")
    ]
    assert len(queries) > 30
    for query in queries:
        parse(query.replace("\\|", "|").replace("…", "3KX9QWERTY0123"))


def test_every_key_and_field_of_a_mapping_is_explained() -> None:
    text = page("docs/data-engineers.md")
    keys = list(_mapping._TOP)
    keys += [f"{section}.{key}" for section, names in _mapping._SECTIONS.items() for key in names or ()]
    people = (*(f"{person}." for person in _mapping.PERSONS), *_mapping.PERSON_PARTS, *_mapping.PERSON_KINDS)
    fields = [name for name in _mapping.FIELDS if name.split(".")[0] not in _mapping.PERSONS]
    assert not missing([*keys, *fields, *people], text)


def test_every_reader_is_explained() -> None:
    built_in = [name for name in available() if f'{name} = "hushdesk.readers.' in page("pyproject.toml")]
    assert len(built_in) >= 5
    assert not missing(built_in, page("docs/data-engineers.md"))


def test_every_field_of_a_load_report_is_explained() -> None:
    assert not missing(Tally.__slots__, page("docs/data-engineers.md"))


def test_every_environment_variable_is_explained() -> None:
    # Where one is read from the environment or declared as an option's; attacks make up others.
    asked = re.compile(r"""(?:environ(?:\.get|\.setdefault)?[\[(]|envvar=)\s*["'](HUSHDESK_\w+)""")
    found = {
        name
        for folder in ("src", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for name in asked.findall(path.read_text("utf-8"))
    }
    assert {"HUSHDESK_HOME", "HUSHDESK_DESK"} <= found
    text = page("docs/operations.md") + page("CONTRIBUTING.md")
    assert not [name for name in sorted(found) if f"`{name}" not in text]


def test_every_kind_of_personal_data_is_explained() -> None:
    assert not missing((kind.value for kind in Kind), page("docs/privacy-officers.md"))


def test_every_role_and_permission_is_explained() -> None:
    text = page("docs/operations.md")
    assert not missing((role.value for role in Role), text)
    assert not missing((permission.value for permission in Permission), text)


def test_the_tree_of_errors_is_the_real_one() -> None:
    for module in pkgutil.walk_packages(hushdesk.__path__, "hushdesk."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    real: dict[str, type[HushdeskError]] = {}
    left: list[type[HushdeskError]] = [HushdeskError]
    while left:
        one = left.pop()
        left += one.__subclasses__()
        if not one.__name__.startswith("_") and one.__module__.startswith("hushdesk."):
            real[one.__name__] = one
    rows = re.findall(r"^( *)- `(\w+)`(?: \((\d+)\))?", page("docs/errors.md"), re.MULTILINE)
    assert sorted(name for _, name, _ in rows) == sorted(real)
    above: list[tuple[type[HushdeskError], str]] = []
    for indent, name, code in rows:
        del above[len(indent) // 2 :]
        parent, inherited = above[-1] if above else (Exception, "1")
        assert issubclass(real[name], parent), name
        assert real[name].exit_code == int(code or inherited), name
        above.append((real[name], code or inherited))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.is_file() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


def anchors(file: Path) -> set[str]:
    """Anchors that a page's headings make."""
    heads = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_every_page_can_be_reached_from_the_index() -> None:
    index = page("docs/index.md")
    for path in DOCS.rglob("*.md"):
        name = path.relative_to(DOCS).as_posix()
        assert name == "index.md" or f"({name})" in index, name


def test_pictures_are_small() -> None:
    pictures = list((DOCS / "images").glob("*.png"))
    assert pictures
    assert all(picture.stat().st_size < 250_000 for picture in pictures)
