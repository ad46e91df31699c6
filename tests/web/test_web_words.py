"""Whoever reads the record or chooses a permission reads words."""

from __future__ import annotations

from hushdesk.access import AuditEvent, Permission
from hushdesk.web import _words


def test_each_event_and_each_permission_has_words_of_its_own():
    assert set(_words.EVENTS) == {event.value for event in AuditEvent}
    assert set(_words.PERMISSIONS) == {permission.value for permission in Permission}
    for words in (_words.EVENTS, _words.PERMISSIONS):
        assert len(set(words.values())) == len(words)
        assert all(text.strip() for text in words.values())


def test_what_is_not_known_is_shown_by_its_code():
    assert _words.event_words("incident:letters:plan") == "incident:letters:plan"
    assert _words.permission_words("x:y") == "x:y"
    assert _words.method_words("carrier pigeon") == "carrier pigeon"
