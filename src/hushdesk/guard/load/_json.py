"""JSON, with the comments that ARM templates may hold, and the lines of its values."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from hushdesk.guard.load._problem import Unparsed

# A text without an end goes to the end of the file: else each quote within it is looked from anew.
_TEXT: Final = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
_COMMENT: Final = re.compile(rf"({_TEXT})|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TRAILING: Final = re.compile(rf"({_TEXT})|,(?=\s*+[}}\]])", re.DOTALL)
_TOKEN: Final = re.compile(rf'{_TEXT}|[{{}}\[\],:]|[^\s{{}}\[\],:"]+', re.DOTALL)
_DEEPEST: Final = 200

LineOf = Callable[[tuple[str | int, ...]], int]


def parse(text: str) -> tuple[Any, list[str]]:
    """The value, and the keys that occur twice in one object.

    Raises:
        Unparsed: It is no JSON.
    """
    twice: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            twice.extend(sorted(name for name, count in counts.items() if count > 1))
        return found

    def read(source: str) -> Any:
        return json.loads(source, object_pairs_hook=collect, strict=False)

    try:
        try:
            return read(text), twice
        except json.JSONDecodeError as first:
            cleaned = _blanked(_TRAILING, _blanked(_COMMENT, text))
            if cleaned == text:
                raise
            try:
                twice.clear()
                return read(cleaned), twice
            except json.JSONDecodeError:
                raise first from None
    except json.JSONDecodeError as error:
        end = "it ends in the middle" if error.pos >= len(text.rstrip()) else error.msg
        raise Unparsed(f"no valid JSON: {end}", error.lineno) from None
    except RecursionError:
        raise Unparsed(
            "JSON nested too deeply", remedy="Leave the file out: no template is like this."
        ) from None
    except ValueError:
        raise Unparsed(
            "JSON with a number of thousands of digits",
            remedy="Leave the file out: no template is like this.",
        ) from None


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Blank what the pattern finds outside of texts, keeping every line where it is."""
    return pattern.sub(lambda found: found[1] or re.sub(r"[^\n]", " ", found[0]), text)


def lines_of(text: str) -> LineOf:
    """A function from a path of keys and indexes to its line; reads the text when it is first asked."""

    @cache
    def table() -> dict[tuple[str | int, ...], int]:
        return _lines(_blanked(_COMMENT, text))

    def line_of(path: tuple[str | int, ...]) -> int:
        known = table()
        while path and path not in known:
            path = path[:-1]
        return known.get(path, 1)

    return line_of


def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    found: dict[tuple[str | int, ...], int] = {(): 1}
    path: list[str | int] = []
    kinds: list[str] = []
    awaiting_key = False
    line, seen = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        word = token[0]
        if word in "{[" and len(word) == 1:
            if len(kinds) >= _DEEPEST:
                break
            kinds.append(word)
            path.append("" if word == "{" else 0)
            awaiting_key = word == "{"
            if word == "[":
                # The first element begins at the next token; an empty list has none.
                found[tuple(path)] = line + _newlines_after(text, token.end())
        elif word in "}]" and len(word) == 1:
            if not kinds:
                break
            kinds.pop()
            path.pop()
            awaiting_key = False
        elif word == ",":
            if kinds and kinds[-1] == "[":
                path[-1] = int(path[-1]) + 1
                found[tuple(path)] = line + _newlines_after(text, token.end())
            awaiting_key = bool(kinds) and kinds[-1] == "{"
        elif awaiting_key and word.startswith('"'):
            try:
                path[-1] = json.loads(word, strict=False)
            except ValueError:
                break
            found[tuple(path)] = line
            awaiting_key = False
    return found


def _newlines_after(text: str, at: int) -> int:
    end = at
    while end < len(text) and text[end].isspace():
        end += 1
    return text.count("\n", at, end)
