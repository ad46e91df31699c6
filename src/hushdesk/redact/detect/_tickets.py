"""Who did what, as tickets say it: "Assigned to: rlouw", "closed by m.delgado on 11 March", "Mrs D upset", 张经理."""

from __future__ import annotations

from collections.abc import Iterator

from hushdesk.redact._boxes import SHARED
from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._cues import in_bytes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._text import UPPER

_LOGIN = r"(?P<v>@?[a-z][a-z0-9]{0,20}(?:[._\-][a-z0-9]{1,20}){0,2}\d{0,4})(?![\w@]|\.\w|[\-/:]\w)"
_LABELLED = lazily(rf"[\"']?[ \t]{{0,3}}[:=][ \t]{{0,3}}[\"']?{_LOGIN}(?![ ][a-z]+(?:[ .,;?!]|\Z))")
_FURTHER = lazily(rf"[ ]?[,;][ ]?{_LOGIN}(?![ ]?[:=])(?![ ][a-z]+(?:[ .,;?!]|\Z))")
_DONE_BY = lazily(
    rf"[ ]?:?[ ]{_LOGIN}(?=[ ]?(?:[.,;)\n\x01]|\Z|[ ](?:on|at|am|um|le|el)[ ]\d|[ ]\d|[ ][-–(]))"
)
NOBODY = SHARED | frozenset(
    words(
        """
    none unassigned queue group triage tier1 tier2 tier3 l1 l2 l3 level1 level2 bot system automation automatic workflow rule script scheduler cron nobody anyone someone everyone
    n/a na tbd unknown pending open closed new vendor supplier manager engineering engineers developer developers devops dba network networking field dispatch backoffice back-office
    default phone chat portal web api mistake accident restart reboot reset update upgrade itself himself herself them us me him her you default courier post
    engineering operations ops it noc soc qa finance logistics warehouse management reception
    terraform zendesk stripe klarna bitlocker systemd hotfix hotline mysql nginx microsoft zabbix sharepoint servicenow hardware software technik einkauf jira jenkins github gitlab docker kubernetes windows google amazon
    aws azure paypal adyen salesforce hubspot intercom freshdesk nagios grafana prometheus datadog pagerduty slack teams outlook exchange cloudflare apple oracle postgres sap php sha md5 python java node linux ubuntu
    timeout merge replacing replacement refund workaround fix patch request design error policy law proxy
    """
    )
)
"""Who does things in tickets and is nobody, and by what else things are done."""


def _login(start: int, value: str, why: str) -> Finding | None:
    bare = value.lstrip("@")
    marked = any(c.isdigit() or c in "._" for c in bare) or value[0] == "@"
    if (
        len(bare) < 3
        or bare.rstrip("0123456789") in NOBODY
        or bare.split("-")[0] in NOBODY
        or (not marked and (is_plain(bare) or len(bare) < 4 or bare.endswith("s")))
        or sum(map(str.isalpha, bare)) < 3
    ):
        return None
    return Finding(
        start, start + len(value), Kind.USERNAME, 0.7, "ticket-user", canonical(Kind.USERNAME, bare), why
    )


def check_labelled(text: str, end: int) -> Iterator[Finding]:
    """Look behind "Assignee" and the like for a user name, and for those in a list behind it."""
    match = _LABELLED.match(text, end)
    while match is not None:
        if found := _login(match.start("v"), match["v"], "stands where a ticket names who it is with"):
            yield found
        match = _FURTHER.match(text, match.end("v"))


def check_done_by(text: str, end: int) -> Finding | None:
    """Look behind "closed by" and the like for a user name."""
    match = _DONE_BY.match(text, end)
    if match is None or ("-" in match["v"] and not any(map(str.isdigit, match["v"]))):
        return None
    value = match["v"]
    return _login(match.start("v"), value, "stands where a ticket says who did it")


_INITIAL = lazily(rf"\.?[ ](?P<v>[{UPPER}](?:\.[ ]?[{UPPER}]){{0,2}}\.?)(?![\w&'’/+\-]|[ ]?&)")


def check_initial(text: str, end: int) -> Finding | None:
    """Look behind a title for a name of which there is only the initial."""
    match = _INITIAL.match(text, end)
    if match is None or match["v"] in {"I", "A"}:
        return None
    return Finding(
        *match.span("v"), Kind.PERSON, 0.65, "titled-initial", match["v"], "an initial behind a title"
    )


FAMILIES = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖田董袁潘蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁沈姚卢盧姜崔钟鍾谭譚陆陸汪范石廖贾賈韦韋夏白邹鄒孟熊秦邱江尹薛闫雷侯龍史陶黎贺賀顾顧郝龚龔邵萬钱錢严嚴武戴莫孔湯"
_TITLED = lazily(
    rf"(?<![{FAMILIES}上本每下这那一工流课教过历最提由])(?P<v>[{FAMILIES}])(?:经理|經理|小姐|女士|先生|主任|老师|老師|师傅|師傅|医生|醫生|律师|律師|同学|太太|总监|店长|店長)"
)
_KOREAN = lazily(
    r"(?<![\uac00-\ud7af])(?P<v>[김박최강윤장임오서권황안송류유홍문양손배백허남심노하곽성차민진나엄채원천방공함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국](?=[ ]?[가-힣])|[이전현구신정부한우주지조고](?=[가-힣]))[ ]?(?:대리|과장|팀장|부장|차장|사원|주임|실장|이사|사장|대표|선생|기사|매니저|상담사|점장|원장|교수|변호사)(?=님|[이가은는을를께와과의도,. ]|\Z)"
)


def check_titled(text: str, end: int) -> Finding | None:
    """Look before a title of Chinese or Korean whose end is near for a family name alone."""
    for pattern in (_TITLED, _KOREAN):
        for match in pattern.finditer(text, max(0, end - 8), min(len(text), end + 2)):
            if match.end() >= end:
                return Finding(
                    *match.span("v"),
                    Kind.PERSON,
                    0.65,
                    "titled-family",
                    match["v"],
                    "a family name before a title",
                )
    return None


_DOERS = "assigned|closed|modified|resolved|created|reviewed|approved|signed[ -]off|edited|opened|updated|handled|escalated|reassigned|logged|raised|submitted|reported|actioned|processed|authori[sz]ed|verified|requested|cancelled|completed|entered|changed|deleted|locked|unlocked|reopened|tested|deployed|committed|merged"
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "ticket-user",
        (
            r"\b(?:assigned[ _-]?to|assignee|reporter|owner|watchers?|resolver|requester|requestor|approver|reviewer|submitter|author|committer|case[ _]owner|agent[ _]?id|(?:created|updated|modified|closed|resolved|opened|assigned)_by)\b",
            r"\b(?:bearbeiter|zugewiesen an|zugewiesen|verantwortlich|asignado a|assegnato a|toegewezen aan|przypisane do|tildelt)\b",
            in_bytes("(?:assigné à|attribué à|atribuído a|назначено|исполнитель|Назначено|Исполнитель)"),
            rf"\b(?:{_DOERS})[ -]by\b",
        ),
        check_labelled,
    ),
    Detector("ticket-user", (rf"\b(?:{_DOERS}) by\b", r"\b(?:geschlossen|bearbeitet|erstellt|angelegt|ge\xc3\xa4ndert) von\b"), check_done_by),
    Detector("titled-initial", (r"\b(?:Mr|Mrs|Ms|Mme|Mlle|Herrn?|Frau|Hr|Fr|Sra|Srta|Sig\.ra|Dhr|Mevr|Mw|Pani)\b",), check_initial, case_sensitive=True),
    Detector(
        "titled-family",
        (
            in_bytes("(?:经理|經理|小姐|女士|先生|主任|老师|老師|师傅|師傅|医生|醫生|律师|律師|同学|太太|总监|店长|店長)"),
            in_bytes("(?:대리|과장|팀장|부장|차장|사원|주임|실장|이사|사장|대표|선생|기사|매니저|상담사|점장|원장|교수|변호사)"),
        ),
        check_titled,
    ),
)  # fmt: skip
