"""``hushdesk guard``: who exactly can reach the stores, from templates, plans, dumps and configuration."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hushdesk._version import __version__
from hushdesk.cli._output import json_option, print_json, stderr, stdout
from hushdesk.errors import UsageError

if TYPE_CHECKING:
    from hushdesk.guard import AddressSet, Endpoint, Estate, Intent, World

EXIT_EXPOSED = 1
EXIT_MALFORMED = 14

_F = TypeVar("_F", bound=Callable[..., Any])


def _inputs(function: _F) -> _F:
    """Options that say what the input is and what is known beside it."""
    for option in (
        click.option(
            "--largest-file",
            type=click.IntRange(1),
            default=64,
            show_default=True,
            metavar="MB",
            help="A larger file is refused.",
        ),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="NAME=VALUE",
            help="The value of a parameter or variable of a template. May be repeated.",
        ),
        click.option(
            "--service-tags",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="Azure's file of service tags. Without it a tag is unknown, and taken as everybody.",
        ),
    ):
        function = option(function)
    return function


def _intent_option(function: _F) -> _F:
    return click.option(
        "--intent",
        "intent_path",
        type=click.Path(path_type=Path),
        help="Stores and who may reach them (TOML). Without it only private addresses are approved.",
    )(function)


def _world(service_tags: Path | None, settings: Sequence[str]) -> World:
    from hushdesk.guard import World

    parameters: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError("--set wants NAME=VALUE.", remedy="Write --set port=9200.")
        parameters[name] = value
    tags: dict[str, AddressSet] = {}
    if service_tags:
        from hushdesk.guard.dialects.azure import load_service_tags
        from hushdesk.guard.errors import TagsError

        try:
            tags = load_service_tags(service_tags)
        except OSError as error:
            raise TagsError(str(service_tags), error.strerror or "it cannot be read") from None
        except ValueError as error:
            raise TagsError(str(service_tags), str(error)) from None
    return World(tags=tags, parameters=parameters)


def _intent(path: Path | None) -> Intent:
    from hushdesk.guard import Intent, read_intent

    return read_intent(path) if path else Intent()


def _survey(paths: Sequence[Path], world: World, largest_file: int) -> Estate:
    from hushdesk.guard import survey

    return survey(paths or [Path()], world, most_bytes=largest_file * 2**20)


@click.group("guard")
def guard() -> None:
    """Compute exactly who can reach a data store, and by which rule.

    Reads Azure (ARM, Bicep's JSON, API answers), AWS (API answers, CloudFormation), Google Cloud, Terraform (plan, state,
    HCL), Kubernetes, Docker Compose, iptables and nftables, and the configuration of the stores themselves.
    """


@guard.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@_intent_option
@_inputs
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0 for code hosts.")
@click.option(
    "--all", "everything", is_flag=True, help="Also list what could not be resolved and was not looked at."
)
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "error"]),
    default="warning",
    show_default=True,
    help="From which level on the exit code is 1.",
)
@json_option
def check_command(
    paths: tuple[Path, ...],
    intent_path: Path | None,
    service_tags: Path | None,
    settings: tuple[str, ...],
    largest_file: int,
    fail_on: str,
    *,
    as_sarif: bool,
    as_json: bool,
    everything: bool,
) -> None:
    """Check folders and files against the intent.

    PATHS are files or folders; without any, this folder.

    Exit codes: 0 nobody gets in beyond the intent; 1 somebody does, or may, or a store has no intent; 14 nobody does, but some
    input could not be read, or none shows a store of the intent.
    """
    from hushdesk.cli._guard_text import print_report
    from hushdesk.guard.check import Level, check, report_value, sarif

    world = _world(service_tags, settings)
    report = check(_survey(paths, world, largest_file), _intent(intent_path))
    if as_sarif:
        print_json(sarif(report, __version__, world.tags))
    elif as_json:
        print_json(report_value(report, world.tags))
    else:
        print_report(stdout, report, world.tags, everything=everything, with_intent=bool(intent_path))
    counted = {Level.ERROR} if fail_on == "error" else {Level.ERROR, Level.WARNING}
    if report.uncovered or any(exposure.level in counted for exposure in report.exposures):
        sys.exit(EXIT_EXPOSED)
    if report.estate.malformed or report.absent:
        sys.exit(EXIT_MALFORMED)


def _not_read(estate: Estate) -> bool:
    """Say on standard error what could not be read, so that an answer without it does not pass for the whole."""
    from hushdesk.cli._guard_text import print_malformed

    print_malformed(stderr, estate.malformed)
    return bool(estate.malformed)


def _named(estate: Estate, intent: Intent, name: str) -> list[Endpoint]:
    """The endpoints of a store of the intent, or of this name or alias."""
    from hushdesk.guard.errors import UnknownEndpointError

    store = intent.named(name)
    if store:
        found = [endpoint for endpoint in estate.endpoints if store.is_of(endpoint)]
    else:
        found = [endpoint for endpoint in estate.endpoints if name in (endpoint.name, *endpoint.aliases)]
    if not found:
        known = [store.name for store in intent.stores] + [endpoint.name for endpoint in estate.endpoints]
        raise UnknownEndpointError(name, tuple(dict.fromkeys(known)))
    return found


@guard.command("reach")
@click.argument("store")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--port", type=click.IntRange(1, 65535), help="Only this port.  [default: the store's]")
@click.option("--protocol", type=click.Choice(["tcp", "udp"]), default="tcp", show_default=True)
@_intent_option
@_inputs
@json_option
def reach_command(
    store: str,
    paths: tuple[Path, ...],
    port: int | None,
    protocol: str,
    intent_path: Path | None,
    service_tags: Path | None,
    settings: tuple[str, ...],
    largest_file: int,
    *,
    as_json: bool,
) -> None:
    """Show who can reach STORE: the set, the way in, the rules that decide.

    STORE is a name of the intent, or an endpoint's name as ``guard check`` shows it.
    """
    from hushdesk.cli._guard_text import print_reach
    from hushdesk.guard.check import reach_values

    world, intent = _world(service_tags, settings), _intent(intent_path)
    estate = _survey(paths, world, largest_file)
    _not_read(estate)
    endpoints = _named(estate, intent, store)
    wanted = [(protocol, port)] if port else None
    if as_json:
        print_json(
            [value for endpoint in endpoints for value in reach_values(endpoint, intent, wanted, world.tags)]
        )
        return
    for endpoint in endpoints:
        print_reach(stdout, endpoint, intent, wanted, world.tags)


@guard.command("diff")
@click.argument("before", type=click.Path(path_type=Path, exists=True))
@click.argument("after", type=click.Path(path_type=Path, exists=True))
@_inputs
@json_option
def diff_command(
    before: Path,
    after: Path,
    service_tags: Path | None,
    settings: tuple[str, ...],
    largest_file: int,
    *,
    as_json: bool,
) -> None:
    """Show whom a change lets in, and the rule that is to blame.

    BEFORE and AFTER are files or folders of two states. Exit codes: 0 nobody more gets in; 1 somebody does, or may; 14 nobody
    does, but some input could not be read.
    """
    from hushdesk.cli._guard_text import print_changes
    from hushdesk.guard.check import change_value, changes

    world = _world(service_tags, settings)
    old, new = _survey([before], world, largest_file), _survey([after], world, largest_file)
    found = changes(old, new)
    if as_json:
        print_json([change_value(name, change, world.tags) for name, change in found])
    else:
        print_changes(stdout, found, world.tags)
    unread = _not_read(old) | _not_read(new)
    if any(change.added for _, change in found):
        sys.exit(EXIT_EXPOSED)
    if unread:
        sys.exit(EXIT_MALFORMED)


@guard.command("explain")
@click.argument("store")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--from", "source", required=True, metavar="ADDRESS", help="Who wants in.")
@click.option("--port", required=True, type=click.IntRange(1, 65535), help="The port on which STORE listens.")
@click.option("--protocol", type=click.Choice(["tcp", "udp"]), default="tcp", show_default=True)
@click.option("--source-port", type=click.IntRange(0, 65535), default=50000, show_default=True)
@_intent_option
@_inputs
@json_option
def explain_command(
    store: str,
    paths: tuple[Path, ...],
    source: str,
    port: int,
    protocol: str,
    source_port: int,
    intent_path: Path | None,
    service_tags: Path | None,
    settings: tuple[str, ...],
    largest_file: int,
    *,
    as_json: bool,
) -> None:
    """Follow one connection to STORE, stage by stage.

    STORE as for ``guard reach``. Exit codes: 0 closed; 1 open, or unknown; 14 closed, but some input could not be read.
    """
    from hushdesk.cli._guard_text import print_explanation
    from hushdesk.guard import Connection, Verdict, explain
    from hushdesk.guard.check import explanation_value

    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        raise UsageError("--from wants an address.", remedy="Write --from 198.51.100.7.") from None
    world, intent = _world(service_tags, settings), _intent(intent_path)
    connection = Connection(address, port, protocol, source_port)
    estate = _survey(paths, world, largest_file)
    unread = _not_read(estate)
    found = [(endpoint, explain(endpoint, connection)) for endpoint in _named(estate, intent, store)]
    if as_json:
        print_json([explanation_value(endpoint.name, explanation) for endpoint, explanation in found])
    else:
        for endpoint, explanation in found:
            print_explanation(stdout, endpoint, explanation)
    if any(explanation.verdict is not Verdict.CLOSED for _, explanation in found):
        sys.exit(EXIT_EXPOSED)
    if unread:
        sys.exit(EXIT_MALFORMED)
