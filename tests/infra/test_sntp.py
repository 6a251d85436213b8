"""Asking time servers, real ones on the loopback, that say what they should and what they should not."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from infra import sntp

pytestmark = pytest.mark.req("DR-18")
Change = Callable[[bytearray], None]


def stamp(seconds_since_1970: float) -> bytes:
    since_1900 = seconds_since_1970 + 2_208_988_800
    return struct.pack("!II", int(since_1900) & 0xFFFFFFFF, int(since_1900 % 1 * 2**32))


@contextmanager
def server(*, offset: float = 0.0, change: Change = lambda _answer: None) -> Iterator[str]:
    """A time server whose clock is ahead by so many seconds; `change` spoils its answers."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                asked, whom = line.recvfrom(1024)
            except OSError:
                return
            if not asked:
                return
            shown = stamp(time.time() + offset)
            answer = bytearray(
                struct.pack("!BBbbII4s8s8s8s8s", 0x24, 2, 6, -20, 0, 0, b"TEST", shown, asked[40:48], shown, shown)
            )
            change(answer)
            line.sendto(answer, whom)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{line.getsockname()[1]}"
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", line.getsockname())
        thread.join()
        line.close()


def off_us(answer: sntp.Answer) -> int:
    """How far the server is ahead of this machine."""
    return answer.shown_us - (time.time_ns() - time.monotonic_ns() + answer.monotonic_ns) // 1000


@pytest.mark.parametrize("offset", [0.0, -75.5, 3600.0])
def test_the_time_of_a_server_is_within_the_bound_that_is_told(offset: float) -> None:
    with server(offset=offset) as address:
        answer = sntp.ask(address)
    assert abs(off_us(answer) - offset * 1e6) <= answer.bound_us + 1000


def test_a_servers_distance_from_its_own_reference_widens_the_bound() -> None:
    def far(answer: bytearray) -> None:
        answer[4:12] = struct.pack("!II", 1 << 16, 1 << 15)

    with server(change=far) as address:
        assert sntp.ask(address).bound_us >= 1_000_000


def test_seconds_after_the_counter_ran_over_in_2036_are_of_the_next_era() -> None:
    with server(offset=2_085_978_496 + 86_400 - time.time()) as address:
        answer = sntp.ask(address)
    assert abs(answer.shown_us - (2_085_978_496 + 86_400) * 10**6) < 10_000_000


def spoiled(at: int, value: int) -> Change:
    return lambda answer: answer.__setitem__(at, value)


def short(answer: bytearray) -> None:
    del answer[40:]


@pytest.mark.parametrize(
    "change",
    [
        spoiled(0, 0x23),
        spoiled(0, 0xE4),
        spoiled(1, 0),
        spoiled(1, 16),
        lambda answer: answer.__setitem__(24, answer[24] ^ 1),
        short,
    ],
    ids=["a client", "not synchronised", "kiss of death", "stratum 16", "another question", "short"],
)
def test_an_answer_that_is_none_is_not_believed(change: Change) -> None:
    with server(change=change) as address, pytest.raises(sntp.NoTime):
        sntp.ask(address, seconds=1)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no such host.invalid", "127.0.0.1:x"])
def test_a_server_that_is_not_there_is_no_time(address: str) -> None:
    with pytest.raises(sntp.NoTime):
        sntp.ask(address, seconds=0.3)
