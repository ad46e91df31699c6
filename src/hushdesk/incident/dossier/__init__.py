"""The incidents of a desk on disk."""

from hushdesk.incident.dossier._dossier import Dossier, Dossiers, Step
from hushdesk.incident.dossier._settings import Settings, Statement

__all__ = ["Dossier", "Dossiers", "Settings", "Statement", "Step"]
