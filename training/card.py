"""Scores the whole redaction on texts that the tagger never saw and writes the model card.

python card.py --data FOLDER --out MODEL_CARD.md
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import tempfile
import unicodedata
from collections import defaultdict
from pathlib import Path

from permitted import PERMITTED, held_out

from hushdesk.redact.evaluate import Corpus, Cover, Evaluation, evaluate

_HEAD = """# Model card: the tagger of names, addresses and numbers

Trained by `make train` (see `training/README.md` for data, licences and recipe); weights of this project, Apache-2.0, with
attribution to the sets and packages named there. The figures below are those of the whole redaction (`hushdesk evaluate`),
patterns and tagger together, each document alone, and were written by `training/card.py`.

Precision, recall and F1 are label-blind: of letters and digits masked at all. *whole*: entities masked entirely.
Precision is counted where a set labels a kind without gaps; places and companies count as labelled.

What it is for: finding people, addresses and their numbers in support texts, in any of the scripts below, to mask them. What it is
not for: saying who somebody is, or deciding that a text is harmless. It knows names better where lists of names and texts were at
hand; in languages with few of both, capitals and neighbours must do, and more is missed. Names that are ordinary words, written
small and without a cue, are its weakest point. All training texts are generated or published; none is of a customer.
"""

_UNSEEN = """Not one of their documents was seen in training. The rules beside the network (where names end, which German nouns
are none) were written by people who had seen what it gets wrong on them, so that other texts may fare worse."""


def _row(name: str, documents: int, cover: Cover) -> str:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    return f"| {name} | {documents} | {cover.entities} | {shown(cover.mask_precision)} | {shown(cover.any_recall)} | {shown(cover.mask_f1)} | {shown(cover.full)} |"


_COLUMNS = "| {} | documents | entities | precision | recall | F1 | whole |\n| --- | --- | --- | --- | --- | --- | --- |"


def _script(text: str) -> str:
    counts: dict[str, int] = defaultdict(int)
    for char in text:
        if char.isalpha():
            counts[unicodedata.name(char, "?").split()[0].removesuffix("WIDTH")] += 1
    best = max(counts, key=counts.__getitem__, default="?")
    if counts.get("HIRAGANA", 0) + counts.get("KATAKANA", 0) > counts.get("CJK", 0) / 8 and best in {
        "CJK",
        "HIRAGANA",
        "KATAKANA",
    }:
        return "Han and Kana"
    return {"CJK": "Han"}.get(best, best.capitalize())


def _scored(folder: Path) -> Evaluation:
    return evaluate(Corpus([folder]))


def _written(lines: dict[str, list[str]], into: Path, sources: Path) -> None:
    into.mkdir(parents=True)
    shutil.copy(sources, into / "sources.json")
    for name, rows in lines.items():
        with gzip.open(into / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    held: dict[str, list[str]] = {}
    unseen: dict[str, list[str]] = {}
    by_script: dict[str, list[str]] = {}
    for path in sorted(options.data.glob("*.jsonl.gz")):
        source = path.name.removesuffix(".jsonl.gz")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                one = json.loads(line)
                if source in PERMITTED and not held_out(one["id"]):
                    continue
                (held if source in PERMITTED else unseen).setdefault(source, []).append(line)
                by_script.setdefault(_script(one["text"]), []).append(line)
    out = [_HEAD]
    with tempfile.TemporaryDirectory() as folder:
        for title, lines, note in (
            (
                "Held-out documents of the sets trained on",
                held,
                "One document in ten, by the hash of its id.",
            ),
            (
                "Sets never trained on",
                unseen,
                _UNSEEN,
            ),
        ):
            place = Path(folder) / title.replace(" ", "-")
            _written(lines, place, options.data / "sources.json")
            found = _scored(place)
            out += [f"\n## {title}\n\n{note}\n", _COLUMNS.format("set")]
            out += [
                _row(name, found.sources[name].documents, found.sources[name])
                for name in sorted(found.sources)
            ]
            out.append(_row("**all**", found.total.documents, found.total))
            out += ["", _COLUMNS.format("language")]
            out += [_row(name, cover.documents, cover) for name, cover in sorted(found.languages.items())]
        out += ["\n## By script\n\nBoth groups of documents together.\n", _COLUMNS.format("script")]
        for script, lines in sorted(by_script.items()):
            if len(lines) < 10:
                continue
            place = Path(folder) / f"script-{script.replace(' ', '-')}"
            _written({"texts": lines}, place, options.data / "sources.json")
            found = _scored(place)
            out.append(_row(script, found.total.documents, found.total))
    options.out.write_text("\n".join(out) + "\n", "utf-8")


if __name__ == "__main__":
    main()
