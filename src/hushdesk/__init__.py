"""Hushdesk: the support-case analytics store that is safe to lose.

>>> import hushdesk
>>> hushdesk.redact("write to jane.roe@example.com").text
'write to [EMAIL_1]'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from hushdesk._late import late
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

_late = late(
    __name__,
    {
        "analytics": "OpenDesk open_desk",
        "errors": "HushdeskError",
        "redact": "Finding Kind Known Redacted find",
    },
)


def __getattr__(name: str) -> object:
    # "redact" is a package that can be called: whichever import comes first, the name stands for both.
    return importlib.import_module("hushdesk.redact") if name == "redact" else _late(name)
