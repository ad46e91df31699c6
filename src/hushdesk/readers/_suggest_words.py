"""The words by which help desks name their columns, in several languages.

Normalised as the suggester does it: lower case, without accents and punctuation, camel case cut.
"""

from __future__ import annotations

_FIELDS = {
    "id": (
        "id, ticket id, case id, issue id, incident id, request id, conversation id, sys id, uid, ticketid, caseid,"
        " ticket nr, ticketnummer, fallnummer, vorgangsnummer, vorgang, fall id, numero de ticket, ticket no, id ticket,"
        " id caso, numero caso, numero de caso, numero del caso, id do chamado, numero do chamado, chamado, zaaknummer,"
        " numer zgloszenia, numero du dossier, dossier, 工单编号, チケット番号, 问题编号, номер заявки, номер обращения"
    ),
    "number": "number, ticket number, case number, issue key, key, incident number, display id, reference, ref, nummer, numero",
    "subject": (
        "subject, title, summary, short description, headline, betreff, titel, zusammenfassung, objet, sujet, titre, asunto,"
        " titulo, oggetto, titolo, assunto, onderwerp, temat, amne, 主题, 标题, 件名, тема"
    ),
    "description": (
        "description, body, content, message, details, detail, text, problem, problem description, issue description,"
        " long description, comment, full text, beschreibung, nachricht, problembeschreibung, inhalt, fehlerbeschreibung,"
        " contenu, message du client, corps, descripcion, mensaje, contenido, descrizione, messaggio, testo, descricao,"
        " mensagem, omschrijving, bericht, opis, tresc, beskrivning, 描述, 内容, 説明, описание, сообщение, utterance"
    ),
    "resolution": (
        "resolution, solution, resolution notes, close notes, answer, losung, antwort, resolucion, solucion, risoluzione,"
        " soluzione, solucao, resolucao, oplossing, rozwiazanie, 解决方案, решение"
    ),
    "remarks": "remarks, remark, bemerkung, bemerkungen, remarque, remarques, observaciones, osservazioni, observacoes, opmerkingen",
    "note": (
        "note, notes, internal note, internal notes, internal comment, internal comments, work notes, worknotes, private note,"
        " private notes, agent notes, interne notiz, interne notizen, notiz, notizen, note interne, notes internes,"
        " nota interna, notas internas, note interne, comments and work notes"
    ),
    "opened_at": (
        "created, created at, created on, created date, creation date, date created, opened, opened at, open date, date opened,"
        " date, datetime, timestamp, time, submitted at, date submitted, received, received at, sys created on, reported at,"
        " erstellt, erstellt am, eroffnet, eroffnet am, datum, angelegt am, eingang, date de creation, cree le, date d ouverture,"
        " ouvert le, fecha, fecha de creacion, creado, creado el, data, data creazione, data di creazione, creato il,"
        " data de criacao, criado em, aangemaakt, aangemaakt op, utworzono, data utworzenia, skapad, 创建时间, 作成日時, создано,"
        " дата создания"
    ),
    "updated_at": (
        "updated, updated at, updated on, last updated, last modified, modified, modified at, date updated, sys updated on,"
        " last update, aktualisiert, geandert, geandert am, zuletzt geandert, mis a jour, mis a jour le, date de modification,"
        " actualizado, modificado, aggiornato, atualizado em, bijgewerkt, 更新时间, 更新日時, обновлено"
    ),
    "closed_at": (
        "closed, closed at, closed on, close date, date closed, resolved, resolved at, resolution date, date resolved,"
        " time to resolution, completed at, solved at, geschlossen, geschlossen am, gelost am, erledigt am, ferme le,"
        " date de cloture, resolu le, cerrado, fecha de cierre, chiuso, data chiusura, fechado em, encerrado em, gesloten op,"
        " 关闭时间, закрыто"
    ),
    "status": "status, state, ticket state, zustand, statut, etat, estado, stato, situacao, 状态, ステータス, статус",
    "priority": "priority, severity, urgency, prioritat, dringlichkeit, priorite, prioridad, priorita, prioridade, prioriteit,"
    " priorytet, 优先级, 優先度, приоритет",
    "category": (
        "category, type, issue type, request type, queue, component, topic, kategorie, typ, art, categorie, type de demande,"
        " categoria, tipo, kategoria, 类别, カテゴリ, категория, тип"
    ),
    "product": (
        "product, product name, product purchased, product area, produkt, produktname, produit, producto, prodotto, produto,"
        " 产品, 製品, продукт"
    ),
    "channel": "channel, source, via, contact type, origin, case origin, kanal, canal, canale, kanaal, 渠道, チャネル, канал",
    "language": "language, locale, lang, sprache, langue, idioma, lingua, taal, jezyk, 语言, 言語, язык",
    "country": "country, country code, land, pays, pais, paese, kraj, 国家, 国, страна",
    "location": "location, city, town, place, region, state province, site, ort, stadt, standort, ville, lieu, ciudad, localidad,"
    " citta, luogo, cidade, plaats, 城市, город",
    "tags": "tags, labels, keywords, tag, label, schlagworte, stichworte, etiquettes, etiquetas, etichette, 标签, метки",
    "attachments": "attachments, attachment, attachment names, files, anhange, anlagen, pieces jointes, adjuntos, allegati, anexos",
    "contract_number": (
        "contract, contract number, contract id, contract no, policy number, vertragsnummer, vertrag, numero de contrat, contrat,"
        " numero de contrato, contrato, numero contratto, contratto, contractnummer"
    ),
    "message.visibility": "public, is public, visibility, private, is private, internal, is internal, offentlich, sichtbarkeit",
    "message.id": "message id, comment id, utterance id, nachricht id",
}
_PEOPLE = {
    "customer": (
        "customer, client, requester, reporter, submitter, contact, user, end user, caller, from, sender, complainant, owner name,"
        " created by, opened by, customer contact, kunde, kundin, melder, anforderer, absender, benutzer, demandeur, expediteur,"
        " utilisateur, usager, cliente, solicitante, usuario, remitente, richiedente, utente, mittente, remetente, klant,"
        " aanvrager, klient, zglaszajacy, kund, 客户, 顧客, клиент, заявитель"
    ),
    "agent": (
        "agent, assignee, assigned to, owner, technician, handler, support agent, operator, resolved by, closed by, responsible,"
        " bearbeiter, sachbearbeiter, zustandig, zugewiesen an, techniker, agente, assigne a, technicien, responsable, asignado a,"
        " assegnatario, operatore, assegnato a, responsavel, atribuido a, behandelaar, 处理人, 担当者, исполнитель"
    ),
    "other": "cc, watchers, watcher, watch list, collaborators, followers, participants, request participants, in kopie",
    "author": "author, comment author, posted by, written by, verfasser, auteur, autor, autore",
}
_PARTS = {
    "id": "id, number, key, uid, nummer, account id",
    "name": (
        "name, full name, fullname, display name, first name, last name, surname, firstname, lastname, vorname, nachname, nom,"
        " prenom, nombre, apellido, apellidos, nome, cognome, sobrenome, naam, voornaam, achternaam, imie, nazwisko, 姓名, 名前, имя"
    ),
    "email": (
        "email, e mail, mail, email address, e mail address, mail address, emails, mailadresse, e mail adresse, courriel,"
        " adresse email, adresse e mail, correo, correo electronico, indirizzo email, e mailadres, 邮箱, 电子邮件,"
        " メールアドレス, почта, электронная почта"
    ),
    "phone": (
        "phone, phone number, telephone, telephone number, mobile, mobile number, mobile phone, tel, cell, cell phone, fax,"
        " telefon, telefonnummer, handy, mobil, rufnummer, portable, telefono, movil, celular, cellulare, telefone, telefoon,"
        " telefoonnummer, 电话, 手机, 電話番号, телефон"
    ),
    "username": "username, user name, login, user, handle, account name, nickname, benutzername, nom d utilisateur, identifiant,"
    " nombre de usuario, nome utente, gebruikersnaam",
    "address": (
        "address, street, street address, postal address, home address, zip, zip code, postcode, postal code, adresse, anschrift,"
        " strasse, plz, adresse postale, rue, code postal, direccion, calle, codigo postal, indirizzo, via, cap, endereco, rua,"
        " adres, straat, 地址, 住所, адрес"
    ),
    "ip": "ip, ip address, client ip, remote ip, ip adresse, adresse ip, direccion ip, indirizzo ip",
    "birth_date": "birth date, birthdate, date of birth, dob, birthday, geburtsdatum, date de naissance, fecha de nacimiento,"
    " data di nascita, data de nascimento, geboortedatum",
    "national_id": "ssn, social security number, national id, passport, passport number, tax id, dni, nie, cpf, codice fiscale, nif,"
    " steuernummer, ausweisnummer",
    "iban": "iban",
    "card": "card number, credit card, credit card number, kreditkarte, carte bancaire, tarjeta",
    "account": "account, account number, customer number, customer no, client number, kundennummer, kontonummer, numero client,"
    " numero de cliente, codice cliente, order number, order id, bestellnummer",
}


def _index(groups: dict[str, str]) -> dict[str, str]:
    return {word.strip(): name for name, words in groups.items() for word in words.split(",")}


WORDS = _index(_FIELDS)
"""Column name to field of a case."""
PERSON_WORDS = _index(_PEOPLE)
"""Word for somebody to ``customer``, ``agent``, ``other`` or ``author``."""
PART_WORDS = _index(_PARTS)
"""Word for what is known of somebody to the part of a person."""
PREFIXES = (
    "ticket",
    "case",
    "issue",
    "incident",
    "request",
    "conversation",
    "support",
    "fields",
    "attributes",
    "chamado",
)
"""Words that only say that a case is meant."""
WEAK_CUSTOMERS = frozenset(
    ("submitter", "user", "from", "sender", "owner name", "created by", "opened by", "benutzer", "absender")
)
"""Words for whoever wrote something down, which may be somebody of the staff."""
