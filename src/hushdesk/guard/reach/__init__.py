"""The exact sets: which sources reach a port, by which rule, and what a change added."""

from hushdesk.guard.reach._diff import Blame, Change, Guilty, diff
from hushdesk.guard.reach._explain import Answer, Connection, Explanation, Verdict, Way, explain
from hushdesk.guard.reach._lanes import Compiler
from hushdesk.guard.reach._reach import Decider, Part, ReachSet, reach

__all__ = [
    "Answer",
    "Blame",
    "Change",
    "Compiler",
    "Connection",
    "Decider",
    "Explanation",
    "Guilty",
    "Part",
    "ReachSet",
    "Verdict",
    "Way",
    "diff",
    "explain",
    "reach",
]
