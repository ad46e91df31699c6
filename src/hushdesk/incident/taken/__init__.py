"""What could be taken: which cases stood there, how large they are, and how many of them can have left."""

from hushdesk.incident.taken._contents import Contents, contents
from hushdesk.incident.taken._selection import Selection
from hushdesk.incident.taken._taken import taken

__all__ = ["Contents", "Selection", "contents", "taken"]
