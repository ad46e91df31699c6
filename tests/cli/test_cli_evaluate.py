"""``hushdesk evaluate``: figures for people and programs, and no text unless asked for."""

from __future__ import annotations

import json

import pytest

from hushdesk.cli import main

TEXTS = [
    ("Write to wilhelmina.brandt@example.com please", "en", "tickets", [(9, 38, "EMAIL_ADDRESS")]),
    ("Server 203.0.113.77 ist tot, sagt meine Tochter", "de", "tickets", [(7, 19, "IP"), (34, 47, "PERSON")]),
    ("Build 10.0.19041 only", "de", "forum", []),
]
VALUES = ("wilhelmina", "203.0.113", "Tochter", "Server", "19041")


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text(
        "".join(
            json.dumps(
                {
                    "text": text,
                    "lang": lang,
                    "source": source,
                    "spans": [{"start": s, "end": e, "label": label} for s, e, label in spans],
                }
            )
            + "\n"
            for text, lang, source, spans in TEXTS
        )
    )
    return path


@pytest.fixture
def run(capsys):
    def go(*arguments, code=0):
        with pytest.raises(SystemExit) as ended:
            main(["evaluate", *map(str, arguments)])
        shown = capsys.readouterr()
        assert ended.value.code == code, shown.err
        return shown.err if code else shown.out

    return go


def test_figures_for_programs(run, data):
    told = json.loads(run(data, "--json"))
    assert set(told) == {"total", "kinds", "sources", "languages", "speed", "notes"}
    assert told["total"]["documents"] == 3
    assert told["total"]["n"] == 3
    assert told["total"]["leaks"] == told["total"]["documents_with_a_leak"] == 1
    assert told["total"]["leaks_per_1000_documents"] == 333.3333
    assert told["kinds"]["EMAIL"]["exact"] == {"precision": 1, "recall": 1, "f1": 1}
    assert told["kinds"]["PERSON"]["anyR"] == 0
    assert set(told["languages"]) == {"de", "en"}
    assert told["sources"]["forum"]["n"] == 0
    assert told["speed"]["mb_per_cpu_second"] > 0
    assert told["speed"]["peak_memory_bytes"] > 0


def test_lines_are_messages_if_told_so(run, tmp_path):
    """An answer is read with its question, whether both are lines of one text or messages of one conversation."""
    text = "could i have your name please\nquorbin\nthanks, anything else\nno"
    at = text.index("quorbin")
    path = tmp_path / "chat.jsonl"
    spans = [{"start": at, "end": at + len("quorbin"), "label": "PERSON"}]
    path.write_text(json.dumps({"text": text, "lang": "en", "source": "chats", "spans": spans}) + "\n")
    for arguments in ([], ["--messages"]):
        told = json.loads(run(path, "--json", *arguments))
        assert told["kinds"]["PERSON"]["exact"] == {"precision": 1, "recall": 1, "f1": 1}


def test_figures_for_people(run, data):
    out = run(data, "--per-source")
    for word in (
        "EMAIL",
        "1.000",
        "language",
        "source",
        "forum",
        "333.3 in 1,000",
        "CPU-second",
        "at most",
    ):
        assert word in out
    assert "forum" not in run(data).replace("complete for: forum", "")
    assert "language" not in run(data, "--lang", "en")


def test_no_text_is_shown_unless_it_is_asked_for(run, data):
    for arguments in [("--errors", 9), ("--errors", 9, "--json"), ("--per-source",), ("--json",)]:
        out = run(data, *arguments)
        assert not [value for value in VALUES if value in out]
    told = json.loads(run(data, "--errors", 9, "--json"))
    assert [
        (one["line"], one["start"], one["end"], one["kind"], one["problem"]) for one in told["errors"]
    ] == [(2, 34, 47, "PERSON", "leaked")]
    assert "line 2, 34-47: PERSON leaked" in run(data, "--errors", 9).replace("\n", " ")
    assert "⟦meine Tochter⟧" in run(data, "--errors", 9, "--show-text")
    told = json.loads(run(data, "--errors", 9, "--show-text", "--json"))
    assert (told["errors"][0]["text"], told["errors"][0]["before"][:6]) == ("meine Tochter", "Server")


def test_parts_of_the_data(run, data):
    assert json.loads(run(data, "--json", "--kinds", "email,IP"))["kinds"].keys() == {"EMAIL", "IP"}
    assert json.loads(run(data, "--json", "--lang", "en"))["total"]["documents"] == 1
    assert json.loads(run(data, "--json", "--sample", 2))["sources"].keys() == {"forum", "tickets"}


def test_labels_and_sources(run, data, tmp_path):
    text = data.read_text().replace('"PERSON"', '"WIZARD"')
    data.write_text(text)
    err = run(data, code=13)
    assert "field spans[1].label: unknown label: WIZARD." in err
    assert "--label WIZARD=" in err
    assert not [value for value in VALUES if value in err]
    told = json.loads(run(data, "--json", "--label", "wizard=OTHER"))
    assert told["total"]["leaks"] == 0
    sources = tmp_path / "s.json"
    sources.write_text(json.dumps({"tickets": {"labels_exhaustive": []}, "forum": {"labels_exhaustive": []}}))
    told = json.loads(run(data, "--json", "--label", "wizard=OTHER", "--sources", sources))
    assert told["total"]["maskP"] is None
    assert told["kinds"]["EMAIL"]["exact"] == {"precision": None, "recall": 1, "f1": None}
    assert told["notes"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--label", "X"], 2, "--label"),
        (["--label", "X=NOTHING"], 2, "PERSON"),
        (["--kinds", "SORCERY"], 2, "--kinds"),
        (["--show-text"], 2, "--errors"),
        (["--sample", "0"], 2, "--sample"),
        (["--lang", "ja"], 13, "no text to score"),
        (["--sources", "nowhere.json"], 13, "nowhere.json"),
    ],
)
def test_what_is_asked_wrongly(run, data, arguments, code, said):
    assert said in run(data, *arguments, code=code)


def test_no_such_file(run, tmp_path):
    assert "no such file" in run(tmp_path / "nowhere.jsonl", code=13)
