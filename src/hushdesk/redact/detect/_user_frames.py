"""User names without a sign in them where sentences, logs and shells name a user: "user rlouw has been locked", "token refresh failed for kmoss"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_plain
from hushdesk.redact.detect._settings import SERVICES
from hushdesk.redact.detect._tickets import NOBODY
from hushdesk.redact.tagger._gazetteer import is_listed

_COMPOUND = frozenset(
    words(
        """
    account accounts data interface group groups role roles profile profiles password passwords session sessions name names experience id ids list lists table tables guide manual license licence licenses seat seats permission permissions access setting settings request requests input feedback
    base login logins home folder folders file files management agent error errors message messages agreement journey story stories acceptance testing test tests token tokens mode space name directory object objects record records field fields type types policy policies level count limit
    import export sync creation deletion provisioning registration activation onboarding training support credentials credential config configuration activity activities action actions review reviews comment comments content devices device mailbox mailboxes email emails mail photo avatar
    command commands entry prompt hash shadow username newuser sudo docker wheel keycloak nextcloud elastic elasticsearch kibana logstash grafana prometheus gitea minio rabbitmq redis mongodb consul etcd removes removed
    authentication authorization authorisation verification validation creation migration preferences preference privileges rights portal page pages panel dashboard store context info information details detail state status service services daten konto konten gruppe oberfläche verwaltung
    """
    )
)
"""What a user has: words that follow the word without being anyone's name."""
_NAME = r"(?P<v>[a-z]{4,20})(?![\w@\-])(?!\.\w)"
_HAPPENS = r"(?:locked|unlocked|disabled|expired|deleted|blocked|gesperrt|entsperrt|abgelaufen|deaktiviert|bloqué|bloqueado|bloqueada|bloccato|zablokowany|and|in|please|pls|bitte|today|now|asap|again|timed|which|who|after|since|has|have|had|was|were|is|are|can(?:not|['’]t)?|could(?:n['’]t)?|did(?:n['’]t)?|does(?:n['’]t)?|got|gets|keeps|says|said|reports|reported|needs|wants|will|would|logged|signed|tried|tries|attempted|ist|wurde|hat|kann|war|möchte|meldet|braucht|a|est|ne|peut|está|ha|fue|no|puede|necesita|è|non|può|não|foi|pode|is|kan|heeft|werd|jest|został|nie|może|har|är|kan|er|blev)"
_FRAME = lazily(
    rf"[ ]?:?[ ][\"'“`]?{_NAME}[\"'”`]?(?=['’]s[ ]|[ ]{_HAPPENS}\b|[ ]?[:(\[]|[ \t]*(?:[\n\r\x01.,;)]|$))"
)
_FOR = lazily(
    rf"[ ](?:user[ ]|account[ ]|login[ ])?[\"'“`]?{_NAME}(?=[\"'”`]?[ \t]*(?:[\n\r\x01.,;:!)]|$|[ ](?:from|on|at|via|in|with|because|since|after|expired|abgelaufen|gesperrt|please|pls|bitte|timed|again|today|now)\b))"
)


_LONG = 5
_VOWELLESS = lazily(r"[^aeiouy]+")


def _initialled(token: str) -> bool:
    """Tell an initial before a family name from a word: of short ones too many are both."""
    return (
        token not in _COMPOUND
        and token not in SERVICES
        and token not in NOBODY
        and not is_plain(token)
        and len(token) > _LONG
        and is_listed(token[1:])
    )


def is_uncommon(token: str) -> bool:
    """Tell a token that starts or ends as no word does."""
    return (
        token not in _COMPOUND
        and token not in SERVICES
        and not is_plain(token)
        and token not in NOBODY
        and not token.endswith(("admin", "user", "server", "owner", "svc", "daemon", "service"))
        and (
            (token[:2] in _ODD and token not in _SHORT_FORMS and not _VOWELLESS.fullmatch(token))
            or _initialled(token)
        )
    )


_ODD = frozenset(
    words(
        """
    rl rm rb rd rg rk rn rp rs rt rv rw km kd kb kp ks kf kg kt tm tb td tk tp tg tv tn jb jc jd jf jg jh jk jl jm jn jp jr js jt jv jw jz mf mg mh mj mk mm mr ms mt mv nb nc nk nl nm np nr nv nw nt nh ns
    lb lc ld lf lg lh lk lm ln lp lr ls lt lv lw lz dm db dc dd dp dt dv dg dk dl bm bk bd bt bw bg bn bs cd cb cm cp ct cv cg ck cs fm fb fd fk fs ft gk gb gm gd gt gw hb hd hk hm hs ht hw pb pd pk pm pt pw vb vc vd vk vm vp vs vt vw vh
    wb wm ww wf
    """
    )
)
"""Beginnings such as those of "rlouw", "kmoss", "tmeyer": words of the languages of most help desks do not begin so."""
_SHORT_FORMS = frozenset(
    words(
        "hdmi nvidia rsync nvme nvram vsync dlna jsonp cpus gpus kpis gdocs msbuild msteams msproject tplink gmail rsyslog rpcbind dbus ldap ftpd sshd nfsd httpd vmotion mssqlserver jsonb kvm kubectl nmap nslookup tcpdump pfsense mcafee lcd hdd ssds rdp vhost vhosts vhd vhdx mdns ntlm https mysql mssql psql ldaps smtps imaps xhtml pgsql nginx xlsx pptx docx vcenter vmware vsphere vcpu vlan vlans vpns mfas mtls dns dhcp sdcard cdrom tmux npm npmjs ftps sftp tftp html wlan wwan lte jpeg jpegs mpeg mpegs mkdir rmdir chmod btrfs gdpr dsgvo ntfs dkim dmarc csrf xss mdm pwd pwds psst hmm bsod cpanel vscode dbeaver mname fname lname tbody thead tfoot"
    )
)


def _user(match: re.Match[str], score: float = 0.75) -> Finding:
    return Finding(
        *match.span("v"),
        Kind.USERNAME,
        score,
        "user-frame",
        canonical(Kind.USERNAME, match["v"]),
        "stands where a user is named",
    )


def check_user(text: str, end: int) -> Finding | None:
    """Look behind a word for user for a name that has no sign in it."""
    match = _FRAME.match(text, end)
    return _user(match) if match is not None and is_uncommon(match["v"]) else None


def check_for(text: str, end: int) -> Finding | None:
    """Look behind "failed for", "expired for" for a user's name."""
    match = _FOR.match(text, end)
    return _user(match) if match is not None and is_uncommon(match["v"]) else None


def check_act(text: str, end: int) -> Finding | None:
    """Look behind "unlock" and "disable", which are said of things more often than of users."""
    match = _FOR.match(text, end)
    if match is None or not is_uncommon(match["v"]):
        return None
    return _user(match) if _initialled(match["v"]) or is_listed(match["v"][1:]) else None


_SHELL = lazily(
    r"(?:(?<![\w\-])(?:sudo[ ]su|su[ ](?:-|-l|--login))[ ]|(?<![\w\-])sudo[ ](?:-\w[ ])?-u[ ]|\buid=\d{1,10}\(|(?<![\w\-])(?:chown)[ ](?:-\w{1,3}[ ])?|(?<![\w\-])(?:passwd|userdel|useradd|usermod|chage|gpasswd)[ ](?:-(?:aG|G|s|g|d|c)[ ]\S{1,40}[ ]|-{1,2}[\w\-]{1,12}[ ]){0,4}|(?<![\w\-])(?:crontab|pkill|killall)[ ]-u[ ]|(?<![\w\-])net[ ]user[ ]|-Identity[ ])"
    r"[\"']?(?P<v>[a-z][a-z0-9._\-]{2,30}[a-z0-9])(?![\w@/])"
)


def check_shell(text: str, end: int) -> Iterator[Finding]:
    """Look behind a command that takes a user's name."""
    for match in _SHELL.finditer(text, max(0, end - 24), min(len(text), end + 60)):
        value = match["v"]
        if value not in SERVICES and value not in _COMPOUND and not is_plain(value) and value not in NOBODY:
            yield _user(match, 0.8)


_OWNED = lazily(
    r"(?<![\w\-])(?:(?P<v>[A-ZÀ-Þa-z][a-zà-ÿ]{2,14})(?P<s>['’]?s)?(?P<b>[\-_ ])(?i:iPhone|iPad|MacBook|iMac|AirPods|Galaxy|Laptop|Notebook|Handy|PC|Tablet)|(?:DESKTOP|LAPTOP)-(?P<w>[A-Z][A-Za-z]{3,15}))(?![a-z])"
)
_NOT_OWNER = frozenset(
    words(
        "berlin paris london rome madrid vienna milan dallas austin boston max rose ruby amber april may june july august otto marvel stock tplink business new old my apple samsung gaming tests sales work thinks"
    )
)


def check_owned(text: str, end: int) -> Finding | None:
    """Look at the name of a device that says whose it is: "Annikas-iPhone", "LAPTOP-JHART"."""
    for match in _OWNED.finditer(text, max(0, end - 30), min(len(text), end + 20)):
        group = "v" if match["v"] else "w"
        name = match[group].lower()
        if group == "v":
            # With a blank between it only the genitive tells the owner from the maker.
            person = (
                is_listed(name)
                and not is_plain(name)
                and (match["s"] or name[-1] == "s" or match["b"] != " ")
            )
        else:
            person = is_uncommon(name) or is_listed(name)
        if person and name not in NOBODY and name not in _NOT_OWNER:
            return Finding(
                *match.span(group),
                Kind.PERSON,
                0.75,
                "device-owner",
                canonical(Kind.PERSON, match[group]),
                "names the owner of a device",
            )
    return None


DETECTORS = (
    Detector(
        "user-frame",
        (
            r"\b(?:user|users|account|login|logon|username|benutzers?|benutzerin|konto|kennung|utilisateur|usuario|utente|usuário|utilizador|gebruiker|bruger|bruker)\b",
            r"u\xc5\xbcytkownika?\b",
            r"anv\xc3\xa4ndare\b",
        ),
        check_user,
    ),
    Detector(
        "user-for",
        (
            r"\b(?:failed|failure|expired|expires|refreshed|timed out|denied|revoked|reset|rejected|locked|unlocked|disabled|enabled|created|deleted|session|token|password|mailbox|quota|license|profile|account|access|mfa|otp|login|logins|delegation|fehlgeschlagen|gesperrt|abgelaufen|passwort|kennwort|konto|zugang)[ ](?:for|f\xc3\xbcr|of|von)\b",
        ),
        check_for,
    ),
    Detector(
        "user-act", (r"\b(?:un)?lock(?:ed)?\b", r"\b(?:disabled?|enabled?)\b", r"\blocked out\b"), check_act
    ),
    Detector(
        "user-shell",
        (
            r"\b(?:su[ ]-|sudo[ ]su[ ]|sudo[ ]-|uid=\d|chown[ ]|passwd[ ]|userdel[ ]|useradd[ ]|usermod[ ]|chage[ ]|gpasswd[ ]|crontab[ ]-u|pkill[ ]-u|killall[ ]-u|net[ ]user[ ])",
            r"-identity[ ]",
        ),
        check_shell,
    ),
    Detector(
        "device-owner",
        (
            r"[\-_ ](?:iphone|ipad|macbook|imac|airpods|galaxy|laptop|notebook|handy|pc|tablet)\b",
            r"\b(?:desktop|laptop)-[a-z]{4}",
        ),
        check_owned,
    ),
)
