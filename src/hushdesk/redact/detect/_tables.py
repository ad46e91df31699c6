"""Columns of tables whose header alone says what they hold: pasted sheets, CSV, output of databases, rows of SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._cues import hyperscan_word, in_bytes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._settings import SERVICES, is_value

_NAMES = words(
    r"""
    first_?name last_?name full_?name middle_?name given_?name family_?name fname lname surname forename customer_?name client_?name contact_?(?:name|person) account_?holder card_?holder holder_?name policy_?holder
    patient(?:_?name)? employee_?name member_?name user_?full_?name guest_?name passenger(?:_?name)? tenant_?name student_?name owner_?name caller_?name requester requestor recipient_?name assignee next_?of_?kin emergency_?contact maiden_?name
    vorname nachname familienname zuname rufname geburtsname kundenname ansprechpartner(?:in)? kontoinhaber(?:in)? karteninhaber versicherungsnehmer versicherter sachbearbeiter(?:in)? mitarbeitername prénom prenom nom_(?:de_famille|du_client|complet) titulaire interlocuteur
    nombre_(?:completo|y_apellidos|del?_cliente) apellidos? apellido_?[12] titular cognome nome_(?:completo|cliente|e_cognome) intestatario sobrenome apelido nome_do_cliente voornaam achternaam klantnaam contactpersoon förnamn efternamn kundnamn fornavn etternavn efternavn kundenavn
    etunimi sukunimi imię imi[eę]_i_nazwisko nazwisko jméno_a_příjmení příjmení krstné_meno priezvisko vezetéknév keresztnév prenume nume_de_familie soyad[ıi]? ad[ıi]?_soyad[ıi]? фамилия имя_и_фамилия отчество фио ф\.и\.о\. прізвище піб ім['’]я име_и_фамилия презиме
    επώνυμο ονοματεπώνυμο 姓名 客户姓名 联系人 氏名 お名前 名前 担当者 성명 이름 고객명 담당자 họ_tên họ_và_tên nama_lengkap nama_pelanggan
    """
)
_TOWNS = words(
    r"""
    zip(?:_?code)? post(?:al)?_?code plz postleitzahl code_postal código_postal codigo_postal cap cep postcode postnummer postinumero kod_pocztowy psč irányítószám posta_kodu индекс 郵便番号 邮编 우편번호
    city town ort stadt wohnort ville commune ciudad localidad población città comune cidade localidade plaats woonplaats stad ort poststed by paikkakunta miasto miejscowość město obec város oraș localitate şehir il ilçe город місто град πόλη 城市 市区町村 도시
    """
)
"""Parts of an address where another column has its street."""
_PERHAPS_NAMES = words(
    r"""
    name names customer client contact owner agent employee member user_?name_full guest tenant student caller sender recipient person kunde kundin name_kunde mitarbeiter(?:in)? bearbeiter(?:in)? nom client nombre cliente nome naam klant namn kund navn nimi asiakas imi[eę] jméno klient meno név ügyfél nume ad[ıi]? müşteri имя клиент ім['’]я клієнт
    име όνομα πελάτης 客户 顧客 고객 nama tên
    """
)
"""What a column of names is called, or one of products."""
_USERS = words(
    r"""
    user_?names? user_?id userid uname login(?:_?(?:name|id))? logon(?:_?name)? sam_?account_?name upn nick(?:_?name)? handle screen_?name benutzer(?:name|kennung)? anmeldename identifiant(?:_de_connexion)? pseudo usuario nombre_de_usuario utente nome_utente nome_de_usuário usuário utilizador
    gebruiker(?:snaam)? inlognaam användarnamn användare brugernavn brukernavn bruker käyttäjä(?:tunnus|nimi)? nazwa_użytkownika użytkownik uživatel(?:ské_jméno)? přihlašovací_jméno felhasználó(?:név)? utilizator kullanıcı(?:_adı)? логин имя_пользователя пользователь логін користувач потребител(?:ско_име)?
    όνομα_χρήστη 用户名 ユーザー名 ユーザーid 아이디 사용자명
    """
)
_SECRETS = words(
    r"""
    pass_?(?:word|wd|code|phrase)? passwd pwd pw pin(?:_?code)? puk secret secret_?key api_?(?:key|token|secret) access_?(?:key|token) token otp security_?answer pass_?wort kennwort mot_de_passe mdp code_secret contraseña clave(?:_de_acceso)? senha palavra_?passe parola(?:_d['’]ordine)?
    wachtwoord lösenord adgangskode kodeord passord salasana hasło heslo jelszó parolă şifre пароль пін_?код пин_?код парола κωδικός_πρόσβασης 密码 密碼 パスワード 暗証番号 비밀번호 mật_khẩu kata_sandi
    """
)
_ADDRESSES = words(
    r"""
    address(?:_?(?:line)?_?[12])? (?:home|postal|billing|shipping|delivery|street|mailing|full)_?address street(?:_?(?:name|line)?_?[12]?)? addr(?:1|2)? adresse anschrift wohnanschrift lieferadresse rechnungsadresse stra(?:ß|ss)e str\. straße_?(?:/|und|,)?_?(?:haus)?nr\.? rue voie
    dirección direccion domicilio calle indirizzo via endereço endereco morada rua adres straat gatuadress adress gateadresse gadenavn osoite katuosoite ulica adresa ulice cím utca strada adresi sokak адрес улица адреса вулиця διεύθυνση οδός 地址 住所 주소 alamat địa_chỉ
    """
)
_BIRTHS = words(
    r"""
    dob d\.o\.b\.? date_?of_?birth birth_?(?:date|day) born geburtsdatum geburtstag geb\.?(?:_?dat(?:um|\.)?)? geb\.am date_de_naissance naissance né\(e\)_le fecha_(?:de_)?nac(?:imiento|\.)? f\.?_?nac(?:imiento)?\.? data_(?:di|de)_nas(?:cita|cimento) nascimento nato_il geboortedatum geb\.datum
    födelsedatum fødselsdato fødselsdag syntymäaika data_urodzenia dat(?:a|um)_narozen[ií] dátum_narodenia születési_(?:idő|dátum) data_nașterii doğum_tarihi дата_рождения д\.?_?р\.? дата_народження дата_на_раждане ημερομηνία_γέννησης 生年月日 出生日期 생년월일 ngày_sinh tanggal_lahir
    """
)
_ACCOUNTS = words(
    r"""
    (?:customer|client|account|acct|acc|cust|contract|policy|member(?:ship)?|subscriber|subscription|patient|employee|staff|loyalty|meter|student|claim|medical_record|card_?holder)(?:_|\.)*(?:no|nr|num|number|id|code|ref|reference|\#)\.? mrn mpan mprn account customer_?\# acct\.?\#?
    (?:kunden?|kd|konto|kto|vertrags?|versicherungs?|mitglieds?|policen?|zähler|personal|matrikel)(?:_|\.)*(?:nummer|nr|no|id|kennung)\.? kundenkonto (?:n°|no|num(?:éro)?|réf|référence|code)(?:_|\.)*(?:de_)?(?:client|contrat|compte|abonné|adhérent|police) (?:n[º.°]|nro|núm(?:ero)?|num|nº|código|cod)(?:_|\.)*(?:de_)?(?:cliente|contrato|cuenta|socio|póliza|conta|apólice)
    (?:n[.°]?|num(?:ero)?|codice|cod)(?:_|\.)*(?:di_)?(?:cliente|contratto|conto|polizza|utenza) (?:klant|contract|polis|lid|rekening|relatie)(?:_|\.)*(?:nummer|nr|id)\.? (?:kund|avtals?|medlems?|konto)(?:_|\.)*(?:nummer|nr|id)\.? (?:kunde|aftale|avtale|medlems|konto)(?:_|\.)*(?:nummer|nr|id)\.? (?:asiakas|sopimus|jäsen)_?(?:numero|nro|tunnus)
    (?:nr|numer|id)(?:_|\.)*(?:klienta|umowy|konta|abonenta|polisy) (?:č\.|číslo|id)(?:_|\.)*(?:zákazníka|smlouvy|účtu|zmluvy) (?:ügyfél|szerződés|vevő)_?(?:szám|kód|azonosító) (?:nr\.?|cod)(?:_|\.)*(?:client|contract|abonat) (?:müşteri|hesap|sözleşme|abone)(?:_|\.)*(?:no|numarası) (?:номер|№|код)_*(?:клиента|договора|сч[её]та|клієнта|договору|рахунку)
    лицевой_сч[её]т л/с (?:αρ\.|αριθμός|κωδ\.|κωδικός)_*(?:πελάτη|λογαριασμού|συμβολαίου) 客户(?:编号|号) 账号 合同(?:编)?号 会员号 お客様番号 顧客番号 会員番号 契約番号 口座番号 고객번호 회원번호 계좌번호
    """
)
_PHONES = words(
    r"""
    (?:home|work|cell|mobile|office|contact|daytime|evening|primary|alt(?:ernative)?)?_?(?:tele)?phone(?:_|\.)*(?:no|nr|num|number|1|2|\#)?\.? mobile_?(?:no|number)?\.? cell tel\.?(?:_?(?:no|nr))?\.? fax(?:_?(?:no|nr))?\.? msisdn whatsapp contact_?(?:no|number) telefon(?:nummer|nr\.?)? handy(?:nummer|nr\.?)? mobil(?:nummer|nr\.?|telefon)? rufnummer tél\.? téléphone portable gsm
    teléfono(?:_móvil)? telefono móvil celular telefone telemóvel cellulare telefoonnummer mobiel puhelin(?:numero)? telefonszám mobilszám telefón telefonní_číslo nr_tel(?:efonu)?\.? telefon_?no cep(?:_telefonu)? телефон моб\.? мобильный мобільний τηλέφωνο κινητό 电话 手机 手机号 手机号码 電話番号 携帯 전화번호 휴대폰
    """
)
_IDS = words(
    r"""
    ssn social_security(?:_(?:no|number|nr))?\.? (?:national|personal|tax|government)_?(?:id|no|number|insurance_(?:no|number))\.? nino ni_?(?:no|number) passport(?:_?(?:no|number|nr))?\.? driv(?:er['’]?s|ing)_licen[cs]e(?:_(?:no|number))?\.? id_?card(?:_(?:no|number))?\.? medicare aadhaar pan_(?:no|number)
    steuer_?(?:id|nr\.?|nummer) (?:reise)?pass_?(?:nr\.?|nummer) ausweis_?(?:nr\.?|nummer) sozialversicherungs?(?:nummer|nr\.?) sv_?(?:nummer|nr\.?) (?:n°_?)?(?:sécurité_sociale|sécu) nir dni nie nif(?:/nie)? cpf cnh curp codice_fiscale cod\.?_?fisc(?:ale)?\.? bsn personnummer cpr(?:_?(?:nr|nummer))?\.? fødselsnummer
    henkilötunnus hetu pesel rodné_číslo rč cnp tc_?kimlik(?:_no)? инн снилс паспорт іпн рнокпп егн oib jmbg 身份证 身份证号 身份证号码 マイナンバー 주민등록번호 cccd cmnd nik
    """
)
_PLATES = words(
    r"(?:licen[cs]e|number|registration|reg)_?plate plate_?(?:no|number) kennzeichen kfz-?kennzeichen immatriculation matrícula targa kenteken registreringsnummer numer_rejestracyjny spz rendszám plaka госномер"
)


class _Meant(NamedTuple):
    """What a column holds."""

    kind: Kind
    values: str
    """Its values as an expression; what does not match is no value."""
    beside: frozenset[Kind] | None = None
    """Of which kinds another column must be for its name to say so; none need be if None."""


_PERSON_VALUE = r"[^\W\d_][^\W\d_.'’ʼ\-]{0,30}(?:[ .'’ʼ\-,]{1,2}[^\W\d_.'’ʼ\-]{1,30}){0,5}\.?"
_PEOPLE: Final = frozenset(Kind)
_COLUMNS: Final = tuple(
    (lazily(f"(?:{'|'.join(names)})"), _Meant(kind, values, *beside))
    for names, kind, values, *beside in (
        (_NAMES, Kind.PERSON, _PERSON_VALUE),
        (_USERS, Kind.USERNAME, r"(?!\d{1,4}$)[^\s,;|\"'<>]{2,40}"),
        (_SECRETS, Kind.SECRET, r"[^\s|\"<>]{3,100}(?:[ ][^\s|\"<>]{1,40}){0,3}"),
        (_ADDRESSES, Kind.ADDRESS, r"(?=[^|]{0,90}[^\W\d_])(?=[^|]{0,90}(?:\d|\w[ ]\w)|[\u3040-\uffdc])[^|\t@=]{3,100}"),
        (_BIRTHS, Kind.BIRTH_DATE, r"\d{1,4}[./\-年][ ]?\d{1,2}[./\-月][ ]?\d{1,4}日?(?:[ T]00:00(?::00)?)?|(?:19|20)\d{6}|\d{1,2}\.?[ \-][^\W\d_]{3,12}\.?,?[ \-]\d{2,4}|[^\W\d_]{3,12}[ ]\d{1,2},[ ]\d{4}"),
        (_ACCOUNTS, Kind.ACCOUNT, r"(?!\d{1,3}(?:[.,]\d{3})*[.,]\d\d$)(?=(?:[^\d]{0,12}\d){3})[A-Za-z0-9][A-Za-z0-9\-/. _]{2,34}"),
        (_PHONES, Kind.PHONE, r"(?=(?:[^\d]{0,4}\d){6})[+(]?\d[\d ()\-/.+x]{4,24}"),
        (_IDS, Kind.NATIONAL_ID, r"(?=(?:[^\d]{0,8}\d){4})[A-Za-z0-9][A-Za-z0-9\-/. ]{4,24}"),
        (_PLATES, Kind.PLATE, r"(?=[^\d]{0,8}\d)[^\W_]{1,4}[ \-·.]?(?:[^\W_]{1,4}[ \-·.]?){1,3}"),
        (_PERHAPS_NAMES, Kind.PERSON, r"[^\W\d_a-z][^\W\d_]{1,30}(?:[ ][^\W\d_]\.?)?(?:[ ](?:de|da|van|von|der|den|di|la|el|al|bin|y|dos|ter))*(?:[ \-'’]{1,2}[^\W\d_a-z][^\W\d_]{1,30}){1,3}|[\u3400-\u9fff\uac00-\ud7a3]{2,4}", _PEOPLE),
        (_TOWNS, Kind.ADDRESS, r"[^|\t@=]{2,60}", frozenset({Kind.ADDRESS})),
    )
)  # fmt: skip
_MAIL = lazily(r"e?-?_?mail(?:_?(?:address|adresse|id|1))?|correo(?:_electrónico)?|почта|邮箱|メール|이메일")
_GAPS = lazily(r"[\s_\-]+")
_CELL = lazily(r"[ ]*(?:\"(?P<q>(?:[^\"\n\x01]|\"\")*)\"|'(?P<s>[^'\n\x01]*)'|(?P<v>[^\n\x01]*?))[ ]*")
_DIGIT, _LETTER = lazily(r"\d"), lazily(r"[^\W\d_]")
_NOBODY = frozenset(
    words(
        """
    n/a na nan none null nil unknown unassigned - -- ? tbd tba yes no true false total sum all any other others test demo example team support system admin administrator service desk queue group department dept bot automation auto office staff sales billing marketing
    ja nein oui non sí si não nee nej tak nie da keine keiner unbekannt gesamt summe inconnu aucun desconocido ninguno gmbh ag kg inc ltd llc corp co sa sarl srl spa bv nv ab oy as aps plc bank shop store hotel restaurant university company
    """
    )
)
"""What stands in a column of names and is nobody's."""
_STATE = frozenset(
    words(
        "yes no true false enabled disabled set unset active inactive expired never required ok hidden ja nein oui non sí si não on off strong weak changed unchanged missing invalid valid reset pending sent used unused default encrypted hashed redacted masked"
    )
)
"""What is said of a secret and is none."""
_SIGNS: Final = ("|", "\t", ";", ",")
_MOST_CELLS: Final = 60
_LONG_NAME: Final = 40
_EMPTY: Final = 40
"""After so many rows that hold nothing the table is taken to have ended: the next words for a column begin another."""
_WORDS_OF_NAME: Final = 4


class _Cell(NamedTuple):
    """What stands between two separators, without blanks and quotes."""

    start: int
    text: str


def _line(text: str, at: int) -> tuple[int, int]:
    """Where the line that ``at`` stands in begins and ends."""
    begin = max(text.rfind("\n", 0, at), text.rfind("\x01", 0, at)) + 1
    return begin, _ends(text, at)


def _ends(text: str, at: int) -> int:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    stop = text.find("\x01", at, end)
    end = end if stop < 0 else stop
    return end - 1 if end > at and text[end - 1] == "\r" else end


def _cells(text: str, begin: int, end: int, sign: str) -> list[_Cell]:
    """Cut a line into cells; a sign between quotes divides nothing."""
    while begin < end and text[begin] in "> ":
        begin += 1
    if sign == "|":
        begin += text.startswith("|", begin)
        while end > begin and text[end - 1] == " ":
            end -= 1
        end -= end > begin and text[end - 1] == "|"
    out: list[_Cell] = []
    at = begin
    while at <= end and len(out) <= _MOST_CELLS:
        stop = text.find(sign, at, end)
        stop = end if stop < 0 else stop
        if text.count('"', at, stop) % 2:
            # A sign between quotes: the cell ends after the next ones.
            quote = text.find('"', stop, end)
            after = text.find(sign, quote, end) if quote >= 0 else -1
            stop = end if after < 0 else after
        match = _CELL.fullmatch(text, at, stop)
        group = "q" if match and match["q"] is not None else "s" if match and match["s"] is not None else "v"
        out.append(_Cell(match.start(group), match[group]) if match else _Cell(at, ""))
        at = stop + 1
    return out


def _meaning(name: str) -> _Meant | None:
    plain = _GAPS.sub("_", name.strip().lower()).strip("_*")
    for pattern, meant in _COLUMNS:
        if pattern.fullmatch(plain):
            return meant
    return _Meant(Kind.EMAIL, "") if _MAIL.fullmatch(plain) else None


def _header(text: str, begin: int, end: int) -> tuple[str, list[_Cell]] | None:
    """Return the sign that divides a line that may name columns, and its cells."""
    for sign in _SIGNS:
        if text.find(sign, begin, end) < 0:
            continue
        cells = _cells(text, begin, end, sign)
        if not 2 <= len(cells) <= _MOST_CELLS or any(
            len(cell.text) > _LONG_NAME
            or (_DIGIT.search(cell.text) and not _LETTER.search(cell.text))
            or (cell.text[-1:] in {".", "!", "?", ":"} and sign == ",")
            or cell.text.count(" ") >= _WORDS_OF_NAME
            for cell in cells
        ):
            return None
        return sign, cells
    return None


def _valued(meant: _Meant, cell: _Cell) -> Finding | None:
    value = cell.text
    if not value or "\x1a" in value or lazily(meant.values).fullmatch(value) is None:
        return None
    kind, small = meant.kind, value.lower()
    if kind is Kind.PERSON:
        if not _NOBODY.isdisjoint(small.replace(".", "").split()):
            return None
    elif kind is Kind.USERNAME:
        if small in SERVICES or small in _NOBODY:
            return None
    elif kind is Kind.SECRET and (small in _STATE or not is_value(value)):
        return None
    return Finding(
        cell.start,
        cell.start + len(value),
        kind,
        0.8,
        "column",
        canonical(kind, value),
        "stands in a column that is named so",
    )


def check_header(text: str, end: int) -> Iterator[Finding]:
    """Look down the columns of a table in whose header a name for personal values ends at ``end``."""
    begin, stop = _line(text, end - 1)
    found = _header(text, begin, stop)
    if found is None:
        return
    sign, names = found
    yield from _rows(text, stop, sign, len(names), _asked([name.text for name in names]))


def _asked(names: Sequence[str]) -> list[tuple[int, _Meant]]:
    """Which columns are asked for values of what."""
    meant = [(i, m) for i, name in enumerate(names) if (m := _meaning(name)) is not None]
    # What is called "name" or "client" holds people where another column is about people too.
    sure = {m.kind for _, m in meant if m.beside is None}
    return [
        (i, m)
        for i, m in meant
        if m.kind is not Kind.EMAIL and (m.beside is None or not m.beside.isdisjoint(sure))
    ]


def _rows(
    text: str, at: int, sign: str, width: int, asked: Sequence[tuple[int, _Meant]]
) -> Iterator[Finding]:
    empty = 0
    while asked and empty < _EMPTY:
        at += text.startswith("\r", at)
        if not text.startswith("\n", at):
            return
        begin, at = at + 1, _ends(text, at + 1)
        if _RULE.fullmatch(text, begin, at):
            empty += 1
            continue
        cells = _cells(text, begin, at, sign)
        if len(cells) != width:
            return
        some = False
        for column, meant in asked:
            finding = _valued(meant, cells[column])
            if finding is not None:
                some = True
                yield finding
        empty = 0 if some else empty + 1


_RULE = lazily(r"[>\s]{0,8}[|+\-=:\s]{3,400}")
_INSERT = lazily(r"(?is)\((?P<c>[^()\x01]{3,800})\)\s{0,8}values?\s{0,4}\Z")
_TUPLE = lazily(r"\s{0,8},?\s{0,8}\(")
_TUPLES: Final = 2000
_QUOTED = lazily(
    r"\s{0,4}(?:N?'(?P<s>(?:[^'\x01\\]|''|\\.){0,400})'|\"(?P<q>[^\"\x01]{0,400})\"|(?P<v>[^,()'\"\x01]{0,200}))\s{0,4}(?P<e>[,)])"
)


def check_insert(text: str, end: int) -> Iterator[Finding]:
    """Look into the rows of an ``INSERT`` whose word ``VALUES`` and bracket end at ``end``."""
    match = _INSERT.search(text, max(0, end - 840), end - 1)
    if match is None:
        return
    names = [name.strip(' `"[]\n\r\t') for name in match["c"].split(",")]
    asked = dict(_asked(names))
    if not asked:
        return
    at = end
    for _ in range(_TUPLES):
        for column in range(len(names)):
            cell = _QUOTED.match(text, at)
            if cell is None:
                return
            at = cell.end()
            group = "s" if cell["s"] is not None else "q" if cell["q"] is not None else "v"
            if column in asked:
                finding = _valued(asked[column], _Cell(cell.start(group), cell[group].rstrip()))
                if finding is not None:
                    yield finding
            if (cell["e"] == ")") is not (column == len(names) - 1):
                return
        following = _TUPLE.match(text, at)
        if following is None:
            return
        at = following.end()


def _triggers() -> Iterator[str]:
    """Names of columns between two signs that divide cells, or at a line's beginning or end."""
    for names in (_NAMES, _USERS, _SECRETS, _ADDRESSES, _BIRTHS, _ACCOUNTS, _PHONES, _IDS, _PLATES):
        for part in (names[::2], names[1::2]):
            some = "|".join(in_bytes(hyperscan_word(name)).replace("_", r"[ _\-]") for name in part)
            yield rf"[|;,\t][ ]{{0,20}}[\"']?(?:{some})[\"']?[ ]{{0,30}}[|;,\t\r\n]"
            yield rf"(?:^|[\n\x01>])[ ]{{0,20}}[\"']?(?:{some})[\"']?[ ]{{0,30}}[|;,\t]"


DETECTORS = (
    Detector("column", tuple(_triggers()), check_header, refractory=400),
    Detector("insert", (r"\)\s{0,8}values?\s{0,4}\(",), check_insert),
)
