"""The words of a person's file, in their language. English where a language is missing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_EN: Final = {
    "title": "Your data",
    "made": "Made on",
    "intro": "This file holds what this archive of support cases has about you. Names and details of other people are replaced by marks such as PERSON_… ; passwords and the like were never stored.",
    "values": "What identifies you",
    "cases": "Support cases",
    "role.customer": "Your case",
    "role.agent": "You handled this case",
    "role.mentioned": "You are mentioned in this case",
    "partly": "This is another person’s case: only the passages in which you occur, or which you wrote, are given.",
    "left_out": "Internal notes not given:",
    "opened": "Opened",
    "closed": "Closed",
    "you": "you",
    "internal": "internal",
    "seen": "Who has had your identity opened",
    "seen.none": "Nobody, as far as the record says.",
    "seen.unknown": "This is not kept here.",
    "controller": "Who is responsible",
    "purposes": "What it is used for",
    "recipients": "Who receives it",
    "retention": "How long it is kept",
    "rights": "Your rights",
    "origin": "Where it comes from",
    "none": "None.",
}
_DE: Final = {
    "title": "Ihre Daten",
    "made": "Erstellt am",
    "intro": "Diese Datei enthält, was dieses Archiv von Supportfällen über Sie hat. Namen und Angaben anderer sind durch Zeichen wie PERSON_… ersetzt; Passwörter und Ähnliches wurden nie gespeichert.",
    "values": "Woran man Sie erkennt",
    "cases": "Supportfälle",
    "role.customer": "Ihr Fall",
    "role.agent": "Sie haben diesen Fall bearbeitet",
    "role.mentioned": "Sie werden in diesem Fall erwähnt",
    "partly": "Dies ist der Fall einer anderen Person: Sie erhalten nur die Stellen, an denen Sie vorkommen oder die Sie geschrieben haben.",
    "left_out": "Nicht enthaltene interne Notizen:",
    "opened": "Eröffnet",
    "closed": "Geschlossen",
    "you": "Sie",
    "internal": "intern",
    "seen": "Wer Ihre Identität hat öffnen lassen",
    "seen.none": "Niemand, soweit das Protokoll es sagt.",
    "seen.unknown": "Das wird hier nicht geführt.",
    "controller": "Wer verantwortlich ist",
    "purposes": "Wofür die Daten verwendet werden",
    "recipients": "Wer sie erhält",
    "retention": "Wie lange sie aufbewahrt werden",
    "rights": "Ihre Rechte",
    "origin": "Woher sie stammen",
    "none": "Keine.",
}
_FR: Final = {
    "title": "Vos données",
    "made": "Établi le",
    "intro": "Ce fichier contient ce que ces archives de dossiers d’assistance ont à votre sujet. Les noms et coordonnées d’autres personnes sont remplacés par des marques telles que PERSON_… ; les mots de passe et autres secrets n’ont jamais été conservés.",
    "values": "Ce qui vous identifie",
    "cases": "Dossiers d’assistance",
    "role.customer": "Votre dossier",
    "role.agent": "Vous avez traité ce dossier",
    "role.mentioned": "Vous êtes mentionné dans ce dossier",
    "partly": "Ce dossier est celui d’une autre personne : seuls les passages où vous figurez, ou que vous avez écrits, sont communiqués.",
    "left_out": "Notes internes non communiquées :",
    "opened": "Ouvert",
    "closed": "Clos",
    "you": "vous",
    "internal": "interne",
    "seen": "Qui a fait lever votre pseudonyme",
    "seen.none": "Personne, d’après le registre.",
    "seen.unknown": "Cela n’est pas tenu ici.",
    "controller": "Le responsable du traitement",
    "purposes": "Les finalités",
    "recipients": "Les destinataires",
    "retention": "La durée de conservation",
    "rights": "Vos droits",
    "origin": "La provenance",
    "none": "Aucun.",
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"de": _DE, "en": _EN, "fr": _FR})
"""Languages of the file; other languages get English."""


def words(language: str) -> tuple[str, Mapping[str, str]]:
    """The language that is written, and its words."""
    chosen = language.lower().partition("-")[0]
    chosen = chosen if chosen in WORDS else "en"
    return chosen, WORDS[chosen]
