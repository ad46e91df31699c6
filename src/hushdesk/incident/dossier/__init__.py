"""The incidents of a desk on disk."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.dossier._dossier import Dossier, Dossiers, Step
    from hushdesk.incident.dossier._settings import Settings, Statement
else:
    __getattr__ = late(
        __name__,
        {
            "_dossier": "Dossier Dossiers Step",
            "_settings": "Settings Statement",
        },
    )

__all__ = ["Dossier", "Dossiers", "Settings", "Statement", "Step"]
