"""Names of people and postal addresses, found by rules and word lists.

``find_names`` is the first tagger; a learned one takes its place, or stands beside it, through
``hushdesk.redact.use_tagger``. The other names serve the hunt for people already known.
"""

from hushdesk.redact.names._nicknames import nicknames
from hushdesk.redact.names._parts import NameParts, is_given_name, is_surname, name_parts
from hushdesk.redact.names._scan import find_names

__all__ = ["NameParts", "find_names", "is_given_name", "is_surname", "name_parts", "nicknames"]
