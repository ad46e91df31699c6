"""Redaction: text in, findings out, text without personal data out. Knows nothing of cases.

``find`` and ``redact`` serve a single text. ``find_all`` reads all texts of one context together, so that what is
known or found once is masked everywhere. ``leftovers`` is the independent check of what came out, and ``Ensemble`` the slower one
for samples.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.redact._canonical import canonical
    from hushdesk.redact._find import find, find_all, find_batch
    from hushdesk.redact._fold import fold
    from hushdesk.redact._policy import Action, Judge, Policy
    from hushdesk.redact._replace import redact, replace
    from hushdesk.redact._same_name import name_fits
    from hushdesk.redact._tagger import Tagger, use_tagger
    from hushdesk.redact._types import Finding, Kind, Known, Redacted
    from hushdesk.redact.leak import ENSEMBLE_VERSION, Ensemble, leftovers
else:
    __getattr__ = late(
        __name__,
        {
            "_canonical": "canonical",
            "_find": "find find_all find_batch",
            "_fold": "fold",
            "_policy": "Action Judge Policy",
            "_replace": "redact replace",
            "_same_name": "name_fits",
            "_tagger": "Tagger use_tagger",
            "_types": "Finding Kind Known Redacted",
            "leak": "ENSEMBLE_VERSION Ensemble leftovers",
        },
    )

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
    "name_fits",
    "redact",
    "replace",
    "use_tagger",
]


class _Callable(ModuleType):
    """The module that is also the function: ``hushdesk.redact("…")`` and ``hushdesk.redact.find`` both work."""

    def __call__(self, text: str, *, known: Sequence[Known] = ()) -> Redacted:
        """See :func:`redact`."""
        from hushdesk.redact._replace import redact as function

        return function(text, known=known)


sys.modules[__name__].__class__ = _Callable
