"""What an officer uploads of the document exchange: a DI file, or the ZIP in which it came with its attachments.

The archive is somebody else's: it is never unpacked to a disk, nothing in it is believed about sizes, and it is read
within limits that its own directory cannot raise. Attachments are its members, never what the DI file points to (8.4).
"""

import io
import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO

from infra import official_documents, pdf, strict_xml
from infra.official_documents import BadDocument, OfficialDocument

MAX_BYTES = 40 * 1024 * 1024
MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_FILES = 50
# Room for them and their folders, with long names; the directory is read whole before any of it can be judged.
_MAX_DIRECTORY_BYTES = 64 * 1024
_END = struct.Struct("<4s4H2LH")  # end of central directory record, APPNOTE.TXT 4.3.16
_END_MARK, _LARGE_MARK, _LARGE_BYTES = b"PK\x05\x06", b"PK\x06\x07", 20
_LONGEST_COMMENT = (1 << 16) - 1
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)
_LETTER, _XML, _ROSTER = ".di", ".xml", ".sw"


class BadPackage(Exception):
    """An upload that is not taken.

    `code`: `too_large`, `not_zip`, `too_many`, `bomb`, `unsafe`, `encrypted`, `no_document`, `several_documents`, or
    one of `BadDocument`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A PDF of the package, checked as every scan is."""

    name: str
    file: pdf.PdfFile


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A member that is not taken over, and why: a code of `pdf.BadPdf`."""

    name: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Package:
    """One letter with its attachments."""

    document: OfficialDocument
    attachments: tuple[Attachment, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class _Member:
    """A file of the archive. `data` is its first bytes only, where those show that it is not wanted."""

    name: str
    data: bytes

    def is_a(self, *endings: str) -> bool:
        return self.name.lower().endswith(endings)


def read(stream: IO[bytes]) -> Package:
    """The letter of a seekable upload. Raises `BadPackage`; one that is too large is refused before it is read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > MAX_BYTES:
        raise BadPackage("too_large")
    try:
        if stream.read(2) == _END_MARK[:2]:
            return _package(_members(stream, size))
        stream.seek(0)
        document = official_documents.read(stream.read(strict_xml.MAX_BYTES + 1))
    except BadDocument as error:
        raise BadPackage(error.code) from error
    return Package(document=document, attachments=(), left_out=())


def _package(members: list[_Member]) -> Package:
    letters = [each for each in members if each.is_a(_LETTER)] or [each for each in members if each.is_a(_XML)]
    if len(letters) != 1:
        raise BadPackage("several_documents" if letters else "no_document")
    document = official_documents.read(letters[0].data)
    attachments, left_out = [], []
    for member in members:
        if member in letters or member.is_a(_ROSTER):
            continue
        try:
            attachments.append(Attachment(name=member.name, file=pdf.check(io.BytesIO(member.data))))
        except pdf.BadPdf as error:
            left_out.append(LeftOut(name=member.name, code=error.code))
    rosters = [member for member in members if member.is_a(_ROSTER)]
    return Package(document=_with_codes(document, rosters), attachments=tuple(attachments), left_out=tuple(left_out))


def _with_codes(document: OfficialDocument, rosters: list[_Member]) -> OfficialDocument:
    """The document with the codes of its recipients that a roster gives. A roster that cannot be read gives none."""
    codes: dict[str, str] = {}
    for member in rosters:
        try:
            codes |= {party.name: party.code for party in official_documents.roster(member.data)}
        except BadDocument:
            continue
    known = (replace(party, code=party.code or codes.get(party.name, "")) for party in document.recipients)
    return replace(document, recipients=tuple(known))


def _members(stream: IO[bytes], size: int) -> list[_Member]:
    """The files of the archive, within the limits."""
    _check_directory(stream, size)
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
            paths = [_path(info) for info in infos]
            if len(infos) > MAX_FILES:
                raise BadPackage("too_many")
            if len(set(paths)) < len(paths):  # two readers of the archive would see two things
                raise BadPackage("unsafe")
            members, left = [], MAX_UNPACKED_BYTES
            for info, path in zip(infos, paths, strict=True):
                members.append(_Member(path.name, _content(archive, info, path.name, left)))
                left -= len(members[-1].data)
            return members
    except _ZIP_FAULTS as error:
        raise BadPackage("not_zip") from error


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int) -> bytes:
    """A member's bytes: all of them where they may be a document or a PDF, and never many more than those may have."""
    if info.flag_bits & _ENCRYPTED:
        raise BadPackage("encrypted")
    if stat.S_ISLNK(info.external_attr >> 16) or info.compress_type not in _METHODS:
        raise BadPackage("unsafe")
    with archive.open(info) as file:
        data = file.read(min(pdf.HEADER_WITHIN, left + 1))
        if name.lower().endswith((_LETTER, _XML, _ROSTER)):
            data += file.read(min(strict_xml.MAX_BYTES, left + 1))
        elif pdf.begins(data):
            data += file.read(min(pdf.MAX_BYTES, left + 1))
    if len(data) > left:
        raise BadPackage("bomb")
    return data


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    """Where the member lies in the archive. Raises `BadPackage` for a path that leads out of it."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:  # written by a system in Traditional Chinese, or plain ASCII
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("cp950")
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or not path.name or not name.isprintable():
        raise BadPackage("unsafe")
    return path


def _check_directory(stream: IO[bytes], size: int) -> None:
    """Refuse an archive whose directory is larger than its files may need, before `zipfile` holds it in memory."""
    start = max(0, size - _END.size - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) < at + _END.size:
        raise BadPackage("not_zip")
    *_, entries, directory_bytes, _offset, comment = _END.unpack_from(tail, at)
    if len(tail) != at + _END.size + comment:
        raise BadPackage("not_zip")
    is_large = tail[max(0, at - _LARGE_BYTES) : at].startswith(_LARGE_MARK)
    if is_large or entries > 2 * MAX_FILES or directory_bytes > _MAX_DIRECTORY_BYTES:
        raise BadPackage("too_many")
