"""Endpoints as plain JSON and back, exactly.

The form follows the types: a dataclass is an object without the fields that have their default, a set of addresses is a list of
bounds. Sets and stages stand in tables of their own and are named by their number, since one list of rules stands before
many endpoints; on reading they are shared again.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field
from enum import Enum
from functools import cache
from typing import Any, Final

from hushdesk.guard._addresses import TOP, AddressSet
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._intervals import TOP_PORT, Intervals
from hushdesk.guard._policy import Stage
from hushdesk.guard.errors import StateError

_SHARED: Final[tuple[type, ...]] = (AddressSet, Stage)
"""Kept once each, in an order in which no table needs a later one."""


@dataclass(slots=True)
class _Table:
    """Values that are kept once."""

    plain: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    _by_value: dict[Any, int] = field(default_factory=dict)
    _by_identity: dict[int, int] = field(default_factory=dict)

    def number(self, value: Any, write: Callable[[], Any]) -> int:
        # Hashing a large set takes time; most are met again as the same object, which `values` keeps alive.
        found = self._by_identity.get(id(value))
        if found is None:
            found = self._by_value.get(value)
            if found is None:
                plain = write()
                found = self._by_value[value] = len(self.plain)
                self.plain.append(plain)
            self.values.append(value)
            self._by_identity[id(value)] = found
        return found


_Tables = dict[type, _Table]


@dataclass(frozen=True, slots=True)
class _Form:
    """How one type is written and read. ``where`` names the place of a mistake."""

    write: Callable[[Any, _Tables], Any]
    read: Callable[[Any, _Tables, str], Any]


def encode(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Endpoints as a value for ``json.dumps``."""
    tables = {kind: _Table() for kind in _SHARED}
    form = _form(Endpoint)
    plain = [form.write(endpoint, tables) for endpoint in endpoints]
    return {**{_name(kind): tables[kind].plain for kind in _SHARED}, "endpoints": plain}


def decode(plain: object) -> tuple[Endpoint, ...]:
    """The endpoints that :func:`encode` wrote.

    Raises:
        StateError: It is not what this version writes: a key is unknown or missing, a value has another type.
    """
    names = [_name(kind) for kind in _SHARED]
    held = _object(plain, "state", {*names, "endpoints"})
    tables = {kind: _Table() for kind in _SHARED}
    for kind, name in zip(_SHARED, names, strict=True):
        form = _body(kind)
        for number, value in enumerate(_list(held.get(name), name)):
            tables[kind].values.append(form.read(value, tables, f"{name}[{number}]"))
    form = _form(Endpoint)
    return tuple(
        form.read(value, tables, f"endpoints[{number}]")
        for number, value in enumerate(_list(held.get("endpoints"), "endpoints"))
    )


def _name(kind: type) -> str:
    return {AddressSet: "sets", Stage: "stages"}[kind]


@cache
def _form(hint: Any) -> _Form:
    """The form of a type as it stands in an annotation."""
    if hint in _SHARED:
        return _reference(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        (inner,) = (each for each in arguments if each is not type(None))
        return _optional(_form(inner))
    if origin is tuple:
        if arguments[1:] == (...,):
            return _sequence(_form(arguments[0]))
        return _row([_form(each) for each in arguments])
    if hint in {str, int, bool}:
        return _Form(lambda value, _: value, lambda value, _, where: _plain(value, hint, where))
    return _body(hint)


@cache
def _body(kind: Any) -> _Form:
    """The form of a type's content."""
    if kind is AddressSet:
        return _row_of(AddressSet, ("v4", "v6"), [_intervals(TOP[4]), _intervals(TOP[6])])
    if kind is Intervals:
        return _intervals(TOP_PORT)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _Form(lambda value, _: value.value, lambda value, _, where: _enum(kind, value, where))
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _record(kind)
    raise TypeError(f"no form for {kind}")


def _reference(kind: type) -> _Form:
    def write(value: Any, tables: _Tables) -> int:
        return tables[kind].number(value, lambda: _body(kind).write(value, tables))

    def read(value: Any, tables: _Tables, where: str) -> Any:
        known = tables[kind].values
        number = _plain(value, int, where)
        if not 0 <= number < len(known):
            raise StateError(where, f"there is no entry {number} of {_name(kind)}")
        return known[number]

    return _Form(write, read)


def _optional(inner: _Form) -> _Form:
    return _Form(
        lambda value, tables: None if value is None else inner.write(value, tables),
        lambda value, tables, where: None if value is None else inner.read(value, tables, where),
    )


def _sequence(inner: _Form) -> _Form:
    return _Form(
        lambda value, tables: [inner.write(each, tables) for each in value],
        lambda value, tables, where: tuple(
            inner.read(each, tables, f"{where}[{number}]") for number, each in enumerate(_list(value, where))
        ),
    )


def _row(inner: list[_Form]) -> _Form:
    def read(value: Any, tables: _Tables, where: str) -> tuple[Any, ...]:
        row = _list(value, where)
        if len(row) != len(inner):
            raise StateError(where, f"{len(inner)} values are wanted")
        return tuple(form.read(each, tables, where) for form, each in zip(inner, row, strict=True))

    return _Form(
        lambda value, tables: [form.write(each, tables) for form, each in zip(inner, value, strict=True)],
        read,
    )


def _row_of(kind: type, names: tuple[str, ...], inner: list[_Form]) -> _Form:
    row = _row(inner)
    return _Form(
        lambda value, tables: row.write([getattr(value, name) for name in names], tables),
        lambda value, tables, where: kind(*row.read(value, tables, where)),
    )


def _record(kind: type) -> _Form:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    forms = {each.name: _form(hints[each.name]) for each in fields}
    needed = {each.name for each in fields if each.default is MISSING and each.default_factory is MISSING}

    def write(value: Any, tables: _Tables) -> dict[str, Any]:
        return {
            each.name: forms[each.name].write(getattr(value, each.name), tables)
            for each in fields
            if each.name in needed or getattr(value, each.name) != each.default
        }

    def read(value: Any, tables: _Tables, where: str) -> Any:
        found = _object(value, where, set(forms))
        for name in sorted(needed - found.keys()):
            raise StateError(where, f"{name} is missing")
        return kind(
            **{name: forms[name].read(each, tables, f"{where}.{name}") for name, each in found.items()}
        )

    return _Form(write, read)


def _intervals(top: int) -> _Form:
    """Bounds in a row. Which universe it is follows from where the set stands."""

    def read(value: Any, _: _Tables, where: str) -> Intervals:
        bounds = [_plain(each, int, where) for each in _list(value, where)]
        pairs = tuple(zip(bounds[::2], bounds[1::2], strict=False))
        try:
            found = Intervals(pairs, top)
        except ValueError:
            raise StateError(where, "a bound lies outside the set's universe") from None
        if len(bounds) % 2 or found.pairs != pairs:
            raise StateError(where, "these are no bounds in order")
        return found

    return _Form(lambda value, _: [bound for pair in value.pairs for bound in pair], read)


def _enum(kind: type[Enum], value: Any, where: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        raise StateError(where, f"no {kind.__name__.lower()} of that name") from None


def _plain(value: Any, kind: type, where: str) -> Any:
    # A bool is an int to Python, and none here.
    if type(value) is not kind:
        raise StateError(where, f"{kind.__name__} is wanted")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise StateError(where, "a list is wanted")
    return value


def _object(value: Any, where: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StateError(where, "an object is wanted")
    for key in value:
        if key not in known:
            # The key is not repeated: it may be anything.
            raise StateError(where, "it has a key that is not known")
    return value
