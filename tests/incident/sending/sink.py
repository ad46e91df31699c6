"""A real SMTP server in a process of its own. What it took, it has written down before it says so; durably, if asked to.

How it treats a letter stands in the recipient's local part, before the first dot:
hard, soft (until asked three times), slow, gone421, droprcpt, dropdata (in the middle), lost (after the end, not taken),
silent (after the end, taken), spam (550 after the end), later (450 after the end, once).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import ssl
import sys
import warnings
from collections import Counter
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Record:
    def __init__(self, path: str, durably: bool) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.durably = durably

    def write(self, line: dict[str, object]) -> None:
        os.write(self.file, json.dumps(line).encode() + b"\n")
        if self.durably and "message_id" in line:
            os.fdatasync(self.file)


class Handler:
    def __init__(self, record: Record, mails: str, every: str) -> None:
        self.record, self.mails, self.every = record, mails, every
        self.asked: Counter[str] = Counter()
        self.kept = 0

    def keep(self, content: bytes) -> None:
        Path(self.mails, f"{self.kept:06}.eml").write_bytes(content)

    def way(self, address: str) -> str:
        return self.every or address.partition("@")[0].partition(".")[0]

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked[address] += 1
        self.record.write({"event": "rcpt", "to": address})
        match self.way(address):
            case "hard":
                return f"550 5.1.1 <{address}>: no such user"
            case "soft" if self.asked[address] < 3:
                return f"450 4.2.0 <{address}>: try again later"
            case "never":
                return "450 4.2.2 full"
            case "gone421":
                return "421 4.3.2 going down"
            case "droprcpt":
                server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        way = self.way(address)
        line = {
            "message_id": ID.search(envelope.content).group(1).decode(),
            "to": address,
            "from": envelope.mail_from,
        }
        if way == "slow":
            await asyncio.sleep(0.3)
        if way == "spam":
            return "550 5.7.1 not wanted"
        if way == "later" and self.asked[address] < 2:
            return "450 4.7.1 not now"
        if way == "lost":
            server.transport.abort()
            return "250 OK"
        if self.mails:
            self.kept += 1
            self.keep(envelope.original_content)
        self.record.write(line)
        if way == "silent":
            server.transport.abort()
        return "250 2.0.0 OK"


class Server(SMTP):
    def connection_made(self, transport):
        if not isinstance(transport, asyncio.sslproto._SSLProtocolTransport):
            self.event_handler.record.write({"event": "opened"})
        super().connection_made(transport)

    def connection_lost(self, error):
        self.event_handler.record.write({"event": "closed"})
        super().connection_lost(error)

    async def smtp_DATA(self, arg):
        if self.envelope.rcpt_tos and self.event_handler.way(self.envelope.rcpt_tos[0]) == "dropdata":
            await self.push("354 go on")
            await self._reader.read(10)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"correct horse")
    return AuthResult(success=good, handled=False)


async def serve(options: argparse.Namespace) -> None:
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    handler = Handler(Record(options.record, options.durably), options.mails, options.every)

    def make() -> Server:
        return Server(
            handler,
            hostname="sink.example",
            enable_SMTPUTF8=options.smtputf8,
            tls_context=context,
            require_starttls=context is not None,
            auth_required=options.login,
            authenticator=authenticate if options.login else None,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", options.port)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", required=True)
    parser.add_argument("--mails", default="")
    parser.add_argument("--every", default="")
    parser.add_argument("--certificate", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--durably", action="store_true")
    parser.add_argument("--login", action="store_true")
    parser.add_argument("--smtputf8", action="store_true")
    warnings.simplefilter("ignore")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
