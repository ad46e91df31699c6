"""Reading files: lines, comments, tags, and one clear finding for each file that is wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hushdesk.guard._findings import Malformed
from hushdesk.guard.load import Loaded, load


def one(folder: Path, name: str, content: str | bytes) -> Loaded:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load([folder])


def problem(found: Loaded) -> Malformed:
    (only,) = found.findings
    assert isinstance(only, Malformed)
    assert only.remedy
    return only


def test_json_values_know_their_lines(tmp_path: Path) -> None:
    text = '{\n "a": [\n  1,\n  {"b": "x{,}",\n   "c": [[],\n  2]}\n ],\n "d": {}\n}\n'
    (document,) = one(tmp_path, "x.json", text).documents
    assert document.kind == "json"
    lines = {
        ("a",): 2,
        ("a", 0): 3,
        ("a", 1): 4,
        ("a", 1, "b"): 4,
        ("a", 1, "c"): 5,
        ("a", 1, "c", 1): 6,
        ("d",): 8,
    }
    for path, line in lines.items():
        assert document.place(*path).line == line, path
    assert document.place("a", 1, "c", 1).pointer == "a[1].c[1]"
    assert document.place("a", 1, "missing").line == 4


def test_templates_may_hold_comments_and_trailing_commas(tmp_path: Path) -> None:
    text = '\ufeff{ // one\n "url": "http://x/*y*/", /* two\n lines */\n "b": [1, 2,],\n}'
    (document,) = one(tmp_path, "x.json", text).documents
    assert document.content == {"url": "http://x/*y*/", "b": [1, 2]}
    assert document.place("b").line == 4


def test_yaml_is_read_as_the_platforms_read_it(tmp_path: Path) -> None:
    text = (
        "version: 2010-09-09\nports: [22:22, '8080']\nnull1: ~\nmode: 0644\nname: !Sub '${A}-x'\n"
        "ref: !Ref A\natt: !GetAtt a.b.c\njoin: !Join ['', [a, !Ref B]]\n---\nkind: Pod\n---\n"
    )
    first, second = one(tmp_path, "x.yaml", text).documents
    assert first.content == {
        "version": "2010-09-09",
        "ports": ["22:22", "8080"],
        "null1": None,
        "mode": 0o644,
        "name": {"Fn::Sub": "${A}-x"},
        "ref": {"Ref": "A"},
        "att": {"Fn::GetAtt": ["a", "b.c"]},
        "join": {"Fn::Join": ["", ["a", {"Ref": "B"}]]},
    }
    assert first.place("join", "Fn::Join", 1).line == 8
    assert (second.index, second.content, second.place("kind").line) == (1, {"kind": "Pod"}, 10)


def test_terraform_and_other_texts(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('variable "q" {}\n\nresource "a" "b" {\n  x = var.q\n  y {\n  }\n}\n')
    (tmp_path / "rules.v4").write_text("*filter\n:INPUT DROP [0:0]\nCOMMIT\n")
    (tmp_path / "README.md").write_text("nothing")
    found = load([tmp_path])
    assert [(Path(document.file).name, document.kind) for document in found.documents] == [
        ("main.tf", "hcl"),
        ("rules.v4", "text"),
    ]
    assert (found.files, found.opened) == (3, 2)
    module = found.documents[0]
    assert [
        module.line_of(path) for path in [("resource", "a", "b"), ("resource", '"a"', '"b"', "y", 0)]
    ] == [3, 5]
    assert module.line_of(("resource", "a", "c")) == 0


@pytest.mark.parametrize(
    ("name", "content", "says", "line"),
    [
        ("a.json", '{"a": [1, 2', "ends in the middle", 1),
        ("a.json", '{"a":\n nonsense}', "no valid JSON", 2),
        ("a.json", "[" * 100_000, "nested too deeply", 0),
        ("a.json", b"\x00\x01\x02", "no text", 0),
        ("a.yaml", "a: &x [*x]", "an alias", 1),
        ("a.yaml", "a: 1\nb: ]", "no valid YAML", 2),
        ("a.yaml", "[" * 100_000, "nested too deeply", 0),
        ("a.tf", 'resource "a" {{{', "no valid HCL", 1),
    ],
)
def test_what_is_wrong_is_said_once_and_clearly(
    tmp_path: Path, name: str, content: str | bytes, says: str, line: int
) -> None:
    found = one(tmp_path, name, content)
    assert says in problem(found).problem
    assert not line or problem(found).place.line == line
    assert not found.documents


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "multiply" in problem(one(tmp_path, "a.yaml", "\n".join(lines))).problem


def test_keys_that_occur_twice_are_said_and_the_last_counts(tmp_path: Path) -> None:
    found = one(tmp_path, "a.json", '{"a": 1, "a": 2}')
    assert "occur twice" in problem(found).problem
    assert found.documents[0].content == {"a": 2}


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "big.json"
    with file.open("wb") as out:
        out.truncate(100 * 2**20)
    assert "larger than 64 MB (100 MB)" in problem(load([tmp_path])).problem


def test_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "good.json").write_text(json.dumps({"a": 1}))
    (tmp_path / "later.yaml").write_text("a: 1\n---\nb: [\n")
    found = load([tmp_path, tmp_path / "absent"])
    assert [document.content for document in found.documents] == [{"a": 1}, {"a": 1}]
    assert len(found.findings) == 3


def test_folders_of_tools_are_named_and_left_out(tmp_path: Path) -> None:
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "x.json").write_text("{}")
    found = load([tmp_path])
    assert not found.documents
    assert [finding.place.file for finding in found.findings] == [str(tmp_path / ".terraform")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert "no regular file" in problem(load([tmp_path])).problem


def test_a_folder_that_cannot_be_listed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "shut").mkdir()
    real = os.scandir

    def scandir(path):
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = load([tmp_path])
    assert len(found.documents) == 1
    fault = problem(found)
    assert (fault.place.file, fault.problem) == (
        str(tmp_path / "shut"),
        "cannot be listed: Permission denied",
    )


@pytest.mark.parametrize("text", ["", "c = 1\n", '  resource "a" "b" {\n  }\n', "resource a b {\n}\n"])
def test_hcl_without_a_block_at_the_left_edge_has_no_lines_and_is_read_all_the_same(
    tmp_path: Path, text: str
) -> None:
    (document,) = one(tmp_path, "main.tf", text).documents
    assert document.place().line == 0
    assert document.place("resource", "a", "b").line == 0
