"""The public notice of art. 34(3)(c): for persons who cannot be reached one by one."""

from __future__ import annotations

from hushdesk.incident._answer import Answer
from hushdesk.incident.notices._catalogue import words
from hushdesk.incident.notices._consequences import advice, consequences, joined
from hushdesk.incident.notices._controller import Controller
from hushdesk.incident.notices._document import Document, Item, Section
from hushdesk.incident.notices._findings import data_kind
from hushdesk.incident.notices._letter import Story, what_happened


def public_notice(
    answer: Answer,
    controller: Controller,
    *,
    incident: str,
    dated: int,
    language: str,
    cases: tuple[int, int] | None = None,
) -> Document:
    """The text for the website and the press. Names no person, no address and nothing that helps a forger.

    Args:
        answer: What the evidence says.
        controller: Who tells.
        incident: Its id.
        dated: Moment.
        language: Of the notice.
        cases: Moments of the first and the last case concerned, if known.

    Raises:
        NoticeError: There are no texts in that language.
    """
    speak = words(language, controller.zone)
    own = controller.words_of(language)
    kinds = {kind for group in answer.groups for kind in group.kinds}
    if answer.taken is not None:
        kinds |= {*answer.taken.kinds}
    ordered = tuple(sorted(kinds))
    story = Story.of(answer, incident)
    who = [speak("public.who_all")]
    if cases is not None:
        who.append(speak("public.who_time", first=speak.day(cases[0]), last=speak.day(cases[1])))
    known = bool(answer.groups) or not answer.persons.exact or answer.persons.lower > 0
    number = speak.bound(answer.persons)[:1] if known else (speak("words.unknown"),)
    measures = [speak(f"measures.{code}") for code in controller.measures_taken] + [*own.measures_taken]
    planned = [speak(f"planned.{code}") for code in controller.measures_planned] + [*own.measures_planned]
    likely = [
        speak(f"consequences.{code}") for code in joined(consequences(ordered), controller.consequences)
    ]
    contact = controller.contact
    page = own.check_page or speak("letter.check_page_name")
    items: list[tuple[str, str, list[Item]]] = [
        (
            "what",
            speak("letter.what"),
            [Item("public.what", speak("letter.what"), (*what_happened(speak, story), *own.letter))],
        ),
        (
            "who",
            speak("public.who"),
            [
                Item("public.who", speak("public.who"), tuple(who)),
                Item("public.number", speak("public.who_number"), number),
            ],
        ),
        (
            "data",
            speak("public.data"),
            [
                Item(
                    "public.data",
                    speak("public.data"),
                    tuple(data_kind(speak, kind) for kind in ordered) or (speak("words.unknown"),),
                )
            ],
        ),
        (
            "likely",
            speak("notice.consequences"),
            [Item("public.likely", speak("notice.consequences"), tuple(likely))],
        ),
        (
            "measures",
            speak("notice.measures"),
            [
                Item(f"public.{key}", speak(f"notice.{key}"), tuple(lines))
                for key, lines in (("measures_taken", measures), ("measures_planned", planned))
                if lines
            ],
        ),
        (
            "advice",
            speak("letter.advice"),
            [
                Item(
                    "public.advice",
                    speak("letter.advice"),
                    (*(speak(f"advice.{code}") for code in advice(ordered)), *own.advice),
                )
            ],
        ),
        (
            "letter",
            speak("public.letter"),
            [Item("public.letter", speak("public.letter"), (speak("public.letter_text", page=page),))],
        ),
        ("ask", speak("public.ask"), [Item("public.ask", speak("public.ask"), (speak("public.ask_text"),))]),
        (
            "contact",
            speak("letter.contact"),
            [
                Item(
                    "public.contact",
                    speak("notice.contact_dpo" if contact.dpo else "notice.contact_other"),
                    tuple(
                        filter(
                            None,
                            (
                                controller.name,
                                *controller.address,
                                contact.name,
                                contact.email,
                                contact.phone,
                            ),
                        )
                    ),
                )
            ],
        ),
    ]
    return Document(
        kind="public",
        language=language,
        title=speak("public.title"),
        intro=(speak("public.law"), speak.day(dated), speak("public.intro")),
        incident=story.incident,
        dated=dated,
        author=controller.name,
        sections=tuple(Section(key, title, tuple(found)) for key, title, found in items if found),
        page=speak("words.page", page="{page}", pages="{pages}"),
    )
