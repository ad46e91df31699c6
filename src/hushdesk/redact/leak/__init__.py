"""The leak check: a second, simpler look at sealed text, sharing no pattern with the detectors."""

from hushdesk.redact.leak._check import leftovers

__all__ = ["leftovers"]
