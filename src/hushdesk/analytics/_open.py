"""A desk opened for questions: what pages, API, command line and Python programs share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from hushdesk.analytics._columns import EXPORTED
from hushdesk.analytics._fields import DEFAULT_FACETS
from hushdesk.analytics._scope import Scope
from hushdesk.desk import Desk

if TYPE_CHECKING:
    import pyarrow as pa

    from hushdesk.analytics._analytics import Analytics
    from hushdesk.analytics._overview import Overview
    from hushdesk.analytics._results import CaseView, SearchPage
    from hushdesk.desk import LoadReport, Progress
    from hushdesk.readers import Options

EVERYTHING = Scope(internal=True)
"""What the owner of the desk's folder sees: all of it is theirs to read from disk anyway."""


class OpenDesk:
    """An open desk. Close it, or use it in a ``with`` statement; until then this process owns the desk."""

    def __init__(self, desk: Desk) -> None:
        """Use :func:`open_desk`."""
        self.desk = desk

    @cached_property
    def analytics(self) -> Analytics:
        """Answers questions about the desk's cases."""
        # Late: not all that is done with a desk asks about cases.
        from hushdesk.analytics._analytics import Analytics

        return Analytics(self.desk.store)

    def close(self) -> None:
        """Give the desk back."""
        self.desk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(
        self,
        *inputs: str | os.PathLike[str],
        options: Options | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        **more: Any,
    ) -> LoadReport:
        """Load exports; see :meth:`hushdesk.desk.Desk.load` for ``more``."""
        return self.desk.load([Path(one) for one in inputs], options=options, on_progress=on_progress, **more)

    def search(
        self,
        query: str = "",
        *,
        scope: Scope = EVERYTHING,
        start: datetime | None = None,
        end: datetime | None = None,
        page: int = 1,
        page_size: int = 20,
        sort: str = "newest",
        facets: Sequence[str] = DEFAULT_FACETS,
        histogram: bool = True,
        filters: Mapping[str, Sequence[str]] | None = None,
    ) -> SearchPage:
        """One page of hits; ``start`` (inclusive) and ``end`` (exclusive) limit when a case was opened.

        Raises:
            QueryError: The query cannot be carried out.
        """
        return self.analytics.search(
            within(query, start, end),
            scope=scope,
            page=page,
            page_size=page_size,
            sort=sort,
            facets=facets,
            histogram=histogram,
            filters=filters,
        )

    def read(self, case: str, *, scope: Scope = EVERYTHING) -> CaseView | None:
        """The case with this id or number, or None."""
        return self.analytics.read(case, scope)

    def export(
        self,
        query: str = "",
        *,
        scope: Scope = EVERYTHING,
        start: datetime | None = None,
        end: datetime | None = None,
        columns: Sequence[str] = EXPORTED,
        filters: Mapping[str, Sequence[str]] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """All hits, streaming, newest first."""
        return self.analytics.export(within(query, start, end), scope, columns, filters)

    def overview(self, *, scope: Scope = EVERYTHING) -> Overview:
        """What the desk holds, in numbers."""
        return self.analytics.overview(scope)

    def reports(self) -> list[LoadReport]:
        """Reports of all loads, newest first."""
        return self.desk.reports()

    def status(self) -> dict[str, Any]:
        """What the desk holds, in a few counts."""
        return self.desk.status()


def open_desk(folder: str | os.PathLike[str], *, command: str = "python", socket: str = "") -> OpenDesk:
    """Open the desk in ``folder``.

    Raises:
        DeskError: There is no usable desk there.
        DeskBusy: Another process owns it.
    """
    return OpenDesk(Desk.open(folder, command=command, socket=socket))


def within(query: str, start: datetime | None, end: datetime | None) -> str:
    """The query limited to cases opened in [start, end).

    Raises:
        QueryError: The query cannot be read; its positions are those of the query as given.
    """
    if start is None and end is None:
        return query
    from hushdesk.analytics._syntax import parse

    parse(query)
    parts = [f"({query})"] if query.strip() else []
    if start is not None:
        parts.append(f"opened:>={_moment(start)}")
    if end is not None:
        parts.append(f"opened:<{_moment(end)}")
    return " ".join(parts)


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
