"""Settings of the pages."""

from __future__ import annotations

from dataclasses import dataclass, field

from hushdesk.web._turns import TurnLimits


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the pages behave; every value has a safe default."""

    title: str = "Hushdesk"
    """Name of the desk, shown in the header and in page titles."""
    hosts: tuple[str, ...] = ()
    """Host names under which the pages may be asked for, besides those of loopback."""
    sign_in_tries: int = 30
    """Failed sign-ins per address within the window; the accounts slow down guesses at one name."""
    sign_in_window: float = 300.0
    """Length of the window in seconds."""
    max_body: int = 65_536
    """Largest request body in bytes."""
    turns: TurnLimits = field(default_factory=TurnLimits)
    """How much one account may use, and all of them."""
    security_txt: str = ""
    """Text of ``/.well-known/security.txt``; empty serves none."""
