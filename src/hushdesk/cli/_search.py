"""``hushdesk search`` and ``hushdesk show``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from hushdesk.cli._output import NotFoundError, counted, desk_option, json_option, print_json, stdout

_TOKEN = re.compile(r"\b([A-Z_]+)_[0-9A-HJKMNP-TV-Z]{14}\b")
_COLOURS = {"PERSON": "cyan", "EMAIL": "green", "PHONE": "yellow", "IP": "magenta", "ACCOUNT": "blue"}


def _chips(value: str) -> Text:
    """Text with its pseudonyms coloured by kind."""
    text = Text(value)
    for match in _TOKEN.finditer(value):
        text.stylize(_COLOURS.get(match[1], "red"), *match.span())
    return text


def _day(value: Any) -> str:
    return "" if value is None else str(value)[:10]


@click.command("search")
@click.argument("query", nargs=-1)
@desk_option
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--rows", type=click.IntRange(1, 500), default=20, show_default=True, help="Rows on a page.")
@click.option(
    "--sort",
    type=click.Choice(["newest", "oldest", "updated", "closed"]),
    default="newest",
    show_default=True,
)
@click.option("--facets", is_flag=True, help="Count by field, each under every filter but its own.")
@json_option
def search(
    query: tuple[str, ...], desk_path: Path, page: int, rows: int, sort: str, *, facets: bool, as_json: bool
) -> None:
    """Search the desk: words, "phrases", field:value, ranges, -not, OR, parentheses.

    Put -- before a query that begins with a minus. No query finds everything.
    """
    from hushdesk.cli._connect import connect

    options: dict[str, Any] = {"page": page, "page_size": rows, "sort": sort, "histogram": facets or as_json}
    if not facets and not as_json:
        options["facets"] = []
    with connect(desk_path, "search") as desk:
        found = desk.search(" ".join(query), options)
    if as_json:
        print_json(found)
        return
    for hit in found["hits"]:
        facts = (hit["number"], _day(hit["opened_at"]), hit["product"], hit["status"], hit["language"])
        head = Text(hit["case_id"], "bold")
        head.append("  " + "  ".join(filter(None, facts)), "not bold dim")
        stdout.print(head, soft_wrap=True)
        line = _chips("  " + " · ".join(filter(None, (hit["subject"], hit["snippet"]))).replace("\n", " "))
        stdout.print(line, no_wrap=True, overflow="ellipsis", soft_wrap=not stdout.is_terminal)
    first = (page - 1) * rows + 1
    shown = f"{counted(first)}-{counted(first + len(found['hits']) - 1)} of " if found["hits"] else ""
    until = f", data up to {_day(found['data_until'])}" if found["data_until"] else ""
    stdout.print(f"{shown}{counted(found['total'])} cases, {found['took_ms']:.0f} ms{until}", style="dim")
    if facets:
        for facet in found["facets"]:
            values = ", ".join(
                f"{escape(v['value'])} {'few' if v['count'] is None else counted(v['count'])}"
                for v in facet["values"][:8]
            )
            if values:
                stdout.print(
                    f"[bold]{facet['field']}[/]  {values}{' …' if facet['more'] else ''}", soft_wrap=True
                )


@click.command("show")
@click.argument("case")
@desk_option
@json_option
def show(case: str, desk_path: Path, *, as_json: bool) -> None:
    """Read the case with this id or number."""
    from hushdesk.cli._connect import connect

    with connect(desk_path, "show") as desk:
        found = desk.show(case)
    if found is None:
        raise NotFoundError("there is no such case.", remedy="Find cases with: hushdesk search")
    if as_json:
        print_json(found)
        return
    say = stdout.print
    say(Rule(_chips(found["subject"] or "(no subject)"), align="left"))
    table = Table(box=None, pad_edge=False, show_header=False)
    for name in ("case_id", "source", "number", "product", "status", "priority", "channel", "language", "country",
                 "customer", "agent", "contract"):  # fmt: skip
        if found[name]:
            table.add_row(Text(name.replace("_", " "), "dim"), _chips(str(found[name])))
    for name in ("opened_at", "first_reply_at", "closed_at"):
        if found[name]:
            table.add_row(Text(name.replace("_", " "), "dim"), str(found[name]))
    say(table)
    for name in ("description", "resolution"):
        if found[name]:
            say(Panel(_chips(found[name]), title=name, title_align="left"))
    for message in found["messages"]:
        internal = message["visibility"] == "internal"
        title = f"{'internal note' if internal else message['role'] or 'message'}  {message['author']}"
        if message["at"]:
            title += f"  {str(message['at'])[:16]}"
        say(
            Panel(
                _chips(message["text"]),
                title=title,
                title_align="left",
                border_style="yellow" if internal else "dim",
            )
        )
    for note in (*found["notes"], found["remarks"]):
        if note:
            say(Panel(_chips(note), title="internal note", title_align="left", border_style="yellow"))
