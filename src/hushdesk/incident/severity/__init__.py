"""How severe it is, for one group of persons: ENISA's score of 2013 as a range, and the nearest example of EDPB 01/2021."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.severity._cases import Case, Nearest, Verdict, cases, nearest
    from hushdesk.incident.severity._circumstances import (
        Adjustment,
        Cause,
        Circumstances,
        Harm,
        Nature,
        Rarity,
        Volume,
        readers,
    )
    from hushdesk.incident.severity._scam import scam
    from hushdesk.incident.severity._score import score
    from hushdesk.incident.severity._tables import Category
    from hushdesk.incident.severity._truth import Truth, every, some
    from hushdesk.incident.severity._verdict import Decision, decide
    from hushdesk.incident.severity.errors import AdjustmentError, UnreasonedError
else:
    __getattr__ = late(
        __name__,
        {
            "_cases": "Case Nearest Verdict cases nearest",
            "_circumstances": "Adjustment Cause Circumstances Harm Nature Rarity Volume readers",
            "_scam": "scam",
            "_score": "score",
            "_tables": "Category",
            "_truth": "Truth every some",
            "_verdict": "Decision decide",
            "errors": "AdjustmentError UnreasonedError",
        },
    )

__all__ = [
    "Adjustment",
    "AdjustmentError",
    "Case",
    "Category",
    "Cause",
    "Circumstances",
    "Decision",
    "Harm",
    "Nature",
    "Nearest",
    "Rarity",
    "Truth",
    "UnreasonedError",
    "Verdict",
    "Volume",
    "cases",
    "decide",
    "every",
    "nearest",
    "readers",
    "scam",
    "score",
    "some",
]
