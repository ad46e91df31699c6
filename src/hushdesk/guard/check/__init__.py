"""What the input shows, against what is approved."""

from hushdesk.guard.check._changes import (
    Key,
    changes,
    endpoint_changes,
    keyed,
    pairs,
    reach_groups,
    reach_values,
)
from hushdesk.guard.check._estate import Coverage, Estate, survey
from hushdesk.guard.check._exposure import (
    Exposure,
    Level,
    Report,
    Uncovered,
    check,
    rules_key,
    said,
    services_of,
    signature,
    wide,
)
from hushdesk.guard.check._plain import change_value, explanation_value, report_value, set_value
from hushdesk.guard.check._sarif import sarif

__all__ = [
    "Coverage",
    "Estate",
    "Exposure",
    "Key",
    "Level",
    "Report",
    "Uncovered",
    "change_value",
    "changes",
    "check",
    "endpoint_changes",
    "explanation_value",
    "keyed",
    "pairs",
    "reach_groups",
    "reach_values",
    "report_value",
    "rules_key",
    "said",
    "sarif",
    "services_of",
    "set_value",
    "signature",
    "survey",
    "wide",
]
