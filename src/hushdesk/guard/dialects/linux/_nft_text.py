"""``nft list ruleset`` and files of ``nft -f``: text to the objects that ``nft -j list ruleset`` would write."""

from __future__ import annotations

import re
from typing import Any, Final

from hushdesk.guard._findings import Finding, Malformed, NotLookedAt
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects.linux._nft import CUT, LINE, OFF, PLACE_UNKNOWN, TEXT
from hushdesk.guard.dialects.linux._nft_tokens import Cursor, Token, UnreadableError, substituted, tokens
from hushdesk.guard.dialects.linux._nft_words import Reader

CLAIM: Final = re.compile(
    r"^[ \t]*(?:add\s+|create\s+)?table\s+(?:(?:ip6?|inet|arp|bridge|netdev)\s+)?[A-Za-z_$][\w$-]*[ \t]*(?:\{|$)",
    re.MULTILINE,
)
_FAMILIES: Final = frozenset({"ip", "ip6", "inet", "arp", "bridge", "netdev"})
_PRIORITIES: Final = {
    "raw": -300,
    "mangle": -150,
    "dstnat": -100,
    "filter": 0,
    "security": 50,
    "srcnat": 100,
    "out": 100,
}
_BLOCKS: Final = frozenset({"flowtable", "counter", "quota", "limit", "ct", "secmark", "synproxy", "tunnel"})
_HINT: Final = "give the output of nft list ruleset"
Objects = list[dict[str, Any]]


def objects(text: str, file: str, first_line: int, findings: list[Finding]) -> Objects:
    """Read a rule set.

    Args:
        text: The text.
        file: As shown to people.
        first_line: The number of the text's first line.
        findings: Get whatever cannot be read.
    """
    return _Text(text, file, first_line, findings).read()


class _Text:
    def __init__(self, text: str, file: str, first_line: int, findings: list[Finding]) -> None:
        self._file, self._findings = file, findings
        self._text = text
        self._at = Cursor(text, _with_variables(tokens(text, first_line)))
        self._found: Objects = []

    def read(self) -> Objects:
        while True:
            self._at.skip_ends()
            if not self._at.now:
                return self._found
            start = self._at.at
            try:
                self._top()
            except UnreadableError:
                self._bad("the statement cannot be read")
                if self._at.at == start:
                    self._at.take()
                self._at.to_end()
                self._at.accept("}")

    def _place(self) -> Place:
        return Place(self._file, self._at.now.line)

    def _bad(self, problem: str) -> None:
        self._findings.append(Malformed(self._place(), problem, _HINT))

    def _top(self) -> None:
        word = self._at.take()
        if word.text in {"add", "create"} and word.kind == "word":
            word = self._at.take()
        if word.text == "table":
            self._table()
        elif word.text in {"chain", "rule", "set", "map", "element"}:
            self._command(word)
        elif word.text == "insert" and self._at.accept("rule"):
            self._insert()
        elif word.text == "define":
            self._at.to_end()
        elif word.text == "flush":
            names = [one.text for one in self._at.to_end()]
            self._found = [one for one in self._found if not _flushed(one, names)]
        elif word.text == "include":
            shown = " ".join(one.text for one in self._at.to_end())
            self._findings.append(
                NotLookedAt(
                    Place(self._file, word.line),
                    f"include {shown}",
                    "give the output of nft list ruleset instead",
                )
            )
        else:
            rest = " ".join(one.text for one in self._at.to_end())[:60]
            self._findings.append(
                NotLookedAt(
                    Place(self._file, word.line), f"{word.text} {rest}", "the command is not modelled"
                )
            )
            self._at.accept("}")

    def _address(self) -> tuple[str, str]:
        family = self._at.take().text if self._at.sees(*_FAMILIES) else "ip"
        name = self._at.take()
        if name.kind not in {"word", "quoted"}:
            raise UnreadableError("expected the name of a table")
        return family, name.text

    def _command(self, word: Token) -> None:
        family, table = self._address()
        if word.text == "rule":
            self._rule(family, table, self._at.take().text)
        elif word.text == "chain":
            self._chain(family, table)
        elif word.text == "element":
            name = self._at.take().text
            body = {"family": family, "table": table, "name": name, "elem": self._elements(), LINE: word.line}
            self._found.append({"element": body})
        else:
            self._set(family, table, word.text)

    def _insert(self) -> None:
        """``insert rule``: the rule goes before all others of its chain, or before one that a handle names."""
        family, table = self._address()
        chain = self._at.take().text
        self._rule(family, table, chain, before=True)

    def _table(self) -> None:
        line = self._at.now.line
        family, name = self._address()
        body: dict[str, Any] = {"family": family, "name": name, LINE: line}
        self._found.append({"table": body})
        if not self._at.accept("{"):
            return
        while not self._at.accept("}"):
            self._at.skip_ends()
            if not self._at.now:
                self._bad(f"the table {name} is cut off")
                body[CUT] = True
                return
            if self._at.accept("chain"):
                self._chain(family, name)
            elif self._at.sees("set", "map"):
                self._set(family, name, self._at.take().text)
            elif self._at.accept("flags"):
                body[OFF] = any(word.text == "dormant" for word in self._at.to_end())
            elif self._at.sees(*_BLOCKS):
                while self._at.now and not self._at.sees("{"):
                    self._at.take()
                self._at.skip_block()
            elif self._at.accept("comment"):
                self._at.to_end()
            elif not self._at.sees("}"):
                self._bad("the table holds something that cannot be read")
                body[CUT] = True
                self._at.to_end()

    def _chain(self, family: str, table: str) -> None:
        line, name = self._at.now.line, self._at.take().text
        body: dict[str, Any] = {"family": family, "table": table, "name": name, LINE: line}
        self._found.append({"chain": body})
        if not self._at.accept("{"):
            return
        while not self._at.accept("}"):
            self._at.skip_ends()
            if not self._at.now:
                return
            if self._at.sees("type") and self._at.ahead(2).text == "hook":
                self._hook(body)
            elif self._at.accept("policy"):
                body["policy"] = self._at.take().text
            elif self._at.accept("comment"):
                self._at.to_end()
            elif not self._at.sees("}"):
                self._rule(family, table, name)

    def _hook(self, body: dict[str, Any]) -> None:
        self._at.take()
        body["type"] = self._at.take().text
        self._at.take()
        body["hook"] = self._at.take().text
        if self._at.accept("device"):
            body["dev"] = [self._at.take().text]
        elif self._at.accept("devices"):
            self._at.accept("=")
            body["dev"] = [word.text for word in self._at.to_brace()] if self._at.accept("{") else []
        if self._at.accept("priority"):
            body["prio"] = self._priority()

    def _priority(self) -> int:
        text = "".join(word.text for word in self._at.to_end())
        found = re.fullmatch(r"([a-z]*)([+-]?\d+)?", text)
        if not found or (found[1] and found[1] not in _PRIORITIES):
            self._bad("the priority cannot be read")
            return 0
        return _PRIORITIES.get(found[1], 0) + int(found[2] or 0)

    def _rule(self, family: str, table: str, chain: str, *, before: bool = False) -> None:
        somewhere = False
        while self._at.sees("position", "index", "handle"):
            self._at.take()
            self._at.take()
            # Where that is depends on what is there. Before all others, and in doubt, it lets in at least as much.
            somewhere = before = True
        first, start = self._at.now, self._at.at
        statements: list[dict[str, Any]] = Reader(self._at).statements()
        if self._at.at == start:
            raise UnreadableError("expected a rule")
        if somewhere:
            statements.insert(0, PLACE_UNKNOWN)
        text = " ".join(self._text[first.start : self._at.now.start].split())
        text = re.sub(r"counter packets \d+ bytes \d+ ", "", text).removesuffix(";").strip()
        body = {
            "family": family,
            "table": table,
            "chain": chain,
            "expr": statements,
            LINE: first.line,
            TEXT: text,
        }
        self._found.append({"insert": {"rule": body}} if before else {"rule": body})

    def _set(self, family: str, table: str, kind: str) -> None:
        line, name = self._at.now.line, self._at.take().text
        body: dict[str, Any] = {"family": family, "table": table, "name": name, "elem": [], LINE: line}
        self._found.append({kind: body})
        if not self._at.accept("{"):
            return
        while not self._at.accept("}"):
            self._at.skip_ends()
            if not self._at.now:
                return
            if self._at.accept("elements"):
                self._at.expect("=")
                start = self._at.at
                try:
                    body["elem"] = self._elements()
                except UnreadableError:
                    # Rules that ask a set which is not there are in doubt.
                    self._bad(f"the members of {name} cannot be read")
                    self._found.remove({kind: body})
                    self._at.go(start)
                    self._at.skip_block()
            elif self._at.accept("flags"):
                body["flags"] = [word.text for word in self._at.to_end() if word.kind == "word"]
            elif not self._at.sees("}"):
                self._at.to_end()

    def _elements(self) -> list[Any]:
        try:
            found = Reader(self._at).members()
        except ValueError as error:
            raise UnreadableError("the members cannot be read") from error
        if not isinstance(found, dict):
            raise UnreadableError("expected members in braces")
        members: list[Any] = found["set"]
        return members


def _with_variables(words: list[Token]) -> list[Token]:
    """With ``define name = …`` put in where ``$name`` stands."""
    variables: dict[str, list[Token]] = {}
    for index, word in enumerate(words):
        if (
            word.text == "define"
            and word.kind == "word"
            and words[min(index + 2, len(words) - 1)].text == "="
        ):
            found, depth = [], 0
            for part in words[index + 3 :]:
                if part.kind == "eof" or (not depth and part.kind == "end"):
                    break
                depth += (part.text == "{") - (part.text == "}") if part.kind == "mark" else 0
                if part.kind != "end":
                    found.append(part)
            variables[words[index + 1].text] = found
    return substituted(words, variables) if variables else words


def _flushed(entry: dict[str, Any], rest: list[str]) -> bool:
    """Whether ``flush ruleset``, ``flush table …`` or ``flush chain …`` takes away what was added before."""
    if rest == ["ruleset"]:
        return True
    if not rest or rest[0] not in {"table", "chain"}:
        return False
    body = entry.get("rule") or entry.get("insert", {}).get("rule")
    if body is None:
        return False
    names = rest[1:] if rest[1:2] and rest[1] in _FAMILIES else ["ip", *rest[1:]]
    return names == [body["family"], body["table"], body["chain"]][: len(names)]
