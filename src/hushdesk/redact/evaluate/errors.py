"""What can be wrong with labelled texts."""

from __future__ import annotations

from hushdesk.errors import TerminalError


class LabelledDataError(TerminalError):
    """Labelled texts cannot be scored. The message says where and what, never what stood there.

    Attributes:
        file: The file, as it was given.
        line: Its line, from 1; None if the file as a whole is at fault.
        field: The field that is wrong, such as ``spans[2].end``; empty if none is.
    """

    exit_code = 13

    def __init__(
        self, problem: str, *, file: str = "", line: int | None = None, field: str = "", remedy: str = ""
    ) -> None:
        self.file = file
        self.line = line
        self.field = field
        place = ", ".join(
            filter(None, (file, f"line {line}" if line else "", f"field {field}" if field else ""))
        )
        super().__init__(f"{place}: {problem}" if place else problem, remedy=remedy)


class UnknownLabelError(LabelledDataError):
    """Spans carry labels of which nobody said what they are.

    Attributes:
        labels: The labels; one that does not look like a word is given as ``(no word)``.
    """

    def __init__(self, labels: tuple[str, ...], *, file: str, line: int, field: str) -> None:
        self.labels = labels
        one = labels[0] if labels and labels[0] != NO_WORD else "LABEL"
        super().__init__(
            f"unknown {'label' if len(labels) == 1 else 'labels'}: {', '.join(labels)}.",
            file=file,
            line=line,
            field=field,
            remedy=f"Say what each is, for example: --label {one}=ACCOUNT, or --label {one}=OTHER if it is nobody's.",
        )


NO_WORD = "(no word)"
