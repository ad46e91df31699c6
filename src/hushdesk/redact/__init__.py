"""Redaction: text in, findings out, text without personal data out. Knows nothing of cases.

``find`` and ``redact`` serve a single text. ``find_all`` reads all texts of one context together, so that what is
known or found once is masked everywhere. ``leftovers`` is the independent check of what came out, and ``Ensemble`` the slower one
for samples.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from hushdesk.redact._canonical import canonical
from hushdesk.redact._find import find, find_all, find_batch
from hushdesk.redact._fold import fold
from hushdesk.redact._policy import Action, Judge, Policy
from hushdesk.redact._replace import redact, replace
from hushdesk.redact._tagger import Tagger, use_tagger
from hushdesk.redact._types import Finding, Kind, Known, Redacted

if TYPE_CHECKING:
    from hushdesk.redact.leak import ENSEMBLE_VERSION, Ensemble, leftovers

__all__ = [
    "ENSEMBLE_VERSION",
    "Action",
    "Ensemble",
    "Finding",
    "Judge",
    "Kind",
    "Known",
    "Policy",
    "Redacted",
    "Tagger",
    "canonical",
    "find",
    "find_all",
    "find_batch",
    "fold",
    "leftovers",
    "redact",
    "replace",
    "use_tagger",
]


def __getattr__(name: str) -> Any:
    """Load the checks of what came out when they are first asked for: whoever only redacts does not wait for them."""
    if name in {"ENSEMBLE_VERSION", "Ensemble", "leftovers"}:
        from hushdesk.redact import leak

        return getattr(leak, name)
    raise AttributeError(name=name, obj=sys.modules[__name__])


class _Callable(ModuleType):
    """The module that is also the function: ``hushdesk.redact("…")`` and ``hushdesk.redact.find`` both work."""

    def __call__(self, text: str, *, known: Sequence[Known] = ()) -> Redacted:
        """See :func:`redact`."""
        return redact(text, known=known)


sys.modules[__name__].__class__ = _Callable
