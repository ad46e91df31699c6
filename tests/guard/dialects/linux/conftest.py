"""Helpers of these tests, which are modules beside them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def beside(name: str) -> ModuleType:
    full = f"hushdesk_linux_tests{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


@pytest.fixture(scope="session")
def decide():
    return beside("_decide").decide


@pytest.fixture(scope="session")
def generated():
    return beside("_generated")


@pytest.fixture(scope="session")
def kernel():
    module = beside("_kernel")
    if why := module.missing():
        pytest.skip(f"the kernel cannot be asked: {why}")
    return module


@pytest.fixture(scope="session")
def dumps():
    """Real dumps for development; they are not part of the project."""
    for beside in Path(__file__).resolve().parents[5:7]:
        folder = beside / "shared" / "data" / "guard" / "iptables"
        if folder.is_dir():
            return folder
    pytest.skip("the development data is not beside this checkout")
