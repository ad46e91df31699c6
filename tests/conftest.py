"""What all tests share: real data beside the checkout, and skips that CI does not accept."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from hushdesk.access import Argon2Hasher
from hushdesk.vault._provider import Scrypt

# No test asserts a time: a busy machine is not a defect.
settings.register_profile("hushdesk", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("hushdesk")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
NO_KERNEL = re.compile(r"network namespaces|the kernel cannot be asked")
"""How tests say that they may not make network namespaces, where a kernel's verdict is wanted."""
NO_DATA = re.compile(r"development (data|exports)")
"""How tests say that they want real exports, which are not part of the project."""

LONG = (
    "attack/test_marked_secrets.py",
    "docs/test_docs_run.py",
    "browser/test_browser_pages.py",
    "attack/test_idor.py",
    "attack/test_marked_review.py",
    "browser/test_browser_incident.py",
    "cli/test_cli_desk.py",
    "desk/test_persons.py",
    "browser/test_browser_axe.py",
    "attack/test_hostile_cases.py",
    "incident/sending/test_send.py",
    "web/test_web_serve.py",
    "attack/test_forgery.py",
    "desk/test_load_killed.py",
    "web/test_web_incident.py",
    "analytics/test_query_language.py",
    "analytics/test_counts_in_memory.py",
    "incident/flows/test_series.py",
    "incident/answering/test_less_than_the_truth.py",
    "cli/test_cli_incident.py",
    "attack/test_api_schema.py",
    "cli/test_cli_quarantine.py",
    "incident/drill/test_drill.py",
    "incident/sending/test_killed.py",
)
"""Files that take longest, the longest first: ``--dist loadfile`` runs a file in one process."""


def pytest_configure(config: pytest.Config) -> None:
    # Keys and vaults of test desks never go to the user's own home.
    os.environ.setdefault("HUSHDESK_HOME", str(ROOT / "build" / "test-home"))
    # Processes that run side by side read the files from different places on, so that each compiles a share of
    # them and finds the others' compiled.
    worker = getattr(config, "workerinput", None)
    if worker and all(Path(place).is_dir() for place in config.args):
        files = [str(file) for place in config.args for file in sorted(Path(place).rglob("test_*.py"))]
        first = int(worker["workerid"].removeprefix("gw")) * len(files) // worker["workercount"]
        config.args = files[first:] + files[:first]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that none is begun when all else has ended; then in the order of their names."""
    place = {(ROOT / "tests" / name).resolve(strict=True): number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: (place.get(item.path, len(place)), item.path))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Collect without looking for what could be freed: what is made stays to the end, and is never looked through."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def shipped_argon2() -> Iterator[dict[str, int]]:
    """What argon2id costs as shipped. The tests pay the least that is accepted for every key and password.

    Files name their costs, so that other processes open them as cheaply; whatever other processes make
    themselves has the shipped costs.
    """
    costs = Argon2Hasher.__init__.__kwdefaults__
    shipped = dict(costs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(costs, "time_cost", 1)
        patch.setitem(costs, "memory_cost", 64)
        patch.setattr(Scrypt, "fresh", classmethod(lambda cls: cls(os.urandom(16), n=1 << 10)))
        yield shipped


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
