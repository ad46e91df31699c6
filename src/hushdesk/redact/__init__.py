"""Redaction: text in, findings out, text without personal data out. Knows nothing of cases.

``find`` and ``redact`` serve a single text. ``find_all`` reads all texts of one context together, so that what is
known or found once is masked everywhere. ``leftovers`` is the independent check of what came out.
"""

from hushdesk.redact._canonical import canonical
from hushdesk.redact._find import find, find_all
from hushdesk.redact._fold import fold
from hushdesk.redact._policy import Action, Policy
from hushdesk.redact._replace import redact, replace
from hushdesk.redact._tagger import Tagger, use_tagger
from hushdesk.redact._types import Finding, Kind, Known, Redacted
from hushdesk.redact.leak import leftovers

__all__ = [
    "Action",
    "Finding",
    "Kind",
    "Known",
    "Policy",
    "Redacted",
    "Tagger",
    "canonical",
    "find",
    "find_all",
    "fold",
    "leftovers",
    "redact",
    "replace",
    "use_tagger",
]
