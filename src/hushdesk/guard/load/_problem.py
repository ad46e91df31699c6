"""Why a file could not be parsed."""

from __future__ import annotations


class Unparsed(Exception):  # noqa: N818 - a value on its way to a Malformed finding, not an error of ours
    """A file is not what its name says.

    Args:
        problem: What is wrong, without its content.
        line: Where, from 1; 0 if it is not known.
        remedy: What to do.
    """

    def __init__(self, problem: str, line: int = 0, remedy: str = "Mend the file, or leave it out.") -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.remedy = remedy
