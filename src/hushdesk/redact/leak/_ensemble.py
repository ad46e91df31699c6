"""The second look for the certificate: slow, thorough, and made of nothing that the detectors use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hushdesk.redact._types import Finding, Kind, Known
from hushdesk.redact.leak import _deep_known, _deep_names, _deep_numbers, _deep_patterns, _deep_readings
from hushdesk.redact.leak._check import blanked
from hushdesk.redact.leak._deep_patterns import Seen

ENSEMBLE_VERSION: Final = "1"
"""Changes with whatever the ensemble sees: certificates of two versions are not compared."""

_BARE = re.compile(r"[\W_]+")
_MOST: Final = 200_000
"""Characters of one text that are looked at; what is beyond counts as not looked at, and is told."""


def _nobody(_value: str) -> bool:
    return False


class Ensemble:
    """Looks at sealed texts for what may have been left in them.

    It shares no code with the detectors: readings, patterns, numbering plans, checksums and word lists are its own.
    So what both overlook is a coincidence, not a consequence.
    """

    version = ENSEMBLE_VERSION

    def look(
        self,
        texts: Sequence[str],
        *,
        known: Sequence[Known] = (),
        country: str = "",
        harmless: Callable[[str], bool] = _nobody,
    ) -> list[list[Finding]]:
        """Return what looks personal in each of the sealed texts of one case, each value once.

        Args:
            texts: The sealed texts.
            known: What the case's own fields said about people.
            country: Two letters; numbers are read by its plan first.
            harmless: Tells values that an officer has found to be harmless.
        """
        out: list[list[Finding]] = []
        taken: set[str] = set()
        for text in texts:
            blank = blanked(text[:_MOST])
            found: dict[str, Finding] = {}
            for kind, value, rule in self._seen(blank, known, country.upper()):
                form = _BARE.sub("", value.casefold())
                if form and form not in found and not harmless(value):
                    at = blank.find(value)
                    start, end = (at, at + len(value)) if at >= 0 else (0, len(text))
                    found[form] = Finding(start, end, kind, 0.5, f"ensemble:{rule}", value, rule)
            # A value within another one, or seen in an earlier text of the case, is the same leak.
            forms = [f for f in found if f not in taken and not any(f != g and f in g for g in found)]
            taken.update(forms)
            out.append([found[form] for form in forms])
        return out

    @staticmethod
    def _seen(blank: str, known: Sequence[Known], region: str) -> Iterator[Seen]:
        if not blank.strip(" \n\x1a"):
            return
        if known:
            yield from _deep_known.hunted(blank, known)
            plain = _deep_readings.spelled_out(_deep_readings.folded_forms(blank))
            if plain != blank:
                yield from _deep_known.hunted(plain, known)
        for reading in _deep_readings.all_readings(blank):
            yield from _deep_patterns.mails(reading)
            yield from _deep_patterns.addresses(reading)
            yield from _deep_patterns.other(reading)
            yield from _deep_numbers.checked(reading)
            yield from _deep_numbers.phones(reading, region)
        yield from _deep_names.names(blank)


def count_kinds(found: Sequence[Sequence[Finding]]) -> Counter[str]:
    """How many values of each kind were found in one case."""
    return Counter(finding.kind.value for findings in found for finding in findings)


__all__ = ["ENSEMBLE_VERSION", "Ensemble", "Kind", "count_kinds"]
