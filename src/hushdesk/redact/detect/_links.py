"""Links whose path names a person: profiles at any end of a network's name, bookings, personal folders."""

from __future__ import annotations

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import before

_NAME = lazily(r"[A-Za-z\u00c0-\u024f][\w.\-%~+]{2,70}")
_NO_NAME = frozenset(
    words(
        """
    about account accounts add admin all api app apps archive article articles asset assets auth authorize avatar avatars billing blog board book
    booking bookings browse calendar call callback cancel card center change chat choose client code common config confirm contact content create
    current dashboard data default delete demo detail details dev developer disable doc docs download edit editor email error event events explore
    export faq feed file files folder follow forgot form forum free get google group groups guest guide handler help history home hook id img import inbox
    index info invite invites issue issues item job jobs join js json kb key keys lang latest legal license list live locale login logo logout mail main
    manage me meeting meetings member members menu message messages min mine mobile my myself new news notes notification notifications off office old on online
    open order orders out overview own page pages panel passwd password payment payments personal photo photos picture policy popular portal post posts
    pref preferences preview pricing print privacy product products profile profiles project projects public query recent register remove report
    reports request reset role roles room rooms rss sales save schedule search security self send service services session settings setup share shared sign signin signout signup
    site sites sso staff start state static stats status step storage store submit sup support survey sync system tag tags team teams template templates term terms
    test tests time token tool tools top track type uid unsubscribe update upgrade upload user username users v1 v2 v3 verify version video view watch web webhook
    wiki with work null undefined true false self user_id user-id html php aspx jsp by for from in of the to and or
    """
    )
)
_PART = lazily(r"[._\-+~]|%2[0eE]")
_LINK = lazily(r"(?:https?:/{1,2}|www\.)[^\s\"'<>\x01\x1a]{1,160}\Z")
_FILE = lazily(
    r"(?i)\.(?:html?|php|aspx?|jsp|js|css|png|jpe?g|gif|svg|ico|json|xml|txt|pdf|md|zip|gz|exe|msi|dll|ashx|cgi|do|action)\Z"
)
_WHY = "a link whose path names a person"


def _like_name(segment: str) -> bool:
    """Tell whether a segment of a path reads as somebody's name or handle: parts that are no words of web pages."""
    parts = [p for p in _PART.split(segment) if p]
    if not parts or len(parts) > 6 or _FILE.search(segment) or any(p.lower() in _NO_NAME for p in parts):
        return False
    letters = sum(map(str.isalpha, segment))
    digits = sum(map(str.isdigit, segment))
    if letters < 3 or digits > 6 or (digits and letters < digits):
        return False
    named = sum(p.isalpha() and len(p) > 1 for p in parts)
    return named >= 2 or (digits > 0 and len(parts) <= 2 and named + digits > 0)


def _segment(text: str, end: int, *, like: bool) -> Finding | None:
    match = _NAME.match(text, end)
    if match is None:
        return None
    value = match.group().rstrip(".-+~%")
    if value.lower() in _NO_NAME or _FILE.search(value) or (like and not _like_name(value)):
        return None
    return Finding(end, end + len(value), Kind.URL, 0.75, "link", value.lower(), _WHY)


def check_folder(text: str, end: int) -> Finding | None:
    """Look behind the part of a link that persons' pages or folders stand under."""
    if text[end : end + 1] == "@":
        end += 1
    if not _LINK.search(before(text, end, 180)):
        return None
    return _segment(text, end, like=True)


def check_tilde(text: str, end: int) -> Finding | None:
    """Look behind the ``~`` or ``@`` that begins a page of one's own."""
    if not _LINK.search(before(text, end, 180)):
        return None
    return _segment(text, end, like=False)


def check_host(text: str, end: int) -> Finding | None:
    """Look behind a host of networks or bookings, whose first segment is whose page it is."""
    return _segment(text, end, like=True)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "link-folder",
        (
            (
                r"/(?:personal|people|person|users?|members?|profiles?|profil|u|in|author|authors|staff|employees?|customers?|clients?|patients?|students?|contacts?|accounts?"
                r"|book|booking|bookings|meet|schedule|appointments?|cal|mysite|my|benutzer|mitarbeiter|mitglied|utilisateur|usuario|usuarios|utente|perfil|profilo|membre|osoba|homes?|mailbox(?:es)?|owa)/"
            ),
        ),
        check_folder,
    ),
    Detector("link-tilde", (r"[a-z0-9]/[~@][a-z]",), lambda text, end: check_tilde(text, end - 1)),
    Detector(
        "link-host",
        (
            r"(?:://|www\.|\b)(?:m\.|[a-z]{2}\.)?(?:facebook|instagram|twitter|tiktok|pinterest|snapchat|linkedin|xing|github|gitlab|mastodon|threads|medium|behance|dribbble|soundcloud|flickr|youtube|vk|twitch|patreon|reddit|paypal|venmo|cash|linktr|about)\.[a-z]{2,12}(?:\.[a-z]{2})?/(?:in/|u/|user/|people/|pub/)?",
            r"://(?:www\.)?(?:calendar|calendly|cal|book|booking|bookings|meet|meetings|meeting|schedule|scheduling|appointments?|termin|termine|rdv|agenda|zcal|savvycal|people|profiles?|home|homepages?|users?|members?)\.[a-z0-9\-]{1,40}(?:\.[a-z]{2,12}){0,2}/",
        ),
        check_host,
    ),
)
