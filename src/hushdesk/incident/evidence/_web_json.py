"""Access logs with one JSON object a line: nginx, Caddy, Traefik, Azure Application Gateway, and their like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from hushdesk.incident.evidence._web_formats import Counts, Plan, Stamped
from hushdesk.incident.evidence._web_lines import FIELDS

NO_JSON: Final = "not a JSON object, or cut off"
NO_ACCESS: Final = "a JSON object that tells of no request"

_NAMES: Final = {
    "addr": "remote_addr remoteaddr remote_ip client_ip clientip clienthost client.ip client.address request.remote_ip "
    "request.remote_addr request.client_ip source.ip source.address properties.clientip httprequest.remoteip "
    "remotehost remoteip c-ip client ip",
    "user": "remote_user user user_id user.name clientusername http_user auth_user",
    "time": "time_iso8601 @timestamp timestamp time_local time starttutc startutc msec ts date datetime "
    "properties.timestamp startlocal",
    "request": "request request_line requestline",
    "method": "request_method method requestmethod http.request.method request.method properties.httpmethod "
    "httprequest.requestmethod http_method verb",
    "uri": "request_uri uri path requestpath url.original url.path request.uri request.url properties.requesturi "
    "httprequest.requesturl url http_path",
    "status": "status status_code downstreamstatus http.response.status_code properties.httpstatus "
    "httprequest.status response response_code statuscode http_status response.status",
    "bytes": "bytes_sent body_bytes_sent properties.sentbytes downstreamcontentsize size bytes bytes_out "
    "http.response.bytes http.response.body.bytes httprequest.responsesize response_size response_length "
    "body_bytes resp_bytes",
    "agent": "http_user_agent user_agent agent user_agent.original request.headers.user-agent "
    "request_user-agent request_headers.user-agent properties.useragent httprequest.useragent useragent",
    "forwarded": "http_x_forwarded_for x_forwarded_for x-forwarded-for request.headers.x-forwarded-for xff "
    "proxy_add_x_forwarded_for forwarded_for",
    "host": "host server_name http_host vhost requesthost request.host url.domain properties.host virtual_host",
    "peer_port": "remote_port client_port clientport request.remote_port source.port client.port "
    "properties.clientport",
    "took": "request_time duration properties.timetaken response_time request_duration",
    "session": "request_id connection requestid transaction_id properties.transactionid trace_id connection_id",
}
_ORDER: Final = {field: tuple(names.split()) for field, names in _NAMES.items()}
_SENT = {"bytes_sent", "body_bytes_sent", "properties.sentbytes"}
_START = {"startutc", "starttutc", "startlocal"}


def flat(found: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Names with dots, in small letters, and their values; a list counts as its first element."""
    for key, said in found.items():
        name = f"{before}{key}".lower()
        value = (said[0] if said else "") if isinstance(said, list) else said
        if isinstance(value, dict):
            if depth < 6:
                yield from flat(value, f"{name}.", depth + 1)
        else:
            yield name, value


def read_object(text: str) -> dict[str, Any] | None:
    """One JSON object, its names flat; ``None`` if it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return dict(flat(found)) if isinstance(found, dict) else None


def takes(text: str) -> tuple[str, ...] | str:
    """The fields of one line."""
    found = read_object(text)
    if found is None:
        return NO_JSON
    said = {field: _first(found, names) for field, names in _ORDER.items()}
    if not said["addr"] or not said["time"]:
        return NO_ACCESS
    if not said["request"] or " " not in said["request"]:
        if not (said["method"] or said["uri"]) and not said["status"]:
            return NO_ACCESS
        said["request"] = f"{said['method'] or '-'} {said['uri'] or '-'}"
    return tuple(said[field] for field in FIELDS)


def _first(found: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = found.get(name)
        if value is None or value == "" or isinstance(value, bool):
            continue
        if isinstance(value, float):
            return f"{value:.6f}" if abs(value) < 1e15 else ""
        return str(value)
    return ""


def plan(sample: str) -> Plan | None:
    """How a log is read that a line of stands here; ``None`` if it is no access log in JSON."""
    found = read_object(sample)
    if found is None or isinstance(takes(sample), str):
        return None
    size = next((name for name in _ORDER["bytes"] if name in found), "")
    time = next((name for name in _ORDER["time"] if name in found), "")
    nginx = size in _SENT or "request_time" in found
    # Traefik counts its durations in nanoseconds; everybody else writes seconds.
    unit = 0.001 if "downstreamstatus" in found else 1_000_000
    return Plan(
        takes,
        Counts.SENT if size in _SENT else Counts.EITHER,
        Stamped.START if time in _START else Stamped.END if nginx else None,
        unit=unit,
    )
