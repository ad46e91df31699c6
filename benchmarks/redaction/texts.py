"""The texts: labelled ones of the user's, or our own; single for quality, joined into cases for speed."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hushdesk.demo import iter_cases
from hushdesk.redact.evaluate import ASIDE, ROWS, SOURCES, Document

GOLD = Path(__file__).resolve().parents[2] / "tests" / "redact" / "gold" / "_read.py"
DEMO_CASES = 600
SEED = 20191205
CASE_BYTES = 1200


@dataclass
class Case:
    """Texts of one source and language, joined until they are as long as a support case."""

    source: str
    lang: str
    texts: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def text(self) -> str:
        return "\n\n".join(self.texts)


def joined(documents: Sequence[Document]) -> list[str]:
    """Cases of about :data:`CASE_BYTES`, well mixed; a longer text is a case of its own."""
    cases: list[Case] = []
    open_cases: dict[tuple[str, str], Case] = {}
    for document in documents:
        key = document.source, document.lang
        case = open_cases.get(key)
        if case is None or case.size >= CASE_BYTES:
            case = open_cases[key] = Case(*key)
            cases.append(case)
        case.texts.append(document.text)
        case.size += len(document.text.encode("utf-8", "surrogatepass"))
    # By what they say, so that the first of them are a fair sample for a tool that has no time for all.
    return sorted((case.text for case in cases), key=_mixed)


def _mixed(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def write_own(folder: Path) -> Path:
    """Write the project's own labelled texts: those of the demo, and the gold set if this checkout has it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, documents in (("demo", demo()), ("gold", gold())):
        lines = [json.dumps(document) for document in documents]
        path = folder / f"{name}.jsonl"
        if lines:
            path.write_text("\n".join(lines) + "\n", "utf-8")
        else:
            path.unlink(missing_ok=True)
    # Dates, companies and towns by themselves are nobody's and not labelled: finding them is no mistake.
    complete = {"labels_exhaustive": [row for row in ROWS if row not in ASIDE]}
    sources = dict.fromkeys(("demo", "gold note", "gold disguise", "gold negative"), complete)
    (folder / SOURCES).write_text(json.dumps(sources), "utf-8")
    return folder


def demo() -> Iterator[dict[str, Any]]:
    """Texts of generated cases with what was planted in them."""
    for case in iter_cases(DEMO_CASES, SEED):
        texts = {
            "subject": case.subject,
            "description": case.description,
            "resolution": case.resolution,
            "remarks": case.remarks,
            **{f"message.{place}": message.text for place, message in enumerate(case.messages)},
        }
        for where, text in texts.items():
            spans = set()
            for planted in case.planted:
                at = text.find(planted.value) if planted.where == where else -1
                while at >= 0:
                    spans.add((at, at + len(planted.value), planted.kind))
                    at = text.find(planted.value, at + 1)
            yield {
                "text": text,
                "lang": case.language,
                "source": "demo",
                "spans": [{"start": s, "end": e, "label": label} for s, e, label in sorted(spans)],
            }


def gold() -> Iterator[dict[str, Any]]:
    """Texts of the gold set, plain, disguised and harmless apart."""
    if not GOLD.is_file():
        return
    spec = importlib.util.spec_from_file_location("hushdesk_gold_set", GOLD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    for one in module.documents():
        yield {
            "text": one["text"],
            "lang": one["lang"],
            "source": f"gold {one.get('category', '').partition(':')[0]}".strip(),
            "spans": one["spans"],
        }
