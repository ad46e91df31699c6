"""``/.well-known/security.txt`` (RFC 9116): whom to tell of a weakness, before anybody writes about it elsewhere."""

from __future__ import annotations

import datetime as dt

from hushdesk.desk import SecuritySettings

_VALID = dt.timedelta(days=180)


def security_txt(settings: SecuritySettings, *, now: dt.datetime | None = None) -> str:
    """The text, valid for half a year from now unless the settings name a day; empty without a contact.

    The standard demands a contact, so without one there is nothing to say.
    """
    if not settings.contact:
        return ""
    until = settings.expires or (now or dt.datetime.now(dt.UTC)) + _VALID
    lines = [f"Contact: {each}" for each in settings.contact]
    lines.append(f"Expires: {until.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}")
    if settings.languages:
        lines.append(f"Preferred-Languages: {', '.join(settings.languages)}")
    if settings.policy:
        lines.append(f"Policy: {settings.policy}")
    return "\n".join(lines) + "\n"
