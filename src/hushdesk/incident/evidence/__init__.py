"""Parsers of logs, one kind in one module. Each is found by entry point and reads as a stream.

To write one, see :class:`hushdesk.incident.EvidenceParser`.
"""
