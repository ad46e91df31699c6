"""Faces that import late say the same to people, to type checkers and to whoever asks for a name."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import hushdesk
from hushdesk._late import late

SOURCE = Path(hushdesk.__file__).parent
FACES = sorted(
    "hushdesk." + ".".join(path.parent.relative_to(SOURCE).parts)
    for path in SOURCE.rglob("__init__.py")
    if path.parent != SOURCE and "import late" in path.read_text("utf-8")
)


def declared(face: str) -> tuple[set[tuple[str, str, str]], set[tuple[str, str, str]], list[str]]:
    """Module, name and public name: as type checkers read them, and as they are imported; and what is public."""
    tree = ast.parse(SOURCE.joinpath(*face.split(".")[1:], "__init__.py").read_text("utf-8"))
    (branch,) = (node for node in tree.body if isinstance(node, ast.If))
    read = {
        (node.module, alias.name, alias.asname or alias.name)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    (assigned,) = branch.orelse
    homes = ast.literal_eval(assigned.value.args[1])
    imported = set()
    for module, names in homes.items():
        whole = module if module.startswith("hushdesk.") else f"{face}.{module}"
        for name in names.split():
            public, _, private = name.partition("=")
            imported.add((whole, private or public, public))
    (public,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    return read, imported, public


def test_there_are_such_faces():
    assert {"hushdesk.desk", "hushdesk.access", "hushdesk.redact"} <= set(FACES)


@pytest.mark.parametrize("face", FACES)
def test_both_halves_agree_and_each_name_is_there(face):
    read, imported, public = declared(face)
    assert read == imported
    assert sorted(public) == sorted(name for _, _, name in imported)
    module = importlib.import_module(face)
    for home, private, name in imported:
        assert getattr(module, name) is getattr(importlib.import_module(home), private)


@pytest.mark.parametrize("face", FACES)
def test_no_name_is_also_a_module(face):
    # Importing such a module would put it in the place of what the name means.
    folder = SOURCE.joinpath(*face.split(".")[1:])
    modules = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    assert not modules & {name for _, _, name in declared(face)[1]}


def test_a_name_that_is_nowhere():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        late("hushdesk.desk", {"_errors": "DeskError"})("nothing")


def test_a_name_under_another_is_found_and_kept(monkeypatch):
    monkeypatch.delitem(vars(sys.modules["hushdesk.web"]), "certificate_expiry", raising=False)
    from hushdesk.web import certificate_expiry
    from hushdesk.web._own_tls import expiry

    assert certificate_expiry is expiry
    assert vars(sys.modules["hushdesk.web"])["certificate_expiry"] is expiry


def test_a_function_and_its_package_share_a_name():
    code = (
        "import hushdesk; text = 'write to jane.roe@example.com'; "
        "assert hushdesk.redact(text).text == 'write to [EMAIL_1]'; "
        "from hushdesk.redact import find; assert find(text); "
        "assert hushdesk.redact(text).text == 'write to [EMAIL_1]' == hushdesk.redact.redact(text).text"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
