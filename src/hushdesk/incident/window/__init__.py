"""Windows: what stood open beyond the intent, since when and until when, from changes replayed through the guard's dialects."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.window._replay import Own, Replayed, windows
else:
    __getattr__ = late(
        __name__,
        {
            "_replay": "Own Replayed windows",
        },
    )

__all__ = ["Own", "Replayed", "windows"]
