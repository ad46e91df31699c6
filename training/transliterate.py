"""Names of Latin letters written in other scripts, by sound and roughly, as newspapers and clerks there do.

Lists of names hold those of their own people. But every helpdesk of Kyiv, Athens or Osaka has customers called Smith: what
such names look like in the script of the place is learned from these.
"""

from __future__ import annotations

import random
import re
import unicodedata

_SOUNDS = (
    ("sch", "S"), ("tch", "C"), ("sh", "S"), ("ch", "C"), ("ck", "k"), ("ph", "f"), ("th", "T"), ("zh", "Z"), ("kh", "X"), ("gh", "g"),
    ("qu", "kv"), ("cz", "C"), ("sz", "S"), ("gn", "nj"), ("ll", "l"), ("ee", "i"), ("oo", "u"), ("ou", "u"), ("ie", "i"), ("ei", "aj"),
    ("ai", "aj"), ("ay", "ej"), ("ey", "ej"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("x", "ks"), ("c", "k"), ("q", "k"), ("w", "w"), ("j", "J"),
)  # fmt: skip
"""Spelling to sound: S sh, C ch, T th, Z zh, X kh, J as in John, j as in yes."""
_SPELLED = re.compile("|".join(spelling for spelling, _ in _SOUNDS) + "|.")
_SOUND_OF = dict(_SOUNDS)
_VOWELS = "aeiou"

_KEYS = "b d f g h k l m n p r s t v w j z S C J Z X T a e i o u".split()
_ALPHABETS = {
    "ru": "б д ф г х к л м н п р с т в у й з ш ч дж ж х т а е и о у",
    "uk": "б д ф ґ г к л м н п р с т в в й з ш ч дж ж х т а е і о у",
    "be": "б д ф г х к л м н п р с т в у й з ш ч дж ж х т а е і о у",
    "bg": "б д ф г х к л м н п р с т в у й з ш ч дж ж х т а е и о у",
    "sr": "б д ф г х к л м н п р с т в в ј з ш ч џ ж х т а е и о у",
    "kk": "б д ф г х к л м н п р с т в у й з ш ч дж ж х т а е и о у",
    "el": "μπ ντ φ γκ χ κ λ μ ν π ρ σ τ β ου γι ζ σ τσ τζ ζ χ θ α ε ι ο ου",
    "he": "ב ד פ ג ה ק ל מ נ פ ר ס ט ו ו י ז ש צ׳ ג׳ ז׳ ח ת א   י ו ו",
    "ar": "ب د ف غ ه ك ل م ن ب ر س ت ف و ي ز ش تش ج ج خ ث ا   ي و و",
    "fa": "ب د ف گ ه ک ل م ن پ ر س ت و و ی ز ش چ ج ژ خ ت ا   ی و و",
    "ka": "ბ დ ფ გ ჰ კ ლ მ ნ პ რ ს ტ ვ უ ი ზ შ ჩ ჯ ჟ ხ თ ა ე ი ო უ",
    "hy": "բ դ ֆ գ հ կ լ մ ն պ ր ս տ վ վ յ զ շ չ ջ ժ խ թ ա ե ի ո ու",
}
_INDIC = {
    "hi": ("ब ड फ़ ग ह क ल म न प र स ट व व य ज़ श च ज ज़ ख थ".split(), "आ ए इ ओ उ".split(), "ा े ि ो ु".split(), "्"),
    "bn": ("ব ড ফ গ হ ক ল ম ন প র স ট ভ ও য় জ শ চ জ জ খ থ".split(), "আ এ ই ও উ".split(), "া ে ি ো ু".split(), "্"),
    "ta": ("ப ட ஃப க ஹ க ல ம ன ப ர ஸ ட வ வ ய ஸ ஷ ச ஜ ஜ க த".split(), "ஆ எ இ ஒ உ".split(), "ா ெ ி ொ ு".split(), "்"),
}  # fmt: skip
_THAI = dict(zip(_KEYS, "บ ด ฟ ก ฮ ค ล ม น พ ร ส ต ว ว ย ซ ช ช จ ช ค ท".split(), strict=False))
_KANA = {
    "b": "バベビボブ", "d": "ダデディドドゥ", "f": "ファフェフィフォフ", "g": "ガゲギゴグ", "h": "ハヘヒホフ", "k": "カケキコク", "l": "ラレリロル",
    "m": "マメミモム", "n": "ナネニノヌ", "p": "パペピポプ", "r": "ラレリロル", "s": "サセシソス", "t": "タテティトトゥ", "v": "ヴァヴェヴィヴォヴ",
    "w": "ワウェウィウォウ", "j": "ヤイェイヨユ", "z": "ザゼジゾズ", "S": "シャシェシショシュ", "C": "チャチェチチョチュ", "J": "ジャジェジジョジュ",
    "Z": "ジャジェジジョジュ", "X": "ハヘヒホフ", "T": "サセシソス", "": "アエイオウ",
}  # fmt: skip
_KANA_ALONE = {
    "n": "ン",
    "m": "ム",
    "t": "ト",
    "d": "ド",
    "S": "シュ",
    "C": "チ",
    "J": "ジ",
    "Z": "ジ",
    "j": "イ",
}
_HAN = {
    "b": "巴贝比博布布", "d": "达德迪多杜德", "f": "法费菲福富夫", "g": "加格吉戈古格", "h": "哈赫希霍胡赫", "k": "卡克基科库克", "l": "拉莱利洛卢尔",
    "m": "马梅米莫穆姆", "n": "纳内尼诺努恩", "p": "帕佩皮波普普", "r": "拉雷里罗鲁尔", "s": "萨塞西索苏斯", "t": "塔特蒂托图特", "v": "瓦韦维沃武夫",
    "w": "瓦韦威沃伍夫", "j": "亚耶伊约尤伊", "z": "扎泽齐佐祖兹", "S": "沙谢希肖舒什", "C": "查切奇乔丘奇", "J": "贾杰吉乔朱奇", "Z": "扎热日若茹日",
    "X": "哈赫希霍胡赫", "T": "萨塞西索苏斯", "": "阿埃伊奥乌",
}  # fmt: skip
_TRADITIONAL = str.maketrans(
    "贝达费马纳诺罗鲁萨苏图韦维亚约齐尔兹杰卢莱谢乔热伟贾泽",
    "貝達費馬納諾羅魯薩蘇圖韋維亞約齊爾茲傑盧萊謝喬熱偉賈澤",
)
_FINAL_HEBREW = {"כ": "ך", "מ": "ם", "נ": "ן", "פ": "ף", "צ": "ץ"}
_TONOS = str.maketrans("αειου", "άέίόύ")
_HANGUL_FIRST = dict(
    zip(
        _KEYS, (7, 3, 17, 0, 18, 15, 5, 6, 2, 17, 5, 9, 16, 7, 11, 11, 12, 9, 14, 12, 12, 15, 9), strict=False
    )
)
_HANGUL_LAST = {"n": 4, "l": 8, "r": 8, "m": 16, "p": 17, "b": 17, "k": 1, "g": 1, "t": 19}
_HANGUL_VOWEL = {"a": 0, "e": 5, "i": 20, "o": 8, "u": 13, "": 18}
_HANGUL, _HANGUL_VOWELS, _HANGUL_LASTS = 0xAC00, 21, 28

SCRIPTS = frozenset((*_ALPHABETS, *_INDIC, "th", "ja", "zh", "zh_tw", "ko", "mk", "ur", "mr"))
"""Languages that names can be written for."""
_SAME = {"mk": "sr", "ur": "fa", "mr": "hi"}
_SOFT = dict.fromkeys(("ru", "be", "kk"), (("йа", "я"), ("йу", "ю"), ("йе", "е")))
_SOFT |= {"uk": (("йа", "я"), ("йу", "ю"), ("йе", "є")), "bg": (("йа", "я"), ("йу", "ю"))}
_CASES = {
    "ru": (("а", "у", "ом", "е"), ("ы", "е", "у", "ой")),
    "uk": (("а", "у", "ом", "і"), ("и", "і", "у", "ою")),
    "be": (("а", "у", "ам", "е"), ("ы", "е", "у", "ай")),
    "sr": (("а", "у", "ом", "у"), ("е", "и", "у", "ом")),
}


def sounds(name: str, rng: random.Random) -> str:
    """The sounds of a word of Latin letters, one letter each; some letters sound now so, now so."""
    plain = (
        unicodedata.normalize("NFKD", name.lower())
        .replace("ß", "ss")
        .replace("ø", "o")
        .replace("ł", "l")
        .replace("æ", "e")
    )
    plain = re.sub("[^a-z]", "", plain)
    if rng.random() < 0.5:
        plain = plain.replace("w", "v")
        plain = re.sub(r"(?<=[a-z]{3}[^aeiouy])e$", "", plain)
    out = "".join(_SOUND_OF.get(match.group(), match.group()) for match in _SPELLED.finditer(plain))
    out = re.sub(r"y(?=[aeiou])", "j", out).replace("y", "i")
    out = re.sub("h(?![aeiou])", "", out)
    return re.sub(r"(.)\1", r"\1", out)


def _syllables(text: str) -> list[tuple[str, str]]:
    """Pairs of consonant and vowel, either of which may be missing."""
    return [(c, v) for c, v in re.findall(r"([^aeiou]?)([aeiou]?)", text) if c or v]


def written(word: str, language: str, rng: random.Random) -> str:
    """One word of a name in the script of a language; empty if it has no letters."""
    language = _SAME.get(language, language)
    text = sounds(word, rng)
    if not text:
        return ""
    if language in _ALPHABETS:
        return _alphabetic(text, language, rng)
    pairs = _syllables(text)
    if language in _INDIC:
        return _indic(pairs, language)
    if language == "th":
        marks = {"a": "{}า", "e": "เ{}", "i": "{}ิ", "o": "โ{}", "u": "{}ู", "": "{}"}
        return "".join(marks[v].format(_THAI.get(c, "อ")) for c, v in pairs)
    if language == "ja":
        return _kana(pairs, rng)
    if language == "ko":
        return _hangul(pairs)
    han = "".join(_HAN[c][_VOWELS.index(v)] if v else _HAN[c][5] for c, v in pairs if c or v)
    if len(han) > 5:
        han = han[:3] + han[-1]
    return han.translate(_TRADITIONAL) if language == "zh_tw" else han


def declined(name: str, language: str, rng: random.Random) -> str:
    """A name of Cyrillic letters in one of its cases, all words in the same."""
    if language not in _CASES:
        return name
    which = rng.randrange(4)
    hard, soft = _CASES[language]
    out = []
    for word in name.split(" "):
        if word[-1:] in "бвгґдзклмнпрстфхцчшж":
            out.append(word + hard[which])
        elif word.endswith("а") and len(word) > 3:
            out.append(word[:-1] + soft[which])
        else:
            out.append(word)
    return " ".join(out)


def _alphabetic(text: str, language: str, rng: random.Random) -> str:
    letters = dict(zip(_KEYS, re.split(" ", _ALPHABETS[language].replace("   ", " \x00 ")), strict=True))
    out = ""
    for at, sound in enumerate(text):
        letter = letters[sound]
        if letter == "\x00":
            letter = "" if at else ("א" if language == "he" else "ا")
        elif language == "he" and sound == "a" and at and rng.random() < 0.6:
            letter = ""
        elif language in {"he", "ar", "fa"} and not at and sound in "iou":
            letter = ("א" if language == "he" else "ا") + letter
        elif language in {"ru", "be"} and sound == "e" and not at:
            letter = "э"
        out += letter
    for plain, soft in _SOFT.get(language, ()):
        out = out.replace(plain, soft)
    if language == "el":
        out = re.sub(r"σ$", "ς", out)
        stressed = [m.start() for m in re.finditer("[αειου]", out)]
        if stressed:
            at = stressed[max(0, len(stressed) - rng.choice((1, 2, 2, 3)))]
            out = out[:at] + out[at].translate(_TONOS) + out[at + 1 :]
    if language == "he":
        out = out[:-1] + _FINAL_HEBREW.get(out[-1], out[-1])
    return out[:1].upper() + out[1:] if language != "ka" else out


def _indic(pairs: list[tuple[str, str]], language: str) -> str:
    consonants, alone, marks, stop = _INDIC[language]
    out = ""
    for at, (c, v) in enumerate(pairs):
        if not c:
            out += alone[_VOWELS.index(v)]
        else:
            out += consonants[_KEYS.index(c)]
            if v:
                out += marks[_VOWELS.index(v)]
            elif at < len(pairs) - 1 or language == "ta":
                out += stop
    return out


def _kana(pairs: list[tuple[str, str]], rng: random.Random) -> str:
    out = ""
    for c, v in pairs:
        if not v:
            out += _KANA_ALONE.get(c) or (
                "ー" if c == "r" and out[-1:] not in {"", "ー"} else _five(_KANA[c])[4]
            )
            continue
        out += _five(_KANA[c])[_VOWELS.index(v)]
        if rng.random() < 0.12 and v in "aeo":
            out += "ー"
    return out


def _five(row: str) -> list[str]:
    """The five syllables of a row, small signs with the one before."""
    return re.findall("[ァ-ヺ][ァィゥェォャュョ]?", row)


def _hangul(pairs: list[tuple[str, str]]) -> str:
    out: list[list[int]] = []
    for c, v in pairs:
        if not v and out and not out[-1][2] and c in _HANGUL_LAST:
            out[-1][2] = _HANGUL_LAST[c]
        else:
            out.append([_HANGUL_FIRST.get(c, 11), _HANGUL_VOWEL[v], 0])
    return "".join(chr(_HANGUL + (a * _HANGUL_VOWELS + b) * _HANGUL_LASTS + d) for a, b, d in out)
