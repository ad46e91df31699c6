"""A rule of nftables' JSON in the words of nft, so that people recognise it in a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

_DEPTH: Final = 12


def rendered(statements: Any) -> str:
    """The statements of a rule."""
    if not isinstance(statements, Sequence) or isinstance(statements, str):
        return ""
    return " ".join(filter(None, (_statement(one) for one in statements)))


def _statement(statement: Any) -> str:
    if not isinstance(statement, Mapping) or not statement:
        return str(statement)
    (name, body), *_ = statement.items()
    if name == "match" and isinstance(body, Mapping):
        op = "" if body.get("op") in {"==", "in"} else f"{body.get('op')} "
        return f"{_value(body.get('left'))} {op}{_value(body.get('right'))}"
    if name == "counter":
        return ""
    if name == "vmap" and isinstance(body, Mapping):
        return f"{_value(body.get('key'))} vmap {_value(body.get('data'))}"
    if name in {"jump", "goto"} and isinstance(body, Mapping):
        return f"{name} {body.get('target')}"
    if name in {"dnat", "redirect"} and isinstance(body, Mapping):
        port = f":{_value(body['port'])}" if body.get("port") is not None else ""
        return f"{name} to {_value(body.get('addr')) if body.get('addr') is not None else ''}{port}"
    if name == "xt" and isinstance(body, Mapping):
        return f"xt {body.get('type', '')} {body.get('name', '')}"
    if name == "log":
        return "log"
    return str(name)


def _value(value: Any, depth: int = _DEPTH) -> str:
    if not depth:
        return "…"
    if isinstance(value, Mapping) and value:
        return _named(value, depth - 1)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_value(one, depth - 1) for one in value)
    return str(value)


def _named(value: Mapping[str, Any], depth: int) -> str:
    (name, body), *_ = value.items()
    if name == "payload" and isinstance(body, Mapping):
        return f"{body.get('protocol', '')} {body.get('field', '')}".strip()
    if name in {"meta", "ct"} and isinstance(body, Mapping):
        direction = f"{body['dir']} " if body.get("dir") else ""
        return f"{name} {direction}{body.get('key', '')}"
    if name == "fib" and isinstance(body, Mapping):
        return f"fib {' . '.join(map(str, body.get('flags', ())))} {body.get('result', '')}"
    if name == "prefix" and isinstance(body, Mapping):
        return f"{body.get('addr')}/{body.get('len')}"
    if name == "range" and isinstance(body, Sequence):
        return "-".join(_value(one, depth) for one in body)
    if name == "concat" and isinstance(body, Sequence):
        return " . ".join(_value(one, depth) for one in body)
    if name == "set" and isinstance(body, Sequence):
        shown = [_pair(one, depth) for one in body[:6]]
        return "{ " + ", ".join(shown) + (", …" if len(body) > 6 else "") + " }"
    if name == "elem" and isinstance(body, Mapping):
        return _value(body.get("val"), depth)
    if name == "map" and isinstance(body, Mapping):
        return f"{_value(body.get('key'), depth)} map {_value(body.get('data'), depth)}"
    if name == "&" and isinstance(body, Sequence):
        return " & ".join(_value(one, depth) for one in body)
    if name in {"jump", "goto"} and isinstance(body, Mapping):
        return f"{name} {body.get('target')}"
    return str(name)


def _pair(one: Any, depth: int) -> str:
    if isinstance(one, Sequence) and not isinstance(one, str) and len(one) == 2:
        return f"{_value(one[0], depth)} : {_value(one[1], depth)}"
    return _value(one, depth)
