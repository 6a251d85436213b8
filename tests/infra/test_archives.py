"""The ZIP that a package is: the same bytes for the same entries, and read by other programs however large it is."""

import hashlib
import io
import zipfile

import pytest

from infra import archives
from infra.archives import CHUNK_BYTES, Archive, stored

FILM = hashlib.sha256(b"film").digest() * (CHUNK_BYTES // 32 * 2) + b"and a little more"
NAMES = {"package/data/C-GATE-1.mp4": FILM, "package/data/說明.txt": "內容".encode(), "package/empty": b""}


def made() -> bytes:
    archive = Archive()
    for name, content in NAMES.items():
        archive.add(name, io.BytesIO(content) if content is FILM else content)
    return b"".join(map(bytes, archive.read()))


@pytest.mark.req("KH-6-1d")
@pytest.mark.parametrize("large", [(1 << 32) - 1, 1000])
def test_other_programs_take_it_apart(monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr(archives, "_LARGE", large)  # as if a field of four bytes held no more

    with zipfile.ZipFile(io.BytesIO(made())) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == NAMES


def test_the_same_entries_make_the_same_bytes() -> None:
    assert made() == made()


@pytest.mark.req("DR-07")
def test_an_entry_says_what_it_and_each_mebibyte_of_it_is() -> None:
    entry = Archive().add("film", io.BytesIO(FILM))

    assert (entry.bytes, entry.sha256) == (len(FILM), hashlib.sha256(FILM).hexdigest())
    cut = [FILM[at : at + CHUNK_BYTES] for at in range(0, len(FILM), CHUNK_BYTES)]
    assert list(entry.chunks) == [hashlib.sha256(chunk).hexdigest() for chunk in cut]


@pytest.mark.parametrize("large", [(1 << 32) - 1, 1000])
def test_an_entry_is_read_where_it_lies_from_anywhere(monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr(archives, "_LARGE", large)
    whole = io.BytesIO(made())

    for name, content in NAMES.items():
        entry = stored(whole, name.removeprefix("package"))
        assert entry.read() == content
        assert (entry.seek(-5, io.SEEK_END), entry.read()) == (len(content) - 5, content[-5:]) if content else True
        assert (entry.seek(0), entry.read(7), entry.tell()) == (0, content[:7], len(content[:7]))
        entry.close()

    assert not whole.closed
    for wrong in ("nothing", "m"):  # none, and more than one
        with pytest.raises(KeyError):
            stored(whole, wrong)
