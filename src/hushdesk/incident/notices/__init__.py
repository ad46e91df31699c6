"""Documents that tell: the notice to the authority, the letters to persons, the notice to the public."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.notices._authority import addition, notice
    from hushdesk.incident.notices._catalogue import Words, languages, words
    from hushdesk.incident.notices._codes import MOST_LETTERS, CheckCodes, Doubt, Form, LetterFacts
    from hushdesk.incident.notices._controller import Contact, Controller, Own, example
    from hushdesk.incident.notices._document import (
        Difference,
        Document,
        Item,
        Section,
        difference,
        document_from,
    )
    from hushdesk.incident.notices._errors import ControllerError, NoticeError
    from hushdesk.incident.notices._filing import HOURS_72, Filing, Told
    from hushdesk.incident.notices._fonts import CORE, Face, find_face
    from hushdesk.incident.notices._letter import Block, Letter, Letters, Story
    from hushdesk.incident.notices._pdf import pdf
    from hushdesk.incident.notices._people import NOBODY, Concerned, Recipient, concerned
    from hushdesk.incident.notices._plain import plain
    from hushdesk.incident.notices._print import Printed, Sheet, Skipped, print_files, print_order
    from hushdesk.incident.notices._public import public_notice
else:
    __getattr__ = late(
        __name__,
        {
            "_authority": "addition notice",
            "_catalogue": "Words languages words",
            "_codes": "MOST_LETTERS CheckCodes Doubt Form LetterFacts",
            "_controller": "Contact Controller Own example",
            "_document": "Difference Document Item Section difference document_from",
            "_errors": "ControllerError NoticeError",
            "_filing": "HOURS_72 Filing Told",
            "_fonts": "CORE Face find_face",
            "_letter": "Block Letter Letters Story",
            "_pdf": "pdf",
            "_people": "NOBODY Concerned Recipient concerned",
            "_plain": "plain",
            "_print": "Printed Sheet Skipped print_files print_order",
            "_public": "public_notice",
        },
    )

__all__ = [
    "CORE",
    "HOURS_72",
    "MOST_LETTERS",
    "NOBODY",
    "Block",
    "CheckCodes",
    "Concerned",
    "Contact",
    "Controller",
    "ControllerError",
    "Difference",
    "Document",
    "Doubt",
    "Face",
    "Filing",
    "Form",
    "Item",
    "Letter",
    "LetterFacts",
    "Letters",
    "NoticeError",
    "Own",
    "Printed",
    "Recipient",
    "Section",
    "Sheet",
    "Skipped",
    "Story",
    "Told",
    "Words",
    "addition",
    "concerned",
    "difference",
    "document_from",
    "example",
    "find_face",
    "languages",
    "notice",
    "pdf",
    "plain",
    "print_files",
    "print_order",
    "public_notice",
    "words",
]
