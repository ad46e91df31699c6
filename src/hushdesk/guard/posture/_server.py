"""From listeners and logins to an endpoint: how every engine tells what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE
from hushdesk.guard._findings import Authentication, Endpoint, Posture
from hushdesk.guard._policy import Action, Gate, Path, Place, Rule, Sources, Stage
from hushdesk.guard._services import NO_SERVICES, Services
from hushdesk.guard.posture._bind import LOOPBACK, Bound

DIALECT: Final = "store-config"
KIND: Final = "store configuration"
NOWHERE: Final = Place("")


@dataclass(frozen=True, slots=True)
class Login:
    """Who gets in without proving who they are, if they can connect."""

    free: Sources
    why: str
    """The setting, or its default, that decides."""
    some: bool = False
    """For some users, databases or rights only."""
    place: Place = field(default=Place(""))

    @classmethod
    def required(cls, why: str, place: Place = NOWHERE) -> Login:
        """Nobody."""
        return cls(Sources.exactly(EMPTY), why, place=place)

    @classmethod
    def none(cls, why: str, place: Place = NOWHERE, *, some: bool = False) -> Login:
        """Everybody."""
        return cls(Sources.exactly(EVERYWHERE), why, some, place)

    @classmethod
    def unknown(cls, why: str, place: Place = NOWHERE) -> Login:
        """It cannot be told."""
        return cls(Sources.unknown("", why), why, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One port, or several, of a server, on one address."""

    label: str
    """``port 6379``, ``transport port 9300``."""
    bound: Bound
    services: Services
    setting: str
    """By which the address was chosen: ``bind``, ``listen_addresses (default)``."""
    login: Login | None = None
    """``None`` for a port on which nobody logs in and which gives no data: it is listed, and not judged."""
    encrypted: bool | None = False
    place: Place = field(default=Place(""))
    doubt: str = ""
    """Why it may not listen at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server as its configuration describes it."""

    engine: str
    name: str
    place: Place
    listeners: Sequence[Listener]
    login: Login
    """For when no listener is judged."""
    gates: tuple[Gate, ...] = ()
    """What stands behind the bind address, such as ``pg_hba.conf``."""
    connecting: Sources = field(default=Sources.exactly(EVERYWHERE))
    """Whom those gates let through at most and at least."""
    aliases: tuple[str, ...] = ()

    def endpoint(self) -> Endpoint:
        """The finding."""
        return Endpoint(
            name=self.name,
            dialect=DIALECT,
            kind=KIND,
            place=self.place,
            paths=tuple(self._path(listener) for listener in self.listeners),
            listening=Services.union(one.services for one in self.listeners)
            if self.listeners
            else NO_SERVICES,
            engine=self.engine,
            posture=self._posture(),
            aliases=self.aliases,
        )

    def _path(self, listener: Listener) -> Path:
        rule = Rule(
            name=f"{listener.setting} {listener.bound.words}".strip(),
            action=Action.NEXT,
            sources=listener.bound.sources,
            services=listener.services,
            place=listener.place,
        )
        stage = Stage(
            name="bind address",
            rules=(rule,),
            default_name="nothing listens there",
            place=listener.place,
        )
        protocols = tuple(sorted({protocol for protocol, _ in listener.services.entries}))
        return Path(
            name=f"{listener.label} on {listener.bound.words}",
            gates=(Gate(name="bind address", stages=(stage,)), *self.gates),
            addresses=listener.bound.addresses,
            protocols=protocols,
            reaching=listener.bound.sources,
            doubt=listener.doubt,
            place=listener.place,
        )

    def _posture(self) -> Posture:
        judged = [(one, one.login) for one in self.listeners if one.login is not None]
        if not judged:
            return Posture(
                engine=self.engine,
                authentication=_verdict(Sources.exactly(EVERYWHERE), self.login),
                why=self.login.why,
                without_password=Sources.exactly(EMPTY, "nothing listens"),
                place=self.login.place,
            )
        free = Sources.exactly(EMPTY)
        verdicts: list[Authentication] = []
        for listener, login in judged:
            connecting = listener.bound.sources & self.connecting
            entering = connecting & login.free
            if listener.doubt:
                entering = Sources(entering.upper, EMPTY, entering.words, listener.doubt)
            free = Sources(
                free.upper | entering.upper,
                free.lower | entering.lower,
                why=free.why or entering.why,
            )
            verdicts.append(_verdict(connecting, login))
        whys = list(dict.fromkeys(login.why for _, login in judged))
        known = {one.encrypted for one, _ in judged}
        return Posture(
            engine=self.engine,
            authentication=_joined(verdicts),
            why="; ".join(whys),
            encrypted=known.pop() if len(known) == 1 else False if False in known else None,
            without_password=free,
            place=next((login.place for _, login in judged if login.place.file), self.login.place),
        )


def _verdict(connecting: Sources, login: Login) -> Authentication:
    if not connecting.upper & login.free.upper:
        return Authentication.REQUIRED
    if connecting.upper <= login.free.lower:
        return Authentication.PARTLY if login.some else Authentication.NONE
    return Authentication.PARTLY if login.free.lower & connecting.upper else Authentication.UNKNOWN


def _joined(verdicts: Sequence[Authentication]) -> Authentication:
    found = set(verdicts)
    if len(found) == 1:
        return verdicts[0]
    if found == {Authentication.UNKNOWN, Authentication.REQUIRED}:
        return Authentication.UNKNOWN
    return Authentication.PARTLY


def loopback_only(bound: Bound) -> bool:
    """Whether nobody from another machine can get there."""
    return bound.sources.upper <= LOOPBACK
