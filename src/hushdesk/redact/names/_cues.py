"""Words beside which a name stands, in some 25 languages. Keys are folded and lower-case, see ``_lexicon.fold``."""

# ruff: noqa: SIM905 -- lists of words read better as prose

from __future__ import annotations

from typing import Final, NamedTuple

from hushdesk.redact.names._lexicon import fold


class Cue(NamedTuple):
    """What a cue is worth."""

    score: float
    why: str
    loose: bool
    """Whether an unknown word after it may be taken for a name."""


def _table(words: str, cue: Cue) -> dict[str, Cue]:
    return {fold(part.replace("_", " ")).strip(): cue for part in words.split()}


TITLES: Final = frozenset(
    """
mr mrs ms miss mx dr prof professor sir madam mister doctor herr herrn hr frau fraulein mag ing dipl-ing dipl.-ing m mm mme mlle mmes monsieur madame
mademoiselle sr sra srta sres don dona señor senor senora senorita sig sigra sig.ra sig.na signor signora signorina signore dott dott.ssa dottssa
dottoressa dottore ing avv senhor senhora dhr mevr mw heer mevrouw drs pan pani panu pana panem pania pane panie paní pán slecna slecno mgr inz judr
mudr ingr fru froken herra rouva neiti bayan г-н г-жа г-на г-ну г-же г-жу господин господина господину госпожа госпожу госпоже товарищ тов пан пані
пана пану добродій гн гжа господине госпожо κ κα κος κυριος κυρια κυριο κυριε κυριαν domnul doamna d-na d-nul domnule gospodin gospodine gospodo
gospodja gospo gospođa gospa bapak ibu bpk pak tuan puan gg shri smt kumari eng engr capt rev hon mlle. dame lord lady
""".split()
)

_GREETING = Cue(0.93, "follows a greeting", True)
_INTRO = Cue(0.93, "follows an introduction", True)
_BEING = Cue(0.9, "follows an introduction", False)
_LABEL = Cue(0.92, "follows a label for a person", True)
_VERB = Cue(0.75, "follows a verb of contact", True)
_WEAK = Cue(0.6, "follows a word that often takes a person", False)

GREETINGS: Final = frozenset(
    """
hi hello hey dear hiya howdy greetings hallo halo hoi hei hej moi terve ahoj cau czesc czesc witaj witam witajcie salut salve ciao buongiorno buonasera gentile gentilissimo
gentilissima egregio egregia caro cara bonjour bonsoir coucou cher chere hola estimado estimada querido querida apreciado apreciada ola oi prezado prezada
estimado estimada caro liebe lieber liebes geehrte geehrter werte werter servus moin gruezi gruss beste geachte dag hoi kaere kjaere kara kare hejsan basta hyva
drogi droga szanowny szanowna mily mila vazeny vazena drahy draha zdravim merhaba selam sevgili sayin szia kedves tisztelt draga dragă stimate stimata buna salut
dragi postovani postovana zivjo živjo halo bok sveiki tere labas xin_chao chao selamat kepada yth hai namaste namaskar shalom salam marhaba
здравствуйте здравствуй привет уважаемый уважаемая дорогой дорогая приветствую вітаю привіт шановний шановна здрастуйте здравейте здравей уважаеми уважаема скъпа скъпи
драги драга поштовани поштована γεια αγαπητε αγαπητη αγαπητή καλημερα καλησπερα χαιρετε morning evening afternoon morgen tag abend
morgon goedemorgen goedemiddag goedenavond goededag gunaydin merhabalar hallochen welcome thanks thx cheers danke merci gracias grazie obrigado obrigada dziekuje dekuji tack takk tak kiitos tesekkurler
koszonom multumesc multumim спасибо благодарю дякую ευχαριστω bedankt terima_kasih hvala
""".replace("_", " ").split()
)
"""Single words; the word after it is a name when it is written like one."""

INTRODUCTIONS: Final = """
you_are_chatting_with are_chatting_with now_chatting_with you_are_speaking_with my_name_is name_is names_is name_is_mr call_me known_as speaking_to_you_is
ich_heisse ich_heiße heisse mein_name_ist mein_name_ist_herr hier_ist hier_spricht name_ist sie_sprechen_mit sie_chatten_mit
je_m'appelle je_m’appelle m'appelle m’appelle mon_nom_est je_me_nomme vous_parlez_avec vous_parlez_à en_ligne_avec
me_llamo mi_nombre_es mi_nombre le_atiende les_atiende te_atiende le_habla le_escribe les_escribe habla_con le_saluda
mi_chiamo il_mio_nome_e il_mio_nome_è chiamo
me_chamo meu_nome_e meu_nome_é o_meu_nome_e fala_com você_fala_com chamo-me aqui_e
ik_heet mijn_naam_is u_spreekt_met spreekt_met u_chat_met
nazywam_sie nazywam_się mam_na_imie mam_na_imię moje_imie_to z_tej_strony rozmawia_pan_z rozmawia_pani_z
jmenuji_se jmenuju_se volam_sa moje_meno_je
du_chattar_med du_pratar_med jag_heter mitt_namn_ar mitt_namn_är
jeg_heter mitt_navn_er jeg_hedder mit_navn_er
nimeni_on minun_nimeni_on
benim_adim adim ismim benim_ismim
меня_зовут зовут_меня мое_имя моё_имя вас_беспокоит
мене_звати мене_звуть моє_ім'я моє_ім’я звати звуть
казвам_се зовем_се името_ми_е
με_λενε με_λένε ονομαζομαι ονομάζομαι λεγομαι λέγομαι
numele_meu_este ma_numesc mă_numesc ma_cheama mă_cheamă
a_nevem nevem
nama_saya perkenalkan_saya perkenalkan_nama_saya tên_tôi_là ten_toi_la tôi_là toi_la ime_mi_je moje_ime_je zovem_se
"""

BEINGS: Final = """
i_am i'm i’m im iam its it's it’s here_is myself named ich_bin je_suis ici soy sono eu_sou sou_o sou_a ik_ben met jestem jsem ja_som jag_ar jag_är jeg_er mina_olen olen ben я јас_сум ја_сам ειμαι_ο ειμαι_η είμαι_ο είμαι_η eu_sunt sunt vagyok saya jaz_sem this_is ben
"""

NOT_PERSON: Final = frozenset(
    """
company city host file user domain product server computer device account group field street brand model project database table column app application
printer machine pc site event hotel business class method function variable parameter service process folder path drive network workspace package
module image queue team store school bank firm business folder cluster node schema firmen produkt datei rechner server geräte benutzer gruppen projekt
fichier produit societe machine archivo producto empresa servidor
""".split()
)
"""Before ``name``: it is not a person's."""

LABELS: Final = """
name full_name first_name last_name given_name family_name surname firstname lastname middle_name display_name real_name customer_name client_name contact_name caller_name user_full_name employee_name
account_name_holder cardholder card_holder cardholder_name account_holder holder_name owner_name requester_name submitter_name reporter_name agent_name passenger passenger_name patient patient_name guest guest_name
contact contacts contact_person primary_contact main_contact point_of_contact poc caller called_by requester requestor requested_by reporter reported_by
submitter submitted_by assignee assigned_to owner author created_by opened_by closed_by resolved_by updated_by modified_by approved_by approver signed signed_by sender recipient recipients from to cc bcc attn
attention fao customer client user end_user agent engineer technician manager account_manager supervisor employee raised_by logged_by escalated_to handled_by
prepared_by participants attendees with delivered_to ship_to bill_to deliver_to shipped_to representative rep doctor beneficiary payee payer insured policyholder policy_holder
vorname nachname familienname vollstandiger_name kundenname kunde kundin ansprechpartner ansprechpartnerin ansprechperson kontakt kontaktperson anrufer anruferin melder meldende_person absender empfanger von an antragsteller bearbeiter
bearbeiterin sachbearbeiter sachbearbeiterin zustandig verantwortlich mitarbeiter inhaber kontoinhaber karteninhaber teilnehmer benutzer gemeldet_von erstellt_von geschrieben_von z.hd z.hd. z.h. zh mieter patientin vertragspartner unterschrift unterzeichner
nom prenom nom_complet nom_du_client nom_et_prenom nom_prenom contact_client interlocuteur interlocutrice correspondant demandeur demandeuse appelant responsable expediteur destinataire de a titulaire signataire client_e assure beneficiaire technicien_e conseiller
nombre nombres apellido apellidos nombre_completo nombre_y_apellidos nombre_del_cliente contacto persona_de_contacto solicitante remitente destinatario titular para usuario cliente responsable asignado_a llamante paciente medico firmado de_parte_de
nome cognome nome_e_cognome nome_completo nominativo nome_cliente contatto referente richiedente mittente da intestatario assistito paziente
nome_do_cliente apelido sobrenome contato pessoa_de_contato solicitante titular_da_conta remetente requerente atendente
naam voornaam achternaam volledige_naam klantnaam contactpersoon beller aanvrager melder van aan afzender ontvanger ter_attentie_van t.a.v t.a.v. tav behandelaar
imie nazwisko imie_i_nazwisko klient kontakt osoba_kontaktowa zglaszajacy nadawca odbiorca od do wnioskodawca opiekun dzwoniacy
jmeno prijmeni jmeno_a_prijmeni cele_jmeno zakaznik kontaktni_osoba volajici zadatel odesilatel prijemce komu meno priezvisko kontaktna_osoba
namn fornamn efternamn kundnamn kund kontaktperson uppringare fran till avsandare mottagare handlaggare bestallare
navn fornavn etternavn efternavn fulde_navn fullt_navn kunde_navn kunde kundenavn fra til avsender afsender modtager mottaker innringer saksbehandler sagsbehandler
nimi etunimi sukunimi koko_nimi asiakas yhteyshenkilo soittaja lahettaja vastaanottaja kasittelija
ad soyad ad_soyad adi_soyadi adi soyadi isim isim_soyisim musteri musteri_adi yetkili ilgili_kisi arayan gonderen alici kimden kime
имя фамилия отчество фио ф.и.о ф.и.о. контакт контактное_лицо клиент заявитель отправитель получатель от кому ответственный звонил исполнитель имя_клиента заказчик
ім'я імя прізвище піб п.і.б контактна_особа клієнт заявник відправник одержувач від відповідальний
име презиме фамилия лице_за_контакт клиент
ονομα επωνυμο ονοματεπωνυμο επαφη πελατης υπευθυνος αποστολεας παραληπτης απο προς
nume prenume nume_complet nume_si_prenume persoana_de_contact expeditor destinatar client solicitant
nev vezeteknev keresztnev teljes_nev ugyfel ugyfel_neve kapcsolattarto felado cimzett ugyintezo bejelento
nama nama_lengkap nama_pelanggan pelanggan pengirim penerima pemohon kontak_person ten họ_tên ho_ten ho_va_ten họ_và_tên khach_hang khách_hàng
ime prezime ime_i_prezime ime_in_priimek priimek
approved approval authorised authorized freigabe genehmigt freigegeben accord validation aprobado aprobación autorizado aprovado aprovação autorizzato approvato goedgekeurd akkoord zgoda zatwierdził schválil schváleno
godkänt godkänd godkendt godkjent onay onaylayan согласовано утвердил утверждено одобрено погоджено затвердив έγκριση aprobat jóváhagyta odobril new_contact second_contact neuer_kontakt nouveau_contact nuevo_contacto nuovo_contatto
novo_contato novo_contacto nieuw_contact nowy_kontakt nový_kontakt ny_kontakt yeni_kişi новый_контакт новий_контакт
 kontakt_osoba korisnik stranka
"""
"""Before a colon (or as a key of JSON and the like)."""

VERBS: Final = """
spoke_with spoke_to speak_with speak_to speaking_with speaking_to spoken_with spoken_to talked_to talked_with talk_to talk_with talking_to talking_with chatted_with chat_with conversation_with discussed_with meeting_with met_with call_with
validé_par valide_par approuvé_par approuve_par autorisé_par autorise_par aprobado_por autorizado_por validado_por aprovado_por approvato_da autorizzato_da validato_da goedgekeurd_door geautoriseerd_door overgedragen_aan
zatwierdzone_przez zaakceptowane_przez zatwierdził zatwierdziła schválil schválila schváleno godkänt_av godkänd_av godkjent_av godkendt_af onaylayan утвердил утвердила одобрил одобрила согласовано_с
затвердив затвердила погоджено_з εγκρίθηκε_από ενέκρινε jóváhagyta aprobat_de odobril odobrio genehmigt_von bestätigt_von autorisiert_von traspasado_a pasado_a passato_a transmis_à przekazane_do överlämnat_till överlämnad_till lämnat_över_till över_till vidare_till
overdraget_til overlevert_til ok_by okayed_by authorised_by authorized_by signed_off_by cleared_by validated_by set_up_by installed_by
akkoord akkoord_van ok_van ok_di ok_do ok_del ok_da ok_de ok_von ok_od ok_av ok_fra ok_от ok_від passei_p/ passei_para passado_para repassado_para passo_a pasado_a cc told_by schrieb skrev schreef пользователь contact ask call called tell email copy_in adım call_from called_by calls_from emailed messaged contacted phoned asked informed advised notified thanked met told pinged texted cc'd cc’d cced copied copying looped_in looping_in reached reached_out_to followed_up_with following_up_with
follow_up_with checked_with checking_with confirmed_with confirmed_by verified_with coordinated_with worked_with escalated_to escalate_to escalating_to assigned_to assign_to reassigned_to reassign_to forwarded_to forward_to handed_to handed_over_to
transferred_to transfer_to passed_to passing_to referred_to sent_to send_to sent_by email_from mail_from message_from reply_from response_from request_from request_by received_from letter_from ticket_from reported_by raised_by opened_by closed_by created_by updated_by
approved_by requested_by signed_by submitted_by resolved_by handled_by written_by logged_by confirmed_with authored_by provided_by instructed_by owned_by advised_by booked_by spoke_again_with waiting_for waiting_on awaiting on_behalf_of behalf_of attn fao
regards_to introduce introducing colleague colleagues coworker co-worker boss husband wife daughter son brother sister mother father friend neighbour neighbor assistant secretary supervisor
customer client user caller requester reporter agent rep representative engineer technician manager passenger patient dr employee tenant spouse fiance fiancee
mit_herrn mit_herr mit_frau telefonat_mit gesprach_mit ruckruf_an ruckruf_von anruf_von anruf_bei gesprochen_mit telefoniert_mit ruckfrage_bei ruckfrage_an rucksprache_mit weitergeleitet_an weiterleitung_an zugewiesen_an ubergeben_an eskaliert_an kollege kollegin
kollegen mail_von e-mail_von nachricht_von antwort_von erstellt_von gemeldet_von bearbeitet_von freigegeben_von laut gemass lt
kunde kundin mitarbeiter mitarbeiterin techniker technikerin ansprechpartner ansprechpartnerin chef chefin ehemann ehefrau tochter sohn bruder schwester
parle_avec parle_a discute_avec echange_avec appel_de appel_a appele contacte transmis_a transfere_a assigne_a escalade_a message_de mail_de courriel_de reponse_de selon d'apres d’apres rappeler rappele vu_avec collegue mari epouse fille fils frere soeur cliente
cliente
hable_con habló_con hablo_con hablado_con hablar_con llamada_de llamo_a llamó_a llame_a llamé_a contacte_con asignado_a escalado_a reenviado_a enviado_a correo_de mensaje_de respuesta_de segun según colega companero compañero companera compañera esposo esposa marido mujer hijo hija
parlato_con parlare_con telefonata_con chiamata_da chiamata_di contattato assegnato_a inoltrato_a mail_da e-mail_da messaggio_da risposta_di secondo collega marito moglie figlio figlia fratello sorella
falei_com falou_com falar_com conversei_com ligacao_de ligação_de liguei_para contatei atribuido_a atribuído_a encaminhado_para encaminhado_a enviado_para e-mail_de mensagem_de resposta_de segundo conforme colega marido esposa filho filha
gesproken_met gebeld_met gesprek_met telefoon_van telefoontje_van mail_van e-mail_van bericht_van doorgestuurd_naar toegewezen_aan doorgezet_naar contact_met volgens collega echtgenoot vrouw
rozmawialem_z rozmawiałem_z rozmawialam_z rozmawiałam_z rozmowa_z kontakt_z telefon_od mail_od wiadomosc_od wiadomość_od przekazano_do przypisano_do wedlug według zdaniem klient klientka kolega kolezanka
mluvil_s mluvila_s hovor_s volal volala telefonat_s mail_od zprava_od zpráva_od predano prideleno podle dle kolega kolegyne
pratade_med talade_med samtal_med samtal_från mejl_fran mejl_från mail_fran eskalerat_till tilldelat enligt kollegan kollega ringde ringte ringte_till
snakket_med snakkede_med talte_med samtale_med opkald_fra mail_fra e-post_fra eskalert_til eskaleret_til tildelt ifolge ifølge i_folge kollega kunden
puhuin soitti soitto sahkoposti siirretty kollega
ile_gorustum ile_görüştüm gore göre aradi aradı
говорил_с говорила_с поговорил_с поговорила_с разговор_с разговаривал_с звонок_от письмо_от сообщение_от передано назначено эскалировано согласно коллега клиент клиентка сотрудник сотрудница мастер менеджер оператор инженер
говорив_з говорила_з розмова_з дзвінок_від лист_від повідомлення_від передано призначено колега клієнт клієнтка
μιλησα_με μίλησα_με συνομιλια_με κλήση_απο συμφωνα_με σύμφωνα_με
discutat_cu vorbit_cu apel_de_la mail_de_la conform potrivit colegul colega
beszeltem beszéltem szerint kollegank
"""

WEAK: Final = """
per by with via and from to for cc mit von bei par avec con da de por com met van od s med fra till til от с з für pour para voor dla pro
"""

AFTER_VERBS: Final = frozenset(
    """
says said wrote writes called calls confirmed confirms asked asks replied replies responded responds reported reports told tells mentioned mentions
requested requests emailed phoned advised advises stated states explained explains informed informs joined agreed answered complained forwarded
schrieb schreibt sagt sagte meldet meldete bittet bat ruft rief fragt fragte bestatigt bestatigte teilte dit ecrit ecrivait appelle demande confirme
signale souhaite dice dijo escribe escribio llama llamo pregunta confirma confirmo pide indica reporta scrive chiede conferma segnala disse escreveu
ligou pediu confirmou informou relata zegt zei schrijft schreef belde vraagt meldt bevestigt napisal napisała napisala mowi dzwonil dzwoniła dzwonila
potwierdzil prosi pisze zglosil napsal napsala rekl rekla volal volala potvrdil skrev sager sade ringde skriver sier ringte bekraftade bekreftet
kirjoitti sanoo soitti yazdi dedi aradi onayladi пишет написал написала сказал сказала звонил звонила подтвердил подтвердила просит сообщил сообщила
спрашивает говорит пише написав написала сказав сказала дзвонив дзвонила підтвердив просить
""".split()
)

WROTE: Final = frozenset(
    map(
        fold,
        """
wrote writes schrieb écrit ecrit escribió scritto schreef escreveu napisał napisała napsal napsala napísal skrev kirjoitti yazdı пишет писал писала
написал написала пише írta scris έγραψε
""".split(),
    )
)
"""Ends the line before a quoted mail."""


def _build() -> dict[str, Cue]:
    table: dict[str, Cue] = {}
    table.update(_table(WEAK, _WEAK))
    table.update(_table(VERBS, _VERB))
    table.update(dict.fromkeys(map(fold, GREETINGS), _GREETING))
    table.update(_table(BEINGS, _BEING))
    table.update(_table(INTRODUCTIONS, _INTRO))
    return table


BEFORE: Final = _build()
"""One to four words before a name."""
_ORG: Final = """
name customer client kunde kundin klant kund asiakas zakaznik klient cliente nom nome naam namn navn nimi nombre owner contact kontakt contacto contato contatto from to von de da van assigned_to reported_by escalated_to
created_by updated_by opened_by closed_by resolved_by zustandig verantwortlich user usuario sender recipient absender empfanger with inhaber responsable responsavel manager agent technician клиент клієнт πελατης
musteri account_name от кому od do fra fran till til an a para handled_by vendor representative support delivered_to ship_to bill_to deliver_to
"""
_OFFICE: Final = Cue(0.92, _LABEL.why, False)
LABELLED: Final = _table(LABELS, _LABEL) | _table(_ORG, _OFFICE)
"""Labels; not loose where the value is as often a firm or a thing."""
