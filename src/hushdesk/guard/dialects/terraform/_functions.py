"""The functions of Terraform that we evaluate, over known values. Unknown ones never get here.

Behaviour follows developer.hashicorp.com/terraform/language/functions. What is missing here makes a value unknown.
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

MOST: Final = 100_000
"""Members of a collection and letters of a text; more is refused."""


class FunctionFault(Exception):  # noqa: N818 - becomes a value at once
    """A function has no value for these arguments."""


def call(name: str, arguments: list[Any]) -> Any:
    """The value of a function.

    Raises:
        FunctionFault: There is no such function here, or none for these arguments.
    """
    function = FUNCTIONS.get(name)
    if function is None:
        raise FunctionFault(f"the function {name} is not evaluated here")
    try:
        found = function(*arguments)
    except FunctionFault:
        raise
    except (
        TypeError,
        ValueError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        re.error,
        RecursionError,
    ):
        raise FunctionFault(f"{name} has no value for these arguments") from None
    if isinstance(found, str | list | dict) and len(found) > MOST:
        raise FunctionFault(f"{name} gives too much")
    return found


def text(value: Any) -> str:
    """A primitive value as Terraform writes it in a template.

    Raises:
        FunctionFault: It is a collection or null.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise FunctionFault("a text is needed here")


def number(value: Any) -> int | float:
    """A number, also from a text.

    Raises:
        FunctionFault: It is none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value) if re.fullmatch(r"-?\d+", value) else float(value)
        except ValueError:
            pass
    raise FunctionFault("a number is needed here")


def boolean(value: Any) -> bool:
    """A yes or no, also from a text.

    Raises:
        FunctionFault: It is none.
    """
    if isinstance(value, bool):
        return value
    if value in {"true", "1"}:
        return True
    if value in {"false", "0"}:
        return False
    raise FunctionFault("true or false is needed here")


def same(left: Any, right: Any) -> bool:
    """Equality of Terraform: by type, but for numbers and texts that look alike it has no say of ours."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise FunctionFault("a list is needed here")


def _mapped(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise FunctionFault("a map is needed here")


def _distinct(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    seen: set[str] = set()
    for value in values:
        key = f"{type(value).__name__}{value!r}"
        if key not in seen:
            seen.add(key)
            found.append(value)
    return found


def _as_set(value: Any) -> list[Any]:
    found = _distinct(_listed(value))
    return sorted(found) if all(isinstance(one, str) for one in found) else found


def _flatten(value: Any, depth: int = 0) -> list[Any]:
    if depth > 50:
        raise FunctionFault("nested too deeply")
    found: list[Any] = []
    for one in _listed(value):
        found += _flatten(one, depth + 1) if isinstance(one, list) else [one]
    return found


def _format(template: str, *values: Any) -> str:
    rest = iter(values)

    def put(found: re.Match[str]) -> str:
        kind = found[2]
        if kind == "%":
            return "%"
        value = next(rest, None)
        if kind == "s":
            return ("%" + found[1] + "s") % text(value)
        if kind == "v":
            return (
                text(value)
                if isinstance(value, str | int | float)
                else json.dumps(value, separators=(",", ":"))
            )
        if kind == "q":
            return json.dumps(text(value))
        if kind == "t":
            return text(boolean(value))
        width = found[1]
        if len(width) > 4:
            raise FunctionFault("the width is too large")
        wanted = number(value)
        return ("%" + width + kind) % (int(wanted) if kind in "dxXo" else wanted)

    return re.sub(r"%([-+ 0#]*\d*(?:\.\d+)?)([svqtdfgexXo%])", put, text(template))


def _formatlist(template: str, *values: Any) -> list[str]:
    length = max((len(value) for value in values if isinstance(value, list)), default=1)
    rows = ([value[i] if isinstance(value, list) else value for value in values] for i in range(length))
    return [_format(template, *row) for row in rows]


def _lookup(table: Any, key: Any, *default: Any) -> Any:
    found = _mapped(table)
    name = text(key)
    if name in found:
        return found[name]
    if default:
        return default[0]
    raise FunctionFault("the map has no such key")


def _element(values: Any, at: Any) -> Any:
    found = _listed(values)
    return found[int(number(at)) % len(found)] if found else _fail("the list is empty")


def _fail(why: str) -> Any:
    raise FunctionFault(why)


def _slice(values: Any, start: Any, end: Any) -> list[Any]:
    found, first, last = _listed(values), int(number(start)), int(number(end))
    if not 0 <= first <= last <= len(found):
        raise FunctionFault("the slice lies outside the list")
    return found[first:last]


def _range(*bounds: Any) -> list[Any]:
    values = [int(number(one)) for one in bounds]
    if len(values) == 1:
        values = [0, values[0], 1 if values[0] >= 0 else -1]
    if len(values) == 2:
        values.append(1 if values[1] >= values[0] else -1)
    found = range(*values)
    return list(found) if len(found) <= MOST else _fail("the range is too long")


def _length(value: Any) -> int:
    if isinstance(value, list | dict | str):
        return len(value)
    raise FunctionFault("only a text or a collection has a length")


def _network(prefix: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text(prefix), strict=False)


def cidrsubnet(prefix: Any, new_bits: Any, index: Any) -> str:
    """A network inside another one, by its number."""
    network = _network(prefix)
    bits, at = int(number(new_bits)), int(number(index))
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen or not 0 <= at < 2**bits:
        raise FunctionFault("the network has no such part")
    start = int(network.network_address) + (at << (network.max_prefixlen - length))
    return f"{type(network.network_address)(start)}/{length}"


def cidrhost(prefix: Any, index: Any) -> str:
    """An address inside a network, by its number; from the end if it is negative."""
    network = _network(prefix)
    at = int(number(index))
    if at < 0:
        at += network.num_addresses
    if not 0 <= at < network.num_addresses:
        raise FunctionFault("the network has no such address")
    return str(network.network_address + at)


def _cidrsubnets(prefix: Any, *new_bits: Any) -> list[str]:
    network = _network(prefix)
    at = int(network.network_address)
    found = []
    for bits in new_bits:
        length = network.prefixlen + int(number(bits))
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size - 1 > int(network.broadcast_address):
            raise FunctionFault("the network is too small for these parts")
        found.append(f"{type(network.network_address)(at)}/{length}")
        at += size
    return found


def _replace(whole: Any, old: Any, new: Any) -> str:
    pattern = text(old)
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        raise FunctionFault("regular expressions are not evaluated here")
    return text(whole).replace(pattern, text(new))


def _coalesce(*values: Any) -> Any:
    for value in values:
        if value is not None and value != "":
            return value
    raise FunctionFault("all arguments are null or empty")


def _coalescelist(*values: Any) -> Any:
    return next((value for value in values if value), None) or _fail("all lists are empty")


def _zipmap(keys: Any, values: Any) -> dict[str, Any]:
    return dict(zip(map(text, _listed(keys)), _listed(values), strict=True))


def _merge(*values: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in values:
        found |= _mapped(value) if value is not None else {}
    return found


def _product(*values: Any) -> list[Any]:
    if math.prod(len(_listed(value)) for value in values) > MOST:
        raise FunctionFault("the product is too large")
    return [list(row) for row in itertools.product(*values)]


def _chunk(values: Any, size: Any) -> list[Any]:
    found, step = _listed(values), int(number(size))
    return [found[at : at + step] for at in range(0, len(found), step)]


def _substr(whole: Any, start: Any, length: Any) -> str:
    found, first, wanted = text(whole), int(number(start)), int(number(length))
    first = first + len(found) if first < 0 else first
    return found[first:] if wanted < 0 else found[first : first + wanted]


def _contains(values: Any, wanted: Any) -> bool:
    return any(same(one, wanted) for one in _listed(values))


def _one(values: Any) -> Any:
    found = _listed(values)
    if len(found) > 1:
        raise FunctionFault("there is more than one member")
    return found[0] if found else None


def _join(separator: Any, *lists: Any) -> str:
    return text(separator).join(text(one) for values in lists for one in _listed(values))


def _minimum(*values: Any) -> Any:
    return min(number(one) for one in values)


def _maximum(*values: Any) -> Any:
    return max(number(one) for one in values)


def _transpose(value: Any) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for key, names in _mapped(value).items():
        for name in _listed(names):
            found.setdefault(text(name), []).append(key)
    return found


def _decoded(value: Any) -> Any:
    return json.loads(text(value))


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda value: abs(number(value)),
    "alltrue": lambda values: all(boolean(one) for one in _listed(values)),
    "anytrue": lambda values: any(boolean(one) for one in _listed(values)),
    "base64decode": lambda value: base64.b64decode(text(value)).decode(),
    "base64encode": lambda value: base64.b64encode(text(value).encode()).decode(),
    "ceil": lambda value: math.ceil(number(value)),
    "chomp": lambda value: text(value).rstrip("\r\n"),
    "chunklist": _chunk,
    "cidrhost": cidrhost,
    "cidrnetmask": lambda prefix: str(_network(prefix).netmask),
    "cidrsubnet": cidrsubnet,
    "cidrsubnets": _cidrsubnets,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": lambda values: [one for one in _listed(values) if one not in {None, ""}],
    "concat": lambda *lists: [one for values in lists for one in _listed(values)],
    "contains": _contains,
    "distinct": lambda values: _distinct(_listed(values)),
    "element": _element,
    "endswith": lambda whole, end: text(whole).endswith(text(end)),
    "flatten": _flatten,
    "floor": lambda value: math.floor(number(value)),
    "format": _format,
    "formatlist": _formatlist,
    "index": lambda values, wanted: _listed(values).index(wanted),
    "join": _join,
    "jsondecode": _decoded,
    "jsonencode": lambda value: json.dumps(value, separators=(",", ":")),
    "keys": lambda value: sorted(_mapped(value)),
    "length": _length,
    "lookup": _lookup,
    "lower": lambda value: text(value).lower(),
    "max": _maximum,
    "merge": _merge,
    "min": _minimum,
    "nonsensitive": lambda value: value,
    "one": _one,
    "parseint": lambda value, base: int(text(value), int(number(base))),
    "range": _range,
    "replace": _replace,
    "reverse": lambda values: _listed(values)[::-1],
    "sensitive": lambda value: value,
    "setintersection": lambda first, *rest: [
        one for one in _as_set(first) if all(one in other for other in rest)
    ],
    "setproduct": _product,
    "setsubtract": lambda left, right: [one for one in _as_set(left) if one not in _listed(right)],
    "setunion": lambda *lists: _as_set([one for values in lists for one in _listed(values)]),
    "slice": _slice,
    "sort": lambda values: sorted(text(one) for one in _listed(values)),
    "split": lambda separator, whole: text(whole).split(text(separator)) if text(whole) else [""],
    "startswith": lambda whole, start: text(whole).startswith(text(start)),
    "strcontains": lambda whole, part: text(part) in text(whole),
    "strrev": lambda value: text(value)[::-1],
    "substr": _substr,
    "sum": lambda values: sum(number(one) for one in _listed(values)),
    "title": lambda value: text(value).title(),
    "tobool": lambda value: None if value is None else boolean(value),
    "tolist": lambda value: list(_listed(value)),
    "tomap": _mapped,
    "tonumber": lambda value: None if value is None else number(value),
    "toset": _as_set,
    "tostring": lambda value: None if value is None else text(value),
    "transpose": _transpose,
    "trim": lambda whole, letters: text(whole).strip(text(letters)),
    "trimprefix": lambda whole, start: text(whole).removeprefix(text(start)),
    "trimspace": lambda value: text(value).strip(),
    "trimsuffix": lambda whole, end: text(whole).removesuffix(text(end)),
    "upper": lambda value: text(value).upper(),
    "values": lambda value: [one for _, one in sorted(_mapped(value).items())],
    "zipmap": _zipmap,
    # The two of old, before there were literals.
    "list": lambda *values: list(values),
    "map": lambda *pairs: dict(zip(map(text, pairs[::2]), pairs[1::2], strict=True)),
}
