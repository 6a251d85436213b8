"""Turns a template and data into a PDF that can be archived and read aloud: typst, and the fonts of 全字庫.

Same input, same bytes: the clock of the machine, its other fonts and the network play no part. Words are data, never
markup, so nothing that a person typed can be anything but words on paper. A character without a glyph stops the print
and is named (DR-23); a box of tofu in somebody's name is worse than no form.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont

# What is written in Latin letters, with digits and the signs between them: one face a word, where it can be.
_LATIN = r"[!-~\u00a1-\u024f\u0259-\u02af\u02bb-\u02bc\u0300-\u036f\u1e00-\u1eff\u2013\u2018-\u2019]"
# Families, and what of a text each covers; None is everything. 全字庫正楷體 is the face of official documents, its rare
# characters (Extension B) in a file of their own, its Latin letters with marks as wide as ideographs, which no name can
# bear. Noto brings compatibility ideographs that stored names keep and 全字庫 lacks, such as U+FA19; DejaVu the letters
# and marks of names written in an indigenous language or in Taiwanese, such as U+0244 and U+0358.
FACES: tuple[tuple[str, str | None], ...] = (
    ("Noto Serif CJK TC", _LATIN),
    ("DejaVu Serif", _LATIN),
    ("TW-Kai", None),
    ("TW-Kai-Ext-B", None),
    ("Noto Serif CJK TC", None),
    ("DejaVu Serif", None),
)
# Where Debian's fonts-cns11643-kai, fonts-noto-cjk and fonts-dejavu-core put them.
DEBIAN_FONTS = tuple(
    Path("/usr/share/fonts") / folder for folder in ("truetype/cns11643", "opentype/noto", "truetype/dejavu")
)
# They reorder what stands beside them, so that a name could print as another.
_REORDERING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_UNSHOWN = re.compile(r'the text `"(?P<words>.+)"` could not be displayed')
_PACKAGE = re.compile(r"""["']@""")


class MissingGlyph(Exception):
    """`characters` cannot be printed: no given font has them, or they have no look of their own."""

    def __init__(self, characters: Sequence[str]) -> None:
        named = "、".join(f"U+{ord(character):04X}" for character in characters)
        super().__init__(f"no glyph for {named}")
        self.characters = tuple(characters)


class FontsMissing(Exception):
    """A face is in none of the folders. On Debian: fonts-cns11643-kai, fonts-noto-cjk, fonts-dejavu-core."""


class BadTemplate(Exception):
    """A template of ours does not compile, or reaches outside its folder."""


@dataclass(frozen=True)
class Faces:
    """The fonts of these folders and no others, of which `families` are used, in this order."""

    folders: tuple[Path, ...] = DEBIAN_FONTS
    families: tuple[tuple[str, str | None], ...] = FACES

    def unprintable(self, words: str) -> tuple[str, ...]:
        """Which characters cannot be printed, each once, in their order. Raises `FontsMissing`."""
        known = _coverage(self)
        return tuple(c for c in dict.fromkeys(words) if c != "\n" and (ord(c) not in known or not _has_a_look(c)))


DEFAULT = Faces()


def typeset(template: Path, data: Mapping[str, Any], *, at: datetime, faces: Faces = DEFAULT) -> bytes:
    """A4 as PDF/A-2a and PDF/UA-1: what `template` makes of `data`, which it finds as JSON under `sys.inputs.data`.

    The template may read its own folder and nothing else. `at` is the time that the file bears, in its properties only.
    Raises `MissingGlyph`, `FontsMissing`, `BadTemplate`.
    """
    missing = faces.unprintable("".join(_words(data)))
    if missing:
        raise MissingGlyph(missing)
    _check_folder(template.parent)
    inputs = {"data": json.dumps(data, ensure_ascii=False), "faces": json.dumps(faces.families)}
    try:
        made: bytes = typst.compile(
            str(template),
            root=str(template.parent),
            font_paths=_fonts(faces.folders),
            ignore_system_fonts=True,
            sys_inputs=inputs,
            timestamp=int(at.astimezone(UTC).timestamp()),
            format="pdf",
            # Archived for years and read aloud: tagged, fonts within, the language said. Both forbid a missing glyph.
            pdf_standards=["a-2a", "ua-1"],
        )
    except typst.TypstError as error:
        if shown := _UNSHOWN.search(str(error)):
            raise MissingGlyph(tuple(shown["words"])) from None
        raise BadTemplate(f"{template.name}: {error}") from None
    return made


def _words(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _words(value)
    elif isinstance(thing, Sequence):
        for value in thing:
            yield from _words(value)


def _has_a_look(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Co", "Cs"} and (
        unicodedata.bidirectional(character) not in _REORDERING
    )


@cache
def _fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    """Found once a process: reading the names of every font takes a second."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders]
    )


@cache
def _coverage(faces: Faces) -> frozenset[int]:
    known: set[int] = set()
    regular = {font.family: font for font in sorted(_fonts(faces.folders).fonts(), key=_plainness)}
    wanted = {family for family, _ in faces.families}
    if lacking := wanted - regular.keys():
        raise FontsMissing(", ".join(sorted(lacking)))
    for family in wanted:
        font = regular[family]
        with TTFont(font.path, lazy=True, fontNumber=font.index) as opened:
            known.update(opened.getBestCmap())
    return frozenset(known)


def _plainness(font: typst.FontInfo) -> tuple[bool, int, float]:
    """Upright, regular and of normal width comes last, and so is the one that stays."""
    return font.style == "normal", -abs(font.weight - 400), -abs(font.stretch - 1)


@cache
def _check_folder(folder: Path) -> None:
    """A package of typst's is fetched from the network on first use; ours ask for none."""
    for path in folder.glob("*.typ"):
        if _PACKAGE.search(path.read_text(encoding="utf-8")):
            raise BadTemplate(f"{path.name} asks for a package")
