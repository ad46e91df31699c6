"""Statements and expressions of nftables' own language, to the form that its JSON has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from hushdesk.guard.dialects.linux._names import protocol
from hushdesk.guard.dialects.linux._nft_tokens import Cursor, Token, UnreadableError

_NUMBER: Final = re.compile(r"\d+|0x[0-9a-fA-F]+")
_NUMBER_RANGE: Final = re.compile(r"(\d+)-(\d+)")
_PREFIX: Final = re.compile(r"([0-9a-fA-F.:]+)/(\d+)")
_ADDRESS_RANGE: Final = re.compile(r"([0-9a-fA-F:]*[.:][0-9a-fA-F.:]*)-([0-9a-fA-F:]*[.:][0-9a-fA-F.:]*)")
_WORD_RANGE: Final = re.compile(r"([a-z][a-z0-9]*)-([a-z][a-z0-9]*)")
_VERDICTS: Final = frozenset({"accept", "drop", "return", "continue"})
_META_ALONE: Final = frozenset({
    "mark", "iif", "iifname", "iiftype", "iifgroup", "oif", "oifname", "oiftype", "oifgroup", "skuid", "skgid", "nftrace",
    "rtclassid", "pkttype", "cpu", "cgroup", "time", "day", "hour", "ibrname", "obrname",
})  # fmt: skip
_PAYLOADS: Final = frozenset({
    "ip", "ip6", "tcp", "udp", "udplite", "sctp", "dccp", "th", "icmp", "icmpv6", "igmp", "ah", "esp", "comp", "ether", "vlan",
    "arp", "gre", "gretap", "geneve", "vxlan",
})  # fmt: skip
_FLAG_LIKE: Final = (
    {"ct": {"key": "state"}},
    {"ct": {"key": "status"}},
    {"payload": {"protocol": "tcp", "field": "flags"}},
)
_OPERATORS: Final = {"==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "eq": "==", "ne": "!=", "lt": "<",
                     "gt": ">", "le": "<=", "ge": ">="}  # fmt: skip
_DEEPEST: Final = 16
Statement = dict[str, Any]


def value_of(word: Token) -> Any:
    """A single value: number, text, prefix or range."""
    text = word.text
    if word.kind == "quoted":
        return text
    if _NUMBER.fullmatch(text):
        return int(text, 0) if text.startswith("0x") else int(text)
    if found := _NUMBER_RANGE.fullmatch(text):
        return {"range": [int(found[1]), int(found[2])]}
    if found := _PREFIX.fullmatch(text):
        return {"prefix": {"addr": found[1], "len": int(found[2])}}
    if found := _ADDRESS_RANGE.fullmatch(text):
        return {"range": [found[1], found[2]]}
    return text


class Reader:
    """Reads the statements of one rule.

    Args:
        cursor: At the first word of the rule.
    """

    def __init__(self, cursor: Cursor) -> None:
        self._at = cursor
        self._depth = 0

    def statements(self) -> list[Statement]:
        """All of the rule.

        What cannot be read becomes a statement ``unreadable``, or, if a verdict stands behind it, a doubtful match before
        that verdict.
        """
        found: list[Statement] = []
        while self._at.now and self._at.now.kind != "end" and not self._at.sees("}"):
            start, self._depth = self._at.at, 0
            try:
                found.append(self._statement())
            except (UnreadableError, ValueError, IndexError, KeyError):
                self._at.go(start)
                found += self._rest()
        return found

    def _rest(self) -> list[Statement]:
        words = self._at.to_end()
        shown = " ".join(word.text for word in words)[:80]
        doubt: Statement = {"match": {"op": "==", "left": {f"“{shown}”": None}, "right": None}}
        plain = [word.text for word in words if word.kind == "word"]
        if len(plain) > 1 and plain[-2] in {"jump", "goto"}:
            return [doubt, {plain[-2]: {"target": plain[-1]}}]
        last = next((word for word in plain if word in {"accept", "drop", "reject", "return"}), "")
        return [doubt, {last: None}] if last else [doubt, {"unreadable": None}]

    def _word(self) -> str:
        word = self._at.take()
        if word.kind not in {"word", "quoted"}:
            raise UnreadableError("expected a word")
        return word.text

    def _statement(self) -> Statement:
        word = self._at.now
        if word.kind == "word":
            name = word.text
            if name in _VERDICTS or name in {"jump", "goto"}:
                return self.verdict()
            handler = self.HANDLERS.get(name)
            if handler is not None:
                start = self._at.at
                self._at.take()
                made = handler(self)
                if made is not None:
                    return made
                self._at.go(start)
        return self._match()

    def verdict(self) -> Statement:
        """``accept``, ``jump somewhere``, …."""
        name = self._word()
        if name in {"jump", "goto"}:
            return {name: {"target": self._word()}}
        if name in _VERDICTS:
            return {name: None}
        if name == "queue":
            self._queue()
            return {"queue": None}
        raise UnreadableError("not a verdict")

    # Statements, by their first word, which has been taken.

    def _counter(self) -> Statement:
        if self._at.accept("name"):
            self._word()
        while self._at.accept("packets", "bytes"):
            self._word()
        return {"counter": None}

    def _log(self) -> Statement:
        while self._at.sees("prefix", "level", "group", "snaplen", "queue-threshold", "flags"):
            flags = self._at.take().text == "flags"
            self._word()
            while flags and (
                self._at.accept(",") or self._at.sees("options", "sequence", "uid", "ether", "all")
            ):
                self._word()
        return {"log": None}

    def _limit(self) -> Statement:
        if self._at.accept("name"):
            self._word()
            return {"limit": None}
        self._at.accept("rate")
        self._at.accept("over", "until")
        self._amount()
        if self._at.accept("burst"):
            self._amount()
        return {"limit": None}

    def _amount(self) -> None:
        self._word()
        while self._at.sees(
            "packets", "bytes", "kbytes", "mbytes", "gbytes", "bytes/second", "kbytes/second", "mbytes/second",
            "bytes/minute", "kbytes/minute", "mbytes/minute", "bytes/hour", "kbytes/hour", "mbytes/hour", "/second", "/minute",
        ):  # fmt: skip
            self._at.take()

    def _quota(self) -> Statement:
        if self._at.accept("name"):
            self._word()
            return {"quota": None}
        self._at.accept("over", "until")
        self._amount()
        if self._at.accept("used"):
            self._amount()
        return {"quota": None}

    def _reject(self) -> Statement:
        if self._at.accept("with"):
            kind = self._word()
            if kind == "tcp":
                self._at.expect("reset")
            else:
                self._at.accept("type", "code")
                self._word()
        return {"reject": None}

    def _queue(self) -> Statement:
        while self._at.sees("num", "to", "flags", "bypass", "fanout", ","):
            if self._at.take().text in {"num", "to"}:
                self._word()
        return {"queue": None}

    def _comment(self) -> Statement:
        self._word()
        return {"comment": None}

    def _xt(self) -> Statement:
        kind = self._word()
        return {"xt": {"type": kind, "name": self._word()}}

    def _ct(self) -> Statement | None:
        if self._at.accept("count"):
            self._at.accept("over")
            self._word()
            return {"ct count": None}
        if self._at.ahead().text == "set" and self._at.ahead().kind == "word":
            self._word()
            self._at.take()
            self._expression()
            return {"mangle": None}
        return None

    def _meta(self) -> Statement | None:
        if self._at.ahead().text == "set":
            self._word()
            self._at.take()
            self._expression()
            return {"mangle": None}
        return None

    def _set_to(self) -> Statement | None:
        """``mark set …`` and the like, without ``meta``."""
        if self._at.accept("set"):
            self._expression()
            return {"mangle": None}
        return None

    def _dynamic(self) -> Statement | None:
        if not self._at.now.text.startswith("@"):
            return None
        name = self._word()
        self._at.expect("{")
        self._expression()
        limited = False
        while self._at.now and not self._at.sees("}"):
            if self._at.accept("timeout", "expires", "comment"):
                self._word()
            elif self._at.accept(":"):
                self._expression()
            else:
                limited = True
                self._at.take()
        self._at.expect("}")
        return {"set": {"op": "add", "elem": None, "set": name, "stmt": [None] if limited else []}}

    def _translation(self, name: str) -> Statement:
        body: dict[str, Any] = {}
        if self._at.sees("ip", "ip6") and (self._at.ahead().text in {"to", "addr", "prefix"}):
            body["family"] = self._word()
        while self._at.accept("addr", ".", "port", "prefix", "interval"):
            pass
        if self._at.accept("to"):
            self._destination(body)
        while self._at.accept("random", "fully-random", "persistent", ","):
            pass
        return {name: body}

    def _destination(self, body: dict[str, Any]) -> None:
        now = self._at.now
        if now.kind == "word" and (now.text[0] in ":[" or _ends_in_port(now.text)):
            hosts, numbers = _split(self._word())
            if hosts:
                body["addr"] = value_of(Token(hosts, "word", 0, 0))
            if numbers:
                body["port"] = value_of(Token(numbers, "word", 0, 0))
            elif self._at.sees("tcp", "udp", "th", "meta"):
                body["port"] = self._expression()
            return
        body["addr"] = self._expression()
        if self._at.now.kind == "word" and self._at.now.text.startswith(":"):
            text = self._word()[1:]
            body["port"] = value_of(Token(text, "word", 0, 0)) if text else self._expression()

    # Expressions.

    def _match(self) -> Statement:
        left = self._expression(stop_at_map=True)
        if not isinstance(left, dict) or "prefix" in left or "range" in left:
            raise UnreadableError("not an expression")
        if self._at.accept("vmap"):
            return {"vmap": {"key": left, "data": self.members()}}
        op = _OPERATORS.get(self._at.now.text) if self._at.now.kind != "quoted" else None
        if op:
            self._at.take()
        right = self._right()
        if self._at.accept("/"):
            mask = self._right()
            return {"match": {"op": op or "==", "left": {"&": [left, mask]}, "right": right}}
        implied = "in" if left in _FLAG_LIKE and not (isinstance(right, dict) and "set" in right) else "=="
        return {"match": {"op": op or implied, "left": left, "right": right}}

    def _right(self) -> Any:
        if self._at.sees("{"):
            return self.members()
        if self._at.now.text.startswith("@") and self._at.now.kind == "word":
            return self._word()
        first = self._grouped()
        values = [first]
        while self._at.accept(",", "|"):
            values.append(self._grouped())
        if len(values) > 1:
            return values
        return self._chained(first)

    def _grouped(self) -> Any:
        if self._at.accept("("):
            values = [self._word()]
            while self._at.accept("|", ","):
                values.append(self._word())
            self._at.expect(")")
            return values if len(values) > 1 else values[0]
        is_verdict = self._at.sees(*_VERDICTS, "jump", "goto", "reject")
        if is_verdict or self._at.now.kind not in {"word", "quoted"}:
            raise UnreadableError("expected a value")
        return value_of(self._at.take())

    def _chained(self, first: Any) -> Any:
        parts = [first]
        while self._at.accept("."):
            parts.append(self._grouped())
        return {"concat": parts} if len(parts) > 1 else first

    def _expression(self, *, stop_at_map: bool = False) -> Any:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError("too deep")
        parts = [self._primary()]
        while self._at.accept("."):
            parts.append(self._primary())
        found: Any = {"concat": parts} if len(parts) > 1 else parts[0]
        if self._at.accept("&", "and"):
            found = {"&": [found, self._grouped()]}
        elif self._at.sees("|", "^", "<<", ">>", "or", "xor", "lshift", "rshift"):
            raise UnreadableError("arithmetic")
        if not stop_at_map and self._at.accept("map"):
            named = self._at.now.text.startswith("@")
            found = {"map": {"key": found, "data": self._word() if named else self.members()}}
        self._depth -= 1
        return found

    def _primary(self) -> Any:
        if self._at.accept("("):
            found = self._expression()
            self._at.expect(")")
            return found
        if self._at.now.kind == "quoted":
            return self._word()
        name = self._word()
        if name == "meta":
            return {"meta": {"key": self._word()}}
        if name in _META_ALONE:
            return {"meta": {"key": name}}
        if name == "ct":
            return self._tracked()
        if name == "fib":
            return self._fib()
        if name == "tcp" and self._at.sees("option"):
            self._at.take()
            option = self._word()
            return {"tcp option": {"name": option, "field": self._word()}}
        if name in _PAYLOADS:
            return {"payload": {"protocol": name, "field": self._word()}}
        if name in {
            "numgen",
            "jhash",
            "symhash",
            "osf",
            "socket",
            "rt",
            "ipsec",
            "exthdr",
        } or name.startswith("@"):
            raise UnreadableError("not modelled")
        return value_of(Token(name, "word", 0, 0))

    def _tracked(self) -> Any:
        direction = self._at.take().text if self._at.sees("original", "reply") else ""
        key = self._word()
        if key in {"ip", "ip6"}:
            key = f"{key} {self._word()}"
        return {"ct": {"key": key, "dir": direction}} if direction else {"ct": {"key": key}}

    def _fib(self) -> Any:
        flags = [self._word()]
        while self._at.accept("."):
            flags.append(self._word())
        result = self._word()
        if self._at.accept("exists", "missing"):
            raise UnreadableError("not modelled")
        return {"fib": {"result": result, "flags": flags}}

    # Sets and maps.

    def members(self) -> Any:
        """A set or map in braces, or its name."""
        if self._at.now.text.startswith("@"):
            return self._word()
        self._at.expect("{")
        found: list[Any] = []
        self._at.skip_ends()
        while not self._at.accept("}"):
            found.append(self._member())
            self._at.skip_ends()
            if not self._at.accept(","):
                self._at.skip_ends()
                self._at.expect("}")
                break
            self._at.skip_ends()
        return {"set": found}

    def _member(self) -> Any:
        joined = self._at.now
        if joined.kind == "word" and (parts := _key_and_value(joined.text)):
            self._at.take()
            return [value_of(Token(parts[0], "word", 0, 0)), self._mapped_word(parts[1])]
        value = self._chained(self._grouped())
        while self._at.now and not self._at.sees(",", "}", ":") and self._at.now.kind != "end":
            # Time-outs, counters, comments and limits of a member.
            self._at.take()
        if not self._at.accept(":"):
            return value
        return [value, self._mapped()]

    def _mapped(self) -> Any:
        if self._at.sees("accept", "drop", "return", "continue", "jump", "goto", "queue"):
            return self.verdict()
        value = self._chained(self._grouped())
        while self._at.now and not self._at.sees(",", "}") and self._at.now.kind != "end":
            self._at.take()
        return value

    def _mapped_word(self, text: str) -> Any:
        if text in {"jump", "goto"}:
            return {text: {"target": self._word()}}
        return {text: None} if text in _VERDICTS else value_of(Token(text, "word", 0, 0))

    # Which statement begins with which word.

    HANDLERS: ClassVar[Mapping[str, Callable[[Reader], Statement | None]]] = {
        "counter": _counter,
        "log": _log,
        "limit": _limit,
        "quota": _quota,
        "reject": _reject,
        "queue": _queue,
        "comment": _comment,
        "xt": _xt,
        "ct": _ct,
        "meta": _meta,
        "mark": _set_to,
        "nftrace": _set_to,
        "priority": _set_to,
        "pkttype": _set_to,
        "add": _dynamic,
        "update": _dynamic,
        "delete": _dynamic,
        "set": _dynamic,
        "dnat": lambda self: self._translation("dnat"),
        "snat": lambda self: self._translation("snat"),
        "redirect": lambda self: self._translation("redirect"),
        "masquerade": lambda self: self._translation("masquerade"),
        "notrack": lambda _: {"notrack": None},
    }


def _key_and_value(text: str) -> tuple[str, str] | None:
    """``80:accept`` and ``established:accept``, written without spaces; not an address of IPv6."""
    found = re.fullmatch(r"(\d+(?:-\d+)?|[a-z-]+|[0-9.]+(?:/\d+)?):([a-z]+|[0-9.]+)", text)
    if not found or protocol(found[1]) == "0":
        return None
    # Four digits and a colon could begin an address of IPv6, which never ends in a verdict or in dots.
    return (found[1], found[2]) if found[2] in {*_VERDICTS, "jump", "goto"} or "." in found[2] else None


def _ends_in_port(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9.]+(?:-[0-9.]+)?:(?:\d+(?:-\d+)?)?", text))


def _split(text: str) -> tuple[str, str]:
    if text.startswith("["):
        hosts, _, rest = text[1:].partition("]")
        if rest.startswith("-["):
            last, _, rest = rest[2:].partition("]")
            hosts = f"{hosts}-{last}"
        return hosts, rest.removeprefix(":")
    hosts, _, numbers = text.partition(":")
    return hosts, numbers
