"""The vendor's products, their releases, and the machine-made strings that surround them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

VENDOR = "Norrvik"
SUPPORT_DOMAIN = "norrvik.example"
SUPPORT_MAIL = "support@norrvik.example"


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a product."""

    product: str
    version: str
    build: int
    day: date
    weight: float
    """How much it swells the queue on its first day, as a share of the usual volume."""


_PRODUCTS: tuple[tuple[str, int, int], ...] = (
    # Name, first year, usual share in percent.
    ("Gridmail", 2005, 18),
    ("Vaultline Backup", 2005, 16),
    ("Quillpad", 2005, 14),
    ("Northbeam VPN", 2006, 13),
    ("Tessera Sync", 2008, 14),
    ("Pixelmill Studio", 2009, 10),
    ("Ledgerwise", 2007, 8),
    ("Meridian Server", 2005, 9),
    ("Castwave", 2011, 6),
    ("HomeHub X2", 2013, 7),
)
PRODUCTS = tuple(row[0] for row in _PRODUCTS)

OPERATING_SYSTEMS: tuple[tuple[int, int, str], ...] = (
    (2005, 2011, "Windows XP SP2"),
    (2005, 2013, "Windows Server 2003"),
    (2005, 2010, "Mac OS X 10.4"),
    (2007, 2013, "Windows Vista"),
    (2009, 2019, "Windows 7 x64"),
    (2009, 2017, "Windows Server 2008 R2"),
    (2010, 2015, "Mac OS X 10.6"),
    (2012, 2018, "Ubuntu 12.04 LTS"),
    (2013, 2019, "Windows 8.1"),
    (2013, 2019, "Windows Server 2012"),
    (2015, 2019, "Windows 10 Pro"),
    (2015, 2019, "macOS 10.12"),
    (2014, 2019, "Debian 8"),
    (2012, 2019, "Android 4.4"),
    (2014, 2019, "iOS 11"),
)


def _releases() -> tuple[Release, ...]:
    rng = Random(20050103)
    out = []
    for product, first, _share in _PRODUCTS:
        major, minor = 1 + int(rng.random() * 3), 0
        year, month = first, 1 + int(rng.random() * 4)
        while year < 2020:
            day = date(year, month, 3 + int(rng.random() * 24))
            build = 1000 + (day.toordinal() - 731000) * 7 + int(rng.random() * 6)
            spike = 0.2 + rng.random() * 0.4 + (1.1 if minor == 0 else 0.0)
            out.append(Release(product, f"{major}.{minor}", build, day, spike))
            if rng.random() < 0.72:
                minor += 1
            else:
                major, minor = major + 1, 0
            month += 7 + int(rng.random() * 7)
            year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return tuple(out)


RELEASES = _releases()
"""Every release of every product."""


@cache
def _history(product: str) -> tuple[tuple[int, ...], tuple[Release, ...]]:
    mine = sorted((release.day.toordinal(), release) for release in RELEASES if release.product == product)
    return tuple(day for day, _ in mine), tuple(release for _, release in mine)


@cache
def _shelf(year: int) -> tuple[tuple[str, float], ...]:
    on_sale = [(name, share) for name, first, share in _PRODUCTS if first < year or first == 2005]
    total = sum(share for _, share in on_sale)
    running = 0.0
    out = []
    for name, share in on_sale:
        running += share / total
        out.append((name, running))
    return tuple(out)


def pick_release(rng: Random, day: int, year: int) -> Release:
    """A release that somebody may have had installed on a day: mostly the latest of some product."""
    point = rng.random()
    name = next(name for name, upto in _shelf(year) if point <= upto + 1e-9)
    days, releases = _history(name)
    at = bisect_right(days, day) - 1
    at -= int(rng.random() ** 3 * 3)
    return releases[max(at, 0)]


@cache
def systems(year: int) -> tuple[str, ...]:
    """Operating systems in use in a year."""
    return tuple(name for first, last, name in OPERATING_SYSTEMS if first <= year <= last)


_CODES = (
    "0x80070005", "0x8007000E", "0x80004005", "0x800706BA", "0xC0000005", "0xC0000374",
    "ORA-01017", "ORA-12541", "SQLSTATE[HY000]", "HTTP 502", "HTTP 503", "ECONNRESET", "EACCES",
    "TLS-4021", "E_FAIL", "ERR_LOCK_TIMEOUT", "NRV-1138", "NRV-2207", "NRV-3051", "NRV-4410", "SYNC_E_117",
)  # fmt: skip
_FILES = (
    "settings.xml", "cache.db", "norrvik.log", "index.dat", "sync.journal", "profile.ini", "report_q3.pdf",
    "export.csv", "agentd.conf", "layout.json", "backup-set.vbk", "offers.xlsx", "trace.etl", "crash.dmp",
)  # fmt: skip
CLASSES = (
    "SyncEngine", "SegmentStore", "MailRouter", "TunnelManager", "LicenseGate", "RenderQueue", "IndexWriter",
    "SessionPool", "BackupJob", "SnapshotReader", "LedgerImport", "StreamMuxer", "HubController", "TokenCache",
)  # fmt: skip
METHODS = (
    "run", "open", "flush", "handleRequest", "commit", "readBlock", "onTimer", "dispatch", "acquireLock",
    "merge", "validate", "negotiate", "refresh", "applyPatch",
)  # fmt: skip


def guid(rng: Random) -> str:
    """A random GUID in one of two usual spellings."""
    text = f"{rng.getrandbits(128):032x}"
    text = f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
    return text if rng.random() < 0.7 else "{" + text.upper() + "}"


def digest(rng: Random) -> str:
    """A hash: MD5, SHA-1, or the short form of a commit."""
    point = rng.random()
    if point < 0.4:
        return f"{rng.getrandbits(160):040x}"
    if point < 0.7:
        return f"{rng.getrandbits(128):032x}"
    return f"{rng.getrandbits(46):012x}"


def error_code(rng: Random) -> str:
    """An error code."""
    if rng.random() < 0.3:
        return f"0x8{rng.getrandbits(28):07X}"
    return _CODES[int(rng.random() * len(_CODES))]


def file_name(rng: Random) -> str:
    """A file name that names nobody."""
    return _FILES[int(rng.random() * len(_FILES))]


def part_number(rng: Random) -> str:
    """A part number as printed on a box."""
    number = 10000 + int(rng.random() * 89999)
    return f"{10 + int(rng.random() * 89)}-{number}-{'ABCDX'[int(rng.random() * 5)]}"
