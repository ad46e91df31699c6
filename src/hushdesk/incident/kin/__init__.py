"""What an outside address is, offline, by lists that the user gives: own, Tor, scanner, search engine, cloud.

No list comes with the package: ranges change hands, and one of today says little of the day of the incident. Each answer names
its list and that list's date. An address of a cloud's range can be anybody's machine.
"""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.kin._kindred import Classes, Kindred
    from hushdesk.incident.kin._lists import KinList, KinListError
    from hushdesk.incident.kin._words import explain
else:
    __getattr__ = late(
        __name__,
        {
            "_kindred": "Classes Kindred",
            "_lists": "KinList KinListError",
            "_words": "explain",
        },
    )

__all__ = ["Classes", "KinList", "KinListError", "Kindred", "explain"]
