"""A BagIt bag (RFC 8493) inside a ZIP: one folder that lists itself, so that any archive can take it in and check it.

What is handed over lies in `data/`; what says something about the whole lies beside it, in the tag files. The same
content makes the same bytes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import IO

from infra.archives import Archive, Entry, stored
from infra.sums import Sums

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_PAYLOAD = "data/"
_LISTING, _TAG_LISTING = "manifest-sha256.txt", "tagmanifest-sha256.txt"


class Bag:
    """Fills one folder of an archive. It is a bag only once `close` has written its tag files."""

    def __init__(self, archive: Archive, folder: str) -> None:
        self._archive, self._folder = archive, folder
        self._payload: list[Entry] = []
        self._tags: list[Entry] = []

    def add(self, name: str, content: IO[bytes] | bytes, *, sums: Sums | None = None) -> Entry:
        """Copy a file, or bytes, into `data/`, in constant memory; the entry bears its name there."""
        entry = self._put(f"{_PAYLOAD}{name}", content, sums)
        self._payload.append(entry)
        return replace(entry, name=name)

    def add_tag(self, name: str, content: bytes) -> None:
        """Put a file beside `data/` that says something about what lies in it, such as a signature over its list."""
        self._tags.append(self._put(name, content))

    def close(
        self, info: Sequence[tuple[str, str]], *, vouch: Callable[[bytes], Iterable[tuple[str, bytes]]] = lambda _: ()
    ) -> None:
        """Write the tag files, with `info` as the labels and values of bag-info.txt, which nobody may break in two.

        `vouch` gets the finished list of `data/` and gives names and contents of what vouches for it, such as a
        signature.
        """
        oxum = f"{sum(entry.bytes for entry in self._payload)}.{len(self._payload)}"
        labelled = [(label, " ".join(value.split())) for label, value in (*info, ("Payload-Oxum", oxum))]
        self.add_tag("bagit.txt", _DECLARATION.encode())
        self.add_tag("bag-info.txt", "".join(f"{label}: {value}\n" for label, value in labelled).encode())
        listing = _listing(self._payload)
        self.add_tag(_LISTING, listing)
        for name, content in vouch(listing):
            self.add_tag(name, content)
        self._put(_TAG_LISTING, _listing(self._tags))

    def _put(self, path: str, content: IO[bytes] | bytes, sums: Sums | None = None) -> Entry:
        return replace(self._archive.add(f"{self._folder}/{path}", content, sums=sums), name=path)


def payload(archive: IO[bytes], name: str) -> IO[bytes]:
    """A file of `data/` in a ZIP that holds one bag, read where it lies. Raises `KeyError`."""
    return stored(archive, f"/{_PAYLOAD}{name}")


def _listing(entries: Sequence[Entry]) -> bytes:
    return "".join(f"{entry.sha256}  {entry.name}\n" for entry in entries).encode()
