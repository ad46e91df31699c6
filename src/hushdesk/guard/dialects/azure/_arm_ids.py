"""Ids as the template functions make them. ``here`` is the deployment's own subscription and resource group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final


def _resource_id(here: tuple[str, str], arguments: list[Any]) -> str | None:
    """``resourceId([subscription], [group], type, name, …)``."""
    at = next(
        (
            at
            for at, value in enumerate(arguments[:3])
            if "/" in str(value) and "." in str(value).split("/", 1)[0]
        ),
        None,
    )
    if at is None:
        return None
    before = [str(value) for value in arguments[:at]]
    group = before[-1] if before else here[1]
    subscription = before[0] if len(before) > 1 else here[0]
    return f"/subscriptions/{subscription}/resourceGroups/{group}{provider_path(str(arguments[at]), arguments[at + 1 :])}"


def _subscription_resource_id(here: tuple[str, str], arguments: list[Any]) -> str | None:
    at = next((at for at, value in enumerate(arguments[:2]) if "/" in str(value)), None)
    if at is None:
        return None
    subscription = str(arguments[0]) if at else here[0]
    return f"/subscriptions/{subscription}{provider_path(str(arguments[at]), arguments[at + 1 :])}"


def _tenant_resource_id(_: tuple[str, str], arguments: list[Any]) -> str | None:
    return provider_path(str(arguments[0]), arguments[1:]) if arguments else None


def _extension_resource_id(_: tuple[str, str], arguments: list[Any]) -> str | None:
    return f"{arguments[0]}{provider_path(str(arguments[1]), arguments[2:])}" if len(arguments) > 1 else None


def provider_path(kind: str, names: list[Any]) -> str:
    """``/providers/Namespace/type/name/childType/childName``."""
    namespace, *types = kind.split("/")
    parts = [part for name in names for part in str(name).split("/")]
    steps = [f"/{name}" if at >= len(parts) else f"/{name}/{parts[at]}" for at, name in enumerate(types)]
    return f"/providers/{namespace}{''.join(steps)}"


IDS: Final[dict[str, Callable[[tuple[str, str], list[Any]], str | None]]] = {
    "resourceid": _resource_id,
    "subscriptionresourceid": _subscription_resource_id,
    "tenantresourceid": _tenant_resource_id,
    "extensionresourceid": _extension_resource_id,
}
