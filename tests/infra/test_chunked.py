"""Bytes that pass through several hands at once."""

import io
import threading

import pytest

from infra.chunked import as_file, beside, fill, portions


class Broken(Exception):
    """What a sink raises here."""


class Sink:
    """Keeps what it takes, and which threads gave it."""

    def __init__(self, *, breaks_at: int | None = None) -> None:
        self.taken, self.threads, self.breaks_at = list[bytes](), set[int](), breaks_at

    def write(self, data: bytes) -> None:
        if len(self.taken) == self.breaks_at:
            raise Broken
        self.taken.append(data)
        self.threads.add(threading.get_ident())


def test_what_is_written_beside_arrives_in_order_and_whole_at_the_end() -> None:
    sink, given = Sink(), [bytes([number]) for number in range(100)]

    with beside(sink) as other:
        for data in given:
            other.write(data)

    assert sink.taken == given
    assert threading.get_ident() not in sink.threads


@pytest.mark.parametrize("at", [0, 50, 99])
def test_what_the_sink_raises_is_raised_before_the_block_is_left(at: int) -> None:
    def write_all() -> None:
        with beside(Sink(breaks_at=at)) as other:
            for number in range(100):
                other.write(bytes([number]))

    with pytest.raises(Broken):
        write_all()


def test_portions_that_use_the_same_memory_make_the_same_file() -> None:
    content = bytes(range(256)) * 300

    assert as_file(portions(io.BytesIO(content), 1000)).read() == content


def test_memory_is_filled_as_far_as_the_file_goes() -> None:
    room = memoryview(bytearray(8))
    file = io.BytesIO(b"0123456789")

    assert (fill(file, room), bytes(room)) == (8, b"01234567")
    assert (fill(file, room), bytes(room[:2])) == (2, b"89")
    assert fill(file, room) == 0
