"""Measuring redaction on labelled texts: precision, recall, leaks, speed. Knows nothing of cases.

``Corpus`` names the texts, ``evaluate`` runs our own redaction over them, ``Score`` scores anybody's findings.
"""

from hushdesk.redact.evaluate._corpus import SOURCES, Corpus, equal_shares
from hushdesk.redact.evaluate._documents import Document, Span
from hushdesk.redact.evaluate._labels import ASIDE, BROADER, ID_KINDS, ROWS, Labels
from hushdesk.redact.evaluate._run import Evaluation, Speed, evaluate, finder, peak_memory
from hushdesk.redact.evaluate._score import Cover, Mistake, RowScore, Score, Tally
from hushdesk.redact.evaluate.errors import LabelledDataError, UnknownLabelError

__all__ = [
    "ASIDE",
    "BROADER",
    "ID_KINDS",
    "ROWS",
    "SOURCES",
    "Corpus",
    "Cover",
    "Document",
    "Evaluation",
    "LabelledDataError",
    "Labels",
    "Mistake",
    "RowScore",
    "Score",
    "Span",
    "Speed",
    "Tally",
    "UnknownLabelError",
    "equal_shares",
    "evaluate",
    "finder",
    "peak_memory",
]
