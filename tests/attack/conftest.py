"""Shared by the attacks: secrets that can be found again, and exports full of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _beside(name: str) -> ModuleType:
    full = f"hushdesk_attack_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"_{name}.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


@pytest.fixture(scope="session")
def marks() -> ModuleType:
    return _beside("marks")


@pytest.fixture(scope="session")
def exports() -> ModuleType:
    return _beside("exports")


@pytest.fixture(scope="session")
def watch() -> ModuleType:
    return _beside("watch")


@pytest.fixture(scope="session")
def houses() -> ModuleType:
    return _beside("house")


@pytest.fixture(scope="module")
def house(houses, tmp_path_factory):
    """A real desk behind the application that ``hushdesk serve`` builds."""
    with houses.opened(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def small_house(houses, tmp_path_factory):
    """The same without a load, a quarantine and a watched store: made in a quarter of the time."""
    with houses.opened(tmp_path_factory.mktemp("house"), whole=False) as made:
        yield made
