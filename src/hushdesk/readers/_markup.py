"""Jira's markups to plain text: wiki markup of the older API and CSV, document trees of the newer one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from hushdesk.readers._text import clean, words

_VERBATIM = re.compile(r"\{(code|noformat)(?::[^{}\n]{0,200})?\}(.*?)(?:\{\1\}|\Z)", re.DOTALL)
_MACRO = re.compile(r"\{(?:color|quote|panel|anchor|info|note|tip|warning|expand)(?::([^{}\n]{0,200}))?\}")
_TITLE = re.compile(r"title=([^|{}]+)")
_MONOSPACE = re.compile(r"\{\{(.{1,2000}?)\}\}")
_LINK = re.compile(r"\[([^\[\]|\n]{1,500})\|([^\[\]|\s]{1,2000})(?:\|[^\[\]\n]{0,100})?\]")
_BARE_LINK = re.compile(r"\[((?:https?|ftp|mailto|file):[^\[\]|\s]{1,2000})\]")
_MENTION = re.compile(r"\[~(?:accountid:)?([^\[\]|\n]{1,200})\]")
_IMAGE = re.compile(r"!([^!|\s][^!|\n]{0,200}\.\w{2,5})(?:\|[^!\n]{0,200})?!")
_LINE_START = re.compile(r"^[ \t]*(?:h[1-6]\.|bq\.)[ \t]+", re.MULTILINE)
_FORCED_BREAK = re.compile(r"\\\\(?=\s|$)", re.MULTILINE)


def wiki_to_text(text: str) -> str:
    """Take the markup out of a wiki text and leave every word in; code is left as it is."""
    text = text.replace("\r\n", "\n")
    if not any(sign in text for sign in "{[!\\") and "h1." not in text and not _LINE_START.search(text):
        return text.strip()
    out = []
    at = 0
    for match in _VERBATIM.finditer(text):
        out += [_unmarked(text[at : match.start()]), match[2]]
        at = match.end()
    out.append(_unmarked(text[at:]))
    return "".join(out).strip()


def _unmarked(text: str) -> str:
    text = _MACRO.sub(lambda macro: title[1] if (title := _TITLE.search(macro[1] or "")) else "", text)
    text = _MONOSPACE.sub(r"\1", text)
    text = _MENTION.sub(r"@\1", text)
    text = _LINK.sub(_shown, text)
    text = _BARE_LINK.sub(lambda link: link[1].removeprefix("mailto:"), text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINE_START.sub("", text)
    return _FORCED_BREAK.sub("\n", text)


def _shown(link: re.Match[str]) -> str:
    label, target = link[1], link[2].removeprefix("mailto:")
    return label if label == target else f"{label} <{target}>"


_BLOCKS = words(
    "paragraph heading codeBlock blockquote panel listItem taskItem decisionItem tableRow rule "
    "mediaSingle mediaGroup expand nestedExpand layoutSection blockCard"
)


def adf_to_text(node: object) -> str:
    """Turn an Atlassian document tree into plain text: links as ``text <href>``, mentions as written."""
    out: list[str] = []
    _walk(node, out)
    return clean(re.sub(r"\n{3,}", "\n\n", "".join(out))).strip()


def _walk(node: object, out: list[str]) -> None:
    if isinstance(node, list):
        for inner in node:
            _walk(inner, out)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    attributes: dict[str, Any] = node["attrs"] if isinstance(node.get("attrs"), dict) else {}
    if kind == "text":
        out.append(str(node.get("text") or ""))
        _link(node, out)
    elif kind == "hardBreak":
        out.append("\n")
    elif kind == "date":
        out.append(_day(attributes.get("timestamp")))
    else:
        if kind == "listItem":
            out.append("- ")
        for name in ("title", "text", "alt", "url") if kind != "emoji" else ("text", "shortName"):
            told = attributes.get(name)
            if isinstance(told, str) and told:
                out.append(told)
                break
        _walk(node.get("content"), out)
        if kind in _BLOCKS:
            if not out or not out[-1].endswith("\n"):
                out.append("\n")
        elif kind in {"tableCell", "tableHeader"}:
            while out and out[-1] == "\n":
                out.pop()
            out.append(" | ")


def _link(node: dict[str, Any], out: list[str]) -> None:
    for mark in node.get("marks") or ():
        if isinstance(mark, dict) and mark.get("type") == "link" and isinstance(mark.get("attrs"), dict):
            target = str(mark["attrs"].get("href") or "").removeprefix("mailto:")
            if target and target != node.get("text"):
                out.append(f" <{target}>")


def _day(stamp: object) -> str:
    try:
        return datetime.fromtimestamp(int(str(stamp)) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
