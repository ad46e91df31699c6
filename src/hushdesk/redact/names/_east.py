"""Names in Japanese, Chinese and Korean: surname lists, forms of address, introductions, labels, signatures."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _lexicon
from hushdesk.redact.names._tokens import Span

HAN: Final = "\u3400-\u9fff々〇ヶ"
_KANA: Final = "ぁ-ゖァ-ヺー"
_SURNAMES_JA: Final = """
佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 齋藤 斉藤 清水 山崎 阿部 森 池田 橋本 山下 石川 中島 前田 藤田 後藤 小川 岡田 村上 長谷川 近藤 石井 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 藤原
岡本 松田 中川 中野 原田 小野 田村 竹内 金子 和田 中山 石田 上田 森田 柴田 酒井 工藤 横山 宮崎 宮本 内田 高木 安藤 島田 谷口 大野 高田 丸山 今井 河野 藤本 村田 武田 上野 杉山 増田 平野 大塚 千葉 久保 松井 小島 岩崎 桜井 野口 松尾 野村 木下 菊地 菊池
佐野 大西 杉本 新井 浜田 市川 古川 水野 小松 島崎 北村 西田 五十嵐 吉川 飯田 本田 久保田 安田 川口 関 中田 川崎 平田 松岡 東 辻 服部 土屋 樋口 秋山 田口 永井 山中 中西 吉村 川上 大橋 石原 松浦 荒木 大久保 熊谷 馬場 浅野 星野 大島 松下 菅原 福島 矢野
黒田 西川 内藤 岩田 望月 堀 本間 小池 早川 大谷 横田 成田 宮田 石橋 高山 堀内 荒井 白石 三宅 小山 桑原 岡崎 片山 須藤 奥村 栗原 伊東 松村 鎌田 平井 関口 小田 榎本 川村 吉岡 津田 黒木
""".split()
_SUFFIX_JA: Final = "さん|さま|様|氏|殿|先生|くん|君|ちゃん|部長|課長|係長|社長|主任|店長|室長|教授"
NOT_JA: Final = frozenset(
    """
お客 客 皆 皆々 担当 担当者 管理者 御担当者 ご担当者 各位 関係者 利用者 お得意 得意 奥 お父 お母 父 母 兄 姉 神 王 何 誰 同 仕 多 模 有 異 一 様々 貴 弊社 御社 貴社 株式会社 お子 子供 お嬢 殿 先生 医者 会員 店員 社員 上 下 両 本 今 彼 彼女 部 課
外 主 副 前 元 新 旧 サポート ユーザー カスタマー スタッフ オペレーター エンジニア メーカー ベンダー センター システム サービス パートナー
""".split()
)
_CALLED_JA: Final = re.compile(
    rf"(?P<name>(?:[{HAN}]{{1,6}}(?:[ 　]?[{HAN}ぁ-ゖ]{{1,4}})?|[ァ-ヺー]{{2,10}}(?:[・ 　＝][ァ-ヺー]{{2,12}}){{0,2}}))[ 　]?(?:{_SUFFIX_JA})"
)
_INTRO_JA: Final = re.compile(
    rf"(?:(?<=[はの、。：:「 　をり])|^)(?P<name>[{HAN}]{{1,4}}[ 　]?[{HAN}ぁ-ゖ]{{0,4}}?|[ァ-ヺー]{{2,10}}(?:[・ 　][ァ-ヺー]{{2,12}})?)(?:と申します|ともうします|と言います|といいます|という者|でございます|です。|です$|より(?:電話|連絡|メール|依頼|問))"
)
_LABEL_EAST: Final = re.compile(
    rf"(?:氏名|お名前|名前|ご担当者?|担当者?|お客様名|顧客名|依頼者|送信者|差出人|宛先|連絡先担当|申込者|契約者|姓名|联系人|聯絡人|客户姓名|客戶姓名|客户|客戶|经办人|收件人|发件人|寄件人|申请人|申請人|负责人|負責人|名字|来电人"
    rf"|이름|성명|성함|고객명|담당자?|신청인|신청자|문의자|보낸 ?사람|받는 ?사람|연락 담당자|요청자|접수자)\s*[:：=|]\s*(?P<name>[{HAN}{_KANA}]{{2,5}}(?:[ 　・][{HAN}{_KANA}]{{1,8}})?|[가-힣]{{2,5}}|[가-힣] [가-힣]{{2}})"
)
_RUN_JA: Final = re.compile(
    rf"(?<![{HAN}])(?P<sur>[{HAN}]{{1,4}})[ 　](?P<given>[{HAN}]{{1,3}}|[ぁ-ゖ]{{2,3}}[{HAN}]?)(?![{HAN}])"
)
_HAN_RUN: Final = re.compile(rf"[{HAN}]+")

TITLES_ZH: Final = "先生|小姐|女士|太太|夫人|经理|經理|老师|老師|总监|總監|总|主任|工程师|工程師|医生|醫生|律师|律師|同学|同學|博士|教授|主管|科长|科長|处长|處長|部长|部長|师傅|師傅|大哥|大姐"
_COMMONEST_ZH: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤"
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭蔣餘葉蘇呂盧鍾譚陸範賈韋鄒龍賀顧龔萬錢嚴湯莊簡游詹"
)
_DOUBLE_ZH: Final = "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯"
_SUR_ZH: Final = rf"(?:{_DOUBLE_ZH}|[{_COMMONEST_ZH}])"
_TITLED_ZH: Final = re.compile(rf"(?P<name>{_SUR_ZH}[{HAN}]{{0,2}}?)(?:{TITLES_ZH})(?!经理|經理)")
_INTRO_ZH: Final = re.compile(
    rf"(?:我叫|我是|名叫|叫做|本人|我名叫|称呼我|姓名是|名字是|我的名字是|我的名字叫|联系人是|这里是|這裡是|客户|客戶|同事|联系了|聯絡了|转给|轉給|转交给|分配给|指派给|与|與|和|跟|由|请联系|致电|打给)"
    rf"(?P<name>{_SUR_ZH}[{HAN}]{{1,2}}?)(?=[，,。.！!；;、 \s（(：:]|$|来电|來電|联系|聯繫|沟通|溝通|通话|通話|确认|確認|说|說|表示|反馈|反映|处理|處理|跟进|提交|负责|電話|电话)"
)
_GREET_ZH: Final = re.compile(
    rf"^[\s>]*(?:尊敬的|亲爱的|親愛的|你好|您好|嗨|致)[，, ]?(?P<name>{_SUR_ZH}[{HAN}]{{1,2}})(?=[，,：:！! ]|$|您好|你好)"
)
NOT_ZH: Final = frozenset(
    """
高级 高端 方便 方法 方式 方面 金额 金融 石油 白色 万一 任何 任务 周一 周二 周三 周四 周五 周六 周日 周末 江苏 夏天 向您 余额 程序 于是 何时 何种 时间 高清 马上 毛病 田间 许多 許多 严重 嚴重 任務 餘額 方案 万能 白天 金牌 龙头 史上 武汉 汤
""".split()
)

_SUR_KO: Final = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국"
_NAME_KO: Final = rf"(?:남궁|황보|선우|제갈|[{_SUR_KO}])[가-힣]{{1,2}}"
_CALLED_KO: Final = re.compile(
    rf"(?<![가-힣])(?P<name>{_NAME_KO}|[{_SUR_KO}])[ ]?(?:고객님|선생님|과장님?|대리님?|부장님?|차장님?|팀장님?|사원|주임|실장님?|이사님?|사장님?|매니저님?|교수님?|기사님|상담원|담당자|님|씨|군|양)(?![가-힣]{{3}})"
)
_GIVEN_KO: Final = re.compile(
    r"(?<![가-힣])(?P<name>[가-힣]{2,3})[ ]?(?:씨|님)(?=[은는이가께의,.!? ]|에게|$|과|와|도)"
)
_INTRO_KO: Final = re.compile(
    rf"(?:저는|나는|제 ?이름은|이름은|성함은|여기는|담당자)[ ]+(?:[가-힣]+의[ ]+|[가-힣]+팀[ ]+)?(?P<name>{_NAME_KO})(?=이라고|라고|입니다|이고|이며|예요|이에요|이[ ]|[.,]|$)"
)
_SELF_KO: Final = re.compile(
    rf"(?<![가-힣])(?P<name>{_NAME_KO})(?:입니다|이라고 합니다|라고 합니다| 드림| 올림| 배상)"
)
NOT_KO: Final = frozenset(
    """
고객 선생 담당 담당자 관리자 사용자 여러분 기사 사장 회원 이용자 상담원 구매자 판매자 작성자 부모 손 손님 이용 문의 신청 이전 이상 이번 조금 정말 정상 장애 오류 한번 하나 전화 전체 주문 배송 문제 방법 안내 안녕 성공 지금 지역 최대 최고 최신 서비스 서울
고장 이것 그것 연락 송장 진행 확인 감사 주소 구입 도움 신규 유선 무선 현재 오늘 내일 어제 우리 저희 모두 남편 노트북 이메일 주말 변경 설정 기본 공지 공개 정기 임시 이유 조치 반품 환불 기능 기간 제품 국내 마지막 고유 구독 기존 지원 추가 차단 정보 우편
도착 선택 한국 한글 인증 원인 전송 전용 문자
""".split()
)


@functools.cache
def japanese_surnames() -> frozenset[str]:
    """Common surnames in kanji."""
    return frozenset(_SURNAMES_JA) | {
        name for name in _lexicon.east("ja_JP surname") if re.fullmatch(f"[{HAN}]+", name)
    }


@functools.cache
def _japanese_given() -> frozenset[str]:
    return frozenset(name for name in _lexicon.east("ja_JP given") if re.fullmatch(f"[{HAN}ぁ-ゖ]+", name))


def scan(line: str) -> Iterator[Span]:
    """Names in one line of Japanese, Chinese or Korean."""
    for match in _LABEL_EAST.finditer(line):
        if match.group("name") not in NOT_JA | NOT_KO:
            yield _span(match, 0.9, "is the value of a field for a person")
    if re.search("[가-힣]", line):
        yield from _korean(line)
    if re.search(f"[{HAN}]", line) or re.search("[ァ-ヺ]", line):
        if re.search("[ぁ-ゖァ-ヺ]", line):
            yield from _nippon(line)
        else:
            yield from _chinese(line)
            yield from _nippon(line, kana=False)


def _span(match: re.Match[str], score: float, why: str, cut: int = 0) -> Span:
    return Span(match.start("name") + cut, match.end("name"), score, "names.east", why)


def _nippon(line: str, *, kana: bool = True) -> Iterator[Span]:
    surnames = japanese_surnames()
    for match in _CALLED_JA.finditer(line):
        name = match.group("name")
        if (
            name in NOT_JA
            or any(name.endswith(word) for word in NOT_JA if len(word) > 1)
            or name[-1] in "社部課店室者方々"
        ):
            continue
        cut = _surname_at(name, surnames)
        if cut >= 0:
            yield _span(match, 0.93, "is addressed by a title", cut)
        elif kana and (
            (len(name) <= 4 and not re.search("[ぁ-ゖ]", name)) or (name[0] >= "ァ" and name[0] <= "ヺ")
        ):
            yield _span(match, 0.75 if len(name) > 1 else 0.5, "is addressed by a title")
    for match in _INTRO_JA.finditer(line):
        name = match.group("name")
        cut = _surname_at(name, surnames)
        if cut >= 0:
            yield _span(match, 0.92, "follows an introduction", cut)
        elif "申" in match.group() and name not in NOT_JA and len(name) > 1:
            yield _span(match, 0.75, "follows an introduction")
    for match in _RUN_JA.finditer(line):
        if match.group("sur") in surnames:
            yield Span(match.start("sur"), match.end("given"), 0.85, "names.east", "surname and given name")
    given = _japanese_given()
    for match in _HAN_RUN.finditer(line):
        run = match.group()
        for size in (3, 2, 1):
            if run[:size] in surnames and run[size:] in given:
                yield Span(match.start(), match.end(), 0.75, "names.east", "surname and given name")
                break


def _surname_at(name: str, surnames: frozenset[str]) -> int:
    """Where a surname begins in a run such as ``弊社営業佐藤``: 0 at its start, -1 when there is none."""
    head = re.split("[ 　]", name)[0]
    for size in (4, 3, 2, 1):
        if head[:size] in surnames and len(head) - size <= 3:
            return 0
    for size in (3, 2):
        if head[-size:] in surnames:
            return len(head) - size
    return -1


def _chinese(line: str) -> Iterator[Span]:
    for pattern, score, why in (
        (_TITLED_ZH, 0.92, "is addressed by a title"),
        (_INTRO_ZH, 0.85, "follows an introduction"),
        (_GREET_ZH, 0.9, "follows a greeting"),
    ):
        for match in pattern.finditer(line):
            name = match.group("name")
            if name not in NOT_ZH and name[:2] not in NOT_ZH and not re.search(f"(?:{TITLES_ZH})$", name):
                yield _span(match, score, why)
    surnames, given = _zh()
    for match in _HAN_RUN.finditer(line):
        run = match.group()
        if 2 <= len(run) <= 4 and any(
            run[:n] in surnames and run[n:] in given and (len(run) > n + 1) for n in (1, 2)
        ):
            yield Span(match.start(), match.end(), 0.7, "names.east", "surname and given name")


KOREAN_SURNAMES: Final = frozenset(_SUR_KO) | {"남궁", "황보", "선우", "제갈"}


def chinese_surnames() -> frozenset[str]:
    """Surnames of one and of two characters."""
    return _zh()[0]


@functools.cache
def _zh() -> tuple[frozenset[str], frozenset[str]]:
    surnames = frozenset(_COMMONEST_ZH) | frozenset(_DOUBLE_ZH.split("|"))
    return surnames, _lexicon.east("zh_CN given") | _lexicon.east("zh_TW given")


def _korean(line: str) -> Iterator[Span]:
    given = _lexicon.east("ko_KR given")
    for pattern, score, why in (
        (_CALLED_KO, 0.92, "is addressed by a title"),
        (_INTRO_KO, 0.92, "follows an introduction"),
        (_SELF_KO, 0.88, "follows an introduction"),
        (_GIVEN_KO, 0.7, "is addressed by a title"),
    ):
        for match in pattern.finditer(line):
            name = match.group("name")
            if name in NOT_KO or name[:2] in NOT_KO or len(name) < 2:
                continue
            if pattern is _SELF_KO and len(name) < 3 and name[1:] not in given:
                continue
            if pattern is _GIVEN_KO and name not in given and name[-2:] not in given:
                continue
            yield _span(match, score, why)
    for match in re.finditer(r"(?<![가-힣])[가-힣]{3}(?![가-힣]{2})", line):
        if match.group()[0] in _SUR_KO and match.group()[1:] in given and match.group()[:2] not in NOT_KO:
            yield Span(match.start(), match.end(), 0.7, "names.east", "surname and given name")


_SIGNATURE: Final = re.compile(
    rf"^[\s>*]*(?P<name>{_SUR_ZH}[{HAN}]{{1,2}}|[{HAN}]{{2,4}}(?:[ 　][{HAN}ぁ-ゖ]{{1,4}})?|{_NAME_KO})(?:[ ]?(?:드림|올림|敬上|上|拝|拜上|谨上))?\s*$"
)
_SIGN_OFF: Final = re.compile(
    r"^[\s>]*(?:此致|此致[，, ]?敬[礼禮]|敬礼|敬禮|谢谢|謝謝|多谢|祝好|顺颂商祺|順頌商祺|敬上|感謝|感谢|以上|よろしくお願い.*|宜しくお願い.*|敬具|草々|どうぞよろしく.*|감사합니다|감사드립니다|수고하세요|안녕히 계세요|.{0,40}(?:드림|올림|배상))[，,。.!！\s]*$"
)


def signs_off(line: str) -> bool:
    """Whether a line ends a letter."""
    return _SIGN_OFF.match(line) is not None


def signer(line: str) -> Span | None:
    """The name of which a signature line consists."""
    match = _SIGNATURE.match(line)
    if match is None:
        return None
    name = match.group("name")
    known = name[0] in _COMMONEST_ZH or name[0] in _SUR_KO or _surname_at(name, japanese_surnames()) == 0
    if name[-1] in "팀실" or not known or name in NOT_KO or name in NOT_ZH or name in NOT_JA:
        return None
    return _span(match, 0.88, "stands where a signature stands")
