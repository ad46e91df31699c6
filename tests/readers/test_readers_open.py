import gzip
import io
import os
import zipfile
import zlib

import pytest

from hushdesk.cases import Reason, Refused
from hushdesk.readers import CarrierError
from hushdesk.readers._carriers import gunzip
from hushdesk.readers._open import discover


def found(*paths):
    return list(discover(paths))


def streams(*paths):
    return {one.stream.name: content(one.stream) for one in found(*paths) if not isinstance(one, Refused)}


def content(stream):
    with stream.open() as file:
        return file.read()


def refusals(*paths):
    return [(one.at.file, one.reason) for one in found(*paths) if isinstance(one, Refused)]


def test_a_folder_is_walked_in_order_without_hidden_files(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("z.txt", "b/y.txt", "b/.hidden", ".git/config", "a.txt"):
        (tmp_path / name).write_text(name)
    assert list(streams(tmp_path)) == ["a.txt", "z.txt", "b/y.txt"]


def test_paths_are_told_apart_when_several_are_given(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_text(folder)
    names = list(streams(tmp_path / "one", tmp_path / "two"))
    assert names == [f"{tmp_path}/one/x", f"{tmp_path}/two/x"]


def test_links_do_not_lead_out_of_the_folder(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("out")
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "real.txt").write_text("in")
    (inside / "out.txt").symlink_to(outside)
    (inside / "again.txt").symlink_to(inside / "real.txt")
    (inside / "up").symlink_to(tmp_path)
    assert streams(inside) == {"real.txt": b"in"}
    assert refusals(inside) == [("out.txt", Reason.NOT_READABLE), ("up", Reason.NOT_READABLE)]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b""), Reason.EMPTY),
        (lambda path: path.mkdir(), Reason.EMPTY),
        (lambda path: (path / "sub").mkdir(parents=True), Reason.IS_DIRECTORY),
        (lambda path: None, Reason.NOT_READABLE),
        (os.mkfifo, Reason.NOT_READABLE),
        (lambda path: path.write_bytes(gzip.compress(b"")), Reason.EMPTY),
        (lambda path: path.write_bytes(b"\x1f\x8b\x08\x00"), Reason.TRUNCATED),
        (lambda path: path.write_bytes(b"PK\x03\x04 cut off"), Reason.TRUNCATED),
    ],
    ids=[
        "empty file",
        "empty folder",
        "folders only",
        "missing",
        "pipe",
        "empty gzip",
        "cut gzip",
        "cut zip",
    ],
)
def test_what_cannot_be_read_is_refused_once(tmp_path, make, reason):
    path = tmp_path / "input"
    make(path)
    assert refusals(path) == [(str(path), reason)]


@pytest.fixture
def nobody():
    """Root is forbidden nothing: as root, the test goes on as nobody."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_forbidden_file_is_refused(tmp_path, request):
    path = tmp_path / "secret"
    path.write_text("x")
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    request.getfixturevalue("nobody")
    assert refusals(path) == [(str(path), Reason.NOT_READABLE)]


def test_gzip_and_zip_are_looked_into_whatever_their_name(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep.txt", "deep")
    with zipfile.ZipFile(tmp_path / "export.dat", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.txt", "b" * 1000)
        archive.writestr("a.json.gz", gzip.compress(b"a"))
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("__MACOSX/x", "no")
        archive.writestr(".DS_Store", "no")
    (tmp_path / "plain.gz").write_bytes(gzip.compress(gzip.compress(b"twice")))
    assert streams(tmp_path) == {
        "export.dat!a.json.gz": b"a",
        "export.dat!b.txt": b"b" * 1000,
        "export.dat!inner.zip!deep.txt": b"deep",
        "plain.gz": b"twice",
    }


def test_an_office_document_is_one_input_and_no_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "table.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x/>")
    assert list(streams(tmp_path)) == ["table.xlsx"]


def test_an_encrypted_member_is_refused_and_the_others_read(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "a")
        archive.writestr("b", "b")
    data = bytearray(path.read_bytes())
    # The flag "encrypted" of the second member, in the directory at the end and before the data.
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.rindex(magic) + offset] |= 1
    path.write_bytes(data)
    assert refusals(path) == [(f"{path}!b", Reason.ENCRYPTED)]
    assert streams(path) == {f"{path}!a": b"a"}


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as member:
        for _ in range(70):
            member.write(bytes(1024 * 1024))
    assert refusals(path) == [(str(path), Reason.TOO_LARGE)]


def test_a_gzip_bomb_ends_in_an_error_and_not_in_memory():
    packed = zlib.compressobj(9, wbits=31)
    data = b"".join(packed.compress(bytes(1024 * 1024)) for _ in range(80)) + packed.flush()
    file = gunzip(io.BytesIO(data))
    read = 0
    with pytest.raises(CarrierError) as caught:  # noqa: PT012
        while block := file.read(1024 * 1024):
            read += len(block)
    assert caught.value.reason is Reason.TOO_LARGE
    assert read < 70 * 1024 * 1024
    file.close()


@pytest.mark.parametrize("way", ["read", "lines", "small"])
def test_what_comes_before_a_cut_is_handed_out(way):
    lines = [b"%d %s\n" % (number, os.urandom(20).hex().encode()) for number in range(5000)]
    packed = gzip.compress(b"".join(lines))
    file = gunzip(io.BytesIO(packed[: len(packed) * 2 // 3]))
    got = b""
    with pytest.raises(CarrierError) as caught:  # noqa: PT012
        while part := {"read": file.read, "lines": file.readline, "small": lambda: file.read(100)}[way]():
            got += part
    assert caught.value.reason is Reason.TRUNCATED
    assert b"".join(lines).startswith(got)
    assert len(got) > 100_000
    file.close()


def test_gzip_of_several_members_and_with_padding_is_whole():
    data = gzip.compress(b"one\n") + gzip.compress(b"two\n") + bytes(512)
    with gunzip(io.BytesIO(data)) as file:
        assert list(iter(file.readline, b"")) == [b"one\n", b"two\n"]


def test_thousands_of_members_do_not_leave_files_open(tmp_path):
    for number in range(12):
        with zipfile.ZipFile(tmp_path / f"{number:02}.zip", "w") as archive:
            archive.writestr("a", str(number))
    assert list(streams(tmp_path).values()) == [str(number).encode() for number in range(12)]
