"""Functions of the template language that need nothing but their arguments.

From learn.microsoft.com/azure/azure-resource-manager/templates/template-functions. Each takes values and gives a value; what it
cannot take is a :class:`FunctionError`.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, unquote, urljoin

LARGEST: Final = 10_000
"""Of arrays and texts that one function makes."""


class FunctionError(ValueError):
    """A function that cannot take its arguments. The message repeats no value."""


def call(name: str, arguments: list[Any]) -> Any:
    """The value of a function.

    Raises:
        FunctionError: It is not known, or cannot take these arguments.
    """
    function = FUNCTIONS.get(name)
    if function is None:
        raise FunctionError(f"the function {name} is not supported")
    try:
        return function(*arguments)
    except FunctionError:
        raise
    except (
        TypeError,
        ValueError,
        IndexError,
        KeyError,
        AttributeError,
        ZeroDivisionError,
        OverflowError,
        RecursionError,
    ):
        raise FunctionError(f"the function {name} cannot take its arguments") from None


def text_of(value: Any) -> str:
    """A value as ``string`` writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    return (
        json.dumps(value, separators=(",", ":"))
        if isinstance(value, dict | list)
        else ""
        if value is None
        else str(value)
    )


def same(one: Any, other: Any) -> bool:
    """As ``equals``: texts with their case, numbers apart from texts."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def opaque(*parts: Any) -> str:
    """A stable text of 13 small letters and digits for what only the platform can compute."""
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:13]


def _concat(*parts: Any) -> Any:
    if parts and all(isinstance(part, list) for part in parts):
        return _limited([item for part in parts for item in part])
    return _limited("".join(text_of(part) for part in parts))


def _limited(value: Any) -> Any:
    if len(value) > LARGEST * (10 if isinstance(value, str) else 1):
        raise FunctionError("a value is too large")
    return value


def _format(pattern: str, *values: Any) -> str:
    def put(match: re.Match[str]) -> str:
        if match.group(0) in {"{{", "}}"}:
            return match.group(0)[0]
        value = values[int(match.group(1))]
        width = re.fullmatch(r":[dD](\d{1,2})", match.group(2) or "")
        return str(int(value)).zfill(int(width.group(1))) if width else text_of(value)

    return str(_limited(re.sub(r"\{\{|\}\}|\{(\d+)(?:,-?\d+)?(:[^}]*)?\}", put, pattern)))


def _contains(whole: Any, part: Any) -> bool:
    if isinstance(whole, dict):
        return any(key.lower() == str(part).lower() for key in whole)
    return text_of(part) in whole if isinstance(whole, str) else any(same(item, part) for item in whole)


def _range(start: int, count: int) -> list[int]:
    if not 0 <= count <= LARGEST:
        raise FunctionError("a range is too long")
    return list(range(start, start + count))


def _union(first: Any, *others: Any) -> Any:
    if isinstance(first, dict):
        merged = dict(first)
        for other in others:
            for key, value in other.items():
                old = merged.get(key)
                merged[key] = (
                    _union(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
                )
        return merged
    found: list[Any] = []
    for item in [item for part in (first, *others) for item in part]:
        if not any(same(item, known) for known in found):
            found.append(item)
    return found


def _intersection(first: Any, *others: Any) -> Any:
    if isinstance(first, dict):
        return {
            key: value
            for key, value in first.items()
            if all(key in other and same(other[key], value) for other in others)
        }
    return [item for item in first if all(any(same(item, known) for known in other) for other in others)]


def _split(text: str, marks: Any) -> list[str]:
    wanted = marks if isinstance(marks, list) else [marks]
    return re.split("|".join(re.escape(mark) for mark in wanted), text)


def _substring(text: str, start: int, length: int | None = None) -> str:
    end = len(text) if length is None else start + length
    if start < 0 or end > len(text) or end < start:
        raise FunctionError("a substring lies outside its text")
    return text[start:end]


def _int(value: Any) -> int:
    if isinstance(value, str) and len(value) > 40:
        raise FunctionError("a number is too long")
    return int(float(value)) if isinstance(value, float) else int(value)


def _divide(one: int, other: int) -> int:
    quotient = abs(one) // abs(other)
    return quotient if (one < 0) == (other < 0) else -quotient


def _whole(value: int) -> int:
    if not isinstance(value, int) or abs(value) >= 2**63:
        raise FunctionError("a number is too large")
    return value


def _replace(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * len(new) > LARGEST * 10:
        raise FunctionError("a value is too large")
    return text.replace(old, new)


def _item(value: Any, at: int) -> Any:
    return value[at] if value else "" if isinstance(value, str) else None


def _flatten(value: list[Any]) -> list[Any]:
    return [item for part in value for item in (part if isinstance(part, list) else [part])]


def _array(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _object(*pairs: Any) -> dict[str, Any]:
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _subnet(network: str, width: int, at: int) -> str:
    whole = ipaddress.ip_network(network, strict=False)
    if width < whole.prefixlen or width > whole.max_prefixlen or not 0 <= at < 2 ** (width - whole.prefixlen):
        raise FunctionError("a subnet lies outside its network")
    first = int(whole.network_address) + at * 2 ** (whole.max_prefixlen - width)
    return f"{ipaddress.ip_address(first) if whole.version == 4 else ipaddress.IPv6Address(first)}/{width}"


def _host(network: str, at: int) -> str:
    return str(ipaddress.ip_network(network, strict=False)[at + 1])


def _parse_cidr(network: str) -> dict[str, Any]:
    whole = ipaddress.ip_network(network, strict=False)
    return {
        "network": str(whole.network_address),
        "netmask": str(whole.netmask),
        "broadcast": str(whole.broadcast_address),
        "firstUsable": str(whole[1]) if whole.num_addresses > 2 else str(whole[0]),
        "lastUsable": str(whole[-2]) if whole.num_addresses > 2 else str(whole[-1]),
        "cidr": whole.prefixlen,
    }


def _get(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, dict):
            value = next((held for name, held in value.items() if name.lower() == str(key).lower()), None)
        elif isinstance(value, list) and isinstance(key, int) and -1 < key < len(value):
            value = value[key]
        else:
            return None
    return value


def _ordered(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _pad(text: Any, width: int, mark: str = " ") -> str:
    return text_of(text).rjust(min(width, LARGEST), mark)


def _json(text: str) -> Any:
    return json.loads(text) if text.strip() else None


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "add": lambda one, other: _whole(one + other),
    "and": lambda *values: all(values),
    "array": _array,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64tojson": lambda text: json.loads(base64.b64decode(text)),
    "base64tostring": lambda text: base64.b64decode(text).decode(),
    "bool": lambda value: value.strip().lower() in {"true", "1"} if isinstance(value, str) else bool(value),
    "cidrhost": _host,
    "cidrsubnet": _subnet,
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": _contains,
    "createarray": lambda *values: list(values),
    "createobject": _object,
    "div": _divide,
    "empty": lambda value: value is None or len(value) == 0,
    "endswith": lambda text, part: text.lower().endswith(part.lower()),
    "equals": same,
    "false": lambda: False,
    "first": lambda value: _item(value, 0),
    "flatten": _flatten,
    "float": float,
    "format": _format,
    "greater": lambda one, other: _ordered(one) > _ordered(other),
    "greaterorequals": lambda one, other: _ordered(one) >= _ordered(other),
    "guid": lambda *parts: "-".join((opaque(*parts)[:8], "0000", "0000", "0000", opaque(*parts)[:12])),
    "indexof": lambda text, part: (
        text.lower().find(part.lower()) if isinstance(text, str) else text.index(part) if part in text else -1
    ),
    "int": _int,
    "intersection": _intersection,
    "items": lambda value: [{"key": key, "value": value[key]} for key in sorted(value)],
    "join": lambda values, mark: mark.join(text_of(value) for value in values),
    "json": _json,
    "last": lambda value: _item(value, -1),
    "lastindexof": lambda text, part: text.lower().rfind(part.lower()),
    "length": len,
    "less": lambda one, other: _ordered(one) < _ordered(other),
    "lessorequals": lambda one, other: _ordered(one) <= _ordered(other),
    "max": lambda *values: max(values[0] if len(values) == 1 and isinstance(values[0], list) else values),
    "min": lambda *values: min(values[0] if len(values) == 1 and isinstance(values[0], list) else values),
    "mod": lambda one, other: one - other * _divide(one, other),
    "mul": lambda one, other: _whole(one * other),
    "not": lambda value: not value,
    "null": lambda: None,
    "objectkeys": sorted,
    "or": lambda *values: any(values),
    "padleft": _pad,
    "parsecidr": _parse_cidr,
    "range": _range,
    "replace": _replace,
    "shallowmerge": lambda values: {key: value for part in values for key, value in part.items()},
    "skip": lambda value, count: value[max(count, 0) :],
    "split": _split,
    "startswith": lambda text, part: text.lower().startswith(part.lower()),
    "string": text_of,
    "sub": lambda one, other: _whole(one - other),
    "substring": _substring,
    "take": lambda value, count: value[: max(count, 0)],
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "true": lambda: True,
    "tryget": _get,
    "union": _union,
    "uniquestring": opaque,
    "uri": urljoin,
    "uricomponent": lambda text: quote(text, safe=""),
    "uricomponenttostring": unquote,
}
