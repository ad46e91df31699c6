"""Patterns that are compiled when they are first used: most texts need few of them, and compiling all takes half a second."""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    """Stands for a pattern; becomes as quick as one by taking over its methods."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        made = re.compile(self._pattern, self._flags)
        for method in ("match", "search", "fullmatch", "finditer", "findall", "sub", "subn", "split"):
            self.__dict__[method] = getattr(made, method)
        return getattr(made, name)

    def __reduce__(self) -> tuple[type[_Lazy], tuple[str, int]]:
        return _Lazy, (self._pattern, self._flags)


def lazily(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what behaves like ``re.compile(pattern, flags)`` but is compiled when it is first used."""
    return cast("re.Pattern[str]", _Lazy(pattern, flags))
