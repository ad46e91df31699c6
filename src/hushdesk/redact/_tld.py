"""Which labels can end a domain name, from the snapshot that tldextract ships (never from the network)."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hushdesk.redact._words import words

if TYPE_CHECKING:
    from importlib.abc import ResourceLoader

PRIVATE_ENDS = frozenset(
    words(
        """
    local localdomain lan intra intranet internal corp home intern lokal localhost test example invalid
    priv ad dmz onion
    """
    )
)
"""Ends of names that live inside an organisation; a mailbox under them is still somebody's."""

COMMON_ENDS = frozenset(
    words(
        """
    com net org edu gov mil info biz io co me de fr uk nl be es it pt pl cz sk at ch se no dk fi ie gr
    hu ro bg hr si rs ua ru by lt lv ee tr il sa ae eg za ng ke in pk bd lk cn jp kr tw hk sg my th vn
    id ph au nz ca mx br ar cl pe uy ve eu us tv cc app dev cloud online shop site xyz tech mail email
    ai test example
    """
    )
)
"""Ends that are accepted even where the address is badly mangled."""

FILE_ENDS = frozenset(
    words(
        """
    png jpg jpeg gif svg webp bmp ico js ts jsx tsx mjs css scss less html htm xml json yaml yml toml
    ini cfg conf log txt csv tsv pdf doc docx xls xlsx ppt pptx gz tgz bz2 xz rar tar exe dll sys msi
    bat cmd ps1 jar war class java kt cs cpp hpp rb php lua go sql db dat bak tmp lock map woff woff2
    ttf otf mp3 mp4 wav avi service timer socket target mount ko so dylib deb rpm apk iso img bin
    """
    )
)
"""Ends that are those of files or units rather than of mail domains."""


@cache
def tlds() -> frozenset[str]:
    """Return every top-level domain, in Unicode and in punycode."""
    # Only its file is wanted: to import the package, with its clients of the network, would cost a tenth of the start.
    package = find_spec("tldextract")
    if package is None or package.origin is None:  # pragma: no cover - it is a dependency
        raise ModuleNotFoundError("tldextract is not installed")
    path = Path(package.origin).with_name(".tld_set_snapshot")
    snapshot = cast("ResourceLoader", package.loader).get_data(str(path)).decode("utf-8")
    ends = {
        line.rsplit(".", 1)[-1].strip("!*")
        for line in snapshot.splitlines()
        if line and not line.startswith("//")
    }
    ends.discard("")
    for end in list(ends):
        if not end.isascii():
            ends.add("xn--" + end.encode("punycode").decode("ascii"))
    return frozenset(ends)
