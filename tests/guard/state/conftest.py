"""The tiny network language, and a lookout over a folder of it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


def load_tiny():
    name = "hushdesk_tiny_dialect"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / "_tiny.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def tiny():
    return load_tiny()


@pytest.fixture
def folder(tmp_path):
    """What is looked at."""
    made = tmp_path / "network"
    made.mkdir()
    return made
