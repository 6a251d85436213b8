"""An age file that grows: whole at each of its ends, for any age program, and no nonce used twice."""

import subprocess
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import age
from infra.age_envelopes import Chunks, to_recipient
from infra.age_format import CHUNK_BYTES
from infra.growing_envelopes import EndedAlready, Growing

KEY = age.new_identity(age.Kind.CLASSIC)


@pytest.mark.req("DR-34", "KH-5-1a")
@given(pieces=st.lists(st.integers(0, 3 * CHUNK_BYTES), max_size=8))
@settings(max_examples=25)
def test_body_and_end_are_a_whole_file_whenever_it_is_ended(pieces: list[int]) -> None:
    file, body, plain = Growing(to_recipient(KEY.recipient)), b"", b""
    body += file.header
    for number, size in enumerate(pieces):
        for piece in (bytes([number]) * size, bytes(file.padding)):
            body += b"".join(file.add(piece))
            plain += piece
        if file.padding:  # nothing came that would fill the chunk
            piece = bytes(file.padding)
            body += b"".join(file.add(piece))
            plain += piece
        assert age.decrypt(body + file.end(), KEY.secret) == plain


def test_no_chunk_is_ever_sealed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[tuple[int, bool]] = Counter()
    sealed = Chunks.sealed

    def noted(self: Chunks, number: int, chunk: bytes, *, ends: bool) -> bytes:
        seen[number, ends] += 1
        return sealed(self, number, chunk, ends=ends)

    monkeypatch.setattr(Chunks, "sealed", noted)
    file = Growing(to_recipient(KEY.recipient))
    for _second in range(50):
        file.add(b"x" * 10_000)
        file.add(bytes(file.padding))
        file.end()
    assert set(seen.values()) == {1}


def test_an_end_that_would_use_a_nonce_twice_is_refused() -> None:
    file = Growing(to_recipient(KEY.recipient))
    file.add(b"first second")
    file.end()
    file.add(b"second second")
    with pytest.raises(EndedAlready):
        file.end()


@pytest.mark.needs("age")
def test_any_age_program_opens_it(tmp_path: Path) -> None:
    file = Growing(to_recipient(KEY.recipient))
    body = file.header + b"".join(file.add(b"moof" * 40_000))
    path = tmp_path / "segment.age"
    path.write_bytes(body + file.end())
    (tmp_path / "key").write_text(KEY.secret)
    command = ["age", "-d", "-i", str(tmp_path / "key"), str(path)]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own words
    assert done.stdout == b"moof" * 40_000
