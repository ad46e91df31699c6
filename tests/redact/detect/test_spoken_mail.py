"""E-mail addresses that lost their signs on the way, and words that only look like them."""

from __future__ import annotations

import pytest

from hushdesk.redact import Kind, find

pytestmark = pytest.mark.usefixtures("no_names")


def mails(text: str) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.kind is Kind.EMAIL]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("send it to annahotmailcom please", "annahotmailcom"),
        ("anna 314 gmailcom", "anna 314 gmailcom"),
        ("yes\nanna gmail com\nthanks", "anna gmail com"),
        ("my mail id is anna99gmialcom", "anna99gmialcom"),
        ("reach me at anna at gmail com", "anna at gmail com"),
        ("anna.w yahoocouk is the one", "anna.w yahoocouk"),
        ("my email address is frontdeskbakerycom", "frontdeskbakerycom"),
        ("it is annacomcastnet", "annacomcastnet"),
        ("annagmailcon", "annagmailcon"),
        ("E-mail.anna.weiss@nordhafen.com", "anna.weiss@nordhafen.com"),
        ("E-mail: anna_weiss@nordhafen.e", "anna_weiss@nordhafen.e"),
        ("hello\nanna 314 com\nthanks", "anna 314 com"),
        ("my screen broke\n5550143877 anna 314 com", "anna 314 com"),
        ("my screen broke\nanna 314 gmail\nyes", "anna 314 gmail"),
        ("send it please\nyes it is annaweisscom\nthanks", "annaweisscom"),
        ("send the pass to weisscorpcom", "weisscorpcom"),
        ("name anna weiss annaweissplacecom", "annaweissplacecom"),
        ("annagmailxom", "annagmailxom"),
    ],
)
def test_found(text: str, value: str) -> None:
    assert mails(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "the telecom provider and the intercom",
        "subnet, ethernet and intranet are fine",
        "Broadcom and Wacom drivers",
        "the gmail server and yahoo groups",
        "open gmail com port",
        "install the dotnet runtime",
        "planet and cabinet",
        "example.com is down",
        "class foo@bar.x",
        "use outlook in com mode",
        "Port 8080 com",
        "it hangs at 3 com ports",
        "the forecast of weathercom is poor",
        "look at amazoncom please",
        "see it at Weisscorpcom",
        "see it at weisscorpcom.",
    ],
)
def test_left_in_place(text: str) -> None:
    assert mails(text) == []
