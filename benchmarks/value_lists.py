"""What the desk's allow and deny lists cost sealing: ``python benchmarks/value_lists.py``.

Prints the time that sealing takes for the demo's cases without lists, and how much of it looking for denied values takes,
for lists of several lengths. The texts are the demo's; the listed values occur in none of them.
"""

from __future__ import annotations

import time

from hushdesk.demo import iter_cases
from hushdesk.redact import Kind, find_all
from hushdesk.seal import Listed, ValueLists

CASES = 200
SIZES = (0, 100, 10_000, 100_000)


def lists_of(size: int) -> ValueLists:
    """A deny list of made-up names and numbers."""
    made = ValueLists(b"k" * 32)
    entries = []
    for n in range(size):
        value = f"Qzx{n:06}vrak Wpf{n:06}" if n % 3 else f"{9_000_000_000 + n}"
        entries.append(made.entry(Listed.DENY, Kind.PERSON, value))
    return ValueLists(b"k" * 32, entries)


def main() -> None:
    """Measure and print."""
    texts = [
        [case.subject, case.description, *(m.text for m in case.messages)] for case in iter_cases(CASES, 5)
    ]
    chars = sum(len(text) for case in texts for text in case)
    find_all(texts[0])
    began = time.process_time()
    for case in texts:
        find_all(case)
    whole = time.process_time() - began
    print(
        f"{CASES} cases of {chars // CASES} characters; finding without lists: {1e6 * whole / CASES:,.0f} µs a case"
    )
    for size in SIZES:
        made = lists_of(size)
        began = time.process_time()
        hits = sum(1 for case in texts for _ in made.personal("\n\n".join(case)))
        took = time.process_time() - began
        print(
            f"{size:>8,} denied values: {1e6 * took / CASES:8,.1f} µs a case, {took / whole:6.2%} of it; {hits} hits"
        )


if __name__ == "__main__":
    main()
