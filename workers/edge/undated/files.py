"""The files of a segment on the box's disk, in whichever order they get their names.

A segment with a day: `.open` with its ends, then `.line` and `.age`. One whose day nobody knows: `.open` with its ends,
then `.kept` (what was recorded) and `.held` (the whole sealed body); `.other` is a second header (`other_kind`). Once
it is dated and a header for its day is at hand, `.sealed` is the same below that one, or made anew; then `.line` and
`.age`, as for any other. A name that says more is given only to what is durable, so what lies there after a power cut
says how far it came.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from infra.age_envelopes import Envelope, to_recipient
from infra.chunked import as_file
from infra.manifest import BadManifest, parse
from workers.edge.home import sync_folder
from workers.edge.open_segments import OPEN, Kept, digests, forget, read_kept, written

CIPHER, LINE = ".age", ".line"
HELD, KEPT, SEALED, OTHER = ".held", ".kept", ".sealed", ".other"
_PASSING = ".new"
_MEBIBYTE = 1 << 20


def write_durably(path: Path, data: bytes) -> None:
    """Make the file, with all of it or not at all; its name is durable with the folder's next synchronisation."""
    passing = path.with_name(path.name + _PASSING)
    descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    passing.rename(path)


def lay_down(body: Path, kept: Kept) -> Path:
    """Give a whole and durable body without a day its name, beside what is kept of it."""
    held = body.with_suffix(HELD)
    # As it lies now, which is with the chunk that ends it.
    write_durably(body.with_suffix(KEPT), written(kept))
    body.rename(held)
    sync_folder(body.parent)
    forget(body)
    return held


def kept_of(held: Path) -> Kept:
    """What is kept of a segment without a day. Raises `OSError`, `ValueError` or `KeyError`."""
    return read_kept(held.with_suffix(KEPT).read_bytes())


def sealed_anew(held: Path, header: bytes, *, header_bytes: int) -> Path:
    """The same content below another header, durable; what was there stays until it has its line."""
    path = held.with_suffix(SEALED)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with held.open("rb") as source, os.fdopen(descriptor, "wb") as file:
        file.write(header)
        source.seek(header_bytes)
        # Not by `shutil`, which loads what nobody else needs into the memory of each camera (ADR 0037).
        while portion := source.read(_MEBIBYTE):
            file.write(portion)
        file.flush()
        os.fsync(file.fileno())
    return path


def made_anew(held: Path, envelope: Envelope, *, recipient: str) -> Path:
    """The same content in a file with a key of its own, durable; for a key of the other kind than `held` is sealed for.

    Raises `CannotDecrypt` where the disk no longer holds what was written.
    """
    path = held.with_suffix(SEALED)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with held.open("rb") as source, os.fdopen(descriptor, "wb") as file:
        for portion in to_recipient(recipient).portions(as_file(_plain(source, envelope))):
            file.write(portion)
        file.flush()
        os.fsync(file.fileno())
    return path


def _plain(source: IO[bytes], envelope: Envelope) -> Iterator[bytes]:
    """What is in a file whose envelope is still in memory; it never reaches the disk."""
    opened: list[bytes] = []
    opening = envelope.opening(opened.append)
    while portion := source.read(_MEBIBYTE):
        opening.write(portion)
        yield from opened
        opened.clear()
    opening.finish()
    yield from opened


def clear(body: Path) -> None:
    """Remove everything that a segment was before it got its line."""
    forget(body.with_suffix(OPEN))
    for kind in (HELD, SEALED, KEPT, OTHER):
        body.with_suffix(kind).unlink(missing_ok=True)


def finish_renames(folder: Path) -> None:
    """After a crash: a line was whole before it got its name, and its digest says whether the cipher was as well."""
    for path in folder.glob(f"*{_PASSING}"):
        path.unlink()
    for path in folder.glob(f"*{LINE}"):
        cipher = path.with_suffix(CIPHER)
        bodies = [path.with_suffix(kind) for kind in (SEALED, HELD, OPEN)]
        whole = cipher if cipher.exists() else next((one for one in bodies if one.exists() and _fits(path, one)), None)
        if whole is None:
            path.unlink()
            continue
        if whole != cipher:
            whole.rename(cipher)
        clear(path)
    for path in folder.glob(f"*{SEALED}"):  # without a line it is made again
        path.unlink()
    for path in folder.glob(f"*{KEPT}"):
        _finish_held(path)
    for path in folder.glob(f"*{OTHER}"):
        if not any(path.with_suffix(kind).exists() for kind in (OPEN, HELD)):
            path.unlink()
    if folder.exists():
        sync_folder(folder)


def _finish_held(path: Path) -> None:
    body, held = path.with_suffix(OPEN), path.with_suffix(HELD)
    if not held.exists():
        if not body.exists():
            path.unlink()
            return
        # Its end was durable before it was said what is kept of it.
        body.rename(held)
    forget(body)


def _fits(line: Path, body: Path) -> bool:
    try:
        held = parse(json.loads(line.read_text(encoding="utf-8"))["line"])
    except (OSError, ValueError, KeyError, BadManifest):
        return False
    return digests(body)[1] == held.cipher_sha256
