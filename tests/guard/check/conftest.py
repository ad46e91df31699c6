"""The language that exists in these tests alone can be imported: tests are no package here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

FULL = "guard_toys"
if FULL not in sys.modules:
    spec = importlib.util.spec_from_file_location(FULL, Path(__file__).with_name("toys.py"))
    assert spec
    assert spec.loader
    sys.modules[FULL] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[FULL])
