"""The words of the page on which a letter's check code is asked for, in the languages of letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from hushdesk.incident.notices import Words, words

USUAL: Final = "en"


@dataclass(frozen=True, slots=True)
class CheckWords:
    """All texts of one language."""

    language: str
    lead: str
    label: str
    button: str
    ours: str
    """With ``{date}``."""
    reference: str
    """With ``{ident}``."""
    first: str
    again: str
    """With ``{count}`` and ``{date}``."""
    forger: str
    mistyped: str
    foreign: str
    wait: str
    """With ``{minutes}``."""
    skip: str

    @property
    def speak(self) -> Words:
        """Dates and numbers, and the page's name as letters say it."""
        return words(self.language, "UTC")

    @property
    def title(self) -> str:
        """The page's name as letters say it."""
        return self.speak("letter.check_page_name")


_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "Did you get a letter from us about an incident? Enter its check code. Nobody asks here who you are.",
        "Check code of the letter",
        "Check",
        "This letter is ours. It is dated {date}.",
        "Reference: {ident}",
        "Its code has been asked for once: just now.",
        "Its code has been asked for {count} times, first on {date}.",
        "Whoever copies a real letter copies its code too. If a letter holds a link, or wants a password, a code or money, it is not ours, whatever its code.",
        "This code is mistyped. Please compare each of its 20 characters with the letter.",
        "No letter of ours has this code. Do nothing that the letter asks for, and reach us in the way that you always do.",
        "Too many codes are being asked for. Please try again in {minutes} min.",
        "Skip to content",
    ),
    "de": (
        "Haben Sie einen Brief von uns über einen Vorfall bekommen? Geben Sie seinen Prüfcode ein. Niemand fragt hier, wer Sie sind.",
        "Prüfcode des Briefes",
        "Prüfen",
        "Dieser Brief ist von uns. Er ist vom {date}.",
        "Zeichen: {ident}",
        "Nach seinem Code wurde einmal gefragt: gerade eben.",
        "Nach seinem Code wurde {count}-mal gefragt, zuerst am {date}.",
        "Wer einen echten Brief kopiert, kopiert auch dessen Code. Enthält ein Brief einen Link oder verlangt er ein Passwort, einen Code oder Geld, dann ist er nicht von uns, gleich welchen Code er hat.",
        "Dieser Code ist vertippt. Bitte vergleichen Sie jedes seiner 20 Zeichen mit dem Brief.",
        "Kein Brief von uns hat diesen Code. Tun Sie nichts, was der Brief verlangt, und wenden Sie sich an uns, wie Sie es immer tun.",
        "Gerade wird nach zu vielen Codes gefragt. Bitte versuchen Sie es in {minutes} min noch einmal.",
        "Zum Inhalt",
    ),
    "fr": (
        "Avez-vous reçu une lettre de notre part au sujet d’un incident ? Saisissez son code de vérification. Personne ne vous demande ici qui vous êtes.",
        "Code de vérification de la lettre",
        "Vérifier",
        "Cette lettre vient de nous. Elle est datée du {date}.",
        "Référence : {ident}",
        "Son code a été demandé une fois : à l’instant.",
        "Son code a été demandé {count} fois, la première le {date}.",
        "Qui copie une vraie lettre en copie aussi le code. Si une lettre contient un lien, ou demande un mot de passe, un code ou de l’argent, elle ne vient pas de nous, quel que soit son code.",
        "Ce code est mal saisi. Veuillez comparer chacun de ses 20 caractères avec la lettre.",
        "Aucune lettre de notre part ne porte ce code. Ne faites rien de ce que la lettre demande et contactez-nous comme vous le faites toujours.",
        "Trop de codes sont demandés en ce moment. Veuillez réessayer dans {minutes} min.",
        "Aller au contenu",
    ),
    "es": (
        "¿Ha recibido una carta nuestra sobre un incidente? Introduzca su código de comprobación. Aquí nadie le pregunta quién es.",
        "Código de comprobación de la carta",
        "Comprobar",
        "Esta carta es nuestra. Su fecha es el {date}.",
        "Referencia: {ident}",
        "Se ha preguntado por su código una vez: ahora mismo.",
        "Se ha preguntado por su código {count} veces, la primera el {date}.",
        "Quien copia una carta verdadera copia también su código. Si una carta contiene un enlace, o pide una contraseña, un código o dinero, no es nuestra, sea cual sea su código.",
        "Este código está mal escrito. Compare cada uno de sus 20 caracteres con la carta.",
        "Ninguna carta nuestra tiene este código. No haga nada de lo que pide la carta y póngase en contacto con nosotros como lo hace siempre.",
        "Se están preguntando demasiados códigos. Inténtelo de nuevo dentro de {minutes} min.",
        "Ir al contenido",
    ),
    "it": (
        "Ha ricevuto una nostra lettera su un incidente? Inserisca il suo codice di verifica. Qui nessuno Le chiede chi è.",
        "Codice di verifica della lettera",
        "Verifica",
        "Questa lettera è nostra. La sua data: {date}.",
        "Riferimento: {ident}",
        "Il suo codice è stato chiesto una volta: adesso.",
        "Il suo codice è stato chiesto {count} volte; data della prima: {date}.",
        "Chi copia una lettera vera ne copia anche il codice. Se una lettera contiene un link, o chiede una password, un codice o denaro, non è nostra, qualunque sia il suo codice.",
        "Questo codice è scritto male. Confronti ognuno dei suoi 20 caratteri con la lettera.",
        "Nessuna nostra lettera ha questo codice. Non faccia nulla di ciò che la lettera chiede e ci contatti come fa sempre.",
        "Al momento vengono chiesti troppi codici. Riprovi tra {minutes} min.",
        "Vai al contenuto",
    ),
    "pl": (
        "Otrzymali Państwo od nas list o incydencie? Proszę wpisać jego kod kontrolny. Nikt nie pyta tu, kim Państwo są.",
        "Kod kontrolny listu",
        "Sprawdź",
        "Ten list jest od nas. Data listu: {date}.",
        "Oznaczenie: {ident}",
        "O jego kod zapytano jeden raz: właśnie teraz.",
        "Liczba zapytań o jego kod: {count}; pierwsze: {date}.",
        "Kto kopiuje prawdziwy list, kopiuje też jego kod. Jeżeli list zawiera odnośnik albo żąda hasła, kodu lub pieniędzy, nie jest od nas, bez względu na jego kod.",
        "Ten kod jest wpisany błędnie. Proszę porównać każdy z jego 20 znaków z listem.",
        "Żaden nasz list nie ma tego kodu. Proszę nie robić niczego, czego list żąda, i skontaktować się z nami tak jak zawsze.",
        "Zapytań o kody jest teraz za dużo. Proszę spróbować ponownie za {minutes} min.",
        "Przejdź do treści",
    ),
    "nl": (
        "Hebt u van ons een brief over een incident gekregen? Voer de controlecode in. Niemand vraagt hier wie u bent.",
        "Controlecode van de brief",
        "Controleren",
        "Deze brief is van ons. De datum is {date}.",
        "Kenmerk: {ident}",
        "Naar de code is één keer gevraagd: zojuist.",
        "Naar de code is {count} keer gevraagd, voor het eerst op {date}.",
        "Wie een echte brief kopieert, kopieert ook de code. Bevat een brief een link, of vraagt hij om een wachtwoord, een code of geld, dan is hij niet van ons, welke code hij ook heeft.",
        "Deze code is verkeerd getypt. Vergelijk elk van de 20 tekens met de brief.",
        "Geen brief van ons heeft deze code. Doe niets van wat de brief vraagt en neem contact met ons op zoals u dat altijd doet.",
        "Er wordt nu naar te veel codes gevraagd. Probeer het over {minutes} min opnieuw.",
        "Naar de inhoud",
    ),
    "pt": (
        "Recebeu uma carta nossa sobre um incidente? Introduza o código de verificação. Aqui ninguém lhe pergunta quem é.",
        "Código de verificação da carta",
        "Verificar",
        "Esta carta é nossa. A data é {date}.",
        "Referência: {ident}",
        "O código foi pedido uma vez: agora mesmo.",
        "O código foi pedido {count} vezes, a primeira em {date}.",
        "Quem copia uma carta verdadeira copia também o código. Se uma carta contém uma ligação, ou pede uma palavra-passe, um código ou dinheiro, não é nossa, seja qual for o código.",
        "Este código está mal escrito. Compare cada um dos 20 caracteres com a carta.",
        "Nenhuma carta nossa tem este código. Não faça nada do que a carta pede e contacte-nos como faz sempre.",
        "Estão a ser pedidos demasiados códigos. Tente de novo dentro de {minutes} min.",
        "Ir para o conteúdo",
    ),
}  # fmt: skip


@cache
def check_words(language: str) -> CheckWords:
    """The texts of a language, in English if there are none."""
    tag = language if language in _TEXTS else USUAL
    return CheckWords(tag, *_TEXTS[tag])


def best_language(accepted: str) -> str:
    """The language that a browser would rather have, of those that there are texts in.

    Args:
        accepted: Its ``Accept-Language``.
    """
    found: list[tuple[float, int, str]] = []
    for order, part in enumerate(accepted[:500].split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        primary = tag.strip().partition("-")[0].lower()
        if primary in _TEXTS:
            found.append((-_weight(rest), order, primary))
    return min(found, default=(0.0, 0, USUAL))[2]


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
