"""Typefaces for printing, what they can print, and how wide it is.

The fonts that every PDF reader has know Western European letters only. Names and the texts of some languages need more, so a
TrueType face is looked for: one that was named, then Fira Sans as the package ``fontpkg-fira-sans`` brings it, then what the
system has. What the face in use cannot print is said, never printed as boxes or left out.
"""

from __future__ import annotations

import importlib.util
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]
from fpdf import FPDF
from fpdf.fonts import CORE_FONTS_CHARWIDTHS

from hushdesk.incident.notices._errors import NoticeError

_FAMILY: Final = "letter"
_SYSTEM: Final = (
    (
        "/usr/share/fonts/truetype/fira/FiraSans-Regular.ttf",
        "/usr/share/fonts/truetype/fira/FiraSans-Bold.ttf",
    ),
    (
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
    ),
    (
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    ),
    ("/usr/share/fonts/dejavu/DejaVuSans.ttf", "/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf"),
)
_PLAIN_SCRIPTS: Final = frozenset(
    {
        "LATIN",
        "GREEK",
        "CYRILLIC",
        "ARMENIAN",
        "GEORGIAN",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "HANGUL",
        "BOPOMOFO",
    }
)
"""Letters that stand side by side from left to right. Others need shaping, which is not done: they would be wrong on paper."""
_ALIKE: Final = {"\u202f": "\u00a0", "\u2009": "\u00a0", "\u2011": "-", "\u2010": "-", "\u2212": "-"}
"""What a face may lack and another character says as well."""


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface in two weights."""

    name: str
    regular: Path | None = None
    """``None``: a font that every PDF reader has."""
    bold: Path | None = None
    characters: frozenset[str] = field(default=frozenset(), repr=False)
    """All that it has glyphs for."""
    widths: Mapping[bool, Mapping[str, float]] = field(default_factory=dict, repr=False, compare=False)
    """By weight (bold or not): advance width of each character at size 1, in the unit of the size."""

    def __hash__(self) -> int:
        return hash((self.name, self.regular))

    def fit(self, text: str) -> str:
        """The text, with what the face lacks and another character says as well replaced."""
        return (
            text
            if self._has(text)
            else "".join(_ALIKE.get(c, c) if c not in self.characters else c for c in text)
        )

    def _has(self, text: str) -> bool:
        return self.characters.issuperset(text)

    def lacking(self, text: str) -> tuple[str, ...]:
        """Scripts of what cannot be printed, sorted: ``ARABIC``, ``CJK``. Never the text."""
        if text.isascii():
            return ()
        found = set()
        for char in {*self.fit(text)}:
            script = _script(char)
            if char not in self.characters or (char.isalpha() and script not in _PLAIN_SCRIPTS):
                found.add(script)
        return tuple(sorted(found))

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide a fitted text is, in the unit of the size."""
        widths = self.widths[bold]
        return size * sum(widths[char] for char in text)

    def register(self, pdf: FPDF) -> None:
        """Make it known to a PDF under one family name."""
        if self.regular is not None and self.bold is not None:
            pdf.add_font(_FAMILY, "", self.regular)
            pdf.add_font(_FAMILY, "B", self.bold)
        else:
            pdf.core_fonts_encoding = "windows-1252"

    @property
    def family(self) -> str:
        """Its family name within a PDF."""
        return "helvetica" if self.regular is None else _FAMILY


@lru_cache(4096)
def _script(char: str) -> str:
    word = unicodedata.name(char, "UNKNOWN").split()[0]
    # The signs for ordinals and the like are letters of their own kind.
    return (
        "LATIN"
        if word in {"FEMININE", "MASCULINE", "MICRO", "MODIFIER", "FULLWIDTH", "DOUBLE-STRUCK"}
        else word
    )


def _core() -> Face:
    encoded = {
        bytes([code]).decode("cp1252", "ignore"): chr(code) for code in (*range(32, 127), *range(128, 256))
    }
    encoded.pop("", None)
    widths = {
        bold: {char: table[code] / 1000 for char, code in encoded.items()}
        for bold, table in (
            (False, CORE_FONTS_CHARWIDTHS["helvetica"]),
            (True, CORE_FONTS_CHARWIDTHS["helveticaB"]),
        )
    }
    return Face("Helvetica", None, None, frozenset(encoded), widths)


CORE: Final = _core()
"""Western European letters only; needs no file."""


@cache
def load_face(regular: Path, bold: Path) -> Face:
    """A face from two files.

    Raises:
        NoticeError: One of them is no TrueType font.
    """
    tables = {}
    try:
        for weight, path in ((False, regular), (True, bold)):
            with TTFont(io.BytesIO(path.read_bytes())) as font:
                scale, advances = font["head"].unitsPerEm, font["hmtx"].metrics
                tables[weight] = {
                    chr(code): advances[glyph][0] / scale for code, glyph in font.getBestCmap().items()
                }
                name = str(font["name"].getDebugName(1))
    except (OSError, KeyError, AttributeError, TTLibError):
        raise NoticeError("a font for printing cannot be read as TrueType.") from None
    characters = frozenset(tables[False].keys() & tables[True].keys())
    return Face(name.removesuffix(" Bold"), regular, bold, characters, tables)


def find_face(regular: Path | None = None, bold: Path | None = None) -> Face:
    """The face to print with.

    Args:
        regular: A TrueType file that was named for it; without it one is looked for.
        bold: Its bold companion; without it the regular one serves for both.

    Returns:
        The named one, else Fira Sans from its package, else one of the system, else :data:`CORE`.

    Raises:
        NoticeError: The named one cannot be read.
    """
    if regular is not None:
        return load_face(regular, bold or regular)
    package = importlib.util.find_spec("fontpkg_fira_sans")
    places = (
        [Path(place) / "files" for place in (package.submodule_search_locations or ())] if package else []
    )
    candidates = [(place / "FiraSans-Regular.ttf", place / "FiraSans-Bold.ttf") for place in places]
    candidates += [(Path(a), Path(b)) for a, b in _SYSTEM]
    for pair in candidates:
        if all(path.is_file() for path in pair):
            return load_face(*pair)
    return CORE
