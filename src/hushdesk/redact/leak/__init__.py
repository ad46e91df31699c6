"""The leak check: a second, simpler look at sealed text, sharing no pattern with the detectors.

``leftovers`` is the quick one, which every case has to pass. ``Ensemble`` is the slow one, for the certificate.
"""

from hushdesk.redact.leak._check import leftovers
from hushdesk.redact.leak._ensemble import ENSEMBLE_VERSION, Ensemble, count_kinds

__all__ = ["ENSEMBLE_VERSION", "Ensemble", "count_kinds", "leftovers"]
