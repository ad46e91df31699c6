"""A desk and accounts in memory, for tests of the pages alone.

It answers as a desk does: words and phrases are looked for in the texts that the reader may see, facets count
with every filter except their own, the histogram covers the range asked for, pages are cut from the sorted whole.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hushdesk.access import Accounts, Actor, Permission, Question, Role, require
from hushdesk.analytics import (
    Bar,
    CaseView,
    Facet,
    FacetValue,
    Histogram,
    Hit,
    MessageView,
    QueryError,
    SearchPage,
)
from hushdesk.desk import SignedCertificate, SignInSettings
from hushdesk.seal import Certificate
from hushdesk.vault import KeysRefusedError, OfficerDoors, OfficerKey, SharesError
from hushdesk.web import (
    KindCount,
    LoadReportView,
    LoadSummary,
    RefusedLine,
    RowCount,
    SourceCount,
    StatusView,
)

FACETS = ("product", "channel", "language", "status", "country", "source")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def token(kind: str, number: int) -> str:
    """A pseudonym as sealing makes them: a kind and fourteen characters."""
    body, state = "", number * 2654435761 + sum(map(ord, kind)) * 7919
    for _ in range(14):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        body += ALPHABET[state >> 59]
    return f"{kind}_{body}"


# Language, country, subject, customer's words, agent's words, internal note, resolution.
_SCRIPTS = [
    ("en", "US", "Router drops the connection after every reboot", "Hello, my router loses the link five minutes after a reboot. You can reach me at {EMAIL} or {PHONE}.\n\nBuild 10.0.19041.1288, serial on the sticker.\n\nRegards\n{PERSON}", "Thank you, {PERSON}. Please install firmware 4.2.1 and keep the lamp on for ten minutes.", "Customer is upset, third call this week. Escalate to tier two if firmware does not help. Caller IP was {IP}.", "Firmware 4.2.1 installed; stable for seven days."),
    ("de", "DE", "Rechnung doppelt abgebucht", "Guten Tag,\n\nvon meinem Konto {IBAN} wurde zweimal abgebucht. Bitte prüfen Sie das.\n\nMit freundlichen Grüßen\n{PERSON}\n{ADDRESS}", "Guten Tag {PERSON}, der doppelte Betrag wird innerhalb von drei Tagen erstattet.", "Buchungsfehler im Lauf vom Monatsende, siehe Sammelvorgang.", "Betrag erstattet."),
    ("fr", "FR", "Impossible d’ouvrir ma messagerie", "Bonjour,\n\nje n’arrive plus à ouvrir ma messagerie {EMAIL} depuis la mise à jour. Voici mon mot de passe : [SECRET]\n\nCordialement\n{PERSON}", "Bonjour {PERSON}, ne nous envoyez jamais votre mot de passe. Nous avons réinitialisé l’accès.", "Mot de passe envoyé en clair par le client, rappel fait.", "Accès réinitialisé."),
    ("es", "MX", "El teléfono no enciende", "Buenas tardes, el equipo no enciende desde ayer. Mi número es {PHONE}. Gracias, {PERSON}", "Hola {PERSON}, le enviamos una caja para la reparación a {ADDRESS}.", "Equipo fuera de garantía por dos días, se autoriza sin costo.", "Reparado y devuelto."),
    ("pt", "BR", "Cobrança indevida no cartão", "Olá, há uma cobrança indevida no cartão {CARD}. Podem verificar?\n{PERSON}", "Olá {PERSON}, o estorno foi pedido hoje.", "Cliente com histórico de estornos, verificar antes de aprovar.", "Estorno feito."),
    ("ja", "JP", "プリンターが認識されません", "お世話になっております。\n更新後にプリンターが認識されません。連絡先は {EMAIL} です。\n{PERSON}", "{PERSON} 様、ドライバーを再インストールしてください。手順をお送りします。", "既知の不具合。次回の更新で修正予定。", "ドライバーの再インストールで解決。"),
    ("zh", "CN", "无法登录账户", "您好，我的账户 {ACCOUNT} 今天早上开始无法登录，请尽快处理。电话 {PHONE}", "您好，{PERSON}，账户已经解锁，请重新登录。", "登录失败来自 {IP}，共十七次。", "账户已解锁。"),
    ("ar", "AE", "لا أستطيع تحديث التطبيق", "مرحبا، لا أستطيع تحديث التطبيق على جهازي. بريدي هو {EMAIL} وشكرا.\n{PERSON}", "مرحبا {PERSON}، يرجى حذف التطبيق ثم تثبيت الإصدار 7.3.0 من جديد.", "مشكلة معروفة في الإصدار 7.2.", "تم الحل بعد إعادة التثبيت."),
    ("he", "IL", "החיבור לרשת איטי מאוד", "שלום, החיבור לרשת איטי מאוד מאז אתמול. אפשר לחזור אליי בטלפון {PHONE}.\n{PERSON}", "שלום {PERSON}, בדקנו את הקו והתקלה תוקנה.", "תקלה אזורית.", "הקו תוקן."),
    ("ru", "KZ", "Не приходит код подтверждения", "Здравствуйте! Код подтверждения не приходит на номер {PHONE}. {PERSON}", "Здравствуйте, {PERSON}! Код отправлен повторно.", "Сбой у оператора связи.", "Код доставлен."),
    ("hi", "IN", "सदस्यता रद्द नहीं हो रही है", "नमस्ते, मेरी सदस्यता रद्द नहीं हो रही है। मेरा ईमेल {EMAIL} है।\n{PERSON}", "नमस्ते {PERSON}, आपकी सदस्यता रद्द कर दी गई है।", "ग्राहक को एक महीने का शुल्क वापस किया।", "सदस्यता रद्द।"),
    ("ko", "KR", "업데이트 후 화면이 멈춥니다", "안녕하세요. 업데이트 후 화면이 멈춥니다. 오류 코드는 0x80070057 입니다. {EMAIL}", "{PERSON} 님, 안전 모드에서 다시 시작해 주세요.", "동일 증상 다수 접수.", "안전 모드 재시작으로 해결."),
    ("it", "IT", "Ordine mai arrivato", "Buongiorno, il mio ordine non è mai arrivato a {ADDRESS}. {PERSON}", "Buongiorno {PERSON}, il pacco è stato rispedito.", "Corriere ha smarrito il pacco.", "Rispedito."),
    ("tr", "TR", "İnternet bağlantısı sürekli kopuyor", "Merhaba, bağlantı sürekli kopuyor. Telefonum {PHONE}. {PERSON}", "Merhaba {PERSON}, hattınız yenilendi.", "Saha ekibi gitti.", "Hat yenilendi."),
]  # fmt: skip
_PRODUCTS = ("Home Router", "Mail", "Phone X", "Billing", "Printer 3000")
_CHANNELS = ("email", "chat", "phone", "web")
_STATUSES = ("closed", "solved", "open", "pending")
_SOURCES = ("zendesk", "jira", "mbox")


def _case(number: int) -> CaseView:
    language, country, subject, asked, answered, note, resolution = _SCRIPTS[number % len(_SCRIPTS)]
    person = number % 9
    values = {
        kind: token(kind, person if kind in {"EMAIL", "PHONE", "ACCOUNT"} else 100 + number)
        for kind in ("EMAIL", "PHONE", "PERSON", "IBAN", "ADDRESS", "IP", "CARD", "ACCOUNT")
    }
    opened = datetime(2006, 1, 5, 9, 30, tzinfo=UTC) + timedelta(
        days=number * number * 1.55 % 5060, hours=number % 11
    )
    customer, agent = token("EMAIL", person), token("EMAIL", 50 + number % 4)
    messages = [
        MessageView(
            asked.format(**values), "public", opened, "customer", customer, ("screenshot.png",) * (number % 2)
        ),
        MessageView(note.format(**values), "internal", opened + timedelta(hours=1), "agent", agent, ()),
        MessageView(answered.format(**values), "public", opened + timedelta(hours=2), "agent", agent, ()),
    ]
    if number % 3 == 0:
        messages.append(
            MessageView(resolution, "public", opened + timedelta(days=1), "customer", customer, ())
        )
    status = _STATUSES[number % 7 % 4]
    texts = " ".join(message.text for message in messages)
    tokens = tuple(sorted(set(re.findall(r"[A-Z_]+_[0-9A-Z]{14}", f"{texts} {customer} {agent}"))))
    return CaseView(
        case_id=f"{number:03}" + token("X", number)[2:15],
        source=_SOURCES[number % 3],
        number=f"HD-{1000 + number}",
        opened_at=opened,
        updated_at=opened + timedelta(days=2),
        closed_at=opened + timedelta(days=2) if status in {"closed", "solved"} else None,
        first_reply_at=opened + timedelta(hours=2),
        subject=subject,
        description="",
        resolution=resolution if status in {"closed", "solved"} else "",
        remarks="Zurückgestellt bis zum Quartal." if number % 5 == 0 else "",
        notes=("Second line knows about this.",) if number % 6 == 0 else (),
        messages=tuple(messages),
        customer=customer,
        agent=agent,
        people=(customer, agent),
        tokens=tokens,
        kinds=tuple(sorted({each.rpartition("_")[0] for each in tokens})),
        country=country,
        product=_PRODUCTS[number % 5],
        channel=_CHANNELS[number % 4],
        language=language,
        status=status,
        priority=("normal", "high", "low")[number % 3],
        category="",
        tags=("vip",) if number % 8 == 0 else (),
        contract=token("ACCOUNT", person) if number % 4 == 0 else "",
        attachments=(),
        internal_hidden=0,
    )


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


@dataclass(frozen=True)
class _Term:
    text: str
    field: str = ""
    negative: bool = False


def _parse(query: str) -> list[_Term]:
    if query.count('"') % 2:
        raise QueryError(query.rindex('"'), "A phrase is not closed.", 'Close it with ".')
    depth = []
    for place, char in enumerate(query):
        if char == "(":
            depth.append(place)
        elif char == ")" and not depth:
            raise QueryError(place, "A parenthesis closes nothing.")
        elif char == ")":
            depth.pop()
    if depth:
        raise QueryError(depth[-1], "A parenthesis is not closed.", "Close it with ).")
    terms = []
    for match in re.finditer(r'(-?)(?:([a-z]+):)?(?:"([^"]*)"|([^\s"()]+))', query):
        if match[2] and match[2] not in FACETS:
            raise QueryError(match.start(2), "There is no such field.", "Fields: " + ", ".join(FACETS))
        terms.append(_Term(_fold(match[3] or match[4] or ""), match[2] or "", bool(match[1])))
    return terms


def certificate() -> dict[str, object]:
    """A certificate as a desk says it."""
    made = Certificate(
        desk_id="00",
        load_id=1,
        at="2019-12-05T04:10:00+00:00",
        population=11_800,
        sampled=1_000,
        leaking=1,
        found={"PERSON": 2},
        cases_bound=4.736,
        values_bound=9.472,
        confidence=0.95,
        cases_method="Clopper-Pearson",
        values_method="Garwood",
        ensemble="1",
        redaction="0.1.0+0123456789ab",
        policy="0123456789abcdef",
        seed="keys",
        allowed=1,
        denied=2,
        seconds=12.5,
    )
    return {**SignedCertificate(made, 1, bytes(64)).to_json(), "verified": True}


class EmptyReview:
    """A quarantine with nothing in it that nobody can open."""

    def entries(self) -> list[object]:
        return []

    def unlock(self, passphrase: str) -> OfficerKey:
        raise KeysRefusedError("officer's key")

    def unlock_with_shares(self, shares: Sequence[str]) -> OfficerKey:
        raise SharesError("none was made")

    def doors(self) -> OfficerDoors:
        return OfficerDoors(bytes(32), 1, ())


class MemoryDesk:
    """A desk over a fixed list of cases."""

    def __init__(self, count: int = 64) -> None:
        self.cases = [_case(number) for number in range(count)]
        self.asked: list[Question] = []
        self.fail_with: Exception | None = None

    def add(self, **fields: object) -> CaseView:
        """Put one more case in: the first one with other fields."""
        case = replace(self.cases[0], **fields)
        self.cases.append(case)
        return case

    def search(self, who: Actor, request: Question) -> SearchPage:
        require(who, Permission.CASES_COUNT)
        self.asked.append(request)
        if self.fail_with:
            raise self.fail_with
        terms = _parse(request.query)
        filters = dict(request.filters)
        seen = [self._visible(case, who.may(Permission.CASES_READ_INTERNAL)) for case in self.cases]
        matching = [case for case in seen if self._matches(case, terms, request)]
        found = [case for case in matching if all(getattr(case, f) in v for f, v in filters.items())]
        found.sort(key=lambda case: case.opened_at, reverse=request.sort == "newest")
        start = (request.page - 1) * request.page_size
        facets, histogram = (), None
        if request.histogram:
            facets = tuple(self._facet(field, matching, filters) for field in FACETS)
            histogram = self._histogram(found, request)
        return SearchPage(
            query=request.query,
            total=len(found),
            hits=tuple(self._hit(case) for case in found[start : start + request.page_size])
            if who.may(Permission.CASES_SEARCH)
            else (),
            page=request.page,
            page_size=request.page_size,
            facets=facets,
            histogram=histogram,
            took_ms=3.4,
            data_until=max(case.opened_at for case in self.cases),
        )

    def read(self, who: Actor, case_id: str) -> CaseView | None:
        require(who, Permission.CASES_READ)
        found = next((case for case in self.cases if case.case_id == case_id), None)
        return self._visible(found, who.may(Permission.CASES_READ_INTERNAL)) if found else None

    def export(self, who: Actor, request: Question) -> Iterator[CaseView]:
        require(who, Permission.CASES_EXPORT)
        page = self.search(who, replace(request, page=1, page_size=10**6))
        for hit in page.hits:
            case = self.read(who, hit.case_id)
            assert case is not None
            yield case

    def loads(self) -> list[LoadSummary]:
        return [
            LoadSummary(**{name: getattr(report, name) for name in LoadSummary.__slots__})
            for report in self._reports()
        ]

    def load_report(self, load_id: int) -> LoadReportView | None:
        return next((report for report in self._reports() if report.id == load_id), None)

    def certificates(self) -> list[dict[str, object]]:
        return [certificate()]

    def review(self, who: Actor) -> EmptyReview:
        return EmptyReview()

    def status(self) -> StatusView:
        return StatusView(
            name="Contoso support",
            version="0.1.0",
            cases=len(self.cases),
            oldest=min(case.opened_at for case in self.cases),
            newest=max(case.opened_at for case in self.cases),
            last_load=datetime(2019, 12, 5, 4, 10, tzinfo=UTC),
            bytes_on_disk=48_213_991,
            sources=tuple(SourceCount(*each) for each in Counter(c.source for c in self.cases).most_common()),
            findings=self._findings(),
            quarantined=3,
            leak_checked=len(self.cases) + 3,
            leak_hits=3,
        )

    def _findings(self) -> tuple[KindCount, ...]:
        counts = Counter(each.rpartition("_")[0] for case in self.cases for each in case.tokens)
        return tuple(KindCount(*each) for each in counts.most_common())

    def _reports(self) -> list[LoadReportView]:
        first = LoadReportView(
            id=1,
            state="finished",
            started=datetime(2019, 12, 5, 4, 2, tzinfo=UTC),
            finished=datetime(2019, 12, 5, 4, 10, tzinfo=UTC),
            sources=("zendesk",),
            inputs=("exports/zendesk-2019.zip",),
            rows=(RowCount("users", 812, 790), RowCount("comments", 20_411, 20_411)),
            cases_in=12_007,
            stored=11_800,
            newer=14,
            unchanged=190,
            refused=14,
            quarantined=3,
            refused_lines=(
                RefusedLine("bad_date", "tickets.jsonl, row 77, field created_at", "the date cannot be read", "Name the date format with --dates."),
                RefusedLine("truncated", "part-3.json.gz", "the file ends in the middle", "Fetch it again."),
            ),
            refused_total=14,
            findings=self._findings(),
            leak_hits=3,
            unmapped=("custom_fields.shoe_size", "x-origin"),
            warnings=("Times without a zone were read as UTC.",),
            rate=1830.4,
            reasons=(KindCount("bad_date", 13), KindCount("truncated", 1)),
            doubts=(KindCount("PHONE in messages.text", 3),),
            certificate=certificate(),
        )  # fmt: skip
        second = replace(
            first,
            id=2,
            state="interrupted",
            started=datetime(2019, 12, 6, 4, 2, tzinfo=UTC),
            finished=None,
            sources=("jira", "mbox"),
            inputs=("exports/jira.csv", "exports/mail"),
            cases_in=900,
            stored=900,
            newer=0,
            unchanged=0,
            refused=0,
            quarantined=0,
            refused_lines=(),
            refused_total=0,
            reasons=(),
            leak_hits=0,
            doubts=(),
            rows=(),
            unmapped=(),
        )
        return [second, first]

    @staticmethod
    def _visible(case: CaseView, internal: bool) -> CaseView:
        if internal:
            return case
        public = tuple(message for message in case.messages if message.visibility == "public")
        hidden = len(case.messages) - len(public) + len(case.notes) + bool(case.remarks)
        return replace(case, messages=public, notes=(), remarks="", internal_hidden=hidden)

    @staticmethod
    def _matches(case: CaseView, terms: list[_Term], request: Question) -> bool:
        if request.start and case.opened_at < request.start:
            return False
        if request.end and case.opened_at >= request.end:
            return False
        texts = [case.subject, case.resolution, case.remarks, case.number, *case.notes, *case.tokens]
        whole = _fold("\n".join(texts + [message.text for message in case.messages]))
        for term in terms:
            found = _fold(getattr(case, term.field)) == term.text if term.field else term.text in whole
            if found == term.negative:
                return False
        return True

    @staticmethod
    def _facet(field: str, matching: list[CaseView], filters: dict[str, tuple[str, ...]]) -> Facet:
        others = {name: values for name, values in filters.items() if name != field}
        rest = [case for case in matching if all(getattr(case, f) in v for f, v in others.items())]
        counts = Counter(getattr(case, field) for case in rest).most_common()
        chosen = filters.get(field, ())
        return Facet(
            field,
            tuple(FacetValue(value, count, value in chosen) for value, count in counts[:10]),
            len(counts) > 10,
        )

    @staticmethod
    def _histogram(found: list[CaseView], request: Question) -> Histogram | None:
        if not found:
            return None
        first, last = min(c.opened_at for c in found).year, max(c.opened_at for c in found).year
        low = request.start or datetime(first, 1, 1, tzinfo=UTC)
        high = request.end or datetime(last + 1, 1, 1, tzinfo=UTC)
        grain = "year" if (high - low).days > 1500 else "month"
        bars, at = [], low
        while at < high:
            step = datetime(at.year + 1, 1, 1, tzinfo=UTC)
            if grain == "month":
                step = datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)
            bars.append(Bar(at, step, sum(at <= case.opened_at < step for case in found)))
            at = step
        return Histogram(grain, tuple(bars))

    @staticmethod
    def _hit(case: CaseView) -> Hit:
        names = (
            "case_id",
            "number",
            "opened_at",
            "source",
            "product",
            "channel",
            "language",
            "status",
            "priority",
        )
        return Hit(
            **{name: getattr(case, name) for name in names},
            country=case.country,
            customer=case.customer,
            subject=case.subject,
            snippet=case.messages[0].text[:240] if case.messages else "",
            messages=len(case.messages),
        )


class PlainHasher:
    """Keeps tests quick; the real one is meant to be slow."""

    def hash(self, password: str) -> str:
        return hashlib.sha256(password.encode()).hexdigest()

    def verify(self, hashed: str, password: str) -> bool:
        return self.hash(password) == hashed

    def outdated(self, _hashed: str) -> bool:
        return False


def password_of(role: str) -> str:
    """The password of the test account of a role."""
    return f"{role} walks over green hills"


KEY = b"a key for second factors of test".ljust(32)


def accounts_at(path: Path, settings: SignInSettings | None = None) -> Accounts:
    """The accounts of a file; no role must have a second factor unless it is said."""
    return Accounts(
        path, hasher=PlainHasher(), key=KEY, settings=settings or SignInSettings(second_factor=())
    )


def make_accounts(
    path: Path, roles: Iterable[Role] = tuple(Role), settings: SignInSettings | None = None
) -> Accounts:
    """Real accounts, one per role and named after it, with passwords of their own; no role must have a second factor."""
    accounts = accounts_at(path, settings)
    for role in roles:
        generated = accounts.create(role.value, role)
        accounts.change_password(accounts.by_name(role.value).id, generated, password_of(role.value))
    return accounts
