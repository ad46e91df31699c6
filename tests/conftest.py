"""What all tests share: real data beside the checkout, and skips that CI does not accept."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# No test asserts a time: a busy machine is not a defect.
settings.register_profile("hushdesk", deadline=None)
settings.load_profile("hushdesk")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
NO_KERNEL = re.compile(r"network namespaces|the kernel cannot be asked")
"""How tests say that they may not make network namespaces, where a kernel's verdict is wanted."""
NO_DATA = re.compile(r"development (data|exports)")
"""How tests say that they want real exports, which are not part of the project."""


def pytest_configure(config: pytest.Config) -> None:
    # Keys and vaults of test desks never go to the user's own home.
    os.environ.setdefault("HUSHDESK_HOME", str(ROOT / "build" / "test-home"))


@cache
def namespaces() -> bool:
    """Whether this machine lets us make network namespaces."""
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and subprocess.run([unshare, "-n", "true"], check=False, capture_output=True).returncode == 0
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    strict = os.environ.get("HUSHDESK_TESTS_NO_SKIPS")
    why = str(report.longrepr)
    excused = (NO_DATA.search(why) and not SHARED.is_dir()) or (NO_KERNEL.search(why) and not namespaces())
    if report.skipped and strict and not excused:
        report.outcome = "failed"
        report.longrepr = f"skipped, which is not accepted here: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def helpdesk_data() -> Path:
    """Real exports for development; they are not part of the project."""
    folder = SHARED / "helpdesk"
    if not folder.is_dir():
        pytest.skip("the development exports are not beside this checkout")
    return folder
