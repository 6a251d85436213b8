"""How fast a file goes out."""

import io

import pytest

from tests.workers.edge.passing import Passing
from workers.edge.sending.pace import Bucket, Paced


def sent(size: int, rate: int | None, *, line: float = 0.0) -> tuple[bytes, float]:
    """What went out of a file, and after how many seconds; the line itself takes `line` seconds for each piece."""
    passing = Passing()
    bucket = Bucket(clock=passing.clock, bytes_per_second=rate)
    file, out = Paced(io.BytesIO(bytes(size)), bucket), bytearray()
    while piece := file.read(1 << 20):
        out += piece
        passing.at += line
    return bytes(out), passing.at


@pytest.mark.req("DR-34")
def test_a_file_goes_out_whole_and_no_faster_than_it_may() -> None:
    size, rate = 15_000_000, 250_000
    data, seconds = sent(size, rate)
    assert data == bytes(size)
    assert size / rate - 0.6 <= seconds <= size / rate + 0.1


@pytest.mark.req("DR-34")
def test_without_a_limit_nothing_waits_and_a_slow_line_is_not_slowed_further() -> None:
    assert sent(1_000_000, None) == (bytes(1_000_000), 0.0)
    pieces = 1_000_000 / 16_384
    _data, seconds = sent(1_000_000, 250_000, line=1.0)
    assert seconds <= pieces + 1 + 0.1


@pytest.mark.req("DR-34")
def test_time_in_which_nothing_was_sent_is_not_saved_up() -> None:
    passing = Passing()
    bucket = Bucket(clock=passing.clock, bytes_per_second=100_000)
    bucket.take(1)
    passing.at += 3600
    began = passing.at
    for _ in range(100):
        bucket.take(10_000)
    assert passing.at - began >= 1_000_000 / 100_000 - 0.6
