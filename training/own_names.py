"""Given and family names of peoples of whom packages know few, written for this project in ``names/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NAMES = Path(__file__).parent / "names"

OF: dict[str, tuple[str, ...]] = {
    "ny": ("ny", "africa_en"), "tn": ("tn", "africa_en"), "st": ("tn",), "xh": ("xh", "africa_en"), "zu": ("xh", "africa_en"), "lg": ("lg", "africa_en"), "luo": ("luo", "africa_en"), "ki": ("luo", "africa_en"), "tw": ("ak", "africa_en"),
    "ee": ("ee", "ak", "africa_fr"), "fon": ("ee", "africa_fr"), "mos": ("mos", "africa_fr"), "bm": ("bm", "africa_fr"), "bbj": ("bbj", "africa_fr"), "ig": ("ig", "africa_en"), "yo": ("yo", "africa_en"), "ha": ("ha", "africa_en"),
    "pcm": ("ig", "yo", "ha", "africa_en"), "rw": ("rw",), "sn": ("sn", "africa_en"), "sw": ("sw", "luo", "africa_en"), "wo": ("wo", "africa_fr"), "ln": ("ln", "africa_fr"), "so": ("so",),
    "om": ("om", "am"), "am": ("am_ethiopic",), "mg": ("mg",), "af": ("tn", "xh"),
    "en": ("us", "ie", "cy", "classic_en", "stage", "fiction"), "de": ("de_more", "classic_de", "stage", "fiction"), "fr": ("fr_more", "classic_fr", "stage", "fiction"), "es": ("la", "classic_es", "stage", "fiction"), "it": ("it_more", "classic_it", "stage", "fiction"),
    "pt": ("la", "classic_pt", "pt_af", "stage", "fiction"), "nl": ("nl_be", "classic_nl", "stage", "fiction"), "pl": ("classic_pl", "stage", "fiction"), "nb": ("nordic", "nordic_more"), "nn": ("nordic", "nordic_more"), "sv": ("nordic", "nordic_more"),
    "da": ("nordic", "nordic_more"), "fi": ("nordic", "nordic_more"), "ga": ("ie",), "cy": ("cy",), "eu": ("eu",), "sq": ("sq",), "mt": ("mt",), "ca": ("la",),
    "gl": ("la",), "be": ("by", "classic_ru", "foreign_cyr", "fiction_cyr"), "kk": ("kk",), "az": ("az",), "mr": ("hi",), "hi": ("hi",), "bn": ("bn",), "ta": ("ta",), "te": ("te",),
    "th": ("th",), "ko": ("ko",), "el": ("el",), "sr": ("sr",), "mk": ("sr", "bg"), "bg": ("bg", "foreign_bg"), "ka": ("ka",), "hy": ("hy",), "he": ("he",),
    "ar": ("ar",), "ur": ("ar",), "fa": ("fa",), "tr": ("tr", "az"), "vi": ("vn",), "id": ("id_my", "asia_more"), "tl": ("ph", "asia_more"), "hr": ("balkan",),
    "sl": ("balkan",), "ro": ("ro",), "lt": ("baltic",), "lv": ("baltic",), "et": ("baltic",), "cs": ("cs_sk",), "sk": ("cs_sk",), "hu": ("hu",), "zh": ("zh_given",),
    "ja": ("ja_kana",), "ru": ("ru_more", "classic_ru", "foreign_cyr", "fiction_cyr", "nick_ru"), "uk": ("uk_more", "classic_uk", "foreign_uk", "fiction_uk", "nick_uk"),
}  # fmt: skip
"""Whose names the texts of a language take."""

LATIN = (
    "ny", "tn", "xh", "lg", "luo", "ak", "ee", "mos", "bm", "bbj", "ig", "yo", "ha", "rw", "sn", "sw", "wo", "ln", "am", "so", "om", "mg",
    "pt_af", "la", "br", "nordic", "us", "ie", "cy", "eu", "sq", "mt", "uz", "az", "ge_latin", "am_latin", "in_south", "in_north", "pk", "lk",
    "cs_sk", "hu", "ro", "baltic", "it_more", "nl_be", "fr_more", "de_more", "np", "mm", "kh", "th_latin", "vn", "ph", "id_my", "ir_latin", "arab_latin", "tr", "il_latin", "balkan", "in_south", "in_north", "arab_latin",
    "stage", "stage", "fiction", "nordic_more", "asia_more", "africa_fr", "africa_en",
)  # fmt: skip
"""Those in Latin letters, any of which a customer anywhere may have; some peoples are many."""


@cache
def own(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given and family names of one list; nothing if there is no such list."""
    path = NAMES / f"{code}.txt"
    found: dict[str, list[str]] = {"given": [], "family": []}
    if path.exists():
        part = "given"
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("["):
                part = line.strip("[] ")
                continue
            found[part] += [name for name in (name.strip() for name in line.split(",")) if name]
    given, family = (tuple(dict.fromkeys(found[part])) for part in ("given", "family"))
    return given or family, family or given


def codes() -> list[str]:
    """Every list there is."""
    return sorted(path.stem for path in NAMES.glob("*.txt"))
