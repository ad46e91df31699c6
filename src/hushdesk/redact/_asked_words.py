"""What is asked for in a conversation: words for what is personal, and for asking, in the languages that support desks see."""

from __future__ import annotations

from collections.abc import Iterable

from hushdesk.redact._types import Kind
from hushdesk.redact._words import words

_OF_KIND = {
    Kind.PERSON: """
        surname firstname lastname fullname initials maiden recipient whom titular titulaire intestatario rekeninghouder kontoinhaber namen nachname nachnamen vorname vornamen familienname heißen heißt nom noms prénom prénoms
        nombre nombres apellido apellidos llama llamas nome nomi cognome sobrenome apelido naam voornaam achternaam heet imię imienia nazwisko nazwiska имя имени фамилия фамилию фамилии фио отчество зовут представьтесь
        ім'я імя прізвище звати звуть adınız adınızı soyadınız soyadınızı soyadı soyadını isminiz adı ismi adına नाम jméno příjmení nimi nimesi namn efternamn förnamn navn navnet etternavn numele όνομα επώνυμο
        اسمك اسم الاسم اسمكم שם שמך tên nama
        """,
    Kind.ACCOUNT: """
        account acct customer policy contract membership member employee staff badge loyalty subscriber patient kundennummer kunden-nr kundennr vertragsnummer versicherungsnummer versichertennummer mitgliedsnummer personalnummer kontonummer
        client adhérent contrat abonné matricule cliente contrato póliza poliza socio cuenta contratto polizza tessera conto apólice sócio conta klantnummer polisnummer lidnummer rekeningnummer contractnummer personeelsnummer
        polisy klienta umowy konta договора полиса счёта счета клиента договору полісу рахунку клієнта müşteri poliçe üye hesap खाता ग्राहक khata الوثيقة الحساب العميل العضوية العقد kundnummer kundenummer zákaznické asiakasnumero
        """,
    Kind.PHONE: """
        phone telephone mobile cell cellphone callback contact-number reach telefon telefonnummer handynummer handy rufnummer mobilnummer téléphone portable joindre joignable teléfono móvil celular telefone telemóvel telefono cellulare recapito
        telefoonnummer mobiel telefonu komórki kontaktowy телефон телефона телефону контактный контактний telefonunuz telefonunuzu मोबाइल फ़ोन फोन mobil الجوال جوالك الهاتف هاتفك הטלפון
        """,
    Kind.EMAIL: "email e-mail mail courriel correo e-posta почта почту пошта пошту البريد",
    Kind.BIRTH_DATE: """
        birth birthdate birthday dob born geburtsdatum geburtstag geboren naissance né née nacimiento nascita nascimento geboortedatum urodzenia рождения народження doğum जन्मतिथि जन्म الميلاد födelsedatum fødselsdato narození
        """,
    Kind.CARD: "card credit debit kreditkarte karte kartennummer carte tarjeta cartão carta kaart kaartnummer karty карты карти kart kartınızın कार्ड البطاقة",
    Kind.NATIONAL_ID: """
        ssn social passport licence license nino tfn steuer-id steuernummer ausweisnummer personalausweis reisepass führerschein passeport permis sécurité dni pasaporte licencia fiscale passaporto patente cpf nif passaporte bsn paspoort
        rijbewijs pesel dowodu paszportu паспорт паспорта снилс инн паспорту іпн kimlik pasaport आधार पैन पासपोर्ट aadhaar pan هوية الهوية جواز personnummer rodné
        """,
    Kind.PLATE: "plate registration reg kennzeichen immatriculation plaque matrícula placa targa kenteken rejestracyjny госномер номерний plaka plakası plakanız plakanızı",
    Kind.ADDRESS: """
        address street postcode zip zipcode shipping anschrift adresse straße postleitzahl plz hausnummer rue domicilio dirección calle código-postal indirizzo via cap endereço morada rua cep adres huisnummer straat
        adresu ulica адрес адреса адресу адресою улица вулиця adresiniz adresinizi adresi पता pata عنوانك العنوان عنوان adressen
        """,
    Kind.USERNAME: """
        username userid login benutzername benutzernamen nutzername identifiant pseudo usuario utente usuário utilizador gebruikersnaam użytkownika логин логіну логін nickname kullanıcı यूज़रनेम المستخدم användarnamn brukernavn
        """,
    Kind.SECRET: """
        pin password passcode passphrase memorable otp passwort kennwort geheimzahl tan digicode contraseña clave senha wachtwoord pincode hasło hasła пароль пароля şifre şifreniz parola पासवर्ड ओटीपी الرمز lösenord heslo
        """,
}  # fmt: skip
WORDS = {word: kind for kind, cues in _OF_KIND.items() for word in words(cues)}
"""Words that name by themselves what is asked for; each is of one kind alone."""

BEFORE_NUMBERS = frozenset(WORDS) | {"iban", "bic", "ref", "tel"}
"""Short words that say that a number follows, and are no letters of it."""

PARTS = {
    Kind.PERSON: "姓名 名字 称呼 貴姓 贵姓 收件人 お名前 氏名 성함 이름 성명",
    Kind.PHONE: "手机 电话 電話 電話番号 携帯 연락처 전화 휴대폰 手機",
    Kind.EMAIL: "メール 邮箱 郵箱 이메일",
    Kind.ADDRESS: "地址 住所 주소 邮编 郵便番号 우편번호",
    Kind.BIRTH_DATE: "生年月日 生日 出生 생년월일",
    Kind.NATIONAL_ID: "身份证 身分證 护照 パスポート マイナンバー 주민등록 여권",
    Kind.ACCOUNT: "客户号 账号 帐号 会员号 保单 合同号 お客様番号 会員番号 契約番号 口座番号 고객번호 회원번호 계좌 증권번호",
    Kind.USERNAME: "用户名 登录名 ユーザー名 ユーザーID ログインID 아이디",
    Kind.SECRET: "密码 验证码 暗証番号 パスワード 認証コード 비밀번호 인증번호 口令",
    Kind.CARD: "卡号 カード番号 카드번호 카드",
    Kind.PLATE: "车牌 ナンバープレート 차량번호",
}
"""The same where no blanks stand between words."""


def _nobodys(said: Iterable[str]) -> dict[str | None, Kind | None]:
    return dict.fromkeys(said)


BESIDE: dict[str, dict[str | None, Kind | None]] = {
    "name": {
        None: Kind.PERSON, "user": Kind.USERNAME, "login": Kind.USERNAME, "screen": Kind.USERNAME,
        **_nobodys(words("company business product file domain host machine brand model network device store game server plan pet")),
    },
    "names": {None: Kind.PERSON},
    "who": {None: Kind.PERSON},
    "id": {None: Kind.ACCOUNT, "user": Kind.USERNAME, "login": Kind.USERNAME, **_nobodys(words("order ticket case correlation session transaction request build product"))},
    "code": {
        None: Kind.SECRET, "zip": Kind.ADDRESS, "postal": Kind.ADDRESS, "post": Kind.ADDRESS,
        **_nobodys(words("error area product promo discount coupon country dial dialling status fault voucher source qr exit sku item")),
    },
    # The Spanish number of a foreigner; in Polish it is "not", in many a question.
    "nie": {None: None, **dict.fromkeys(("o", "su", "el", "dni", "your"), Kind.NATIONAL_ID)},
    "four": {None: Kind.CARD},
    "digits": {None: Kind.CARD},
    "kod": {None: Kind.SECRET}, "kodu": {None: Kind.SECRET}, "код": {None: Kind.SECRET}, "codice": {None: None}, "codigo": {None: Kind.SECRET}, "código": {None: Kind.SECRET},
    "number": {None: None, "contact": Kind.PHONE, "cell": Kind.PHONE, "good": Kind.PHONE, "best": Kind.PHONE, "employee": Kind.ACCOUNT},
    "номер": {None: None, "контактний": Kind.PHONE, "контактный": Kind.PHONE},
}  # fmt: skip
"""Words that name it together with the one before; None where that is no person's."""

SECURITY = frozenset(words("pet grew haustier aufgewachsen mascota animale memorable sicherheitsfrage"))
"""Words of questions whose answer opens an account."""

NOT_ADDRESS = frozenset(words("email e-mail mail ip mac web website url e-mailadres correo"))
"""Before a word for address: an address of another kind."""

THINGS = frozenset(
    words(
        """
    order orders ticket case invoice tracking shipment parcel model part serial article sku price error version build amount total quantity bestellung bestellnummer auftrag auftragsnummer rechnung rechnungsnummer artikelnummer störungsnummer
    commande facture colis pedido factura encomenda fatura ordine fattura bestelling bestelnummer factuur zamówienia faktury заказа заказ замовлення sipariş 订单 注文
    """
    )
)
"""What is numbered and nobody's."""

REQUESTS = frozenset(
    words(
        """
    may can could please need provide confirm enter give tell spell verify share what what's whats who which bitte nennen brauche benötige welche wie lautet pourriez pouvez quel quelle indiquez donnez votre puede podría dígame indique cuál facilita
    può potrebbe mi-dica indichi qual quale pode poderia informe diga-me diga qual graag kunt mag wat welke proszę poproszę podaj podać jaki jaka можете назовите укажите уточните подскажите пожалуйста вкажіть назвіть який lütfen alabilir bataiye बताइए
    कृपया الرجاء ممكن
    """
    )
)
"""Words of somebody who asks."""
ASKING = ("?", "？", "؟", "ください", "お願い", "请提供", "请问", "请输入", "부탁", "알려", "주세요")
"""Signs of somebody who asks."""

LEADS = frozenset(
    words(
        """
    yes yeah yep yup sure ok okay it it's its it’s is that that's thats that’s the my no nope wait sorry oh ah aah oops try then i im i'm think mean meant use here under for um umm uh er and number user id was should be actually hi hello this name email phone zip
    account card pin password street city exp last hmm well so one a at on to just now is: maybe correction now
    ja nein nee ne doch dann falsch entschuldigung das ist die der den meine mein lautet oui non c'est c’est le la mon ma ah sí si no perdón es el la mi sì è il mia mio no scusi é sim não ah o a meu minha desculpe het is mijn dat to tak nie jest mój moja
    это да нет ой мой моя мне так ні це evet hayır benim हाँ नहीं नही mera meri hai نعم لا هو هي اسمي 是 不对 不 我是 はい いいえ 네 아니요 저는
    """
    )
)
"""Words before a bare answer."""
TRAILS = frozenset(
    words(
        "thanks thank you ta thx pls please now btw sorry lol think i right sir madam maam okay ok danke bitte merci gracias grazie obrigado obrigada bedankt dzięki dziękuję спасибо дякую teşekkürler hai dear"
    )
)
"""Words behind it."""

NO_VALUES = frozenset(
    words(
        """
    done nothing none unknown unsure dunno n/a idk forgot bilmiyorum yok neden hayır evet tamam nahi nahin haan ji theek teşekkürler merhaba selam привет здравствуйте алло спасибо хорошо понятно ладно конечно дякую добре вітаю чому почему зачем
    शुक्रिया धन्यवाद ठीक شكرا شكراً تمام مرحبا أهلا أهلاً لماذا keine weiß moment augenblick personne aucun ninguno nadie nessuno nenhum niemand nikt wszystko cancel agent operator human representative hallo salut bonjour hola ciao olá hoi cześć hej dzień
    great perfect wonderful fine welcome goodbye later kendim ben sen mein
    """
    )
)
"""Words in answers that are none."""
