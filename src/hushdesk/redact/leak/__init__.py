"""The leak check: a second, simpler look at sealed text, sharing no pattern with the detectors.

``leftovers`` is the quick one, which every case has to pass. ``Ensemble`` is the slow one, for the certificate.
"""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.redact.leak._check import leftovers
    from hushdesk.redact.leak._ensemble import ENSEMBLE_VERSION, Ensemble, count_kinds
else:
    __getattr__ = late(
        __name__,
        {
            "_check": "leftovers",
            "_ensemble": "ENSEMBLE_VERSION Ensemble count_kinds",
        },
    )

__all__ = ["ENSEMBLE_VERSION", "Ensemble", "count_kinds", "leftovers"]
