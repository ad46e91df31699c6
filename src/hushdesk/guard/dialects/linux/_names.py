"""Numbers that have names: protocols of IANA, and the services that firewall listings write as words."""

from __future__ import annotations

from typing import Final

_NAMED: Final = {
    0: "hopopt", 1: "icmp", 2: "igmp", 4: "ipip", 6: "tcp", 8: "egp", 17: "udp", 33: "dccp", 41: "ipv6", 43: "ipv6-route",
    44: "ipv6-frag", 46: "rsvp", 47: "gre", 50: "esp", 51: "ah", 58: "icmpv6", 59: "ipv6-nonxt", 60: "ipv6-opts", 88: "eigrp",
    89: "ospf", 94: "ipip-old", 97: "etherip", 98: "encap", 103: "pim", 108: "ipcomp", 112: "vrrp", 115: "l2tp", 124: "isis",
    132: "sctp", 135: "mobility-header", 136: "udplite", 137: "mpls-in-ip", 139: "hip", 140: "shim6", 141: "wesp", 142: "rohc",
}  # fmt: skip
PROTOCOLS: Final[dict[int, str]] = {number: _NAMED.get(number, str(number)) for number in range(256)}
"""The name of each protocol, or its number as text if it has none that matters."""

_OTHER_NAMES: Final = {
    "ipv6-icmp": "icmpv6", "icmp6": "icmpv6", "ipencap": "ipip", "ospfigp": "ospf", "ipv6-auth": "ah", "ipv6-crypt": "esp",
    "mh": "mobility-header", "comp": "ipcomp",
}  # fmt: skip
_NUMBERS: Final = {name: number for number, name in PROTOCOLS.items()}

_PORTS: Final = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "time": 37, "domain": 53, "bootps": 67, "bootpc": 68,
    "tftp": 69, "gopher": 70, "finger": 79, "http": 80, "www": 80, "kerberos": 88, "pop3": 110, "sunrpc": 111, "auth": 113,
    "ident": 113, "nntp": 119, "ntp": 123, "epmap": 135, "netbios-ns": 137, "netbios-dgm": 138, "netbios-ssn": 139,
    "imap": 143, "imap2": 143, "snmp": 161, "snmp-trap": 162, "snmptrap": 162, "bgp": 179, "irc": 194, "ldap": 389,
    "https": 443, "microsoft-ds": 445, "submissions": 465, "urd": 465, "ssmtp": 465, "isakmp": 500, "login": 513, "shell": 514,
    "syslog": 514, "printer": 515, "route": 520, "router": 520, "rip": 520, "dhcpv6-client": 546, "dhcpv6-server": 547,
    "rtsp": 554, "nntps": 563, "submission": 587, "ipp": 631, "ldaps": 636, "domain-s": 853, "rsync": 873, "ftps-data": 989,
    "ftps": 990, "imaps": 993, "pop3s": 995, "socks": 1080, "openvpn": 1194, "ms-sql-s": 1433, "ms-sql-m": 1434, "radius": 1812,
    "radius-acct": 1813, "nfs": 2049, "zookeeper": 2181, "docker": 2375, "docker-s": 2376, "mysql": 3306, "rdp": 3389,
    "ms-wbt-server": 3389, "svn": 3690, "epmd": 4369, "ipsec-nat-t": 4500, "sip": 5060, "sip-tls": 5061, "xmpp-client": 5222,
    "xmpp-server": 5269, "mdns": 5353, "postgresql": 5432, "amqps": 5671, "amqp": 5672, "x11": 6000, "redis": 6379,
    "http-alt": 8080, "webcache": 8080, "puppet": 8140, "bacula-dir": 9101, "bacula-fd": 9102, "bacula-sd": 9103, "git": 9418,
    "zabbix-agent": 10050, "zabbix-trapper": 10051, "amanda": 10080, "webmin": 10000,
}  # fmt: skip


def protocol(text: str | int) -> str | None:
    """The one name by which a protocol goes here.

    Returns:
        ``None`` for a word that names none.
    """
    word = str(text).strip().lower()
    if word.isdecimal() and len(word) <= 4:
        return PROTOCOLS.get(int(word))
    word = _OTHER_NAMES.get(word, word)
    return word if word in _NUMBERS else None


def port(text: str | int) -> int | None:
    """The number of a port that is written as number or as service.

    Returns:
        ``None`` for a word that is neither, and for a number that is no port.
    """
    word = str(text).strip().lower()
    if word.isdecimal() and len(word) <= 6:
        return int(word) if int(word) <= 65535 else None
    return _PORTS.get(word)
