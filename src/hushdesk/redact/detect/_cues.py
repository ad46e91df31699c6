"""Cue words, by kind, in the languages that support desks see; what may stand between a cue and its value."""

from __future__ import annotations

import re
from functools import cache

from hushdesk.redact._lazy import lazily
from hushdesk.redact._words import words

PHONE = words(
    r"""
    zap zapzap whats wpp wapp vatsap вотсап ватсап вацап телега тлф тлф\. сот сот\. kom\. dzw dzw\. cel\. móv móv\. tlm tlm\. tlmv natel volat volejte volajte zavolať volať zvolajte prozvonit
    τηλ\. puh\. tlf\. mobitel mobitela br\.\stel\.? broj\stelefona tālr tālr\. tālrunis mobilais telefonas skambinti skambinkite helista telefonil sími símanúmer farsími hringja hringið dial dialing marcar
    marque discar disque digitare comporre composer wählen hp no\.?\shp zalo nelpon telp\. dihubungi gọi máy\sbàn تلفن موبایل تماس واتساب واتس رقمه رقمها جواله جوالي هاتفه וואטסאפ ווטסאפ טל טל['׳] נייד: व्हाट्सएप नंबर नम्बर व्हाट्सऐप
    โทรกลับ เบอร์ติดต่อ ケータイ 折り返し 来电 座机 电话号码 電話號碼 联系号码 카톡 연락\s?번호 连络 回电 klic klicati pokličite sunaţi suna apelați telefonul: çağrı arayınız ulaşabilirsiniz звонил звонила перезвонить дзвонити подзвонити дзвонив обади обадете звъннете
    κιν κιν\. 联系人 聯絡人 llamarle llamarles ligar-lhe zadzwonię zadzwonimy dzwonić oddzwonię llamo llamamos llamaré llamaremos ligo ligamos ligarei retorno позвоню перезвоню позвонить
    номеру подзвоню передзвоню volám zavolám ringer ringa ringe soitan hívom arıyorum rufe rufen anrufe appelle appellerai chiamo chiamerò bel
    拨打 致电 打电话 お電話 連絡先 연락 segundo\scontacto segundo\scontato kontakt kontakta cb tried reached phone telephone tel tele mobile cell cellphone cellular fax telefax whatsapp viber callback landline
    handset telf telef telefs tlfn tfno tlfno tfn tfnos tfo tlfs telfs tfnr telnr telno ph phon pho phno mob mobno cellno telefon telefonnummer tel\.nr handy handynummer handynr mobil mobilnummer rufnummer
    durchwahl festnetz anrufen rückruf ruf téléphone telephone téléphoner tél portable appeler appelez
    joindre rappeler fixe gsm teléfono telefono móvil movil celular llamar llame llámame llámeme
    llamarme fijo telefone telemóvel telemovel celular ligue ligar contacto contato telefono cellulare
    cell chiamare chiamami chiamatemi recapito telefoon telefoonnummer mobiel mobieltje bellen
    gsm-nummer telefonnummer mobilnummer ring tlf tlf\.nr mobilnr telefonnr puhelin puhelinnumero puh
    matkapuhelin telefonu komórka komórkowy zadzwonić zadzwoń kom telefonní mobilní volejte zavolejte
    telefonszám mobilszám hívjon hívjanak telefonul sunați mobilul cep gsm telefonum arayın numaram
    điện\s?thoại sđt đt số\s?máy telepon nomor\s?hp hubungi telp τηλέφωνο τηλ καλέσω καλέσουμε καλέσετε καλέστε κινητό τηλεφωνο κινητο
    телефон телефона телефону тел моб мобильный мобільний позвоните звоните дзвоніть телефонът сотовый
    טלפון נייד פלאפון هاتف الهاتف جوال الجوال موبايل تليفون رقم फ़ोन फोन मोबाइल दूरभाष 電話 電話番号 携帯 携帯番号
    でんわ 电话 手机 電話 手機 手机号 手机号码 联系电话 联系方式 전화 전화번호 휴대폰 연락처 핸드폰 โทร เบอร์ มือถือ เบอร์โทร
    """
)
PHONE_PHRASES = [
    r"call\s(?:me|us|him|her|back)(?:\sback)?(?:\s(?:at|on|under|via))?",
    r"(?:reach|text|ring|dial|phone)\s(?:me|us|him|her)(?:\s(?:at|on|under|via))?",
    r"contact\s?(?:no|number|nr)",
    r"contact(?:ing)?\s(?:me|us|him|her|them)\s(?:at|on|under)",
    r"calls?",
    "calling",
    "pod",
    r"direct\snumber",
    r"(?:my|his|her|our|their|cell|current)\snumber",
    r"phone\s?(?:no|number|nr|#)",
    r"best\snumber",
    "called",
    "dialled",
    "dialed",
    "caller",
    "caller\\s?id",
    "sms",
    r"answer(?:ing)?\sat",
    r"answers?\sunder",
    r"can\sbe\sreached",
]

ACCOUNT = words(
    r"""
    badge badge\s(?:no|number|id) meter\s(?:no|nr|number|id|serial) smart\smeter mpan mprn nmi icp\snumber employee\s(?:id|no|number) staff\s(?:id|no|number) payroll\s(?:no|number) student\s(?:id|no|number) library\scard
    zähler zählernummer zählernr\.? zähler-?nr\.? stromzähler gaszähler marktlokation malo personalnummer personalnr\.? personal-?nr\.? matrikelnummer matrikelnr\.? mitgliedsnr\.? mitglieds-?nr\.? ausweis-?nr\.? dienstausweis
    compteur pdl prm matricule badge\sn° n°\sclient n°\s?abonné n°\sadhérent n°\scontrat réf\.?\sclient réf\.?\scontrat référence\sclient contador medidor suministro cups empleado nº\scliente nº\ssocio n\.º\ssocio nº\sempleado legajo instalação unidade\sconsumidora
    matrícula\sdo\sfuncionário medidor\snº colaborador contatore matricola pod pdr codice\sutente n°\scliente n\.\scliente tessera teller meternummer meternr\.? personeelsnummer lidnummer lidnr\.? ean-code mätare mätarnummer mätarnr\.? anläggnings-?id anställningsnummer medlemsnummer medlemsnr\.? kundnr\.?
    målernummer målernr\.? måler medarbejdernr\.? ansattnummer ansattnr\.? sähkömittari mittari käyttöpaikka käyttöpaikkanumero jäsennumero jäsennro asiakasnro licznik licznika nr\slicznika numer\slicznika ppe nr\sklienta nr\sumowy legitymacja nr\sabonenta identyfikator
    elektroměr elektroměru plynoměr elektromer ean\skód osobní\sčíslo č\.\szákazníka číslo\szákazníka č\.\ssmlouvy číslo\ssmlouvy mérőóra mérő\sszáma mérőszám gyári\sszámú\smérő felhasználó\sazonosító vevőkód ügyfélkód törzsszám contor contorul cod\sclient cod\sabonat loc\sde\sconsum
    сч[её]тчик сч[её]тчика л/с лиц\.\s?сч[её]т лиц\.\s?сч\. абонент абонента табельный таб\.\s?№ пропуск пропуска бейдж бейджа лічильник лічильника о/р особовий\sрахунок електромер абонатен\sномер клиентски\sномер електромера broj\sbrojila brojilo broj\sugovora broj\skupca številka\sštevca števec številka\skupca
    skaitiklis skaitītājs abonento\skodas mokėtojo\skodas arvesti kliendinumber sayaç sayaç\sno tesisat\sno tesisat abone\sno abone müşteri\sno sicil\sno üye\sno αριθμός\sπαροχής αρ\.\sπαροχής παροχή μετρητής μετρητή αρ\.\sπελάτη κωδ\.\sπελάτη αριθμός\sμητρώου מונה מספר\sמונה מספר\sלקוח מס['׳]\sלקוח מספר\sחשבון מספר\sעובד
    عداد العداد رقم\sالعداد رقم\sالمشترك رقم\sالموظف رقم\sالاشتراك شماره\sاشتراک मीटर मीटर\sनंबर ग्राहक\sसंख्या खाता\sसंख्या उपभोक्ता\sसंख्या कर्मचारी\sआईडी มิเตอร์ หมายเลขมิเตอร์ รหัสพนักงาน หมายเลขสมาชิก เลขที่ผู้ใช้ mã\skhách\shàng mã\skh mã\snhân\sviên công\stơ số\shợp\sđồng nomor\spelanggan id\spelanggan no\.?\spelanggan idpel nomor\smeter nip
    電表号 电表号 电表 户号 戶號 用户编号 工号 員工編號 员工号 员工编号 会员卡号 会员编号 客户编码 客戶編號 会員カード メーター番号 計器番号 社員番号 職員番号 顧客番号 お客さま番号 供給地点特定番号 사번 사원번호 회원번호 고객\s?번호 계량기 계량기\s?번호 학번
    ac\s(?:no|num|number) acct\s?no a/c acc(?:oun)?ts? cust customers? klantnr klant-nr klientnr kundenkonto konten comptes cuentas contas conti kontot kontoen asiakas klientka zákazník\w* zákazn\.
    πελάτη πελάτης λογαριασμού συμβολαίου клиент client contract policy subscriber subscription member(?:ship)? loyalty
    frequent\sflyer claim patient medical\srecord mrn konto kontonummer kundennummer kdnr kd-nr kd\.-nr kd\.nr kto-nr kto\.-nr kunden-?nr kunde
    vertragsnummer vertrag versicherungsnummer mitgliedsnummer compte contrat client[e]? abonn[ée]
    adhérent police cuenta contrato póliza poliza socio conta apólice conto contratto polizza
    codice\scliente rekening rekeningnummer klantnummer klant contractnummer polisnummer kundnummer
    kundenr kundnr avtal(?:snummer)? asiakasnumero sopimusnumero numer\sklienta klienta konta umow[ay]
    smlouva smlouvy zákaznické\sčíslo ügyfélszám szerződésszám müşteri hesap sözleşme договор договора
    лицев(?:ой|ого)\sсч[её]та? сч[её]та клиента клієнт клієнта рахунок рахунку договору รหัสลูกค้า หมายเลขลูกค้า เลขที่สัญญา 契約 合同 رقم\sالعميل رقم\sالحساب العميل الحساب العقد お客様番号 会員番号 契約番号 口座番号 客户号
    客户编号 会员号 账号 帐号 账户 合同号 合同编号 고객번호 고객\s번호 계좌번호 계약번호
    """
)

NUMBER_WORDS = (
    r"(?:number|numbers|num|no|nr|id|ref|reference|code|nummer|numéro|numero|número|num|nº|n°|№|#|numer|číslo"
    r"|numarası|no'?su|номер|رقم|番号|号码|编号|번호|nombor|nomor|số|číslo|szám|αριθμός|ident|identifier)"
)
"""What may follow a cue: "account number", "Kunden-Nr."."""

FILL_WORDS = (
    r"(?:is|are|was|ist|lautet|est|es|è|é|er|är|on|jest|je|to|the|new|my|your|of|for|le|la|el|il|der|die|das|my|her|his"
    r"|at|under|unter|au|al|an|via|or|auf|me|us|back|now|please|bitte|private|home|work|office|mobile|main|private|primary"
    r"|là|este|adalah|нет|это|—|am|den|with|also|still|customer|kunde|name|holder|ending|in|used)"
)
_JOIN = r"[\s:=#.\-–—_()\[\]\"'“”‘’«»|>*,/：，、＃・]"
_GLUED = r"(?:号码|番号|번호|号|码|は|是|为|為|는|은|が|：)"
GAP = (
    rf"(?:{_JOIN}{{0,6}}(?:(?:{NUMBER_WORDS}|{FILL_WORDS})(?![^\W_])|{_GLUED}))"
    "{0,4}"
    rf"{_JOIN}{{0,6}}"
)


AND = r"(?:and|und|et|y|e|en|i|&)"
"""Between two values that are told together."""
_ESCAPE = lazily(r"(\\.|\(\?:)|[^\\(]+")
_WIDE_CLASS = lazily(r"\[([^\]\\]*[^\x00-\x7f][^\]\\]*)\]")


def hyperscan_word(cue: str) -> str:
    """Return ``cue`` as a Hyperscan expression that fires once, at its end.

    Args:
        cue: A cue word as a regular expression without groups that Hyperscan cannot take.
    """
    if cue.isascii():
        start = r"\b" if cue[0].isalnum() else ""
        end = r"\b" if cue[-1].isalnum() or cue[-1] in ")?" else ""
        return start + cue + end
    # Without the Unicode flag, case, word ends and classes beyond ASCII are ours to spell out.
    cue = _WIDE_CLASS.sub(lambda m: "(?:" + "|".join(m[1]) + ")", cue)
    forms = {cue, cue[:1].upper() + cue[1:], _ESCAPE.sub(lambda m: m[1] or m[0].upper(), cue)}
    return "(?:" + "|".join(sorted(forms)) + ")"


def in_bytes(expression: str) -> str:
    """Return an expression with what is beyond ASCII as escaped bytes: so Hyperscan reads it without the Unicode flag.

    Args:
        expression: An expression without classes that hold such characters.
    """
    return "".join(c if c.isascii() else "".join(rf"\x{b:02x}" for b in c.encode()) for c in expression)


@cache
def after_cue(value: str) -> re.Pattern[str]:
    """Return the pattern of a gap and then ``value``, to be matched where a cue ends.

    Args:
        value: The pattern of the value; its group ``v`` is what is masked.
    """
    return re.compile(rf"(?i)(?:{GAP})(?P<v>{value})")
