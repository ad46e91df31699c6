"""Which checks of the scanners speak of who can reach something, and what each claims. All others are left alone.

A check that fails a resource claims that strangers reach it on one of the services named here; one that passes it, that they do not.
KICS checks go by their titles, which are the same on all platforms but for capitals; the others by their ids.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

Service = tuple[str, int]
ANY: Final[tuple[Service, ...]] = ()
"""Whatever services the rules of the file speak of."""
SSH: Final = (("tcp", 22),)
RDP: Final = (("tcp", 3389),)
HTTP: Final = (("tcp", 80),)
FTP: Final = (("tcp", 20), ("tcp", 21))
SQL: Final = (("tcp", 1433), ("tcp", 3306), ("tcp", 5432))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a check claims of what it fails."""

    check: str
    """As its tool calls it."""
    says: str
    services: tuple[Service, ...]


_TABLE: Final[tuple[tuple[str, str, tuple[Service, ...]], ...]] = (
    # Lists of rules.
    (r"CKV_AZURE_9|AZU-0048", "RDP from everybody", RDP),
    (r"CKV_AZURE_10|AZU-0050", "SSH from everybody", SSH),
    (r"CKV_AZURE_77", "UDP from everybody", (("udp", 53), ("udp", 123), ("udp", 161), ("udp", 389), ("udp", 1900))),
    (r"CKV_AZURE_160|CKV_AWS_260", "HTTP from everybody", HTTP),
    (r"AZU-0047|AZU-0074", "any port from everybody", ANY),
    (r"CKV_AWS_24|CKV_AWS_232", "SSH from everybody", SSH),
    (r"CKV_AWS_25|CKV_AWS_231", "RDP from everybody", RDP),
    (r"CKV_AWS_229|CKV_AWS_230", "FTP from everybody through a network ACL", FTP),
    (r"CKV_AWS_277|CKV_AWS_352|AWS-0107|AWS-0102|AWS-0105", "any port from everybody", ANY),
    (r"CKV_GCP_2", "SSH from everybody", SSH),
    (r"CKV_GCP_3", "RDP from everybody", RDP),
    (r"CKV_GCP_75|CKV_GCP_77", "FTP from everybody", FTP),
    (r"CKV_GCP_88", "MySQL from everybody", (("tcp", 3306),)),
    (r"CKV_GCP_106", "HTTP from everybody", HTTP),
    (r"GCP-0027|GCP-0070|GCP-0071", "any port from everybody", ANY),
    # Firewalls and switches of managed stores.
    (r"CKV_AZURE_11|AZU-0029", "a database's firewall open to everybody", SQL),
    (r"CKV_AZURE_53|CKV_AZURE_68|CKV_AZURE_113|AZU-0022", "a database's public access switched on", SQL),
    (r"CKV_AZURE_89|CKV_AZURE_101|CKV_AZURE_99", "a store's public access switched on", ANY),
    (r"CKV_AZURE_35|AZU-0012", "storage open by default", (("tcp", 443),)),
    (r"CKV_AWS_17|AWS-0080|AWS-0180", "a managed database with a public address", ANY),
    (r"CKV_AWS_87", "a managed warehouse with a public address", ANY),
    (r"CKV_AWS_89|CKV_AWS_69|CKV_AWS_291", "a managed service with a public address", ANY),
    # KICS by title.
    (r".*(?:ssh).*(?:not restricted|unrestricted|open|exposed).*|.*unrestricted access to ssh.*", "SSH from everybody", SSH),
    (r".*(?:rdp|remote desktop).*", "RDP from everybody", RDP),
    (r"http port open to internet", "HTTP from everybody", HTTP),
    (r".*unrestricted ftp.*", "FTP from everybody", FTP),
    (r".*udp services.*", "UDP from everybody", ANY),
    (r"unrestricted security group ingress|unknown port exposed to internet|.*exposed admin ports", "any port from everybody", ANY),
    (r"(?:ec2 |elb )?sensitive port is (?:publicly exposed|exposed to entire network|exposed to small public network|exposed to wide private network)",
     "a port of a service from more than a few", ANY),
    (r"security group ingress with all protocols|public security group rule.*|ec2 group has public interface|public port wide", "any port from everybody", ANY),
    (r"tcp udp protocol network acl entry allows all ports|.*network acl.*unrestricted.*", "all ports through a network ACL", ANY),
    (r".*firewall.*allows all ips|sql ?server ingress from any ip|unrestricted sql server access|.*too many hosts to access redis.*",
     "a database's firewall open to everybody", SQL),
    (r"db security group .*", "a database's group open to the public", ANY),
    (r"(?:rds|neptune|redshift|amazon dms|mq broker|msk broker).*publicly accessible", "a managed store with a public address", ANY),
    (r".*public network access enabled|.*disables public network access", "a database's public access switched on", SQL),
    (r".*default azure storage account network access is too permissive", "storage open by default", (("tcp", 443),)),
)  # fmt: skip
_COMPILED: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), says, services) for pattern, says, services in _TABLE
)


def claim_of(verdict: dict[str, Any]) -> Claim | None:
    """What the check behind a fixture's verdict claims; ``None`` if it speaks of something else."""
    key = (verdict.get("name") if verdict["tool"] == "kics" else verdict.get("check")) or ""
    for pattern, says, services in _COMPILED:
        if pattern.fullmatch(key):
            return Claim(f"{verdict['tool']} {key}", says, services)
    return None
