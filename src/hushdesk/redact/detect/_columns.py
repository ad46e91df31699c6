"""What columns of tables are called that hold personal values, and what such values look like.

Names are in small letters with ``_`` for blanks, hyphens and underscores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._plain_secrets import ENDS, STATES
from hushdesk.redact.detect._settings import SERVICES, is_value
from hushdesk.redact.detect._tickets import FAMILIES, NOBODY
from hushdesk.redact.detect._user_frames import is_uncommon
from hushdesk.redact.tagger._gazetteer import is_listed

NAMES: Final = words(
    r"""
    first_?name last_?name middle_?name given_?name family_?name fname lname surname forename maiden_?name vorname nachname familienname zuname rufname geburtsname prénom prenom nom_de_famille apellidos? apellido_?[12] cognome sobrenome apelido voornaam achternaam
    förnamn efternamn fornavn etternavn efternavn etunimi sukunimi nazwisko příjmení krstné_meno priezvisko vezetéknév keresztnév prenume nume_de_familie soyad[ıi]? фамилия отчество фио ф\.и\.о\. прізвище піб презиме επώνυμο ονοματεπώνυμο 姓名 客户姓名 氏名 お名前 성명 họ_tên họ_và_tên nama_lengkap
    """
)
"""Of people and of nothing else."""
ROLES: Final = words(
    r"""
    full_?name customer_?name client_?name contact_?(?:name|person) account_?holder card_?holder holder_?name policy_?holder patient(?:_?name)? employee_?name member_?name user_?full_?name guest_?name passenger(?:_?name)? student_?name owner_?name caller_name requester requestor recipient_?name assignee next_?of_?kin
    emergency_?contact kundenname ansprechpartner(?:in)? kontoinhaber(?:in)? karteninhaber versicherungsnehmer versicherter sachbearbeiter(?:in)? mitarbeitername nom_(?:du_client|complet) titulaire interlocuteur nombre_(?:completo|y_apellidos|del?_cliente) titular nome_(?:completo|cliente|e_cognome) intestatario nome_do_cliente
    klantnaam contactpersoon kundnamn kundenavn imię_i_nazwisko jméno_a_příjmení ad[ıi]?_soyad[ıi]? имя_и_фамилия име_и_фамилия 联系人 担当者 名前 이름 고객명 담당자 nama_pelanggan
    """
)
"""Of people, but also of groups and firms: a known name must be in it."""
PERHAPS_NAMES: Final = words(
    r"""
    names? customer contact owner agent employee member guest tenant student caller sender recipient person kunde kundin name_kunde mitarbeiter(?:in)? bearbeiter(?:in)? nom client nombre cliente nome naam klant namn kund navn nimi asiakas imi[eę] jméno klient meno név ügyfél nume adı müşteri имя клиент ім['’]я клієнт име όνομα πελάτης 客户 顧客 고객 nama tên
    """
)
"""What a column of names is called, or one of products."""
USERS: Final = words(
    r"""
    users? user_?names? user_?id uname login(?:_?(?:name|id))? logon(?:_?name)? sam_?account_?name upn user_?principal_?name nick(?:_?name)? screen_?name benutzer(?:name|kennung|_?id)? anmeldename identifiant(?:_de_connexion)? pseudo usuario nombre_de_usuario utente nome_utente nome_de_usuário usuário utilizador gebruiker(?:snaam)? inlognaam användarnamn
    användare brugernavn brukernavn bruker käyttäjä(?:tunnus|nimi)? nazwa_użytkownika użytkownik uživatel(?:ské_jméno)? přihlašovací_jméno felhasználó(?:név)? utilizator kullanıcı(?:_adı)? логин имя_пользователя пользователь логін користувач потребител(?:ско_име)? όνομα_χρήστη 用户名 ユーザー名 ユーザーid 아이디 사용자명
    """
)
PASSWORDS: Final = words(
    r"""
    (?:\w{2,12}_)?pass_?(?:word|wd|code|phrase)(?:_\w{2,8})? passwd pwd pw pass security_?answer (?:\w{2,12}_)?passwort(?:_\w{2,8})? kennwort mot_de_passe mdp contraseña clave_de_acceso senha palavra_?passe wachtwoord lösenord adgangskode passord salasana hasło heslo jelszó parolă şifre пароль парола κωδικός_πρόσβασης 密码 密碼 パスワード 비밀번호 mật_khẩu kata_sandi
    """
)
PINS: Final = words(r"pin(?:_?code)? puk otp tan code_secret kodeord пін_?код пин_?код 暗証番号")
TOKENS: Final = words(
    r"secret secret_?key api_?(?:key|token|secret) access_?(?:key|token) (?:\w{2,12}_)?token"
)
ADDRESSES: Final = words(
    r"""
    address(?:_?line)? (?:home|postal|billing|shipping|delivery|street|mailing|full)_?address street(?:_?(?:name|line|address))? addr adresse anschrift wohnanschrift lieferadresse rechnungsadresse stra(?:ß|ss)e str\. straße_(?:/_|und_)?(?:haus)?(?:nr\.?|nummer) dirección direccion domicilio calle indirizzo endereço endereco morada rua adres straat gatuadress gateadresse
    gadenavn osoite katuosoite ulica adresa ulice cím utca strada adresi sokak адрес улица адреса вулиця διεύθυνση οδός 地址 住所 주소 alamat địa_chỉ
    """
)
TOWNS: Final = words(
    r"""
    zip(?:_?code)? post(?:al)?_?code plz plz_?/?_?ort postleitzahl code_postal código_postal codigo_postal cap cep postcode postnummer postinumero kod_pocztowy psč irányítószám posta_kodu индекс 郵便番号 邮编 우편번호 city town ort stadt wohnort ville commune ciudad localidad población città comune cidade localidade plaats woonplaats poststed paikkakunta miasto miejscowość
    město obec város oraș localitate şehir ilçe город місто град πόλη 城市 市区町村 도시
    """
)
"""Parts of an address, read only where another column has its street."""
BIRTHS: Final = words(
    r"""
    dob d\.o\.b\.? date_?of_?birth birth_?(?:date|day) geburtsdatum geburtstag geb\.?(?:_?dat(?:um|\.)?)? geb\.am date_de_naissance naissance né\(e\)_le fecha_(?:de_)?nac(?:imiento|\.)? f\.?_?nac(?:imiento)?\.? data_(?:di|de)_nas(?:cita|cimento) nascimento nato_il geboortedatum geb\.datum födelsedatum fødselsdato fødselsdag syntymäaika data_urodzenia dat(?:a|um)_narozen[ií]
    dátum_narodenia születési_(?:idő|dátum) data_nașterii doğum_tarihi дата_рождения д\.?_?р\.? дата_народження дата_на_раждане ημερομηνία_γέννησης 生年月日 出生日期 생년월일 ngày_sinh tanggal_lahir
    """
)
ACCOUNTS: Final = words(
    r"""
    (?:customer|client|account|acct|acc|cust|contract|policy|member(?:ship)?|subscriber|subscription|patient|employee|staff|loyalty|meter|student|claim|medical_record|card_?holder)(?:_|\.)*(?:no|nr|num|number|id|code|ref|reference|\#)\.? mrn mpan mprn customer_?\# acct\.?\#? account (?:kunden?|kd|konto|kto|vertrags?|versicherungs?|vers\.|mitglieds?|policen?|zähler|personal|matrikel)(?:_|\.)*(?:nummer|nr|no|id|kennung)\.? kundenkonto
    (?:n°|no|num(?:éro)?|réf|référence|code)(?:_|\.)*(?:de_)?(?:client|contrat|compte|abonné|adhérent|police) (?:nº|n°|n\.|nro|núm(?:ero)?|num|código|cod)(?:_|\.)*(?:de_)?(?:cliente|contrato|cuenta|socio|póliza|conta|apólice) (?:n°|n\.|num(?:ero)?|codice|cod)(?:_|\.)*(?:di_)?(?:cliente|contratto|conto|polizza|utenza) (?:klant|contract|polis|lid|rekening|relatie)(?:_|\.)*(?:nummer|nr|id)\.?
    (?:kund|avtals?|medlems?)(?:_|\.)*(?:nummer|nr|id)\.? (?:kunde|aftale|avtale|medlems)(?:_|\.)*(?:nummer|nr|id)\.? (?:asiakas|sopimus|jäsen)_?(?:numero|nro|tunnus) (?:nr|numer|id)(?:_|\.)*(?:klienta|umowy|konta|abonenta|polisy) (?:č\.|číslo|id)(?:_|\.)*(?:zákazníka|smlouvy|účtu|zmluvy) (?:ügyfél|szerződés|vevő)_?(?:szám|kód|azonosító) (?:nr\.?|cod)(?:_|\.)*(?:client|contract|abonat) (?:müşteri|hesap|sözleşme|abone)(?:_|\.)*(?:no|numarası)
    (?:номер|№|код)_*(?:клиента|договора|сч[её]та|клієнта|договору|рахунку) лицевой_сч[её]т л/с (?:αρ\.|αριθμός|κωδ\.|κωδικός)_*(?:πελάτη|λογαριασμού|συμβολαίου) 客户(?:编号|号) 账号 合同(?:编)?号 会员号 お客様番号 顧客番号 会員番号 契約番号 口座番号 고객번호 회원번호 계좌번호
    """
)
PHONES: Final = words(
    r"""
    (?:home|work|cell|mobile|office|contact|daytime|evening|primary|alt(?:ernative)?)?_?(?:tele)?phone(?:_|\.)*(?:no|nr|num|number|\#)?\.? mobile_?(?:no|number)?\.? cell tel\.?(?:_?(?:no|nr))?\.? fax(?:_?(?:no|nr))?\.? msisdn whatsapp contact_?(?:no|number) telefon(?:nummer|nr\.?|_privat|_mobil)? handy(?:_?nummer|_?nr\.?)? mobil(?:nummer|nr\.?|telefon)? rufnummer tél\.? téléphone portable gsm
    teléfono(?:_móvil)? telefono móvil celular telefone telemóvel cellulare telefoonnummer mobiel puhelin(?:numero)? telefonszám mobilszám telefón telefonní_číslo nr_tel(?:efonu)?\.? telefon_?no cep_telefonu телефон моб\.? мобильный мобільний τηλέφωνο κινητό 电话 手机 手机号 手机号码 電話番号 携帯 전화번호 휴대폰
    """
)
IDS: Final = words(
    r"""
    ssn social_security(?:_(?:no|number|nr))?\.? (?:national|personal|tax|government)_?(?:id|no|number|insurance_(?:no|number))\.? nino ni_?(?:no|number) passport(?:_?(?:no|number|nr))?\.? driv(?:er['’]?s?|ing)_licen[cs]e(?:_(?:no|number))?\.? id_?card(?:_(?:no|number))?\.? medicare aadhaar pan_(?:no|number) steuer_?(?:id|nr\.?|nummer) (?:reise)?pass_?(?:nr\.?|nummer) ausweis_?(?:nr\.?|nummer)
    sozialversicherungs?(?:nummer|nr\.?) sv_?(?:nummer|nr\.?) (?:n°_?)?(?:sécurité_sociale|sécu) dni nie nif(?:/nie)? cpf cnh curp codice_fiscale cod\.?_?fisc(?:ale)?\.? bsn personnummer cpr(?:_?(?:nr|nummer))?\.? fødselsnummer henkilötunnus hetu pesel rodné_číslo rč cnp tc_?kimlik(?:_no)? инн снилс паспорт іпн рнокпп егн oib jmbg 身份证 身份证号 身份证号码 マイナンバー 주민등록번호 cccd cmnd nik
    """
)
PLATES: Final = words(
    r"(?:licen[cs]e|number|registration|reg)_?plate plate_?(?:no|number) kennzeichen kfz_?kennzeichen immatriculation matrícula targa kenteken registreringsnummer numer_rejestracyjny spz rendszám plaka госномер"
)
_FIELDS: Final = frozenset(
    words(
        """
    id ids no nr nr. # pos ts date datum time zeit created updated modified deleted status state stand saldo balance amount total sum betrag price preis cost qty quantity menge plan tarif tier level role rolle group gruppe team department abteilung dept division company firma organisation organization org product produkt
    item artikel article sku model modell version type typ category kategorie priority priorität subject betreff thema topic title titel description beschreibung note notes notiz notizen bemerkung remark remarks comment comments kommentar text message language sprache lang country land region state city town ort location room raum zimmer floor
    action event result ergebnis reason grund code ref reference source quelle channel kanal queue ticket case order bestellung invoice rechnung bank iban bic currency währung gender geschlecht anrede title salutation age alter enabled active aktiv locked gesperrt expires expiry valid since seit until bis start end beginn ende device gerät serial
    host hostname server ip mac os browser url link domain port last_login last_seen last_logon login_count rights rechte permissions access zugriff license licence lizenz size größe count anzahl score rating points punkte answer question tags tag label value
    fecha estado monto importe precio cantidad producto descripción categoría prioridad país idioma empresa asunto tipo notas rol statut état montant prix quantité produit catégorie priorité pays langue société entreprise objet sujet rôle stato importo prezzo quantità prodotto descrizione categoria priorità paese lingua azienda oggetto ruolo data ora valor
    preço quantidade produto descrição prioridade idioma assunto função datum bedrag prijs aantal product omschrijving categorie prioriteit taal bedrijf onderwerp rol status kwota cena ilość produkt opis kategoria priorytet kraj język firma temat rola stan stav částka množství popis země jazyk
    дата статус сумма цена количество товар продукт описание категория приоритет страна язык компания тема тип роль баланс 日期 状态 金额 产品 套餐 备注 部门 日付 状態 金額 製品 備考 部署 날짜 상태 금액 제품 비고 tarih durum tutar ürün
    """
    )
)
"""What else columns are called, so that a line of such words is the header of a table."""
_TYPES: Final = frozenset(
    words(
        "varchar nvarchar char string str int integer bigint smallint numeric decimal float double boolean bool json jsonb uuid array null nullable notnull character"
    )
)
"""What descriptions of columns begin with: their lines head no table."""
_SAID: Final = frozenset(
    words(
        "text ok info warn debug fatal works fail failed pass passed broken slow yes no required optional pflicht pflichtfeld freitext auswahl not_null"
    )
)
"""What stands in logs, schemas and lists of checks."""
_ORGANISED: Final = frozenset(
    words(
        """
    n/a na nan none null nil unknown unassigned - -- ? tbd tba yes no true false total sum all any other others test demo example team support system admin administrator service desk queue group department dept bot automation auto office staff sales billing marketing adult child senior
    ja nein oui non sí si não nee nej tak nie da keine keiner unbekannt gesamt summe inconnu aucun desconocido ninguno gmbh ag kg inc ltd llc corp co sa sarl srl spa bv nv ab oy as aps plc bank shop store hotel restaurant university company traders widgets stadtwerke hotline vertrieb empfang einkauf buchhaltung
    sn givenname mail admins users everyone sshd daemon keycloak
    backlog escalation level line network network netzwerk hardware software main central router core entrance station lobby drucker printer phone router 无 未定 客服 营业部 営業部 サポート
    """
    )
)
"""What stands in a column of names and is nobody's."""
_NO_ADDRESS: Final = lazily(
    r"(?i)0x|://|\d:\d|\b(?:rack|raum|room|unit|port|tcp|udp|kb|mb|gb|slot|zimmer|geb|gebäude)\b"
)
_UNITS: Final = lazily(
    r"(?i)\d.*(?:digit|char|zeichen|tries|versuch|minut|day|tage|days)|\b(?:too|not|after|nach|zu|nicht|no|kein)\b"
)
_SHORTCUT: Final = lazily(r"(?i)(?:ctrl|alt|shift|cmd|strg)\s?\+.*|gpio\d+|[\w\-]*\.\w{1,3}")
_THOUSANDS: Final = lazily(r"\d{1,3}(?:[. ]\d{3})+")
_DATE: Final = lazily(r"\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}|\d+[.,]\d+")
_HAN: Final = lazily(r"[\u3400-\u9fff]{2,4}")
_CJK: Final = lazily(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a column holds."""

    kind: Kind
    values: re.Pattern[str] | None = None
    """What its values look like; None where others find them."""
    named: list[str] | None = None
    """The list that its name is of."""
    beside: frozenset[Kind] | None = None
    """Of which kinds another column must be for its name to say so; none need be if None."""


_PERSON = r"[^\W\d_][^\W\d_.'’ʼ\-]{0,30}(?:[ .'’ʼ\-,]{1,2}[^\W\d_.'’ʼ\-]{1,30}){0,5}\.?"
_TWO = r"[^\W\d_a-z][^\W\d_]{1,30}(?:[ ][^\W\d_]\.?)?(?:[ ](?:de|da|van|von|der|den|di|la|el|al|bin|y|dos|ter))*(?:[ \-'’]{1,2}[^\W\d_a-z][^\W\d_]{1,30}){1,3}|[\u3400-\u9fff\uac00-\ud7a3]{2,4}"
_COLUMNS: Final = tuple(
    (lazily(f"(?:{'|'.join(names)})(?:_?[1-3])?"), Meant(kind, lazily(values), names, *beside))
    for names, kind, values, *beside in (
        (NAMES, Kind.PERSON, _PERSON),
        (ROLES, Kind.PERSON, _PERSON),
        (USERS, Kind.USERNAME, r"(?!\d{1,4}$)(?!\d{1,2}:\d\d)[^\s,;|\"'<>(){}$%@#:]{2,40}"),
        (PASSWORDS, Kind.SECRET, r"[^\s]{3,100}(?:[ ][^\s]{1,40}){0,3}"),
        (PINS, Kind.SECRET, r"\d{3,12}|(?=\D{0,8}\d)[A-Z0-9]{4,12}"),
        (TOKENS, Kind.SECRET, r"(?=[^\d]{0,40}\d)(?=[^a-zA-Z]{0,40}[a-zA-Z])[^\s]{8,400}"),
        (ADDRESSES, Kind.ADDRESS, r"(?=[^|]{0,90}[^\W\d_])(?=[^|]{0,90}\d)[^|\t@=]{3,100}"),
        (BIRTHS, Kind.BIRTH_DATE, r"\d{1,4}[./\-年][ ]?\d{1,2}[./\-月][ ]?\d{1,4}日?(?:[ T]00:00(?::00)?)?|(?:19|20)\d{6}|\d{1,2}\.?[ \-][^\W\d_]{3,12}\.?,?[ \-]\d{2,4}|[^\W\d_]{3,12}[ ]\d{1,2},[ ]\d{4}"),
        (ACCOUNTS, Kind.ACCOUNT, r"(?!\d{1,4}$)[A-Z]{0,5}[\-/ .]?\d{4,}(?:[\-/ .]?[\dA-Z]{1,8}){0,4}|[A-Z]{0,4}[\-/ .]?\d{1,6}(?:[\-/. ]\d{2,8}){1,5}"),
        (PHONES, Kind.PHONE, r"(?=(?:[^\d]{0,4}\d){7})[+(]?\d[\d ()\-/.+x]{5,24}"),
        (IDS, Kind.NATIONAL_ID, r"(?=(?:[^\d]{0,8}\d){5})[A-Z0-9][A-Za-z0-9\-/. ]{5,24}"),
        (PLATES, Kind.PLATE, r"(?=[^\d]{0,8}\d)(?=[^A-ZÀ-ÞА-Я]{0,8}[A-ZÀ-ÞА-Я])[A-ZÀ-ÞА-Я\d]{1,4}[ \-·.]?(?:[A-ZÀ-ÞА-Я\d]{1,4}[ \-·.]?){1,3}"),
        (PERHAPS_NAMES, Kind.PERSON, _TWO, frozenset(Kind)),
        (TOWNS, Kind.ADDRESS, r"[^|\t@=:]{2,60}", frozenset({Kind.ADDRESS})),
    )
)  # fmt: skip
_MAIL = lazily(r"e?_?mail(?:_?(?:address|adresse|id|1))?|correo(?:_electrónico)?|почта|邮箱|メール|이메일")
_FIRST = lazily(r"[_(]")
_GAPS = lazily(r"[\s_\-]+")
_PAIR: Final = 2
_AROUND = " \t`*\"'[]#:"
_ASIDE = lazily(r"_?\([^()]{1,14}\)$")


def _plain(name: str) -> str:
    # A capital of Turkish is small with a dot of its own.
    return _ASIDE.sub("", _GAPS.sub("_", name.strip(_AROUND).lower().replace("i̇", "i"))).strip("_")


def meaning(name: str) -> Meant | None:
    """Return what a column of this name holds."""
    plain = _plain(name)
    for pattern, meant in _COLUMNS:
        if pattern.fullmatch(plain):
            return meant
    return Meant(Kind.EMAIL) if _MAIL.fullmatch(plain) else None


def asked(names: list[str]) -> list[tuple[int, Meant]]:
    """Return which columns of a header are asked for values of what; none if it is no header.

    Args:
        names: The cells of the line, at least two of which must be names of columns.
    """
    plain = [_plain(name) for name in names]
    if not _SAID.isdisjoint(plain) or not _TYPES.isdisjoint(_FIRST.split(name)[0] for name in plain):
        return []
    meant = [(i, m) for i, name in enumerate(names) if (m := meaning(name)) is not None]
    others = sum(name in _FIELDS for i, name in enumerate(plain) if all(i != j for j, _ in meant))
    if not meant or len(meant) + others < _PAIR:
        return []
    # What is called "name" or "client" holds people where another column is about people too.
    sure = {m.kind for _, m in meant if m.beside is None}
    return [
        (i, m)
        for i, m in meant
        if m.kind is not Kind.EMAIL and (m.beside is None or not m.beside.isdisjoint(sure))
    ]


def _person(value: str, small: str, meant: Meant) -> bool:
    parts = small.replace(".", " ").replace(",", " ").split()
    if not _ORGANISED.isdisjoint(parts) or not parts:
        return False
    if _CJK.fullmatch(value):
        return meant.named is NAMES or (_HAN.fullmatch(value) is not None and value[0] in FAMILIES)
    known = any(len(part) > 1 and is_listed(part) for part in parts)
    if meant.named is NAMES:
        return known or (len(parts) <= _PAIR and not any(map(is_plain, parts)) and small not in STATES)
    return known and not (len(parts) == 1 and is_plain(small))


def _secret(value: str, small: str, meant: Meant) -> bool:
    if meant.named is not PASSWORDS:
        return not _SHORTCUT.fullmatch(value)
    if value.isalpha() or " " in value:
        return (
            small not in STATES
            and not is_plain(small)
            and not small.endswith(ENDS)
            and not _UNITS.search(small)
            and is_value(value)
        )
    return len(set(value)) > 1 and not _UNITS.search(small) and not value.startswith(("{", "${", "<", "%("))


def _is_value(value: str, small: str, meant: Meant) -> bool:
    match meant.kind:
        case Kind.PERSON:
            return _person(value, small, meant)
        case Kind.SECRET:
            return _secret(value, small, meant)
        case Kind.USERNAME:
            return (
                small not in SERVICES
                and small not in _ORGANISED
                and small not in STATES
                and small not in NOBODY
                and not is_plain(small.rstrip("s"))
                and not is_plain(small)
                and not small.startswith(("systemd-", "_"))
                and (not value.isalpha() or is_uncommon(small) or not small.endswith(ENDS))
            )
        case Kind.ADDRESS:
            return meant.named is TOWNS or _NO_ADDRESS.search(value) is None
        case Kind.PHONE:
            return _THOUSANDS.fullmatch(value) is None and _DATE.fullmatch(value) is None
        case Kind.NATIONAL_ID | Kind.ACCOUNT:
            return _DATE.fullmatch(value) is None
        case _:
            return True


def valued(meant: Meant, start: int, value: str) -> Finding | None:
    """Return the finding of a cell that begins at ``start`` if its value is one of what the column holds."""
    if not value or "\x1a" in value or meant.values is None or meant.values.fullmatch(value) is None:
        return None
    if not _is_value(value, value.lower(), meant):
        return None
    return Finding(
        start,
        start + len(value),
        meant.kind,
        0.8,
        "column",
        canonical(meant.kind, value),
        "stands in a column that is named so",
    )
