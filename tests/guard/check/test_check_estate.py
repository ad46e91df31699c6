"""The account of a survey: every file is somewhere in it, and no dialect's fault takes the others with it."""

from __future__ import annotations

import json

import pytest
from guard_toys import Toy

from hushdesk.guard import Intent, _registry, survey
from hushdesk.guard.check import check as checked
from hushdesk.guard.check import report_value

SECRET = "s3cret-of-a-document"


def write(folder, **files):
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps({"toy": content}))
    return folder


def test_every_file_is_accounted_for(tmp_path):
    write(tmp_path, one={"db": ["10.0.0.0/8"]})
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "blob").write_bytes(b"\0\1")
    (tmp_path / "photo.png").write_bytes(b"\0\1")
    (tmp_path / "cut.json").write_text('{"toy": ')
    estate = survey([tmp_path], using=[Toy()])
    coverage = estate.coverage
    assert (coverage.files, coverage.opened, coverage.read) == (5, 4, {"toy": 1})
    assert coverage.unclaimed == (str(tmp_path / "other.json"), str(tmp_path / "blob"))
    assert [fault.place.file for fault in estate.malformed] == [str(tmp_path / "cut.json")]


def test_a_dialect_that_fails_on_one_file_still_reads_the_others(tmp_path):
    write(tmp_path, good={"db": ["10.0.0.0/8"]}, worse={SECRET: ["crash"]}, last={"log": ["10.0.0.0/8"]})
    estate = survey([tmp_path], using=[Toy()])
    assert sorted(one.name for one in estate.endpoints) == ["db", "log"]
    on_file, together = estate.malformed
    assert on_file.place.file == str(tmp_path / "worse.json")
    assert "the dialect toy failed on this file (KeyError)" in on_file.problem
    assert "KeyError" in together.problem
    assert SECRET not in json.dumps(report_value(checked(estate, Intent())))


def test_a_dialect_whose_claims_fail_reads_the_document_all_the_same(tmp_path):
    class Sloppy(Toy):
        def claims(self, document):
            raise ValueError(SECRET)

    estate = survey([write(tmp_path, one={"db": ["10.0.0.0/8"]})], using=[Sloppy()])
    assert [one.name for one in estate.endpoints] == ["db"]
    assert [fault.problem for fault in estate.malformed] == [
        "the dialect toy failed on this file (ValueError)"
    ]


class Point:
    def __init__(self, name, load):
        self.name = name
        self.load = load


@pytest.fixture
def plugins(monkeypatch):
    def install(**loads):
        points = [Point(name, load) for name, load in loads.items()]
        monkeypatch.setattr(_registry, "entry_points", lambda group: points)
        _registry.installed.cache_clear()

    yield install
    _registry.installed.cache_clear()


def test_a_broken_entry_point_is_told_and_the_others_go_on(tmp_path, plugins):
    def explode():
        raise ImportError(SECRET)

    plugins(broken=explode, toy=lambda: Toy)
    estate = survey([write(tmp_path, one={"db": ["10.0.0.0/8"]})])
    assert [one.name for one in estate.endpoints] == ["db"]
    (fault,) = estate.malformed
    assert (fault.place.file, fault.problem) == ("", "the dialect broken could not be loaded (ImportError)")


def test_findings_have_one_style_whoever_wrote_the_dialect(tmp_path):
    estate = survey([write(tmp_path, one={"a": ["wrong"], "b": ["strange"]})], using=[Toy()])
    (fault,) = estate.malformed
    assert (fault.problem, fault.remedy) == ("a network is wrong", "Write it anew.")
    (left,) = estate.coverage.not_looked_at
    assert left.why == "the network is strange"
