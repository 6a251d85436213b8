"""The package of an electronic document: its letter, its attachments, and archives that mean harm (8.4)."""

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import document_packages
from infra.document_packages import BadPackage, LeftOut
from infra.official_documents import Party
from tests.made_documents import E1, K1, a_pdf, letter, roster, scripted, zipped

PDF = a_pdf()


def refusal(upload: io.BytesIO) -> str:
    with pytest.raises(BadPackage) as refused:
        document_packages.read(upload)
    return refused.value.code


def changed(**fields: object) -> io.BytesIO:
    """A package whose second member has other fields."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.di", letter())
        info = zipfile.ZipInfo("b.pdf")
        for name, value in fields.items():
            setattr(info, name, value)
        archive.writestr(info, PDF)
    file.seek(0)
    return file


@pytest.mark.req("KH-6-1e")
def test_attachments_come_from_the_package_and_only_pdfs_are_taken() -> None:
    package = document_packages.read(
        zipped(
            {
                "1157123450.di": letter(),
                "1157123450.sw": roster({K1: "999K10001", E1: "999E10001"}),
                "附件/1157123450_ATTACH1.pdf": PDF,
                "清單.docx": b"PK\x03\x04" + b"x" * 5000,
                "空白.pdf": b"",
                "sign.si": "<簽核/>",
            }
        )
    )

    assert package.document.recipients == (Party(name=K1, code="999K10001"),)
    assert [(each.name, each.file.pages) for each in package.attachments] == [("1157123450_ATTACH1.pdf", 1)]
    assert package.attachments[0].file.data == PDF
    assert package.left_out == (
        LeftOut(name="清單.docx", code="not_pdf"),
        LeftOut(name="空白.pdf", code="empty"),
        LeftOut(name="sign.si", code="not_pdf"),
    )


@pytest.mark.req("KH-6-1e")
def test_a_file_that_the_letter_points_to_is_no_attachment() -> None:
    package = document_packages.read(zipped({"a.di": letter()}))
    assert package.document.attachment_files == ("1157123450_ATTACH1.pdf",)
    assert package.attachments == ()


def test_the_letter_alone_is_a_package_without_attachments() -> None:
    package = document_packages.read(io.BytesIO(letter().encode("utf-8-sig")))
    assert package.document.subject.startswith("請提供")
    assert (package.attachments, package.left_out) == ((), ())


def test_names_written_in_big5_are_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.di", letter())
        archive.writestr("XXYY.pdf", PDF)
    data = file.getvalue().replace(b"XXYY", "許功".encode("cp950"))  # the second has a backslash in it

    (attachment,) = document_packages.read(io.BytesIO(data)).attachments
    assert attachment.name == "許功.pdf"


@pytest.mark.req("KH-6-1e")
def test_a_pdf_with_a_script_stays_out() -> None:
    package = document_packages.read(zipped({"a.di": letter(), "x.pdf": a_pdf(scripted)}))
    assert package.left_out == (LeftOut(name="x.pdf", code="active"),)


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize(
    "name",
    [
        "../x.pdf",
        "/etc/x.pdf",
        "a/../../x.pdf",
        "..\\x.pdf",
        "C:\\x.pdf",
        "\\\\host\\x.pdf",
        "x\n.pdf",
        "x\u202efdp.exe",
    ],
)
def test_a_path_that_leads_out_of_the_package_is_refused(name: str) -> None:
    assert refusal(zipped({"a.di": letter(), name: PDF})) == "unsafe"


@pytest.mark.req("KH-6-1e")
def test_links_unusual_packing_and_one_name_twice_are_refused() -> None:
    assert refusal(changed(external_attr=(stat.S_IFLNK | 0o777) << 16)) == "unsafe"
    assert refusal(changed(compress_type=zipfile.ZIP_LZMA)) == "unsafe"
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = changed(filename="a.di")
    assert refusal(twice) == "unsafe"


def test_a_package_with_a_password_is_refused() -> None:
    data = bytearray(changed().getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rfind(mark) + offset] |= 1
    assert refusal(io.BytesIO(bytes(data))) == "encrypted"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"a.pdf": PDF}, "no_document"),
        ({"a.di": letter(), "b.di": letter()}, "several_documents"),
        ({"a.xml": letter(), "b.xml": letter()}, "several_documents"),
        ({"a.di": "<簽/>"}, "not_a_letter"),
        ({"a.di": ""}, "empty"),
        ({"a.di": "<函>" + "x" * (2 << 20) + "</函>"}, "too_large"),
        ({"a.di": letter(), **{f"{n}.pdf": b"" for n in range(60)}}, "too_many"),
        ({"a.di": letter(), **{f"{n}.pdf": b"" for n in range(200)}}, "too_many"),
    ],
    ids=["none", "two", "two-xml", "other", "empty", "large", "many", "directory"],
)
def test_a_package_without_one_letter_of_honest_size_is_refused(files: dict[str, bytes | str], code: str) -> None:
    assert refusal(zipped(files)) == code


def test_the_letter_is_the_di_file_and_an_xml_file_only_where_there_is_none() -> None:
    assert document_packages.read(zipped({"other.xml": "<x/>", "a.DI": letter()})).document.warnings == ()
    assert document_packages.read(zipped({"a.xml": letter()})).document.warnings == ()


@pytest.mark.req("KH-6-1e")
def test_a_bomb_costs_no_more_memory_than_an_honest_package() -> None:
    bomb = b"%PDF-1.7\n" + b"\0" * (30 << 20)
    files = {"a.di": letter(), **{f"{n}.pdf": bomb for n in range(4)}}
    upload = zipped(files)
    assert upload.getbuffer().nbytes < 1 << 20
    del files
    tracemalloc.start()
    try:
        assert refusal(upload) == "bomb"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * document_packages.MAX_UNPACKED_BYTES


def test_what_is_no_pdf_is_not_unpacked_however_large_it_would_be() -> None:
    upload = zipped({"a.di": letter(), **{f"{n}.bin": b"\0" * (40 << 20) for n in range(3)}})
    tracemalloc.start()
    try:
        assert len(document_packages.read(upload).left_out) == 3
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


def test_a_larger_directory_than_the_archive_says_is_not_believed() -> None:
    data = zipped({"a.di": letter()}).getvalue()
    end = data.rfind(b"PK\x05\x06")
    large = data[:end] + b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1) + data[end:]
    assert refusal(io.BytesIO(large)) == "too_many"
    count = data[: end + 8] + struct.pack("<HH", 0xFFFF, 0xFFFF) + data[end + 12 :]
    assert refusal(io.BytesIO(count)) == "too_many"
    assert refusal(io.BytesIO(data + b"trailing")) == "not_zip"


def test_a_directory_of_very_many_entries_is_refused_before_it_is_held() -> None:
    entries = 20_000
    directory = struct.pack("<4s42x", b"PK\x01\x02") * entries
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)  # says that it holds one
    upload = io.BytesIO(directory + end)
    tracemalloc.start()
    try:
        assert refusal(upload) == "too_many"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


def test_an_upload_that_is_too_large_is_not_read() -> None:
    class Large(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return document_packages.MAX_BYTES + 1 if whence == io.SEEK_END else offset

        def read(self, _size: int | None = -1) -> bytes:
            raise AssertionError("it was read")

    assert refusal(Large()) == "too_large"


def test_a_member_without_a_name_is_refused() -> None:
    data = zipped({"a.di": letter(), "x": ""}).getvalue()
    end = data.rfind(b"PK\x01\x02")
    nameless = data[: end + 28] + b"\0\0" + data[end + 30 : end + 46] + data[end + 47 :]
    nameless = nameless[:-10] + struct.pack("<L", struct.unpack("<L", nameless[-10:-6])[0] - 1) + nameless[-6:]
    assert refusal(io.BytesIO(nameless)) == "unsafe"


@pytest.mark.parametrize("data", [b"PK", b"PK\x05\x06", b"PK\x03\x04" + b"\0" * 100, b"PK\x05\x06" + b"\0" * 18])
def test_what_only_begins_as_a_package_is_refused(data: bytes) -> None:
    assert refusal(io.BytesIO(data)) in {"not_zip", "no_document"}


HONEST = zipped({"a.di": letter(), "a.sw": roster({K1: "1"}), "b.pdf": PDF}).getvalue()


@given(
    changes=st.lists(st.tuples(st.integers(0, len(HONEST) - 1), st.integers(0, 255)), max_size=6),
    end=st.integers(0, 200),
)
def test_no_change_of_an_honest_package_breaks_the_reader(changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(HONEST)
    for at, value in changes:
        data[len(data) - 1 - at if end % 2 else at] = value  # the directory lies at the end
    try:
        document_packages.read(io.BytesIO(bytes(data[: len(data) - (end if end < 30 else 0)])))
    except BadPackage as refused:
        assert refused.code  # noqa: PT017 - either is right
