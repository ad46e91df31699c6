"""National, tax and social-security numbers by country: which checks hold for them and how people call them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nation:
    """What is known of one country's numbers."""

    country: str
    checks: tuple[str, ...]
    """Check digits that a number after one of the cues, or right before it, may have."""
    cues: tuple[str, ...]
    """Expressions in Hyperscan's dialect; one after ``=`` is told only in capitals, as it is a word too."""


def _nation(country: str, checks: str, *cues: str) -> Nation:
    return Nation(country, tuple(checks.split()), cues)


NATIONS: tuple[Nation, ...] = (
    _nation("us", "us.ssn us.itin us.ein us.atin us.ptin", r"\bssn\b", r"social\ssecurity", r"\bsoc\ssec", r"\bss ?#", r"\bsocial\b[ ]?[:#]", r"\b(?:my|his|her|their) social\b", r"\bitin\b", r"\bein\b"),
    _nation("ca", "ca.sin ca.bc_phn", "=SIN", r"social\sinsurance", "=NAS", r"assurance\ssociale"),
    _nation("mx", "mx.curp mx.rfc", r"\bcurp\b", r"registro\sfederal\sde\scontribuyentes", r"clave\selector"),
    _nation("br", "br.cpf br.cnpj", r"\bcpf\b", r"\bcnpj\b", "=RG", r"\bcnh\b", r"\bpis\b", r"título\sde\seleitor"),
    _nation("ar", "ar.cuit ar.dni", r"\bcuit\b", r"\bcuil\b"),
    _nation("cl", "cl.rut", r"\brut\b", "=RUN"),
    _nation("co", "co.nit", r"\bcédula", r"\bcedula", "=NIT"),
    _nation("pe", "pe.cui pe.ruc", r"\bruc\b"),
    _nation("ec", "ec.ci ec.ruc", r"cédula\sde\sidentidad"),
    _nation("uy", "uy.rut", r"credencial\scívica"),
    _nation("py", "py.ruc", r"cédula\sparaguaya"),
    _nation("ve", "ve.rif", r"\brif\b"),
    _nation("do", "do.cedula do.rnc", r"\brnc\b"),
    _nation("cr", "cr.cpf cr.cr", r"\bdimex\b", r"cédula\sfísica"),
    _nation("gt", "gt.nit", r"\bcui\b", r"\bdpi\b"),
    _nation("sv", "sv.nit", r"\bdui\b"),
    _nation("cu", "cu.ni", r"carn[eé]\sde\sidentidad"),
    _nation("gb", "own.nino gb.nhs gb.utr", r"national\sinsurance", r"\bnino\b", r"\bnhs\b", r"\butr\b"),
    _nation("ie", "ie.pps", "=PPS", r"\bppsn\b"),
    _nation("de", "de.idnr de.stnr", r"steuer-?\s?id\w*", r"st\.-?\s?nr\.?\b", r"steuer-?nr\.?\b", r"\bsteuernr\b", r"\bsv-?nr\b", r"sozialvers\.-?nr", r"\brvnr\b", r"perso-?nr", r"identifikationsnummer", r"\w{0,12}steuernummer", r"steueridentifikationsnummer", r"\bidnr\b", r"sozialversicherungsnummer", r"personalausweis\w*", r"rentenversicherungsnummer"),
    _nation("at", "at.vnr at.tin", r"\bsvnr\b", r"\bsv-n(?:umme)?r\b", r"versicherungsnummer"),
    _nation("ch", "ch.ssn ch.uid", r"\bahv\b", r"\bahv-n(?:umme)?r\b", r"\bavs\b", r"no\savs"),
    _nation("fr", "fr.nir fr.nif", r"sécurité\ssociale", r"numéro\sde\ssécu", r"\bnir\b", r"\binsee\b", r"numéro\sfiscal", r"n°\sfiscal", r"n°\sfisc\.?", r"no\sfiscal", r"num\.?\sfiscal", r"n°\sspi", r"n°\s(?:de\s)?sécu", r"num\s(?:de\s)?sécu", r"n°\sss", r"réf(?:érence)?\.?\sfiscale?"),
    _nation("es", "es.dni es.nie es.nif own.nass", r"\bdni\b", r"número\sde\sidentificación\sfiscal", r"código\sfiscal", r"\bnif\b", "=NIE", r"\bcif\b", r"\bnass\b", r"\bnuss\b", r"seguridad\ssocial", r"documento\s(?:nacional\s)?de\sidentidad", r"n\.?\xc2\xba\s?col(?:egiado)?\b\.?", r"\bn(?:\xc3\xba|u)m(?:ero)?\.?\s(?:de\s)?col(?:egiado)?\b\.?", r"colegiad[oa]\b", r"\bnhc\b", r"\bcipa\b", r"historia\scl(?:\xc3\xad|i)nica", r"\bepisodio\b"),
    _nation("pt", "pt.nif pt.cc", r"contribuinte", r"\bn\.?\xc2\xba\sfiscal", r"número\sfiscal", r"número\sde\sutente", r"\bcc\sn\.?\xc2\xba", r"cartão\sde\scidadão", r"bilhete\sde\sidentidade", r"\bniss\b"),
    _nation("ad", "ad.nrt", r"\bnrt\b"),
    _nation("it", "it.codicefiscale it.iva", r"codice\sfiscale", r"\bcod\.?\sfiscale", "=CF", "=C\\.F\\.", r"p\.\s?iva", r"tessera\ssanitaria", r"cod\.\s?fisc\.", r"partita\siva"),
    _nation("sm", "sm.coe", r"codice\soperatore\seconomico"),
    _nation("nl", "nl.bsn nl.identiteitskaartnummer", r"\bbsn\b", r"\bbsn-nr\b", r"burgerservicenummer", r"sofinummer"),
    _nation("be", "be.nn be.bis be.eid", r"rijksregisternummer", r"registre\snational", r"\binsz\b", r"numéro\snational"),
    _nation("lu", "lu.tva", r"matricule\snational"),
    _nation("dk", "dk.cpr dk.cvr", r"\bcpr\b", r"cpr\.?nr", r"cpr-nummer", r"cpr-nr", r"personnr\.?"),
    _nation("se", "se.personnummer se.orgnr", r"personnummer", r"\bpersnr\b", r"\bpnr\b", r"pers\.nr", r"\bp-nr\b", r"orgnr", r"samordningsnummer", r"organisationsnummer"),
    _nation("no", "no.fodselsnummer no.orgnr", r"fødselsnummer", r"fodselsnummer", r"fødselsnr", r"d-nummer", r"\bfnr\b", r"\bf\.\s?nr\b", r"fødselsnummeret", r"personnr\.?"),
    _nation("fi", "fi.hetu fi.ytunnus", r"henkilötunnus", r"henkilötunnukseni", r"\bhetu\b", r"y-tunnus"),
    _nation("is", "is_.kennitala", r"kennitala", r"kennitölu", r"\bkt\.", r"\bkt:", r"\bkt \d{6}-"),
    _nation("ee", "ee.ik", r"isikukood", r"\bi\.k\.", r"isikukoodi"),
    _nation("lv", "lv.pvn", r"personas\skod[su]", r"\bp\.\s?k\."),
    _nation("lt", "lt.asmens", r"asmens\skod[aoąu]\w?", r"\ba\.\s?k\.", r"\ba/k\b"),
    _nation("pl", "pl.pesel pl.nip pl.regon", r"\bpesel\b", r"nr\sdowodu", r"dowód\sosobisty", r"\bpeselu\b", "=NIP", r"\bregon\b", r"dow(?:\xc3\xb3|o)du"),
    _nation("cz", "cz.rc cz.dic", r"rodné\sčíslo", r"rod\.\s?č(?:íslo)?\.?", r"r\.\s?č\.", r"č\.\s?op", r"číslo\sop", r"č\.\s?pasu", r"rodného\sčísla", r"rodne\scislo", "=RČ", r"občansk\w+\sprůkaz\w*"),
    _nation("sk", "sk.rc sk.dph", r"občiansk\w+\spreukaz\w*", r"rodného\sčísla", r"č\.\s?op", r"rod\.\sč\."),
    _nation("hu", "own.hu_tax own.hu_taj", r"adóazonosító", r"adószám\w*", r"szem\.?\s?ig\.?\sszám", r"szig\.?\sszám", r"személyi\s?(?:szám|igazolvány\w*)", "=TAJ", r"taj[\s-]?szám\w*"),
    _nation("ro", "ro.cnp ro.cf", r"\bcnp\b", r"cod\snumeric\spersonal", r"cod\sfiscal", r"seria\sci", r"carte\sde\sidentitate", r"buletin"),
    _nation("md", "md.idno", r"\bidnp\b"),
    _nation("bg", "bg.egn bg.pnf", "егн", r"\begn\b", "ЕГН", "Е.Г.Н.", "лична карта", "ЛНЧ"),
    _nation("gr", "gr.amka gr.vat", "αμκα", "ΑΜΚΑ", "αφμ", "ΑΦΜ", "Α.Φ.Μ.", "Α.Μ.Κ.Α.", "ΑΔΤ", "αδτ", "Α.Δ.Τ.", "αρ. ταυτότητας", r"\bamka\b", r"\bafm\b"),
    _nation("cy", "cy.vat", r"αριθμός\sταυτότητας"),
    _nation("hr", "hr.oib own.jmbg", r"\boib\b", "matični\\sbroj"),
    _nation("si", "si.emso si.ddv", "emšo", "EMŠO", r"\bemso\b", r"davčna\sšt", r"davčna\sšt\.", r"davčna\sštevilka"),
    _nation("rs", "own.jmbg rs.pib", r"\bjmbg\b", "ЈМБГ", r"\bpib\b"),
    _nation("mk", "mk.edb own.jmbg", "ЕМБГ", r"\bembg\b"),
    _nation("al", "al.nipt", r"\bnipt\b", r"numri\spersonal", r"nr\.?\spersonal"),
    _nation("mt", "mt.vat", r"karta\stal-identità"),
    _nation("tr", "tr.tckimlik tr.vkn", r"\bkimlik\b", r"\btc\sno\b", r"\bt\.c\.\s?no", r"vergi\snumarası", r"\btckn\b", r"\bt\.?c\.?\skimlik", r"vergi\sno"),
    _nation("ru", "ru.inn own.snils", "инн", "ИНН", "паспорт серия", "серия паспорта", "номер паспорта", "в/у", "водительское", "ОМС", "полис", "снилс", "СНИЛС"),
    _nation("ua", "ua.rntrc ua.edrpou", "рнокпп", "РНОКПП", "іпн", "ІПН", "ідентифікаційний код", "ідентифікаційний номер", "індивідуальний податковий"),
    _nation("by", "by.unp", "УНП", "унп"),
    _nation("il", "il.idnr", "תעודת זהות", "ת.ז", "ת״ז", 'ת"ז', "מספר זהות", "דרכון מספר", r"teudat\szehut"),
    _nation("eg", "eg.tn", "الرقم القومي", "رقم الهوية", "رقم هوية", "الهوية", "رقم الإقامة", "اقامة", "رقم الجواز", "رقم البطاقة", "بطاقة الهوية", "الرقم الوطني", "الرقم الضريبي", "رقم وطني", "کد ملی", "شماره ملی", "کدملی"),
    _nation("ma", "ma.ice", r"\bcin\b"),
    _nation("tn", "tn.mf", r"matricule\sfiscale?"),
    _nation("za", "za.idnr za.tin", r"id\snumber", r"identity\snumber", r"national\sid", r"identity\scard", r"\bnational\sidentification", r"id\scard", r"id\sno\b"),
    _nation("ke", "ke.pin", r"kra\spin"),
    _nation("gh", "gh.tin", r"ghana\scard"),
    _nation("mu", "mu.nid", r"mauritian\sid"),
    _nation("in", "in_.aadhaar in_.pan in_.epic in_.vid", r"aadhaa?r", r"\bpan\scard", "=PAN", "आधार", "पैन", "मतदाता पहचान", "राशन कार्ड", r"voter\sid", r"\bepic\sno"),
    _nation("pk", "pk.cnic", r"\bcnic\b"),
    _nation("cn", "cn.ric", "身份证", "身份證", "证件号", "證件號", "社保号", "护照号", "纳税人识别号", "居民身份证"),
    _nation("hk", "own.hk", r"\bhkid\b", "香港身份證"),
    _nation("tw", "own.tw tw.ubn", "身分證", "統一編號"),
    _nation("kr", "kr.rrn kr.brn", "주민등록번호", "주민번호", "외국인등록번호", "운전면허번호", "사업자등록번호", "사업자번호"),
    _nation("jp", "jp.in_ jp.cn", "マイナンバー", "個人番号", "保険証番号", "被保険者番号", "基礎年金番号", "在留カード", "旅券番号", "運転免許証", "免許証番号"),
    _nation("sg", "own.sg sg.uen", r"\bnric\b", r"\bfin\sno"),
    _nation("th", "th.pin th.tin", "บัตรประชาชน", "เลขประจำตัว", "เลขบัตร", "หนังสือเดินทาง", "พาสปอร์ต", "เลขผู้เสียภาษี"),
    _nation("id", "id.nik id.npwp", "=NIK", r"\bktp\b", r"nomor\sktp", r"no\.?\sktp", r"paspor", r"nomor\sinduk", r"\bbpjs\b", r"\bnpwp\b"),
    _nation("my", "my.nric", r"\bmykad\b", r"\bic\sno\b", r"\bic\snumber", r"kad\spengenalan"),
    _nation("vn", "vn.mst", r"\bcmnd\b", r"\bcccd\b", r"căn\scước", r"hộ\schiếu", r"mã\ssố\sthuế", r"\bmst\b", r"chứng\sminh\snhân\sdân", r"bhxh"),
    _nation("au", "au.tfn au.abn", r"\btfn\b", r"tax\sfile", r"medicare"),
    _nation("nz", "nz.ird", "=IRD", r"ird\s(?:no|number)"),
)  # fmt: skip
