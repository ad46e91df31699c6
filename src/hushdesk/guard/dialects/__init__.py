"""Network languages, one folder each, each behind :class:`hushdesk.guard.Dialect`."""
