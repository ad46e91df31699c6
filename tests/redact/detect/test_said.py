"""What is said on the telephone and written down by a speech recogniser: letters and figures one by one, dates in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.redact import Kind, Policy, find, find_all
from hushdesk.redact.detect._postcodes import is_canadian, is_dutch, is_uk
from hushdesk.redact.detect._said import characters, read

pytestmark = pytest.mark.usefixtures("no_names")


def found(text: str, kind: Kind | None = None) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if kind in {None, f.kind}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my name is smith s m i t h", "s m i t h"),
        ("smith that's s-m-i-t-h", "s-m-i-t-h"),
        ("first name j o h n last name d o e", "d o e"),
        ("s for sierra m for mike i t h", "s for sierra m for mike i t h"),
        ("it's spelled s m i t h", "s m i t h"),
        ("surname is w i double l i a m s", "w i double l i a m s"),
        ("das schreibt sich m ü l l e r", "m ü l l e r"),
        ("Mein Name ist Schmidt, S wie Siegfried C H M I D T", "S wie Siegfried C H M I D T"),
        ("could you spell your surname please\ns m i t h", "s m i t h"),
        ("Mein Name ist Müller das schreibt sich m ü l l e r", "m ü l l e r"),
        ("je m'appelle dupont d u p o n t", "dupont d u p o n t"),
        ("me llamo garcía se escribe g a r c í a", "g a r c í a"),
        ("mi chiamo rossi r o s s i", "r o s s i"),
        ("mijn naam is jansen dat spel je j a n s e n", "j a n s e n"),
        ("nazywam się kowalski k o w a l s k i", "kowalski k o w a l s k i"),
        ("s m i t h that's my surname", "s m i t h"),
        ("cookson spelled k u k s o n", "k u k s o n"),
        ("the caller is john smith he said s m i t h", "s m i t h"),
        (
            "hello my name is jane doe that's j a n e d o e and i have a problem",
            "jane doe that's j a n e d o e",
        ),
        ("surname o apostrophe b r i e n", "o apostrophe b r i e n"),
        ("it's katherine with a k k a t h e r i n e", "k a t h e r i n e"),
        ("my last name is nguyen n g u y e n", "nguyen n g u y e n"),
        ("the name is spelled c h l o e", "c h l o e"),
        ("could you spell that for me\nyes it's p e t r o v", "p e t r o v"),
        (
            "Agent: And your last name?\nCaller: It's Weatherby, W-E-A-T-H-E-R-B-Y.",
            "Weatherby, W-E-A-T-H-E-R-B-Y",
        ),
        ("nachname schäfer s c h ä f e r", "schäfer s c h ä f e r"),
        ("mein nachname ist becker b wie berta e c k e r", "b wie berta e c k e r"),
        ("ich buchstabiere k r ü g e r", "k r ü g e r"),
        ("mon nom s'écrit l e f e b v r e", "l e f e b v r e"),
        ("c'est épelé d u b o i s", "d u b o i s"),
        ("mi apellido es ibáñez i b á ñ e z", "i b á ñ e z"),
        ("se escribe con v v a l d e z", "v v a l d e z"),
        ("il cognome è ferrari f e r r a r i", "ferrari f e r r a r i"),
        ("cognome si scrive doppia l b e l l i n i", "doppia l b e l l i n i"),
        ("mijn achternaam is de vries v r i e s", "v r i e s"),
        ("nazwisko nowak n o w a k", "n o w a k"),
        ("i literuję w ó j c i k", "w ó j c i k"),
        ("yes that's capital m c capital d o n a l d is my surname", "capital m c capital d o n a l d"),
        ("s as in sierra m as in mike y t h e", "s as in sierra m as in mike y t h e"),
        ("surname s-m-y-t-h-e", "s-m-y-t-h-e"),
        ("name: J. O. H. N. S. O. N.", "J. O. H. N. S. O. N"),
    ],
)
def test_names_that_are_spelled(text: str, value: str) -> None:
    assert value in found(text, Kind.PERSON)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my postcode is c b two three p q", "c b two three p q"),
        ("s w one a two a a", "s w one a two a a"),
        ("sw1a 2aa", "sw1a 2aa"),
        ("it's cb23 8pq", "cb23 8pq"),
        ("SW1A 2AA", "SW1A 2AA"),
        ("postcode is d o nine nine p", "d o nine nine p"),
        ("k one a zero b one", "k one a zero b one"),
        ("mon code postal est sept cinq zéro zéro un", "sept cinq zéro zéro un"),
        ("mon code postal c'est sept cinq zéro zéro un", "sept cinq zéro zéro un"),
        ("kod pocztowy zero zero sto dwadzieścia trzy", "zero zero sto dwadzieścia trzy"),
        ("mi código postal es veintiocho mil trece", "veintiocho mil trece"),
        ("postcode is 1234 ab", "1234 ab"),
        ("postcode sw1a two a a", "sw1a two a a"),
        ("my zip code please\nsure nine oh two one oh", "nine oh two one oh"),
        ("what's your postcode\nit's s w one a two a a", "s w one a two a a"),
        ("postcode please\nuh l s twenty three e q", "l s twenty three e q"),
        ("the postcode there is m one four b t", "m one four b t"),
        ("post code e c one a one b b", "e c one a one b b"),
        ("nw ten five h p", "nw ten five h p"),
        ("G12 8QQ", "G12 8QQ"),
        ("our office at EC1A 1BB is shut", "EC1A 1BB"),
        ("address 10 high street leeds ls1 4ap", "10 high street leeds ls1 4ap"),
        ("t two x one v four is the postal code", "t two x one v four"),
        ("K1A 0B1", "K1A 0B1"),
        ("postcode een twee drie vier a b", "een twee drie vier a b"),
        ("meine postleitzahl ist eins null eins eins fünf", "eins null eins eins fünf"),
        ("plz acht null drei drei eins", "acht null drei drei eins"),
        ("zip is nine four one one zero", "nine four one one zero"),
        ("code postal soixante-quinze mille un", "soixante-quinze mille un"),
        ("mi código postal dos ocho cero uno tres", "dos ocho cero uno tres"),
        ("cap zero zero uno otto sei", "zero zero uno otto sei"),
    ],
)
def test_post_codes(text: str, value: str) -> None:
    assert value in found(text, Kind.ADDRESS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "date of birth please\nthe thirteenth of august nineteen ninety two",
            "the thirteenth of august nineteen ninety two",
        ),
        ("my dob is 13 august 92", "13 august 92"),
        ("can you confirm your date of birth please\nthirteen eight ninety two", "thirteen eight ninety two"),
        (
            "can you confirm your date of birth please\nyes august thirteenth nineteen ninety two",
            "august thirteenth nineteen ninety two",
        ),
        ("Agent: date of birth?\nCaller: 13 august 92", "13 august 92"),
        ("date of birth yes it's 13 august 92", "13 august 92"),
        (
            "wann sind sie geboren\nam dreizehnten august neunzehnhundertzweiundneunzig",
            "am dreizehnten august neunzehnhundertzweiundneunzig",
        ),
        ("Ihr Geburtsdatum bitte\ndreizehnter achter zweiundneunzig", "dreizehnter achter zweiundneunzig"),
        (
            "votre date de naissance s'il vous plaît\nle treize août mille neuf cent quatre-vingt-douze",
            "treize août mille neuf cent quatre-vingt-douze",
        ),
        (
            "su fecha de nacimiento por favor\nel trece de agosto de mil novecientos noventa y dos",
            "trece de agosto de mil novecientos noventa y dos",
        ),
        (
            "data urodzenia proszę\ntrzynastego sierpnia tysiąc dziewięćset dziewięćdziesiąt dwa",
            "trzynastego sierpnia tysiąc dziewięćset dziewięćdziesiąt dwa",
        ),
        ("dob is fourth of july nineteen eighty five", "fourth of july nineteen eighty five"),
        ("date of birth fourth july eighty five", "fourth july eighty five"),
        ("dob oh four oh seven eighty five", "oh four oh seven eighty five"),
        ("what's your date of birth\num it's 4th of July 85", "4th of July 85"),
        ("and your birthday\njuly fourth eighty five", "july fourth eighty five"),
        ("when were you born\n4 7 85", "4 7 85"),
        ("date of birth?\n04.07.85", "04.07.85"),
        ("date of birth please\n040785", "040785"),
        ("Geburtsdatum?\nvierter siebter fünfundachtzig", "vierter siebter fünfundachtzig"),
        (
            "quelle est votre date de naissance\nquatre juillet quatre-vingt-cinq",
            "quatre juillet quatre-vingt-cinq",
        ),
        ("fecha de nacimiento\ncuatro de julio del ochenta y cinco", "cuatro de julio del ochenta y cinco"),
        (
            "kiedy się pani urodziła\nczwartego lipca osiemdziesiątego piątego roku",
            "czwartego lipca osiemdziesiątego piątego",
        ),
        ("data di nascita\nquattro luglio ottantacinque", "quattro luglio ottantacinque"),
        ("geboortedatum graag\nvier juli vijfentachtig", "vier juli vijfentachtig"),
    ],
)
def test_dates_of_birth_as_an_answer(text: str, value: str) -> None:
    assert value in found(text, Kind.BIRTH_DATE)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my pin is one two three four", "one two three four"),
        ("cvv nine eight seven", "nine eight seven"),
        ("the passcode is four two zero one", "four two zero one"),
        ("memorable word is rosebud", "rosebud"),
        ("memorable word is lily", "lily"),
        ("memorable word is sterling", "sterling"),
        ("secret word is red", "red"),
        ("can i have your pin please\nyes it's one two three four", "one two three four"),
        ("what is the memorable word please\nit's rosebud", "rosebud"),
        ("my pin number is four four seven one", "four four seven one"),
        ("the pin's 1 2 3 4", "1 2 3 4"),
        ("pin one double two nine", "one double two nine"),
        ("meine pin ist eins zwei drei vier", "eins zwei drei vier"),
        ("mon code pin est un deux trois quatre", "un deux trois quatre"),
        ("mi clave es uno dos tres cuatro", "uno dos tres cuatro"),
        ("il mio codice pin è uno due tre quattro", "uno due tre quattro"),
        ("mijn pincode is een twee drie vier", "een twee drie vier"),
        ("mój pin to jeden dwa trzy cztery", "jeden dwa trzy cztery"),
        ("security code on the back please\nfour one nine", "four one nine"),
        ("three digits on the back\nfour one nine", "four one nine"),
        ("password is capital h u n t e r two", "capital h u n t e r two"),
        ("door code is seven seven four one", "seven seven four one"),
        ("what's the one time code\nit's eight four zero nine two two", "eight four zero nine two two"),
        ("can i take your memorable word\nyeah it's bluebell", "bluebell"),
        ("security word is Bluebell", "Bluebell"),
        ("das codewort lautet sonnenblume", "sonnenblume"),
        ("palabra secreta: girasol", "girasol"),
        ("mot secret\nc'est tournesol", "tournesol"),
    ],
)
def test_secrets(text: str, value: str) -> None:
    assert value in found(text, Kind.SECRET)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("account number a as in alpha four four seven", "a as in alpha four four seven"),
        ("reference is x k j nine r two", "x k j nine r two"),
        ("booking reference is a b c four nine", "a b c four nine"),
        ("policy number is l v double four seven one", "l v double four seven one"),
        ("kundennummer lautet eins zwei drei vier fünf", "eins zwei drei vier fünf"),
        ("membership number g b nine nine four", "g b nine nine four"),
        ("confirmation code is q w x y z nine", "q w x y z nine"),
        ("the claim number is c l dash one nine four four", "c l dash one nine four four"),
        (
            "policy p for papa x for x-ray seven seven eight one",
            "p for papa x for x-ray seven seven eight one",
        ),
        ("kundennummer k n vier fünf sieben acht", "k n vier fünf sieben acht"),
        ("reservierung buchungscode x a b vier neun q", "x a b vier neun q"),
        (
            "national insurance number is q q one two three four five six c",
            "q q one two three four five six c",
        ),
        ("record locator is h k l m n p", "h k l m n p"),
    ],
)
def test_numbers_with_letters(text: str, value: str) -> None:
    assert value in found(text, Kind.ACCOUNT)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("user name is j d o e four two", "j d o e four two"),
    ],
)
def test_user_names(text: str, value: str) -> None:
    assert value in found(text, Kind.USERNAME)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is smith s m i t h", "smith"),
        ("smith that's s-m-i-t-h", "smith"),
        ("it's katherine with a k k a t h e r i n e", "katherine"),
        ("cookson spelled k u k s o n", "cookson"),
        ("the surname there is smyth s m i t h", "smyth"),
        ("my surname is k o w a l s k i\nplease tell kowalski we called", "kowalski"),
    ],
)
def test_the_name_itself_is_masked_too(text: str, name: str) -> None:
    assert name in " ".join(found(text, Kind.PERSON)).split()


def test_letters_without_a_cue_are_a_name_if_the_name_is_found_in_another_text() -> None:
    texts = [
        "my name is Kowalski",
        "so k o w a l s k i",
        "and k o w a l",
        "press k o l a",
        "the s m i t h way",
    ]
    masked = [[t[f.start : f.end] for f in fs] for t, fs in zip(texts, find_all(texts), strict=True)]
    assert masked == [["Kowalski"], ["k o w a l s k i"], ["k o w a l"], [], []]


@pytest.mark.parametrize(
    ("question", "answer", "value"),
    [
        ("what's your date of birth please", "thirteen eight ninety two", "thirteen eight ninety two"),
        ("can you spell your surname", "yes s m i t h", "s m i t h"),
        ("and the postcode", "it's d o nine nine p", "d o nine nine p"),
        ("could I take your memorable word", "it's bluebell", "bluebell"),
        ("enter your pin please", "one two three four", "one two three four"),
        ("your booking reference please", "x k j nine r two", "x k j nine r two"),
    ],
)
def test_an_answer_in_a_message_of_its_own(question: str, answer: str, value: str) -> None:
    texts = [question, answer]
    assert [answer[f.start : f.end] for f in find_all(texts, talk=slice(0, 2))[1]] == [value]
    assert find_all([answer])[0] == []


def test_numbers_of_orders_are_left_unless_the_policy_says_otherwise() -> None:
    text = "the order number is x k j nine r two"
    assert found(text) == []
    masked = find_all([text], policy=Policy(order_numbers=True))[0]
    assert [text[f.start : f.end] for f in masked] == ["x k j nine r two"]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("c b two three p q", "cb23pq"),
        ("double l o y d", "lloyd"),
        ("s for sierra m as in mike", "sm"),
        ("S wie Siegfried, C, H", "sch"),
        ("triple seven oh one", "77701"),
        ("twenty three double four", "2344"),
        ("sept cinq zéro zéro un", "75001"),
        ("uno due tre", "123"),
        ("capital m small c", "mc"),
        ("o apostrophe b r", "obr"),
        ("1 2 3 a", "123a"),
        ("a word", "a"),
        ("nothing", ""),
        ("s m i t h@example", "smit"),
    ],
)
def test_reading_what_is_said(said: str, written: str) -> None:
    pieces = read(said, 0)
    assert characters(pieces) == written
    assert [p.start for p in pieces] == sorted(p.start for p in pieces)


@given(st.text(alphabet="ab 1one,twofr.\n-'double", max_size=80), st.integers(0, 20))
def test_what_is_read_lies_within_the_line(text: str, at: int) -> None:
    at = min(at, len(text))
    for piece in read(text, at, told=True, pairs=True):
        assert at <= piece.start < piece.end <= len(text)
        assert "\n" not in text[at : piece.end]


@pytest.mark.parametrize(
    "value", ["sw1a2aa", "m11ae", "b338th", "cr26xh", "dn551pt", "ec1a1bb", "w1a0ax", "so01aa", "soo1aa"]
)
def test_post_codes_of_the_kingdom(value: str) -> None:
    assert is_uk(value)


@pytest.mark.parametrize("value", ["aa11aa", "m1a1aa", "sw1a2ac", "cb23p", "q12ab", "m11a1", "v25mb", ""])
def test_what_is_none(value: str) -> None:
    assert not is_uk(value)


def test_post_codes_of_canada_and_the_netherlands() -> None:
    assert is_canadian("k1a0b1")
    assert not is_canadian("d1a0b1")
    assert is_dutch("1234ab")
    assert not is_dutch("1234ss")
    assert not is_dutch("0234ab")
