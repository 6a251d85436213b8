"""What is accepted as the scan of a letter."""

import io
from collections.abc import Callable

import pikepdf
import pytest

from infra import pdf
from tests.made_documents import a_pdf, scripted


def made(change: Callable[[pikepdf.Pdf], object] | None = None, **saving: object) -> io.BytesIO:
    return io.BytesIO(a_pdf(change, **saving))


def _launch(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    document.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=action)])


def _attachment(document: pikepdf.Pdf) -> None:
    document.attachments["tool.exe"] = b"MZ"


class TooLarge(io.BytesIO):
    """Claims 200 MB and fails the test when somebody reads it."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 200 * 1024 * 1024 if whence == 2 else offset

    def read(self, _size: int | None = -1) -> bytes:
        raise AssertionError("a file that is too large was read")


@pytest.mark.req("KH-6-1e")
def test_a_plain_scan_is_accepted_with_its_pages_and_digest() -> None:
    file = pdf.check(made())

    assert file.pages == 1
    assert len(file.sha256) == 64
    assert file.data.startswith(b"%PDF-")


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (io.BytesIO(b""), "empty"),
        (TooLarge(), "too_large"),
        (io.BytesIO(b"<!doctype html><title>letter.pdf</title>"), "not_pdf"),
        (io.BytesIO(b"MZ\x90\x00" + b"\x00" * 500), "not_pdf"),
        (io.BytesIO(b"%PDF-1.7\n<html><script>alert(1)</script></html>"), "not_pdf"),
        (made(encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted"),
        (made(encryption=pikepdf.Encryption(owner="o", user="")), "encrypted"),
        (made(scripted), "active"),
        (made(scripted, object_stream_mode=pikepdf.ObjectStreamMode.generate), "active"),
        (made(_launch), "active"),
        (made(_attachment), "active"),
    ],
    ids=[
        "empty",
        "200mb",
        "html",
        "exe",
        "html-with-header",
        "password",
        "rights",
        "js",
        "js-packed",
        "launch",
        "file",
    ],
)
def test_what_is_no_harmless_pdf_is_refused(upload: io.BytesIO, code: str) -> None:
    with pytest.raises(pdf.BadPdf) as refused:
        pdf.check(upload)

    assert refused.value.code == code
