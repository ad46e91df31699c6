"""Service tags: the weekly file that Microsoft publishes, and the answer of the API that has the same shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard.dialects.azure._shape import View

_V4: Final = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})/([0-9]{1,2})").fullmatch


def load_service_tags(path: str | Path) -> dict[str, AddressSet]:
    """Address sets by tag in small letters, with an entry for each ``name.region``.

    Args:
        path: The file ``ServiceTags_Public_DATE.json`` (Microsoft download 56519), or what ``az network list-service-tags`` prints.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not such a file.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("the file of service tags is not JSON") from None
    if not is_service_tags(content):
        raise ValueError("the file of service tags has no list `values` of tags with `addressPrefixes`")
    return service_tags(content)


def is_service_tags(content: object) -> bool:
    """Whether this is the published file or the API's answer."""
    values = content.get("values") if isinstance(content, Mapping) else None
    return (
        isinstance(values, list)
        and bool(values)
        and isinstance(values[0], Mapping)
        and View(values[0]).get("addressPrefixes") is not None
        and View(values[0]).get("name") is not None
    )


def service_tags(content: Mapping[str, Any]) -> dict[str, AddressSet]:
    """The same from what was parsed. A prefix that is none makes its tag unknown, so it is left out whole."""
    found = {}
    for _, tag in View(content).items("values"):
        name = tag.text("name")
        prefixes = [item for item in tag.many("addressPrefixes") if isinstance(item, str)]
        if isinstance(name, str) and prefixes:
            try:
                found[name.lower()] = _parsed(prefixes)
            except ValueError:
                continue
    return found


def _parsed(prefixes: list[str]) -> AddressSet:
    """The same as :meth:`AddressSet.parse`, several times as fast for the 200,000 prefixes of the file."""
    v4: list[tuple[int, int]] = []
    rest: list[str] = []
    for prefix in prefixes:
        match = _V4(prefix)
        numbers = [int(part) for part in match.groups()] if match else []
        if match is None or max(numbers[:4]) > 255 or numbers[4] > 32:
            rest.append(prefix)
            continue
        one, two, three, four, width = numbers
        size = 1 << (32 - width)
        low = (one << 24 | two << 16 | three << 8 | four) & ~(size - 1)
        v4.append((low, low + size - 1))
    others = AddressSet.parse(*rest)
    return AddressSet(v4 + list(others.v4), others.v6)
