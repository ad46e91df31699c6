"""The file that a person is given: a zip with a page to read and the same as JSON."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any, Final

from hushdesk.desk._policies import DisclosureSettings
from hushdesk.desk.persons._disclose import Disclosed, Passage
from hushdesk.desk.persons._words import words

PAGE: Final = "your-data.html"
DATA: Final = "your-data.json"
FORMAT: Final = "hushdesk person/1"
# The time of making stands in the file; a zip's own stamps would say it again in local time.
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.7rem}h2{font-size:1.25rem;margin-top:2.2rem;border-bottom:1px solid #bbb}h3{font-size:1.05rem}"
    "article{border:1px solid #bbb;border-radius:6px;padding:.2rem 1rem 1rem;margin:1rem 0;break-inside:avoid-page}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{color:#555}dd{margin:0}"
    ".text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.6rem 0;padding-left:.8rem;border-left:3px solid #ccc}"
    ".yours{border-color:#1f5fa8}.about{color:#555;font-size:.9rem;margin:.8rem 0 0}"
)


@dataclass(frozen=True, slots=True)
class Opening:
    """That somebody had a person's identity opened."""

    at: str
    """ISO 8601."""
    who: str
    """Account or office, as it may be told to the person."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """All that goes into the file. In memory only."""

    made: str
    language: str
    values: tuple[tuple[str, str], ...] = field(repr=False)
    """Kind and value."""
    cases: tuple[Disclosed, ...] = field(repr=False)
    openings: tuple[Opening, ...] | None
    """None if nobody keeps them."""
    settings: DisclosureSettings
    internal: bool

    def to_zip(self) -> bytes:
        """The file."""
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in ((PAGE, self._page()), (DATA, self._data())):
                about = zipfile.ZipInfo(name, _STAMP)
                about.external_attr = 0o600 << 16
                about.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(about, text.encode("utf-8", "replace"))
        return sink.getvalue()

    def _data(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "made": self.made,
                "values": [{"kind": kind, "value": value} for kind, value in self.values],
                "cases": [asdict(case) for case in self.cases],
                "openings": None if self.openings is None else [asdict(one) for one in self.openings],
                "information": asdict(self.settings),
                "internal_notes": self.internal,
            },
            ensure_ascii=False,
            indent=1,
        )

    def _page(self) -> str:
        language, say = words(self.language)
        body = "\n".join(self._body(say))
        return (
            f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
            # Nothing in a case can make this page load or run anything.
            "<meta http-equiv=\"content-security-policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
            f'<meta name="viewport" content="width=device-width"><title>{escape(say["title"])}</title>'
            f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
        )

    def _body(self, say: Any) -> Iterator[str]:
        yield f"<h1>{escape(say['title'])}</h1><p>{escape(say['made'])} {escape(self.made)}</p>"
        yield f"<p>{escape(say['intro'])}</p>"
        yield f"<h2>{escape(say['values'])}</h2>"
        yield _pairs([(kind, value) for kind, value in self.values]) or f"<p>{escape(say['none'])}</p>"
        yield f"<h2>{escape(say['cases'])} ({len(self.cases)})</h2>"
        for case in self.cases:
            yield from _case(case, say)
        yield f"<h2>{escape(say['seen'])}</h2>"
        if self.openings is None:
            yield f"<p>{escape(say['seen.unknown'])}</p>"
        elif not self.openings:
            yield f"<p>{escape(say['seen.none'])}</p>"
        else:
            yield _pairs([(one.at, f"{one.who} {one.why}".strip()) for one in self.openings])
        for name, text in asdict(self.settings).items():
            if text:
                yield f'<h2>{escape(say[name])}</h2><p class="text">{escape(text)}</p>'


def _case(case: Disclosed, say: Any) -> Iterator[str]:
    subject = next((one.text for one in case.passages if one.part == "subject"), "")
    yield f"<article><h3>{escape(subject or say['role.' + case.role])}</h3>"
    yield f'<p class="about">{escape(say["role." + case.role])}</p>'
    times = [(say["opened"], case.opened), (say["closed"], case.closed)]
    yield _pairs([*((name, at) for name, at in times if at), *case.facts.items()])
    if not case.whole:
        yield f'<p class="about">{escape(say["partly"])}</p>'
    for passage in case.passages:
        if passage.part != "subject":
            yield _passage(passage, say)
    if case.left_out:
        yield f'<p class="about">{escape(say["left_out"])} {case.left_out}</p>'
    yield "</article>"


def _passage(passage: Passage, say: Any) -> str:
    role = say["you"] if passage.yours else passage.role or passage.part
    about = [passage.at, role, say["internal"] if passage.internal else "", *passage.attachments]
    shown = " · ".join(escape(each) for each in about if each)
    kind = "text yours" if passage.yours else "text"
    return f'<p class="about">{shown}</p><div class="{kind}">{escape(passage.text)}</div>'


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    if not pairs:
        return ""
    lines = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f"<dl>{''.join(lines)}</dl>"
