"""What was seen, now and before: for whoever comes back to ask, and for the diff of the last change."""

from hushdesk.guard.state._board import Board, Reached, Row, board, ident
from hushdesk.guard.state._codec import decode, encode
from hushdesk.guard.state._file import Kept, Seen, StateFile
from hushdesk.guard.state._history import EndpointChange, advance, compare
from hushdesk.guard.state._lookout import LastChange, Look, Lookout, Problem, Sight, Watched

__all__ = [
    "Board",
    "EndpointChange",
    "Kept",
    "LastChange",
    "Look",
    "Lookout",
    "Problem",
    "Reached",
    "Row",
    "Seen",
    "Sight",
    "StateFile",
    "Watched",
    "advance",
    "board",
    "compare",
    "decode",
    "encode",
    "ident",
]
