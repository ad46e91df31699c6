"""The words of nftables' own language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PATTERN: Final = re.compile(
    r"""(?P<skip>[ \t\r]+|\\\n|\#[^\n]*)
    |(?P<end>[;\n])
    |(?P<quoted>"[^"\n]*")
    |(?P<mark>==|!=|<=|>=|<<|>>|[{}(),=<>&|^])
    |(?P<word>!(?!=)|[^\s{}();,="<>!&|^#]+)
    |(?P<other>.)""",
    re.VERBOSE,
)


class UnreadableError(ValueError):
    """The text is not what the reader expects there."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, mark, quoted text or end of a statement."""

    text: str
    kind: str
    """``word``, ``mark``, ``quoted``, ``end``, or ``eof``."""
    line: int
    start: int
    """Offset in the text."""

    def __bool__(self) -> bool:
        return self.kind != "eof"


def tokens(text: str, first_line: int = 1) -> list[Token]:
    """All of a text, with an end of file behind it."""
    found, line = [], first_line
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or "other"
        piece = match[0]
        if kind != "skip":
            shown = piece[1:-1] if kind == "quoted" else piece
            found.append(Token(shown, "word" if kind == "other" else kind, line, match.start()))
        line += piece.count("\n")
    found.append(Token("", "eof", line, len(text)))
    return found


class Cursor:
    """Walks over tokens.

    Args:
        text: The whole text.
        words: Its tokens.
        variables: Values by name; grows with ``define``.
    """

    def __init__(
        self, text: str, words: list[Token], variables: dict[str, list[Token]] | None = None
    ) -> None:
        self.text, self._words, self._at = text, words, 0
        self.variables: dict[str, list[Token]] = variables if variables is not None else {}

    @property
    def now(self) -> Token:
        """The token under the cursor."""
        return self._words[self._at]

    @property
    def at(self) -> int:
        """Its number."""
        return self._at

    def ahead(self, by: int = 1) -> Token:
        """A token further on."""
        return self._words[min(self._at + by, len(self._words) - 1)]

    def go(self, at: int) -> None:
        """To a token by its number."""
        self._at = at

    def take(self) -> Token:
        """The token under the cursor, and go on."""
        found = self.now
        if found:
            self._at += 1
        return found

    def sees(self, *texts: str) -> bool:
        """Whether one of these, not quoted, is under the cursor."""
        return self.now.kind != "quoted" and self.now.text in texts

    def accept(self, *texts: str) -> bool:
        """Go on if one of these is under the cursor."""
        if self.sees(*texts):
            self.take()
            return True
        return False

    def expect(self, text: str) -> None:
        """Go on over this.

        Raises:
            UnreadableError: Something else is there.
        """
        if not self.accept(text):
            raise UnreadableError(f"expected {text}")

    def skip_ends(self) -> None:
        """Over ends of lines and statements."""
        while self.now.kind == "end":
            self.take()

    def to_end(self) -> list[Token]:
        """The rest of a statement, over braces too; stops before its end or before a brace that it did not open."""
        found, depth = [], 0
        while self.now:
            if not depth and (self.now.kind == "end" or self.sees("}")):
                break
            depth += (self.now.text == "{") - (self.now.text == "}") if self.now.kind == "mark" else 0
            found.append(self.take())
        return found

    def to_brace(self) -> list[Token]:
        """The words of a list in braces, whose opening brace was taken."""
        found = []
        while self.now and not self.accept("}"):
            word = self.take()
            if word.kind in {"word", "quoted"}:
                found.append(word)
        return found

    def skip_block(self) -> bool:
        """Over a block in braces, whose opening brace is under the cursor.

        Returns:
            Whether it was closed.
        """
        depth = 0
        while self.now:
            if self.now.kind == "mark":
                depth += (self.now.text == "{") - (self.now.text == "}")
            self.take()
            if not depth:
                return True
        return False


def substituted(words: list[Token], variables: Mapping[str, list[Token]], depth: int = 8) -> list[Token]:
    """With variables replaced; unknown ones stay."""
    found: list[Token] = []
    for word in words:
        name = word.text[1:] if word.kind == "word" and word.text.startswith("$") else ""
        if name in variables and depth:
            found += [
                Token(part.text, part.kind, word.line, word.start)
                for part in substituted(variables[name], variables, depth - 1)
            ]
        else:
            found.append(word)
    return found
