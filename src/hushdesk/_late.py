"""Names of a package that are imported when they are first asked for.

The command line starts a process for each command, and most commands need little of the house. A package whose face names
much and heavy says where each name lives, and imports that module when somebody wants the name::

    if TYPE_CHECKING:
        from hushdesk.store._engine import Caps
    else:
        __getattr__ = late(__name__, {"_engine": "Caps"})

The first half is what type checkers, import rules and readers see; ``tests/test_late.py`` holds the second against it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping


def late(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """A module's ``__getattr__`` (PEP 562).

    Args:
        package: Name of the package whose face it is.
        homes: Module, as it is called inside the package: the names that live there, with spaces between. A module
            outside it is called by its whole name. ``public=private`` is a name that its module calls otherwise.
    """
    places = {}
    for module, names in homes.items():
        for name in names.split():
            public, _, private = name.partition("=")
            places[public] = (module, private or public)

    def find(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, private = places[name]
        home = importlib.import_module(module if module.startswith("hushdesk.") else f"{package}.{module}")
        value = getattr(home, private)
        # Asked for once: from now on it is an attribute like any other.
        setattr(sys.modules[package], name, value)
        return value

    return find
