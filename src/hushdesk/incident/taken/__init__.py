"""What could be taken: which cases stood there, how large they are, and how many of them can have left."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.taken._contents import Contents, contents
    from hushdesk.incident.taken._selection import Selection
    from hushdesk.incident.taken._taken import taken
else:
    __getattr__ = late(
        __name__,
        {
            "_contents": "Contents contents",
            "_selection": "Selection",
            "_taken": "taken",
        },
    )

__all__ = ["Contents", "Selection", "contents", "taken"]
