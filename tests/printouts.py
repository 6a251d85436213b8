"""A printed PDF as somebody outside sees it: poppler's words and picture, and what pikepdf finds in the file."""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import NamedTemporaryFile

import pikepdf

from infra.stack.processes import program

_DOTS = 100  # an inch: enough to see each stroke of a label
_INK, _GREY = 100, 200


def words(pdf: bytes, *, page: int | None = None) -> str:
    """The words of all pages or of one, in the order they were set, without any white space."""
    return "".join(_poppler("pdftotext", pdf, "-raw", "-enc", "UTF-8", *_only(page), "-", "-").decode().split())


def signatures(pdf: bytes) -> str:
    """What pdfsig says of the signatures in it."""
    with NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        command = [str(program("pdfsig", package="poppler-utils")), file.name]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - ours


def pages(pdf: bytes) -> int:
    """How many pages it has."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


@dataclass(frozen=True)
class Picture:
    """A page in grey, `_DOTS` an inch; `rows` from the top."""

    rows: tuple[bytes, ...]

    def part(self, top: float, bottom: float, left: float = 0, right: float = 210) -> "Picture":
        """What lies within, in millimetres from the top and from the left."""
        first, last, start, end = (round(length * _DOTS / 25.4) for length in (top, bottom, left, right))
        return Picture(tuple(row[start:end] for row in self.rows[first:last]))

    def lies_on(self, other: "Picture") -> bool:
        """Whether every dot of ink of this page is on the other, at the same place."""
        return len(self.rows) == len(other.rows) and all(
            there < _GREY
            for row, its in zip(self.rows, other.rows, strict=True)
            if row != its
            for here, there in zip(row, its, strict=True)
            if here < _INK
        )

    @property
    def ink(self) -> int:
        """How many dots are dark."""
        return sum(dot < _INK for row in self.rows for dot in row)


def picture(pdf: bytes, page: int = 1) -> Picture:
    """One page as it is seen."""
    drawn = _poppler("pdftoppm", pdf, "-gray", "-r", str(_DOTS), *_only(page))
    _, size, _, dots = drawn.split(b"\n", 3)
    width = int(size.split()[0])
    return Picture(tuple(dots[at : at + width] for at in range(0, len(dots), width)))


def tofu(pdf: bytes) -> int:
    """How many glyphs are .notdef, the empty box: glyph 0 of fonts that are addressed by two bytes a glyph."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return sum(_notdef(operands) for page in opened.pages for operands in _shown(page))


def described(pdf: bytes) -> list[str]:
    """What is read aloud for each drawing."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [str(thing.Alt) for thing in opened.objects if _is(thing, "/Figure")]


def fonts(pdf: bytes) -> dict[str, bool]:
    """Every font by name, and whether it lies in the file."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        descriptors = [thing for thing in opened.objects if _is(thing, "/FontDescriptor")]
        return {str(d.FontName): any(f"/FontFile{kind}" in d for kind in ("", "2", "3")) for d in descriptors}


def images(pdf: bytes) -> int:
    """How many pictures it holds."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return sum(_is(thing, "/Image") for thing in opened.objects)


def _only(page: int | None) -> tuple[str, ...]:
    return () if page is None else ("-f", str(page), "-l", str(page))


def _poppler(name: str, pdf: bytes, *arguments: str) -> bytes:
    tool = program(name, package="poppler-utils")
    return subprocess.run([tool, *arguments], input=pdf, capture_output=True, check=True).stdout  # noqa: S603 - poppler


def _is(thing: object, kind: str) -> bool:
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return False
    return kind in (str(thing.get(name)) for name in ("/S", "/Type", "/Subtype"))


def _shown(page: pikepdf.Page) -> Iterator[object]:
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in {"Tj", "TJ"}:
            yield operands[0]


def _notdef(shown: object) -> int:
    strings = shown if isinstance(shown, pikepdf.Array) else [shown]
    codes = [bytes(string) for string in strings if isinstance(string, pikepdf.String)]
    return sum(code[at : at + 2] == b"\0\0" for code in codes for at in range(0, len(code), 2))
