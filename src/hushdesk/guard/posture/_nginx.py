"""nginx as a file store: servers that list folders (``autoindex on``).

Source: the pages of ``ngx_http_core_module`` (listen, satisfy), ``ngx_http_autoindex_module``, ``ngx_http_auth_basic_module``,
``ngx_http_access_module`` (allow, deny: first match) of nginx's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._policy import Place, Sources
from hushdesk.guard._services import Services
from hushdesk.guard.posture._bind import Bound, Stack, bound, every_v4, everywhere, host_port
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._server import Listener, Login, Server

_OWN: Final = re.compile(r"(?m)^[ \t]*(server|http)[ \t]*\{|^[ \t]*(server|http)[ \t]*$")
_TELLING: Final = re.compile(
    r"(?m)(?:^|[{;])[ \t]*(listen[ \t]+[^;\n]+;|server_name[ \t]+[^;\n]+;|worker_processes[ \t]|autoindex[ \t])"
)
_PIECE: Final = re.compile(
    r"#[^\n]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[{};]|(?:[^\s{};#\"'\\]|\\.)(?:[^\s{};\"'\\]|\\.|\$\{\w+\})*|\s+|.",
    re.DOTALL,
)
DEEPEST: Final = 30


class Nginx:
    """nginx with folders that it lists."""

    name = "nginx"

    def claims(self, file: ConfigFile) -> bool:
        """Files with blocks of a server."""
        if file.is_tree:
            return False
        return bool(_OWN.search(file.text)) and bool(_TELLING.search(file.text)) and ";" in file.text

    def read(self, run: Run) -> None:
        """One endpoint for each server that lists folders."""
        run.guarded(run.files, lambda file: _file(run, file))


@dataclass(slots=True)
class _Block:
    """A directive, with a block or without."""

    words: list[str]
    line: int
    children: list[_Block] = field(default_factory=list)

    def all(self, name: str) -> list[_Block]:
        return [child for child in self.children if child.words[:1] == [name]]

    def value(self, name: str) -> str | None:
        """The argument of a directive here, the last counting."""
        found = self.all(name)
        return " ".join(found[-1].words[1:]) if found else None


def _parse(run: Run, file: ConfigFile) -> _Block:
    root = _Block([], 0)
    stack: list[_Block] = [root]
    words: list[str] = []
    line, start = 1, 0
    for match in _PIECE.finditer(file.text):
        piece = match[0]
        if piece in {"{", ";"} and words:
            block = _Block(words, start)
            stack[-1].children.append(block)
            words = []
            if piece == "{":
                stack.append(block)
            if len(stack) > DEEPEST:
                run.malformed(file.place(line), "blocks are nested too deeply", "correct the file")
                return root
        elif piece == "}":
            if len(stack) > 1:
                stack.pop()
            words = []
        elif not piece.isspace() and not piece.startswith("#") and piece not in {"{", ";"}:
            start = start if words else line
            words.append(piece[1:-1] if piece[0] in "\"'" and len(piece) > 1 else piece)
        line += piece.count("\n")
    if len(stack) > 1 or words:
        run.malformed(
            file.place(stack[-1].line),
            "a block is not closed: nginx does not start with it",
            "close it with }",
        )
    return root


def _file(run: Run, file: ConfigFile) -> None:
    root = _parse(run, file)
    http = root.all("http") or [root]
    servers = [
        (server, top)
        for top in {id(one): one for one in (*http, root)}.values()
        for server in top.all("server")
    ]
    for top in (root, *http):
        for include in top.all("include"):
            target = " ".join(include.words[1:])
            if not target.endswith("mime.types") and "modules" not in target and not run.find(file, target):
                run.skipped(
                    file.place(include.line),
                    f"include {target}",
                    "no file there was given; servers in it are not seen",
                )
    for server, top in servers:
        inherited = _Rights().of(top)
        open_folders = list(_listings(server, inherited, "/"))
        if open_folders:
            _endpoint(run, file, server, open_folders)


@dataclass(frozen=True, slots=True)
class _Rights:
    """What holds in one place: directives are inherited unless the level has its own."""

    autoindex: bool = False
    basic: str = "off"
    request: bool = False
    any_of: bool = False
    access: tuple[_Block, ...] = ()

    def of(self, block: _Block) -> _Rights:
        """The same inside a block."""
        listing, basic = block.value("autoindex"), block.value("auth_basic")
        satisfy, request = block.value("satisfy"), block.value("auth_request")
        access = tuple(child for child in block.children if child.words[0] in {"allow", "deny"})
        return _Rights(
            autoindex=self.autoindex if listing is None else listing == "on",
            basic=self.basic if basic is None else basic,
            request=self.request if request is None else request != "off",
            any_of=self.any_of if satisfy is None else satisfy == "any",
            access=access or self.access,
        )


def _listings(
    block: _Block, above: _Rights, where: str, depth: int = 0
) -> Iterator[tuple[str, _Rights, int]]:
    rights = above.of(block)
    if rights.autoindex and not (block.all("return") or block.all("proxy_pass")):
        yield where, rights, block.line
    for child in block.children:
        if child.words[0] in {"location", "if", "limit_except"} and depth < DEEPEST:
            inner = child.words[-1] if child.words[0] == "location" else where
            yield from _listings(child, rights, inner, depth + 1)


def _endpoint(run: Run, file: ConfigFile, server: _Block, folders: list[tuple[str, _Rights, int]]) -> None:
    free, whys = Sources.exactly(EMPTY), []
    place = file.place(server.line)
    for where, rights, line in folders:
        allowed = _allowed(run, file, rights)
        proof = rights.basic != "off" or rights.request
        if proof and not (rights.any_of and rights.access):
            continue
        free = free | allowed
        place = file.place(line)
        whys.append(f"{where} is listed (autoindex on) and asks for no password")
    login = (
        Login(Sources(free.upper, free.lower, "", free.why), "; ".join(whys[:5]), place=place)
        if whys
        else None
    )
    login = login or Login.required("every listed folder asks for a password", place)
    listeners = []
    for listen in server.all("listen") or [_Block(["listen", "80"], server.line)]:
        one, number = _listen(listen.words[1] if len(listen.words) > 1 else "80")
        if one is None:
            continue
        listeners.append(
            Listener(
                label=f"port {number}",
                bound=one,
                services=Services.of("tcp", *([] if number is None else [number])),
                setting="listen",
                login=login,
                encrypted="ssl" in listen.words[2:],
                place=file.place(listen.line),
            )
        )
    names = server.all("server_name")
    run.findings.append(
        Server(
            engine="nginx",
            name=f"{file.document.file}:{server.line}",
            place=file.place(server.line),
            listeners=listeners,
            login=login,
            aliases=tuple(names[-1].words[1:]) if names else (),
        ).endpoint()
    )


def _listen(text: str) -> tuple[Bound | None, int | None]:
    if text.startswith("unix:"):
        return None, None
    host, number = host_port(text, 80)
    if host in {"", "*"}:
        return every_v4(text), number
    if host == "::":
        # ipv6only is on by default.
        return bound("::", Stack.APART, text), number
    return (bound(host, Stack.APART, text) if host else everywhere(text)), number


def _allowed(run: Run, file: ConfigFile, rights: _Rights) -> Sources:
    upper, lower, left = EMPTY, EMPTY, EVERYWHERE
    why = ""
    for rule in rights.access:
        word = rule.words[1] if len(rule.words) > 1 else ""
        try:
            hit = EVERYWHERE if word == "all" else EMPTY if word == "unix:" else AddressSet.parse(word)
        except ValueError:
            why = f"{rule.words[0]} {word} cannot be read"
            run.unresolved(Place(file.document.file, rule.line), word, "neither an address nor a network")
            upper |= left if rule.words[0] == "allow" else EMPTY
            continue
        if rule.words[0] == "allow":
            upper, lower = upper | (hit & left), lower | (hit & left)
        left -= hit
    upper, lower = upper | left, lower | (EMPTY if why else left)
    return Sources(upper, lower, "", why)
