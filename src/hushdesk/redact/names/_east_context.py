"""Names in Japanese, Chinese and Korean that no list knows whole: told by the words on both sides of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _east, _lexicon
from hushdesk.redact.names._east_lists import (
    DOUBLE_KO,
    DOUBLE_ZH,
    GIVEN_JA,
    GIVEN_ZH,
    NOT_GIVEN_END,
    starts_with_surname,
    sure_double,
)
from hushdesk.redact.names._lexicon import STOP
from hushdesk.redact.names._tokens import Span

_HAN: Final = _east.HAN
_ADDRESS: Final = r"[ 　]?(?:[をにへ]?(?:CC|cc|Cc|ＣＣ)?(?:に)?)?[ 　]?[（(<＜,，、:：]{1,2}[ 　]?(?:[\w.+-]+[ ]?[@＠(（\[]|[\w.+-]+[ ](?:at|AT|点|點|アット|골뱅이|艾特)|\+?\(?\d[\d ()-]{5}|[A-Z]+_[A-Z0-9]{10})"
_ADDRESSED: Final = re.compile(_ADDRESS)

# Japanese: family and given name apart, in a sentence.
_APART_JA: Final = re.compile(
    rf"(?:(?<=[はがのをにへともや、。，：:（(「『・/])|(?<=より)|(?<=から)|(?<![^\s]))(?P<sur>[{_HAN}]{{1,5}})[ 　\u00a0](?P<given>[{_HAN}ぁ-ゖァ-ヺ]{{1,5}}?)"
    rf"(?=[がはをにともへ（(、。，,）)」』!！]|の|より|から|さん|様|氏|殿|です|でござ|と申|宛|承認|対応|担当|立ち会|立会|[A-Za-z@]|\s*$)"
)
_SURELY_JA: Final = re.compile(
    "が(?:対応|立ち会|立会|担当し|承認|同席|伺い|お伺い|引き継)|(?:さん|様|氏|と申)"
)
_LATIN_DOES: Final = re.compile(
    r"(?<![\w@.])(?P<name>[A-Z][a-zà-ž'’-]{1,20}(?:[ ][A-Z][a-zà-ž'’-]+){0,2})[ ]?(?:(?:已经|已經|已)?(?:批准|同意|审批|審批)|(?:が|は)?(?:承認|立ち会|担当し|同席)|승인)"
)
_TITLE_FIRST: Final = re.compile(
    rf"(?:先生|女士|小姐|様|さん|님|씨)[ 　](?P<name>[{_HAN}]{{1,4}}|[가-힣]{{2,4}})(?![{_HAN}가-힣])"
)
_GREETED: Final = re.compile(
    r"(?:안녕하세요|こんにちは|您好|你好|สวัสดี)[^\w]{0,3}(?:我是)?(?P<name>[A-Z][A-Za-z'’-]{1,20}(?:[ ][A-Z][A-Za-z'’-]+)?)[ ]?(?:입니다|이라고|です|と申|[，,。]|ครับ|ค่ะ)"
)
_ALONE_JA: Final = re.compile(rf"^[\s>*]*(?P<sur>[{_HAN}]{{1,5}})[ 　](?P<given>[{_HAN}ぁ-ゖ]{{1,4}})\s*$")
_DOES_JA: Final = re.compile(
    rf"(?:(?<![{_HAN}ァ-ヺー])|(?<=経理)|(?<=総務)|(?<=営業)|(?<=弊社)|(?<=同僚)|(?<=上司)|(?<=担当)|(?<=部)|(?<=課))(?P<name>[{_HAN}]{{2,6}}|[ァ-ヺー]{{3,12}})"
    rf"(?=(?:が|は|に|へ|より|から|を)?(?:承認|対応|担当|立ち会|立会|伺|引き継|引継|連絡先|電話(?:に出|済)|確認(?:済|しま|いたし)|不在|休み|出社|参加|同席|代理|設定してく|導入してく)|をCC|をcc|にCC|（CC|宛(?:に|て|の))"
)
_SAID: Final = re.compile(
    rf"(?:(?<![\w])|(?<=[はの、。]))(?P<name>[A-Z][A-Za-z'’-]{{1,20}}(?:[ ][A-Z][A-Za-z'’-]+){{0,2}}|[{_HAN}ァ-ヺー]{{1,8}}|[ぁ-ゖ]{{2,6}})(?:[ 　]?と申します|[ 　]?と申す者|と申しまし|と名乗)"
)
_NAMED_LATIN: Final = re.compile(
    r"(?<![\w@.])(?P<name>[A-Z][a-zà-ž'’-]{1,20}(?:[ ][A-Z][a-zà-ž'’-]+){0,2})[ 　]?(?:様|さん|さま|氏|殿|先生|女士|小姐|씨|님|께서)(?!子)"
)
_KNOWN_ALREADY: Final = frozenset(
    [
        "会社",
        "製品",
        "本社",
        "支社",
        "工場",
        "倉庫",
        "銀行",
        "大学",
        "病院",
        "学校",
        "東京",
        "大阪",
        "日本",
        "中国",
        "韓国",
        "再度",
        "本日",
        "当日",
        "現在",
        "今回",
        "至急",
        "別途",
        "午前",
        "午後",
    ]
)

# Chinese: a run that a surname begins, between a word that takes a person and a verb.
_VERB_ZH: Final = (
    "处理|處理|负责|負責|跟进|跟進|来电|來電|致电|审批|審批|批准|同意|核准|确认|確認|表示|反馈|反映|提交|通话|通話|联系|聯繫|聯絡|沟通|溝通|说|說|先生|女士|小姐|经理|經理|设置|設置|安装|安裝"
    "|在现场|在場|会在|會在|将在|將在|已|是|的|来|來|要求|希望|需要|会|將|将|不在|休假|离职|離職|接手|代|回复|回覆|登记|登記|作为|作為|为|為|一起"
)
_BEFORE_ZH: Final = (
    "由|抄送|转给|轉給|转交|轉交|交给|交給|移交|分配给|分配給|升级给|升級給|指派给|指派給|联系人|聯絡人|负责人|負責人|同事|联系|聯繫|聯絡|致电|致電|请|請|找|与|與|和|跟|及|给|給|让|讓|叫|是|为|為|找到|经|經|通知|告知|询问|詢問|感谢|感謝|户名|戶名|名义|名義"
    "|部|科|组|組|处|處|室|公司|中心|客户|客戶|用户|用戶|这里是|這裡是|我是|我叫|在场的是|的|被|向|对|對|从|從|改为|改為|换成|換成"
)
_RUN_ZH: Final = re.compile(
    rf"(?:(?<={')|(?<='.join(_BEFORE_ZH.split('|'))})|(?<![{_HAN}]))(?P<name>(?![是为為由的了])[{_HAN}]{{2,4}}?)(?=(?:{_VERB_ZH})|[，,。.！!；;、（(）)：:]|\s|$)"
)
_LED_ZH: Final = re.compile(
    "(?:由|抄送|交给|交給|移交|联系人(?:是|改为|为)?|聯絡人(?:是|改為|為)?|负责人是?|負責人是?|同事|部|户名|戶名|名义|名義|在场的是|转给|轉給)[:：]?$"
)
_ACTS_ZH: Final = re.compile(
    "处理|處理|负责|負責|跟进|跟進|来电|來電|审批|審批|批准|同意|在现场|在場|会在|會在|接手|登记|[，,。.（(：:]|$"
)
_SELF_ZH: Final = re.compile(
    rf"(?:我是|我叫|这里是|這裡是|(?:客服|专员|專員|工程师|工程師)(?:是)?)(?P<name>[{_HAN}]{{2,4}})(?=[，,。.！!；;、 \s（(]|$)"
)
_ROLES_ZH: Final = frozenset(
    [
        "学生",
        "學生",
        "老板",
        "老闆",
        "会计",
        "會計",
        "员工",
        "員工",
        "客服",
        "新手",
        "技术",
        "技術",
        "财务",
        "財務",
        "销售",
        "銷售",
        "经理",
        "經理",
        "老师",
        "老師",
        "中国",
        "中國",
        "公司",
        "老师",
        "家长",
        "医生",
        "律师",
        "会员",
        "會員",
        "个人",
        "個人",
        "主管",
        "同事",
        "本人",
        "秘书",
        "教师",
        "法人",
    ]
)
_DOUBLE: Final = re.compile(rf"(?P<name>(?:{'|'.join(sorted(DOUBLE_ZH))})[{_HAN}]{{1,2}})")
_ALONE_ZH: Final = re.compile(rf"^[\s>*]*(?P<name>[{_HAN}]{{2,4}})\s*$")
_WORDS_ZH: Final = re.compile(
    "[我你您他们們这這那哪什么麼没沒不了吗嗎呢吧很都也还還就只最更再又从從请請问問题題错錯误誤系统統软件軟據数码碼号號网網络絡服务務产產品版证證书書单單账帳款价價退费費付支票月周日时時分秒点點钟鐘台机機器户戶端口线線电電话話邮郵箱址名称稱密登录錄]"
)

_TITLE_ZH: Final = re.compile(_east.TITLES_ZH + "|様|さん|氏|殿")
_GIVEN_DOES: Final = re.compile(
    rf"(?<![{_HAN}])(?P<name>[{_HAN}]{{2}})(?=(?:已经|已經|已)?(?:批准|同意|审批|審批|核准|确认过|確認過|负责|負責|处理|處理))"
)

# Korean.
_SUR_KO: Final = "".join(sorted(surname for surname in _east.KOREAN_SURNAMES if len(surname) == 1))
_DOUBLE_KO_NAME: Final = re.compile(
    rf"(?<![가-힣])(?P<name>(?:{'|'.join(sorted(DOUBLE_KO))})[가-힣]{{1,3}}?)(?=[ ]?(?:씨|님|고객)|[ ]?[(（,.:)]|\s*$|[ ](?:입니다|드림|올림|승인|담당|확인)|(?:이|가|은|는|을|를|과|와|께|에게|의|입니다|이라고|라고)(?![가-힣]))"
)
_CALLED_KO: Final = re.compile(
    rf"(?<![가-힣])(?P<name>[{_SUR_KO}][가-힣]{{2,4}})[ ]?(?:씨|님)(?![가-힣]{{2}})"
)
_DOES_KO: Final = re.compile(
    r"(?<![가-힣])(?P<name>[가-힣]{2,5})(?:[ ]입니다|[ ](?:승인|드림|올림|담당|대리 승인|확인함|확인 완료|요청함|에게 (?:인계|이관|전달)))(?![가-힣]{2})"
)
_GIVEN_TO_KO: Final = re.compile(
    r"(?:참조에?|담당자?는?|연락처는?|예금주는?|회계팀|경리부|인사팀|총무팀|영업팀|동료|직원|상담원|담당자|상사|현장에는|명의는?)[ :：]+(?P<name>[가-힣]{2,5}?)(?=(?:[ ]?(?:씨|님|[(（,.:]))|\s*$|(?:이|가|은|는|을|를|과|와|께서)(?![가-힣]))"
)
_ALONE_KO: Final = re.compile(r"^[\s>*]*(?P<name>[가-힣]{3,5})\s*$")

# A name in its own script in a note of another language.
_ABROAD: Final = re.compile(
    rf"(?<![\w])(?:w/|c/|[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|Hallo|Hola|Bonjour|Ciao|Olá|to|by|with|from|for|cc|via|asked|told|contact|an|von|mit|für|durch|à|a|par|por|avec|con|para|da|di|per|do|przez|z|od|van|door|met|aan|av|från|till|til|af|от|для|к|с|від|до|з|από|για|με)[ ]"
    rf"(?P<name>[{_HAN}]{{1,4}}(?:[ 　][{_HAN}ぁ-ゖ]{{1,4}})?|[가-힣]{{2,5}}|[\u0e01-\u0e4e]{{3,20}}|[ء-ي]{{2,12}}(?:[ ][ء-ي]{{2,12}})?|[א-ת]{{2,10}}(?:[ ][א-ת]{{2,10}})?)(?=[ ]*(?:[,.;:!?()\[\]|]|$|[A-Za-z\u00c0-\u04ff]))"
)


def scan(line: str) -> Iterator[Span]:
    """Names in one line, by what stands beside them."""
    for match in _ABROAD.finditer(line):
        if _TITLE_ZH.match(match.group("name")):
            continue
        yield _span(match, 0.7, "stands in a text of another script")
    for match in _SAID.finditer(line):
        if match.group("name") not in _KNOWN_ALREADY:
            yield _span(match, 0.85, "follows an introduction")
    for match in _GREETED.finditer(line):
        yield _span(match, 0.85, "follows an introduction")
    for match in _LATIN_DOES.finditer(line):
        yield _span(match, 0.75, "does what a person does")
    for match in _TITLE_FIRST.finditer(line):
        name, head = match.group("name"), line[: match.start()].rstrip()
        if (head and _EASTERN.match(head[-1])) or not (
            name[0] in _east.KOREAN_SURNAMES or name[:2] in DOUBLE_KO or starts_with_surname(name + "氏")
        ):
            continue
        yield _span(match, 0.7, "follows a title")
    for match in _NAMED_LATIN.finditer(line):
        if not _lexicon.flags().get(match.group("name").lower(), 0) & STOP:
            yield _span(match, 0.9, "is addressed by a title")
    if _HANGUL.search(line):
        yield from _korean(line)
    if _ANY_HAN.search(line):
        kana = _KANA.search(line) is not None
        yield from _japanese(line)
        if not kana:
            yield from _chinese(line)


_EASTERN: Final = re.compile(f"[{_HAN}가-힣ぁ-ゖァ-ヺ]")
_HANGUL: Final = re.compile("[가-힣]")
_ANY_HAN: Final = re.compile(f"[{_HAN}]")
_KANA: Final = re.compile("[ぁ-ゖァ-ヺ]")


def alone(line: str, *, signed: bool) -> Span | None:
    """The name of which a whole line consists.

    Args:
        line: The line.
        signed: Whether a closing came before.
    """
    match = _ALONE_JA.match(line)
    if match is not None and _personal(match.group("sur"), match.group("given")):
        return Span(
            match.start("sur"),
            match.end("given"),
            0.85,
            "names.signature",
            "stands alone as a signature does",
        )
    match = _ALONE_ZH.match(line)
    if (
        match is not None
        and (signed or sure_double(match.group("name")))
        and _chinese_name(match.group("name"))
    ):
        return _span(match, 0.85, "stands where a signature stands")
    match = _ALONE_KO.match(line)
    if match is not None:
        name = match.group("name")
        if (
            name[-1] not in "팀실"
            and (signed or name[-1] not in "부과점")
            and (
                (name[:2] in DOUBLE_KO and len(name) > 2)
                or (
                    signed
                    and name[0] in _east.KOREAN_SURNAMES
                    and name not in _east.NOT_KO
                    and name[:2] not in _east.NOT_KO
                )
            )
        ):
            return _span(match, 0.8, "stands where a signature stands")
    return None


def _span(match: re.Match[str], score: float, why: str) -> Span:
    return Span(match.start("name"), match.end("name"), score, "names.context", why)


_OFFICES_JA: Final = frozenset(
    [
        "営業部",
        "技術部",
        "開発部",
        "経理部",
        "総務部",
        "人事部",
        "製造部",
        "企画部",
        "広報部",
        "法務部",
        "購買部",
        "情報部",
        "全部",
        "一部",
        "本部",
        "内部",
        "外部",
        "部",
    ]
)


def _personal(sur: str, given: str) -> bool:
    """Whether two groups of characters can be a Japanese surname and a given name."""
    if _TITLE_ZH.fullmatch(sur) or _TITLE_ZH.fullmatch(given):
        return False
    if given[-1] in NOT_GIVEN_END or sur[-1] in "課室店社局係票様" or sur in _OFFICES_JA:
        return False
    if not re.fullmatch(f"[{_HAN}]+", given):
        return len(given) < 5 and starts_with_surname(sur + "氏") == len(sur)
    return (
        all(char in GIVEN_JA for char in given)
        or (any(char in GIVEN_JA for char in given) and len(given) < 4 and len(sur) < 4)
        or starts_with_surname(sur + "氏") == len(sur)
    )


def _japanese(line: str) -> Iterator[Span]:
    for match in _APART_JA.finditer(line):
        if _personal(match.group("sur"), match.group("given")) or (
            _SURELY_JA.match(line, match.end())
            and match.group("sur")[-1] not in "課室店社局係票様"
            and match.group("sur") not in _OFFICES_JA
        ):
            yield Span(
                match.start("sur"),
                match.end("given"),
                0.8,
                "names.context",
                "surname and given name in a sentence",
            )
    for match in _DOES_JA.finditer(line):
        name = match.group("name")
        if name in _KNOWN_ALREADY or name in _east.NOT_JA or name[-1] in NOT_GIVEN_END:
            continue
        given = all(char in GIVEN_JA for char in name) and len(name) < 5
        given = given or (
            line[match.end() :].startswith(("承認", "が承認"))
            and any(c in GIVEN_JA for c in name)
            and len(name) < 5
        )
        if given or (starts_with_surname(name) and any(char in GIVEN_JA for char in name[1:])):
            yield _span(match, 0.7, "does what a person does")
    for match in _HAN_NAME.finditer(line):
        if _ADDRESSED.match(line, match.end()) is not None and (_whole_name(match.group("name"))):
            yield _span(match, 0.7, "stands before an address")


def _whole_name(name: str) -> bool:
    """Whether a run of characters can be a name, written without a blank."""
    if _chinese_name(name) or (len(name) < 5 and all(char in GIVEN_JA for char in name)):
        return True
    surnames = _east.japanese_surnames()
    return any(
        len(name) > size and name[:size] in surnames and all(char in GIVEN_JA for char in name[size:])
        for size in (4, 3, 2, 1)
    )


_HAN_NAME: Final = re.compile(rf"(?<![{_HAN}])(?P<name>[{_HAN}]{{2,6}})(?![{_HAN}])")


def _chinese_name(name: str) -> bool:
    size = 2 if name[:2] in DOUBLE_ZH and len(name) > 2 else 1
    given = name[size:]
    if (
        not given
        or len(given) > 2
        or _WORDS_ZH.search(given)
        or name in _east.NOT_ZH
        or name[:2] in _east.NOT_ZH
    ):
        return False
    if size == 2:
        return True
    if starts_with_surname(name) != 1:
        return False
    return all(char in GIVEN_ZH for char in given)


def _chinese(line: str) -> Iterator[Span]:
    for match in _RUN_ZH.finditer(line):
        name = match.group("name")
        if len(name) > 2 and (
            _chinese_name(name)
            or (
                starts_with_surname(name) == 1
                and _LED_ZH.search(line, max(0, match.start() - 8), match.start())
                and _ACTS_ZH.match(line, match.end())
                and not _WORDS_ZH.search(name)
                and name[:2] not in _east.NOT_ZH
                and len(name) == 3
            )
        ):
            yield _span(match, 0.75, "stands where a person stands")
    for match in _SELF_ZH.finditer(line):
        name = match.group("name")
        if not _WORDS_ZH.search(name) and (
            _chinese_name(name)
            or (len(name) == 2 and name not in _ROLES_ZH and any(char in GIVEN_ZH for char in name))
        ):
            yield _span(match, 0.8, "follows an introduction")
    for match in _GIVEN_DOES.finditer(line):
        if all(char in GIVEN_ZH for char in match.group("name")):
            yield _span(match, 0.7, "does what a person does")
    for match in _DOUBLE.finditer(line):
        name = match.group("name")
        if not sure_double(name):
            continue
        end = match.end()
        if len(name) == 4 and (_WORDS_ZH.search(name[3]) or name[3] in "来處处负在说的是已将会会先女"):
            end -= 1
        if not _WORDS_ZH.search(name[2]):
            yield Span(match.start(), end, 0.75, "names.context", "begins with a surname of two characters")


def _korean(line: str) -> Iterator[Span]:
    given = _lexicon.east("ko_KR given")
    for pattern, score in ((_DOUBLE_KO_NAME, 0.8), (_CALLED_KO, 0.8), (_DOES_KO, 0.7), (_GIVEN_TO_KO, 0.7)):
        for match in pattern.finditer(line):
            name = match.group("name")
            polite = pattern is _CALLED_KO and 2 < len(name) < 5 and line[match.end() - 1] == "씨"
            if name in _east.NOT_KO or (name[:2] in _east.NOT_KO and not polite):
                continue
            known = name in given or name[1:] in given
            if pattern is _CALLED_KO and len(name) > 3 and not known and not polite:
                continue
            if pattern is _DOES_KO and not (
                known or name[0] in _SUR_KO or name[:2] in DOUBLE_KO or len(name) == 2
            ):
                continue
            if pattern is _DOES_KO and name.endswith(("팀", "부", "과", "후", "전", "중", "시")):
                continue
            yield _span(match, score, "stands where a person stands")
    for match in _HANGUL_NAME.finditer(line):
        name = match.group("name")
        if (
            (name[0] in _SUR_KO or name[:2] in DOUBLE_KO or name in given)
            and name not in _east.NOT_KO
            and name[:2] not in _east.NOT_KO
            and _ADDRESSED.match(line, match.end())
        ):
            yield _span(match, 0.7, "stands before an address")


_HANGUL_NAME: Final = re.compile(r"(?<![가-힣])(?P<name>[가-힣]{2,5})(?![가-힣])")
