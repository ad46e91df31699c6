"""Hushdesk: the support-case analytics store that is safe to lose.

>>> import hushdesk
>>> hushdesk.redact("write to jane.roe@example.com").text
'write to [EMAIL_1]'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from hushdesk._version import __version__

if TYPE_CHECKING:
    from hushdesk.analytics import OpenDesk, open_desk
    from hushdesk.errors import HushdeskError
    from hushdesk.redact import Finding, Kind, Known, Redacted, find, redact

__all__ = [
    "Finding",
    "HushdeskError",
    "Kind",
    "Known",
    "OpenDesk",
    "Redacted",
    "__version__",
    "find",
    "open_desk",
    "redact",
]

_HOMES = {
    "Finding": "hushdesk.redact",
    "HushdeskError": "hushdesk.errors",
    "Kind": "hushdesk.redact",
    "Known": "hushdesk.redact",
    "OpenDesk": "hushdesk.analytics",
    "Redacted": "hushdesk.redact",
    "find": "hushdesk.redact",
    "open_desk": "hushdesk.analytics",
    "redact": "hushdesk.redact",
}


def __getattr__(name: str) -> object:
    # Late, so that ``import hushdesk`` starts neither the detectors nor the engine.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(_HOMES[name])
    # "redact" is a package that can be called: whichever import comes first, the name stands for both.
    value = home if name == "redact" else getattr(home, name)
    globals()[name] = value
    return value
