"""Views: how else a text can be read, each with the way back to the text as given."""

from hushdesk.redact.views._build import ENCODED_TRIGGERS, SPELLED_TRIGGERS, decoded, plain, views
from hushdesk.redact.views._view import Edit, View

__all__ = ["ENCODED_TRIGGERS", "SPELLED_TRIGGERS", "Edit", "View", "decoded", "plain", "views"]
