"""Whether an uploaded file is a harmless PDF. Looks, never renders.

A scan of an official document is opened later by people at the school, so what could run or fetch something is refused:
scripts, launch and submit actions, embedded files, encryption that hides any of these.
"""

import hashlib
import io
from dataclasses import dataclass
from typing import IO

import pikepdf

MAX_BYTES = 20 * 1024 * 1024
MAX_PAGES = 300
HEADER_WITHIN = 1024  # ISO 32000-1, annex H.3.4.1: readers accept the header anywhere in the first 1024 bytes
_SCRIPTS = frozenset({"/JavaScript", "/JS", "/XFA"})
_ACTIONS = frozenset({"/Launch", "/SubmitForm", "/ImportData", "/GoToE"})
_CARRIERS = frozenset({"/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/Movie", "/Sound"})
_ACTIVE_NAMES = _SCRIPTS | _ACTIONS | _CARRIERS


class BadPdf(Exception):
    """`code`: `empty`, `too_large`, `not_pdf`, `encrypted`, `active`, `too_many_pages`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class PdfFile:
    """A checked PDF, whole in memory because it is small."""

    data: bytes
    pages: int
    sha256: str


def begins(data: bytes) -> bool:
    """Whether these first bytes are a PDF's; at least `HEADER_WITHIN` of them are needed to say so."""
    return b"%PDF-" in data[:HEADER_WITHIN]


def check(stream: IO[bytes]) -> PdfFile:
    """Read and check a seekable upload. Raises `BadPdf`; a file that is too large is refused before it is read."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        raise BadPdf("empty")
    if size > MAX_BYTES:
        raise BadPdf("too_large")
    data = stream.read()
    if not begins(data):
        raise BadPdf("not_pdf")
    return PdfFile(data=data, pages=_pages(data), sha256=hashlib.sha256(data).hexdigest())


def _pages(data: bytes) -> int:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:  # opens with an empty password, and still forbids or hides something
                raise BadPdf("encrypted")
            pages = len(pdf.pages)
            if any(_is_active(found) for found in pdf.objects):
                raise BadPdf("active")
    except pikepdf.PasswordError as error:
        raise BadPdf("encrypted") from error
    except (pikepdf.PdfError, ValueError) as error:
        raise BadPdf("not_pdf") from error
    if pages == 0:
        raise BadPdf("not_pdf")
    if pages > MAX_PAGES:
        raise BadPdf("too_many_pages")
    return pages


def _is_active(thing: object, depth: int = 0) -> bool:
    """Whether a PDF object names something that acts. Indirect objects are visited by themselves; direct ones nest."""
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        entries = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        named = any(str(entries.get(name)) in _ACTIVE_NAMES for name in ("/S", "/Type", "/Subtype"))
        return named or any(key in _ACTIVE_NAMES or _nested(value, depth) for key, value in entries.items())
    if isinstance(thing, pikepdf.Array):
        return any(_nested(value, depth) for value in thing)
    return False


def _nested(value: object, depth: int) -> bool:
    if isinstance(value, pikepdf.Object) and value.is_indirect:
        return False
    if depth > 100:  # noqa: PLR2004 - far beyond any honest document
        return True
    return _is_active(value, depth + 1)
