"""Views: how else a text can be read, each with the way back to the text as given."""

from hushdesk.redact.views._build import TRIGGERS, decoded, plain, views
from hushdesk.redact.views._unicode import oddities
from hushdesk.redact.views._view import Edit, View
from hushdesk.redact.views._windows import Spots, windows

__all__ = ["TRIGGERS", "Edit", "Spots", "View", "decoded", "oddities", "plain", "views", "windows"]
