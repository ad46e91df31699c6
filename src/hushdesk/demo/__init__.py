"""Demo: invented support cases of 2005 to 2019, written as exports of help desks, with their truth."""

from hushdesk.demo._cases import DemoCase, DemoMessage, iter_cases
from hushdesk.demo._folder import claim
from hushdesk.demo._people import DemoPerson
from hushdesk.demo._truth import Summary
from hushdesk.demo._write import FORMATS, write_exports

__all__ = [
    "FORMATS",
    "DemoCase",
    "DemoMessage",
    "DemoPerson",
    "Summary",
    "claim",
    "iter_cases",
    "write_exports",
]
