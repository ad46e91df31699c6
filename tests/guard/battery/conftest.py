"""Lets the tests of this folder import the battery."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def _load() -> None:
    folder = Path(__file__).parent / "lists"
    spec = importlib.util.spec_from_file_location(
        "guard_battery", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)


_load()
