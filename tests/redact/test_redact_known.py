"""Known values are hunted in every disguise, what is found once everywhere, and each says whose it is."""

import pytest

from hushdesk.redact import Finding, Kind, Known, Policy, canonical, find, find_all, replace
from hushdesk.redact._policy import Action

OLGA = [
    Known(Kind.PERSON, "Olga Brandt", "customer"),
    Known(Kind.EMAIL, "olga.brandt@nordhafen.com", "customer"),
    Known(Kind.PHONE, "+49 30 901820", "customer"),
    Known(Kind.ACCOUNT, "KD-558-1127", "customer"),
    Known(Kind.PERSON, "Mark Will", "agent"),
    Known(Kind.BIRTH_DATE, "1984-03-12", "customer"),
]


pytestmark = pytest.mark.usefixtures("no_names")


def masked(*texts, known=OLGA):
    findings = find_all(texts, known=known)
    return [replace(t, f, lambda x: f"<{x.kind}:{x.ref}>") for t, f in zip(texts, findings, strict=True)]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Olga Brandt called", "<PERSON:customer> called"),
        ("OLGA BRANDT called", "<PERSON:customer> called"),
        ("olga brandt called", "<PERSON:customer> called"),
        ("Brandt, Olga called", "<PERSON:customer> called"),
        ("OlgaBrandt called", "<PERSON:customer> called"),
        ("Olga P. Brandt called", "<PERSON:customer> called"),
        ("ask Brandt again", "ask <PERSON:customer> again"),
        ("ask olga again", "ask <PERSON:customer> again"),
        ("Ölga Brandt called", "<PERSON:customer> called"),
        ("O l g a  B r a n d t called", "<PERSON:customer> called"),
        ("user olga.brandt is locked", "user <USERNAME:customer> is locked"),
        ("olga.brandt@nordhafen.com wrote", "<EMAIL:customer> wrote"),
        ("OLGA.BRANDT@NORDHAFEN.COM wrote", "<EMAIL:customer> wrote"),
        ("olga.brandt @ nordhafen . com wrote", "<EMAIL:customer> wrote"),
        ("olga dot brandt at nordhafen dot com wrote", "<EMAIL:customer> wrote"),
        ("olga-brandt_nordhafen/com wrote", "<EMAIL:customer> wrote"),
        ("+4930901820 rang", "<PHONE:customer> rang"),
        ("0049 30 90 18 20 rang", "<PHONE:customer> rang"),
        ("030 901820 rang", "<PHONE:customer> rang"),
        ("(030) 90-18-20 rang", "<PHONE:customer> rang"),
        ("030/90 18 20 rang", "<PHONE:customer> rang"),
        ("kd 558 1127 expired", "<ACCOUNT:customer> expired"),
        ("KD5581127 expired", "<ACCOUNT:customer> expired"),
        ("the 12.03.1984 entry", "the <BIRTH_DATE:customer> entry"),
        ("the 3/12/1984 entry", "the <BIRTH_DATE:customer> entry"),
        ("I spoke to Mark about it", "I spoke to <PERSON:agent> about it"),
        ("Hi Mark, thanks", "Hi <PERSON:agent>, thanks"),
        ("Please mark it and I will wait", "Please mark it and I will wait"),
        ("Will this be marked? Mark it.", "Will this be marked? Mark it."),
        ("The Brandtweiner volga stays", "The Brandtweiner volga stays"),
    ],
)
def test_known_value(text, want):
    assert masked(text) == [want]


def test_scripts_without_blanks():
    known = [
        Known(Kind.PERSON, "山田 太郎", "a"),
        Known(Kind.PERSON, "Иван Петров", "b"),
        Known(Kind.PERSON, "김민수", "c"),
    ]
    assert masked("担当は山田太郎です", known=known) == ["担当は<PERSON:a>です"]
    assert masked("山田様、ありがとう", known=known) == ["<PERSON:a>様、ありがとう"]
    assert masked("Звонил ПЕТРОВ Иван", known=known) == ["Звонил <PERSON:b>"]
    assert masked("김민수님 안녕하세요", known=known) == ["<PERSON:c>님 안녕하세요"]


def test_what_one_text_gives_away_is_hidden_in_the_others():
    first, second = masked(
        "Mail me: lena.vogt@hafenwerk.de", "Lena Vogt wrote; login lena.vogt fails", known=[]
    )
    assert first == "Mail me: <EMAIL:>"
    assert second == "<PERSON:> wrote; login <USERNAME:> fails"


def test_a_phone_found_with_a_cue_is_hidden_without_one():
    assert masked("Tel. 0551 778 4123", "ring 05517784123 twice", known=[])[1] == "ring <PHONE:> twice"


def test_findings_do_not_run_from_one_text_into_the_next():
    found = find_all(["write to olga", "@nordhafen.com is down", "", "password:", "Secret99!x"])
    assert [len(f) for f in found] == [0, 0, 0, 0, 0]


def test_equal_values_have_equal_canonicals_in_every_spelling():
    texts = [
        "olga.brandt@nordhafen.com",
        "OLGA.BRANDT @nordhafen-com",
        "olga.brandt (at) nordhafen (dot) com",
    ]
    assert {f.canonical for fs in find_all(texts) for f in fs} == {"olga.brandt@nordhafen.com"}


def test_a_value_in_a_repr_never():
    shown = repr(Known(Kind.EMAIL, "x@y.example")) + repr(
        Finding(0, 1, Kind.EMAIL, 1.0, canonical="x@y.example")
    )
    assert "y.example" not in shown


@pytest.mark.parametrize(
    ("kind", "spellings", "want"),
    [
        (
            Kind.EMAIL,
            ["A.B@Foo.Com", "a.b @ foo . com", "a.b (at) foo (dot) com", "a.b@foo-com", "ａ.b@foo.com"],
            "a.b@foo.com",
        ),
        (Kind.EMAIL, ["x@bücher.example", "x@BÜCHER.example"], "x@xn--bcher-kva.example"),
        (Kind.PHONE, ["+44 20 7946 0018", "+44 (0)20 7946-0018", "0044 20 79460018"], "+442079460018"),
        (
            Kind.CARD,
            ["4111 1111 1111 1111", "4111-1111-1111-1111", "４１１１111111111111"],
            "4111111111111111",
        ),
        (Kind.IBAN, ["de89 3704 0044 0532 0130 00", "DE89370400440532013000"], "DE89370400440532013000"),
        (Kind.IP, ["2001:0DB8:0:0::1", "2001:db8::1"], "2001:db8::1"),
        (Kind.IP, ["203[.]0[.]113[.]7", "203.0.113.7"], "203.0.113.7"),
        (Kind.PERSON, ["José  GARCÍA", "jose garcia", "Dr. José García"], "jose garcia"),
        (Kind.USERNAME, ["@Olga_B", "olga_b"], "olga_b"),
        (Kind.MAC, ["00:1B:44:11:3A:B7", "001b.4411.3ab7"], "001b44113ab7"),
    ],
)
def test_canonical(kind, spellings, want):
    assert {canonical(kind, s) for s in spellings} == {want}


def test_policy_keeps_what_it_is_told_to_keep_but_never_a_secret():
    keep = Policy(actions=dict.fromkeys(Kind, Action.KEEP))
    found = find_all(["a@b.example.com password: Tr0ub4dor&3"], policy=keep)[0]
    assert [f.kind for f in found] == [Kind.SECRET]


def test_policy_may_leave_private_networks():
    text = ["from 192.168.7.77 to 203.0.113.77"]
    assert len(find_all(text)[0]) == 2
    assert len(find_all(text, policy=Policy(private_addresses=False))[0]) == 1


def test_order_numbers_only_when_the_policy_asks():
    text = ["my order number 10293-8475 is late"]
    assert find_all(text)[0] == []
    assert [f.detector for f in find_all(text, policy=Policy(order_numbers=True))[0]] == ["order-number"]


@pytest.mark.parametrize(
    ("name", "text", "want"),
    [
        ("Robert Halloran", "Please ask Bob again", "Please ask <PERSON:p> again"),
        ("Robert Halloran", "ask rhalloran or robert.halloran", "ask <USERNAME:p> or <USERNAME:p>"),
        ("Robert Halloran", "hallr is a server", "hallr is a server"),
        ("Robert Halloran", "R. Halloran signed", "<PERSON:p> signed"),
        ("Robert Halloran", "Q. Halloran signed", "Q. <PERSON:p> signed"),
        ("Robert Halloran", "Halloran's modem", "<PERSON:p>'s modem"),
        ("Ivana Horáková", "Pište Ivaně Horákové", "Pište <PERSON:p>"),
        ("Antti Virtanen", "Soitin Virtaselle ja Virtaneniin", "Soitin Virtaselle ja Virtaneniin"),
        ("Antti Virtala", "Soitin Virtalalle eilen", "Soitin <PERSON:p> eilen"),
        ("Иван Кузнецов", "Позвонили Кузнецову", "Позвонили <PERSON:p>"),
        ("Ayşe Demirel", "Demirel'in modemi", "<PERSON:p>'in modemi"),
        ("Anna Marketa", "The market is open", "The market is open"),
        ("Rosario Stone", "the stones and a rosarium", "the stones and a rosarium"),
    ],
)
def test_names_are_known_in_the_forms_that_people_use(name, text, want):
    assert masked(text, known=[Known(Kind.PERSON, name, "p")]) == [want]


def test_two_mentions_side_by_side_are_two():
    text = "Norrby, Norrby and Ada Norrby. Norrby"
    spans = [text[f.start : f.end] for f in find(text, known=[Known(Kind.PERSON, "Ada Norrby", "p")])]
    assert spans == ["Norrby", "Norrby", "Ada Norrby", "Norrby"]
    text = "from Norrby, Ada"
    spans = [text[f.start : f.end] for f in find(text, known=[Known(Kind.PERSON, "Ada Norrby", "p")])]
    assert spans == ["Norrby, Ada"]
