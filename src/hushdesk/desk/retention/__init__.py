"""Retention: which cases have been kept for long enough, by product and source, and their leaving."""

from hushdesk.desk.retention._due import Due, DueRow, Retention, RetentionDone, RetentionPlan

__all__ = ["Due", "DueRow", "Retention", "RetentionDone", "RetentionPlan"]
