"""Names in Arabic, Hebrew, Hindi and Thai script, which have no capitals: forms of address, introductions, word lists."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _lexicon
from hushdesk.redact.names._tokens import Span

_AR: Final = "ء-غف-يًٌٍَُِّْٰٱپچژکگی"
_HE: Final = "א-ת"
_DE: Final = "ऀ-ॣॱ-ॿ"
_TH: Final = "ก-ฺเ-๎"


def _cue(cues: str, letters: str, most: int) -> re.Pattern[str]:
    edge = rf"(?<![{letters}])"
    return re.compile(
        rf"{edge}(?P<cue>{cues})[ ]*[,،:]?[ ]*(?P<name>[{letters}'\"׳״-]{{2,}}(?: [{letters}'\"׳״-]{{2,}}){{0,{most - 1}}})"
    )


_TITLE_AR: Final = _cue(
    "السيدة|السيد|الأستاذة|الأستاذ|الاستاذ|الاستاذة|الدكتورة|الدكتور|المهندسة|المهندس|الآنسة|الحاج|الشيخ|أستاذ|أستاذة|دكتور|دكتورة|مهندس|سيد|سيدة|آقای|خانم|أخي|أختي|الأخ|الأخت|العميلة?|الموظفة?|الزميلة?",
    _AR,
    3,
)
_GREET_AR: Final = _cue(
    "مرحبا|مرحباً|أهلا|أهلاً|اهلا|هلا|عزيزي|عزيزتي|السلام عليكم|صباح الخير|مساء الخير|شكرا|شكراً|تحياتي|سلام|یا|يا",
    _AR,
    2,
)
_INTRO_AR: Final = _cue(
    "اسمي|إسمي|اسمي هو|معك|معكم|أنا|انا|أدعى|تحدثت مع|تكلمت مع|اتصلت ب|حولت إلى|من قبل|الاسم|الاسم الكامل|اسم العميل|اسم المتصل|جهة الاتصال|نام من|اسم من",
    _AR,
    3,
)
_STRONG_INTRO: Final = frozenset(["اسمي", "إسمي", "الاسم", "أدعى"])
_STOP_AR: Final = frozenset(
    """
من في على إلى عن مع هذا هذه ذلك التي الذي لا لم لن ما هل كيف متى أين لماذا قد لقد كان كانت يكون أنا انا نحن أنت انت هو هي هم و أو او ثم لكن العميل
عميل عملاء فريق الفريق الدعم دعم الزملاء جميعا جميعاً بكم بك كل حساب حسابي طلب طلبي رقم اسم المدير مدير عزيزي عزيزتي السادة الكرام المحترم المحترمة
المحترمين لدي عندي أريد اريد أرغب احتاج أحتاج غير مشكلة حول بعد قبل شكرا جزيلا لكم لك على وأنا وهو وقد أواجه لست سعيد عميلة موظف الموظف المسؤول مشرف
المشرف سيدي سيدتي أخي جدا وبركاته ورحمة الله بالدعم بخصوص إن أن اليوم أمس
""".split()
)
_TITLE_HE: Final = _cue(
    "מר|גב'|גב׳|גברת|ד\"ר|ד״ר|דר'|פרופ'|פרופ׳|עו\"ד|אדון|הגברת|האדון|הלקוחה?|הנציגה?|העובדת?", _HE, 2
)
_GREET_HE: Final = _cue("שלום|היי|הי|לכבוד|יקר|יקרה|בוקר טוב|ערב טוב|תודה|הלו", _HE, 2)
_INTRO_HE: Final = _cue(
    "שמי|השם שלי|השם שלי הוא|קוראים לי|מדבר|מדברת|כאן|אני|דיברתי עם|שוחחתי עם|הועבר אל|הועבר ל|שם|שם הלקוח|שם מלא|איש קשר|פונה",
    _HE,
    3,
)
_STOP_HE: Final = frozenset(
    """
שלום היי מר גברת לך לכם רב רבה לכולם צוות הצוות תמיכה לקוח לקוחה יקר יקרה אני אתה את הוא היא אנחנו לא כן על של עם מה איך למה מתי איפה זה זאת יש אין
רוצה צריך צריכה מנסה לקבל מאוד מראש טוב הלקוח ואני שוב כל גם כבר עוד רק אם כי או אבל המערכת מקבל לצוות מעוניין מעוניינת הנציג שירות משתמש מנהל מבקש
מבקשת לקוחות וברכה נכבד נכבדה
""".split()
)
_BEFORE_HI: Final = _cue(
    "श्रीमती|श्रीमान|श्री|सुश्री|कुमारी|डॉ\\.?|डॉक्टर|नमस्ते|नमस्कार|प्रिय|आदरणीय|धन्यवाद|मेरा नाम|नाम|मैं|हाय|हेलो|हैलो|ग्राहक",
    _DE,
    2,
)
_JI: Final = re.compile(rf"(?<![{_DE}])(?P<name>[{_DE}]{{2,}}(?: [{_DE}]{{2,}})?) जी(?![{_DE}])")
_STOP_HI: Final = frozenset(
    """
श्री श्रीमती सुश्री है हैं था थे थी और या कि का की के को से में पर ने यह वह मैं हम आप मेरा मेरी मेरे आपका आपकी आपके क्या कैसे क्यों कब कहाँ नहीं कृपया
जी सर मैडम ग्राहक टीम सहायता बहुत एक भी ही तो सभी लोग दोस्त अपना अपने कर रहा रही हूँ हूं आज कल बताना चाहता चाहती धन्यवाद नमस्ते प्रिय समस्या सेवा नाम
हाँ अगर जो उस इस लिए साथ तक बाद पहले महोदय महोदया मित्र
""".split()
)
_CALLED_TH: Final = re.compile(
    rf"(?<!ขอบ)(?<!ขอบพระ)(?P<cue>คุณ|นางสาว|นาง|นาย|น\.ส\.|ด\.ช\.|ดร\.|พี่|น้อง|(?<!เ)ชื่อ|ดิฉัน|สำเนาถึง|สำเนาให้|ส่งต่อให้|โอนให้|ผู้ติดต่อคือ|อนุมัติโดย|ผมชื่อ|คุณหมอ|อาจารย์|ลูกค้าชื่อ|ผู้ติดต่อ:|ชื่อ:|ชื่อ-นามสกุล:?)[ ]?(?P<name>[{_TH}]{{2,}}(?: [{_TH}]{{3,}})?)"
)
_NOT_TH: Final = tuple(
    """
ภาพ สมบัติ ลูกค้า สามารถ ต้อง จะ ได้ มี ไม่ ควร คือ เป็น อยู่ กำลัง เคย ยัง ใช้ อาจ ขอ ครับ ค่ะ คะ ผู้ ทุก และ หรือ กับ ที่ ของ ว่า ให้ ทำ ไป มา แล้ว
ก็ นั้น นี้ ไหน อะไร พ่อ แม่ ครู ค่า ธรรม แจ้ง ติดต่อ โทร สั่ง ซื้อ เลือก พร้อม อยาก เห็น รู้ คิด คลิก กด ลอง เข้า ออก ส่ง รับ ไฟล์ ผลิต บัญชี สินค้า
บริษัท โดเมน เรื่อง แบบ เซิร์ฟเวอร์ ระบบ เล่น โปรแกรม จ้าง
""".split()
)
_SPLIT_TH: Final = (
    "แจ้ง",
    "โทร",
    "บอก",
    "ขอ",
    "ต้อง",
    "ว่า",
    "ได้",
    "ติดต่อ",
    "ค่ะ",
    "คะ",
    "ครับ",
    "จาก",
    "ที่",
    "และ",
    "เป็น",
    "ไม่",
    "สอบถาม",
    "ส่ง",
    "ยืนยัน",
    "อยู่",
    "มี",
    "เพื่อ",
    "แล้ว",
    "ให้",
    "กรุณา",
    "เรียบร้อย",
)


@functools.cache
def _names(*keys: str) -> frozenset[str]:
    found: set[str] = set()
    for key in keys:
        for name in _lexicon.east(key):
            found.add(name)
            found.update(part for part in name.split() if len(part) > 2)
    return frozenset(found)


_ARAB: Final = re.compile(f"[{_AR}]")
_HEBREW: Final = re.compile(f"[{_HE}]")
_DEVA: Final = re.compile(f"[{_DE}]")
_THAI: Final = re.compile(f"[{_TH}]")


_SOUTH: Final = f"{_AR}{_HE}{_DE}{_TH}"
_VALUE: Final = re.compile(
    rf"(?<![{_SOUTH}])(?:جهة (?:ال)?اتصال(?: [{_AR}]+)?|الشخص المسؤول|المسؤول|اسم (?:العميل|المستخدم|الموظف|صاحب الحساب)|بموافقة|موافقة|اعتماد|وافقت? عليه?ا?|باسم|صاحب الحساب"
    rf"|איש קשר(?: [{_HE}]+)?|אישור|באישור|אושר על ידי|על שם|ผู้ติดต่อ(?:คนที่สอง|สำรอง|ใหม่)?|อนุมัติโดย|ผู้อนุมัติ|ชื่อบัญชี|संपर्क(?: व्यक्ति)?|स्वीकृत|अनुमोदन)[ ]?[:：]?[ ]"
    rf"(?P<name>[{_SOUTH}]{{2,}}(?: [{_SOUTH}]{{2,}}){{0,2}})(?=[ ]*(?:[،,.;؛(（:]|\+?\d|$))"
)
_BEFORE_ADDRESS: Final = re.compile(
    rf"(?<![{_SOUTH}])(?P<name>[{_SOUTH}]{{3,}} [{_SOUTH}]{{3,}})(?=[ ]?[(،,][ ]?(?:[\w.+-]+[@＠]|\+?\(?\d[\d ()-]{{6}}))"
)
_SAYS: Final = re.compile(
    rf"(?<![{_SOUTH}])(?:معك|معكم|أنا|انا|כאן|אני|שמי)[ ](?P<name>[{_SOUTH}]{{3,}})(?=[ ]?(?:[.،,!]|$))"
)


_ANY: Final = re.compile(f"[{_SOUTH}]")


def _placed(line: str) -> Iterator[Span]:
    """Names that only their place tells."""
    stop = _STOP_AR | _STOP_HE | _STOP_HI
    for pattern in (_VALUE, _BEFORE_ADDRESS, _SAYS):
        for match in pattern.finditer(line):
            words = match.group("name").split()
            if not any(word in stop for word in words) and not words[-1].startswith(("بال", "لل")):
                yield Span(
                    match.start("name"), match.end("name"), 0.7, "names.south", "stands where a name stands"
                )


def scan(line: str) -> Iterator[Span]:
    """Names in one line of a script without capitals."""
    if _ANY.search(line):
        yield from _placed(line)
    if _ARAB.search(line):
        given = _names("ar_AA given", "ar_SA given", "fa_IR given") | _EXTRA_AR
        family = _names("ar_AA surname", "ar_SA surname", "fa_IR surname")
        yield from _with(line, _TITLE_AR, _STOP_AR, given | family, 0.92, loose=True)
        yield from _with(line, _GREET_AR, _STOP_AR, given | family, 0.88, loose=False)
        yield from _with(line, _INTRO_AR, _STOP_AR, given | family, 0.88, loose=False)
        yield from _pairs(line, _AR, given, given | family, _STOP_AR)
    if _HEBREW.search(line):
        given, family = _names("he_IL given") | _EXTRA_HE, _names("he_IL surname")
        yield from _with(line, _TITLE_HE, _STOP_HE, given | family, 0.92, loose=True)
        yield from _with(line, _GREET_HE, _STOP_HE, given | family, 0.88, loose=False)
        yield from _with(line, _INTRO_HE, _STOP_HE, given | family, 0.88, loose=False)
        yield from _pairs(line, _HE, given, family, _STOP_HE)
    if _DEVA.search(line):
        given, family = _names("hi_IN given") | _EXTRA_HI, _names("hi_IN surname")
        yield from _with(line, _BEFORE_HI, _STOP_HI, given | family, 0.88, loose=False)
        for match in _JI.finditer(line):
            words = match.group("name").split()
            keep = [w for w in words if w not in _STOP_HI]
            if keep and keep[-1] == words[-1]:
                start = match.end("name") - len(" ".join(keep))
                yield Span(start, match.end("name"), 0.85, "names.south", "is addressed by a title")
        yield from _pairs(line, _DE, given, given | family, _STOP_HI)
    if _THAI.search(line):
        yield from _thai(line)


_EXTRA_AR: Final = frozenset(
    """
محمد أحمد احمد علي فاطمة خالد عمر سارة ليلى نور يوسف مريم حسن حسين إبراهيم ابراهيم عبدالله مصطفى محمود سلمى هدى رنا سامي كريم ياسر
""".split()
)
_EXTRA_HE: Final = frozenset(
    "דוד משה יוסי רחל שרה מיכל דני אבי רונית יעל נועה אורי איתן תמר גיל רון ענת".split()
)
_EXTRA_HI: Final = frozenset(
    """
राहुल प्रिया अमित सुनीता राजेश नेहा अंजलि विकास सुरेश कविता रमेश दीपक पूजा संजय मोहन सीता गीता अनिल
""".split()
)
_FREE: Final = frozenset("شمي שמי קוראים לי اسمي إسمي أدعى".split()) | {
    "קוראים לי",
    "השם שלי",
    "मेरा नाम",
    "تحدثت مع",
    "דיברתי עם",
    "שוחחתי עם",
    "الاسم الكامل",
    "اسم العميل",
    "שם הלקוח",
    "שם מלא",
    "איש קשר",
    "जी",
    "श्री",
    "श्रीमती",
    "सुश्री",
    "श्रीमान",
}


def _with(
    line: str,
    pattern: re.Pattern[str],
    stop: frozenset[str],
    names: frozenset[str],
    score: float,
    *,
    loose: bool,
) -> Iterator[Span]:
    """Names after a cue; an unknown word counts only after a strong one."""
    for match in pattern.finditer(line):
        words = match.group("name").split(" ")
        free = loose or match.group("cue") in _FREE
        keep = 0
        for index, word in enumerate(words):
            if word in stop or (len(word) > 3 and word[0] == "و" and word not in names and index):
                break
            nisba = index == 1 and word.startswith("ال") and len(word) > 4
            if word not in names and not nisba and not (free and index == 0):
                break
            keep += 1
        if keep:
            sure = any(word in names for word in words[:keep])
            yield Span(
                match.start("name"),
                match.start("name") + len(" ".join(words[:keep])),
                score if sure else 0.7,
                "names.south",
                "follows a form of address or an introduction",
            )


def _pairs(
    line: str, letters: str, given: frozenset[str], names: frozenset[str], stop: frozenset[str]
) -> Iterator[Span]:
    last: re.Match[str] | None = None
    for match in re.finditer(rf"[{letters}'׳-]{{2,}}", line):
        if (
            last is not None
            and line[last.end() : match.start()] == " "
            and last.group() in given
            and match.group() in names
            and not {last.group(), match.group()} & stop
        ):
            yield Span(last.start(), match.end(), 0.7, "names.south", "given name and surname")
        last = match


def _thai(line: str) -> Iterator[Span]:
    given, family = _names("th_TH given"), _names("th_TH surname")
    for match in _CALLED_TH.finditer(line):
        name = match.group("name")
        if name.startswith(_NOT_TH) and not any(name[:n] in given for n in range(12, 2, -1)):
            continue
        head, _, tail = name.partition(" ")
        size = next((n for n in range(min(len(head), 14), 2, -1) if head[:n] in given), 0)
        if size and size < len(head) and not head[size:].startswith(_SPLIT_TH):
            size = 0
        if not size:
            cuts = [at for word in _SPLIT_TH if (at := head.find(word)) > 2]
            size = min([len(head), *cuts])
        if size > 16 or size < 2:
            continue
        whole = size == len(head)
        sure = head[:size] in given
        end = match.start("name") + size
        if (
            whole
            and tail
            and (
                tail in family
                or (
                    (sure or match.group("cue").startswith(("ชื่อ", "นาย", "นาง")))
                    and len(tail) < 18
                    and not tail.startswith(_SPLIT_TH + _NOT_TH)
                )
            )
        ):
            end = match.end("name")
        yield Span(match.start("name"), end, 0.92 if sure else 0.72, "names.south", "is addressed by a title")


_SIGN_OFF: Final = re.compile(
    r"^[\s>]*(?:مع (?:خالص )?(?:التحية|تحياتي|الشكر|الاحترام|أطيب التحيات)|تحياتي|وتفضلوا بقبول فائق الاحترام|شكرا(?: جزيلا)?|شكراً(?: جزيلاً)?|با احترام|בברכה|תודה(?: רבה| מראש)?|בתודה|בכבוד רב|सादर|धन्यवाद|शुभकामनाओं सहित|आपका|भवदीय|"
    r"ขอแสดงความนับถือ|ด้วยความเคารพ|ขอบคุณ(?:ค่ะ|ครับ)?)[\s,،.!]*$"
)
_LINE: Final = re.compile(
    rf"^[\s>*]*(?P<name>[{_AR}{_HE}{_DE}{_TH}'\"]{{2,}}(?: [{_AR}{_HE}{_DE}{_TH}'\"]{{2,}}){{0,2}})\s*[,.]?\s*$"
)


def signs_off(line: str) -> bool:
    """Whether a line ends a letter."""
    return _SIGN_OFF.match(line) is not None


def signer(line: str) -> Span | None:
    """The name of which a signature line consists."""
    match = _LINE.match(line)
    if match is None or _SIGN_OFF.match(line):
        return None
    words = match.group("name").split()
    if any(word in _STOP_AR or word in _STOP_HE or word in _STOP_HI for word in words):
        return None
    return Span(
        match.start("name"), match.end("name"), 0.8, "names.signature", "stands where a signature stands"
    )
