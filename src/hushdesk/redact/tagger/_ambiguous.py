"""Names that are ordinary words: without a capital, or in a script that has none, they are names only if something says so."""

from __future__ import annotations

from typing import Final

from hushdesk.redact._fold import fold_in_place
from hushdesk.redact._lazy import lazily
from hushdesk.redact._words import words

_SMALL: Final = frozenset(
    fold_in_place(word)
    for word in words(
        """
    rosa bianca chiara grazia speranza vittoria gioia luce stella viola margherita felice serena celeste allegra franca libera
    pace perla gemma alba aurora marina vera dora costa fiore gentile bella bello rossi neri verdi conti monti ricci serra
    paz luz pilar dolores consuelo socorro esperanza cruz blanca clara sol nieves remedios rocío victoria rey león flores reyes
    campos amparo concepción encarnación milagros ángeles soledad mar salvador guerra moreno delgado bravo bueno leal prado
    vitória graça esperança branca pereira oliveira silva ramos rocha ribeiro serra nascimento conceição moita faria
    pierre rose marine claire blanche fleur aimée constance prudence victoire marguerite perle olive roman ange noël petit grand
    blanc noir roux legrand moreau boucher berger mercier marchand fontaine rivière dupont lucie clémence modeste juste parfait
    bakker visser roos mulder jong groot wit zwart brouwer smit dekker kok vos
    björn sten stig liv tor ros dag unn eik bo ask sten hav sol storm håp
    deniz güneş barış umut yağmur bulut sevgi özgür can ışık yıldız toprak kaya çelik demir aslan kaplan aydın gül
    róża wolny mały nowak kowal wilk zając sowa mazur lis wrona dąb
    ilo valo toivo rauha onni sisu lumi meri aurinko taimi kukka seppä
    szabó kovács kis nagy fehér fekete virág remény vörös
    bagus indah putri bintang cahaya surya wahyu setia budi
    """
    )
)
_UNCASED: Final = frozenset(
    words(
        """
    سعيد ناجح ثابت صالح عادل شريف أمين امين كريم جميل حسن منير هادي سالم نور النور أمل امل حلا هدى رضا وفاء سلام فرح نجاح
    إيمان ايمان إحسان احسان كامل فاضل طاهر صادق صابر شاكر ماهر باهر زاهر ظاهر باسم ناصر فائز فايز غالي غالية حميد مجيد وحيد
    فريد سديد رشيد مفيد جديد وليد شهيد عزيز لطيف نظيف ظريف رفيق عميق شفيق صديق نبيل جليل أصيل اصيل خليل دليل مريم حنان
    حياة ضياء سماء صفاء شفاء رجاء دعاء ندى هنا هناء سناء علا عالي غني قوي
    אור גל שיר טל עדן שחר רז נועם דור אביב ים חן שלום מתן חיים ארז אלון דקל ברק רעם שקד ורד נרקיס כוכב הילה זוהר אורה מאיר
    עמית חבר רון שיא פז ליאור תום גיל נוי יופי חן סתיו עומר שגיא עוז אומץ גאון יקיר נדב רם שובל מעיין נהר אגם חופית סהר ירח
    आशा ज्योति शांति दीपक प्रकाश विजय जय सुख आनंद किरण संतोष विकास उदय कमल पूजा श्रद्धा भक्ति शक्ति प्रेम सागर आकाश चाँद सूरज गंगा लता
    प्रीति कीर्ति नीति दया क्षमा सरल विमल निर्मल अमर अजय नया राज विनय
    """
    )
)
_LEAD: Final = lazily(
    r"(?i)(?:\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|name(?:\sis|['’]s)?|nome|nombre|nom|nimi|namn|ad|adı|called|call|dear|hi|hello|hey|hallo|ciao|hola|bonjour|salut"
    r"|olá|oi|hej|merhaba|regards|thanks|from|with|by|am|iam|im|i'm|this\sis|signor[ae]?|sig|sra?|srta|señor[a]?|senhor[a]?|don|doña|dona|madame|monsieur|mme"
    r"|cliente?|client[ea]?|klant|kunde|kundin|user|customer|contact|agent|chiamo|llamo|chamo|appelle|heet|heiße|bin|soy|sono|sou|suis)\b[.:,]?"
    r"|@|(?:العميل|العميلة|السيد|السيدة|الأستاذ|الأستاذة|اسم|باسم|اسمه|اسمها|اسمي|الأخ|الأخت|الدكتور|المهندس|مع|من)\b"
    r"|(?:לקוח|לקוחה|הלקוח|הלקוחה|מר|גברת|גב'|ד\"ר|שם|שמו|שמה|שמי|בשם|עם|של)|(?:ग्राहक|श्री|श्रीमती|नाम|सुश्री|डॉ\.?))[ :]{0,2}$"
)
_VOWEL: Final = lazily(r"[aeiouyà-öø-ÿāăąēĕėęěīĭįıōŏőūŭůűŷ]")
_ANSWER: Final = lazily(r" (?:and\b|\d)|[ ]?(?:\n|\Z)")
"""Who is asked for a name may answer with it alone, or with a number after it."""
_SURE: Final = 0.97
_LONGEST_ABBREVIATION: Final = 6


def is_ordinary(text: str, start: int, end: int, score: float) -> bool:
    """Tell whether a name without a capital reads as an ordinary word where it stands.

    Args:
        text: The text.
        start: Where the name begins.
        end: Where it ends.
        score: How sure the tagger is, 0 to 1.
    """
    value = text[start:end]
    first, _, rest = value.partition(" ")
    if value.islower():
        # "supv", "mgr" are abbreviations, however sure the network is.
        short = len(value) <= _LONGEST_ABBREVIATION and value.isascii() and not _VOWEL.search(value)
        if not short and (score >= _SURE or fold_in_place(first) not in _SMALL):
            return False
        if _answers(text, start, end):
            return False
    elif score >= _SURE or rest or value not in _UNCASED:
        return False
    return _LEAD.search(text, max(0, start - 24), start) is None


def _answers(text: str, start: int, end: int) -> bool:
    begins = text.rfind("\n", 0, start) + 1
    return not text[begins:start].strip() and _ANSWER.match(text, end) is not None
