"""What the tests of windows share."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

# Test folders are no packages: the helper beside this file is made known under a name of its own.
_PATH = Path(__file__).with_name("_tell.py")
_SPEC = importlib.util.spec_from_file_location("window_tell", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
sys.modules["window_tell"] = _MODULE
_SPEC.loader.exec_module(_MODULE)
