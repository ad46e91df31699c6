"""Policies that are hard to judge, with their verdicts. Loaded under the name ``guard_battery`` by its users.

Tests and benchmarks both use it, and neither is a package that the other could import from.
"""

from guard_battery._arm import PORT
from guard_battery._cases import Ask, Case, cases
from guard_battery._live_aws import INTERFACE, OWN_IPV6

__all__ = ["INTERFACE", "OWN_IPV6", "PORT", "Ask", "Case", "cases"]
