"""What no statement of ours may contain, beside what the engine's own rights refuse already.

The engine's user may not read files, addresses or other databases (``engine-users.xml``). Three ways out are not a matter
of rights there: the scalar function ``file``, ``INTO OUTFILE``, and settings written into a statement that lift a cap.
Statements are ours, and values travel as parameters; this door holds where a mistake of ours let a value become text.
"""

from __future__ import annotations

import re
from typing import Final

from hushdesk.store._errors import EngineError

_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.|'')*'")
_OUTWARD: Final = re.compile(
    r"--|/\*|#|\binto\s+outfile\b|\bsettings\b|[\"`]?\b(?:file|catboostevaluate|executable\w*|url\w*|s3\w*|remote\w*|"
    r"cluster\w*|mysql|postgresql|sqlite|odbc|jdbc|mongodb|redis|hdfs\w*|azure\w*|gcs|iceberg\w*|hudi\w*|deltalake\w*|"
    r"paimon\w*|python|dictget\w*|dictionary|input|merge|loop|arrowflight|ytsaurus|fuzzjson|addresstoline\w*|"
    r"addresstosymbol|demangle)\b[\"`]?\s*\(",
    re.IGNORECASE | re.ASCII,
)
REFUSED: Final = -1
"""In the place of the engine's error number: the statement was not given to the engine."""


def check_inward(sql: str, operation: str) -> None:
    """Make sure that a statement stays within the store.

    Raises:
        EngineError: It names a way out; its ``code`` is :data:`REFUSED`.
    """
    if _OUTWARD.search(_QUOTED.sub("''", sql)):
        raise EngineError(operation, REFUSED)
