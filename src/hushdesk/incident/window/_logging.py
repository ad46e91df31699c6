"""Logging as the audit logs tell it: which network had a flow log when, and when a trail was stopped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.incident._evidence import Change, Coverage, Gap, Sees
from hushdesk.incident._spans import ALWAYS, EVER, Span, Spans
from hushdesk.incident.window._aws_words import folded, many, text

TOLD: Final = "the audit log tells that it was set up; whether its records are here is another matter"


@dataclass(frozen=True, slots=True)
class _Log:
    of: str
    start: int
    log: str
    store: str = ""


class Logs:
    """Flow logs and trails of one platform, in the order of their changes."""

    def __init__(self) -> None:
        self._on: dict[str, list[_Log]] = {}
        """By id of the flow log, those that are on."""
        self._spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
        """By log and what it watches."""
        self._stopped: dict[tuple[str, str], tuple[int, str]] = {}
        self._gaps: list[Gap] = []
        self.made: dict[str, int] = {}
        """Networks that were made within the evidence, with the moment: before it they had no flow log."""
        self.parts: dict[str, str] = {}
        """Networks of subnets and interfaces."""
        self.listed = False
        """Whether a baseline lists all flow logs."""
        self.words: list[str] = []

    def begin(self, listed: Iterable[Mapping[str, Any]]) -> None:
        """Flow logs of a baseline."""
        for item in listed:
            self.listed = True
            if text(item.get("ResourceId")):
                self._start(text(item.get("FlowLogId")), text(item.get("ResourceId")), -EVER, "aws-vpc-flow")

    def see(self, change: Change) -> None:
        """Takes in a change that succeeded."""
        if change.platform == "aws":
            self._aws(change)
        elif change.platform == "azure":
            self._azure(change)
        else:
            self._gcp(change)

    def _start(self, ident: str, of: str, at: int, log: str, store: str = "") -> None:
        held = self._on.setdefault(ident, [])
        if all(each.of != of for each in held):
            held.append(_Log(of, at, log, store))

    def _stop(self, ident: str, at: int) -> bool:
        found = self._on.pop(ident, [])
        for each in found:
            # A log that is made and deleted within one second watched for that second at most.
            self._spans[each.log, each.of].append(Span(each.start, max(at, each.start + 1)))
        return bool(found)

    def _aws(self, change: Change) -> None:
        name, request = change.operation, folded(change.content.get("request"))
        request = request if isinstance(request, Mapping) else {}
        response = folded(change.content.get("response"))
        response = response if isinstance(response, Mapping) else {}
        inner = request.get(f"{name.lower()}request")
        request = inner if isinstance(inner, Mapping) else request
        told = response.get(f"{name.lower()}response")
        response = told if isinstance(told, Mapping) else response
        if name in {"CreateVpc", "CreateDefaultVpc"} and isinstance(response.get("vpc"), Mapping):
            self.made[text(response["vpc"].get("vpcid"))] = change.at
        for key, ident in (("subnet", "subnetid"), ("networkinterface", "networkinterfaceid")):
            part = response.get(key)
            if isinstance(part, Mapping) and text(part.get("vpcid")):
                self.parts[text(part.get(ident))] = text(part.get("vpcid"))
        if name == "CreateFlowLogs":
            refused = {
                text(each.get("resourceid"))
                for each in many(response.get("unsuccessful"))
                if isinstance(each, Mapping)
            }
            wanted = [
                text(each)
                for key in ("resourceid", "resourceids", "resourceidset")
                for each in many(request.get(key))
            ]
            wanted = [each for each in wanted if each and each not in refused]
            idents = [
                text(each) for key in ("flowlogidset", "flowlogids") for each in many(response.get(key))
            ]
            if len(idents) != len(wanted):
                idents = [idents[0] if idents else change.correlation] * len(wanted)
            for ident, of in zip(idents, wanted, strict=True):
                self._start(ident, of, change.at, "aws-vpc-flow")
        elif name == "DeleteFlowLogs":
            for ident in [
                text(each)
                for key in ("flowlogid", "flowlogids", "flowlogidset")
                for each in many(request.get(key))
            ]:
                if not self._stop(ident, change.at):
                    self.words.append(
                        f"the flow log {ident} was deleted, and what it watched is not in the evidence"
                    )
        elif text(change.content.get("service")) == "cloudtrail":
            self._trail(name, change, request)

    def _trail(self, name: str, change: Change, request: Mapping[str, Any]) -> None:
        trail = ("aws-cloudtrail", f"trail {change.resource}")
        deaf = name == "PutEventSelectors" and _deaf(request)
        if name in {"StopLogging", "DeleteTrail"} or deaf:
            words = {"StopLogging": "the trail was stopped", "DeleteTrail": "the trail was deleted"}
            self._stopped.setdefault(trail, (change.at, words.get(name, "the trail left out changes")))
        elif name in {"StartLogging", "CreateTrail", "PutEventSelectors"}:
            self._resume(trail, change.at)

    def _resume(self, of: tuple[str, str], at: int) -> None:
        began, why = self._stopped.pop(of, (at, ""))
        if began < at:
            self._gaps.append(Gap(log=of[0], of=of[1], spans=Spans([Span(began, at)]), why=why))

    def _azure(self, change: Change) -> None:
        name = change.operation.lower()
        if name.endswith("/regeneratekey/action"):
            for ident, held in list(self._on.items()):
                if any(each.store and each.store == change.resource.lower() for each in held):
                    self._stop(ident, change.at)
            return
        if "/flowlogs/" not in name and not name.endswith("/configureflowlog/action"):
            return
        body: Mapping[str, Any] = {}
        for key in ("response", "request"):
            told = change.content.get(key)
            if isinstance(told, Mapping) and not body:
                body = told
        inner = body.get("properties")
        inner = inner if isinstance(inner, Mapping) else {}
        target = text(inner.get("targetResourceId")) or text(body.get("targetResourceId"))
        ident = change.resource.lower() if "/flowlogs/" in name else f"flow log of {target.lower()}"
        on = inner.get("enabled", body.get("enabled"))
        if name.endswith("/delete") or on is False:
            if not self._stop(ident, change.at):
                self.words.append(
                    f"the flow log {ident.rpartition('/')[2]} was taken away, and what it watched is not in the evidence"
                )
        elif target and on is not None:
            log = "azure-nsg-flow" if "/networksecuritygroups/" in target.lower() else "azure-vnet-flow"
            self._start(ident, target, change.at, log, text(inner.get("storageId")).lower())

    def _gcp(self, change: Change) -> None:
        method, request = change.operation.lower(), change.content.get("request")
        request = request if isinstance(request, Mapping) else {}
        if "subnetworks." in method:
            config = request.get("logConfig")
            on = config.get("enable") if isinstance(config, Mapping) else request.get("enableFlowLogs")
            if method.endswith("delete") or on is False:
                self._stop(change.resource, change.at)
            elif on is True:
                self._start(change.resource, change.resource, change.at, "gcp-vpc-flow")
        elif method.endswith(("deletesink", "createsink")):
            sink = ("gcp-audit", f"sink {change.resource.rpartition('/')[2]}")
            if method.endswith("deletesink"):
                self._stopped.setdefault(sink, (change.at, "the sink was deleted"))
            else:
                self._resume(sink, change.at)

    def all(self) -> Iterator[Coverage | Gap]:
        """When what was watched, as far as the audit log says, and when a trail was not written."""
        for ident in list(self._on):
            self._stop(ident, EVER)
        for (log, of), spans in sorted(self._spans.items()):
            # It sees nothing by itself: only records of the flow log do.
            yield Coverage(log=log, of=of, spans=Spans(spans), sees=Sees.NOTHING, why=TOLD)
        for trail in list(self._stopped):
            began, why = self._stopped.pop(trail)
            self._gaps.append(Gap(log=trail[0], of=trail[1], spans=Spans([Span(began, EVER)]), why=why))
        yield from self._gaps

    def without(self, network: str, resources: Iterable[str]) -> Iterator[Gap | str]:
        """When a network had no flow log at all; or, in words, that nothing tells. To be called after :meth:`all`."""
        spans = Spans(
            span
            for (log, of), held in self._spans.items()
            if log == "aws-vpc-flow" and (of == network or self.parts.get(of) == network)
            for span in held
        )
        if self.listed or network in self.made:
            known = ALWAYS
        elif spans:
            known = Spans([Span(min(span.start for span in spans), EVER)])
        else:
            yield f"whether {network} had a flow log is not in the evidence"
            return
        bare = known - spans
        if not bare:
            return
        why = f"{network} had no flow log" if spans else f"{network} had no flow log at all"
        for of in (network, *resources):
            yield Gap(log="aws-vpc-flow", of=of, spans=bare, why=why)


def _deaf(request: Mapping[str, Any]) -> bool:
    """Whether selectors leave out what changes things."""
    selectors = [each for each in many(request.get("eventselectors")) if isinstance(each, Mapping)]
    if not selectors:
        return False
    return not any(
        each.get("includemanagementevents") is not False
        and text(each.get("readwritetype")).lower() in {"", "all", "writeonly"}
        for each in selectors
    )
