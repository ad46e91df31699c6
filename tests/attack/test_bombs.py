"""Files that mean to fill memory or time: each is refused once and clearly, within bounds, and what lies beside it is read.

Every reading happens in a process of its own, under limits of the kernel: a bomb that goes off ends that process and not
the tests.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import subprocess
import sys
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest

MEMORY, SECONDS = 700 << 20, 90
"""The most that a reading may hold beyond what the program itself takes (about 250 MB with its tables), and of the processor."""
SCRIPT = """
import json, resource, sys
from pathlib import Path
kind, folder, most, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
found = {"refused": [], "read": 0}
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
if kind == "loads":
    from hushdesk.cases import Case, Refused
    from hushdesk.readers import read
    for one in read([folder]):
        if isinstance(one, Case):
            found["read"] += 1
        elif isinstance(one, Refused):
            found["refused"].append([one.at.file, one.reason.value])
elif kind == "evidence":
    from hushdesk.incident import Wanted
    from hushdesk.incident.evidence._source import sources
    from hushdesk.incident.gather import gather
    for source in sources([folder]):
        got = gather(source, Wanted())
        found["read"] += got.account.kept
        if got.problems or got.account.refused:
            found["refused"].append([source.path.name, "; ".join([*got.problems, *map(str, got.account.reasons)])])
else:
    from hushdesk.guard.load import load
    from hushdesk.cli._main import main
    try:
        main(["guard", "check", "--json", str(folder)])
    except SystemExit as ended:
        found["code"] = ended.code
    got = load([folder])
    found["read"] = len(got.documents)
    found["refused"] = [[Path(each.place.file).name, getattr(each, "problem", "")] for each in got.findings]
# What getrusage says is the parent's, if that was larger before this began.
found["peak"] = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
Path(sys.argv[5]).write_text(json.dumps(found))
"""


def reading(kind: str, folder: Path, tmp_path: Path) -> dict:
    out = tmp_path / f"{kind}.json"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, kind, str(folder), str(MEMORY), str(SECONDS), str(out)],
        capture_output=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-1500:]
    assert b"Traceback" not in done.stderr
    found = json.loads(out.read_text())
    assert found["peak"] < MEMORY, f"{found['peak'] >> 20} MB"
    return found


def zeros(count: int, packer) -> bytes:
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(count)) + packer.flush()


def flat(count: int) -> bytes:
    """A zip of one member of so many megabytes of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.json", "w") as member:
        for _ in range(count):
            member.write(bytes(1 << 20))
    return out.getvalue()


def overlapping(count: int, size: int) -> bytes:
    """A zip whose many members are all the same bytes of the file: the directory points there again and again."""
    data = zeros(size, zlib.compressobj(9, wbits=-15))
    crc = 0
    for _ in range(size):
        crc = zlib.crc32(bytes(1 << 20), crc)
    name = b"a.json"
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(data), size << 20, len(name), 0)
        + name
        + data
    )
    directory = b""
    for number in range(count):
        own = b"%06d.json" % number
        directory += (
            struct.pack(
                "<4sHHHHHHIIIHHHHHII",
                b"PK\1\2",
                20,
                20,
                0,
                8,
                0,
                33,
                crc,
                len(data),
                size << 20,
                len(own),
                0,
                0,
                0,
                0,
                0,
                0,
            )
            + own
        )
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + end


def nested(inner: bytes, depth: int, width: int = 4) -> bytes:
    for _ in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(width):
                archive.writestr(f"{number}.zip", inner)
        inner = out.getvalue()
    return inner


def wide(packed: bytes) -> bytes:
    """An xz file that says that three gigabytes of memory are needed to unpack it."""
    size = (packed[12] + 1) * 4
    header = bytearray(packed[12 : 12 + size - 4])
    header[4] = 39
    return packed[:12] + bytes(header) + struct.pack("<I", zlib.crc32(header)) + packed[12 + size :]


def carriers(folder: Path, size: int) -> set[str]:
    """Archives that grow to ``size`` megabytes and more."""
    files = {
        "flat.zip": flat(size),
        "overlapping.zip": overlapping(400, size),
        "nested.zip": nested(flat(size), 3, 3),
        "deep.zip": nested(flat(1), 12, 1),
        "bomb.json.gz": zeros(size, zlib.compressobj(9, wbits=31)),
        "twice.json.gz": gzip.compress(zeros(size, zlib.compressobj(9, wbits=31))),
        "bomb.json.bz2": zeros(size, bz2.BZ2Compressor(1)),
        "bomb.json.xz": zeros(size, lzma.LZMACompressor(preset=0)),
        "huge-window.xz": wide(lzma.compress(b"x" * 100)),
        "a.zst": b"\x28\xb5\x2f\xfd" + bytes(1000),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return set(files)


DEEP = 200_000
WHO = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@cache
def texts() -> dict[str, str]:
    """What each file says: a hundred megabytes, made where they are wanted."""
    return {
        "laughs.xml": f"<?xml version='1.0'?>{WHO}<entities>&j;</entities>",
        "outside.xml": "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY % p SYSTEM 'http://127.0.0.1:9/'>%p;]><a>&x;</a>",
        "blowup.xml": "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x '" + "x" * 100_000 + "'>]><a>" + "&x;" * 20_000 + "</a>",
        "deep.xml": "<a>" * DEEP + "</a>" * DEEP,
        "deep.json": "[" * DEEP + "]" * DEEP,
        "deep-objects.json": '{"a":' * DEEP + "1" + "}" * DEEP,
        "digits.json": '{"tickets": [{"id": ' + "9" * 1_000_000 + "}]}",
        "exponent.json": '{"tickets": [{"id": 1e999999999, "created_at": -1e400, "n": 1E+2147483648}]}',
        "twice.json": "{" + ",".join(['"a":1'] * 200_000) + "}",
        "escapes.json": '{"a": "' + '\\"' * 1_000_000,
        "comments.json": '{"a": ' + "/*" * 1_000_000,
        "spaces.json": '{"a": [' + ", " * 3_000 + "," + " " * 1_000_000 + "x",
        "deep.yaml": "[" * DEEP,
        "indented.yaml": "".join(" " * n + f"a{n}:\n" for n in range(1_500)),
        "aliases.yaml": "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
        "digits.yaml": "a: " + "9" * 1_000_000 + "\nb: 0x" + "f" * 1_000_000 + "\nc: 1:" + "59:" * 100_000 + "1\n",
        "deep.toml": "a = " + "[" * DEEP + "]" * DEEP,
        "digits.toml": "a = " + "9" * 1_000_000,
        "dotted.toml": "a." * DEEP + "b = 1",
        "deep.tf": 'resource "a" "b" {\n' + "a {\n" * 20_000,
        "brackets.tf": 'resource "a" "b" {\n  c = ' + "[" * DEEP + "]" * DEEP + "\n}\n",
        "quotes.tf": 'resource "a" "b" {\n  c = "' + "${" * 50_000 + '"\n}\n',
        "columns.csv": ",".join(f"c{n}" for n in range(1_000_000)) + "\n" + "," * 999_999 + "\n",
        "cell.csv": 'Ticket ID,Created,Subject\n1,2019-03-04,"' + "x" * 30_000_000 + "\n",
        "quotes.csv": "Ticket ID,Created,Subject\n" + '"' * 1_000_000 + "\n",
        "line.json": '{"tickets": "' + "x" * 40_000_000,
        "parts.eml": "From: a@example.com\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 10_000 + "--b--\n",
        "nested.eml": "From: a@example.com\nSubject: x\n"
        + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(10_000)) + "\nx\n",
        "messages.eml": "From: a@example.com\nSubject: x\n" + "Content-Type: message/rfc822\n\nFrom: a@example.com\n" * 10_000,
        "headers.eml": "From: a@example.com\n" + "X-A: b\n" * 300_000 + "\nx\n",
        "folded.eml": "From: a@example.com\nSubject: x" + "\n x" * 300_000 + "\n\nx\n",
        "words.eml": "From: a@example.com\nSubject: " + "=?utf-8?q?=41?= " * 100_000 + "\n\nx\n",
        "addresses.eml": "From: a@example.com\nTo: " + "(" * 100_000 + "\nCc: " + "a@example.com, " * 100_000 + "\nSubject: x\n\nx\n",
        "boundary.eml": f"From: a@example.com\nSubject: x\nContent-Type: multipart/mixed; boundary={'-' * 100_000}\n\n" + "--" * 100_000,
        "parameters.eml": "From: a@example.com\nSubject: x\nContent-Type: text/plain; " + "; ".join(f"a*{n}*=utf-8''%41" for n in range(50_000)) + "\n\nx\n",
    }  # fmt: skip


GOOD_MAIL = "From: ann@example.com\nTo: help@example.org\nSubject: Router broken\nDate: Mon, 5 Mar 2012 10:00:00 +0000\nMessage-ID: <1@example.com>\n\nIt is broken.\n"
GOOD_LOG = '198.51.100.7 - - [10/Dec/2019:13:55:36 +0000] "GET /cases HTTP/1.1" 200 2326 "-" "curl/7"\n' * 20
GOOD_ESTATE = '{services: {cases: {image: "elasticsearch:7.4", ports: ["9200:9200"]}}}'


def write(folder: Path, *endings: str) -> set[str]:
    names = {name for name in texts() if name.endswith(endings)}
    for name in names:
        # A mail without an id of its own could be a copy of another.
        own = f"Message-ID: <{name}@example.com>\n" if name.endswith(".eml") else ""
        (folder / name).write_text(own + texts()[name])
    return names


def refused_once(found: dict, names: set[str]) -> None:
    """Each is refused, in words of its own, and none of them many times."""
    told = {Path(name.split("!")[0].split(", ")[0]).name for name, _ in found["refused"]}
    assert names <= told, names - told


@pytest.mark.parametrize(
    "what",
    [
        pytest.param("archives", marks=pytest.mark.slow),
        pytest.param("texts", marks=pytest.mark.slow),
        "mails",
    ],
)
def test_a_load_refuses_bombs_and_reads_what_is_beside_them(tmp_path, what):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "good.eml").write_text(GOOD_MAIL)
    if what == "archives":
        names = carriers(folder, 80) - {"huge-window.xz"}
        found = reading("loads", folder, tmp_path)
        # Twelve shells around one megabyte are no bomb, but nobody unpacks so deep.
        refused_once(found, names)
        assert len(found["refused"]) < 40, found["refused"][:40]
        assert found["read"] == 1
    elif what == "texts":
        names = write(folder, ".xml", ".json", ".yaml", ".toml", ".csv")
        found = reading("loads", folder, tmp_path)
        refused_once(found, names - {"quotes.csv", "cell.csv"})
        assert found["read"] >= 1
    else:
        names = write(folder, ".eml")
        found = reading("loads", folder, tmp_path)
        # A mail of many parts is a mail: it is read or refused, and never lost.
        told = {Path(name).name for name, _ in found["refused"]}
        assert found["read"] + len(told & names) >= 1 + len(names), (found["read"], told)


@pytest.mark.parametrize("what", [pytest.param("archives", marks=pytest.mark.slow), "texts"])
def test_evidence_refuses_bombs_and_reads_what_is_beside_them(tmp_path, what):
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "access.log").write_text(GOOD_LOG)
    if what == "archives":
        names = carriers(folder, 300)
    else:
        names = write(folder, ".xml", ".json", ".yaml", ".toml", ".csv")
    found = reading("evidence", folder, tmp_path)
    refused_once(found, names)
    assert found["read"] == 20


@pytest.mark.slow
def test_the_guard_refuses_bombs_and_reads_what_is_beside_them(tmp_path):
    folder = tmp_path / "estate"
    folder.mkdir()
    (folder / "docker-compose.yml").write_text(GOOD_ESTATE)
    names = write(folder, ".xml", ".json", ".yaml", ".toml", ".tf")
    for name, data in (("flat.zip", flat(300)), ("config.gz", zeros(300, zlib.compressobj(9, wbits=31)))):
        (folder / name).write_bytes(data)
    found = reading("guard", folder, tmp_path)
    refused_once(
        found,
        {
            name
            for name in names
            if name.startswith(("deep", "brackets", "aliases")) and not name.endswith((".xml", ".toml"))
        },
    )
    assert found["read"] >= 1


def test_settings_that_are_bombs_are_refused_in_one_line(tmp_path):
    """Files that the owner names: the intent of the guard, a mapping, the house, the controller, marks of kinds."""
    from hushdesk.errors import HushdeskError
    from hushdesk.guard import read_intent
    from hushdesk.incident.duties import read_house
    from hushdesk.incident.notices import Controller
    from hushdesk.readers import load_mapping

    for name in ("deep.toml", "digits.toml"):
        path = tmp_path / name
        path.write_text(texts()[name])
        for reads in (read_intent, load_mapping, Controller.read, lambda file: read_house(file, ())):
            with pytest.raises(HushdeskError) as caught:
                reads(path)
            assert len(str(caught.value)) < 500
