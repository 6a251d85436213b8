"""Somebody else's XML as a small tree, with nothing opened that it names: no DTD, no entity, no address.

Expat reports what a document type declares without following it, which is what this needs: files of the official
document exchange declare their attachments as external entities, so that a reader which refuses every declaration
refuses honest files, and one that resolves them reads what the sender likes. Entities with a value of their own, which
no honest file has, are refused where they are declared; so nothing ever expands.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 32
MAX_DECLARATIONS = 500
_LONGEST_TOLD = 200

_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What files declare, and what Windows in Taiwan writes when it says Big5.
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "big5": "cp950",
    "big-5": "cp950",
    "x-big5": "cp950",
    "cp950": "cp950",
    "ms950": "cp950",
    "windows-950": "cp950",
    "big5-hkscs": "big5hkscs",
}
# What a file that does not decode as it declares was most likely written in.
_INSTEAD = {"utf-8": ("cp950",), "cp950": ("utf-8", "big5hkscs"), "big5hkscs": ("utf-8", "cp950")}
# Not allowed in XML 1.0, and left behind by word processors.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class BadXml(Exception):
    """`code`: `empty`, `too_large`, `encoding`, `not_xml`, `entities`, `too_deep`, `too_many`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Reference:
    """Something outside that the file names, its document type included. It was not opened."""

    name: str
    target: str


@dataclass
class Element:
    """An element: its attributes as written, and its text and children in order."""

    name: str
    attributes: dict[str, str]
    parts: list["str | Element"] = field(default_factory=list)

    def children(self, *names: str) -> Iterator["Element"]:
        """The children of these names, or all, in order."""
        for part in self.parts:
            if isinstance(part, Element) and (not names or part.name in names):
                yield part

    def text(self) -> str:
        """All text inside, that of inner elements included."""
        return "".join(part if isinstance(part, str) else part.text() for part in self.parts)


@dataclass(frozen=True, kw_only=True)
class Document:
    """What was read. `damaged` tells that characters were lost or repaired on the way."""

    root: Element
    references: tuple[Reference, ...]
    damaged: bool


def read(data: bytes) -> Document:
    """The tree of a whole file. Raises `BadXml`. At most `MAX_BYTES` are ever looked at."""
    if not data.strip():
        raise BadXml("empty")
    if len(data) > MAX_BYTES:
        raise BadXml("too_large")
    text, damaged = _decoded(data)
    reader = _Reader()
    try:
        root = reader.read(text.encode())
    except expat.ExpatError as error:
        raise BadXml("not_xml") from error
    return Document(root=root, references=tuple(reader.references), damaged=damaged)


class _Reader:
    """One parse. Handlers raise `BadXml` at once, so a hostile file costs no more than its first fault."""

    def __init__(self) -> None:
        self.references: list[Reference] = []
        self._root: Element | None = None
        self._open: list[Element] = []
        self._elements = 0

    def read(self, data: bytes) -> Element:
        parser = expat.ParserCreate("utf-8")  # over what the file declares: the text was decoded here
        parser.buffer_text = True
        parser.specified_attributes = True  # a default of the document type could be long, and repeated
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._document_type
        parser.EntityDeclHandler = self._entity
        parser.ExternalEntityRefHandler = self._unresolved
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(data, True)
        if self._root is None:
            raise BadXml("not_xml")
        return self._root

    def _document_type(self, name: str, system_id: str | None, public_id: str | None, _internal: object) -> None:
        if system_id or public_id:
            self._note(name, system_id or public_id or "")

    def _entity(
        self,
        name: str,
        _is_parameter: object,
        value: str | None,
        _base: str | None,
        system_id: str | None,
        *_: object,
    ) -> None:
        if value is not None:
            raise BadXml("entities")
        self._note(name, system_id or "")

    def _note(self, name: str, target: str) -> None:
        if len(self.references) == MAX_DECLARATIONS:
            raise BadXml("too_many")
        self.references.append(Reference(_told(name), _told(target)))

    def _unresolved(self, *_: object) -> int:
        return 1  # go on without it

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise BadXml("too_many")
        if len(self._open) == MAX_DEPTH:
            raise BadXml("too_deep")
        element = Element(name, attributes)
        if self._open:
            self._open[-1].parts.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].parts.append(text)


def _decoded(data: bytes) -> tuple[str, bool]:
    """The text by its mark or its declaration, and whether something in it had to be repaired."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _repaired(data[len(mark) :], codec)
    declared = _DECLARED.search(data[:_LONGEST_TOLD])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name not in _CODECS:
        raise BadXml("encoding")
    return _repaired(data.lstrip(), _CODECS[name])


def _repaired(data: bytes, codec: str) -> tuple[str, bool]:
    """Decoded; else as another encoding that such files have; else with the unreadable characters replaced."""
    for candidate in (codec, *_INSTEAD.get(codec, ())):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        clean = _ILLEGAL.sub(" ", text)
        return clean, clean != text or candidate != codec
    return _ILLEGAL.sub(" ", data.decode(codec, "replace")), True


def _told(text: str) -> str:
    """A name or address out of a hostile file, fit for a log line."""
    return "".join(each if each.isprintable() else "?" for each in text[:_LONGEST_TOLD])
