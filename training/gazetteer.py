"""Writes the list of names that the product looks up: every word of the given and family names of all Faker's locales.

python training/gazetteer.py src/hushdesk/redact/tagger/names.txt.gz
"""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import faker.providers.person

from hushdesk.redact._fold import fold_in_place


def words() -> Iterator[str]:
    """Yield the words of all names, folded."""
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"{faker.providers.person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            if re.match(r"(?:first|last)_name", attribute) and "format" not in attribute:
                values = getattr(provider, attribute)
                for name in values if isinstance(values, (tuple, list, dict)) else ():
                    yield from (
                        fold_in_place(word)
                        for word in re.split(r"[\s\-]+", str(name))
                        if len(word) > 1 and word.isalpha()
                    )


if __name__ == "__main__":
    text = "\n".join(sorted(set(words()))) + "\n"
    # No time of day and no file name in it: the same names are the same file.
    Path(sys.argv[1]).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
